"""Read a register from Excel: shown first, kept whole or not at all, and twice is once.

A large file is looked at while others work, accepted, and then written a portion at a time; cut off,
it is finished later, as an import of histories is (``importing``): twice is once.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any

from tracker.domain.errors import InvalidDetailError, NotPermittedError
from tracker.domain.exchange.choice import Choices
from tracker.domain.exchange.header import Columns
from tracker.domain.message import Phrase
from tracker.domain.permission import Action, Role
from tracker.domain.register import publication as domain_publication
from tracker.domain.register import wording
from tracker.domain.register.index import BY_NAME
from tracker.domain.register.publication import MEDIA
from tracker.domain.register.register import Register, cell, shown
from tracker.models.base import db, snapshot, transaction
from tracker.models.calendar import REGISTER_IMPORTING, OfficeFact
from tracker.models.publication import Medium, Publication
from tracker.models.reads.base import kept_rows
from tracker.models.reads.register import MODELS
from tracker.models.register import RegisterRow
from tracker.reading import isolated
from tracker.reading.spreadsheet import reader
from tracker.reading.spreadsheet.account import Account, Problem, Reading, SheetRow
from tracker.services.office import agency, audit, origin, portions
from tracker.services.office.actor import Actor
from tracker.services.office.origin import Origin, digest_of
from tracker.services.office.portions import Waiting
from tracker.services.register import publication, spelling
from tracker.services.register import register as registers
from tracker.services.register.register import By, Values

PORTION = 300  # rows that are written in one transaction: about half a second
AS_FOUND = Choices()


@dataclass(slots=True)
class RegisterPlan:
    """What a file does: rows that are new, known already, joined into one item, and what is wrong.

    sheets: what became of each sheet. warnings: what a person should look at. words: of the columns in which
    a word means one of ours. nothing: why no sheet could be read. lines: every row. joins: where one stands
    that is a further medium of an item.
    """

    rows: list[Values] = field(default_factory=list)
    known: int = 0
    sums: int = 0
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    sheets: list[Account] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    media: list[str] = field(default_factory=list)
    words: list[dict[str, Any]] = field(default_factory=list)
    nothing: str = ""
    taken: list["_Item"] = field(default_factory=list, repr=False)
    lines: list[SheetRow] = field(default_factory=list, repr=False)
    joins: set[tuple[str, int]] = field(default_factory=set, repr=False)

    @property
    def joined(self) -> int:
        return len(self.joins)

    @property
    def counts(self) -> dict[str, int]:
        places = {problem.place for problem in self.problems}
        return {"added": len(self.rows), "unchanged": self.known, "refused": len(places)}


@dataclass(slots=True)
class _Item:
    line: SheetRow
    values: Values


class _Undone(Exception):  # noqa: N818  (no error: it takes the trial back)
    """Raised to roll a trial back."""


def preview(
    wanted: Register, content: bytes, *, by: By, choices: Choices = AS_FOUND, lenient: bool = False
) -> RegisterPlan:
    """Return what the file would do; nothing is kept. It is done and taken back, so it is exact.

    Where rows of a register may be alike nothing of it has to be asked of the database, and nobody waits.
    lenient: a file without the headings is shown all the same, so that a person can choose them.
    """
    by.actor.require(Action.REGISTER)
    read, plan = (reader.read_as_chosen if lenient else reader.read_all), RegisterPlan()
    file = isolated.read(read, content, Columns.of(wanted.fields), False, choices)
    plan.nothing, plan.words = file.nothing, spelling.words_of(wanted.fields, file.lines, choices)
    file.lines = spelling.decided(wanted, file.lines, choices)
    if not wanted.unique:
        return _looked(wanted, file, by, plan)
    try:
        with transaction():
            agency.lock(by.actor.agency_id)
            _take(wanted, file, plan, by)
            db.session.flush()
            raise _Undone
    except _Undone:
        return plan


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
    if not wanted.unique and len(file.lines) > PORTION:
        return _kept_in_portions(wanted, content, file, by, source, keep_going=keep_going)
    with transaction():
        agency.lock(by.actor.agency_id)
        added = _take(wanted, file, plan, by)
        _check(plan, keep_going=keep_going)
        _settle(added, by)
        file_id = origin.begin(source, wanted.name, agency_id=by.actor.agency_id, now=by.now)
        _bring(wanted, file_id, added)
        _note(wanted, len(plan.rows), by, name, file_id)
        origin.end(file_id, now=by.now, **plan.counts)
    return plan


def _bring(wanted: Register, file_id: int, added: Sequence[tuple[Register, RegisterRow]]) -> None:
    """Keep which rows of the register a file brought; media that it named stay when it is undone."""
    origin.note_rows(file_id, wanted.name, [(row.id, 0, 0) for of, row in added if of is wanted])


def _check(plan: RegisterPlan, *, keep_going: bool) -> None:
    if plan.problems and not keep_going:
        first, count = plan.problems[0], len(plan.problems)
        raise InvalidDetailError(
            "%(where)s：%(message)s共%(count)s处有误，整个文件没有导入。",
            where=first.where,
            message=first.message,
            count=count,
        )


def _settle(added: Sequence[tuple[Register, RegisterRow]], by: By) -> None:
    """Write rows that were added, with their acts and duties."""
    db.session.flush()
    for of, row in added:
        registers.note(of, row, "imported", by)
    publication.add(row for _of, row in added if isinstance(row, Publication))


def _note(wanted: Register, rows: int, by: By, name: str, file_id: int | None) -> None:
    entry: dict[str, Any] = {
        "target": f"登记簿：{wanted.title}",
        "agency_id": by.actor.agency_id,
    }
    entry["import"] = file_id
    audit.note("imported", actor=by.actor.name, now=by.now, rows=rows, file=name[:100], **entry)


def _looked(wanted: Register, file: Reading, by: By, plan: RegisterPlan | None = None) -> RegisterPlan:
    """Return what a file would do to a register whose rows may be alike; waits for nobody."""
    plan = plan or RegisterPlan()
    with snapshot(), db.session.no_autoflush:
        _take(wanted, file, plan, by)
    return plan


def _read(wanted: Register, content: bytes, choices: Choices) -> Reading:
    """Read the file, while nobody waits for it."""
    file = isolated.read(reader.read_all, content, Columns.of(wanted.fields), False, choices)
    file.lines = spelling.decided(wanted, file.lines, choices)
    return file


def _take(
    wanted: Register, reading: Reading, plan: RegisterPlan, by: By
) -> list[tuple[Register, RegisterRow]]:
    """Add what is new in the caller's transaction; return the rows, which are not flushed."""
    plan.ignored, plan.sums, plan.sheets = reading.untaken, reading.sums, reading.sheets
    plan.problems, plan.warnings = list(reading.refusals), list(reading.warnings)
    plan.lines = list(reading.lines)
    faulty = {problem.place for problem in reading.refusals}
    lines = [line for line in reading.lines if line.place not in faulty]
    kept = _kept(wanted, by.actor.agency_id)
    media = registers.media_by_name(by.actor.agency_id)
    added: list[tuple[Register, RegisterRow]] = []
    seen: dict[tuple[Any, ...], int] = defaultdict(int)
    for item in _items(wanted, lines, plan):
        key = _key(wanted, item.values)
        place = seen[key]
        seen[key] += 1
        if place < len(kept[key]):
            _compare(wanted, item, kept[key][place], plan)
            continue
        as_read = _Item(item.line, dict(item.values))
        if rows := _add(wanted, item, plan, by, media):
            plan.taken.append(as_read)
            added += rows
    return added


