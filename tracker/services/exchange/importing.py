"""Keep case histories that were read (docs/exchange.md section 1), and lock nobody out meanwhile.

Everything is read, replayed and counted against one snapshot first, while clerks work on; what is refused is
refused then. A small plan is written in one short transaction, in bulk. A large one is accepted first: its
lines are kept, sealed, and then written a portion at a time, with room for others between. Killed in between,
the import is finished by the next command, start or night (``finish``): accepted is written, whole and once.

The chains tell whether a case that the file names was touched since it was counted; then its portion is held
against the ledgers again, and a line that no longer fits is told.
"""

import gc
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from types import MappingProxyType
from typing import Any

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.exc import StaleDataError

from tracker.domain.errors import DomainError
from tracker.domain.message import Phrase, joined
from tracker.models import fault
from tracker.models.base import db, snapshot, transaction
from tracker.models.calendar import IMPORTING
from tracker.models.imported import REQUESTS, ImportedFile
from tracker.models.reads import tally
from tracker.models.tables import count_anew
from tracker.services.exchange.exchange import BadLine, ReadCase, read
from tracker.services.exchange.plan import ImportPlan, ImportResult, Progress
from tracker.services.exchange.writer import HistoryWriter
from tracker.services.office import audit, portions
from tracker.services.office import origin as origins
from tracker.services.office.actor import SYSTEM
from tracker.services.office.origin import Origin
from tracker.services.office.portions import Waiting

__all__ = ["ImportRefusedError", "ImportResult", "Progress", "finish", "import_histories", "uncollected"]

LOOKS = 3  # at a small file whose cases are touched while it is read; then everybody else waits for it
PORTION = 500  # lines that are written in one transaction: about half a second


class ImportRefusedError(DomainError):
    """Some lines are bad and nothing was kept; ``result.bad`` names each."""

    def __init__(self, result: ImportResult) -> None:
        first = result.bad[0]
        super().__init__(
            "有%(count)s行不能导入（首先是第%(line)s行：%(reason)s），未作任何改动。",
            count=len(result.bad),
            line=first.line,
            reason=first.reason,
        )
        self.result = result


