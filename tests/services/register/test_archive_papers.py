"""What the file of a closed case holds: everybody who asks or acts, upon whom was served, nothing withheld."""

import hashlib
import json
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select, text

from tests import letters as made_up
from tests import registering
from tests.jobs.test_jobs import load, received
from tests.services.register.test_archive import case, head, keep, opened, take  # noqa: F401
from tests.services.register.test_bundle import scan, words
from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.case.channel import Channel
from tracker.domain.case.event import Entry
from tracker.domain.case.evidence import Fact
from tracker.domain.case.request import ApplicantData, Arrival, RepresentativeData, RequestData
from tracker.domain.case.wish import Wishes
from tracker.domain.letter.index import BY_KEY
from tracker.domain.letter.service import Attempt, LaterResult
from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.reads import archiving as reads_archiving
from tracker.services.case import applicant, evidence, file, step
from tracker.services.case.evidence import Upload
from tracker.services.contact import contact, registration
from tracker.services.letter import electronic, service, service_result
from tracker.services.letter import letter as letters
from tracker.services.letter.service import ServiceExtras, Serving
from tracker.services.register import archive, dossier, paper

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
PERSON = ApplicantKind.NATURAL_PERSON


@pytest.fixture
def asked(app, head, clock):  # noqa: F811
    """A request of two, by an agent, with what they wish; it ended."""
    made_up.set_up()
    moment = {"actor": head, "today": clock.today, "now": clock()}
    agent = ApplicantData(kind=PERSON, name="李律师", phone="13911112222", gets_letters=True)
    data = RequestData(
        applicant=ApplicantData(kind=PERSON, name="王一", id_kind="passport", id_number="E1234"),
        further=(ApplicantData(kind=PERSON, name="王二", gets_letters=True),),
        arrival=Arrival(channel=Channel.IN_PERSON, arrived_on=date(2026, 3, 2)),
        subject="桥梁检测报告",
        representatives=(
            RepresentativeData(role="agent", person=agent, scope="special", to_on=date(2026, 12, 31)),
        ),
        wishes=Wishes(form="paper", way="post", purpose="核对工程量", help="大字"),
    )
    row = registering.register(data, **moment)
    step.take(row.id, Entry("withdraw", clock.today, {"reason": "撤回"}), **moment)
    return db.session.get_one(Case, row.id)


def told(row, name) -> str:
    return "".join(one.content.decode() for one in dossier.archived(row, words) if one.name == name)


def test_the_registration_says_everybody_who_asks_or_acts_and_what_they_wish(asked):
    said = told(asked, "政府信息公开申请登记")

    for each in (
        "王一、王二", "李律师（委托代理人，特别授权，至2026年12月31日，可以代收文书）", "代理全体申请人", "13911112222",
        "护照", "E1234", "文书的收件人", "纸质", "邮寄", "核对工程量", "大字",
    ):  # fmt: skip
        assert each in said
    court = "".join(one.content.decode() for one in paper.held(asked, words) if one.ending == "html")
    assert "核对工程量" not in court


@pytest.mark.parametrize(("column", "whose"), [("phone", "李律师"), ("purpose", "王一"), ("help", "王一")])
def test_what_cannot_be_decrypted_of_an_agent_or_a_wish_is_said_to_be_lacking(asked, column, whose):
    before = archive.lacking(asked, dossier.archived(asked, words))
    damaged = text(f"UPDATE applicants SET {column} = X'00' WHERE name = :name")
    db.session.execute(damaged, {"name": whose})
    db.session.commit()
    db.session.expire_all()

    after = archive.lacking(asked, dossier.archived(asked, words))
    assert [one for one in after if one not in before] == ["申请人、代理人的个人信息不能解密"]


def test_the_record_of_service_says_upon_whom(asked, head, clock):  # noqa: F811
    kind, moment = BY_KEY["receipt"], {"today": clock.today, "now": clock()}
    letter = letters.make(asked.id, made_up.typed(kind, facts={"materials": "1份"}), actor=head, **moment)
    attempt = Attempt(way="in_person", handed_on=clock.today, received_on=clock.today, signer="王二")
    given = ServiceExtras(upon=str(asked.applicant.further[0].id), override="已核对")
    service.record(letter.id, attempt, given, case_id=asked.id, by=Serving(actor=head, **moment))

    assert "向代表人王二送达" in told(db.session.get_one(Case, asked.id), "文书送达记录")


