"""Doubts about a spreadsheet of requests: told with their place, kept as the spreadsheet says."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from tracker.domain import reading
from tracker.domain.case import channel
from tracker.domain.case.applicant import ApplicantKind, is_of_several
from tracker.domain.case.channel import Channel
from tracker.domain.case.clock import Due
from tracker.domain.case.event import Entry
from tracker.domain.errors import DomainError
from tracker.domain.exchange import request_remark, request_table
from tracker.domain.exchange.request_column import DAYS, LABELS
from tracker.domain.exchange.request_row import RowHistory, RowUnclearError
from tracker.domain.folding import fold
from tracker.domain.law import law
from tracker.domain.message import Phrase
from tracker.reading.spreadsheet.account import Problem, SheetRow
from tracker.services.case import ledger
from tracker.services.exchange import exchange
from tracker.services.office import office

CLOSING = ("answer", "withdraw")
SIGNS = re.compile(r"[^\w-]+")  # punctuation: 合同。 and 合同 are one subject
SEVERAL_NUMBERS = re.compile(r"\S[\n、，；;]\s*\S")


@dataclass(slots=True)
class Row:
    """A row that was read: where it stands, what its cells say, the history that they tell."""

    line: SheetRow
    values: dict[str, Any]
    told: RowHistory


def entries_of(told: RowHistory) -> list[Entry]:
    """Return the entries of the history that a row tells; none where they are not lawful."""
    read_line = next(exchange.read([json.dumps(told.history, ensure_ascii=False)]), None)
    return read_line.entries if isinstance(read_line, exchange.ReadCase) else []


def _due(entries: list[Entry]) -> Due | None:
    try:
        return ledger.standing(entries).due() if entries else None
    except DomainError:
        return None


def days_until(told: RowHistory, until: date) -> int:
    """Return the working days by which the term is lengthened so that it ends on the day.

    told: the history of the row without its extension. Raises RowUnclearError where no extension of the
    law gives the day (第33条第2款).
    """
    events = [event for event in told.history["events"] if event["step"] not in CLOSING]
    entries = entries_of(replace(told, history={**told.history, "events": events}))
    due = _due(entries)
    if due is None:
        raise RowUnclearError({"extended_until": "不能由延期后的期限算出延期的工作日数，请填写延期天数。"})
    if until <= due.on:
        message = Phrase(
            "延期后的期限%(until)s不晚于未延期的期限%(on)s，请核对。",
            until=until,
            on=due.on,
        )
        raise RowUnclearError({"extended_until": message})
    days = office.calendar().count(due.on, until)
    most = law.on(entries[0].on).extension
    if not 0 < days <= most.days:
        message = Phrase(
            "由%(on)s延到%(until)s是%(days)s个工作日，超过%(days2)s个（%(law)s），请核对。",
            on=due.on,
            until=until,
            days=days,
            days2=most.days,
            law=most.law,
        )
        raise RowUnclearError({"extended_until": message})
    return days


def of_row(row: Row) -> Iterator[Problem]:
    """Yield what of one row a person should look at."""
    told = request_table.doubts(row.values) | request_table.doubtful(row.line.cells)
    for name, message in told.items():
        yield row.line.problem(name, message)
    for name in ("name", "subject"):
        if name in row.line.columns and not row.values[name]:
            label = LABELS[name]
            yield row.line.problem(
                name,
                Phrase(
                    "%(label)s空白：已照此登记；与上一行相同的请补填。",
                    label=label,
                ),
            )
    yield from _turned(row)
    yield from _marked(row)
    yield from _several(row)
    yield from _receipt(row)
    yield from _signed_late(row)
    yield from _contradicted(row)
    yield from _until(row)
    yield from _year(row)
    for heading, note, message in request_remark.pointed_out(row.line.notes):
        yield Problem(row.line.sheet, row.line.row, heading, message, note[:100])


def _turned(row: Row) -> Iterator[Problem]:
    """Point out words that a spreadsheet made something else of: 2025-1 a day, 2025.10 the number 2025.1."""
    for name in ("number", "name", "subject"):
        cell = row.line.cells.get(name)
        kind = _made(cell)
        whole = isinstance(cell, int | float) and float(cell).is_integer()
        if not kind or (name == "number" and kind == NUMBER and whole):
            continue
        label = LABELS[name]
        message = Phrase(
            "%(label)s单元格是%(kind)s，不是文字：可能是软件改的；照“%(shown)s”登记，请核对。",
            label=label,
            kind=kind,
            shown=row.line.shown(name),
        )
        yield row.line.problem(name, message)
    number = row.values["number"] or ""
    if SEVERAL_NUMBERS.search(number):
        yield row.line.problem(
            "number",
            Phrase(
                "“%(number)s”像是几个编号：照抄为一个，请核对。",
                number=number,
            ),
        )


def _marked(row: Row) -> Iterator[Problem]:
    """Point out words that tell of an act beside a number, a name or a subject: kept as they stand."""
    is_natural = row.values["kind"] == ApplicantKind.NATURAL_PERSON
    for name, act in request_remark.marks(row.values, is_natural=is_natural):
        label = LABELS[name]
        yield row.line.problem(
            name,
            Phrase(
                "写有“%(act)s”：照抄为%(label)s，没有据此登记任何事项，请核对是否需要补填。",
                act=act,
                label=label,
            ),
        )


def of_sheets(lines: Iterable[SheetRow]) -> Iterator[Problem]:
    """Yield the sheets without a known applicant or subject that have columns left over."""
    heads: dict[str, tuple[SheetRow, dict[str, None]]] = {}
    for line in lines:
        heads.setdefault(line.sheet, (line, {}))[1].update(dict.fromkeys(line.notes))
    for sheet, (line, left) in heads.items():
        for name in ("name", "subject"):
            if name in line.columns or not left:
                continue
            label, named = LABELS[name], "”“".join(list(left)[:8])
            message = Phrase(
                "没有认出%(label)s一列；“%(named)s”只作备注保留。其中有%(label)s的，请把表"
                "头改为“%(label)s”再导入。",
                label=label,
                named=named,
            )
            yield Problem(sheet, 0, label, message)


NUMBER = "数字"


def _made(cell: object) -> str:
    """Return what a spreadsheet made of a text; empty where it is one, or there is none."""
    if cell is None or isinstance(cell, str):
        return ""
    if isinstance(cell, date):
        return "日期"
    return "是非值" if isinstance(cell, bool) else NUMBER


def _several(row: Row) -> Iterator[Problem]:
    """Point out a name that looks as if it named several people: kept as it stands, as one applicant."""
    name = row.values["name"]
    if name and is_of_several(name, row.values["kind"]):
        message = Phrase(
            "“%(name)s”像是几个人共同申请：按一件登记，姓名照抄为第一申请人，类型照台账计一"
            "列（实务）；请在案件页“更正申请人”中逐人分开填写。",
            name=name,
        )
        yield row.line.problem("name", message)


def _receipt(row: Row) -> Iterator[Problem]:
    """Hold the day of receipt against the one that the rule of its channel gives (第31条)."""
    values = row.values
    rule = channel.RULES[Channel(values["channel"])]
    stated, day = values["received_on"], values[rule.needs]
    if day is None or day == stated:
        return
    date_label = channel.DATE_WORDS[rule.needs]
    message = Phrase(
        "收到日期%(stated)s（%(due_words)s）与%(date_label)s%(day)s（%(due_words2)s）不一致"
        "：%(label)s%(words)s（%(law)s）；按台账的收到日期登记，请核对。",
        stated=stated,
        due_words=_due_words(row, stated),
        date_label=date_label,
        day=day,
        due_words2=_due_words(row, day),
        label=rule.label,
        words=rule.words,
        law=rule.law,
    )
    yield row.line.problem("received_on", message)


def _signed_late(row: Row) -> Iterator[Problem]:
    """Point out an arrival or signature after the receipt: it may be the applicant's, of the answer."""
    values = row.values
    needed = channel.RULES[Channel(values["channel"])].needs  # held against the receipt already
    for name in channel.DATE_WORDS:
        day = values.get(name)
        if name != needed and day is not None and day > values["received_on"]:
            label = LABELS[name]
            message = Phrase(
                "%(label)s%(day)s晚于收到日期%(received_on)s：可能是申请人签收答复的日期，请核对。",
                label=label,
                day=day,
                received_on=values["received_on"],
            )
            yield row.line.problem(name, message)


