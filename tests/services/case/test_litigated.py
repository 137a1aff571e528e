"""Histories as a litigator would try them; what is told of each was counted by hand from the law.

Each line of ``tests/data/litigated.jsonl`` holds a history, the day that stands for today, and what must be
told: state, due day, overdue, next action and its day; or, where the line is to be refused, words of the refusal.
The days of years whose notice is out were read off calendars of 工作日, not off this program.
"""

import json
from datetime import date
from pathlib import Path

import pytest

from tests.rules import always
from tracker.domain.calendar.calendar import shipped
from tracker.domain.errors import DomainError
from tracker.services.exchange import exchange

FILE = Path(__file__).parents[2] / "data" / "litigated.jsonl"
ROWS = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
KEYS = ("state", "due_on", "overdue", "next_action", "next_action_on")


def read(row):
    kept = {"subject": row["says"], **{key: row[key] for key in ("number", "channel", "events")}}
    head = [json.dumps({"format": f"tracker-history{row['version']}"})] if "version" in row else []
    line = {"applicant": {"kind": "natural_person", "name": "甲"}, **kept}
    (found,) = exchange.read([*head, json.dumps(line)])
    return found


def told(row):
    found = read(row)
    if isinstance(found, exchange.BadLine):
        return found.reason
    try:
        return exchange.due_line(found, date.fromisoformat(row["on"]), shipped(), always())
    except DomainError as error:
        return str(error)


@pytest.mark.parametrize(
    "row", [row for row in ROWS if isinstance(row["told"], list)], ids=lambda row: row["number"]
)
def test_what_is_told_of_a_history_is_what_the_law_says_of_it(row):
    line = told(row)

    assert [line[key] for key in KEYS] == row["told"], (row["says"], row["law"])
    assert line["provisional"] == row["provisional"], row["says"]


@pytest.mark.parametrize(
    "row", [row for row in ROWS if isinstance(row["told"], str)], ids=lambda row: row["number"]
)
def test_a_history_that_cannot_be_is_refused_in_words_that_name_what_is_wrong(row):
    assert row["told"] in told(row), row["says"]
