"""Write the cases that an import planned: bulk statements, one hash chain an agency."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.orm.exc import StaleDataError

from tracker.domain.folding import folded_lines
from tracker.models.agency import Agency, Unit
from tracker.models.applicant import Applicant
from tracker.models.base import Base, db, insert_rows
from tracker.models.case import Case, CaseEvent
from tracker.models.cipher import blind_index
from tracker.models.duty import CASE
from tracker.models.imported import REQUESTS
from tracker.models.reads.base import among
from tracker.services.case import applicant, duty, evidence, ledger, numbering, payment, search_text
from tracker.services.case.chain import Chain
from tracker.services.case.evidence import CaseNote
from tracker.services.case.ledger import Replay
from tracker.services.exchange import people
from tracker.services.exchange.exchange import ReadCase
from tracker.services.exchange.plan import ImportPlan, New, import_key
from tracker.services.office import origin
from tracker.services.office.actor import system

BATCH = 1000  # rows of one statement
LONGEST_NUMBER = 64


class HistoryWriter:
    """One plan being written in the running transaction.

    Locks are taken in the order in which a registration takes them: counters, then chains, then cases.
    """

    def __init__(
        self, plan: ImportPlan, notes: Mapping[int, str], now: datetime, file_id: int | None = None
    ) -> None:
        self.plan, self.notes, self.now, self.file_id = plan, notes, now, file_id
        self.brought: list[origin.Brought] = []
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
            self.brought.append((case.id, *origin.seqs(more.replay.moves)))
        for key, line in self.plan.met:
            self._note(key, self.agencies[line.agency], line)
        evidence.keep_notes(self.noted, now=self.now)
        if self.file_id is not None:
            origin.note_rows(self.file_id, REQUESTS, self.brought)

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
        self._free(agencies, batch)
        ids = _people(list(zip(agencies, (new.case for new in batch), strict=True)))
        rows = [self._case(a, new, who, numbers) for a, new, who in zip(agencies, batch, ids, strict=True)]
        cases = list(zip(insert_rows(Case, rows), agencies, batch, strict=True))
        for key, agency_id, new in cases:
            self._note(key, agency_id, new.case)
            self.brought.append((key, *origin.seqs(new.replay.moves)))
        entries = [
            self.chains[agency_id].link(row)
            for case_id, agency_id, new in cases
            for row in ledger.rows(
                case_id, agency_id, new.replay.moves, actor=system(agency_id), now=self.now
            )
        ]
        db.session.execute(insert(_table(CaseEvent)), entries)
        noted = {note.case_id: note.text for note in self.noted}
        search_text.add(
            {
                (agency_id, key): [
                    *search_text.of_entries(move.entry for move in new.replay.moves),
                    noted.get(key, ""),  # written at once: the index of words is slow to change
                ]
                for key, agency_id, new in cases
            }
        )
        duty.add([row for key, agency, new in cases for row in duty.rows(CASE, key, agency, new.duties)])
        payment.add([row for key, agency, new in cases for row in _payments(key, agency, new.replay)])

    def _free(self, agencies: Sequence[int], batch: Sequence[New]) -> None:
        """Mark the void cases of undone imports whose numbers, or what stands for one, are taken again."""
        keys = [
            (agency_id, new.case.number or import_key(agency_id, new.twin))
            for agency_id, new in zip(agencies, batch, strict=True)
        ]
        undone = dict(self.plan.known.undone[key] for key in keys if key in self.plan.known.undone)
        if not undone:
            return
        table = _table(Case)
        query = select(Case.id, Case.number, Case.subject, Case.import_key).where(
            among(Case.id, list(undone))
        )
        rows = [_marked(row, undone[row.id]) for row in db.session.execute(query)]
        named: dict[str, Any] = {
            "number": bindparam("called"),
            "folded": bindparam("words"),
            "import_key": None,
        }
        marking = update(table).where(table.c.id == bindparam("key"))
        db.session.execute(marking.values(**named, version=table.c.version + 1), rows)

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


def _marked(case: Any, file_id: int) -> dict[str, Any]:
    """Return the number of a void case once the one that a register gave it is taken again."""
    number, mark = case.number, f"（撤销导入{file_id}）"
    if case.import_key is None:  # else the program gave it, and gives it to no other
        number = number[: LONGEST_NUMBER - len(mark)] + mark
    return {"key": case.id, "called": number, "words": folded_lines(number, case.subject)}


def _payments(case_id: int, agency_id: int, replay: Replay) -> list[dict[str, Any]]:
    paid = payment.of_ledger(replay.past, replay.standing.received_on)
    return payment.rows(case_id, agency_id, paid)


def _batches(cases: Sequence[New]) -> Iterator[Sequence[New]]:
    for start in range(0, len(cases), BATCH):
        yield cases[start : start + BATCH]


def _table(of: type[Base]) -> Table:
    """Return the table itself: the mapper would look at each row of many, and group them anew."""
    return cast(Table, of.__table__)


def _people(cases: Sequence[tuple[int, ReadCase]]) -> list[int]:
    """Write who asks with each case of an agency; return the keys of those named first, in order.

    Most are one person each, and written by one statement.
    """
    alone = [place for place, (_agency, case) in enumerate(cases) if not case.beside]
    keys = dict(
        zip(alone, insert_rows(Applicant, [_applicant(*cases[place]) for place in alone]), strict=True)
    )
    rows = {
        place: applicant.of_request(agency_id, people.asking(dict(case.applicant), case.beside))
        for place, (agency_id, case) in enumerate(cases)
        if case.beside
    }
    db.session.add_all(rows.values())
    db.session.flush()
    keys |= {place: row.id for place, row in rows.items()}
    return [keys[place] for place in range(len(cases))]


def _applicant(agency_id: int, case: ReadCase) -> dict[str, Any]:
    who = case.applicant
    number = who.get("id_number")
    return {
        "agency_id": agency_id,
        "kind": who["kind"],
        "name": who.get("name") or "",
        "id_kind": who.get("id_kind") or "",
        "id_number": number,
        "id_kept": who.get("id_kept"),
        "id_index": blind_index(number) if number else None,
        "phone": who.get("phone"),
        "email": who.get("email"),
        "address": who.get("address"),
        "gets_letters": bool(who.get("gets_letters")),
    }
