"""Whether a step has what it rests on: the ground of a refusal, a way of service, a term of some length."""

from datetime import date

import pytest

from tests.histories import stated
from tracker.domain.calendar.calendar import shipped
from tracker.domain.case import basis, grounds
from tracker.domain.case.check import irregularities, objections
from tracker.domain.case.event import Entry
from tracker.domain.case.history import fold

RECEIVED = ("receive", "2026-03-02")
FIRM, OTHER_FIRM = ({"party": "third_party", "name": name} for name in ("甲公司", "乙公司"))
SECRET = {"content": "合同", "outcome": "refused_third_party_rights", "reason": "商业秘密"}
GIVEN = {"content": "批复", "outcome": "disclosed", "end": "given"}


def day(text):
    return date.fromisoformat(text)


def entry(step, on, details=None):
    whole = {"basis": stated(step), "reason": "写明", "method": "post"} if step in basis.ENDS else {}
    return Entry(step, day(on), {**whole, **(details or {})})


def standing(*rows):
    entries = [entry(*row) for row in (RECEIVED, *rows)]
    return fold([Entry(e.step, e.on, e.details, seq) for seq, e in enumerate(entries, 1)], shipped())


def asked(who, opinion, on="2026-03-04", back="2026-03-11"):
    return [
        ("consult", on, {**who, "received_on": "2026-03-06"}),
        ("end_consultation", back, {**who, "opinion": opinion}),
    ]


def said(rows, step):
    """Return the words of both: the objection at the form and the irregularity of what was read in."""
    at_form = [found.message for found in objections(standing(*rows), entry(*step))]
    read_in = [found.message for found in irregularities(standing(*rows, step), day("2026-12-31"))]
    return at_form, [words for words in read_in if "超期" not in words]


REFUSED = ("refused_third_party_rights", "2026-03-16")


@pytest.mark.parametrize(
    ("law", "rows", "step", "says"),
    [
        ("第15条: who was asked agreed", asked(FIRM, "agrees"), REFUSED, "都同意公开"),
        (
            "第15条: both agreed",
            [*asked(FIRM, "agrees"), *asked(OTHER_FIRM, "agrees")],
            REFUSED,
            "都同意公开",
        ),
        (
            "第15条: as an item of a partial answer",
            asked(FIRM, "agrees"),
            ("partially_disclosed", "2026-03-16", {"parts": [GIVEN, SECRET]}),
            "都同意公开",
        ),
        (
            "第33条第1款: 当场答复 is of the day",
            [],
            ("disclosed", "2026-03-03", {"method": "on_the_spot"}),
            "当场答复",
        ),
        ("235号: no way of service", [], ("disclosed", "2026-03-16", {"method": None}), "未写明送达方式"),
        ("235号: an answer is served", [], ("disclosed", "2026-03-16", {"method": "none"}), "未写明送达方式"),
        (
            "第2条: not government information is told to the applicant",
            [],
            ("closed_other", "2026-03-16", {"basis": {"end": "no_information"}, "method": None}),
            "未写明送达方式",
        ),
        (
            "档案法第15条: the transfer term still runs",
            [],
            (
                "unable_not_held",
                "2026-03-16",
                {"basis": {"end": "archived", "organ": "县档案馆", "transfer_ended_on": "2026-03-17"}},
            ),
            "移交期限至2026-03-17",
        ),
        (
            "档案法第15条: nobody asked whether it ended",
            [],
            ("unable_not_held", "2026-03-16", {"basis": {"end": "archived", "organ": "县档案馆"}}),
            "移交期限届满的日期",
        ),
    ],
)
def test_an_answer_without_its_ground_is_objected_to_and_stays_irregular_where_it_was_read_in(
    law, rows, step, says
):
    at_form, read_in = said(rows, step)

    assert [says in words for words in at_form] == [True], law
    assert any(says in words for words in read_in), law


@pytest.mark.parametrize(
    ("law", "rows", "step"),
    [
        ("第15条: one of two objects", [*asked(FIRM, "agrees"), *asked(OTHER_FIRM, "objects")], REFUSED),
        ("第32条: silence is no consent", asked(FIRM, "none", back="2026-03-31"), ("refused_third_party_rights", "2026-04-01")),
        ("第33条第1款: on the day", [], ("disclosed", "2026-03-02", {"method": "on_the_spot"})),
        (
            "第33条第1款: on the day of the supplement",
            [("ask_supplement", "2026-03-04", {"deadline_on": "2026-03-25"}), ("receive_supplement", "2026-03-10")],
            ("disclosed", "2026-03-10", {"method": "on_the_spot"}),
        ),
        (
            "235号: an internal closing record is served on nobody",
            [("ask_supplement", "2026-03-04", {"deadline_on": "2026-03-25", "received_on": "2026-03-05"})],
            ("closed_supplement_lapsed", "2026-03-26", {"method": None}),
        ),
        (
            "the applicant died",
            [],
            ("closed_other", "2026-03-16", {"basis": {"end": "ended"}, "method": "none"}),
        ),
        (
            "档案法第15条: the term has ended",
            [],
            (
                "unable_not_held",
                "2026-03-16",
                {"basis": {"end": "archived", "organ": "县档案馆", "transfer_ended_on": "2026-03-16"}},
            ),
        ),
        (
            "第32、37条: what is withheld is what the third party objected to",
            asked(FIRM, "objects"),
            ("partially_disclosed", "2026-03-16", {"parts": [GIVEN, SECRET]}),
        ),
    ],
)  # fmt: skip
def test_an_answer_with_its_ground_is_not_objected_to(law, rows, step):
    assert said(rows, step) == ([], []), law


def test_a_partial_answer_that_may_give_the_objected_part_owes_its_reasons():
    """第32条: without items nobody can tell which part is withheld, so the form says how to show it."""
    at_form, read_in = said(asked(FIRM, "objects"), ("partially_disclosed", "2026-03-16"))

    assert len(at_form) == 2
    assert all("分项" in words for words in at_form)
    assert len(read_in) == 1


@pytest.mark.parametrize(
    ("deadline", "days"),
    [("2026-03-10", 1), ("2026-03-11", 2), ("2026-03-12", None), ("2026-03-31", None)],
)
def test_a_supplement_term_too_short_to_be_reasonable_is_warned_of(deadline, days):  # 第30条
    at_form, read_in = said([], ("ask_supplement", "2026-03-09", {"deadline_on": deadline}))

    wanted = [f"补正期限只有{days}个工作日，难以认为是合理的补正期限。"] if days else []
    assert (at_form, read_in) == (wanted, wanted)


def test_a_consultation_begun_on_the_last_day_is_warned_of():  # 第33条第3款
    on_the_last = objections(standing(), entry("consult", "2026-03-30", FIRM))

    assert ["答复期限当日（2026-03-30）" in found.message for found in on_the_last] == [True]
    assert not on_the_last[0].final
    assert objections(standing(), entry("consult", "2026-03-27", FIRM)) == []


def test_whether_an_end_was_an_answer_tells_what_a_repeat_may_rest_on():  # 第36条第（六）项
    answered = [
        entry("disclosed", "2026-03-16"),
        entry("closed_other", "2026-03-16", {"basis": {"end": "no_information"}}),
    ]
    ended = [entry("closed_supplement_lapsed", "2026-03-16"), entry("closed_fee_lapsed", "2026-03-16"),
             entry("withdraw", "2026-03-16"), entry("closed_other", "2026-03-16", {"basis": {"end": "ended"}})]  # fmt: skip

    assert all(grounds.needs_service(found) for found in answered)
    assert not any(grounds.needs_service(found) for found in ended)
