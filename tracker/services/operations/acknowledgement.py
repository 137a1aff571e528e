"""Findings that nothing mends, seen and explained by a person: the audit log keeps who, when and why.

A broken chain stays broken, and a copy is compared with it for as long as it is kept. Until somebody
has acknowledged such a finding every copy is doubtful; afterwards the office goes on, and the check
still shows it. Only that very finding is known: any other, a second change of the same row included,
is as loud as the first. Entries name findings by keyed digests: who has the database alone can write
none that counts.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from tracker.domain.errors import InvalidDetailError
from tracker.models import cipher
from tracker.models.base import db, transaction
from tracker.models.digest import keyed
from tracker.models.user import AuditEntry
from tracker.services.office import audit, office

ACT = "findings_acknowledged"
LONGEST = 100  # characters of the reason: what the audit log shows
MOST = 10_000  # findings of one entry


def known() -> frozenset[str]:
    """Return the marks of the findings that were acknowledged."""
    entries = db.session.scalars(select(AuditEntry.details).where(AuditEntry.act == ACT))
    return frozenset(str(mark) for details in entries for mark in details.get("findings", ()))


def mark(where: str, message: str) -> str:
    """Return what stands for a finding in the audit log."""
    key = cipher.manifest_key(office.settings().secret_key)
    return keyed(key, ["acknowledged", where, message]).hex()


def take(findings: Iterable[tuple[str, str]], reason: str, *, actor: str, now: datetime) -> int:
    """Acknowledge findings for a reason; return how many. Raises InvalidDetailError without a reason."""
    why = reason.strip()
    if not why or len(why) > LONGEST:
        raise InvalidDetailError(
            "请写明原因（%(longest)s字以内）：谁查明、是什么情况、依据在哪里。",
            longest=LONGEST,
        )
    marks = [mark(where, message) for where, message in findings]
    if len(marks) > MOST:
        raise InvalidDetailError(
            "发现%(count)s处，一次最多确认%(most)s处：这样的数据库应从备份恢复。",
            count=len(marks),
            most=MOST,
        )
    if marks:
        with transaction():
            audit.note(ACT, actor=actor, now=now, target=why, findings=marks)
    return len(marks)
