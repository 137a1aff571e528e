"""The one place where a case moves, and where its restated columns are written."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm.attributes import flag_modified

from tracker.domain.case import bound, event, history, silence, workflow
from tracker.domain.case.duty import Duty, duties
from tracker.domain.case.event import Entry
from tracker.domain.case.standing import MARKS, Standing
from tracker.domain.case.state import PROCESSING, VOID
from tracker.domain.errors import InvalidDetailError, NotPermittedError
from tracker.domain.permission import Action
from tracker.models.agency import Unit
from tracker.models.base import db
from tracker.models.case import Case, CaseEvent
from tracker.models.duty import CASE
from tracker.models.reads.base import among
from tracker.services.case import duty, follow, payment, review, search_text
from tracker.services.case.chain import Chain
from tracker.services.office import office
from tracker.services.office.actor import Actor

RESTATED = (
    "state", "channel", "applicant_kind", "handler", "received_on", "due_on", "due_is_provisional",
    "next_action", "next_action_on", "proposed", "proposed_on", "decided_on", "served_on", "closed_on",
    "days_taken",
)  # fmt: skip
WINDOW = 2000  # cases that stand in memory together
OF_CASE = ("id", "agency_id", "number", "unit_id", *RESTATED)  # what is read of a case with its ledger
EVENT = ("case_id", "seq", "step", "effective_on", "details")


@dataclass(frozen=True, slots=True)
class Move:
    """An entry to write, with the states before and after it. ``entry.seq`` is its place."""

    entry: Entry
    came_from: str | None
    state: str


@dataclass(slots=True)
class Replay:
    """A ledger being continued: what is written so far, where it stands, what is new."""

    past: list[Entry]
    standing: Standing
    today: date
    moves: list[Move] = field(default_factory=list)

    def take(self, entry: Entry) -> None:
        """Continue by one entry, a correction included.

        Raises StepNotAllowedError, UnlawfulDayError, InvalidDetailError; then nothing moved.
        """
        bound.check(entry, self.today)
        before = self.standing.state or None
        if entry.step == "correct":
            self._correct(entry, before)
        elif entry.step in MARKS:
            self._keep(entry, before, before or "")
        else:
            self._move(self.standing.take(self._placed(entry)), before)
            self._by_day(entry)

    def _by_day(self, entry: Entry) -> None:
        """Read the ledger anew where the entry's day lies before that of an earlier one."""
        if any(earlier.on > entry.on for earlier in self.past if earlier.step not in MARKS):
            self.standing = history.fold(self.past, self.standing.calendar, self.standing.rules_on)

    def _placed(self, entry: Entry) -> Entry:
        return Entry(entry.step, entry.on, entry.details, len(self.past) + 1)

    def _keep(self, entry: Entry, before: str | None, after: str) -> None:
        placed = self._placed(entry)
        self.past.append(placed)
        self.moves.append(Move(placed, before, after))

    def _move(self, written: Sequence[Entry], before: str | None) -> None:
        for entry in written:
            after = PROCESSING if entry.details.get("implied") else self.standing.state
            self._keep(entry, before, after)
            before = after

    def _correct(self, entry: Entry, before: str | None) -> None:
        replacement = entry.details.get("with")
        if replacement is not None:
            bound.check(history.unflat(replacement, entry.details.get("replaces", 0)), self.today)
        placed = self._placed(entry)
        self.standing = history.correct(self.past, placed, self.standing.calendar, self.standing.rules_on)
        self._keep(placed, before, self.standing.state)


def new() -> Standing:
    """Return where a case stands that has no entry yet."""
    return Standing(office.calendar(), office.rules)


def standing(entries: Sequence[Entry], *, until: date | None = None) -> Standing:
    """Return where a case stands: by the calendar as it is, and the practice of its day of receipt.

    until: as the legal days up to it have it.
    """
    return history.fold(entries, office.calendar(), office.rules, until=until)


def replay(past: Sequence[Entry], today: date) -> Replay:
    """Return the ledger as it stands, ready to be continued."""
    office.check_practice()
    return Replay(list(past), standing(past) if past else new(), today)