def _contradicted(row: Row) -> Iterator[Problem]:
    """Point out a column of yes and no that says otherwise than the answer of its row."""
    events = row.told.history["events"]
    is_open = not any(event["step"] in CLOSING for event in events)
    outcome = next((event["outcome"] for event in events if event["step"] == "answer"), "")
    for heading, note in row.line.notes.items():
        told = ""
        if is_open and request_remark.says_answered(heading, note):
            told = "没有答复日期，按未答复登记"
        elif outcome in DISCLOSED and request_remark.says_withheld(heading, note):
            told = "答复类型是公开，按答复类型登记"
        if told:
            message = Phrase(
                "“%(heading)s”写“%(note)s”，而%(told)s：请核对。",
                heading=heading,
                note=note,
                told=told,
            )
            yield Problem(row.line.sheet, row.line.row, heading, message, note[:100])


DISCLOSED = ("disclosed", "partially_disclosed")


def _due_words(row: Row, received_on: date) -> str:
    entries = entries_of(row.told)
    moved = [Entry(e.step, received_on, e.details, e.seq) if e.step == "receive" else e for e in entries]
    due = _due(moved if received_on <= min((e.on for e in entries[1:]), default=received_on) else moved[:1])
    return Phrase("答复期限%(on)s", on=due.on) if due else "答复期限算不出"


