"""The evidence bundle: every paper of the request, listed with its pages and hash, as one PDF and as an archive."""

import hashlib
import zipfile
from dataclasses import replace
from functools import cache
from io import BytesIO

import pypdfium2
import pytest
import weasyprint
from PIL import Image
from sqlalchemy import text, update

from tests import letters as made_up
from tracker.domain.case import history
from tracker.domain.case.event import Entry
from tracker.domain.case.evidence import Fact
from tracker.domain.errors import InvalidDetailError, NotPermittedError
from tracker.domain.letter import content as letter_content
from tracker.domain.letter.index import BY_KEY
from tracker.domain.letter.service import Attempt, LaterResult
from tracker.domain.permission import Role
from tracker.domain.register.index import BY_NAME
from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.evidence import Evidence
from tracker.models.letter import Letter
from tracker.models.user import AuditEntry
from tracker.services.case import evidence, file, step
from tracker.services.case.evidence import Upload
from tracker.services.letter import letter as letters
from tracker.services.letter import service, service_result, sign_off
from tracker.services.letter.service import ServiceExtras, Serving
from tracker.services.office import store, user
from tracker.services.register import bundle, paper
from tracker.services.register import register as registers

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
NUMBER = "（2026）测01行初8号"


def photograph() -> bytes:
    out = BytesIO()
    Image.new("RGB", (400, 300), "white").save(out, "PNG")
    return out.getvalue()


@cache
def scan(pages: int) -> bytes:
    return weasyprint.HTML(
        string="<p>扫描</p>" + "<p style='break-before:page'>扫描</p>" * (pages - 1)
    ).write_pdf()


def words(entry_details, step):
    return [(key, str(value)) for key, value in entry_details.items()]


@pytest.fixture
def office(app, actor, clock):
    """A request with a letter, one that never left, a photograph, a scan of three pages; and a suit about it."""
    made_up.set_up()
    head, moment = actor(Role.HEAD), {"today": clock.today, "now": clock()}
    kind = BY_KEY["third_party_told"]
    case = made_up.worked(kind, by=head, **moment)
    for why in ("", "打印有误"):
        letter = letters.make(case.id, made_up.typed(kind), actor=head, **moment)
        if why:
            letters.void(letter.id, why, case_id=case.id, actor=head, now=clock())
    case = db.session.get_one(Case, case.id)
    for name, content in (("信封.png", photograph()), ("申请书.pdf", scan(3))):
        evidence.add(case, Fact(kind="file", on=clock.today), Upload(name, content), actor=head, **moment)
    raw = {
        "kind": "direct_litigation", "number": NUMBER, "organ": "测区法院", "filed_on": "2026-03-09",
        "case_number": case.number,
    }  # fmt: skip
    by = registers.By(actor=head, today=clock.today, now=clock())
    return registers.keep(BY_NAME["remedies"], raw, by=by)


@pytest.fixture
def make(office, actor, clock):
    return lambda *roles: bundle.make(
        office, words, actor=actor(*(roles or (Role.HEAD,))), today=clock.today, now=clock()
    )


def texts(content: bytes) -> list[str]:
    pdf = pypdfium2.PdfDocument(content)
    return ["".join(page.get_textpage().get_text_range().split()) for page in pdf]


def test_the_list_names_every_paper_with_its_pages_and_hash_and_the_pages_are_where_it_says(make):
    made = make()
    listed, pages = "".join(texts(made.catalogue)), texts(made.sheets.pdf)

    names = [one.name for one in made.exhibits]
    assert names[:2] == ["政府信息公开申请登记", "办理经过（台账）"]
    assert (
        sum(name.startswith("告知第三方书") for name in names) == 1
    )  # the one that never left is no evidence
    assert {"信封", "申请书"} <= set(names)
    for one, (first, last) in zip(made.exhibits, made.sheets.pages, strict=True):
        assert "".join(one.name.split()) in listed
        assert one.sha256 in listed
        assert all(pages[place - 1].endswith(f"{place}/{len(pages)}") for place in range(first, last + 1))
    assert made.sheets.pages[names.index("申请书")][1] - made.sheets.pages[names.index("申请书")][0] == 2
    assert [first for first, _last in made.sheets.pages[1:]] == [
        last + 1 for _first, last in made.sheets.pages[:-1]
    ]
    assert made.sheets.pages[-1][1] == len(pages)


