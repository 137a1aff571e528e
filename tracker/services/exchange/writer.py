"""Write the cases that an import planned: bulk statements, one hash chain an agency."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, insert, select
from sqlalchemy.orm.exc import StaleDataError

from tracker.models.agency import Agency, Unit
from tracker.models.applicant import Applicant
from tracker.models.base import Base, db, fresh_keys
from tracker.models.case import Case, CaseEvent
from tracker.models.cipher import blind_index
from tracker.models.duty import CASE
from tracker.services.case import duty, evidence, ledger, numbering, payment
from tracker.services.case.chain import Chain
from tracker.services.case.evidence import CaseNote
from tracker.services.case.ledger import Replay
from tracker.services.exchange.exchange import ReadCase
from tracker.services.exchange.plan import ImportPlan, New, import_key
from tracker.services.office.actor import system

BATCH = 1000  # rows of one statement


class HistoryWriter:
    """One plan being written in the running transaction.

    Locks are taken in the order in which a registration takes them: counters, then chains, then cases.
    """

    def __init__(self, plan: ImportPlan, notes: Mapping[int, str], now: datetime) -> None:
        self.plan, self.notes, self.now = plan, notes, now
        self.noted: list[CaseNote] = []
        self.agencies = dict(plan.known.agencies)
        for code in sorted({new.case.agency for new in plan.new.values()} - self.agencies.keys()):
            agency = Agency(code=code, name=code)
            db.session.add(agency)
            db.session.flush()
            self.agencies[code] = agency.id
        units = select(Unit.agency_id, Unit.name, Unit.id).where(Unit.agency_id.in_(self.agencies.values()))
        self.units: dict[tuple[int, str], int] = {
            (agency, name): key for agency, name, key in db.session.execute(units)
        }

    def write(self) -> None:
        """Write everything; raise StaleDataError where the plan no longer holds."""
        numbers = self.numbers()
        self.lock()
        if not self.plan.still_holds():
            raise StaleDataError("a case of the file was touched while it was read")
        self.put(numbers)

    def put(self, numbers: Mapping[int, str]) -> None:
        """Write a plan that holds, its chains being locked.

        numbers: of the cases that have none, by their lines.
        """
        for batch in _batches(list(self.plan.new.values())):
            self._add(batch, numbers)
        for more in self.plan.more.values():
            case = db.session.get_one(Case, more.case_id)
            self._unit(case.agency_id, more.replay.standing.unit)
            chain, actor = self.chains[case.agency_id], system(case.agency_id)
            ledger.add(case, more.replay, chain, actor=actor, now=self.now)
        for key, line in self.plan.met:
            self._note(key, self.agencies[line.agency], line)
        evidence.keep_notes(self.noted, now=self.now)

    def lock(self) -> None:
        """Lock the chains of the file's agencies until the transaction ends."""
        self.chains = {key: Chain(key) for key in sorted(self.agencies.values())}

    def numbers(self) -> dict[int, str]:
        """Return numbers for the cases that have none, by their lines; none of the file is given again."""
        taken: dict[int, set[str]] = defaultdict(set)
        lines: dict[tuple[int, int], list[int]] = defaultdict(list)
        highest: dict[tuple[int, int], int] = defaultdict(int)
        for new in self.plan.new.values():
            agency_id, number = self.agencies[new.case.agency], new.case.number
            if number is None:
                lines[agency_id, new.case.entries[0].on.year].append(new.case.line)
            elif match := numbering.OURS.fullmatch(number):
                taken[agency_id].add(number)
                key = (agency_id, int(match[1]))
                highest[key] = max(highest[key], int(match[2]))
        given: dict[int, str] = {}
        for agency_id, year in sorted({*lines, *highest}):
            wanted = lines[agency_id, year]
            place = (agency_id, numbering.REQUESTS, year)
            numbers = numbering.take(*place, len(wanted), but=taken[agency_id])
            given |= zip(wanted, numbers, strict=True)
            numbering.raise_to(*place, highest[agency_id, year])
        return given

    def _add(self, batch: Sequence[New], numbers: Mapping[int, str]) -> None:
        """Write new cases: applicants, cases, entries, duties, a bulk statement each."""
        agencies = [self.agencies[new.case.agency] for new in batch]
        applicants = [_applicant(a, new.case) for a, new in zip(agencies, batch, strict=True)]
        ids = _insert(Applicant, applicants)
        rows = [self._case(a, new, who, numbers) for a, new, who in zip(agencies, batch, ids, strict=True)]
        cases = list(zip(_insert(Case, rows), agencies, batch, strict=True))
        for key, agency_id, new in cases:
            self._note(key, agency_id, new.case)
        entries = [
            self.chains[agency_id].link(row)
            for case_id, agency_id, new in cases
            for row in ledger.rows(
                case_id, agency_id, new.replay.moves, actor=system(agency_id), now=self.now
            )
        ]
        db.session.execute(insert(_table(CaseEvent)), entries)
        duty.add([row for key, agency, new in cases for row in duty.rows(CASE, key, agency, new.duties)])
        payment.add([row for key, agency, new in cases for row in _payments(key, agency, new.replay)])

    def _note(self, case_id: int, agency_id: int, line: ReadCase) -> None:
        """Remember the note of a line, to be kept with its case."""
        if line.line in self.notes:
            note = CaseNote(case_id, agency_id, line.entries[0].on, self.notes[line.line])
            self.noted.append(note)

    def _case(
        self, agency_id: int, new: New, applicant_id: int, numbers: Mapping[int, str]
    ) -> dict[str, Any]:
        return {
            "agency_id": agency_id,
            "number": new.case.number or numbers[new.case.line],
            "import_key": import_key(agency_id, new.twin) if new.twin else None,
            "applicant_id": applicant_id,
            "subject": new.case.subject,
            "registered_at": self.now,
            "unit_id": self._unit(agency_id, new.replay.standing.unit),
            "version": 1,
            **new.columns,
        }

    def _unit(self, agency_id: int, name: str | None) -> int | None:
        if not name:
            return None
        if (agency_id, name) not in self.units:
            details = {"kind": "股室", "liaison_name": "", "liaison_email": "", "active": True}
            unit = Unit(agency_id=agency_id, name=name, **details)
            db.session.add(unit)
            db.session.flush()
            self.units[agency_id, name] = unit.id
        return self.units[agency_id, name]


