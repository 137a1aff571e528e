"""What a file does to a register: which rows are new, known already, joined into one item, or wrong.

Nothing is written: the rows that are there are read once, and what a new one must not contradict is asked of
them in memory, so that twenty thousand rows are looked at while others work.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tracker.domain.errors import NotPermittedError
from tracker.domain.message import Phrase
from tracker.domain.register import publication as domain_publication
from tracker.domain.register import wording
from tracker.domain.register.known import KnownRows
from tracker.domain.register.publication import MEDIA
from tracker.domain.register.register import Register, shown
from tracker.models.reads.register import values_of_rows
from tracker.reading.spreadsheet.account import Account, Problem, Reading, SameRows, SheetRow
from tracker.services.register import register as registers
from tracker.services.register.register import By, RowInvalidError, Values


@dataclass(slots=True)
class RegisterPlan:
    """What a file does: rows that are new, known already, joined into one item, and what is wrong.

    sheets: what became of each sheet. warnings: what a person should look at. words: of the columns in which
    a word means one of ours. nothing: why no sheet could be read. lines: every row. joins: where one stands
    that is a further medium of an item.
    """

    known: int = 0
    sums: int = 0
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    sheets: list[Account] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    media: list[str] = field(default_factory=list)
    words: list[dict[str, Any]] = field(default_factory=list)
    nothing: str = ""
    taken: list["PlannedRow"] = field(default_factory=list, repr=False)
    lines: list[SheetRow] = field(default_factory=list, repr=False)
    joins: set[tuple[str, int]] = field(default_factory=set, repr=False)

    @property
    def rows(self) -> list[Values]:
        return [item.values for item in self.taken]

    @property
    def joined(self) -> int:
        return len(self.joins)

    @property
    def counts(self) -> dict[str, int]:
        places = {problem.place for problem in self.problems}
        return {"added": len(self.taken), "unchanged": self.known, "refused": len(places)}


@dataclass(slots=True)
class PlannedRow:
    """A row that would be added, with its values."""

    line: SheetRow
    values: Values


def take(wanted: Register, file: Reading, plan: RegisterPlan, by: By) -> None:
    """Say on the plan what becomes of each row of the file."""
    plan.ignored, plan.sums, plan.sheets = file.untaken, file.sums, file.sheets
    plan.problems, plan.warnings = list(file.refusals), list(file.warnings)
    plan.lines = list(file.lines)
    faulty = {problem.place for problem in file.refusals}
    lines = [line for line in file.lines if line.place not in faulty]
    there = _There.of(wanted, by)
    seen: dict[tuple[Any, ...], int] = defaultdict(int)
    twice = SameRows()
    for item in _items(wanted, lines, plan):
        key = _key(wanted, item.values)
        place = seen[key]
        seen[key] += 1
        if place < len(there.rows[key]):
            _compare(wanted, item, there.rows[key][place], plan)
        elif problems := there.against(item, plan):
            plan.problems += [item.line.problem(name, message) for name, message in problems.items()]
        else:
            there.known.add(item.values)
            plan.taken.append(item)
            plan.warnings += twice.doubts(item.line, item.values, wanted.called)


@dataclass(slots=True)
class _There:
    """What is there beside a file: the rows of its register, by identity, and the office's media."""

    wanted: Register
    by: By
    rows: dict[tuple[Any, ...], list[Values]]
    known: KnownRows
    media: set[str]

    @classmethod
    def of(cls, wanted: Register, by: By) -> "_There":
        rows: dict[tuple[Any, ...], list[Values]] = defaultdict(list)
        known = KnownRows(wanted)
        for values in values_of_rows(wanted, by.actor.agency_id):
            rows[_key(wanted, values)].append(values)
            known.add(values)
        return cls(wanted, by, rows, known, set(registers.media_by_name(by.actor.agency_id)))

    def against(self, item: PlannedRow, plan: RegisterPlan) -> dict[str, str]:
        """Return why a row cannot be added, by field; empty where it can, and its new media are known."""
        wrong: dict[str, str] = {}
        values = item.values
        historic = self.wanted.name == "publications" and domain_publication.is_historic(
            values, self.by.today
        )
        if historic:
            self._mark(item, plan)
            _, wrong = registers.parse(self.wanted, {"note": values["note"]}, values)
        new = [name for name in values.get("channels") or () if name not in self.media]
        if unfit := self._unfit_media(new):
            return unfit
        media = {*self.media, *new}
        try:
            registers.allowed(self.wanted, values, self.by.actor)
            told: dict[str, Any] = {"historic": historic, "beside": self.known}
            registers.check(self.wanted, values, wrong, self.by, None, media, **told)
        except RowInvalidError as error:
            return error.fields
        except NotPermittedError:
            return {"reviewed_by": Phrase("表中有审核记录：须由审核人或负责人导入。")}
        self.media |= media
        plan.media += new
        return {}

    def _mark(self, item: PlannedRow, plan: RegisterPlan) -> None:
        """Say of an item of an earlier year that it comes without a record of its review."""
        item.values["note"] = domain_publication.marked(item.values["note"])
        message = Phrase(
            "以前年度已发布而没有审核记录：按%(historic)s登记，备注中注明。",
            historic=domain_publication.HISTORIC,
        )
        plan.warnings.append(item.line.problem("published_on", message))

    def _unfit_media(self, names: list[str]) -> dict[str, str]:
        """Return why media that the office's list lacks cannot be made."""
        for name in names:
            values, wrong = registers.parse(MEDIA, {"name": name}, registers.blank(MEDIA))
            try:
                registers.check(MEDIA, values, wrong, self.by, None, (), beside=KnownRows(MEDIA))
            except RowInvalidError as error:
                return {"channels": next(iter(error.fields.values()))}
        return {}


def _key(wanted: Register, values: Values) -> tuple[Any, ...]:
    return tuple(values[name] for name in wanted.identity)


def _items(wanted: Register, lines: list[SheetRow], plan: RegisterPlan) -> Iterator[PlannedRow]:
    """Yield the rows that can be read; of publications, one item for its lines on several media."""
    items: list[PlannedRow] = []
    hosts: dict[tuple[Any, ...], list[PlannedRow]] = defaultdict(list)
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
            items.append(PlannedRow(line, values))
            alike.append(items[-1])
        else:
            host.values["channels"] = [*host.values["channels"], *values["channels"]]
            plan.joins.add(line.place)
    yield from items


def _alike(values: Values) -> tuple[Any, ...]:
    """Return what the lines of one item on several media have in common: all but medium and link."""
    return tuple(value for name, value in values.items() if name not in ("channels", "link"))


def _takes(item: PlannedRow, values: Values) -> bool:
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


def _compare(wanted: Register, item: PlannedRow, kept: Values, plan: RegisterPlan) -> None:
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
                "%(difference)s；已登记的记录请在其页面上修改。",
                difference=difference,
            ),
        )
    )


def _differs(name: str, values: Values, kept: Values) -> bool:
    if name == "channels":
        return set(values[name]) != set(kept[name])
    return bool(values[name] != kept[name])