def _kept(wanted: Register, agency_id: int) -> dict[tuple[Any, ...], list[Values]]:
    """Return the values of the rows that are there, by identity, the oldest first."""
    model = MODELS[wanted.name]
    rows_by_key: dict[tuple[Any, ...], list[Values]] = defaultdict(list)
    for row in db.session.scalars(kept_rows(model, agency_id).order_by(model.id)):
        values = registers.values_of(wanted, row)
        rows_by_key[_key(wanted, values)].append(values)
    return rows_by_key


def _key(wanted: Register, values: Values) -> tuple[Any, ...]:
    return tuple(values[name] for name in wanted.identity)


def _items(wanted: Register, lines: list[SheetRow], plan: RegisterPlan) -> Iterator[_Item]:
    """Yield the rows that can be read; of publications, one item for its lines on several media."""
    items: list[_Item] = []
    hosts: dict[tuple[Any, ...], list[_Item]] = defaultdict(list)
    blank = registers.blank(wanted)
    for line in lines:
        bad_unit = _other_unit(wanted, line)
        cells = {one.name: line.cells.get(one.name) for one in wanted.fields}
        told = wording.read(wanted.name, cells)
        plan.warnings += [line.problem(name, message) for name, message in told.items()]
        values, wrong = registers.parse(wanted, cells, blank)
        wrong |= bad_unit
        plan.problems += [line.problem(name, message) for name, message in wrong.items()]
        if wrong:
            continue
        alike = hosts[_alike(values)]
        host = next((item for item in alike if _takes(item, values)), None)
        if host is None:
            items.append(_Item(line, values))
            alike.append(items[-1])
        else:
            host.values["channels"] = [*host.values["channels"], *values["channels"]]
            plan.joins.add(line.place)
    yield from items


def _alike(values: Values) -> tuple[Any, ...]:
    """Return what the lines of one item on several media have in common: all but medium and link."""
    return tuple(value for name, value in values.items() if name not in ("channels", "link"))


