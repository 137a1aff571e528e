"""Check anybody's annual reports: read the files, find what contradicts itself. Nothing is kept."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tracker.domain.annual_report import Finding
from tracker.domain.errors import UnreadableFileError
from tracker.domain.report_identity import findings
from tracker.models.base import transaction
from tracker.reading import isolated
from tracker.reporting import reader
from tracker.reporting.reader_report import Read
from tracker.services import audit
from tracker.services.actor import Actor


@dataclass(frozen=True, slots=True)
class Checked:
    """One file: what was read of it and what was found, or why it was refused."""

    name: str
    read: Read | None = None
    refusal: str = ""
    findings: list[Finding] = field(default_factory=list)


def check(files: Iterable[tuple[str, bytes]]) -> list[Checked]:
    """Return what is found in each file, each also held against the same agency's year before."""
    checked = [_read(name, content) for name, content in files]
    reports = [one.read.report for one in checked if one.read]
    for one in checked:
        if one.read:
            own = one.read.report
            one.findings.extend(findings(own, [other for other in reports if other is not own]))
    return checked


def _read(name: str, content: bytes) -> Checked:
    try:
        return Checked(name, isolated.read(reader.read, content, name))
    except UnreadableFileError as error:
        return Checked(name, refusal=str(error))


def note(checked: Sequence[Checked], *, actor: Actor, now: datetime) -> None:
    """Write that reports were checked, and with what result."""
    with transaction():
        audit.note(
            "report_checked",
            actor=actor.name,
            now=now,
            agency_id=actor.agency_id,
            target="、".join(one.name for one in checked)[:LONGEST_TARGET],
            files=len(checked),
            findings=sum(len(one.findings) for one in checked),
            refused=sum(1 for one in checked if one.refusal),
        )


LONGEST_TARGET = 200
