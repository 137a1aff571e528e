"""The law of the day of receipt: terms are dated rows, and an amendment is one row more."""

import json
from dataclasses import replace
from datetime import date

import pytest

from tests.rules import always
from tracker.domain.calendar.calendar import shipped
from tracker.domain.case import explanation, history
from tracker.domain.case.check import irregularities, objections
from tracker.domain.case.duty import duties
from tracker.domain.case.event import Entry
from tracker.domain.case.silence import proposals
from tracker.domain.errors import InvalidDetailError
from tracker.domain.law import law
from tracker.domain.law.law import DECREE_492, DECREE_711
from tracker.domain.law.term import Term
from tracker.services.exchange import exchange

WHO = {"party": "third_party", "name": "甲公司"}
THIRD_PARTY = {**WHO, "received_on": "2018-03-06"}
OLD = ("receive", "2018-03-01")


def day(text):
    return date.fromisoformat(text)


def case(*rows):
    entries = [Entry(step, day(on), dict(*more), seq) for seq, (step, on, *more) in enumerate(rows, 1)]
    return history.fold(entries, shipped())


def due(*rows):
    return str(case(*rows).due().on)


def codes(standing, on):
    return [found.code for found in irregularities(standing, day(on))]


@pytest.mark.parametrize(
    ("received", "decree", "due_on"),
    [
        ("2008-05-01", DECREE_492, "2008-05-22"),
        ("2018-03-01", DECREE_492, "2018-03-22"),
        ("2019-05-14", DECREE_492, "2019-06-04"),
        ("2019-05-15", DECREE_711, "2019-06-13"),
        ("2026-03-02", DECREE_711, "2026-03-30"),
    ],
)
def test_a_request_is_measured_by_the_law_of_its_day_of_receipt(received, decree, due_on):
    assert law.on(day(received)) is decree
    assert due(("receive", received)) == due_on


@pytest.mark.parametrize(
    ("why", "rows", "due_on"),
    [
        ("第24条: 15 more at most", [("extend", "2018-03-20", {"days": 15})], "2018-04-13"),
        ("more than 15 counts as 15", [("extend", "2018-03-20", {"days": 20})], "2018-04-13"),
        ("第21条: anew by practice", [("ask_supplement", "2018-03-20", {"deadline_on": "2018-04-03"}),
         ("receive_supplement", "2018-03-28")], "2018-04-19"),
        ("第24条: the opinion came", [("consult", "2018-03-05", THIRD_PARTY),
         ("end_consultation", "2018-03-12", WHO)], "2018-03-29"),
        ("第24条: the opinion took longer than any term", [("consult", "2018-03-05", THIRD_PARTY),
         ("end_consultation", "2018-04-20", WHO)], "2018-05-10"),
        ("nobody ended it: 15 working days (practice)", [("consult", "2018-03-05", THIRD_PARTY)], "2018-04-16"),
        ("no delayed answer was known", [("delay", "2018-03-20", {"until_on": "2018-06-01"})], "2018-03-22"),
        ("L1 holds for old requests", [("ask_supplement", "2018-03-23", {"deadline_on": "2018-04-03"}),
         ("receive_supplement", "2018-03-28")], "2018-03-22"),
    ],
)  # fmt: skip
def test_the_old_law_moves_the_term_in_its_own_way(why, rows, due_on):
    assert due(OLD, *rows) == due_on


def test_the_old_law_set_no_term_for_the_notice_the_opinion_or_the_payment():
    consulted = case(OLD, ("consult", "2018-03-05", THIRD_PARTY))
    charged = case(OLD, ("charge", "2018-03-05", {"received_on": "2018-03-05"}))

    assert [duty.name for duty in duties(case(OLD), day("2018-03-02"))] == ["reply", "extension"]
    assert [duty.name for duty in duties(consulted, day("2018-03-12"))] == ["reply", "extension"]
    assert duties(charged, day("2018-03-12")) == []
    assert [*proposals(consulted), *proposals(charged)] == []


