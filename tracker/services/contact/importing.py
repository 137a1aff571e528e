"""Read in a register of letters, visits and calls that an office kept, and write what is new.

Twice is once: a row is known by its number; without one by form, day, time, person and summary, counted. A
long file is written a portion at a time, so that others go on; cut off, the same file is taken again and
what is written already is unchanged.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Table, insert, select

from tracker.domain.case.duty import Duty
from tracker.domain.contact.contact import TRIAGE, ContactFacts
from tracker.domain.exchange import choice, contact_row
from tracker.domain.exchange.choice import Choices
from tracker.domain.exchange.contact_column import CONTACT_FIELDS, CONTACT_LABELS, COUNTED
from tracker.domain.exchange.header import Columns
from tracker.domain.message import Phrase
from tracker.models.agency import Unit
from tracker.models.base import db, insert_rows, snapshot, transaction
from tracker.models.case import Case
from tracker.models.contact import Contact, ContactAct
from tracker.models.duty import CONTACT
from tracker.models.imported import CONTACTS
from tracker.reading import isolated
from tracker.reading.spreadsheet import reader
from tracker.reading.spreadsheet.account import Account, Problem, Reading, SameRows, SheetRow
from tracker.services.case import duty, numbering
from tracker.services.contact import deadline
from tracker.services.office import agency, audit, origin, portions
from tracker.services.office.actor import REGISTER
from tracker.services.office.origin import Origin

COLUMNS = Columns.of(CONTACT_FIELDS)
DECIDED = choice.labels_of(CONTACT_FIELDS)
PORTION = 500  # rows that are written in one transaction
SAME = ("form", "arrived_on", "arrived_time", "person", "summary")  # what tells rows without a number apart
WRITTEN = ("form", "arrived_on", "arrived_time", "person", "summary", "received_by", "told", "result")
COMPARED = tuple(one.name for one in CONTACT_FIELDS if one.name not in ("number", "case_number", "unit"))
Place = tuple[str, int]
Progress = Callable[[int], None]


@dataclass(slots=True)
class ContactPlan:
    """What a file would write, what it says again, what is wrong and what is in doubt.

    new: rows to add. unchanged: places of rows that are kept already.
    """

    file: Reading
    lines: list[SheetRow]
    new: list[tuple[SheetRow, dict[str, Any]]] = field(default_factory=list)
    unchanged: set[Place] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    @property
    def sheets(self) -> list[Account]:
        return self.file.sheets

    @property
    def counts(self) -> dict[str, int]:
        refused = {problem.place for problem in self.problems}
        return {"added": len(self.new), "unchanged": len(self.unchanged), "refused": len(refused)}


@dataclass(slots=True)
class _There:
    """What the office has: contacts by number and by likeness, units and requests by name and number."""

    by_number: dict[str, dict[str, Any]]
    alike: dict[tuple[Any, ...], list[dict[str, Any]]]
    units: dict[str, int]
    cases: dict[str, int]

    @classmethod
    def of(cls, agency_id: int) -> "_There":
        columns = [getattr(Contact, name) for name in ("number", *COMPARED)]
        query = select(*columns, Case.number.label("case_number")).outerjoin(Case, Case.id == Contact.case_id)
        by_number: dict[str, dict[str, Any]] = {}
        alike: dict[tuple[Any, ...], list[dict[str, Any]]] = defaultdict(list)
        for row in db.session.execute(query.where(Contact.agency_id == agency_id).order_by(Contact.id)):
            told = dict(row._mapping)
            by_number[told["number"]] = told
            alike[_likeness(told)].append(told)
        units = select(Unit.name, Unit.id).where(Unit.agency_id == agency_id)
        cases = select(Case.number, Case.id).where(Case.agency_id == agency_id)
        return cls(
            by_number,
            alike,
            dict(db.session.execute(units).tuples().all()),
            dict(db.session.execute(cases).tuples().all()),
        )


def _likeness(told: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(told[name] for name in SAME)


def look(
    content: bytes, choices: Choices, *, agency_id: int, today: date, lenient: bool = True
) -> ContactPlan:
    """Return what a file would write; nothing is kept, and nobody waits.

    lenient: a file without the headings is shown all the same, so that a person can choose them.

    Raises UnreadableFileError where the file is no table.
    """
    file = isolated.read_twice(reader.read_as_chosen, content, COLUMNS, False, choices)
    file = file if lenient else reader.sound(file)
    plan = ContactPlan(file, list(file.lines), problems=list(file.refusals), warnings=list(file.warnings))
    with snapshot():
        _plan(plan, _There.of(agency_id), choices, today)
    return plan


def _plan(plan: ContactPlan, there: _There, choices: Choices, today: date) -> None:
    faulty = {problem.place for problem in plan.problems}
    seen: Counter[tuple[Any, ...]] = Counter()
    numbers: dict[str, SheetRow] = {}
    twice = SameRows()
    for line in plan.lines:
        if line.place in faulty:
            continue
        cells, _before = choice.reworded(line.cells, choices, DECIDED)
        told, wrong = contact_row.values(cells, today)
        if not wrong:
            wrong = _against(told, there, numbers, line)
        if wrong:
            plan.problems += [line.problem(name, message) for name, message in wrong.items()]
            continue
        if kept := _kept(told, there, seen):
            _compare(line, told, kept, plan)
            continue
        doubts = {**contact_row.doubts(told, cells), **_unknown(told, there)}
        plan.warnings += [line.problem(name, message) for name, message in doubts.items()]
        plan.warnings += twice.doubts(line, told, "summary")
        plan.new.append((line, told))


def _against(
    told: Mapping[str, Any], there: _There, numbers: dict[str, SheetRow], line: SheetRow
) -> dict[str, str]:
    """Return what speaks against a row: its number stands in the file twice, its request is not there."""
    number = told["number"]
    if number and (first := numbers.setdefault(number, line)) is not line:
        return {
            "number": Phrase(
                "编号%(number)s在工作表“%(sheet)s”第%(row)s行已出现。",
                number=number,
                sheet=first.sheet,
                row=first.row,
            )
        }
    case = told["case_number"]
    if case and case not in there.cases and number not in there.by_number:
        return {
            "case_number": Phrase(
                "申请台账中没有受理编号%(case)s：请先导入申请台账，或者删去这一栏。", case=case
            )
        }
    return {}


def _unknown(told: Mapping[str, Any], there: _There) -> dict[str, str]:
    if told["unit"] and told["unit"] not in there.units:
        return {"unit": Phrase("本机关没有单位“%(unit)s”：只记入说明，没有转办。", unit=told["unit"])}
    return {}


def _kept(told: Mapping[str, Any], there: _There, seen: Counter[tuple[Any, ...]]) -> dict[str, Any] | None:
    """Return the contact that a row tells of; None where it is new. Two equal rows are two contacts."""
    if told["number"]:
        return there.by_number.get(told["number"])
    likeness = _likeness(told)
    seen[likeness] += 1
    kept = there.alike[likeness]
    return kept[seen[likeness] - 1] if len(kept) >= seen[likeness] else None


def _compare(line: SheetRow, told: Mapping[str, Any], kept: Mapping[str, Any], plan: ContactPlan) -> None:
    """Count a row that is there already; say where it says something else. What it leaves out is nothing."""
    for name in COMPARED:
        if told[name] and told[name] != (kept[name] or ""):
            message = Phrase(
                "%(number)s已有记录，%(column)s与表中不一致；已登记的请在其页面上办理。",
                number=kept["number"],
                column=CONTACT_LABELS[name],
            )
            plan.problems.append(line.problem(name, message))
            return
    plan.unchanged.add(line.place)


# -- written ------------------------------------------------------------------------------------------


def keep(
    plan: ContactPlan,
    source: Origin,
    *,
    agency_id: int,
    now: datetime,
    progress: Progress = lambda done: None,
) -> int:
    """Write what is new; return the row of the file. A file that was cut off goes on under its own row."""
    with transaction():
        agency.lock(agency_id)
        source = origin.going_on(source, CONTACTS, agency_id)
        file_id = origin.begin(source, CONTACTS, agency_id=agency_id, now=now)
    done = 0

    def portion(rows: Sequence[tuple[SheetRow, dict[str, Any]]]) -> int:
        agency.lock(agency_id)
        contacts = list(_made(rows, agency_id, now))
        brought = [(key, 0, 0) for key in _written(contacts, agency_id)]
        origin.note_rows(file_id, CONTACTS, brought)
        return len(brought)

    parts = (plan.new[begin : begin + PORTION] for begin in range(0, len(plan.new), PORTION))
    for count in portions.each(portion, parts):
        done += count
        progress(done)
    with transaction():
        added = origin.brought(file_id, CONTACTS)  # also before it was cut off
        same = len(plan.new) + len(plan.unchanged) - added
        origin.end(file_id, now=now, **{**plan.counts, "added": added, "unchanged": same})
        named: dict[str, Any] = {"agency_id": agency_id, "target": f"导入{file_id}", "import": file_id}
        audit.note("imported", actor=source.by, now=now, rows=done, file=source.name[:100], **named)
    return file_id


@dataclass(frozen=True, slots=True)
class _NewContact:
    """A contact to write: its columns, what was done with it, what must still happen."""

    columns: dict[str, Any]
    acts: list[dict[str, Any]]
    upcoming: list[Duty]


def _made(
    rows: Sequence[tuple[SheetRow, dict[str, Any]]], agency_id: int, now: datetime
) -> Iterator[_NewContact]:
    """Yield the contacts of rows, not yet written, but those that came in meanwhile."""
    given = [told["number"] for _line, told in rows if told["number"]]
    there = set(_named(Contact.number, Contact.number, given, agency_id))
    rows = [(line, told) for line, told in rows if told["number"] not in there]
    units = _named(Unit.name, Unit.id, [told["unit"] for _line, told in rows], agency_id)
    cases = _named(Case.number, Case.id, [told["case_number"] for _line, told in rows], agency_id)
    numbers = _numbers([told for _line, told in rows], agency_id)
    for (line, told), number in zip(rows, numbers, strict=True):
        upcoming = deadline.dates_of(_facts(told))
        columns = {
            "agency_id": agency_id,
            "number": number,
            **{name: told[name] or None for name in ("phone", "address", "triage", "closed_on")},
            **{name: told[name] for name in WRITTEN},
            "unit_id": units.get(told["unit"]),
            "case_id": cases.get(told["case_number"]),
            "recorded_at": now,
            "triaged_at": now if told["triage"] else None,
            "triaged_by": REGISTER if told["triage"] else None,
            **deadline.next_of(upcoming),
            "version": 1,
        }
        acts = [{**act, "at": now, "actor": REGISTER} for act in _acts(line, told, columns)]
        yield _NewContact(columns, acts, upcoming)


def _facts(told: Mapping[str, Any]) -> ContactFacts:
    return ContactFacts(
        form=told["form"],
        triage=told["triage"] or None,
        arrived_on=told["arrived_on"],
        channel=None,
        forwarded_on=None,
        told=bool(told["told"]),
        closed=told["closed_on"] is not None,
    )


def _named(name: Any, value: Any, wanted: Sequence[str], agency_id: int) -> dict[str, Any]:
    """Return what the office has of the names wanted."""
    of_office = (name.class_.agency_id == agency_id, name.in_(set(filter(None, wanted))))
    return dict(db.session.execute(select(name, value).where(*of_office)).tuples().all())


def _acts(line: SheetRow, told: Mapping[str, Any], row: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield what a row tells was done, on the days that it names; what no column takes is a note."""
    notes = {name: text for name, text in line.notes.items() if name not in COUNTED}
    if told["unit"] and row["unit_id"] is None:
        notes[CONTACT_LABELS["unit"]] = told["unit"]
    arrived = told["arrived_on"]
    yield {"act": "log", "on": arrived, "note": "\n".join(f"{name}：{text}" for name, text in notes.items())}
    if row["triage"]:
        yield {"act": "triage", "on": arrived, "note": TRIAGE[told["triage"]]}
    if row["unit_id"]:
        yield {"act": "refer", "on": arrived, "note": told["unit"]}
    if told["told"]:
        yield {"act": "tell", "on": arrived, "note": told["told"]}
    if row["case_id"]:
        yield {"act": "convert", "on": arrived, "note": told["case_number"]}
    if row["closed_on"]:
        yield {"act": "close", "on": told["closed_on"], "note": told["result"]}


