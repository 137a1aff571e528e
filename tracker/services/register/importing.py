"""Read a register from Excel: shown first, kept whole or not at all, and twice is once.

A large file is looked at while others work, accepted, and then written a portion at a time; cut off,
it is finished later, as an import of histories is (``importing``): twice is once.
"""

from collections.abc import Sequence
from datetime import date, datetime
from functools import partial
from typing import Any

from tracker.domain.errors import InvalidDetailError
from tracker.domain.exchange.choice import Choices
from tracker.domain.exchange.header import Columns
from tracker.domain.message import Phrase
from tracker.domain.permission import Action, Role
from tracker.domain.register.index import BY_NAME
from tracker.domain.register.register import Register
from tracker.models.base import db, snapshot, transaction
from tracker.models.calendar import REGISTER_IMPORTING, OfficeFact
from tracker.reading import isolated
from tracker.reading.spreadsheet import reader
from tracker.reading.spreadsheet.account import Reading
from tracker.services.office import agency, audit, origin, portions
from tracker.services.office.actor import Actor
from tracker.services.office.origin import Origin, digest_of
from tracker.services.office.portions import Waiting
from tracker.services.register import register as registers
from tracker.services.register import spelling, together
from tracker.services.register.plan import PlannedRow, RegisterPlan, take
from tracker.services.register.register import By, Values

PORTION = 300  # rows that are written in one transaction: about half a second
AS_FOUND = Choices()


def preview(
    wanted: Register, content: bytes, *, by: By, choices: Choices = AS_FOUND, lenient: bool = False
) -> RegisterPlan:
    """Return what the file would do; nothing is kept, and nobody waits.

    lenient: a file without the headings is shown all the same, so that a person can choose them.
    """
    by.actor.require(Action.REGISTER)
    plan, file = RegisterPlan(), _found(wanted, content, choices)
    file = file if lenient else reader.sound(file)
    plan.nothing, plan.words = file.nothing, spelling.words_of(wanted.fields, file.lines, choices)
    file.lines = spelling.decided(wanted, file.lines, choices)
    return _looked(wanted, file, by, plan)


def keep(
    wanted: Register,
    content: bytes,
    *,
    by: By,
    name: str = "",
    keep_going: bool = False,
    choices: Choices = AS_FOUND,
    file_id: int | None = None,
) -> RegisterPlan:
    """Take a file: whole, or with ``keep_going`` its good rows; read as a person chose.

    file_id: of its row, where a page has made one.

    Raises InvalidDetailError with the first problem where it is not taken, ImportBesideError.
    """
    by.actor.require(Action.REGISTER)
    file, plan = _read(wanted, content, choices), RegisterPlan()
    told, who = origin.text_of(choices), by.actor.name
    source = Origin(name or wanted.title, digest_of(content), who, file_id, told)
    if len(file.lines) > PORTION:
        return _kept_in_portions(wanted, content, file, by, source, keep_going=keep_going)
    with transaction():
        agency.lock(by.actor.agency_id)
        take(wanted, file, plan, by)
        _check(plan, keep_going=keep_going)
        file_id = origin.begin(source, wanted.name, agency_id=by.actor.agency_id, now=by.now)
        keys = together.add(wanted, plan.rows, by=by)
        _bring(wanted, file_id, keys)
        _note(wanted, len(keys), by, name, file_id)
        origin.end(file_id, now=by.now, **plan.counts)
    return plan


def _bring(wanted: Register, file_id: int, keys: Sequence[int]) -> None:
    """Keep which rows of the register a file brought; media that it named stay when it is undone."""
    origin.note_rows(file_id, wanted.name, [(key, 0, 0) for key in keys])


def _check(plan: RegisterPlan, *, keep_going: bool) -> None:
    if plan.problems and not keep_going:
        first, count = plan.problems[0], len(plan.problems)
        raise InvalidDetailError(
            "%(where)s：%(message)s共%(count)s处有误，整个文件没有导入。",
            where=first.where,
            message=first.message,
            count=count,
        )


def _note(wanted: Register, rows: int, by: By, name: str, file_id: int | None) -> None:
    entry: dict[str, Any] = {
        "target": f"登记簿：{wanted.title}",
        "agency_id": by.actor.agency_id,
    }
    entry["import"] = file_id
    audit.note("imported", actor=by.actor.name, now=by.now, rows=rows, file=name[:100], **entry)


def _looked(wanted: Register, file: Reading, by: By, plan: RegisterPlan | None = None) -> RegisterPlan:
    """Return what a file would do to a register; waits for nobody."""
    plan = plan or RegisterPlan()
    with snapshot():
        take(wanted, file, plan, by)
    return plan


