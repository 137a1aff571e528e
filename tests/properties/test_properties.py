"""What holds for every term and for every lawful ledger, not only for those we thought of."""

import os
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rules import always
from tracker.domain.calendar.calendar import shipped
from tracker.domain.case import clock, history
from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.case.clock import Pause
from tracker.domain.case.duty import duties, waits_until
from tracker.domain.case.event import Entry
from tracker.domain.case.history import final_state, fold
from tracker.domain.case.outcome import FINAL
from tracker.domain.case.rules import DatedPractice, PracticeValue, defaults
from tracker.domain.case.sentence import LATE_STEPS
from tracker.domain.case.standing import Standing
from tracker.domain.case.workflow import steps_from
from tracker.domain.errors import DomainError
from tracker.domain.permission import Role
from tracker.domain.report.table3 import cells, identities, row_of_years

EXAMPLES = os.environ.get("PROOF_EXAMPLES")
quick = settings(deadline=None, derandomize=not EXAMPLES, max_examples=int(EXAMPLES or 40))

FIRST_YEAR, LAST_YEAR = 2024, 2030
starts = st.dates(date(2024, 1, 1), date(2027, 12, 31))
limits = st.integers(1, 40)
gaps = st.integers(0, 40).map(timedelta)


@st.composite
def pauses(draw, start):
    """Draw a pause that begins about the start of the term or in it."""
    sent = start + timedelta(draw(st.integers(-20, 60)))
    return Pause(sent, sent + draw(gaps))


@st.composite
def terms(draw):
    """Draw a start, a limit and up to three pauses."""
    start = draw(starts)
    return start, draw(limits), draw(st.lists(pauses(start), max_size=3))


def details(step, on, draw):
    later = (on + timedelta(draw(st.integers(1, 60)))).isoformat()
    party = {
        "party": draw(st.sampled_from(("third_party", "agency", "co_maker", "other_agency"))),
        "name": "甲公司",
    }
    of_step = {
        "ask_supplement": {"deadline_on": later},
        "consult": party,
        "end_consultation": party,
        "extend": {"days": draw(st.integers(1, 20))},
        "delay": {"until_on": later},
    }
    return of_step.get(step, {})


def next_steps(standing, *, ends):
    """Name the steps from here: those that end the case, or those that do not."""
    found = [step for step in steps_from(standing.state, [Role.SYSTEM]) if step.name != "carry_forward"]
    return [step.name for step in found if (step.dest in FINAL) is ends]


@st.composite
def ledgers(draw):
    """Draw a lawful ledger: steps that the state allows, less the refused; perhaps an end, a correction."""
    on = draw(st.dates(date(FIRST_YEAR, 1, 1), date(2026, 12, 31)))
    standing, written = Standing(shipped()), []
    moves, ends = draw(st.integers(0, 8)), draw(st.sampled_from((1, 1, 0)))
    for n in range(moves + 1 + ends):
        step = draw(st.sampled_from(next_steps(standing, ends=n > moves))) if n else "receive"
        try:
            taken = standing.take(Entry(step, on, details(step, on, draw), len(written) + 1))
        except DomainError:  # an end of no consultation, too many days of extension
            continue
        written += [Entry(e.step, e.on, e.details, len(written) + place) for place, e in enumerate(taken, 1)]
        on += draw(gaps)
    return written + corrections(written, on, draw)


def corrections(written, on, draw):
    place = draw(st.sampled_from((None, None, None, *range(len(written), 0, -1))))
    correction = Entry("correct", on, {"replaces": place, "with": None, "reason": "误录"}, len(written) + 1)
    try:
        history.correct(written, correction, shipped())
    except DomainError:
        return []
    return [correction]


def finals(entries):
    """Return the final state of every year that has one."""
    found = {year: final_state(entries, year, shipped()) for year in range(FIRST_YEAR - 1, LAST_YEAR + 1)}
    return {year: state for year, state in found.items() if state is not None}


@quick
@given(terms(), st.integers(0, 20))
def test_a_longer_limit_is_never_due_earlier(term, more):
    start, limit, left_out = term

    shorter = clock.due(start, limit, shipped(), left_out)
    longer = clock.due(start, limit + more, shipped(), left_out)

    assert shorter.on <= longer.on
    assert (shorter.on == longer.on) is (more == 0)


@quick
@given(terms(), st.data())
def test_a_pause_never_brings_the_due_day_forward(term, data):
    start, limit, left_out = term
    another = data.draw(pauses(start))

    with_it = clock.due(start, limit, shipped(), [*left_out, another]).on

    assert clock.due(start, limit, shipped(), left_out).on <= with_it
    assert with_it <= clock.due(start, limit, shipped(), [*left_out, another], union=False).on