@contextmanager
def uncollected() -> Iterator[None]:
    """Let nobody look for cycles of objects meanwhile: all rows are kept to the end, and are no cycles.

    It would go through them again and again, a fifth of the processor time of 20,000 rows. Within another
    act that is uncollected it stays so to the end of that one.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@uncollected()
def import_histories(
    lines: Iterable[str | bytes],
    *,
    today: date,
    now: datetime,
    notes: Mapping[int, str] = MappingProxyType({}),
    dry_run: bool = False,
    keep_going: bool = False,
    progress: Progress = lambda done: None,
    origin: Origin | None = None,
    is_register: bool = False,
) -> ImportResult:
    """Keep the histories and say what was done.

    notes:      what a file says beside a history, by the number of its line: kept as a note of the case.
    origin:     the register that they stand in: what it brings can be undone as one act.
    is_register: they are its rows: one that says less than is kept, and nothing else, says nothing new.
    dry_run:    nothing is kept. keep_going: the good lines are kept, the bad ones returned.

    Raises ImportRefusedError where a line is bad and ``keep_going`` is not set, ImportBesideError; then
    nothing was kept. A line of a large file whose case was changed by somebody after that is returned as bad.
    """
    given = list(lines)
    read_lines = list(read(given))

    def planned() -> ImportPlan:
        plan = ImportPlan.of(read_lines, today, progress, brief=is_register)
        if plan.result.bad and not keep_going:
            raise ImportRefusedError(plan.result)
        return plan

    for _ in range(LOOKS):
        with snapshot():
            plan = planned()
        if dry_run:
            return plan.result
        if len(plan.new) + len(plan.met) > PORTION:
            return _in_portions(plan, given, notes, now, origin)
        if _is_written(plan, notes, now, origin):
            return plan.result
    with transaction(alone=True):
        plan = planned()
        _write(plan, notes, now, origin)
    return plan.result


def _is_written(plan: ImportPlan, notes: Mapping[int, str], now: datetime, origin: Origin | None) -> bool:
    """Write the plan in one transaction; False where something that it rests on was touched since."""
    try:
        with transaction():
            _write(plan, notes, now, origin)
    except StaleDataError:
        return False
    return True


def _write(plan: ImportPlan, notes: Mapping[int, str], now: datetime, origin: Origin | None) -> None:
    writer = HistoryWriter(plan, notes, now)
    writer.file_id = _begun(writer, origin, now)
    writer.write()
    plan.result.origin_id = writer.file_id
    _note(plan.result, now, writer.agencies.values(), file_id=writer.file_id)


def _begun(writer: HistoryWriter, origin: Origin | None, now: datetime) -> int | None:
    """Return the row of the file that is written; None for histories, and where no row is left."""
    if origin is None or not writer.agencies:
        return None
    return origins.begin(origin, REQUESTS, agency_id=min(writer.agencies.values()), now=now)


def _note(
    result: ImportResult, now: datetime, agencies: Iterable[int], bad: int = 0, file_id: int | None = None
) -> None:
    """Log an import: an agency's own, where its file names that agency alone."""
    counts: dict[str, Any] = {"added": result.added, "continued": result.continued}
    if file_id is None:
        named_in = list(agencies)
        whose = named_in[0] if len(named_in) == 1 else None
        audit.note("imported", actor=SYSTEM, now=now, agency_id=whose, **counts, bad=bad + len(result.bad))
        return
    origins.end(file_id, now=now, unchanged=result.unchanged, **counts)
    file = db.session.get_one(ImportedFile, file_id)
    named: dict[str, Any] = {"agency_id": file.agency_id, "file": file.name[:100], "import": file_id}
    audit.note(
        "imported",
        actor=file.kept_by or SYSTEM,
        now=now,
        target=Phrase("导入%(id)s", id=file_id),
        **named,
        **counts,
    )


# -- a portion at a time ----------------------------------------------------------------------------


@dataclass(slots=True)
class _Accepted:
    """An import that is being written: where it is kept, what it gives, what came of it so far.

    bad: the lines that were refused before it was cut off.
    """

    file_id: int
    notes: Mapping[int, str]
    numbers: Mapping[int, str]
    now: datetime
    result: ImportResult
    bad: int = 0
    origin_id: int | None = None


def _in_portions(
    plan: ImportPlan,
    lines: Sequence[str | bytes],
    notes: Mapping[int, str],
    now: datetime,
    origin: Origin | None,
) -> ImportResult:
    """Accept a large plan and write it; raise ImportBesideError where another one is being written."""
    with portions.alone(IMPORTING, partial(_rest, now=now)):
        result = ImportResult(unchanged=plan.result.unchanged, bad=plan.result.bad, fates=plan.result.fates)
        written = _written(_accept(plan, lines, notes, now, result, origin), plan)
    try:
        count_anew()
    except DBAPIError as error:  # the database is busy: all is kept, and the night counts too
        if fault.kind(error) is None:
            raise
    return written


def _accept(
    plan: ImportPlan,
    lines: Sequence[str | bytes],
    notes: Mapping[int, str],
    now: datetime,
    result: ImportResult,
    origin: Origin | None,
) -> _Accepted:
    """Keep the lines of a plan until they are written; its agencies and numbers are made at once."""
    bad = {each.line for each in plan.result.bad}
    with transaction():
        writer = HistoryWriter(plan, notes, now)
        origin_id = _begun(writer, origin, now)
        plan.known.agencies.update(writer.agencies)
        numbers = writer.numbers()
        kept = {
            "lines": ["" if n in bad else _text(line) for n, line in enumerate(lines, start=1)],
            "notes": dict(notes),
            "numbers": numbers,
            "today": plan.today.isoformat(),
        }
        content = zlib.compress(json.dumps(kept).encode())
        whose = min(writer.agencies.values())
        file_id = portions.keep(IMPORTING, content, agency_id=whose, name="导入", by=SYSTEM, now=now)
        accepted = _Accepted(file_id, notes, numbers, now, result, origin_id=origin_id)
        _keep_place(accepted, 0, ImportResult())
        result.origin_id = origin_id
    return accepted


