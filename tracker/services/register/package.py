"""The case file as one ZIP: every paper, the course as PDF, metadata, and hashes for ``sha256sum -c``.

Made when it is asked for and not kept: of the same case the same bytes, as often as it is made. What was
withheld from the applicant (the original of a redacted copy) stays sealed unless the head takes it out.
"""

import hashlib
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from tempfile import TemporaryFile
from typing import IO, Any

from tracker.domain import misfit
from tracker.domain.case import basis, channel
from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.case.outcome import BY_CODE
from tracker.domain.errors import InvalidDetailError, StepNotAllowedError
from tracker.domain.message import worded
from tracker.domain.permission import Action
from tracker.domain.register import archive, exhibit
from tracker.domain.register.exhibit import Exhibit
from tracker.domain.register.remedy import KINDS
from tracker.models.archiving import Archiving
from tracker.models.base import transaction
from tracker.models.case import Case
from tracker.models.letter import Letter
from tracker.models.reads.letter import letters_of
from tracker.models.reads.remedy import remedies_of
from tracker.models.remedy import RemedyCase
from tracker.rendering import pdf
from tracker.rendering.bundle import page
from tracker.services.case import step
from tracker.services.office import agency, audit, office
from tracker.services.office.actor import Actor
from tracker.services.register import archive as archives
from tracker.services.register import dossier, paper

MIME = "application/zip"
NO_REASON = worded("请填写下载案卷的事由：案卷有申请人的个人信息，每次下载都记入审计日志。")
BY_ALL = 0o644 << 16  # of a file in the ZIP, as Unix has it
ON_UNIX = 3
EARLIEST = 1980  # the first year that a ZIP knows


@dataclass(frozen=True, slots=True)
class PackedFile:
    """A file of the ZIP: what was printed here, or a paper that is read again as it is packed."""

    sha256: str
    source: bytes | Exhibit

    @property
    def content(self) -> bytes:
        """The bytes. Raises InvalidDetailError where they went, or were changed, since the first look."""
        content = self.source if isinstance(self.source, bytes) else self.source.content
        if content is None:
            name = self.source.name if isinstance(self.source, Exhibit) else ""
            raise InvalidDetailError(
                "“%(name)s”在制作案卷时丢失或者被改动，没有下载：请再下载一次。",
                name=name,
            )
        return content


@dataclass(frozen=True, slots=True)
class Packed:
    """A paper with the files that it is in the ZIP, by their names; none where it is gone or sealed."""

    paper: Exhibit
    files: dict[str, PackedFile]
    is_sealed: bool = False
    is_lost: bool = False

    @property
    def sha256(self) -> str:
        """The hash of the paper as the ZIP has it; of one that it has not, of what was kept."""
        written = next(iter(self.files.values()), None) if self.paper.ending == paper.WRITTEN else None
        return self.paper.sha256 if written is None else written.sha256


def make(
    case: Case,
    details: paper.Details,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
    unsealed: bool = False,
) -> IO[bytes]:
    """Return the file of an archived case as a ZIP; who took it, why, and how much of it, is logged.

    It is a file without a name, gone as it is closed. One kept file at a time stands in memory.

    unsealed: with the originals of redacted copies.

    Raises InvalidDetailError, NotPermittedError, PdfNotInstalledError, StepNotAllowedError,
    UnreadableFileError.
    """
    actor.require(Action.ARCHIVE)
    if unsealed:
        actor.require(Action.UNSEAL)
    if not reason.strip():
        raise InvalidDetailError(NO_REASON)
    state = archives.state_of(case)
    if state.act is None:
        raise StepNotAllowedError("本件尚未归档：请先填写归档号。")
    packed = list(_packed(dossier.archived(case, details), unsealed=unsealed))
    files = {name: file for one in packed for name, file in one.files.items()}
    described = _metadata(case, state, packed)
    files[archive.METADATA] = _printed(json.dumps(described, ensure_ascii=False, indent=1).encode() + b"\n")
    files[archive.CONTENTS] = _printed(pdf.printed(_contents(case, state.act, packed)))
    zipped = _zip(files, state.act)
    with transaction():
        told: dict[str, Any] = {"reason": reason.strip(), "files": len(files), "unsealed": unsealed}
        where: dict[str, Any] = {"target": case.number, "agency_id": case.agency_id}
        audit.note("case_file_made", actor=actor.name, now=now, **where, **told)
    return zipped


def _packed(papers: list[Exhibit], *, unsealed: bool) -> Iterator[Packed]:
    for place, one in enumerate(papers, start=1):
        if (content := one.content) is None:
            yield Packed(one, {}, is_lost=True)
        elif one.is_source and not unsealed:
            yield Packed(one, {}, is_sealed=True)
        else:
            yield Packed(one, dict(_files(place, one, content)))


def _files(place: int, one: Exhibit, content: bytes) -> Iterator[tuple[str, PackedFile]]:
    """Yield a paper as it was kept, and what is written here or is a Word letter as PDF."""
    stem = f"{archive.PAPERS}/{place:03} {paper.file_name(one.name)}"
    if one.ending != paper.WRITTEN:
        yield f"{stem}.{one.ending}", PackedFile(one.sha256, one)
    if one.kind == exhibit.COURSE:
        yield archive.TIMELINE, _printed(pdf.printed(page.numbered(content.decode(), one.name)))
    elif one.ending == paper.WRITTEN or one.kind == exhibit.LETTER:
        yield f"{stem}.pdf", _printed(paper.printed(one)[1])


