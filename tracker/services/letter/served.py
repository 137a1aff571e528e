"""What is known of services that were kept: proofs, forms that state them, days that the ledger denies."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import select

from tracker.domain.case import history
from tracker.domain.case.outcome import BY_CODE
from tracker.domain.errors import NotFoundError
from tracker.domain.letter import service
from tracker.domain.message import Phrase
from tracker.models.base import db, transaction
from tracker.models.case import Case
from tracker.models.reads.service import services_of
from tracker.models.service import LetterService, ServiceResult
from tracker.services.case import step
from tracker.services.office import audit, store
from tracker.services.office.actor import Actor


def proof(
    row_id: int, *, of_result: bool, case_id: int, actor: Actor, now: datetime
) -> tuple[str, str, bytes]:
    """Return the proof of a service or of what came of it: its name, its type, its content; it is logged.

    Raises NotFoundError where it is none of the case's, or is gone or was changed.
    """
    with transaction():
        case = step.find(case_id, actor)
        rows = [row for each in services_of(case).values() for row in each]
        results = [result for row in rows for result in row.results]
        kept: Sequence[LetterService | ServiceResult] = results if of_result else rows
        chosen = next((row for row in kept if row.id == row_id and row.sha256), None)
        if chosen is None:
            raise NotFoundError("没有这个文件。")
        name, file_type, digest = str(chosen.file_name), str(chosen.file_type), str(chosen.sha256)
        file = store.get(digest)
        if file is None:
            raise NotFoundError(
                "文件“%(name)s”已丢失或被改动，请联系系统管理员从备份恢复。",
                name=name,
            )
        target, agency_id = case.number, case.agency_id
        audit.note("file_seen", actor=actor.name, now=now, target=target, agency_id=agency_id, sha256=digest)
    return name, file_type, file


def slip(case: Case, service_id: int | None) -> dict[str, str]:
    """Return what 送达回证 and 邮寄登记单 state of a service; nothing where it is none of the case's."""
    rows = [row for each in services_of(case).values() for row in each]
    row = next((each for each in rows if each.id == service_id), None)
    if row is None:
        return {}
    got = row.stands.got_on
    stated = {
        "concerned": f"{row.letter.title} {row.letter.number}",
        "name": row.letter.addressee,
        "service_way": service.label(service.WAYS, row.way),
        "tracking": f"{service.label(service.CARRIERS, row.carrier)} {row.tracking}" if row.tracking else "",
        "handed_on": row.handed_on.isoformat(),
        "signed_on": got.isoformat() if got else "",
        "through": row.through,
        "remark": _remark(row),
    }
    return {key: value for key, value in stated.items() if value}


def _remark(row: LetterService) -> str:
    returned = f"{row.stands.returned_on}退回" if row.stands.returned_on else ""
    return "；".join(filter(None, [f"向{row.upon}送达" if row.upon else "", returned]))


def _first_of_entries(rows: Sequence[LetterService]) -> dict[int, LetterService]:
    """Return the service that each entry is: the first that counts, else the first."""
    counting_last = sorted(rows, key=lambda row: (row.stands.counts_on is not None, -row.id))
    return {row.entry_seq: row for row in counting_last if row.entry_seq is not None}


def disagreeing() -> Iterator[tuple[str, str]]:
    """Yield the services that say another day than the ledger: the case's number, and what differs."""
    with_services = select(LetterService.case_id)
    for case in db.session.scalars(select(Case).where(Case.id.in_(with_services)).order_by(Case.id)).unique():
        stood = {entry.seq: entry for entry in history.in_force(case.entries)}
        first = _first_of_entries([row for each in services_of(case).values() for row in each])
        for seq, row in sorted(first.items()):
            recorded = stood[seq].on if seq in stood else None
            days = {
                row.stands.counts_on,
                None if recorded is None or stood[seq].step in BY_CODE else row.handed_on,
            }
            if recorded not in days - {None}:
                told_on = Phrase("没有这一步") if recorded is None else Phrase("为%(on)s", on=recorded)
                yield (
                    case.number,
                    Phrase(
                        "%(number)s的送达记录为%(counts_on)s，台账%(told_on)s。",
                        number=row.letter.number,
                        counts_on=row.stands.counts_on,
                        told_on=told_on,
                    ),
                )
