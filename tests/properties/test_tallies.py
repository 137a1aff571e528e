"""What the pages of a year count is what the cases give one by one, whatever was done in whatever order."""

import json
import os
from collections import Counter
from datetime import date, timedelta

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests import registering
from tests.histories import answered
from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.case.channel import Channel
from tracker.domain.case.clock import days_taken
from tracker.domain.case.event import Entry
from tracker.domain.case.outcome import OUTCOMES
from tracker.domain.case.request import ApplicantData, Arrival, RequestData
from tracker.domain.errors import DomainError
from tracker.domain.permission import Role
from tracker.domain.report.table3 import COLUMNS, ROWS, cells
from tracker.models import tally
from tracker.models.agency import Unit
from tracker.models.base import db, transaction
from tracker.models.calendar import CalendarNotice
from tracker.models.case import Case
from tracker.models.contact import Contact
from tracker.models.reads.base import count_rows
from tracker.models.reads.counted import cases_counted
from tracker.models.reads.table3 import parts_of_cell, table3_counts, table3_of_years
from tracker.models.reads.tally import compact, differences
from tracker.models.tally import Tally
from tracker.rendering import statistics
from tracker.services.calendar import calendar
from tracker.services.case import step
from tracker.services.exchange import importing
from tracker.services.office import office
from tracker.services.operations import inspection

EXAMPLES = os.environ.get("PROOF_EXAMPLES")
TODAY = date(2027, 1, 20)
UNITS = ("规划股", "法规股")
YEARS = range(2024, 2028)
DAYS = st.dates(date(2024, 11, 1), date(2026, 12, 31))
CODES = st.sampled_from([outcome.code for outcome in OUTCOMES])
WHO = st.sampled_from(list(ApplicantKind))
NTH = st.integers(0, 30)
ACT = st.one_of(
    st.tuples(st.just("register"), DAYS, WHO, st.sampled_from([*UNITS, None])),
    st.tuples(st.just("answer"), NTH, CODES, st.integers(0, 60)),
    st.tuples(st.just("correct"), NTH, st.integers(1, 3), DAYS),
    st.tuples(st.just("void"), NTH),
    st.tuples(st.just("assign"), NTH, st.sampled_from(UNITS)),
    st.tuples(st.just("read in"), DAYS, WHO, CODES),
    st.tuples(st.just("local holiday"), DAYS),
    st.tuples(st.just("withdrawn holiday"), NTH),
    st.tuples(st.just("add up")),
)


class Acts:
    """What may happen in an office, each act by its name; what is refused leaves no trace."""

    def __init__(self, actor, clock) -> None:
        self.actor, self.now, self.count = actor, clock(), 0

    def take(self, name: str, *given) -> None:
        try:
            getattr(self, name.replace(" ", "_"))(*given)
        except DomainError:
            db.session.rollback()

    def nth(self, model, number: int):
        ids = db.session.scalars(select(model.id).order_by(model.id)).all()
        return ids[number % len(ids)] if ids else None

    def step(self, number: int, name: str, on: date, **details) -> None:
        if case_id := self.nth(Case, number):
            entry = Entry(name, on, details)
            step.take(case_id, entry, actor=self.actor, today=TODAY, now=self.now, override="确有必要")

    def register(self, on, kind, unit) -> None:
        request = RequestData(
            applicant=ApplicantData(kind=kind, name="某人"),
            arrival=Arrival(channel=Channel.IN_PERSON, arrived_on=on),
            subject="某项批复",
            unit=unit,
        )
        registering.register(request, actor=self.actor, today=TODAY, now=self.now)

    def answer(self, number, code, days) -> None:
        if case_id := self.nth(Case, number):
            received_on = db.session.get(Case, case_id).received_on or TODAY
            on = min(received_on + timedelta(days=days), TODAY)
            self.step(number, code, on, reason="写明理由", method="post")

    def correct(self, number, replaces, on) -> None:
        put = {"step": "receive", "on": on.isoformat()} if replaces == 1 else None
        self.step(number, "correct", TODAY, **{"replaces": replaces, "with": put, "reason": "录入有误"})

    def void(self, number) -> None:
        self.step(number, "correct", TODAY, **{"replaces": 1, "with": None, "reason": "重复登记"})

    def assign(self, number, unit) -> None:
        self.step(number, "assign", TODAY, unit=unit)

    def read_in(self, on, kind, code) -> None:
        self.count += 1
        line = {
            "number": f"A-{self.count}",
            "applicant": {"kind": kind, "name": "张三"},
            "channel": list(Channel)[on.day % len(Channel)].value,
            "subject": "规划图",
            "events": answered(code, on),
        }
        lines = ['{"format": "tracker-history/1"}', json.dumps(line)]
        importing.import_histories(lines, today=TODAY, now=self.now)

    def local_holiday(self, on) -> None:
        day = calendar.local_day([on], "州庆", "州政府文件", works=False, today=TODAY)
        calendar.keep_local(day, "州政府文件", actor=self.actor, today=TODAY, now=self.now)

    def withdrawn_holiday(self, number) -> None:
        if notice_id := self.nth(CalendarNotice, number):
            calendar.withdraw(notice_id, "误录", actor=self.actor, today=TODAY, now=self.now)

    def add_up(self) -> None:
        with transaction():
            compact(db.session.connection())


