"""Refusals that wait for their first review: which are listed, from which day they are late, how one leaves the list."""

from datetime import date

import pytest

from tests.jobs.test_jobs import load, received
from tests.practice import set_practice
from tracker.domain.permission import Role
from tracker.domain.register.follow_up import first_review_on

ENDS = {
    "A-1": "refused_internal_affairs", "A-2": "partially_disclosed", "A-3": "disclosed", "A-4": "refused_administrative_query",
}  # fmt: skip


@pytest.fixture
def clerk(app, sign_in):
    for number, outcome in ENDS.items():
        load(received("2025-02-03", number, {"step": "answer", "on": "2025-02-20", "outcome": outcome}))
    load(
        received(
            "2026-02-02",
            "A-5",
            {"step": "answer", "on": "2026-02-12", "outcome": "refused_process_information"},
        )
    )
    return sign_in(Role.REGISTRAR)


def listed(browser) -> list[str]:
    page = browser.get("/books/refusal-reviews/waiting").text
    return [number for number in (*ENDS, "A-5") if f">{number}<" in page]


def test_what_was_refused_is_listed_until_a_review_of_it_is_recorded(clerk):
    before = listed(clerk)
    page = clerk.get("/books/refusal-reviews/waiting").text
    row = {
        "reviewed_on": "2026-03-10",
        "information": "会议纪要",
        "case_number": "A-1",
        "conclusion": "kept",
        "next_on": "2027-03-10",
    }
    assert clerk.post("/books/refusal-reviews", row).status_code == 303

    assert before == ["A-1", "A-2", "A-5"]
    assert page.count("已到期") == 2  # 2026-02-20 is past, 2027-02-12 is not
    assert listed(clerk) == ["A-2", "A-5"]


def test_the_months_are_practice(clerk):
    set_practice(first_review_months=1)

    assert clerk.get("/books/refusal-reviews/waiting").text.count("已到期") == 3


@pytest.mark.parametrize(
    ("served", "months", "due"),
    [
        (date(2025, 2, 20), 12, date(2026, 2, 20)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2025, 10, 31), 4, date(2026, 2, 28)),
        (date(2025, 12, 15), 1, date(2026, 1, 15)),
    ],
)
def test_the_first_review_is_due_on_the_same_day_of_a_later_month(served, months, due):
    assert first_review_on(served, months) == due
