"""The file of a closed case: what it lacks, archiving it, the ZIP that holds everything, handing it over."""

import hashlib
import json
import os
import subprocess
import tracemalloc
import zipfile
from dataclasses import replace
from datetime import date
from io import BytesIO

import pypdfium2
import pytest
from sqlalchemy import delete

from tests import letters as made_up
from tests.practice import set_practice
from tests.services.register.test_bundle import photograph, scan, words
from tracker.domain.case import history
from tracker.domain.case.event import Entry
from tracker.domain.case.evidence import Fact
from tracker.domain.case.redaction import RedactionBox
from tracker.domain.errors import InvalidDetailError, NotFoundError, NotPermittedError, StepNotAllowedError
from tracker.domain.letter.index import BY_KEY
from tracker.domain.letter.service import Attempt
from tracker.domain.permission import Role
from tracker.domain.register.index import BY_NAME
from tracker.models.base import db, transaction
from tracker.models.case import Case
from tracker.models.case_file import CaseFile
from tracker.models.reads import archiving as reads_archiving
from tracker.models.reads.base import together
from tracker.models.upload import UploadedFile
from tracker.models.user import AuditEntry
from tracker.services.case import evidence, file, redaction, step
from tracker.services.case.evidence import Upload
from tracker.services.letter import letter as letters
from tracker.services.letter import service
from tracker.services.letter.service import ServiceExtras, Serving
from tracker.services.office import store
from tracker.services.register import archive, dossier, package
from tracker.services.register import register as registers
from tracker.services.register.archive import ToArchive

KIND = "refused_internal_affairs.internal"
NUMBER = "WS·2026·0003"


@pytest.fixture
def head(actor):
    return actor(Role.HEAD, Role.REGISTRAR)


@pytest.fixture
def case(app, head, clock):
    """A request that was refused: letter, service with its proof, application, information, redacted copy."""
    made_up.set_up()
    kind, moment = BY_KEY[KIND], {"today": clock.today, "now": clock()}
    case = made_up.worked(kind, by=head, **moment)
    evidence.add(case, Fact(kind="file", on=clock.today), Upload("申请书.pdf", scan(2)), actor=head, **moment)
    file.keep(case, "information", [Upload("检测报告.pdf", scan(1))], actor=head, now=clock())
    (source,) = file.files_of(case)
    redaction.draw(
        source,
        1,
        [RedactionBox(1, 1000, 1000, 3000, 1000, "privacy", "姓名")],
        version=0,
        actor=head,
        now=clock(),
    )
    redaction.make(case, source, version=1, actor=head, now=clock())
    letter = letters.make(case.id, made_up.typed(kind), actor=head, **moment)
    by = Serving(actor=head, **moment)
    given = ServiceExtras(upload=Upload("回证.png", photograph()), override="已核对")
    attempt = Attempt(way="in_person", handed_on=clock.today, received_on=clock.today, signer="王一")
    service.record(letter.id, attempt, given, case_id=case.id, by=by)
    return db.session.get_one(Case, case.id)


@pytest.fixture
def keep(case, head, clock):
    def put(**typed):
        given = {"number": NUMBER, "on": clock.today, "retention": "30", **typed}
        return archive.archived(
            case.id, ToArchive(**given), details=words, actor=head, today=clock.today, now=clock()
        )

    return put


def take(case, who, clock, **more) -> bytes:
    with package.make(case, words, reason="移交科室", actor=who, now=clock(), **more) as packed:
        return packed.read()


def opened(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(content)) as packed:
        assert packed.testzip() is None
        return {name: packed.read(name) for name in packed.namelist()}


def text_of(content: bytes) -> str:
    return "".join("".join(p.get_textpage().get_text_range().split()) for p in pypdfium2.PdfDocument(content))


