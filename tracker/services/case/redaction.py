"""Redact a file of a case: boxes are drawn page by page, then a copy is made, proved, and kept beside it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm.exc import StaleDataError

from tracker.domain.case import redaction
from tracker.domain.case.file import LONGEST_NAME, PAGES, PDF, REDACTED, TYPES
from tracker.domain.case.redaction import RedactionBox
from tracker.domain.errors import InvalidDetailError
from tracker.domain.message import joined
from tracker.domain.permission import Action
from tracker.models.base import db, transaction
from tracker.models.case import Case
from tracker.models.case_file import CaseFile
from tracker.models.reads.redaction import newest_of_each
from tracker.models.redaction import Redaction, RedactionDraft
from tracker.reading import isolated
from tracker.reading.file import place, redact
from tracker.reading.file.place import Suggestion
from tracker.reading.isolated import Limits
from tracker.services.case import file, step
from tracker.services.office import audit, store
from tracker.services.office.actor import Actor

LIMITS = Limits(memory=1024, seconds=300, size=64, answer=64)  # a hundred pages are drawn twice
NAMED = "（区分处理）"


def check_redactable(row: CaseFile) -> None:
    """Raise InvalidDetailError where a file cannot be redacted: it has no pages, too many, or is a copy."""
    if TYPES[row.type].preview != PAGES:
        raise InvalidDetailError("只有 PDF 和图片可以区分处理：Word、Excel、OFD 请先另存为 PDF 再上传。")
    if row.purpose == REDACTED:
        raise InvalidDetailError("这已经是区分处理后的副本：请从原文件重新处理。")
    if row.pages > redaction.MOST_PAGES:
        raise InvalidDetailError(
            "超过%(most_pages)s页的文件不能一次处理：请分成几个文件再上传、处理。",
            most_pages=redaction.MOST_PAGES,
        )


def drawn(row: CaseFile) -> tuple[list[RedactionBox], int]:
    """Return the boxes that are drawn so far, and the version of the draft; 0 where there is none."""
    draft = db.session.get(RedactionDraft, row.id)
    return (redaction.read(draft.boxes), draft.version) if draft else ([], 0)


def suggested(case: Case, row: CaseFile) -> list[Suggestion]:
    """Return where personal data may stand in a PDF with text and no box lies yet.

    Names are those of who asks, of who acts for them and of the third parties that were
    consulted. Raises UnreadableFileError.
    """
    third = [each.name for each in step.standing(case).consultations]
    first = case.applicant
    theirs = (who.name for who in (*first.people, *first.representatives))
    names = [name for name in (*theirs, *third) if name]
    there = isolated.read(place.suggestions, file.content_of(row), row.type, names)
    boxes, _version = drawn(row)
    return [each for each in there if not any(_covers(box, each) for box in boxes)]


def _covers(box: RedactionBox, each: Suggestion) -> bool:
    left, top, right, bottom = box.place
    middle, level = (each.left + each.right) // 2, (each.top + each.bottom) // 2
    return box.page == each.page and left <= middle <= right and top <= level <= bottom


def draw(
    row: CaseFile, page: int, boxes: Sequence[RedactionBox], *, version: int, actor: Actor, now: datetime
) -> None:
    """Keep the boxes of one page in place of those that it had. version: of the draft as the person saw it.

    Raises InvalidDetailError, NotPermittedError, StaleDataError where somebody else drew meanwhile.
    """
    actor.require(Action.HANDLE)
    check_redactable(row)
    with transaction():
        _draw(row, page, boxes, version, actor, now)


def _draw(
    row: CaseFile, page: int, boxes: Sequence[RedactionBox], version: int, actor: Actor, now: datetime
) -> list[RedactionBox]:
    draft = db.session.get(RedactionDraft, row.id, populate_existing=True)
    if version != (draft.version if draft else 0):
        raise StaleDataError(f"redaction of file {row.id}: version {version} is not the newest")
    others = [box for box in redaction.read(draft.boxes) if box.page != page] if draft else []
    everything = redaction.in_order([*others, *(replace(box, page=page) for box in boxes)])
    redaction.check(everything, row.pages)
    kept = [box.kept() for box in everything]
    if draft is None:
        draft = RedactionDraft(file_id=row.id, boxes=kept, drawn_by=actor.name, drawn_at=now)
        db.session.add(draft)
    elif draft.boxes != kept:
        draft.boxes, draft.drawn_by, draft.drawn_at = kept, actor.name, now
    return everything


def make(case: Case, row: CaseFile, *, version: int, actor: Actor, now: datetime) -> Redaction:
    """Make the redacted copy from the boxes that are drawn, prove it, and keep it; the original stays.

    Raises InvalidDetailError where there is no box or the copy does not hold, NotPermittedError,
    StaleDataError, UnreadableFileError.
    """
    actor.require(Action.HANDLE)
    check_redactable(row)
    boxes, newest = drawn(row)
    if version != newest:
        raise StaleDataError(f"redaction of file {row.id}: version {version} is not the newest")
    if not boxes:
        raise InvalidDetailError("还没有画框：没有要遮盖的内容，可以直接提供原文件。")
    redaction.check(boxes, row.pages)
    copy = proved_copy(file.content_of(row), row.type, boxes)
    with store.ready(copy) as stored, transaction():
        output = file.add(case, _row_of(row), stored, actor=actor, now=now)
        kept = Redaction(
            agency_id=case.agency_id,
            case_id=case.id,
            source_id=row.id,
            output_id=output.id,
            boxes=[box.kept() for box in boxes],
            dpi=redact.DPI,
            made_by=actor.name,
            made_at=now,
        )
        db.session.add(kept)
        details: dict[str, Any] = {"agency_id": case.agency_id, "source": row.sha256, "sha256": output.sha256}
        audit.note("redacted", actor=actor.name, now=now, target=case.number, boxes=len(boxes), **details)
    return kept


def _row_of(row: CaseFile) -> CaseFile:
    stem = row.name.rpartition(".")[0] or row.name
    name = f"{stem[: LONGEST_NAME - len(NAMED) - 4]}{NAMED}.pdf"
    return CaseFile(
        purpose=REDACTED, name=name, type=PDF, pages=row.pages, note="", told=[], source_id=row.id
    )


def proved_copy(content: bytes, mime: str, boxes: Sequence[RedactionBox]) -> bytes:
    """Return the redacted copy of a file. Raises InvalidDetailError where it is not proved, and says why."""
    places = [(box.page, *box.place) for box in boxes]
    copy = isolated.read(redact.redacted, content, mime, places, limits=LIMITS)
    faults = isolated.read(redact.faults, content, mime, copy, places, limits=LIMITS)
    if faults:
        raise InvalidDetailError(
            "遮盖后的文件没有通过核对，没有保存：%(names)s。请把原文件打印成 PDF 后重新上传再试。",
            names=joined(faults[:5], "；"),
        )
    return copy


def withheld(case: Case) -> str:
    """Return what the newest copies of the case withhold, as the letter of a partial disclosure states it."""
    lines = [
        redaction.withheld(
            each.source.name.rpartition(".")[0] or each.source.name, redaction.read(each.boxes)
        )
        for each in newest_of_each(case)
    ]
    return "\n".join(lines)