def test_what_the_office_writes_itself_and_its_letters_can_be_read_in_the_pdf(make):
    whole = "".join(texts(bundle.whole(make())))

    for part in (
        "证据目录",
        NUMBER,
        made_up.APPLICANT,
        "2025年桥梁检测报告",
        "某公司",
        "条例第33条第2款",
        "证明对象",
    ):
        assert part in whole


def test_the_archive_holds_each_original_as_it_was_kept(make):
    made = make()
    with zipfile.ZipFile(BytesIO(bundle.archive(made))) as packed:
        files = {name: packed.read(name) for name in packed.namelist()}
    sums = dict(reversed(line.split("  ", 1)) for line in files.pop("SHA256SUMS.txt").decode().splitlines())

    assert {name: hashlib.sha256(content).hexdigest() for name, content in files.items()} == sums
    originals = {
        hashlib.sha256(content).hexdigest() for name, content in files.items() if name.startswith("原件/")
    }
    assert {one.sha256 for one in made.exhibits} == originals
    kept = {row.sha256 for row in db.session.query(Evidence)} | {
        letter.sha256 for letter in db.session.query(Letter).order_by(Letter.id) if letter.voided is None
    }
    assert kept <= originals


def test_what_is_to_be_given_out_and_drafts_go_in_only_where_they_are_chosen(office, make, actor, clock):
    case = db.session.get_one(Case, office.case_id)
    head, moment = actor(Role.HEAD), {"today": clock.today, "now": clock()}
    for name, purpose in (
        ("申请表.pdf", "application"),
        ("检测报告.pdf", "information"),
        ("底稿.pdf", "draft"),
    ):
        file.keep(case, purpose, [Upload(name, scan(len(name)))], actor=head, now=clock())
    keys = {one.key for one in paper.held(case, words)}
    every = bundle.make(office, words, actor=head, chosen=keys, **moment)

    by_itself = "".join(one.name for one in make().exhibits)
    assert ["申请表" in by_itself, "检测报告" in by_itself, "底稿" in by_itself] == [True, False, False]
    assert {"拟提供的信息：检测报告", "草稿、底稿：底稿"} <= {one.name for one in every.exhibits}


def test_how_letters_were_served_is_in_it_with_each_proof_and_no_act_that_was_recorded_by_mistake(
    office, make, actor, clock
):
    letter = next(letter for letter in db.session.query(Letter).order_by(Letter.id) if letter.voided is None)
    where, by = {"letter_id": letter.id, "case_id": letter.case_id}, Serving(
        actor=actor(Role.HEAD, Role.REGISTRAR), today=clock.today, now=clock()
    )  # fmt: skip
    post = Attempt(way="post", handed_on=clock.today, carrier="ems", tracking="1012345678901")
    given = ServiceExtras(place="测试路2号", upload=Upload("收据.png", photograph()))
    row = service.record(letter.id, post, given, case_id=letter.case_id, by=by)
    came_back = LaterResult("returned", clock.today)
    service_result.add(row.id, came_back, upload=Upload("退件.pdf", scan(2)), note="查无此人", by=by, **where)
    wrong = Attempt(way="post", handed_on=clock.today, carrier="ems", tracking="1099999999999")
    mistaken = service.record(letter.id, wrong, ServiceExtras(), case_id=letter.case_id, by=by)
    service_result.add(mistaken.id, LaterResult("void", clock.today), note="误录", by=by, **where)

    made = make()
    names = [one.name for one in made.exhibits]
    told = next(one for one in made.exhibits if one.name == "文书送达记录").content.decode()
    assert [f"{letter.title}送达凭证：{name}" in names for name in ("收据", "退件")] == [True, True]
    assert all(word in told for word in ("1012345678901", "测试路2号", "退回（退件） 查无此人", "邮政 EMS"))
    assert "1099999999999" not in told
    digests = {hashlib.sha256(content).hexdigest() for content in (photograph(),)}
    assert digests <= {one.sha256 for one in made.exhibits if one.kind == "delivery"}