def _text(line: str | bytes) -> str:
    return line if isinstance(line, str) else line.decode("utf-8")


def _written(accepted: _Accepted, plan: ImportPlan) -> ImportResult:
    """Write what is left of an accepted plan, each portion in a transaction of its own; tell the sum."""
    result = accepted.result
    with portions.told(
        lambda: Phrase(
            "已写入%(added)s件新增、%(continued)s件续记，", added=result.added, continued=result.continued
        )
    ):
        for more in portions.each(partial(_write_portion, accepted), plan.portions(PORTION)):
            result.add(more)
        portions.written(partial(_end, accepted, plan.known.agencies.values()))
    return result


def _write_portion(accepted: _Accepted, portion: ImportPlan) -> ImportResult:
    """Write a portion; where something that it rests on was touched, as the database stands now."""
    given = (accepted.notes, accepted.now, accepted.origin_id)
    last, writer = portion.last_line, HistoryWriter(portion, *given)
    writer.lock()
    if not portion.still_holds():
        portion = portion.anew()
        writer = HistoryWriter(portion, *given)
        writer.lock()
    writer.put(accepted.numbers)
    _keep_place(accepted, last, portion.result)
    return portion.result


def _end(accepted: _Accepted, agencies: Iterable[int]) -> None:
    portions.forget(IMPORTING)
    accepted.result.bad.sort(key=lambda bad: bad.line)
    _note(accepted.result, accepted.now, agencies, accepted.bad, accepted.origin_id)
    tally.compact(db.session.connection())


def _keep_place(accepted: _Accepted, line: int, more: ImportResult) -> None:
    """Keep up to which line the import is written, in the caller's transaction."""
    sofar = accepted.result
    counts = {"added": sofar.added + more.added, "continued": sofar.continued + more.continued}
    counts["bad"] = accepted.bad + len(sofar.bad) + len(more.bad)
    portions.keep_place(IMPORTING, accepted.file_id, line=line, origin=accepted.origin_id, **counts)


# -- an import that was cut off ---------------------------------------------------------------------


def finish(*, now: datetime) -> str:
    """Write what is left of an import that was cut off; say so, empty where there was none."""
    return portions.finish(IMPORTING, partial(_rest, now=now))


def _rest(waiting: Waiting, *, now: datetime) -> str:
    """Write what is left of an accepted import; return what was done."""
    kept, place = json.loads(zlib.decompress(waiting.content)), waiting.place
    accepted = _Accepted(
        waiting.file_id,
        _by_line(kept["notes"]),
        _by_line(kept["numbers"]),
        now,
        ImportResult(),
        place["bad"],
        place.get("origin"),
    )
    with snapshot():
        read_lines: list[ReadCase | BadLine] = list(read(kept["lines"]))
        plan = ImportPlan.of(
            read_lines,
            date.fromisoformat(kept["today"]),
            lambda done: None,
            after=place["line"],
            brief=place.get("origin") is not None,
        )
    accepted.result = ImportResult(place["added"], place["continued"], plan.result.unchanged, plan.result.bad)
    result = _written(accepted, plan)
    return Phrase(
        "已写完上次中断的导入：新增%(added)s件，续记%(continued)s件，拒绝%(refused)s行。%(lines)s",
        added=result.added,
        continued=result.continued,
        refused=place["bad"] + len(result.bad),
        lines=joined(_line(bad) for bad in result.bad),
    )


def _line(bad: BadLine) -> str:
    return Phrase("第%(line)s行：%(reason)s", line=bad.line, reason=bad.reason)


def _by_line(texts: Mapping[str, str]) -> dict[int, str]:
    return {int(line): text for line, text in texts.items()}