def test_the_zip_holds_every_paper_and_sha256sum_verifies_each(case, keep, head, clock, tmp_path):
    keep()
    files = opened(take(case, head, clock))
    for name, content in files.items():
        place = tmp_path / name
        place.parent.mkdir(exist_ok=True, parents=True)
        place.write_bytes(content)
    done = subprocess.run(
        ["sha256sum", "-c", "--strict", "SHA256SUMS.txt"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    listed = files["SHA256SUMS.txt"].decode().splitlines()

    assert done.returncode == 0, done.stdout + done.stderr
    assert {line.split("  ", 1)[1] for line in listed} == files.keys() - {"SHA256SUMS.txt"}
    names = "\n".join(files)
    for part in (
        "政府信息公开申请登记",
        "申请书.pdf",
        "送达凭证",
        "区分处理清单",
        "区分处理后的副本",
        ".docx",
        "办理经过.pdf",
    ):
        assert part in names
    docx = [name for name in files if name.endswith(".docx")]
    assert all(name.replace(".docx", ".pdf") in files for name in docx)
    assert store.get(hashlib.sha256(files[docx[0]]).hexdigest()) == files[docx[0]]


def test_the_course_has_every_entry_with_its_day_who_and_when_it_was_typed(case, keep, head, clock):
    keep()
    course = text_of(opened(take(case, head, clock))["办理经过.pdf"])

    for event in case.events:
        assert str(event.effective_on) in course
        assert f"{event.actor}{event.recorded_at:%Y-%m-%d%H:%M}" in course
        assert event.hash[:16] in course


def test_the_metadata_says_what_the_file_is_and_names_nobody(case, keep, head, clock):
    set_practice(retention_disputed="permanent")
    keep(retention="permanent")
    content = opened(take(case, head, clock))["metadata.json"]
    told = json.loads(content)

    assert told["format"] == "tracker-archive/1"
    assert (told["number"], told["subject"]) == (case.number, case.subject)
    assert told["applicant"] == {"kind": "natural_person", "label": "自然人", "people": 1}
    assert told["days"]["received_on"] == "2026-03-02"
    assert told["days"]["closed_on"] == str(case.closed_on)
    assert told["outcome"]["code"] == "refused_internal_affairs"
    assert told["outcome"]["articles"] == ["条例第16条第1款"]
    assert told["archive"]["number"] == NUMBER
    assert told["retention"]["label"] == "永久"
    assert told["retention"]["practice"]["why"] == "测试"
    assert made_up.APPLICANT not in content.decode()


def test_the_same_file_is_the_same_bytes_twice(case, keep, head, clock):
    keep()
    first = take(case, head, clock)
    clock.forward(days=3)

    assert take(case, head, clock) == first


def test_the_original_of_a_redacted_copy_is_sealed_but_for_the_head(case, keep, head, actor, clock):
    keep()
    closed, whole = opened(take(case, head, clock)), opened(take(case, head, clock, unsealed=True))
    (source,) = [row for row in file.files_of(case) if row.purpose == "information"]
    states = [
        one["state"]
        for one in json.loads(closed["metadata.json"])["papers"]
        if one["sha256"] == source.sha256
    ]

    assert states == ["sealed"]
    digests = [
        {hashlib.sha256(content).hexdigest() for content in files.values()} for files in (closed, whole)
    ]
    assert [source.sha256 in each for each in digests] == [False, True]
    assert "原件封存" in text_of(closed["卷内文件目录.pdf"])
    with pytest.raises(NotPermittedError):
        take(case, actor(Role.REGISTRAR), clock, unsealed=True)


def test_taking_it_needs_a_role_and_a_reason_and_is_logged(case, keep, head, actor, clock):
    keep()
    with pytest.raises(NotPermittedError):
        take(case, actor(Role.HANDLER), clock)
    with pytest.raises(InvalidDetailError, match="事由"):
        package.make(case, words, reason=" ", actor=head, now=clock())
    take(case, head, clock)

    entries = (
        db.session.query(AuditEntry)
        .filter(AuditEntry.act.in_(("archived", "case_file_made")))
        .order_by(AuditEntry.id)
    )
    assert [(entry.act, entry.target) for entry in entries] == [
        ("archived", case.number),
        ("case_file_made", case.number),
    ]
    assert entries[1].details["reason"] == "移交科室"


def lose(digest):
    """Take a file out of the store: of the folder, or of the database."""
    store.path_of(digest).unlink(missing_ok=True)
    db.session.execute(delete(UploadedFile).where(UploadedFile.sha256 == digest))
    db.session.commit()


def test_what_is_missing_is_said_before_and_needs_a_reason(case, keep, head, clock):
    letter = letters.make(
        case.id,
        made_up.typed(BY_KEY["receipt"], facts={"materials": "1份"}),
        actor=head,
        today=clock.today,
        now=clock(),
    )
    (source,) = [row for row in file.files_of(case) if row.purpose == "information"]
    lose(source.sha256)
    with pytest.raises(InvalidDetailError, match=r"还缺2项.*原件已丢失.*尚未送达"):
        keep()
    row = keep(despite="另行补齐")

    assert len(row.lacking) == 2
    assert row.reason == "另行补齐"
    files = opened(take(case, head, clock))
    assert [one["state"] for one in json.loads(files["metadata.json"])["papers"]].count("lost") == 1
    assert "原件已丢失或者被改动" in text_of(files["卷内文件目录.pdf"])
    assert letter.number in json.loads(files["metadata.json"])["lacking"][1]


def test_an_open_case_has_no_file_and_two_cases_no_number(case, keep, head, clock):
    keep()
    other = made_up.worked(BY_KEY["receipt"], by=head, today=clock.today, now=clock())
    with pytest.raises(StepNotAllowedError, match="尚未办结"):
        archive.archived(
            other.id,
            ToArchive(number="A", on=clock.today, retention="10"),
            details=words,
            actor=head,
            today=clock.today,
            now=clock(),
        )
    step.take(
        other.id,
        Entry("withdraw", clock.today, {"reason": "撤回"}),
        actor=head,
        today=clock.today,
        now=clock(),
    )
    typed = ToArchive(number=NUMBER, on=clock.today, retention="10", despite="没有")
    with pytest.raises(InvalidDetailError, match="另一件申请"):
        archive.archived(other.id, typed, details=words, actor=head, today=clock.today, now=clock())


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"number": " "}, "归档号"),
        ({"number": "长" * 61}, "归档号"),
        ({"on": date(2026, 3, 17)}, "不能晚于今天"),
        ({"on": date(2026, 3, 15)}, "早于办结日期"),
        ({"retention": "10"}, "短于本机关设置的30年"),
        ({"retention": "5"}, "请选择保管期限"),
    ],
)
def test_an_act_that_cannot_be_is_refused(keep, typed, message):
    with pytest.raises(InvalidDetailError, match=message):
        keep(**typed)