def test_what_was_said_in_sign_offs_goes_in_only_where_it_is_chosen(office, make, actor, clock):
    case, head, moment = db.session.get_one(Case, office.case_id), actor(Role.HEAD), {"today": clock.today}
    by = user.create_by_command(
        agency_id=case.agency_id, login="li", name="李立", roles=[Role.HANDLER, Role.HEAD], now=clock()
    )[0]
    user.create_by_command(
        agency_id=case.agency_id, login="he", name="何法", roles=[Role.REVIEWER, Role.HEAD], now=clock()
    )
    drafter = replace(head, user_id=by.id, name=by.name)
    typed = made_up.typed(BY_KEY["third_party_told"])
    sign_off.submit(case.id, typed, note="请阅", actor=drafter, now=clock(), **moment)

    (said,) = [one for one in paper.held(case, words) if one.kind == "sign_off"]
    assert all(word in said.content.decode() for word in ("李立", "请阅"))
    assert said.name not in {one.name for one in make().exhibits}
    chosen = bundle.make(office, words, actor=head, now=clock(), chosen=[said.key], **moment)
    assert [one.name for one in chosen.exhibits] == [said.name]


def test_who_made_it_of_which_request_is_logged(make, office):
    make()

    (entry,) = db.session.query(AuditEntry).filter(AuditEntry.act == "bundle_made")
    assert (entry.actor, entry.target, entry.details["number"]) == ("陈立", NUMBER, office.case_number)


def test_a_file_that_is_gone_is_said_in_the_list_and_on_its_page(make):
    row = db.session.query(Evidence).filter(Evidence.file_name == "申请书.pdf").one()
    store.path_of(row.sha256).unlink()
    made = make()

    assert made.lost == ["申请书"]
    assert "申请书（2026-03-16）（原件已丢失或者被改动）" in "".join(texts(made.catalogue))
    assert "原件已丢失或者被改动" in "".join(texts(made.sheets.pdf))


def test_a_file_that_no_program_opens_is_kept_apart_and_said(make):
    row = db.session.query(Evidence).filter(Evidence.file_name == "申请书.pdf").one()
    damaged = b"%PDF-1.4 damaged"
    digest = hashlib.sha256(damaged).hexdigest()
    store.put(digest, damaged)
    db.session.execute(text('DROP TRIGGER "receipt_evidence_no_UPDATE"'))
    db.session.execute(update(Evidence).where(Evidence.id == row.id).values(sha256=digest))
    made = make()

    assert "申请书（2026-03-16）（原件另附）" in "".join(texts(made.catalogue))
    assert "原件不能并入" in "".join(texts(made.sheets.pdf))
    with zipfile.ZipFile(BytesIO(bundle.archive(made))) as packed:
        assert damaged in [packed.read(name) for name in packed.namelist()]


def test_a_case_that_names_no_request_of_ours_has_no_bundle(make, office, actor, clock):
    by = registers.By(actor=actor(Role.HEAD), today=clock.today, now=clock())
    registers.keep(BY_NAME["remedies"], {"case_number": ""}, by=by, row_id=office.id, version=office.version)

    with pytest.raises(InvalidDetailError, match="关联受理编号"):
        make()


def test_a_handler_of_another_unit_makes_none(make, office, planning, actor, clock):
    case = db.session.get_one(Case, office.case_id)
    case.unit_id = planning.id
    db.session.commit()
    other = actor(Role.HANDLER, unit_id=planning.id + 1)

    with pytest.raises(NotPermittedError):
        bundle.make(office, words, actor=other, today=clock.today, now=clock())


def test_a_day_of_service_that_was_corrected_stands_in_the_bundle_as_it_holds_now(app, actor, clock):
    made_up.set_up()
    kind, head = BY_KEY["refused_internal_affairs.internal"], actor(Role.HEAD, Role.REGISTRAR)
    moment = {"today": clock.today, "now": clock()}
    case = made_up.worked(kind, by=head, **moment)
    told = letter_content.told(kind, made_up.stated(kind), clock.today, number="", method="post")
    step.take(case.id, told, actor=head, override="已核对", **moment)
    clock.set("2026-03-20")
    answered = history.in_force(case.entries)[-1]
    put = {"replaces": answered.seq, "with": {**history.flat(answered), "on": "2026-03-18"}, "reason": "误录"}
    correction = Entry("correct", clock.today, put)
    step.take(case.id, correction, actor=head, today=clock.today, now=clock())

    served = next(one for one in paper.held(case, words) if one.name == "答复送达情况")
    assert "2026-03-18" in served.content.decode()
