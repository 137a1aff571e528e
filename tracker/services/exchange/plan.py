"""What an import of case histories would write, counted before anybody has to wait for it.

Each line is held against the kept cases and replayed; what is refused is refused here, by its line.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import islice
from typing import Any, Self

from sqlalchemy import or_, select

from tracker.domain.calendar.calendar import WorkCalendar
from tracker.domain.case import history
from tracker.domain.case.duty import Duty, duties
from tracker.domain.case.event import Entry
from tracker.domain.case.state import VOID
from tracker.domain.errors import DomainError, InvalidDetailError
from tracker.domain.folding import fold
from tracker.domain.message import Phrase
from tracker.models.agency import Agency, ChainHead
from tracker.models.applicant import Applicant
from tracker.models.base import db
from tracker.models.case import Case, CaseEvent
from tracker.models.cipher import blind_index
from tracker.models.imported import REQUESTS, UNDONE, ImportedFile, ImportedRow
from tracker.services.case import ledger
from tracker.services.case.ledger import Replay
from tracker.services.exchange import comparing, exchange, people, people_kept
from tracker.services.exchange.exchange import BadLine, ReadCase
from tracker.services.office import office

BATCH = 500
Progress = Callable[[int], None]
Identity = tuple[str, str]  # agency's code; number as it is compared, or what stands for one


class Fate(StrEnum):
    """What becomes of one line, or row, of a file."""

    NEW = "new"
    CHANGED = "changed"  # goes on with what is kept
    UNCHANGED = "unchanged"
    DOUBTFUL = "doubtful"  # taken, and somebody must look at it
    REFUSED = "refused"


@dataclass(slots=True)
class ImportResult:
    """What an import did, or would do.

    fates: of each line that was looked at. origin_id: the row of the register that it stands in.
    """

    added: int = 0
    continued: int = 0
    unchanged: int = 0
    bad: list[BadLine] = field(default_factory=list)
    fates: dict[int, "Fate"] = field(default_factory=dict)
    origin_id: int | None = None

    def add(self, more: "ImportResult") -> None:
        """Count what came of a portion."""
        self.added += more.added
        self.continued += more.continued
        self.unchanged += more.unchanged
        self.bad += more.bad
        self.fates |= more.fates


# -- what is kept already ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Kept:
    """A case as it is kept."""

    id: int
    number: str
    kind: str
    names: list[str]
    subject: str
    entries: list[Entry]


def _kept(ids: Sequence[int]) -> dict[int, _Kept]:
    """Return the cases of the ids with their ledgers."""
    columns = (Case.id, Case.number, Case.applicant_id, Applicant.name, Case.subject)
    rows = db.session.execute(select(*columns).join(Applicant).where(Case.id.in_(ids))).all()
    others = select(Applicant.first_id, Applicant.name).where(
        Applicant.first_id.in_([row.applicant_id for row in rows]), Applicant.role == ""
    )
    further: dict[int, list[str]] = {}
    for first_id, name in db.session.execute(others.order_by(Applicant.id)).tuples():
        further.setdefault(first_id or 0, []).append(name)
    entries = ledger.entries_of([row.id for row in rows])
    return {
        row.id: _Kept(
            row.id,
            row.number,
            entries[row.id][0].details["applicant_kind"],
            [row.name, *further.get(row.applicant_id, ())],
            row.subject,
            entries[row.id],
        )
        for row in rows
    }


@dataclass(slots=True)
class _Known:
    """The cases of the agencies that a file names, as one snapshot holds them."""

    agencies: dict[str, int]
    ids: dict[tuple[int, str], int]  # by (agency, number) and (agency, import key)
    alike: dict[tuple[int, str], int]  # by (agency, number as it is compared)
    heads: dict[int, int]  # the last entry of each agency's chain
    undone: dict[
        tuple[int, str], tuple[int, int]
    ]  # void cases of undone imports, with the import, as ``ids``

    @classmethod
    def of(cls, codes: set[str]) -> Self:
        query = select(Agency.code, Agency.id).where(Agency.code.in_(codes))
        agencies = dict(db.session.execute(query).tuples().all())
        ids: dict[tuple[int, str], int] = {}
        alike: dict[tuple[int, str], int] = {}
        undone: dict[tuple[int, str], tuple[int, int]] = {}
        taken_back = _taken_back(agencies.values())
        kept = select(Case.agency_id, Case.number, Case.import_key, Case.id)
        for agency, number, key, case_id in db.session.execute(
            kept.where(Case.agency_id.in_(agencies.values()))
        ):
            if case_id in taken_back:
                undone[agency, key or number] = (case_id, taken_back[case_id])
                continue
            ids[agency, number] = case_id
            alike.setdefault((agency, fold(number)), case_id)
            if key:
                ids[agency, key] = case_id
        chains = select(ChainHead.agency_id, ChainHead.chain_no)
        heads = dict(
            db.session.execute(chains.where(ChainHead.agency_id.in_(agencies.values()))).tuples().all()
        )
        return cls(agencies, ids, alike, heads, undone)

    def id_of(self, case: ReadCase, twin: str) -> int | None:
        """Return the kept case of a line: of its number as written, else of one that reads the same."""
        agency_id = self.agencies.get(case.agency)
        if agency_id is None:
            return None
        if not case.number:
            return self.ids.get((agency_id, import_key(agency_id, twin)))
        exact = self.ids.get((agency_id, case.number))
        return self.alike.get((agency_id, fold(case.number))) if exact is None else exact


def _taken_back(agency_ids: Iterable[int]) -> dict[int, int]:
    """Return the cases that are void because the import that brought them was undone, with that import."""
    rows = select(ImportedRow.row_id, ImportedRow.file_id).join(
        ImportedFile, ImportedFile.id == ImportedRow.file_id
    )
    of_cases = (ImportedRow.book == REQUESTS, ImportedRow.first_seq == 1, Case.state == VOID)
    undone = (ImportedFile.agency_id.in_(agency_ids), ImportedFile.state == UNDONE)
    query = rows.join(Case, Case.id == ImportedRow.row_id).where(*of_cases, *undone)
    return dict(db.session.execute(query).tuples().all())


def import_key(agency_id: int, twin: str) -> str:
    """Return the key of a case that was read without a number; ``twin`` is what makes it another."""
    parts, count = twin.rsplit("\x1f", 1)
    digest = blind_index("\x1f".join((str(agency_id), parts)))
    return f"{digest}#{count}"


# -- what an import would write ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class New:
    """A case to add: its replay, and the columns and duties that restate it."""

    case: ReadCase
    twin: str  # empty where it has a number
    replay: Replay
    columns: dict[str, Any]
    duties: list[Duty]


@dataclass(frozen=True, slots=True)
class More:
    """A kept case to continue."""

    case: ReadCase
    twin: str
    case_id: int
    replay: Replay


@dataclass(slots=True)
class ImportPlan:
    """What an import would write, counted before anybody has to wait for it."""

    known: _Known
    calendar: WorkCalendar
    today: date
    result: ImportResult = field(default_factory=ImportResult)
    new: dict[Identity, New] = field(default_factory=dict)
    more: dict[int, More] = field(default_factory=dict)
    brief: bool = False  # the file is a register, which says less than a ledger does
    # lines of cases that are kept, by their ids
    met: list[tuple[int, ReadCase]] = field(default_factory=list)

    @classmethod
    def of(
        cls,
        read_lines: Sequence[ReadCase | BadLine],
        today: date,
        progress: Progress,
        *,
        after: int = 0,
        brief: bool = False,
    ) -> Self:
        """Return the plan of a file, as the database stands in the running transaction.

        after: the last line that was written already by this import; it and those before it are left out.
        """
        codes = {case.agency for case in read_lines if isinstance(case, ReadCase)}
        plan = cls(_Known.of(codes), office.calendar(), today, brief=brief)
        plan.result.bad = [case for case in read_lines if isinstance(case, BadLine)]
        every = _twins(case for case in read_lines if isinstance(case, ReadCase))
        twins = ((case, twin) for case, twin in every if case.line > after)
        done = 0
        while batch := list(islice(twins, BATCH)):
            plan._take(batch)
            done += len(batch)
            progress(done)
        plan.result.bad.sort(key=lambda bad: bad.line)
        return plan

    def portions(self, size: int) -> Iterator["ImportPlan"]:
        """Yield what there is to write in the order of the file, so many lines at a time."""
        new = {one.case.line: (identity, one) for identity, one in self.new.items()}
        more = {one.case.line: one for one in self.more.values()}
        met = {line.line: (case_id, line) for case_id, line in self.met}
        lines = iter(sorted({*new, *met}))
        while chosen := list(islice(lines, size)):
            part = ImportPlan(self.known, self.calendar, self.today, brief=self.brief)
            part.new = dict(new[line] for line in chosen if line in new)
            part.met = [met[line] for line in chosen if line in met]
            part.more = {more[line].case_id: more[line] for line in chosen if line in more}
            part.result = ImportResult(len(part.new), len(part.more))
            yield part

    @property
    def last_line(self) -> int:
        """The last line of the file that there is something to write of."""
        return max([*(one.case.line for one in self.new.values()), *(line.line for _id, line in self.met)])

    def anew(self) -> "ImportPlan":
        """Return the plan of the same lines as the database stands now; what it refuses now is told."""
        twins = [(new.case, new.twin) for new in self.new.values()]
        twins += [(more.case, more.twin) for more in self.more.values()]
        known = _Known.of({case.agency for case, _twin in twins})
        plan = ImportPlan(known, office.calendar(), self.today, brief=self.brief)
        plan._take(sorted(twins, key=lambda pair: pair[0].line))
        plan.met += [met for met in self.met if met[0] not in self.more]
        return plan

    def _take(self, batch: Sequence[tuple[ReadCase, str]]) -> None:
        ids = [self.known.id_of(case, twin) for case, twin in batch]
        kept = _kept([case_id for case_id in ids if case_id is not None])
        for (case, twin), case_id in zip(batch, ids, strict=True):
            try:
                if case_id is not None:
                    self._continue(case, twin, kept[case_id])
                else:
                    self._add(case, twin)
            except DomainError as error:
                self.result.bad.append(BadLine(case.line, error.message, case.text))
                self.result.fates[case.line] = Fate.REFUSED

    def _add(self, case: ReadCase, twin: str) -> None:
        identity = (case.agency, fold(case.number) if case.number else twin)
        if identity in self.new:
            self._again(case, self.new[identity].case)
            return
        replay = self._replayed(case, [])
        with exchange.counted():
            open_duties = duties(replay.standing, self.today)
            columns = ledger.restated(replay.standing, self.today, open_duties)
        columns.setdefault("channel", case.channel)
        columns.setdefault("applicant_kind", case.applicant["kind"])
        self.new[identity] = New(case, twin, replay, columns, open_duties)
        self._count(case, Fate.NEW)

    def _count(self, case: ReadCase, fate: Fate) -> None:
        self.result.added += fate is Fate.NEW
        self.result.continued += fate is Fate.CHANGED
        self.result.unchanged += fate is Fate.UNCHANGED
        self.result.fates[case.line] = fate

    def _again(self, case: ReadCase, first: ReadCase) -> None:
        """Take a second line of the same number in one file: it may say the same again, and nothing else."""
        kind, name = str(first.applicant["kind"]), first.applicant["name"] or ""
        whose = Phrase("本文件第%(line)s行的", line=first.line)
        comparing.same_request(case, kind, [name], first.subject, whose, first.number or "")
        if comparing.comparable(case.entries) != comparing.comparable(first.entries):
            raise InvalidDetailError(
                "编号%(number)s在本文件第%(line)s行已出现，内容不同。",
                number=case.number,
                line=first.line,
            )
        people.differ_in(case.beside, first.beside, whose)
        self._count(case, Fate.UNCHANGED)

    def _continue(self, case: ReadCase, twin: str, kept: _Kept) -> None:
        comparing.same_request(case, kept.kind, kept.names, kept.subject, "已登记的", kept.number)
        people_kept.hold_against(case.beside, kept.id)
        before, told = (
            comparing.comparable(history.told_acts(each)) for each in (kept.entries, case.entries)
        )
        if told == before or (self.brief and comparing.says_no_more(case.entries, kept.entries)):
            self.met.append((kept.id, case))
            self._count(case, Fate.UNCHANGED)
            return
        if told[: len(before)] != before:
            raise InvalidDetailError(
                "%(number)s已有记录，与文件中的事件不一致，不能导入。", number=kept.number
            )
        if kept.id in self.more:
            raise InvalidDetailError(
                "编号%(number)s在本文件中已有一行续记，请合并为一行。", number=kept.number
            )
        replay = self._replayed(case, kept.entries)
        with exchange.counted():
            ledger.restated(replay.standing, self.today)
        self.more[kept.id] = More(case, twin, kept.id, replay)
        self.met.append((kept.id, case))
        self._count(case, Fate.CHANGED)

    def _replayed(self, case: ReadCase, past: list[Entry]) -> Replay:
        """Replay what the line says beyond the kept acts; its places become seqs of the ledger."""
        exchange.check_years(case.entries, self.calendar)
        replay = ledger.replay(past, self.today)
        acts = history.told_acts(case.entries) if past else history.own_acts(case.entries)
        kept = history.told_acts(past)
        seqs = {act.seq: entry.seq for act, entry in zip(acts, kept, strict=False)}
        for entry in acts[len(kept) :]:
            with _named(entry), exchange.counted():
                replay.take(_with_seq(entry, seqs))
            seqs[entry.seq] = replay.past[-1].seq
        return replay

    def still_holds(self) -> bool:
        """Tell whether nothing was touched that the plan rests on; the chains are locked by the caller."""
        if office.calendar() is not self.calendar:
            return False
        return not any(self._touched(agency_id) for agency_id in self.known.agencies.values())

    def _touched(self, agency_id: int) -> bool:
        """Tell whether one of the file's cases has entries that are newer than the plan."""
        code = next(code for code, key in self.known.agencies.items() if key == agency_id)
        new = [one for one in self.new.values() if one.case.agency == code]
        named = or_(
            Case.id.in_(self.more),
            Case.number.in_([one.case.number for one in new if one.case.number]),
            Case.import_key.in_([import_key(agency_id, one.twin) for one in new if one.twin]),
        )
        since = CaseEvent.chain_no > self.known.heads.get(agency_id, 0)
        newer = select(Case.id).join(CaseEvent).where(CaseEvent.agency_id == agency_id, since, named)
        return db.session.scalar(newer.limit(1)) is not None