@quick
@given(terms())
def test_the_due_day_is_the_last_of_exactly_so_many_counted_days(term):
    start, limit, left_out = term

    last = clock.due(start, limit, shipped(), left_out).on
    numbers = [day.number for day in clock.days(start, last, shipped(), left_out)]

    assert [number for number in numbers if number] == list(range(1, limit + 1))
    assert numbers[-1] == limit


@quick
@given(ledgers())
def test_every_year_that_a_case_lived_through_has_exactly_one_final_state(entries):
    standing = fold(entries, shipped())
    found = finals(entries)

    if standing.received_on is None:
        assert standing.state == "void"
        assert found == {}
        return
    last = standing.served_on.year if standing.served_on else LAST_YEAR
    end = standing.state if standing.is_closed else "carried_forward"
    assert found == {
        year: end if year == last else "carried_forward"
        for year in range(standing.received_on.year, last + 1)
    }


@quick
@given(st.lists(st.tuples(ledgers(), st.sampled_from(ApplicantKind)), min_size=1, max_size=5))
def test_the_counted_years_of_any_cases_balance(cases):
    counts = Counter(
        (year, row, kind)
        for entries, kind in cases
        for year, row in row_of_years(
            fold(entries, shipped()).received_on or date.max, sorted(finals(entries).items())
        )
    )
    tables = {
        year: cells({(row, kind): n for (of, row, kind), n in counts.items() if of == year})
        for year in range(FIRST_YEAR - 1, LAST_YEAR + 1)
    }

    assert [
        finding
        for year in range(FIRST_YEAR, LAST_YEAR + 1)
        for finding in identities(tables[year], tables[year - 1])
    ] == []
    assert sum(table["1"]["total"] for table in tables.values()) == sum(
        fold(entries, shipped()).received_on is not None for entries, _ in cases
    )


@quick
@given(ledgers())
def test_reading_a_ledger_again_gives_the_standing_it_was_written_with(entries):
    written = [entry for entry in entries if entry.step != "correct"]
    standing = Standing(shipped())
    for entry in written:
        standing.take(entry)

    again = fold(written, shipped())

    assert (again.state, again.due(), again.served_on) == (standing.state, standing.due(), standing.served_on)


@quick
@given(starts, limits)
def test_adding_working_days_agrees_with_counting_them(start, number):
    last = shipped().add(start, number)

    assert shipped().count(start, last) == number
    assert shipped().is_working_day(last)
    assert shipped().count(start, last - timedelta(1)) == number - 1


@quick
@given(ledgers())
def test_no_step_cures_lateness(entries):
    """Rulebook L1: from the first act after the end of the term its day stays, and the request is late."""
    written = [entry for entry in entries if entry.step != "correct" and not entry.details.get("implied")]
    standing, missed = Standing(shipped()), None
    for entry in written:
        before = standing.due()
        if missed is None and before and entry.on > before.on:
            missed = before
        standing.take(entry)

        if missed and entry.step in LATE_STEPS:
            assert standing.due() == missed, entry
            assert standing.is_overdue(entry.on)
    if missed and standing.due() is not None:
        assert standing.is_overdue(written[-1].on)


@quick
@given(ledgers())
def test_what_a_late_request_is_told_later_is_never_earlier_than_the_day_that_it_missed(entries):
    standing = fold(entries, shipped())
    until = waits_until(standing)

    if until is not None:
        assert standing.due().on < until.on
        assert standing.late_steps
    assert [entry.on > standing.due().on for entry in standing.late_steps] == [True] * len(
        standing.late_steps
    )


values = st.sampled_from((
    PracticeValue("union_of_consultations", False, date.min),
    PracticeValue("payment_restarts", False, date.min),
    PracticeValue("extension_ends_on_restart", False, date.min),
    PracticeValue("second_extension", True, date.min),
    PracticeValue("late_steps_restart", True, date.min),
    PracticeValue("year_of_result", "decided", date.min),
    PracticeValue("receipt_days", 9, date.min),
    PracticeValue("delay_days", 9, date.min),
))  # fmt: skip


@quick
@given(ledgers(), st.lists(values, min_size=1, max_size=4), st.integers(0, 400))
def test_a_value_from_a_day_on_changes_no_request_received_before(entries, rows, later):
    received_on = entries[0].on
    since = received_on + timedelta(later)
    practice = DatedPractice(replace(row, valid_from=since) for row in rows)
    ours = fold(entries, shipped(), practice.on)
    counted_by = always(**{row.key: row.value for row in rows}) if later == 0 else defaults

    theirs = fold(entries, shipped(), counted_by)

    told = [(s.state, s.due(), s.closed_on, s.waits_until(), duties(s, received_on)) for s in (ours, theirs)]
    assert [str(each) for each in told[:1]] == [str(each) for each in told[1:]]
