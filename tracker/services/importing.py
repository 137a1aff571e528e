"""Keep case histories that were read (docs/exchange.md section 1): whole or not at all.

Many cases go in at once, so rows are written in bulk; every entry still passes the same replay
and the same chain as a step taken by hand.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import insert, select

from tracker.domain import party
from tracker.domain.duty import duties
from tracker.domain.errors import DomainError, InvalidDetailError
from tracker.domain.event import Entry
from tracker.models.agency import Agency, Unit
from tracker.models.applicant import Applicant
from tracker.models.base import db, transaction
from tracker.models.case import Case, CaseEvent
from tracker.models.cipher import blind_index
from tracker.models.duty import CASE
from tracker.services import audit, duty, evidence, ledger, numbering
from tracker.services.actor import system
from tracker.services.chain import Chain
from tracker.services.evidence import CaseNote
from tracker.services.exchange import BadLine, ReadCase, read
from tracker.services.ledger import Replay

BATCH = 2000
Progress = Callable[[int], None]


@dataclass(slots=True)
class Result:
    """What an import did, or would do."""

    added: int = 0
    continued: int = 0
    unchanged: int = 0
    bad: list[BadLine] = field(default_factory=list)


class ImportRefusedError(DomainError):
    """Some lines are bad and nothing was kept; ``result.bad`` names each."""

    def __init__(self, result: Result) -> None:
        first = result.bad[0]
        words = f"（首先是第{first.line}行：{first.reason}）"
        super().__init__(f"有{len(result.bad)}行不能导入{words}，未作任何改动。")
        self.result = result


class _DryRunDone(Exception):  # noqa: N818  (not an error: it takes the transaction back)
    pass


def import_histories(
    lines: Iterable[str],
    *,
    today: date,
    now: datetime,
    notes: Mapping[int, str] = MappingProxyType({}),
    dry_run: bool = False,
    keep_going: bool = False,
    progress: Progress = lambda done: None,
) -> Result:
    """Keep the histories in one transaction and say what was done.

    notes:      what a file says beside a history, by the number of its line: kept as a note of the case.
    dry_run:    nothing is kept. keep_going: the good lines are kept, the bad ones returned.

    Raises ImportRefusedError where a line is bad and ``keep_going`` is not set.
    """
    result = Result()
    try:
        with transaction():
            importer = _Importer(today, now, result, notes)
            importer.run(list(read(lines)), progress)
            evidence.keep_notes(importer.noted, now=now)
            if result.bad and not keep_going:
                raise ImportRefusedError(result)
            if dry_run:
                raise _DryRunDone
            audit.note(
                "imported",
                actor="系统",
                now=now,
                added=result.added,
                continued=result.continued,
                bad=len(result.bad),
            )
    except _DryRunDone:
        pass
    return result


def comparable(entries: Iterable[Entry]) -> list[tuple[str, date, dict[str, Any]]]:
    """Return a ledger as an import compares it: what the office did, place by place.

    Implied accepts and marks are no acts of the office, and the place that a correction names is
    counted without them.
    """
    places: dict[int, int] = {}
    acts: list[tuple[str, date, dict[str, Any]]] = []
    for entry in entries:
        if entry.details.get("implied") or entry.step in ("carry_forward", "recompute"):
            continue
        places[entry.seq] = len(places) + 1
        details = _read_party({k: v for k, v in entry.details.items() if v is not None or k == "with"})
        if entry.step == "receive":
            details.pop("unit", None)  # where the case went first is no event of the file
        if entry.step == "correct":
            details["replaces"] = places.get(details["replaces"], details["replaces"])
            details.setdefault("with", None)
        acts.append((entry.step, entry.on, details))
    return acts


def _read_party(details: dict[str, Any]) -> dict[str, Any]:
    """Return the details with an organ that was not told apart as what it is read as (第34条)."""
    if isinstance(details.get("with"), dict):
        details = {**details, "with": _read_party(details["with"])}
    return {**details, "party": party.same(details["party"])} if "party" in details else details


def _acts(case: ReadCase) -> list[Entry]:
    """Return what the line says the office did; year-end marks say nothing new."""
    return [entry for entry in case.entries if entry.step != "carry_forward"]


@dataclass(slots=True)
class _New:
    case: ReadCase
    number: str | None
    import_key: str | None
    replay: Replay


class _Importer:
    """One import in one transaction."""

    def __init__(self, today: date, now: datetime, result: Result, notes: Mapping[int, str]) -> None:
        self.today, self.now, self.result, self.notes = today, now, result, notes
        self.noted: list[CaseNote] = []
        self.agencies: dict[str, int] = dict(
            db.session.execute(select(Agency.code, Agency.id)).tuples().all()
        )
        self.units: dict[tuple[int, str], int] = {
            (agency, name): key
            for agency, name, key in db.session.execute(select(Unit.agency_id, Unit.name, Unit.id))
        }
        self.chains: dict[int, Chain] = {}
        self.pending: dict[tuple[int, str], _New] = {}
        self.seen_keys: Counter[str] = Counter()
        self.batch: list[tuple[int, _New]] = []

    def run(self, found: Sequence[ReadCase | BadLine], progress: Progress) -> None:
        known = self._known(found)
        taken = {(self._agency(c.agency), c.number) for c in found if isinstance(c, ReadCase)}
        self.taken = {(agency, number) for agency, number in taken if number}
        for done, case in enumerate(found, start=1):
            if isinstance(case, BadLine):
                self.result.bad.append(case)
            else:
                self._one(case, known)
            if done % BATCH == 0:
                self._flush()
                progress(done)
        self._flush()
        self._raise_counters()
        progress(len(found))

    def _known(self, found: Sequence[ReadCase | BadLine]) -> dict[tuple[int, str], int]:
        """Return the ids of kept cases by (agency, number) or (agency, import key)."""
        wanted = {c.agency for c in found if isinstance(c, ReadCase)} & self.agencies.keys()
        ids = [self.agencies[code] for code in wanted]
        query = select(Case.agency_id, Case.number, Case.import_key, Case.id).where(Case.agency_id.in_(ids))
        known: dict[tuple[int, str], int] = {}
        for agency, number, key, case_id in db.session.execute(query):
            known[agency, number] = case_id
            if key:
                known[agency, key] = case_id
        return known

    def _one(self, case: ReadCase, known: dict[tuple[int, str], int]) -> None:
        agency_id = self._agency(case.agency)
        key = None if case.number else self._import_key(agency_id, case)
        identity = (agency_id, case.number or key or "")
        try:
            if identity in self.pending:
                self._again(case, self.pending[identity])
            elif identity in known:
                self._flush()
                self._continue(case, known[identity])
            else:
                new = _New(case, case.number, key, self._replayed(case, [], _acts(case)))
                self.pending[identity] = new
                self.batch.append((agency_id, new))
                self.result.added += 1
        except DomainError as error:
            self.result.bad.append(BadLine(case.line, str(error), case.text))

    def _again(self, case: ReadCase, new: _New) -> None:
        """Take a second line of the same number in one file: the longer history wins."""
        before, after = comparable(_acts(new.case)), comparable(_acts(case))
        if after == before:
            self.result.unchanged += 1
            return
        raise InvalidDetailError(f"编号{case.number}在本文件第{new.case.line}行已出现，内容不同。")

    def _continue(self, line: ReadCase, case_id: int) -> None:
        case = db.session.get_one(Case, case_id)
        self._note(case_id, case.agency_id, line)
        kept, told = comparable(case.entries), comparable(_acts(line))
        if told == kept:
            self.result.unchanged += 1
            return
        if told[: len(kept)] != kept:
            raise InvalidDetailError(f"{case.number}已有记录，与文件中的事件不一致，不能导入。")
        replay = self._replayed(line, case.entries, _acts(line)[len(kept) :])
        self._unit(case.agency_id, replay.standing.unit)
        chain, actor = self._chain(case.agency_id), system(case.agency_id)
        ledger.add(case, replay, chain, actor=actor, now=self.now)
        self.result.continued += 1

    def _replayed(self, case: ReadCase, past: list[Entry], more: Sequence[Entry]) -> Replay:
        """Replay the line's further acts; places become seqs of the ledger."""
        replay = ledger.replay(past, self.today)
        seqs = [e.seq for e in past if not e.details.get("implied") and e.step != "carry_forward"]
        for entry in more:
            label = f"第{entry.seq}个事件（{entry.step}，{entry.on}）："
            try:
                replay.take(_with_seq(entry, seqs))
            except DomainError as error:
                raise InvalidDetailError(f"{label}{error}") from error
            seqs.append(replay.past[-1].seq)
        return replay

    def _note(self, case_id: int, agency_id: int, case: ReadCase) -> None:
        """Remember the note of a line, to be kept with its case."""
        if case.line in self.notes:
            note = CaseNote(case_id, agency_id, case.entries[0].on, self.notes[case.line])
            self.noted.append(note)

    # -- rows ------------------------------------------------------------------------------

    def _flush(self) -> None:
        """Write the batch: applicants, cases, entries, in three bulk statements."""
        if not self.batch:
            return
        applicants = [self._applicant(agency_id, new.case) for agency_id, new in self.batch]
        ids = self._insert(Applicant, applicants)
        rows = [self._case(a, new, who) for (a, new), who in zip(self.batch, ids, strict=True)]
        case_ids = self._insert(Case, rows)
        entries: list[dict[str, Any]] = []
        for (agency_id, new), case_id in zip(self.batch, case_ids, strict=True):
            self._note(case_id, agency_id, new.case)
            chain, actor = self._chain(agency_id), system(agency_id)
            for row in ledger.rows(case_id, agency_id, new.replay.moves, actor=actor, now=self.now):
                entries.append(chain.link(row))
        db.session.execute(insert(CaseEvent), entries)
        duty.add(
            [
                row
                for (agency_id, new), case_id in zip(self.batch, case_ids, strict=True)
                for row in duty.rows(CASE, case_id, agency_id, duties(new.replay.standing, self.today))
            ]
        )
        self.batch.clear()

    def _insert(self, table: type[Applicant] | type[Case], rows: list[dict[str, Any]]) -> list[int]:
        statement = insert(table).returning(table.id, sort_by_parameter_order=True)
        return list(db.session.scalars(statement, rows))

    def _applicant(self, agency_id: int, case: ReadCase) -> dict[str, Any]:
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

    def _case(self, agency_id: int, new: _New, applicant_id: int) -> dict[str, Any]:
        standing = new.replay.standing
        columns = ledger.restated(standing, self.today)
        columns.setdefault("channel", new.case.channel)
        columns.setdefault("applicant_kind", new.case.applicant["kind"])
        first_year = new.case.entries[0].on.year
        return {
            "agency_id": agency_id,
            "number": new.number or self._next_number(agency_id, first_year),
            "import_key": new.import_key,
            "applicant_id": applicant_id,
            "subject": new.case.subject,
            "registered_at": self.now,
            "unit_id": self._unit(agency_id, standing.unit),
            "version": 1,
            **columns,
        }

    def _agency(self, code: str) -> int:
        """Return the agency of that code; make one where the file is the first to name it."""
        if code not in self.agencies:
            agency = Agency(code=code, name=code)
            db.session.add(agency)
            db.session.flush()
            self.agencies[code] = agency.id
        return self.agencies[code]

    def _unit(self, agency_id: int, name: str | None) -> int | None:
        if not name:
            return None
        if (agency_id, name) not in self.units:
            words = {"kind": "股室", "liaison_name": "", "liaison_email": "", "active": True}
            unit = Unit(agency_id=agency_id, name=name, **words)
            db.session.add(unit)
            db.session.flush()
            self.units[agency_id, name] = unit.id
        return self.units[agency_id, name]

    def _chain(self, agency_id: int) -> Chain:
        if agency_id not in self.chains:
            self.chains[agency_id] = Chain(db.session, agency_id)
        return self.chains[agency_id]

    def _import_key(self, agency_id: int, case: ReadCase) -> str:
        """Return the identity of a line without a number: applicant, receipt day, subject, count."""
        who = case.applicant
        parts = (str(agency_id), who["kind"], who.get("name"), who.get("id_number"))
        day = case.entries[0].on.isoformat()
        digest = blind_index("\x1f".join((*(p or "" for p in parts), day, case.subject)))
        self.seen_keys[digest] += 1
        return f"{digest}#{self.seen_keys[digest]}"

    def _raise_counters(self) -> None:
        """Raise the counters past the numbers that the file brought in our own form."""
        highest: dict[tuple[int, int], int] = defaultdict(int)
        for agency_id, number in self.taken:
            if match := numbering.OURS.fullmatch(number):
                key = (agency_id, int(match[1]))
                highest[key] = max(highest[key], int(match[2]))
        for (agency_id, year), last in highest.items():
            numbering.raise_to(agency_id, numbering.REQUESTS, year, last)

    def _next_number(self, agency_id: int, year: int) -> str:
        while True:
            number = numbering.next_number(agency_id, numbering.REQUESTS, year)
            if (agency_id, number) not in self.taken:
                return number


def _with_seq(entry: Entry, seqs: Sequence[int]) -> Entry:
    """Return a correction with the seq of the ledger for the place that the file names."""
    if entry.step != "correct":
        return entry
    place = entry.details["replaces"]
    if not 1 <= place <= len(seqs):
        raise InvalidDetailError(f"replaces 指向第{place}个事件，之前没有这个事件。")
    return replace(entry, details={**entry.details, "replaces": seqs[place - 1]})
