"""What each answer must rest on (条例第14—17、35—39条), and which of several outcomes is counted."""

import re
from datetime import date

import pytest

from tests.histories import stated
from tracker.domain.case import basis, event, mixed
from tracker.domain.case.event import Entry
from tracker.domain.case.outcome import BY_CODE, OUTCOMES
from tracker.domain.errors import InvalidDetailError

ON = date(2026, 3, 20)


@pytest.mark.parametrize("code", BY_CODE)
def test_every_outcome_has_its_ends_each_with_an_article_and_a_notice(code):
    for end in basis.ENDS[code]:
        assert re.search(r"第[\d、—]+条|号", end.law)
        assert all(re.search(r"第[\d、—]+条|号", ask.law) for ask in end.asks)
        assert basis.letter_of(code, {"basis": {"end": end.key}})


@pytest.mark.parametrize(
    ("law", "code", "end", "needs"),
    [
        ("第36条第4项", "unable_not_held", "absent", ["search_scope", "search_means", "searched_by"]),
        ("第36条第5项", "unable_not_held", "others", ["organ"]),
        ("第36条第6项", "not_processed_repeat", "", ["earlier_number", "earlier_on"]),
        ("第36条第1项", "disclosed", "published", ["access"]),
        ("第36条第2项, 第17条", "disclosed", "given", ["form", "reviewer", "reviewed_on", "review"]),
        ("第36条第7项", "refused_administrative_query", "", ["special_law", "access"]),
        ("第37条", "partially_disclosed", "", ["form", "withheld", "reviewer", "reviewed_on", "review"]),
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


REFUSED = {"content": "会议纪要", "outcome": "refused_process_information", "reason": "讨论记录"}
ABSENT = {"content": "拨款文件", "outcome": "unable_not_held", "end": "absent", "reason": "经检索没有"}
OTHERS = {**ABSENT, "end": "others"}
GIVEN = {"content": "批复", "outcome": "disclosed", "end": "given"}


@pytest.mark.parametrize(
    ("law", "code", "details", "remedies"),
    [
        ("edge case 2", "refused_process_information", {"parts": [REFUSED, ABSENT]}, ["P", "G"]),
        ("part of it is refused", "partially_disclosed", {"parts": [GIVEN, REFUSED]}, ["P", "G"]),
        ("part of it is not held", "partially_disclosed", {"parts": [GIVEN, ABSENT]}, ["G"]),
        ("第37条 without items", "partially_disclosed", {}, ["P"]),
        ("第16条", "refused_process_information", {}, ["P"]),
        ("第36条第7项", "refused_administrative_query", {}, ["G"]),
        ("第2条", "closed_other", {"basis": {"end": "no_information"}}, ["G"]),
        ("a closing record", "closed_other", {"basis": {"end": "ended"}}, ["N"]),
    ],
)
def test_the_notice_names_the_remedies_of_its_end_and_of_each_item(law, code, details, remedies):
    """复议法第23条: reconsideration first for what is refused under 第14—16条."""
    assert mixed.remedies(code, details) == remedies, law


def test_an_item_names_its_article_by_its_end():  # 第36条第4项, 第5项
    absent, others = mixed.parts_of({"parts": [ABSENT, OTHERS]})

    assert (absent.law, others.law) == ("条例第36条第（四）项", "条例第36条第（五）项")
    assert others.label == "1.本机关不掌握相关政府信息：不属于本机关负责公开"


def test_no_item_can_lapse_by_itself():
    assert {outcome.code for outcome, _ in mixed.CHOICES} == set(BY_CODE) - set(mixed.LAPSES)


@pytest.mark.parametrize(
    "details",
    [
        {"basis": {"horoscope": "x"}},
        {"basis": {"access": 3}},
        {"basis": "x"},
        {"basis": {"reviewed_on": "昨天"}},
        {"parts": [{"content": "甲", "outcome": "disclosed", "end": "absent"}]},
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


@pytest.mark.parametrize(
    ("end", "words"),
    [
        ("told", "获取的方式、途径和时间"),  # 第36条第（二）项
        ("published", "在哪里公开、怎样获取"),  # 第36条第（一）项
        ("petition", "告知的信访、投诉、举报渠道"),  # 第39条第1款
        ("publication", "出版物名称和获取途径"),  # 第39条第2款
        ("", "获取的方式、途径"),
    ],
)
def test_a_fact_is_named_by_the_end_that_asked_for_it(end, words):
    """A way to get the information was shown as the name of a publication."""
    assert basis.label("access", {"end": end, "access": "某网站"}) == words


def test_every_fact_has_words_of_its_own_end_and_some_where_none_is_stated():
    asked = [(end, ask) for ends in basis.ENDS.values() for end in ends for ask in end.asks]

    assert [ask.key for end, ask in asked if basis.label(ask.key, {"end": end.key}) != ask.label] == []
    assert [ask.key for _end, ask in asked if basis.label(ask.key, {}) == ask.key] == []


@pytest.mark.parametrize(
    ("conclusion", "is_against"),
    [
        ("不同意公开", True),
        ("涉及商业秘密，不宜公开。", True),
        ("经审查，不得提供", True),
        ("未通过", True),
        ("可以公开", False),
        ("不涉密，可以公开", False),
        ("不予公开的个人信息已删除，其余可以公开", False),
        ("个人信息不予公开，其他内容同意公开", False),
        ("不属于不予公开的情形", False),
        ("没有不宜公开的内容", False),
        ("同意", False),
        ("", False),
    ],
)
def test_a_conclusion_against_giving_is_told_from_one_that_names_what_is_withheld(conclusion, is_against):
    assert basis.is_against_giving(conclusion) is is_against
