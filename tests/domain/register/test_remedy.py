"""Table 4: which cell a reconsideration or suit is counted in, year by year."""

from datetime import date

import pytest

from tracker.domain.case import mixed
from tracker.domain.case.rules import Rules
from tracker.domain.register.remedy import (
    BY_RESULT,
    DIRECT,
    RESULTS,
    Stage,
    cell_of,
    cells_of,
    skips_reconsideration,
    table4,
)

CASE, INSTANCE = Rules(), Rules(remedies_by="instance")


def stage(filed, closed=None, result=""):
    return Stage(date.fromisoformat(filed), date.fromisoformat(closed) if closed else None, result)


@pytest.mark.parametrize(
    ("why", "stages", "cells"),
    [
        (
            "pending at the year's end, and its result in the next year",
            [stage("2025-12-01", "2026-01-20", "annulled")],
            {2024: None, 2025: "pending", 2026: "corrected", 2027: None},
        ),
        (
            "closed in the year it was filed",
            [stage("2025-03-01", "2025-05-20", "upheld")],
            {2025: "upheld", 2026: None},
        ),
        (
            "closed on 31 December is closed in that year",
            [stage("2025-12-01", "2025-12-31", "dismissed")],
            {2025: "other", 2026: None},
        ),
        (
            "an appeal makes it pending again",
            [
                stage("2024-06-01", "2024-12-20", "claim_rejected"),
                stage("2025-01-05", "2025-07-01", "annulled"),
            ],
            {2024: "upheld", 2025: "corrected", 2026: None},
        ),
        (
            "an appeal within the year of the first judgment: pending, including second instance",
            [stage("2024-06-01", "2024-10-20", "annulled"), stage("2024-11-05", "2025-02-01", "as_before")],
            {2024: "pending", 2025: "corrected"},
        ),
        (
            "sent back for a new trial it stays pending, also in a year in which nothing happens",
            [
                stage("2022-06-01", "2022-10-20", "annulled"),
                stage("2022-11-05", "2022-12-20", "remanded"),
                stage("2024-01-10", "2024-05-01", "claim_rejected"),
            ],
            {2022: "pending", 2023: "pending", 2024: "upheld", 2025: None},
        ),
        (
            "open for years",
            [stage("2023-06-01")],
            {2022: None, 2023: "pending", 2024: "pending", 2025: "pending"},
        ),
    ],
)
def test_a_case_is_counted_in_every_year_in_which_it_was_open_or_closed(why, stages, cells):
    assert {year: cell_of(stages, year, CASE) for year in cells} == cells, why


def test_by_instance_each_one_counts_in_the_years_in_which_it_ran():
    stages = [
        stage("2024-06-01", "2024-10-20", "annulled"),
        stage("2024-11-05", "2025-02-01", "as_before"),
    ]

    assert cells_of(stages, 2024, INSTANCE) == ["corrected", "pending"]
    assert cells_of(stages, 2025, INSTANCE) == ["corrected"]
    assert cells_of(stages, 2025, CASE) == ["corrected"]


def test_whether_a_refusal_to_accept_counts_is_a_setting():
    stages = [stage("2025-03-01", "2025-03-06", "not_accepted")]

    assert cell_of(stages, 2025, CASE) == "other"
    assert cell_of(stages, 2025, Rules(count_not_accepted=False)) is None


def test_a_suit_after_reconsideration_stands_in_both_halves():
    upheld = [stage("2025-03-01", "2025-05-20", "upheld")]
    table = table4(
        [
            ("reconsideration", upheld),
            ("litigation_after_reconsideration", [stage("2025-06-01")]),
        ],
        2025,
        CASE,
    )

    assert table["reconsideration"] == {"upheld": 1, "corrected": 0, "other": 0, "pending": 0, "total": 1}
    assert table["litigation_after_reconsideration"]["pending"] == 1
    assert table["direct_litigation"] == dict.fromkeys(
        ("upheld", "corrected", "other", "pending", "total"), 0
    )