def _until(row: Row) -> Iterator[Problem]:
    """Hold the day to which the term was lengthened against the days, where the register has both."""
    until, days = row.values["extended_until"], row.values["extension"]
    if not (until and days) or row.values.get("extension_read"):
        return
    events = [event for event in row.told.history["events"] if event["step"] not in CLOSING]
    due = _due(entries_of(replace(row.told, history={**row.told.history, "events": events})))
    if due and due.on != until:
        message = Phrase(
            "延期%(days)s个工作日后的期限是%(on)s，台账写的是%(until)s：按天数登记，请核对。",
            days=days,
            on=due.on,
            until=until,
        )
        yield row.line.problem("extended_until", message)


def _year(row: Row) -> Iterator[Problem]:
    """Hold the days of a row against the year that its sheet's name says."""
    year = request_remark.year_of_sheet(row.line.sheet)
    if year is None:
        return
    received, answered = row.values["received_on"], row.values["answered_on"] or row.values["served_on"]
    if received.year != year:
        message = Phrase(
            "收到日期%(received)s不在工作表名所说的%(year)s年：可能是上年结转，也可能是年份"
            "写错；按%(year2)s年登记，请核对。",
            received=received,
            year=year,
            year2=received.year,
        )
        yield row.line.problem("received_on", message)
    if answered and answered.year not in (year, year + 1):
        name = "answered_on" if row.values["answered_on"] else "served_on"
        message = Phrase(
            "日期%(answered)s不在工作表名所说的%(year)s年，也不在次年：年份可能写错，请核对。",
            answered=answered,
            year=year,
        )
        yield row.line.problem(name, message)


# -- one request on two sheets ------------------------------------------------------------------------