def _takes(item: _Item, values: Values) -> bool:
    """Return whether the line is a further medium of the item."""
    there, more = set(item.values.get("channels") or ()), set(values.get("channels") or ())
    return bool(there and more) and not there & more


def _other_unit(wanted: Register, line: SheetRow) -> dict[str, str]:
    """Return the columns of money whose header says 元 where 万元 is counted."""
    return {
        one.name: Phrase("表头写明单位为元；本栏以万元为单位，请换算后导入。")
        for one in wanted.fields
        if one.kind == "wan" and "元" in line.columns.get(one.name, "").replace("万元", "")
    }


def _compare(wanted: Register, item: _Item, kept: Values, plan: RegisterPlan) -> None:
    """Count a row that is there already; say where it differs: it is changed on its page."""
    if domain_publication.is_marked(kept.get("note")) and not domain_publication.is_marked(
        item.values["note"]
    ):
        item.values["note"] = domain_publication.marked(item.values["note"])
    different = [one for one in wanted.fields if _differs(one.name, item.values, kept)]
    if not different:
        plan.known += 1
        return
    first = different[0]
    difference = Phrase(
        "已有的记录为“%(shown)s”，表中为“%(shown2)s”",
        shown=shown(first, kept[first.name]),
        shown2=shown(first, item.values[first.name]),
    )
    plan.problems.append(
        item.line.problem(
            first.name,
            Phrase(
                Phrase("%(difference)s；已登记的记录请在其页面上修改。"),
                difference=difference,
            ),
        )
    )


def _differs(name: str, values: Values, kept: Values) -> bool:
    if name == "channels":
        return set(values[name]) != set(kept[name])
    return bool(values[name] != kept[name])


def _add(
    wanted: Register, item: _Item, plan: RegisterPlan, by: By, media: registers.Media
) -> list[tuple[Register, RegisterRow]]:
    """Add a row, and the media that it names first; return what was added."""
    historic = wanted.name == "publications" and domain_publication.is_historic(item.values, by.today)
    if historic:
        item.values["note"] = domain_publication.marked(item.values["note"])
        message = Phrase(
            Phrase("以前年度已发布而没有审核记录：按%(historic)s登记，备注中注明。"),
            historic=domain_publication.HISTORIC,
        )
        plan.warnings.append(item.line.problem("published_on", message))
    raw = {one.name: cell(one, item.values[one.name]) for one in wanted.fields}
    names = [name for name in item.values.get("channels") or () if name not in media]
    made = {name: _new_medium(name, by) for name in names}
    try:
        row = registers.add(wanted, raw, by=by, media={**media, **made}, historic=historic)
    except registers.RowInvalidError as error:
        plan.problems += [item.line.problem(name, message) for name, message in error.fields.items()]
    except NotPermittedError:
        refusal = Phrase("表中有审核记录：须由审核人或负责人导入。")
        plan.problems.append(item.line.problem("reviewed_by", refusal))
    else:
        media.update(made)
        plan.media += names
        plan.rows.append(item.values)
        return [*((MEDIA, medium) for medium in made.values()), (wanted, row)]
    for medium in made.values():
        db.session.expunge(medium)
    return []


def _new_medium(name: str, by: By) -> Medium:
    """Make a medium that the office's list lacks; its kind is for a person to say."""
    medium = registers.add(MEDIA, {"name": name}, by=by, media={})
    assert isinstance(medium, Medium)  # noqa: S101
    return medium


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

    def portion(items: Sequence[_Item]) -> int:
        agency.lock(by.actor.agency_id)
        media = registers.media_by_name(by.actor.agency_id)
        added: list[tuple[Register, RegisterRow]] = []
        for item in items:
            added += _add(wanted, _Item(item.line, dict(item.values)), RegisterPlan(), by, media)
        _settle(added, by)
        fact = db.session.get_one(OfficeFact, REGISTER_IMPORTING)
        if (origin_id := _origin(fact)) is not None:
            _bring(wanted, origin_id, added)
        fact.value = {**fact.value, "rows": _rows(fact) + len(items)}
        return len(items)

    def end() -> int:
        fact = db.session.get_one(OfficeFact, REGISTER_IMPORTING)
        rows, origin_id, counts = _rows(fact), _origin(fact), fact.value.get("counts")
        portions.forget(REGISTER_IMPORTING)
        _note(wanted, rows, by, name, origin_id)
        if origin_id is not None and isinstance(counts, dict):
            origin.end(origin_id, now=by.now, **counts)
        return rows

    parts = (plan.taken[begin : begin + PORTION] for begin in range(0, len(plan.taken), PORTION))
    with portions.told(lambda: Phrase("已写入%(done)s行，", done=done)):
        for rows in portions.each(portion, parts):
            done += rows
        return portions.written(end)


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
        Phrase("已写完上次中断的导入（%(title)s，%(name)s）：%(rows)s行。"),
        title=wanted.title,
        name=waiting.name,
        rows=rows,
    )
