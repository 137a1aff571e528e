"""Read a form in which a person chooses how a spreadsheet is read: sheets, headings, columns, words."""

from collections.abc import Mapping, Sequence
from typing import Any

from tracker.domain.errors import InvalidDetailError
from tracker.domain.exchange.choice import Choices, SheetChoice
from tracker.web.page.form import Form

LAST_HEAD = 30  # the row in which headings begin at the latest
TAKEN = {"yes": True, "no": False}


def chosen(
    form: Form,
    sheets: Sequence[Mapping[str, Any]],
    spellings: Sequence[Mapping[str, Any]],
    before: Choices,
    decided: Mapping[str, Mapping[str, str]],
    labels: Mapping[str, str],
) -> Choices:
    """Return what the form says, where it differs from what was understood or chosen before.

    sheets, spellings: as the page showed them. decided: by field, what a word may mean. labels: of fields.
    """
    named = {
        sheet["name"]: one
        for place, sheet in enumerate(sheets)
        if (one := _of_sheet(form, place, sheet, before.of(sheet["name"]), labels)) != SheetChoice()
    }
    meant: dict[str, dict[str, str]] = {}
    for place, word in enumerate(spellings):
        code = form.value(f"word-{place}")
        if code in decided[word["field"]]:
            meant.setdefault(word["field"], {})[word["word"]] = code
    return Choices(named, meant)


def _of_sheet(
    form: Form, place: int, sheet: Mapping[str, Any], before: SheetChoice, labels: Mapping[str, str]
) -> SheetChoice:
    taken = TAKEN.get(form.value(f"taken-{place}"))
    row = _head_row(form.value(f"row-{place}").strip(), sheet["head"], before)
    if row != before.row:
        return SheetChoice(taken, row)  # other headings: what was chosen for their columns means nothing
    columns = dict(before.columns)
    for at, _heading, field in sheet["columns"]:
        name = form.values.get(f"column-{place}-{at}", field)
        if name != field and (name in labels or not name):
            columns[at] = name
    return SheetChoice(taken, row, columns)


def _head_row(typed: str, understood: int, before: SheetChoice) -> int:
    if not typed:
        return 0
    if not (typed.isascii() and typed.isdigit() and 1 <= int(typed[:4]) <= LAST_HEAD):
        raise InvalidDetailError("表头所在行应为1至%(last)s的整数。", last=LAST_HEAD)
    row = int(typed)
    return before.row if row == understood else row
