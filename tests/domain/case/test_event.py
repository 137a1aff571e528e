"""What an entry must state, word by word and key by key."""

from datetime import date

import pytest

from tracker.domain.case.event import KEYS, Entry, check
from tracker.domain.case.step_field import METHODS, OPINIONS
from tracker.domain.errors import InvalidDetailError
from tracker.domain.law.party import LABELS, PARTIES

ON = date(2026, 3, 2)

COMPLETE = [  # one entry of every step with every key that the exchange format names
    (
        "receive",
        {
            "arrived_on": "2026-03-01",
            "signed_on": "2026-03-02",
            "confirmed_on": "2026-03-02",
            "tracking_number": "XA1",
            "applicant_kind": "ngo",
            "channel": "registered_mail",
            "unit": "执法队",
        },
    ),
    ("accept", {}),
    ("ask_supplement", {"items": "写明文号", "deadline_on": "2026-03-23"}),
    ("receive_supplement", {"reason": "住院"}),
    ("consult", {"party": "third_party", "name": "甲公司", "received_on": "2026-03-04"}),
    ("end_consultation", {"party": "agency", "name": "乙局", "opinion": "agrees"}),
    ("extend", {"days": 20, "reason": "案情复杂", "approved_by": "主任"}),
    ("charge", {"received_on": "2026-03-04", "amount": "200"}),
    ("pay", {"amount": 200}),
    ("ask_reasons", {"deadline_on": "2026-03-16"}),
    ("give_reasons", {}),
    ("delay", {"until_on": "2026-06-01"}),
    ("withdraw", {"reason": "不再需要"}),
    ("assign", {"unit": "执法队", "handler": "王"}),
    ("correct", {"replaces": 2, "with": None, "reason": "笔误"}),
    ("correct", {"replaces": 2, "with": {"step": "accept", "on": "2026-03-03"}, "reason": "笔误"}),
    ("carry_forward", {"year": 2026}),
    ("recompute", {"due_from": "2027-01-13", "due_to": "2027-01-14", "reason": "放假通知"}),
    (
        "disclosed",
        {"decided_on": "2026-03-01", "method": "post", "document_number": "1号", "reason": "依申请"},
    ),
]


@pytest.mark.parametrize(("step", "details"), COMPLETE)
def test_a_complete_entry_is_taken(step, details):
    assert check(Entry(step, ON, details)) is None


@pytest.mark.parametrize(
    ("step", "details", "missing"),
    [
        ("ask_supplement", {}, "deadline_on"),
        ("consult", {"name": "甲公司"}, "party"),
        ("consult", {"party": "agency"}, "name"),
        ("end_consultation", {"party": "agency"}, "name"),
        ("end_consultation", {"name": "甲公司"}, "party"),
        ("extend", {}, "days"),
        ("extend", {"days": None}, "days"),
        ("delay", {"until_on": ""}, "until_on"),
        ("correct", {"reason": "笔误"}, "replaces"),
        ("correct", {"replaces": 2, "with": None}, "reason"),
        ("carry_forward", {}, "year"),
    ],
)
def test_a_required_key_is_missed_by_name(step, details, missing):
    with pytest.raises(InvalidDetailError, match=f"{step}缺少“{missing}”"):
        check(Entry(step, ON, details))


@pytest.mark.parametrize("step", sorted(KEYS))
def test_a_key_that_the_step_does_not_have_is_refused(step):
    with pytest.raises(InvalidDetailError, match="没有“colour”"):
        check(Entry(step, ON, {"colour": "red"}))


@pytest.mark.parametrize("step", ["answer", "teleport", "", "Receive"])
def test_an_unknown_step_is_refused(step):
    with pytest.raises(InvalidDetailError, match="不认识的步骤"):
        check(Entry(step, ON))


@pytest.mark.parametrize(
    ("step", "details", "says"),
    [
        ("consult", {"party": "neighbour", "name": "甲"}, "third_party、co_maker、agency"),
        ("end_consultation", {"party": "agency", "name": "甲", "opinion": "maybe"}, "agrees、objects、none"),
        ("disclosed", {"method": "courier"}, "in_person、post"),
        ("receive", {"applicant_kind": "company"}, "natural_person、business"),
        ("receive", {"channel": "telegram"}, "in_person、oral"),
    ],
)
def test_an_unknown_word_is_refused_with_the_words_that_are_known(step, details, says):
    with pytest.raises(InvalidDetailError, match=says):
        check(Entry(step, ON, details))


@pytest.mark.parametrize(
    ("step", "details", "key"),
    [
        ("consult", {"party": ["agency"], "name": "甲"}, "party"),
        ("consult", {"party": "agency", "name": 7}, "name"),
        ("receive", {"channel": {"kind": "fax"}}, "channel"),
        ("disclosed", {"reason": 3}, "reason"),
        ("correct", {"replaces": 1, "with": "accept", "reason": "笔误"}, "with"),
        ("accept", {"implied": "yes"}, "implied"),
        ("pay", {"amount": []}, "amount"),
    ],
)
def test_a_value_of_another_kind_is_refused_by_its_key(step, details, key):
    with pytest.raises(InvalidDetailError, match=f"“{key}”"):
        check(Entry(step, ON, details))


@pytest.mark.parametrize("days", [0, -1, 21, 1000, "20", 2.0, True])
def test_an_extension_is_a_whole_number_of_one_to_twenty_days(days):  # 第33条第2款
    with pytest.raises(InvalidDetailError, match="1至20"):
        check(Entry("extend", ON, {"days": days}))


@pytest.mark.parametrize(
    ("step", "details"),
    [
        ("carry_forward", {"year": "2026"}),
        ("carry_forward", {"year": True}),
        ("correct", {"replaces": "1", "reason": "笔误"}),
    ],
)
def test_a_year_and_a_place_are_whole_numbers(step, details):
    with pytest.raises(InvalidDetailError, match="应为整数"):
        check(Entry(step, ON, details))


@pytest.mark.parametrize("day", ["2026-02-30", "2026/3/2", "明天"])
def test_a_day_that_is_none_is_refused(day):
    with pytest.raises(InvalidDetailError, match="不是日期"):
        check(Entry("delay", ON, {"until_on": day}))


def test_a_decision_is_not_dated_after_its_service():  # 235号
    check(Entry("disclosed", ON, {"decided_on": "2026-03-02"}))

    with pytest.raises(InvalidDetailError, match="不能晚于送达日期"):
        check(Entry("disclosed", ON, {"decided_on": "2026-03-03"}))


def test_what_is_not_known_may_be_null():
    assert check(Entry("consult", ON, {"party": "agency", "name": "乙局", "received_on": None})) is None


def test_a_day_of_the_details_is_read_and_a_missing_one_is_none():
    entry = Entry("charge", ON, {"received_on": "2026-03-04", "amount": None})

    assert entry.day("received_on") == date(2026, 3, 4)
    assert entry.day("deadline_on") is None


def test_the_words_are_those_of_the_exchange_format():
    assert set(PARTIES) == {"third_party", "co_maker", "other_agency"}
    assert set(LABELS) == {*PARTIES, "agency"}
    assert set(OPINIONS) == {"agrees", "objects", "none"}
    assert set(METHODS) == {"in_person", "post", "online", "email", "delegated", "on_the_spot", "none"}


def test_outcomes_that_shared_a_row_may_end_a_case_of_the_years_before():
    """国办公开办函〔2019〕60号: one row （六）其他处理 for three."""
    check(Entry("closed_fee_lapsed", date(2020, 3, 2), {}))
