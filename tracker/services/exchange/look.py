"""What a person is shown of a file before anything is kept: sheets, columns, words as understood, and fates.

Plain data, sealed while the file waits. Names and what else is personal stand in it half hidden.
"""

from collections import Counter, defaultdict
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from tracker.domain import reading
from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.errors import message_of
from tracker.domain.exchange import choice, outcome_words, request_table
from tracker.domain.exchange.choice import Choices
from tracker.domain.exchange.request_column import LABELS
from tracker.domain.message import Phrase, changed, placed
from tracker.reading.spreadsheet.account import Account, Problem, SheetRow
from tracker.services.exchange.plan import Fate
from tracker.services.exchange.spreadsheet import DECIDED, Taken

HIDDEN = "＊"
PERSONAL = ("name", "id_number", "phone", "email", "address")
LONGEST_SUBJECT = 60
MOST_MESSAGES = 8  # of one row, and what is told of the whole file fifty times that


def told(taken: Taken, choices: Choices) -> dict[str, Any]:
    """Return what a page shows of a look at a register of requests."""
    by_row: dict[tuple[str, int], list[Problem]] = defaultdict(list)
    for problem in (*taken.problems, *taken.warnings):
        by_row[problem.sheet, problem.row].append(problem)
    rows = [_row(line, taken, by_row.pop(line.place, [])) for line in taken.lines]
    rest = [problem for problems in by_row.values() for problem in problems]
    return {
        "sheets": [sheet.shown() for sheet in taken.sheets],
        "words": _words(taken, choices),
        "rows": rows,
        "counts": Counter(row[2] for row in rows),
        "told": [placed(one.where, one.message) for one in rest[: 50 * MOST_MESSAGES]],
        "nothing": taken.nothing,
    }


@dataclass(frozen=True, slots=True)
class LookOfRows:
    """A look at rows that are no requests.

    new: places of the rows that would be added. columns: the fields of number, person, day and content that
    are shown, empty where the book has none. personal: the fields that are half hidden wherever they stand.
    """

    lines: Sequence[SheetRow]
    new: Container[tuple[str, int]]
    problems: Sequence[Problem]
    warnings: Sequence[Problem]
    columns: tuple[str, str, str, str]
    personal: Sequence[str]

    def as_look(self, sheets: Sequence[Account], spellings: list[dict[str, Any]]) -> dict[str, Any]:
        """Return what a page shows of them."""
        by_row: dict[tuple[str, int], list[Problem]] = defaultdict(list)
        for problem in (*self.problems, *self.warnings):
            by_row[problem.sheet, problem.row].append(problem)
        refused = {problem.place for problem in self.problems}
        rows = []
        for line in self.lines:
            place = line.place
            problems = by_row.pop(place, [])
            fate = Fate.NEW if place in self.new else Fate.UNCHANGED
            fate = Fate.DOUBTFUL if fate is Fate.NEW and problems else fate
            rows.append(self._row(line, Fate.REFUSED if place in refused else fate, problems))
        rest = [problem for problems in by_row.values() for problem in problems]
        return {
            "sheets": [sheet.shown() for sheet in sheets],
            "words": spellings,
            "rows": rows,
            "counts": Counter(row[2] for row in rows),
            "told": [placed(one.where, one.message) for one in rest[: 50 * MOST_MESSAGES]],
        }

    def _row(self, line: SheetRow, fate: Fate, problems: Sequence[Problem]) -> list[Any]:
        number, who, day, about = (reading.text(line.cells.get(name)) for name in self.columns)
        messages = [
            Phrase("“%(column)s”列：%(message)s", column=one.column, message=one.message)
            if one.column
            else one.message
            for one in problems
        ]
        without = partial(self._without, line.cells)
        shown = [changed(message, without) for message in messages[:MOST_MESSAGES]]
        about = self._without(line.cells, about)[:LONGEST_SUBJECT]
        return [line.sheet, line.row, fate, number[:40], hidden(who), day[:20], about, shown]

    def _without(self, cells: Mapping[str, object], text: str) -> str:
        for name in self.personal:
            value = reading.text(cells.get(name))
            if len(value) > 1:
                text = text.replace(value, hidden(value))
        return text


def _row(line: SheetRow, taken: Taken, problems: Sequence[Problem]) -> list[Any]:
    cells = line.cells
    name = reading.text(cells.get("name"))
    messages = [
        Phrase("“%(column)s”列：%(message)s", column=one.column, message=one.message)
        if one.column
        else one.message
        for one in problems
    ]
    return [
        line.sheet,
        line.row,
        taken.fates[line.sheet, line.row],
        reading.text(cells.get("number"))[:40],
        hidden(name) if _is_a_person(cells) else name[:40],
        reading.text(cells.get("received_on"))[:20],
        _without(cells, reading.text(cells.get("subject")))[:LONGEST_SUBJECT],
        [changed(message, partial(_without, cells)) for message in messages[:MOST_MESSAGES]],
    ]


def hidden(text: str) -> str:
    """Return a name with all but its first character hidden."""
    return text[:1] + HIDDEN * min(len(text) - 1, 10) if text else ""


def _is_a_person(cells: Mapping[str, object]) -> bool:
    """Return whether the applicant is a natural person, or may be one."""
    try:
        return request_table.meaning("kind", cells.get("kind")) in ("", ApplicantKind.NATURAL_PERSON)
    except ValueError:
        return True


def _without(cells: Mapping[str, object], text: str) -> str:
    """Return a message without what is personal in the cells of its row."""
    for name in PERSONAL:
        value = reading.text(cells.get(name))
        if len(value) > 1 and value in text and (name != "name" or _is_a_person(cells)):
            text = text.replace(value, hidden(value))
    return text


def _words(taken: Taken, choices: Choices) -> list[dict[str, Any]]:
    """Return the words of the columns in which a word means one of ours, those without a meaning first."""
    spellings = []
    for name, counts in taken.spelt.items():
        chosen = choices.words.get(name, {})
        for word, count in counts.most_common(choice.MOST_WORDS):
            meaning, why, doubt = understood(name, word)
            one = {"field": name, "label": LABELS[name], "word": word, "count": count, "meaning": meaning}
            spellings.append({**one, "why": why, "doubt": doubt, "chosen": chosen.get(word, "")})
    order: dict[Any, int] = {name: place for place, name in enumerate(DECIDED)}
    spellings.sort(
        key=lambda one: (bool(one["chosen"]), bool(one["meaning"]), not one["doubt"], order[one["field"]])
    )
    return spellings[: choice.MOST_WORDS]


def understood(name: str, word: str) -> tuple[str, str, str]:
    """Return what a word means, why it has no meaning, and what is in doubt about it; empty where none."""
    try:
        if name == "answer":
            ending = outcome_words.ending(word)
            return (ending.code if ending else choice.OPEN), "", ""
        meaning = request_table.meaning(name, word)
    except ValueError as error:
        return "", message_of(error), ""
    doubts = request_table.doubtful({name: word}) if name == "kind" else {}
    if name == "channel" and request_table.is_letter(word):
        doubts = {name: Phrase("没有写明是否签收：按需签收的邮寄登记（条例第31条第（二）项）。")}
    return meaning, "", doubts.get(name, "")
