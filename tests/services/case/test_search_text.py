"""Requests are found by what their ledgers and notes say; the check names what a search would miss."""

from datetime import date

import pytest
from sqlalchemy import delete, select, update

from tests.jobs.test_jobs import load, received
from tracker.domain.case.event import Entry
from tracker.domain.permission import PEOPLE
from tracker.models.base import db, transaction
from tracker.models.case import Case
from tracker.models.case_text import CaseText
from tracker.models.reads import search
from tracker.models.reads.case import CaseFilter, cases_matching
from tracker.models.reads.found import found_cases
from tracker.services.case import note, search_text, step
from tracker.services.office import searched
from tracker.services.office.actor import Actor

ANSWER = {
    "step": "answer", "outcome": "disclosed", "on": "2026-03-05", "document_number": "示规告〔2026〕12号",
}  # fmt: skip


@pytest.fixture
def case(app, agency_id, clock):
    """A request in whose ledger a company was consulted, one beside it, one that a file answers."""
    load(received("2026-03-02", "A-1"), received("2026-03-02", "A-2"), received("2026-03-02", "A-3", ANSWER))
    row = db.session.scalar(select(Case).where(Case.number == "A-1"))
    clerk = Actor("周明", frozenset(PEOPLE), agency_id)
    moment = {"actor": clerk, "now": clock()}
    consulted = Entry("consult", date(2026, 3, 3), {"party": "third_party", "name": "宏远置业 有限公司"})
    step.take(row.id, consulted, today=clock.today, **moment)
    note.write(row.id, "等市局统一口径（张工）", **moment)
    return row


def numbers(agency_id: int, typed: str, unit_scope: int | None = None) -> list[str]:
    """Return what the box finds; a list narrowed by the same words has the same rows."""
    found = sorted(row.number for row in found_cases(agency_id, typed, unit_scope).rows)
    listed = db.session.scalars(cases_matching(agency_id, CaseFilter(text=typed, unit_scope=unit_scope)))
    assert sorted(row.number for row in listed.unique()) == found
    return found


def test_what_the_ledger_and_the_notes_say_is_found_whatever_its_width(case, agency_id):
    assert numbers(agency_id, "宏远置业有限公司") == ["A-1"]
    assert numbers(agency_id, "統一口径") == []
    assert numbers(agency_id, "统一口径(张工)") == ["A-1"]
    assert numbers(agency_id, "示规告[2026]12号") == ["A-3"]
    assert numbers(agency_id, "A-1 宏远") == ["A-1"]
    assert numbers(agency_id, "A-2 宏远") == []
    assert numbers(agency_id, "third_party") == []


def test_a_correction_keeps_what_it_replaced_findable(case, agency_id, clock):
    clerk = Actor("周明", frozenset(PEOPLE), agency_id)
    seq = next(event.seq for event in case.events if event.step == "consult")
    put = {"step": "consult", "on": "2026-03-03", "party": "third_party", "name": "鼎新公司"}
    details = {"replaces": seq, "with": put, "reason": "名称写错"}
    step.take(case.id, Entry("correct", clock.today, details), actor=clerk, today=clock.today, now=clock())

    assert [numbers(agency_id, typed) for typed in ("宏远", "鼎新", "名称写错")] == [["A-1"]] * 3
    assert list(search_text.stale()) == []


def test_what_a_search_would_miss_is_named_and_made_anew(case, agency_id, clock):
    assert (list(search_text.stale()), list(searched.stale())) == ([], [])
    with transaction():
        db.session.execute(update(CaseText).where(CaseText.id == case.id).values(folded="别的"))
        db.session.execute(delete(CaseText).where(CaseText.id != case.id))
    assert len(list(search_text.stale())) == 2

    assert search_text.mend(now=clock()) == 2

    assert (list(search_text.stale()), numbers(agency_id, "宏远"), numbers(agency_id, "示规告")) == (
        [],
        ["A-1"],
        ["A-3"],
    )
    assert list(search.astray(db.session.connection())) == []