def test_the_same_original_kept_again_stays_sealed_whatever_it_is_kept_as(case, keep, head, clock):  # noqa: F811
    original = scan(1)
    (source,) = [row for row in file.files_of(case) if row.purpose == "information"]
    file.keep(case, "other", [Upload("参考.pdf", original)], actor=head, now=clock())
    fact, moment = Fact(kind="file", on=clock.today), {"today": clock.today, "now": clock()}
    evidence.add(case, fact, Upload("附件.pdf", original), actor=head, **moment)
    assert hashlib.sha256(original).hexdigest() == source.sha256
    keep()
    closed, whole = opened(take(case, head, clock)), opened(take(case, head, clock, unsealed=True))

    states = [
        one["state"]
        for one in json.loads(closed["metadata.json"])["papers"]
        if one["sha256"] == source.sha256
    ]
    assert states == ["sealed"] * 3
    assert original not in closed.values()
    assert list(whole.values()).count(original) == 3


def receipt(row, who, clock):
    typed = made_up.typed(BY_KEY["receipt"], facts={"materials": "1份"})
    return letters.make(row.id, typed, actor=who, today=clock.today, now=clock())


def test_what_a_mail_carried_and_a_service_recorded_by_mistake_are_in_the_file_alone(asked, head, clock):  # noqa: F811
    by = Serving(actor=head, today=clock.today, now=clock())
    given = ServiceExtras(place="wang@example.org", override="已核对")
    row = electronic.send(receipt(asked, head, clock).id, [], given, case_id=asked.id, by=by)
    mistaken = Attempt(way="in_person", handed_on=clock.today, received_on=clock.today, signer="误登人")
    letter = receipt(asked, head, clock)
    wrong = service.record(letter.id, mistaken, ServiceExtras(override="已核对"), case_id=asked.id, by=by)
    never = LaterResult("void", clock.today)
    service_result.add(wrong.id, never, by=by, letter_id=letter.id, case_id=asked.id, note="误登")
    asked = db.session.get_one(Case, asked.id)
    file_of, court = dossier.archived(asked, words), paper.held(asked, words)

    (sent,) = row.sent
    carried = [one for one in file_of if one.sha256 == sent["sha256"]]
    assert [(one.ending, one.content is None) for one in carried] == [("pdf", False)]
    assert sent["sha256"] not in {one.sha256 for one in court}
    assert "误登人" in told(asked, "文书送达记录")
    assert not any("误登人" in one.content.decode() for one in court if one.ending == "html")


def test_corrections_of_who_asks_are_in_the_file_with_their_reason(asked, head, clock):  # noqa: F811
    first = applicant.data_of(asked.applicant)
    applicant.correct(
        asked.id, replace(first, phone="13700000000"), [], reason="号码有误", actor=head, now=clock()
    )

    assert "号码有误" in told(db.session.get_one(Case, asked.id), "申请人、代理人信息更正记录")


def test_the_row_of_the_letter_that_became_the_case_is_in_its_file(app, head, clock):  # noqa: F811
    moment = {"actor": head, "today": clock.today, "now": clock()}
    came = contact.ContactData(form="letter", arrived_on=clock.today, person="张三", summary="求一份规划图")
    arrival = Arrival(channel=Channel.IN_PERSON, arrived_on=clock.today)
    data = RequestData(applicant=ApplicantData(kind=PERSON, name="张三"), arrival=arrival, subject="规划图")
    row = registration.register(came, triage="request", request=data, **moment)
    papers = dossier.archived(row.case, words)

    (registered,) = [one for one in papers if one.name == f"来信、来访、来电登记（{row.number}）"]
    said = registered.content.decode()
    assert all(each in said for each in ("来信", "张三", "求一份规划图", "转为依申请公开"))
    before = reads_archiving.marks_of(row.case)
    fact = Fact(kind="file", on=clock.today)
    evidence.add(row.case, fact, Upload("信封.pdf", scan(1)), actor=head, today=clock.today, now=clock())
    assert reads_archiving.marks_of(row.case) != before


@pytest.mark.parametrize(("served", "kept_or_not"), [("2026-03-12", "在期限内"), ("2026-03-13", "超过期限")])
def test_the_paper_that_proves_the_term_says_whether_the_answer_kept_it(app, served, kept_or_not):
    """条例第33条第2款: received on 2026-02-06, due on 2026-03-12."""
    answer = {"step": "answer", "on": served, "outcome": "disclosed"}
    load(received("2026-02-06", "A-1", answer))
    row = db.session.scalars(select(Case).order_by(Case.id)).one()
    (term,) = [one for one in paper.held(row, words) if one.name == "答复期限计算说明"]

    assert f"答复于{served}送达，{kept_or_not}" in term.content.decode()
