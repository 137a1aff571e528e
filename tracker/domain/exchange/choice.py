"""What a person chose where a spreadsheet can be read in several ways: sheets, headings, columns, words.

Plain data: it goes to the process that reads, and is kept as JSON for the next upload of the same file.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tracker.domain import reading
from tracker.domain.register.register import Field

OPEN = "open"  # the choice for a word of 答复类型 that means no answer yet
LONGEST_WORD = 100  # characters of a word in a cell that something is chosen for
MOST_WORDS = 300  # that are chosen for in one file


@dataclass(frozen=True, slots=True)
class SheetChoice:
    """What was chosen for one sheet.

    taken:   whether it is read; None where it is as found. row: of the headings, from 1; 0 as found.
    columns: the field of a column by its place, empty where none takes it: it is a note.
    """

    taken: bool | None = None
    row: int = 0
    columns: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Choices:
    """What was chosen for a file. words: by field, what a word means wherever it stands."""

    sheets: Mapping[str, SheetChoice] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def of(self, sheet: str) -> SheetChoice:
        """Return what was chosen for a sheet."""
        return self.sheets.get(sheet, SheetChoice())

    def __bool__(self) -> bool:
        return bool(self.sheets or self.words)


def word(cell: object) -> str:
    """Return the word of a cell as choices know it: without blanks."""
    return "".join(reading.text(cell).split())[:LONGEST_WORD]


def as_json(choices: Choices) -> dict[str, Any]:
    """Return choices as they are kept."""
    return {
        "sheets": {
            name: {"taken": one.taken, "row": one.row, "columns": {str(k): v for k, v in one.columns.items()}}
            for name, one in choices.sheets.items()
        },
        "words": {name: dict(told) for name, told in choices.words.items()},
    }


def of_json(kept: Mapping[str, Any]) -> Choices:
    """Return choices as ``as_json`` gave them."""
    sheets = {
        name: SheetChoice(one["taken"], one["row"], {int(k): v for k, v in one["columns"].items()})
        for name, one in kept.get("sheets", {}).items()
    }
    return Choices(sheets, kept.get("words", {}))


def reworded(
    cells: Mapping[str, object], choices: Choices, labels: Mapping[str, Mapping[str, str]]
) -> tuple[dict[str, object], dict[str, str]]:
    """Return the cells of a row with our words where a person chose what theirs mean, and what stood there.

    labels: by field, what we write for each of its choices.
    """
    cells_read, before = dict(cells), {}
    for name, told in choices.words.items():
        chosen = told.get(word(cells.get(name)))
        if chosen is not None and chosen in labels.get(name, {}):
            cells_read[name], before[name] = labels[name][chosen], reading.text(cells.get(name))
    return cells_read, before


def labels_of(fields: Sequence[Field]) -> dict[str, dict[str, str]]:
    """Return by field what each of its choices is called; of fields that are chosen among words alone."""
    return {one.name: dict(one.words) for one in fields if one.words}