def one_by_one() -> Counter:
    """Count every figure over the rows, a row at a time."""
    each: Counter = Counter()
    for case in db.session.scalars(select(Case)).unique():
        received, closed, unit, kind = (
            case.received_on,
            case.closed_on,
            case.unit_id or 0,
            case.applicant_kind,
        )
        if received is None:
            continue
        each[tally.RECEIVED, received.year, 0, kind, ""] += 1
        each[tally.ARRIVED, received.year, unit, "", f"{received:%m}"] += 1
        each[tally.CHANNEL, received.year, unit, "", case.channel] += 1
        each[tally.KIND, received.year, unit, "", kind] += 1
        if closed is None:
            continue
        each[tally.RESULT, closed.year, 0, kind, case.state] += 1
        each[tally.OUTCOME, closed.year, unit, "", case.state] += 1
        each[tally.HANDLER, closed.year, unit, "", case.handler or ""] += 1
        each[tally.ANSWERED, closed.year, unit, "", f"{closed:%m}"] += 1
        if case.due_on is not None:
            late = case.served_on is not None and case.served_on > case.due_on
            each[tally.LATENESS, closed.year, unit, "", tally.LATE if late else tally.IN_TIME] += 1
        if case.served_on is not None:
            taken = days_taken(received, case.served_on, office.calendar())
            each[tally.DAYS, closed.year, unit, "", "" if taken is None else str(taken)] += 1
    for contact in db.session.scalars(select(Contact)):
        each[tally.CONTACT, contact.arrived_on.year, 0, contact.form, contact.triage or "none"] += 1
    return each


def kept() -> Counter:
    """Return the sums of the tallies."""
    each: Counter = Counter()
    for row in db.session.scalars(select(Tally)):
        each[row.figure, row.year, row.unit_id, row.kind, row.key] += row.number
    return Counter({key: number for key, number in each.items() if number})


def test_the_tallies_are_what_the_cases_give_after_any_acts(app, agency_id, actor, clock):
    clock.set(TODAY.isoformat())
    with transaction():
        db.session.add_all(Unit(agency_id=agency_id, name=name) for name in UNITS)
    acts = Acts(actor(Role.HEAD, Role.REVIEWER, Role.REGISTRAR, Role.ADMINISTRATOR), clock)

    @settings(
        deadline=None,
        derandomize=not EXAMPLES,
        max_examples=int(EXAMPLES or 240) // 20,  # each goes on with what the one before left
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(ACT, min_size=4, max_size=12))
    def done(chosen):
        for act in chosen:
            acts.take(*act)
            db.session.expire_all()
            assert kept() == one_by_one(), act

    done()
    assert list(differences()) == []
    assert [f"{found.where} {found.message}" for found in inspection.inspect(today=TODAY)] == []
    assert one_by_one().total() > 0

    for year, counts in table3_of_years(agency_id, YEARS[0], YEARS[-1]).items():
        assert cells(counts) == cells(table3_counts(agency_id, year))
        table = cells(counts)
        listed = {
            (row, column): count_rows(*parts_of_cell(agency_id, year, row, column))
            for row in ROWS
            for column in COLUMNS
        }
        assert {(row, column): table[row][column] for row in ROWS for column in COLUMNS} == listed

    unit_id = db.session.scalar(select(Unit.id).where(Unit.name == UNITS[0]))
    for scope in (None, unit_id, -1):
        for year in YEARS:
            assert unlike_their_lists(agency_id, year, scope) == {}


def unlike_their_lists(agency_id, year, scope) -> dict:
    """Return the numbers of the statistics that are not as many as the cases of the list that they open."""
    drawn = statistics.charts(agency_id, year, on=TODAY, unit_scope=scope)
    numbers = {
        (chart.key, name, label): (number, count_rows(cases_counted(agency_id, opens, scope)))
        for chart in drawn
        if chart.unit != "%"
        for (name, values), of in zip(chart.series, chart.opens, strict=True)
        for label, number, opens in zip(chart.labels, values, of, strict=True)
    }
    assert numbers
    return {key: (number, listed) for key, (number, listed) in numbers.items() if number != listed}