@pytest.mark.parametrize(
    ("words", "cell"),
    [
        ("维持", "upheld"),  # 复议法第68条
        ("驳回行政复议请求", "upheld"),  # 第69条
        ("变更", "corrected"),  # 第63条
        ("责令履行", "corrected"),  # 第66条
        ("无证据而撤销", "corrected"),  # 第70条
        ("终止", "other"),  # 第41条
        ("调解书", "other"),  # 第73条
        ("不予受理", "other"),  # 第30条
        ("驳回行政复议申请", "other"),  # 第33条
    ],
)
def test_a_result_of_reconsideration_stands_in_its_cell(words, cell):
    assert [result.cell for result in RESULTS if result.reconsideration == words] == [cell]


@pytest.mark.parametrize(
    ("words", "cell"),
    [
        ("驳回诉讼请求", "upheld"),  # 行诉法第69条
        ("撤销", "corrected"),  # 第70条
        ("履行", "corrected"),  # 第72条
        ("驳回起诉", "other"),
        ("准予撤诉", "other"),  # 第62条
        ("终结", "other"),
    ],
)
def test_a_judgment_stands_in_its_cell(words, cell):
    assert [result.cell for result in RESULTS if result.litigation == words] == [cell]


def test_every_result_names_its_words():
    assert all(result.label for result in BY_RESULT.values())


@pytest.mark.parametrize(
    ("parts", "skips"),
    [
        ([("disclosed", "given"), ("refused_internal_affairs", "")], True),  # 第16条
        ([("disclosed", "given"), ("unable_not_held", "absent")], False),  # 第36条第4项
        ([("disclosed", "given"), ("refused_administrative_query", "")], False),  # 第36条第7项
        ([], True),  # nobody said what is withheld
    ],
)
def test_a_suit_about_a_partial_answer_follows_what_it_withholds(parts, skips):
    items = [{"content": "甲", "outcome": outcome, "end": end} for outcome, end in parts]
    day = date(2026, 2, 1)

    assert skips_reconsideration(DIRECT, "partially_disclosed", day, {"parts": items}) is skips


def test_before_the_statute_of_2024_there_was_a_choice():  # 复议法第23条, in force 2024-01-01
    assert mixed.remedies("refused_state_secret", {}, date(2023, 12, 31)) == ["G"]
    assert mixed.remedies("refused_state_secret", {}, date(2024, 1, 1)) == ["P"]


@pytest.mark.parametrize(
    ("kind", "state", "decided_on", "skips"),
    [
        ("direct_litigation", "refused_process_information", "2026-02-01", True),  # 第16条: 3.3.6
        ("direct_litigation", "refused_state_secret", "2024-01-01", True),  # 第14条
        ("direct_litigation", "refused_state_secret", "2023-12-31", False),  # before 复议法 of 2024
        ("direct_litigation", "refused_administrative_query", "2026-02-01", False),  # 3.3.8: 第36条第7项
        ("direct_litigation", "unable_not_held", "2026-02-01", False),
        ("litigation_after_reconsideration", "refused_state_secret", "2026-02-01", False),
        ("direct_litigation", "processing", None, False),
    ],
)
def test_a_direct_suit_about_a_refusal_passes_by_reconsideration(kind, state, decided_on, skips):
    day = date.fromisoformat(decided_on) if decided_on else None

    assert skips_reconsideration(kind, state, day) is skips


def test_a_result_that_cannot_be_read_counts_in_the_total_alone_so_that_the_table_says_so():
    damaged = [stage("2025-03-01", "2025-05-20", "no-such-code")]

    table = table4([("reconsideration", damaged), ("no-such-kind", damaged)], 2025, CASE)

    assert (table["reconsideration"]["total"], sum(table["reconsideration"].values())) == (1, 1)
