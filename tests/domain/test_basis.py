"""What each answer must rest on (条例第14—17、35—39条), and which of several outcomes is counted."""

import re
from datetime import date

import pytest

from tests.histories import stated
from tracker.domain import basis, event, mixed
from tracker.domain.errors import InvalidDetailError
from tracker.domain.event import Entry
from tracker.domain.outcome import BY_CODE, OUTCOMES

ON = date(2026, 3, 20)


@pytest.mark.parametrize("code", BY_CODE)
def test_every_outcome_has_its_ends_each_with_an_article_and_a_notice(code):
    for end in basis.ENDS[code]:
        assert re.search(r"第[\d、—]+条|号", end.law)
        assert all(re.search(r"第[\d、—]+条|号", ask.law) for ask in end.asks)
        assert basis.notice_of(code, {"basis": {"end": end.key}})


@pytest.mark.parametrize(
    ("law", "code", "end", "needs"),
    [
        ("第36条第4项", "unable_not_held", "absent", ["search_scope", "search_means", "searched_by"]),
        ("第36条第5项", "unable_not_held", "others", ["organ"]),
        ("第36条第6项", "not_processed_repeat", "", ["earlier_number", "earlier_on"]),
        ("第36条第1项", "disclosed", "published", ["access"]),
        ("第36条第2项, 第17条", "disclosed", "given", ["form", "reviewer", "reviewed_on"]),
        ("第36条第7项", "refused_administrative_query", "", ["special_law", "access"]),
        ("第37条", "partially_disclosed", "", ["form", "withheld", "reviewer", "reviewed_on"]),
        ("第14条", "refused_prohibited_by_law", "", ["special_law"]),
        ("第39条第1款", "not_processed_petition", "", ["access"]),
        ("第30条", "closed_supplement_lapsed", "", []),
    ],
)
def test_a_notice_lacks_what_its_article_asks_for(law, code, end, needs):
    details = {"basis": {"end": end}} if end else {}

    assert [ask.key for ask in basis.missing(code, details)] == needs, law


@pytest.mark.parametrize("code", BY_CODE)
def test_a_complete_basis_lacks_nothing(code):
    for end in basis.ENDS[code]:
        assert list(basis.missing(code, {"basis": stated(code, end.key)})) == []


def test_a_blank_states_nothing():
    assert [a.key for a in basis.missing("not_processed_petition", {"basis": {"access": "  "}})] == ["access"]


def test_edge_case_7_what_is_given_against_an_objection_says_why_and_when_the_third_party_was_told():
    lacks = basis.missing("disclosed", {"basis": stated("disclosed")}, objected=True)

    assert [ask.key for ask in lacks] == ["third_party_answer", "third_party_told_on"]


@pytest.mark.parametrize(
    ("law", "outcomes", "main"),
    [
        (
            "edge case 2: refused before not held",
            ["unable_not_held", "refused_process_information"],
            "refused_process_information",
        ),
        ("edge case 3: one document with names blacked out", ["partially_disclosed"], "partially_disclosed"),
        (
            "第37条: something given, something not",
            ["disclosed", "refused_state_secret"],
            "partially_disclosed",
        ),
        ("given and not held (practice)", ["disclosed", "unable_not_held"], "partially_disclosed"),
        ("all given", ["disclosed", "disclosed"], "disclosed"),
        (
            "the ground of most items",
            ["refused_state_secret", "refused_process_information", "refused_process_information"],
            "refused_process_information",
        ),
        (
            "equal numbers: the earlier row",
            ["refused_enforcement_file", "refused_internal_affairs"],
            "refused_internal_affairs",
        ),
        ("3.4 before 3.5", ["not_processed_petition", "unable_needs_creation"], "unable_needs_creation"),
        ("one item", ["closed_other"], "closed_other"),
    ],
)
def test_one_of_several_outcomes_is_counted(law, outcomes, main):
    assert mixed.main_outcome(outcomes) == main, law
    assert mixed.main_outcome(reversed(outcomes)) == main, law


def test_an_office_may_set_another_order():
    order = mixed.order_of("3.4 3.3 3.5 3.6")

    assert mixed.main_outcome(["refused_state_secret", "unable_not_held"], order) == "unable_not_held"


@pytest.mark.parametrize("text", ["", "3.3", "3.3 3.4 3.5 3.5", "3.3 3.4 3.5 3.6 3.1"])
def test_an_order_that_names_not_each_part_once_is_refused(text):
    with pytest.raises(ValueError, match=re.escape(text) or "^$"):
        mixed.order_of(text)


def test_edge_case_2_a_refused_part_and_a_missing_one_have_each_its_remedy():
    assert mixed.remedies(["refused_process_information", "unable_not_held"]) == ["P", "G"]


@pytest.mark.parametrize(
    "details",
    [
        {"basis": {"horoscope": "x"}},
        {"basis": {"access": 3}},
        {"basis": "x"},
        {"parts": [{"content": "甲"}]},
        {"parts": [{"content": "甲", "outcome": "granted"}]},
        {"parts": [{"content": "甲", "outcome": "disclosed", "colour": "red"}]},
        {"parts": ["甲"]},
        {"parts": {"content": "甲"}},
    ],
)
def test_a_basis_or_an_item_of_unknown_words_is_refused(details):
    with pytest.raises(InvalidDetailError):
        event.check(Entry("disclosed", ON, {**details, "reason": "x"}))


def test_the_catalogue_and_the_table_of_ends_name_the_same_outcomes():
    assert list(basis.ENDS) == [outcome.code for outcome in OUTCOMES]