def _printed(content: bytes) -> PackedFile:
    return PackedFile(hashlib.sha256(content).hexdigest(), content)


def _zip(files: dict[str, PackedFile], act: Archiving) -> IO[bytes]:
    """Return the ZIP: names in their order, the day of archiving as the day of each file, nothing packed."""
    sums = "".join(f"{files[name].sha256}  {name}\n" for name in sorted(files))
    out = TemporaryFile()  # noqa: SIM115 (closed by who takes it)
    try:
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as packed:
            for name, file in sorted({**files, archive.SUMS: _printed(sums.encode())}.items()):
                day = (max(act.on.year, EARLIEST), act.on.month, act.on.day, 0, 0, 0)
                entry = zipfile.ZipInfo(name, day)
                entry.create_system, entry.external_attr = ON_UNIX, BY_ALL
                packed.writestr(entry, file.content)
    except BaseException:
        out.close()
        raise
    out.seek(0)
    return out


# -- what is told of it -------------------------------------------------------------------------------


def _metadata(case: Case, state: archives.FileState, packed: list[Packed]) -> dict[str, Any]:
    """Return what the file is about, as docs/exchange.md has it; people are named by the papers alone."""
    act = state.act
    assert act is not None  # noqa: S101
    outcome = BY_CODE.get(case.state)
    answer = step.standing(case).answer
    end = basis.end_of(answer.step, answer.details) if answer and answer.step in BY_CODE else None
    days = ("received_on", "due_on", "decided_on", "served_on", "closed_on")
    last = max(case.events, key=lambda event: event.seq)
    return {
        "format": archive.FORMAT,
        "agency": agency.name_of(case.agency_id),
        "number": case.number,
        "applicant": _applicant(case),
        "channel": {"code": case.channel, "label": misfit.label(channel.LABELS, case.channel)},
        "subject": case.subject,
        "days": {name: _iso(getattr(case, name)) for name in days},
        "outcome": {
            "code": case.state,
            "label": outcome.label if outcome else case.state,
            "row": outcome.row if outcome else None,
            "articles": [end.law] if end else [outcome.law] if outcome else [],
        },
        "letters": [_letter(row) for row in reversed(letters_of(case))],
        "remedies": [_remedy(row) for row in remedies_of(case)],
        "archive": {"number": act.number, "on": _iso(act.on), "by": act.recorded_by, "papers": act.papers},
        "retention": _retention(case, act),
        "lacking": list(act.missing),
        "changed_since": state.changes,
        "ledger": {"entries": len(case.events), "hash": last.hash},
        "papers": [
            {
                "name": one.paper.name,
                "kind": one.paper.kind,
                "on": one.paper.on or None,
                "sha256": one.sha256,
                "state": "lost" if one.is_lost else "sealed" if one.is_sealed else "held",
                "files": sorted(one.files),
            }
            for one in packed
        ],
    }


def _retention(case: Case, act: Archiving) -> dict[str, Any]:
    """Return the class and its last day; what the practice said on the day of the act, who set it and why."""
    why = act.proposed_for or archives.proposed(case, act.on).why
    wanted = archive.proposed(office.rules_of(case.agency_id, act.on), why)
    set_row = office.practice_of(case.agency_id).rows_on(act.on).get(wanted.key)
    ends = archive.ends_on(act.retention, case.closed_on)
    return {
        "class": act.retention,
        "label": misfit.label(archive.RETENTIONS, act.retention),
        "until": _iso(ends),
        "reason": act.reason,
        "practice": {
            "key": wanted.key,
            "class": wanted.code,
            "for": wanted.why,
            "set_by": set_row.set_by if set_row else None,
            "why": set_row.why if set_row else None,
        },
    }


def _contents(case: Case, act: Archiving, packed: list[Packed]) -> str:
    """Return the list of the papers in the file (卷内文件目录)."""
    heads = [
        f"立档单位：{agency.name_of(case.agency_id)}　受理编号：{case.number}",
        f"归档号：{act.number}　归档日：{act.on}",
        f"保管期限：{misfit.label(archive.RETENTIONS, act.retention)}",
    ]
    if act.missing:
        heads.append(f"归档时缺少：{'；'.join(act.missing)}")
    return page.contents(
        case.number, heads, [(one.paper, _told(one), sorted(one.files), one.sha256) for one in packed]
    )


def _told(one: Packed) -> str:
    if one.is_lost:
        return "原件已丢失或者被改动"
    return "原件封存，未取出：有区分处理后的副本" if one.is_sealed else ""


def _applicant(case: Case) -> dict[str, Any]:
    labels = {kind.value: kind.label for kind in ApplicantKind}
    label = misfit.label(labels, case.applicant_kind)
    return {"kind": case.applicant_kind, "label": label, "people": len(case.applicant.people)}


def _letter(row: Letter) -> dict[str, Any]:
    told = {"number": row.number, "title": row.title, "dated_on": _iso(row.dated_on)}
    return {**told, "void": row.voided is not None}


def _remedy(row: RemedyCase) -> dict[str, Any]:
    kind = misfit.label(KINDS, row.kind)
    return {"kind": kind, "numbers": list(row.numbers), "closed_on": _iso(row.closed_on)}


def _iso(on: Any) -> str | None:
    return None if on is None else str(on)