def joined(rows: Iterable[Row], warnings: list[Problem], refusals: list[Problem]) -> list[Row]:
    """Return the rows with one request that stands on several sheets once: same person, day and subject.

    The earlier is the beginning of the later (结转下年度): the later is kept, under the earlier's number.
    """
    kept: list[Row | None] = []
    places: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for row in rows:
        key = _request(row)
        earlier = next((at for at in places[key] if _is_same(kept[at], row)), None) if key else None
        if earlier is None:
            warnings += _told_apart([kept[at] for at in places[key]], row) if key else ()
            places[key].append(len(kept))
            kept.append(row)
            continue
        before = kept[earlier]
        assert before is not None  # noqa: S101  (only rows are placed)
        _join(before, row, warnings, refusals)
        kept[earlier] = None
        places[key].remove(earlier)
        places[key].append(len(kept))
        kept.append(row)
    return [row for row in kept if row is not None]


def _request(row: Row) -> tuple[str, ...]:
    who = row.values["id_number"] or row.values["name"]
    if not who or not row.values["subject"]:
        return ()
    parts = (who, row.values["kind"], row.values["received_on"].isoformat(), row.values["subject"])
    return tuple(SIGNS.sub("", fold(part)) or part for part in parts)


def _told_apart(before: Sequence[Row | None], row: Row) -> Iterator[Problem]:
    """Point out a row without a number that another of its sheet cannot be told from but by what was done.

    It may be a request of its own, or a second row of the same, as where the cells of one are merged.
    """
    for other in before:
        if other is None or other.line.sheet != row.line.sheet or row.told.history["number"]:
            continue
        if other.told.history["events"] != row.told.history["events"]:
            message = Phrase(
                "与第%(row)s行的申请人、收到日期、申请内容相同，都没有编号，而办理情况不同"
                "：按两件登记；是同一件的请合成一行。",
                row=other.line.row,
            )
            yield row.line.problem("name", message)
            return


def _is_same(before: Row | None, row: Row) -> bool:
    """Return whether a row of another sheet goes on with the request of the earlier one."""
    if before is None or before.line.sheet == row.line.sheet:
        return False
    first, second = before.told.history, row.told.history
    numbers = {number for number in (first["number"], second["number"]) if number}
    if numbers and first == second:
        return False  # the import knows a line that it has already
    is_open = first["events"][-1]["step"] not in CLOSING
    return is_open or len(numbers) < len((first, second))


def _join(before: Row, row: Row, warnings: list[Problem], refusals: list[Problem]) -> None:
    first, second = before.told.history, row.told.history
    where = Phrase("工作表“%(sheet)s”第%(row)s行", sheet=before.line.sheet, row=before.line.row)
    if second["events"][: len(first["events"])] != first["events"]:
        message = Phrase(
            "与%(where)s的申请人、收到日期、申请内容相同，而办理情况不同：是同一件请统一，"
            "不是同一件请写明编号。",
            where=where,
        )
        refusals.append(row.line.problem("name", message))
        return
    numbers = [number for number in (first["number"], second["number"]) if number]
    told = (
        Phrase("，编号%(value)s与%(value2)s按前者登记", value=numbers[0], value2=numbers[1])
        if len(set(numbers)) > 1
        else ""
    )
    message = Phrase(
        "与%(where)s的申请人、收到日期、申请内容相同：按上年结转的同一件登记一次%(told)s，请核对。",
        where=where,
        told=told,
    )
    warnings.append(row.line.problem("name", message))
    if numbers:
        row.told = replace(row.told, history={**second, "number": numbers[0]})
    if before.line.notes:
        row.line = replace(row.line, notes={**before.line.notes, **row.line.notes})


def too_early(values: dict[str, Any], line: SheetRow, first_year: int) -> dict[str, str]:
    """Return the days of a row that lie before the years that the law and the calendars know."""
    return {
        name: Phrase(
            "“%(text)s”读作%(day)s，早于《条例》施行的2008年，请核对。",
            text=reading.text(line.cells.get(name)),
            day=day,
        )
        for name in DAYS
        if (day := values.get(name)) is not None and day.year < first_year
    }
