"""Check anybody's annual report in the exchange format (docs/exchange.md section 2)."""

import json

from tracker.domain import published_report
from tracker.domain.annual_report import Finding
from tracker.domain.errors import InvalidDetailError
from tracker.domain.report_identity import findings


def check_json(text: str) -> list[Finding]:
    """Return the broken identities of a report; raise InvalidDetailError where it is none."""
    try:
        report = json.loads(text)
    except json.JSONDecodeError as error:
        raise InvalidDetailError(f"不是有效的 JSON：第{error.lineno}行，{error.msg}") from error
    return findings(published_report.of_exchange(report))