def _twins(cases: Iterable[ReadCase]) -> Iterator[tuple[ReadCase, str]]:
    """Yield each case with what tells it from others where it has no number.

    Applicant, receipt day and subject, counted: two equal lines are two cases.
    """
    seen: Counter[str] = Counter()
    for case in cases:
        if case.number:
            yield case, ""
            continue
        who, day = case.applicant, case.entries[0].on.isoformat()
        parts = (who["kind"], who.get("name"), who.get("id_number"), day, case.subject)
        twin = "\x1f".join(part or "" for part in parts)
        seen[twin] += 1
        yield case, f"{twin}\x1f{seen[twin]}"


@contextmanager
def _named(entry: Entry) -> Iterator[None]:
    """Name the event in what the domain says against it."""
    try:
        yield
    except DomainError as error:
        raise InvalidDetailError(
            "第%(seq)s个事件（%(step)s，%(on)s）：%(error)s",
            seq=entry.seq,
            step=entry.step,
            on=entry.on,
            error=error.message,
        ) from error


def _with_seq(entry: Entry, seqs: dict[int, int]) -> Entry:
    """Return a correction with the seq of the ledger for the place that the file names."""
    if entry.step != "correct":
        return entry
    place = entry.details["replaces"]
    if place not in seqs:
        raise InvalidDetailError("replaces 指向第%(place)s个事件，之前没有这个事件。", place=place)
    return Entry(entry.step, entry.on, {**entry.details, "replaces": seqs[place]}, entry.seq)
