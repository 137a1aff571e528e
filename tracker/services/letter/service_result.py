"""What came of a service of a letter: received, returned, bounced, never done.

A receipt lets the term run that waited for it; of electronic service it gives the day that nobody knew, and
takes the step that waited for it.
"""

from datetime import datetime

from tracker.domain.errors import InvalidDetailError, NotFoundError
from tracker.domain.letter import service
from tracker.domain.letter.service import Attempt, LaterResult
from tracker.domain.permission import Action
from tracker.models.base import db, transaction
from tracker.models.letter import Letter
from tracker.models.outbox import SENDING, WAITING
from tracker.models.reads.service import services_of
from tracker.models.service import LetterService, ServiceResult
from tracker.services.case import evidence, step
from tracker.services.case.evidence import ReadyProof, Upload
from tracker.services.letter import duty
from tracker.services.letter.service import (
    ServiceExtras,
    Serving,
    due_on,
    find,
    note_act,
    take_step,
    tell,
)
from tracker.services.mail import mailbox


def add(
    service_id: int,
    result: LaterResult,
    *,
    note: str = "",
    signer: str = "",
    override: str = "",
    upload: Upload | None = None,
    letter_id: int,
    case_id: int,
    by: Serving,
) -> ServiceResult:
    """Keep what came of a service in one transaction: received, returned, never done.

    A receipt lets the term run that waited for it, and takes the step that waited for its day. override: why
    that step is taken against what was said. Raises as ``record``.
    """
    by.actor.require(Action.CORRECT if result.kind == service.VOID else Action.REGISTER)
    target = find(letter_id, case_id, by.actor).case
    with evidence.ready(target, upload, by.actor, by.now) as proof, transaction():
        letter = find(letter_id, case_id, by.actor)
        rows = services_of(letter.case).get(letter.id, [])
        row = next((each for each in rows if each.id == service_id), None)
        if row is None:
            raise NotFoundError("没有这次送达的记录。")
        step.check_version(letter.case, by.version)
        seen = letter.case.version
        service.check_result(row.stands, result, note=note, signer=signer, today=by.today)
        _hold_mail(row, result.kind)
        late = result.kind == service.RECEIVED and row.way in service.ELECTRONIC and row.entry_seq is None
        seq, why = _late_step(letter, row, result, override, by) if late else (None, "")
        note = "；".join(filter(None, [note, why]))
        added = added_to(
            row, result, note=note, signer=signer, by=by.actor.name, now=by.now, seq=seq, proof=proof
        )
        if result.kind == service.RECEIVED and not late and row.entry_seq is not None:
            shown = f"{letter.number}，邮件号{row.tracking}" if row.tracking else letter.number
            tell(letter.case, row.entry_seq, result.on, proof=shown, by=by)
        step.move(letter.case, seen)
        db.session.flush()
        duty.restate(letter, rows)
        note_act(f"service_{result.kind}", letter, row, by.actor.name, by.now)
    return added


def _hold_mail(row: LetterService, kind: str) -> None:
    """Take back the mail of a service that is void; refuse any other result while it did not leave."""
    if kind == service.VOID:
        mailbox.take_back(row.message)
        return
    mail = mailbox.of_key(row.message)
    if mail is not None and mail.status in (WAITING, SENDING):
        raise InvalidDetailError("这封邮件还没有发出：发出后再登记结果；不再发送的，登记误录作废。")


def _late_step(
    letter: Letter, row: LetterService, result: LaterResult, override: str, by: Serving
) -> tuple[int | None, str]:
    """Take the step that waited for the day of its service, or find it taken.

    Return its place, and why it was taken against what was said.
    """
    attempt = Attempt(way=row.way, handed_on=row.handed_on, received_on=result.on)
    warned = list(service.warnings(attempt, dated_on=letter.dated_on, due_on=due_on(letter)))
    step.refused([] if override else warned)
    why = "；".join(filter(None, [override, *(each.message for each in warned)])) if override else ""
    given = ServiceExtras(parts=row.parts, reviewed=row.reviewed, override=override)
    return take_step(letter, attempt, given, by), why


def added_to(
    row: LetterService,
    result: LaterResult,
    *,
    note: str,
    signer: str = "",
    by: str,
    now: datetime,
    seq: int | None = None,
    proof: ReadyProof | None = None,
) -> ServiceResult:
    """Add what came of a service in the caller's transaction. by: who says so."""
    added = ServiceResult(
        agency_id=row.agency_id,
        service_id=row.id,
        seq=seq,
        kind=result.kind,
        on=result.on,
        signer=signer,
        note=note,
        recorded_by=by,
        recorded_at=now,
    )
    evidence.attach_file(added, proof)  # before it is the session's: a row that is written never changes
    row.results.append(added)
    if added.file_name:
        evidence.note_name(row.letter.case, added.file_name)
    return added
