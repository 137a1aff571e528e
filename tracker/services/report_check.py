"""Check anybody's annual report in the exchange format (docs/exchange.md section 2)."""

import json
from typing import Any

from tracker.domain.annual_report import COLUMNS, ROWS, Cells, Finding, empty, identities
from tracker.domain.errors import InvalidDetailError


def check_json(text: str) -> list[Finding]:
    """Return the broken identities of a report; raise InvalidDetailError where it is none."""
    try:
        report = json.loads(text)
    except json.JSONDecodeError as error:
        raise InvalidDetailError(f"不是有效的 JSON：第{error.lineno}行，{error.msg}") from error
    if not isinstance(report, dict) or "year" not in report or "table3" not in report:
        raise InvalidDetailError("报告须有 year 和 table3 两项。")
    table, blanks = _cells(report["table3"])
    return blanks or identities(table)


def _cells(table3: Any) -> tuple[Cells, list[Finding]]:
    if not isinstance(table3, dict):
        raise InvalidDetailError("table3 应为一个对象。")
    table, findings = empty(), []
    for row in ROWS:
        given = table3.get(row)
        for column in COLUMNS:
            value = given.get(column) if isinstance(given, dict) else None
            if type(value) is int and value >= 0:
                table[row][column] = value
            else:
                words = f"应填写不小于0的整数，现为“{value}”。"
                findings.append(Finding("blank", f"{row} {column}", words))
    return table, findings