def _read(wanted: Register, content: bytes, choices: Choices) -> Reading:
    """Read the file, while nobody waits for it."""
    file = reader.sound(_found(wanted, content, choices))
    file.lines = spelling.decided(wanted, file.lines, choices)
    return file


def _found(wanted: Register, content: bytes, choices: Choices) -> Reading:
    return isolated.read_twice(reader.read_as_chosen, content, Columns.of(wanted.fields), False, choices)


# -- a large file, a portion at a time ----------------------------------------------------------------


def _kept_in_portions(
    wanted: Register, content: bytes, file: Reading, by: By, source: Origin, *, keep_going: bool
) -> RegisterPlan:
    with portions.alone(REGISTER_IMPORTING, partial(_rest, now=by.now)):
        plan = _looked(wanted, file, by)
        _check(plan, keep_going=keep_going)
        place: dict[str, Any] = {
            "book": wanted.name,
            "today": by.today.isoformat(),
            "roles": sorted(by.actor.roles),
        }
        with transaction():
            actor, name = by.actor, source.name
            file_id = portions.keep(
                REGISTER_IMPORTING, content, agency_id=actor.agency_id, name=name, by=actor.name, now=by.now
            )
            origin_id = origin.begin(source, wanted.name, agency_id=actor.agency_id, now=by.now)
            place |= {"origin": origin_id, "counts": plan.counts, "choices": source.choices}
            portions.keep_place(REGISTER_IMPORTING, file_id, rows=0, **place)
        _write(wanted, plan, by, source.name)
    return plan


def _write(wanted: Register, plan: RegisterPlan, by: By, name: str) -> int:
    """Write what is left of an accepted file; return how many rows it had in all."""
    done = 0

    def portion(items: Sequence[PlannedRow]) -> int:
        agency.lock(by.actor.agency_id)
        keys = together.add(wanted, _still_new(wanted, items, by), by=by)
        fact = db.session.get_one(OfficeFact, REGISTER_IMPORTING)
        if (origin_id := _origin(fact)) is not None:
            _bring(wanted, origin_id, keys)
        fact.value = {**fact.value, "rows": _rows(fact) + len(keys)}
        return len(keys)

    def end() -> int:
        fact = db.session.get_one(OfficeFact, REGISTER_IMPORTING)
        rows, origin_id, counts = _rows(fact), _origin(fact), fact.value.get("counts")
        portions.forget(REGISTER_IMPORTING)
        _note(wanted, rows, by, name, origin_id)
        if origin_id is not None and isinstance(counts, dict):
            same = counts["unchanged"] + counts["added"] - rows  # somebody registered them meanwhile
            origin.end(origin_id, now=by.now, **{**counts, "added": rows, "unchanged": same})
        return rows

    parts = (plan.taken[begin : begin + PORTION] for begin in range(0, len(plan.taken), PORTION))
    with portions.told(lambda: Phrase("已写入%(done)s行，", done=done)):
        for rows in portions.each(portion, parts):
            done += rows
        return portions.written(end)


def _still_new(wanted: Register, items: Sequence[PlannedRow], by: By) -> list[Values]:
    """Return the values of rows that were new when they were looked at, but those that came in since."""
    rows = [item.values for item in items]
    if not wanted.unique:
        return rows
    beside = registers.rows_beside(wanted, rows, by.actor.agency_id)
    return [values for values in rows if not beside.against(values)]


def _origin(fact: OfficeFact) -> int | None:
    """Return the row of the file that is written; None for one that an older version accepted."""
    kept = fact.value.get("origin")
    return kept if isinstance(kept, int) else None


def _rows(fact: OfficeFact) -> int:
    return int(str(fact.value["rows"]))


def finish(*, now: datetime) -> str:
    """Write what is left of a file that was cut off; say so, empty where there was none."""
    return portions.finish(REGISTER_IMPORTING, partial(_rest, now=now))


def _rest(waiting: Waiting, *, now: datetime) -> str:
    """Write what is left of an accepted file; return what was done."""
    place = waiting.place
    wanted = BY_NAME[place["book"]]
    actor = Actor(waiting.by, frozenset(map(Role, place["roles"])), waiting.agency_id)
    by = By(actor=actor, today=date.fromisoformat(place["today"]), now=now)
    plan = _looked(wanted, _read(wanted, waiting.content, origin.choices_of(place.get("choices"))), by)
    rows = _write(wanted, plan, by, waiting.name)
    return Phrase(
        "已写完上次中断的导入（%(title)s，%(name)s）：%(rows)s行。",
        title=wanted.title,
        name=waiting.name,
        rows=rows,
    )
