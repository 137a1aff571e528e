"""Undo what one recorded a moment ago: an entry that nobody relied upon yet (实务).

Every later correction is the head's. Whoever typed an entry may take it back within a minute, while nothing
stands on it; it stays in the ledger with the correction that takes it back.
"""

from datetime import timedelta

from tracker.domain.case.standing import MARKS

WINDOW = timedelta(minutes=1)
REASON = "一分钟内由办理人撤销"
HANDED = "交接（"  # begins the reason of a hand-over: a mail tells of many cases, and each is handed back
NEVER = frozenset({*MARKS, "receive", "correct"})  # a registration is voided by the head
