"""The day of receipt of what the office sent: nothing runs from an unknown one, and the pages ask for it."""

import pytest

from tracker.domain.permission import Role
from tracker.models.base import db
from tracker.models.case import Case
from tracker.services.operations import inspection

REQUEST = {
    "form": "visit",
    "arrived_on": "2026-03-02",
    "person": "欧阳一一",
    "triage": "request",
    "kind": "natural_person",
    "channel": "in_person",
    "subject": "河道整治工程招标文件",
}
NOTICE = {"items": "写明文件名称", "deadline_on": "2026-03-31"}
THIRD_PARTY = {"party": "third_party", "name": "甲公司"}


@pytest.fixture
def enter(sign_in, clock):
    """Sign in on a day as the roles, or as registrar, handler and head."""

    def enter(day: str, *roles: Role):
        clock.set(day)
        return sign_in(*(roles or (Role.REGISTRAR, Role.HANDLER, Role.HEAD)))

    return enter


@pytest.fixture
def case_id(enter) -> int:
    return int(enter("2026-03-09").post("/register", REQUEST).location.rsplit("/", 1)[1])


def case(case_id: int) -> Case:
    db.session.expire_all()
    return db.session.get_one(Case, case_id)


def post(office, case_id: int, seq: int, day: str, proof: str = "EMS 签收记录"):
    version = str(case(case_id).version)
    words = {"received_on": day, "proof": proof, "version": version}
    return office.post(f"/cases/{case_id}/deliveries/{seq}", words)


LETTERS = [
    ("第30条", "ask_supplement", NOTICE, "2026-05-29", "closed_supplement_lapsed", "2026-04-01"),
    ("109号", "charge", {"amount": "100"}, "2026-05-29", "closed_fee_lapsed", "2026-04-10"),
    ("第32条", "consult", THIRD_PARTY, "2026-05-29", "end_consultation", "2026-04-02"),
]


@pytest.mark.parametrize(("law", "step", "details", "later", "proposed", "from_on"), LETTERS)
def test_nothing_lapses_and_nobody_is_silent_until_the_receipt_is_recorded(
    enter, case_id, law, step, details, later, proposed, from_on
):
    enter("2026-03-09").step(case_id, step, "2026-03-09", **details)
    office = enter(later)
    page = office.get(f"/cases/{case_id}").text

    assert case(case_id).proposed is None
    assert "收到日期没有记录：期限没有起算" in page
    assert 'id="proposals"' not in page
    assert "补记对方收到日期" in office.get("/").text

    seq = case(case_id).events[-1].seq
    answer = post(office, case_id, seq, "2026-03-11")

    assert answer.status_code == 303, answer.text
    told = case(case_id)
    assert (told.proposed, told.proposed_on.isoformat()) == (proposed, from_on)
    assert told.events[-1].details["reason"] == "补记收到日期：EMS 签收记录"
    assert "收到日期没有记录" not in office.get(f"/cases/{case_id}").text
    assert "补记对方收到日期" not in office.get("/").text


def test_a_payment_is_not_refused_while_nobody_knows_when_the_notice_was_received(enter, case_id):
    """109号: the twenty working days run from the receipt."""
    enter("2026-03-09").step(case_id, "charge", "2026-03-09", amount="100")

    answer = enter("2026-05-29").step(case_id, "pay", "2026-05-29", amount="100")

    assert answer.status_code == 303, answer.text
    assert case(case_id).state == "processing"


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2026-03-08", "早于发出日期（2026-03-09）"),
        ("2026-04-20", "对方收到征求意见书日期（2026-04-20）晚于2026-04-19"),
        ("0026-03-11", "收到日期（0026-03-11）早于1949-10-01"),
        ("", "请填写收到日期"),
    ],
)
def test_a_receipt_before_the_sending_or_beyond_any_deemed_service_is_refused_in_words(
    enter, case_id, day, words
):
    enter("2026-03-09").step(case_id, "consult", "2026-03-09", **THIRD_PARTY)
    seq = case(case_id).events[-1].seq

    answer = post(enter("2026-03-20"), case_id, seq, day)

    assert (answer.status_code, words in answer.text) == (422, True)
    assert case(case_id).events[-1].step == "consult"


def test_a_registrar_may_record_a_receipt_and_correct_nothing_else(enter, case_id):
    enter("2026-03-09").step(case_id, "consult", "2026-03-09", **THIRD_PARTY)
    seq = case(case_id).events[-1].seq
    office = enter("2026-03-20", Role.REGISTRAR)

    assert office.get(f"/cases/{case_id}/corrections/{seq}").status_code == 403
    assert post(office, case_id, seq, "2026-03-11").status_code == 303
    assert list(inspection.inspect(today=case(case_id).events[-1].effective_on)) == []


def test_a_receipt_is_recorded_once_and_a_second_time_says_so(enter, case_id):
    office = enter("2026-03-09")
    office.step(case_id, "consult", "2026-03-09", **THIRD_PARTY)
    seq = case(case_id).events[-1].seq
    post(office, case_id, seq, "2026-03-09")

    assert office.get(f"/cases/{case_id}/deliveries/{seq}").status_code == 404
    assert post(office, case_id, seq, "2026-03-09").status_code == 303
    assert [event.step for event in case(case_id).events].count("correct") == 1


def test_a_stale_page_records_nothing(enter, case_id):
    office = enter("2026-03-09")
    office.step(case_id, "consult", "2026-03-09", **THIRD_PARTY)
    seq, version = case(case_id).events[-1].seq, str(case(case_id).version)
    office.step(case_id, "assign", "2026-03-09", unit="", handler="王")
    words = {"received_on": "2026-03-09", "proof": "回执", "version": str(int(version) - 1)}

    assert office.post(f"/cases/{case_id}/deliveries/{seq}", words).status_code == 409


def test_a_day_of_receipt_asked_for_today_says_today_and_never_that_no_days_have_gone_by(enter, case_id):
    enter("2026-03-09").step(case_id, "ask_supplement", "2026-03-09", items="名称", deadline_on="2026-03-30")

    page = enter("2026-03-16").get("/").text

    assert "补记对方收到日期" in page
    assert ">今天<" in page
    assert "已过0个工作日" not in page