def test_nobody_was_silent_and_nothing_lapsed_under_the_old_law():
    """原条例第21、23条: an office that says so is objected to, a register that says so is irregular."""
    asked = ("ask_supplement", "2018-03-05", {"deadline_on": "2018-03-20", "received_on": "2018-03-06"})
    silent = Entry("end_consultation", day("2018-05-02"), {**WHO, "opinion": "none"})

    (objection,) = objections(case(OLD, ("consult", "2018-03-05", THIRD_PARTY)), silent)
    assert "没有规定“甲公司”提出意见的期限" in objection.message
    assert proposals(case(OLD, asked)) == []
    assert codes(case(OLD, asked, ("closed_supplement_lapsed", "2018-03-21")), "2018-03-21") == ["no_lapse"]


def test_a_late_notice_was_none_under_the_old_law_and_too_long_an_extension_is_said():
    asked = ("ask_supplement", "2018-03-20", {"deadline_on": "2018-04-03"})

    assert codes(case(OLD, asked), "2018-03-20") == []
    assert codes(case(OLD, ("extend", "2018-03-20", {"days": 20})), "2018-03-20") == ["long_extension"]
    (objection,) = objections(case(OLD), Entry("extend", day("2018-03-20"), {"days": 16}))
    assert (objection.final, "不得超过15个" in objection.message) == (True, True)


def test_the_explanation_names_the_law_by_which_it_counts():
    found = explanation.lines(case(OLD))

    assert (
        "期限按收到申请之日施行的2007年《中华人民共和国政府信息公开条例》（国务院令第492号）计算。" in found
    )
    assert any("15个工作日（原条例（国务院令第492号）第24条" in line for line in found)
    assert not any("第33条" in line for line in found)
    assert not any("492" in line for line in explanation.lines(case(("receive", "2019-05-15"))))


def test_an_answer_after_the_amendment_to_a_request_from_before_it_keeps_the_old_term():
    found = case(("receive", "2019-05-10"), ("disclosed", "2019-06-05"))

    assert (str(found.due().on), found.is_overdue(day("2019-06-05"))) == ("2019-05-31", True)


DECREE_2030 = replace(
    DECREE_711,
    title="2030年《中华人民共和国政府信息公开条例》（国务院令第999号）",
    since=date(2030, 3, 1),
    reply=Term("reply", 10, "答复期限", "新条例第40条"),
    extension=Term("extension", 30, "延长答复期限（合计最多）", "新条例第40条"),
    supplement_notice=Term("supplement_notice", 3, "补正告知", "新条例第36条"),
)


@pytest.fixture
def amended(monkeypatch):
    monkeypatch.setattr(law, "DECREES", (*law.DECREES, DECREE_2030))


def test_an_amendment_is_one_row_more_and_leaves_old_requests_alone(amended):
    new, old = case(("receive", "2030-03-01")), case(("receive", "2030-02-28"))

    assert shipped().count(day("2030-03-01"), new.due().on) == 10
    assert shipped().count(day("2030-02-28"), old.due().on) == 20
    assert "新条例第40条" in explanation.lines(new)[1]
    assert "国务院令第711号" in explanation.lines(old)[1]
    notice = duties(new, day("2030-03-01"))[0]
    assert (notice.law, shipped().count(day("2030-03-01"), notice.on)) == ("新条例第36条", 3)


def test_an_amendment_is_the_law_of_imports_too(amended):
    events = [{"step": "receive", "on": "2030-03-01"}, {"step": "extend", "on": "2030-03-05", "days": 30}]
    line = {"applicant": {"kind": "business"}, "channel": "in_person", "events": events}
    (read,) = exchange.read([json.dumps(line)])

    told = exchange.due_line(read, day("2030-03-06"), shipped(), always())

    assert shipped().count(day("2030-03-01"), day(told["due_on"])) == 40


def test_an_extension_beyond_every_law_is_refused():
    with pytest.raises(InvalidDetailError, match="1至20"):
        case(OLD, ("extend", "2018-03-20", {"days": 21}))
