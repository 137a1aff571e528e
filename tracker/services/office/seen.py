"""What a person saw of a page, as a mark that its form carries: an act is done on that, or not at all."""

import hashlib
import json
from typing import Any

from sqlalchemy.orm.exc import StaleDataError


def mark(shown: Any) -> str:
    """Return the mark of what a page shows: another one where any of it is another."""
    text = json.dumps(shown, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def check(seen: str | None, shown: Any) -> None:
    """Raise StaleDataError (409) where what is shown now is not what was seen; None: nobody looked at it."""
    if seen is not None and seen != mark(shown):
        raise StaleDataError("Somebody else changed what the page showed.")
