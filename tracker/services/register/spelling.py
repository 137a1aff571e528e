"""The words of a file in columns in which a word means one of ours, and what a person chose for them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tracker.domain.errors import message_of
from tracker.domain.exchange import choice
from tracker.domain.exchange.choice import Choices
from tracker.domain.register.register import Field, Register, read
from tracker.reading.spreadsheet.account import SheetRow


def decided(wanted: Register, lines: Sequence[SheetRow], choices: Choices) -> list[SheetRow]:
    """Return the rows in our words where a person said what theirs mean."""
    if not choices.words:
        return list(lines)
    labels = choice.labels_of(wanted.fields)
    return [replace(line, cells=choice.reworded(line.cells, choices, labels)[0]) for line in lines]


def words_of(fields: Sequence[Field], lines: Sequence[SheetRow], choices: Choices) -> list[dict[str, Any]]:
    """Return each word with what it is read as, those without a meaning first."""
    told = []
    for one in fields:
        if not one.words:
            continue
        counts = Counter(filter(None, (choice.word(line.cells.get(one.name)) for line in lines)))
        chosen = choices.words.get(one.name, {})
        for word, count in counts.most_common(choice.MOST_WORDS):
            meaning, why = _understood(one, word)
            row = {"field": one.name, "label": one.label, "word": word, "count": count, "doubt": ""}
            told.append({**row, "meaning": meaning, "why": why, "chosen": chosen.get(word, "")})
    told.sort(key=lambda each: (bool(each["chosen"]), bool(each["meaning"])))
    return told[: choice.MOST_WORDS]


def _understood(one: Field, word: str) -> tuple[str, str]:
    """Return what a word means, or why it means nothing."""
    try:
        return str(read(one, word) or ""), ""
    except ValueError as error:
        return "", message_of(error)