def record(case: Case, entry: Entry, *, actor: Actor, today: date, now: datetime) -> Standing:
    """Move the case by one entry and write it, in the caller's transaction.

    today: the legal day of the typing; no entry may lie after it.

    Raises StepNotAllowedError, UnlawfulDayError, InvalidDetailError, NotPermittedError; then
    nothing was written. Raises StaleDataError where another writer moved the case since it was read.
    """
    check_permission(case, entry, actor)
    ledger = replay(case.entries, today)
    before = ledger.standing.unit
    ledger.take(checked(entry))
    if ledger.standing.unit != before:
        check_unit(case.agency_id, ledger.standing.unit)
    add(case, ledger, Chain(case.agency_id), actor=actor, now=now)
    return ledger.standing


def begin(case: Case, entry: Entry, *, actor: Actor, today: date) -> Replay:
    """Let a new case stand where its first entry puts it; nothing is written yet.

    Raises as ``record``.
    """
    check_permission(case, entry, actor)
    ledger = replay([], today)
    ledger.take(checked(entry))
    _restate_columns(case, ledger.standing, today)
    if ledger.standing.unit and case.unit_id is None:
        raise _no_unit(ledger.standing.unit)
    return ledger


def enter(case: Case, ledger: Replay, *, actor: Actor, now: datetime) -> None:
    """Write the duties and the first entry of a case whose row is written."""
    duty.add(duty.rows(CASE, case.id, case.agency_id, duties(ledger.standing, ledger.today)))
    _append(case, ledger, Chain(case.agency_id), actor, now)


def add(case: Case, ledger: Replay, chain: Chain, *, actor: Actor, now: datetime) -> None:
    """Write the new entries of a case and what they restate, in the caller's transaction.

    Every entry raises the version of its case, whatever it restates, so that who saw the case before
    it is told. The row of the case is written before its entries: who comes second is refused there.
    The chain is locked by whoever made it, before any case, so that two writers never wait for each other.
    """
    was_open = case.closed_on is None
    _restate_columns(case, ledger.standing, ledger.today)
    flag_modified(case, "state")
    db.session.flush()
    if was_open is not (case.closed_on is None):
        review.restate(case)
    duty.restate(CASE, case.id, case.agency_id, duties(ledger.standing, ledger.today))
    payment.restate(case.id, case.agency_id, ledger.past, ledger.standing.received_on)
    _append(case, ledger, chain, actor, now)
    follow.tell(case, [move.entry for move in ledger.moves], by=actor.name, today=ledger.today, now=now)


def _append(case: Case, ledger: Replay, chain: Chain, actor: Actor, now: datetime) -> None:
    for row in rows(case.id, case.agency_id, ledger.moves, actor=actor, now=now):
        case.events.append(CaseEvent(**chain.link(row)))
    written = search_text.of_entries(move.entry for move in ledger.moves)
    search_text.add({(case.agency_id, case.id): written})


def rows(
    case_id: int, agency_id: int, moves: Iterable[Move], *, actor: Actor, now: datetime
) -> Iterator[dict[str, Any]]:
    """Yield the rows of ``case_events`` that the chain has yet to link."""
    for move in moves:
        yield {
            "case_id": case_id,
            "agency_id": agency_id,
            "seq": move.entry.seq,
            "step": move.entry.step,
            "from_state": move.came_from,
            "to_state": move.state,
            "effective_on": move.entry.on,
            "recorded_at": now,
            "actor": actor.name,
            "user_id": actor.user_id,
            "details": dict(move.entry.details),
        }


def check_permission(case: Case, entry: Entry, actor: Actor) -> None:
    """Raise NotPermittedError unless the actor may take this step on this case."""
    if not actor.reaches(case.agency_id, case.unit_id):
        raise NotPermittedError("查阅其他单位的案件")
    if entry.step == "correct":
        told = history.tells_receipt(case.entries, entry)
        actor.require(Action.REGISTER if told else Action.CORRECT)
    elif entry.step == "receive":
        actor.require(Action.REGISTER)
    elif entry.step in workflow.BY_NAME:
        actor.require(workflow.BY_NAME[entry.step].action)