def test_a_shorter_class_needs_its_reason_and_a_second_act_a_change(keep):
    assert keep(retention="10", reason="档案局审核").reason == "档案局审核"
    with pytest.raises(StepNotAllowedError, match="已经归档"):
        keep(retention="10", reason="档案局审核")


def waiting(case) -> list[str]:
    return [
        row.number
        for row in db.session.scalars(together(reads_archiving.to_archive(case.agency_id))).unique()
    ]


def test_what_comes_afterwards_puts_it_back_among_those_to_be_archived(case, keep, head, clock):
    before = waiting(case)
    keep()
    kept = waiting(case)
    clock.forward(days=1)
    by = registers.By(actor=head, today=clock.today, now=clock())
    raw = {"kind": "reconsideration", "organ": "区政府", "filed_on": "2026-03-17", "case_number": case.number}
    remedy = registers.keep(BY_NAME["remedies"], raw, by=by)

    assert (before, kept, waiting(case)) == ([case.number], [], [case.number])
    assert archive.state_of(case).changes == ["登记了行政复议、行政诉讼或者重新答复"]
    with pytest.raises(InvalidDetailError, match="尚未审结"):
        keep()
    keep(despite="先归档")
    assert waiting(case) == []
    clock.forward(days=1)
    by = registers.By(actor=head, today=clock.today, now=clock())
    registers.keep(
        BY_NAME["remedies"],
        {"closed_on": "2026-03-18", "result": "upheld"},
        by=by,
        row_id=remedy.id,
        version=remedy.version,
    )
    assert waiting(case) == [case.number]
    keep()
    assert any("行政复议、行政诉讼情况" in name for name in opened(take(case, head, clock)))


