"""When an extension was approved, where no draft was signed here: a day that its reason says.

The entry names who approved (条例第33条第2款). No format of exchange has a place for the day, so that it is
written behind the reason, which travels with the case.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

ON = "approved_on"  # in a form; no entry has it
_NOTED = re.compile(r"（批准日：(\d{4}-\d{2}-\d{2})）")


def noted(details: Mapping[str, Any], on: date) -> dict[str, Any]:
    """Return the details of an extension with the day of its approval behind the reason."""
    reason = _NOTED.sub("", str(details.get("reason") or ""))
    return {**details, "reason": f"{reason}（批准日：{on}）"}


def day_of(details: Mapping[str, Any]) -> date | None:
    """Return the day of approval that the reason of an extension says; None where it says none."""
    noted_day = _NOTED.search(str(details.get("reason") or ""))
    try:
        return date.fromisoformat(noted_day[1]) if noted_day else None
    except ValueError:
        return None
