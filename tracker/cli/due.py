"""Count the due dates of a history file without storing a case (docs/exchange.md section 3)."""

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

import click

from tracker.cli.ending import REFUSED, say, show
from tracker.cli.frame import DAY, FILE, known_office, read_lines, tracker
from tracker.domain.calendar.calendar import WorkCalendar
from tracker.domain.case.rules import RulesOn
from tracker.domain.errors import DomainError
from tracker.services.exchange import exchange


@tracker.command()
@click.argument("file", type=FILE)
@click.option("--on", "on", type=DAY, required=True, help="以这一天为今天")
@click.option("--format", "form", type=click.Choice(["json"]), default="json")
def due(file: Path, on: Any, form: str) -> None:
    """计算期限而不保存；不需要办公室。"""
    del form
    with known_office() as (calendar, rules_on):
        good, bad = due_lines(read_lines(file), on.date(), calendar, rules_on)
    if bad:
        tell_bad(file, bad)
        sys.exit(REFUSED)
    for line in good:
        show(json.dumps(line, ensure_ascii=False))


def due_lines(
    lines: list[bytes], on: date, calendar: WorkCalendar, rules_on: RulesOn
) -> tuple[list[dict[str, Any]], list[exchange.BadLine]]:
    """Return the due line of each case, and the lines that cannot be read."""
    good, bad = [], []
    for case in exchange.read(lines):
        if isinstance(case, exchange.BadLine):
            bad.append(case)
            continue
        try:
            line = exchange.due_line(case, on, calendar, rules_on)
        except DomainError as error:
            bad.append(exchange.BadLine(case.line, str(error), case.text))
            continue
        if line is not None:
            good.append(line)
    return good, bad


def tell_bad(file: Path, bad: list[exchange.BadLine]) -> None:
    """Name each refused line with its number and reason."""
    for line in bad:
        say(f"{file.name} 第{line.line}行：{line.reason}")