def _numbers(rows: Sequence[Mapping[str, Any]], agency_id: int) -> list[str]:
    """Return the number of each row: its own, or the next of the year; our counter goes on behind both."""
    own = {told["number"] for told in rows if told["number"]}
    ours = (numbering.CONTACT_NUMBER.fullmatch(number) for number in own)
    last: dict[int, int] = {}
    for match in filter(None, ours):
        last[int(match[1])] = max(last.get(int(match[1]), 0), int(match[2]))
    for year, number in sorted(last.items()):
        numbering.raise_to(agency_id, numbering.CONTACTS, year, number)
    wanted = Counter(told["arrived_on"].year for told in rows if not told["number"])
    given = {
        year: iter(numbering.take(agency_id, numbering.CONTACTS, year, count, but=own))
        for year, count in sorted(wanted.items())
    }
    return [told["number"] or next(given[told["arrived_on"].year]) for told in rows]


def _written(contacts: Sequence[_NewContact], agency_id: int) -> list[int]:
    """Write contacts with their acts and duties, a bulk statement each; return their keys."""
    keys = insert_rows(Contact, [row.columns for row in contacts])
    pairs = list(zip(keys, contacts, strict=True))
    acts = [{**act, "contact_id": key} for key, row in pairs for act in row.acts]
    if acts:
        db.session.execute(insert(cast(Table, ContactAct.__table__)), acts)
    duty.add([one for key, row in pairs for one in duty.rows(CONTACT, key, agency_id, row.upcoming)])
    return keys
