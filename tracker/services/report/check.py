"""Check anybody's annual reports: read the files, find what contradicts itself. Nothing is kept."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from tracker.domain.errors import UnreadableFileError
from tracker.domain.message import Phrase, joined
from tracker.domain.report.completeness import TWO_REPORTS, completeness
from tracker.domain.report.identity import findings
from tracker.domain.report.published import PublishedReport
from tracker.domain.report.table3 import Finding
from tracker.models.base import transaction
from tracker.reading import isolated
from tracker.reading.report import reader
from tracker.reading.report.assembly import Read
from tracker.services.office import audit
from tracker.services.office.actor import Actor


@dataclass(frozen=True, slots=True)
class Checked:
    """One file: what was read of it and what was found, or why it was refused."""

    name: str
    read: Read | None = None
    refusal: str = ""
    findings: list[Finding] = field(default_factory=list)

    @property
    def reads(self) -> tuple[Read, ...]:
        """The reports of the file: one, as a rule."""
        return (self.read, *self.read.others) if self.read else ()


def check(files: Iterable[tuple[str, bytes]]) -> list[Checked]:
    """Return what is found in each file, each also held against the same agency's year before."""
    checked = [_read(name, content) for name, content in files]
    reports = [read.report for one in checked for read in one.reads]
    for one in checked:
        if len(one.reads) > 1:
            one.findings.append(_several(one.reads))
        for read in one.reads:
            where = f"{_named(read)} " if len(one.reads) > 1 else ""
            one.findings.extend(
                replace(finding, where=f"{where}{finding.where}") for finding in _of(read, reports)
            )
    return checked


def _of(read: Read, reports: list[PublishedReport]) -> list[Finding]:
    """Return what is found in one report: what of it was not read, then what contradicts itself."""
    own = read.report
    others = [other for other in reports if other is not own]
    return [*completeness(own, read.expected), *findings(own, others)]


def _several(reads: Sequence[Read]) -> Finding:
    names = "、".join(_named(read) for read in reads)
    return Finding(
        TWO_REPORTS,
        "文件",
        Phrase(
            "一个文件里有%(count)s份报告：%(names)s。已逐份核对。",
            count=len(reads),
            names=names,
        ),
    )


def _named(read: Read) -> str:
    """Return the year and the agency of a report, as a finding names it."""
    year = Phrase("%(year)s年", year=read.report.year) if read.report.year else Phrase("未写年份")
    return joined((year, read.report.agency or Phrase("未写机关")))


def _read(name: str, content: bytes) -> Checked:
    try:
        return Checked(name, isolated.read(reader.read, content, name))
    except UnreadableFileError as error:
        return Checked(name, refusal=error.message)


def note(checked: Sequence[Checked], *, actor: Actor, now: datetime) -> None:
    """Write that reports were checked, and with what result."""
    with transaction():
        audit.note(
            "report_checked",
            actor=actor.name,
            now=now,
            agency_id=actor.agency_id,
            target="、".join(one.name for one in checked),
            files=len(checked),
            findings=sum(len(one.findings) for one in checked),
            refused=sum(1 for one in checked if one.refusal),
        )