def test_what_comes_to_one_case_puts_back_no_other(case, keep, head, clock):
    keep()
    moment = {"today": clock.today, "now": clock()}
    other = made_up.worked(BY_KEY["receipt"], by=head, **moment)
    step.take(other.id, Entry("withdraw", clock.today, {"reason": "撤回"}), actor=head, **moment)
    typed = ToArchive(number="WS·2026·0004", on=clock.today, retention="10", despite="没有")
    archive.archived(other.id, typed, details=words, actor=head, **moment)
    clock.forward(days=1)
    by = registers.By(actor=head, today=clock.today, now=clock())
    raw = {
        "kind": "reconsideration",
        "organ": "区政府",
        "filed_on": "2026-03-17",
        "case_number": other.number,
    }
    registers.keep(BY_NAME["remedies"], raw, by=by)
    file.keep(other, "other", [Upload("说明.pdf", scan(1))], actor=head, now=clock())

    assert waiting(case) == [other.number]


def test_a_correction_after_archiving_is_said(case, keep, head, clock):
    keep()
    clock.set("2026-03-20")
    answered = history.in_force(case.entries)[-1]
    put = {"replaces": answered.seq, "with": {**history.flat(answered), "on": "2026-03-18"}, "reason": "误录"}
    step.take(case.id, Entry("correct", clock.today, put), actor=head, today=clock.today, now=clock())

    assert archive.state_of(case).changes == ["台账有新的记录或者更正"]
    assert waiting(case) == [case.number]


def test_files_due_for_the_archive_are_listed_and_handed_over_once(case, keep, head, clock):
    keep()
    due = lambda: list(db.session.scalars(reads_archiving.to_transfer(case.agency_id, date(2026, 12, 31))))  # noqa: E731
    assert [row.case_id for row in due()] == [case.id]
    assert list(db.session.scalars(reads_archiving.to_transfer(case.agency_id, date(2025, 12, 31)))) == []
    clock.set("2037-01-05")
    given = {
        "receiver": "测区档案馆",
        "number": "2037-1",
        "on": clock.today,
        "actor": head,
        "today": clock.today,
        "now": clock(),
    }

    assert archive.transferred([case.id], **given) == 1
    assert due() == []
    assert archive.state_of(case).transferred.receiver == "测区档案馆"
    with pytest.raises(InvalidDetailError, match="已经移交"):
        archive.transferred([case.id], **given)
    assert db.session.get(Case, case.id) is not None


def test_another_agencys_case_is_not_there(case, head, clock):
    other = replace(head, agency_id=head.agency_id + 1)
    with pytest.raises(NotFoundError):
        archive.archived(
            case.id,
            ToArchive(number="A", on=clock.today, retention="30"),
            details=words,
            actor=other,
            today=clock.today,
            now=clock(),
        )


def heaviest(act) -> int:
    """Return the most memory, in megabytes, that stood at once while something was done."""
    tracemalloc.start()
    try:
        act()
        return tracemalloc.get_traced_memory()[1] // 1024**2
    finally:
        tracemalloc.stop()


def test_a_large_file_is_packed_one_paper_at_a_time_and_its_page_reads_none(case, head, clock, keep):
    size, count = 2 * 1024**2, 15
    keep()

    def packed() -> None:
        with package.make(case, words, reason="移交科室", actor=head, now=clock()) as made:
            lengths.append(made.seek(0, os.SEEK_END))

    lengths: list[int] = []
    take(case, head, clock)  # what is loaded once is loaded
    before = heaviest(packed)
    for place in range(count):
        with store.ready(os.urandom(size)) as stored, transaction():
            row = CaseFile(purpose="other", name=f"附件{place}.pdf", type="application/pdf", told=[])
            file.add(case, row, stored, actor=head, now=clock())

    added = heaviest(packed) - before
    assert lengths[1] - lengths[0] > size * count
    assert added * 1024**2 < size * count // 3
    papers = dossier.archived(case, words)
    assert heaviest(lambda: archive.lacking(case, papers, read=False)) < 1