def _payments(case_id: int, agency_id: int, replay: Replay) -> list[dict[str, Any]]:
    paid = payment.of_ledger(replay.past, replay.standing.received_on)
    return payment.rows(case_id, agency_id, paid)


def _batches(cases: Sequence[New]) -> Iterator[Sequence[New]]:
    for start in range(0, len(cases), BATCH):
        yield cases[start : start + BATCH]


def _insert(table: type[Applicant] | type[Case], rows: list[dict[str, Any]]) -> list[int]:
    """Insert rows by one statement; return their keys.

    Asked for what it wrote, SQLAlchemy gives the database all rows at once. Row by row SQLite would write
    out the index of words before each, in case that row is refused.
    """
    keys, inserted = fresh_keys(table, len(rows)), _table(table)
    keyed = [{"id": key, **row} for key, row in zip(keys, rows, strict=True)]
    db.session.execute(insert(inserted).returning(inserted.c.id), keyed)
    return keys


def _table(of: type[Base]) -> Table:
    """Return the table itself: the mapper would look at each row of many, and group them anew."""
    return cast(Table, of.__table__)


def _applicant(agency_id: int, case: ReadCase) -> dict[str, Any]:
    who = case.applicant
    number = who.get("id_number")
    return {
        "agency_id": agency_id,
        "kind": who["kind"],
        "name": who.get("name") or "",
        "id_number": number,
        "id_index": blind_index(number) if number else None,
        "phone": who.get("phone"),
        "email": who.get("email"),
        "address": who.get("address"),
    }