def restated(standing: Standing, today: date, upcoming: Sequence[Duty] | None = None) -> dict[str, Any]:
    """Return the columns of ``cases`` that restate the ledger (RESTATED).

    upcoming: the duties of the day, where they are known.
    """
    answer = standing.due()
    first = next(iter(duties(standing, today) if upcoming is None else upcoming), None)
    proposal = next(iter(silence.proposals(standing)), None)
    receipt = standing.receipt.details if standing.receipt else {}
    columns: dict[str, Any] = {
        "state": standing.state,
        "handler": standing.handler,
        "received_on": standing.received_on,
        "due_on": answer.on if answer else None,
        "due_is_provisional": bool(answer and answer.provisional),
        "next_action": first.name if first else None,
        "next_action_on": first.on if first else None,
        "proposed": proposal.step if proposal else None,
        "proposed_on": proposal.from_on if proposal else None,
        "decided_on": standing.decided_on,
        "served_on": standing.served_on,
        "closed_on": standing.closed_on,
        "days_taken": standing.days_taken,
    }
    if standing.state != VOID:
        columns["channel"] = receipt["channel"]
        columns["applicant_kind"] = receipt["applicant_kind"]
    return columns


def restate(case: Case, standing: Standing, today: date) -> None:
    """Write on the case what its ledger says, so that lists need not read ledgers."""
    _restate_columns(case, standing, today)
    duty.restate(CASE, case.id, case.agency_id, duties(standing, today))


def _restate_columns(case: Case, standing: Standing, today: date) -> None:
    columns = {**restated(standing, today), "unit_id": unit_id(case.agency_id, standing.unit)}
    if case.id and case.unit_id != columns["unit_id"]:
        db.session.expire(case, ["unit"])
    for column, value in columns.items():
        setattr(case, column, value)


def check_unit(agency_id: int, name: str | None) -> None:
    """Raise where a case would go to a unit that is not there: every handler would see it."""
    if name and unit_id(agency_id, name) is None:
        raise _no_unit(name)


def _no_unit(name: str) -> InvalidDetailError:
    return InvalidDetailError("没有“%(name)s”这个承办单位，请从列出的单位中选择。", name=name)


def unit_id(agency_id: int, name: str | None) -> int | None:
    """Return the unit of that name; ledgers name units in words."""
    if not name:
        return None
    query = select(Unit.id).where(Unit.agency_id == agency_id, Unit.name == name)
    return db.session.scalar(query)


def checked(entry: Entry) -> Entry:
    """Return the entry without empty details; raise InvalidDetailError where it lacks any."""
    details = {key: value for key, value in entry.details.items() if value not in (None, "")}
    clean = Entry(entry.step, entry.on, details, entry.seq)
    event.check(clean)
    return clean


def ledgers(*where: ColumnElement[bool]) -> Iterator[tuple[Any, list[Entry]]]:
    """Yield each case's restated columns with its ledger."""
    for window in windows(*where):
        yield from window


def windows(*where: ColumnElement[bool]) -> Iterator[list[tuple[Any, list[Entry]]]]:
    """Yield the cases in the order of their ids, a window of cases with their ledgers at a time."""
    cases, after = Case.__table__.c, 0
    statement = select(*(cases[name] for name in OF_CASE)).where(*where).order_by(cases.id).limit(WINDOW)
    while True:
        db.session.flush()  # what is asked past the mapper is not written for it
        window = db.session.connection().execute(statement.where(cases.id > after)).all()
        if not window:
            return
        after = window[-1].id
        entries = entries_of([row.id for row in window])
        yield [(row, entries[row.id]) for row in window]


def entries_of(case_ids: Sequence[int]) -> dict[int, list[Entry]]:
    """Return the ledgers of the cases, each in its order."""
    events = CaseEvent.__table__.c
    query = select(*(events[name] for name in EVENT)).where(among(events.case_id, case_ids))
    entries: dict[int, list[Entry]] = {key: [] for key in case_ids}
    rows = db.session.connection().execute(query.order_by(events.case_id, events.seq))
    for case_id, seq, step, on, details in rows:
        entries[case_id].append(Entry(step, on, details, seq))
    return entries
