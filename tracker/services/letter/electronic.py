"""Serve a letter by mail (电子送达): the outbox carries it, and what the server says comes back as proof.

What is sent is the frozen letter, as PDF where that shows all of it, with the scan that bears the seal where
there is one and files that are there to be provided. That a server took it over proves the day on which it
left; on which day it entered the addressee's system a person says (``service_result.add``).
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from tracker.domain.case.basis import GIVEN
from tracker.domain.case.file import DOCX, PDF, REDACTED
from tracker.domain.case.finding import Objection
from tracker.domain.case.outcome import BY_CODE, Family
from tracker.domain.contact.incoming import Failure
from tracker.domain.errors import DomainError, InvalidDetailError, NotFoundError
from tracker.domain.letter import index
from tracker.domain.letter.service import ACCEPTED, BOUNCED, Attempt, LaterResult
from tracker.domain.message import Phrase, worded
from tracker.domain.misfit import Misfit
from tracker.domain.permission import Action
from tracker.mail import address, channel, compose
from tracker.mail.smtp import Acceptance, NotSentError, OutgoingMail
from tracker.models.base import ZONE, db, transaction
from tracker.models.case_file import CaseFile
from tracker.models.letter import Letter
from tracker.models.outbox import SENDING, SERVICE, STATUS, WAITING
from tracker.models.reads.case_file import files_of
from tracker.models.reads.service import services_of
from tracker.models.service import LetterService
from tracker.rendering.letter.page import shows_all
from tracker.services.case import evidence, step
from tracker.services.case.evidence import MEGABYTE, ReadyProof
from tracker.services.letter import duty, receiver, service, service_result, signed
from tracker.services.letter import letter as letters
from tracker.services.letter.sender import sender
from tracker.services.letter.service import ServiceExtras, Serving
from tracker.services.mail import mailbox, outbox
from tracker.services.mail.carrier import APPLICANT, UNSURE, Stamp, without
from tracker.services.mail.recipient import Recipient
from tracker.services.office import office, setting, store
from tracker.services.office.actor import SYSTEM, Actor
from tracker.services.office.store import ReadyFile

EML, EML_NAME = "message/rfc822", "已发出的邮件.eml"
NAME = "收件人"
WITHDRAWN = worded("已经作了（新的）区分处理，没有发出：请重新选择文件，再次送达。")
CORRECTED = worded("这份文书已经更正，没有发出：请送达更正后的文书。")


def attachable(letter: Letter) -> list[CaseFile]:
    """Return the files that may go with the letter: none but with an answer that gives information.

    They are there to be provided; of one with a redacted copy, its newest copy alone, whichever file of the
    same content it was made from.
    """
    kind = index.BY_KEY[letter.kind]
    if not kind.outcome or BY_CODE[kind.outcome].family not in GIVEN:
        return []
    files = files_of(letter.case, step.contacts_of(letter.case))
    provided = [each for each in files if each.purpose == "information"]
    contents, newest = {each.id: each.sha256 for each in files}, dict[str, CaseFile]()
    for each in files:  # the newest first
        if each.purpose == REDACTED and each.source_id in contents:
            newest.setdefault(contents[each.source_id], each)
    ids = {newest.get(each.sha256, each).id for each in provided}
    return [each for each in files if each.id in ids]


def objections(
    letter: Letter, chosen: Sequence[int], given: ServiceExtras, *, actor: Actor, today: date
) -> list[Objection]:
    """Return what is said against the mail before it is kept, its files among it."""
    given = replace(given, warned=list(_originals(letter, chosen)))
    return service.objections(letter, Attempt(way="email", handed_on=today), given, actor)


def _originals(letter: Letter, chosen: Sequence[int]) -> Iterator[Objection]:
    """Yield that a partial answer would give a file of which nothing was withheld."""
    kind = index.BY_KEY[letter.kind]
    if not kind.outcome or BY_CODE[kind.outcome].family is not Family.PARTIALLY_DISCLOSED:
        return
    offered = (each for each in attachable(letter) if each.id in chosen)
    if names := "、".join(f"“{each.name}”" for each in offered if each.purpose != REDACTED):
        yield Objection(
            Phrase(
                "部分公开的答复所附的%(names)s没有作过区分处理，将整份发出：请先区分处理。",
                names=names,
            ),
            "条例第37条",
        )


@dataclass(frozen=True, slots=True)
class _Carried:
    """A file that the mail carries."""

    name: str
    type: str
    stored: ReadyFile

    @property
    def told(self) -> dict[str, Any]:
        return {
            "name": self.name, "type": self.type, "size": self.stored.size, "sha256": self.stored.digest,
        }  # fmt: skip


def send(
    letter_id: int, chosen: Sequence[int], given: ServiceExtras, *, case_id: int, by: Serving
) -> LetterService:
    """Serve a letter by mail: in one transaction the service is kept and its mail written into the outbox.

    chosen: the files of the case that go with it. given.upload: the scan of the letter with its seal.

    Raises InvalidDetailError where there is no address, too much to send, or a mail that did not leave yet;
    PdfNotInstalledError; as ``service.record``.
    """
    by.actor.require(Action.REGISTER)
    letter = service.find(letter_id, case_id, by.actor)
    to = _address(letter, given, by)
    files = _chosen(letter, chosen)
    ending, kind, page = _page(letter)
    with ExitStack() as stack:
        scan = stack.enter_context(evidence.ready(letter.case, given.upload, by.actor, by.now))
        made = stack.enter_context(store.ready(page))
        told = [_Carried(f"{letter.title}{letter.number}{ending}", kind, made).told, *_told(scan), *files]
        _check_size(told)
        stack.enter_context(transaction())
        letter = service.find(letter_id, case_id, by.actor)
        earlier = services_of(letter.case).get(letter.id, [])
        _check_none_leaves(earlier)
        place = len(earlier) + 1
        key = f"{SERVICE}|{letter.id}|{place}"
        store.keep(made)
        attempt, warned = Attempt(way="email", handed_on=by.today), list(_originals(letter, chosen))
        given = replace(given, place=to, message=key, sent=told, warned=warned)
        row = service.keep(letter_id, attempt, given, scan, case_id=case_id, by=by)
        _write(letter, key, told, by)
    return row


def _check_none_leaves(earlier: Sequence[LetterService]) -> None:
    """Raise InvalidDetailError where a mail of the letter is in the outbox: two of them would leave."""
    for row in earlier:
        mail = mailbox.of_key(row.message)
        if mail is not None and mail.status in (WAITING, SENDING):
            raise InvalidDetailError(
                "这份文书已有一封邮件在发件箱中（%(value)s），没有再发：请等它发出；不再"
                "发送的，先登记那次送达“误录，作废”。",
                value=STATUS[mail.status],
            )


def _address(letter: Letter, given: ServiceExtras, by: Serving) -> str:
    """Return the mailbox of who is served: as it was typed, else as it is kept of him."""
    there = receiver.chosen(letter, given.upon, by.today)
    known = given.place.strip() or receiver.place(letter, there, "email") or ""
    to = address.checked(known, setting.in_force())
    if not to:
        raise InvalidDetailError("没有登记收件人的邮箱：请填写邮箱地址，或者以其他方式送达。")
    if channel.scheme(to):
        raise InvalidDetailError("文书只能送达到邮箱地址。")
    return to


def _page(letter: Letter) -> tuple[str, str, bytes]:
    """Return the letter as it is sent, with its ending and type.

    It is the PDF, or the frozen Word file where the PDF would leave out pictures of the office's template.
    """
    file = _content(letter.sha256, letter.title)
    if letter.template_version and not shows_all(file):
        return ".docx", DOCX, file
    return ".pdf", PDF, letters.as_pdf(letter, file)


def _chosen(letter: Letter, chosen: Sequence[int]) -> list[dict[str, Any]]:
    """Return the chosen files as the mail names them. Raises InvalidDetailError, NotFoundError."""
    offered = {each.id: each for each in attachable(letter)}
    if set(chosen) - offered.keys():
        raise InvalidDetailError("所选的文件不能随这份文书发出：只有拟提供的信息，作过区分处理的只发副本。")
    rows = [offered[file_id] for file_id in dict.fromkeys(chosen)]
    return [{"name": row.name, "type": row.type, "size": row.size, "sha256": row.sha256} for row in rows]


def _told(scan: ReadyProof | None) -> list[dict[str, Any]]:
    return [] if scan is None else [_Carried(scan.name, scan.type, scan.stored).told]


def _check_size(told: Sequence[dict[str, Any]]) -> None:
    limit, size = setting.in_force().mail.megabytes, sum(int(each["size"]) for each in told)
    if size > limit * MEGABYTE:
        raise InvalidDetailError(
            "附件共%(value)sMB，超过一封邮件的上限%(limit)sMB（邮件和设置）：请少选一些，"
            "或者以其他方式提供。",
            value=f"{size / MEGABYTE:.1f}",
            limit=limit,
        )


def _content(digest: str, name: str) -> bytes:
    content = store.get(digest)
    if content is None:
        raise NotFoundError(
            "“%(name)s”的文件已丢失或被改动，请联系系统管理员从备份恢复。",
            name=name,
        )
    return content


def _write(letter: Letter, key: str, told: Sequence[dict[str, Any]], by: Serving) -> None:
    """Write the mail into the outbox in the caller's transaction: without an address and without a name."""
    whose = sender(letter.agency_id, letter.dated_on, today=by.today)
    names = [str(each["name"]) for each in told]
    written = compose.served(whose.name, whose.contact, letter.title, letter.number, names)
    row = outbox.row(
        agency_id=letter.agency_id, key=key, kind=SERVICE, to=Recipient(APPLICANT, NAME, APPLICANT),
        written=written, on=by.today, now=by.now, subject_id=letter.id, number=letter.case.number,
        attachments=[{"name": each["name"], "sha256": each["sha256"]} for each in told], urgent=True,
    )  # fmt: skip
    outbox.keep([row])


# -- what the outbox asks and tells -------------------------------------------------------------------


class _Served:
    """The carrier of letters that are served."""

    def prepared(self, key: str, letter: OutgoingMail, moment: datetime) -> OutgoingMail:
        """Return the mail with its address and its files. Raises NotSentError where it may not leave."""
        row = of_key(key)
        if row is None or row.stands.is_void or not row.place or isinstance(row.place, Misfit):
            raise NotSentError("送达的记录已作废或者损坏，没有发出。", permanent=True)
        if any(later.voided is None for later in row.letter.corrected_by):
            raise NotSentError(CORRECTED, permanent=True)
        for against in signed.against_leaving(row.letter):
            raise NotSentError(against.message, permanent=True)
        try:
            service.check_leaving(row, office.moment().astimezone(ZONE).date())
        except DomainError as error:
            raise NotSentError(
                Phrase("案件现在不能有这次送达，没有发出：%(error)s", error=error), permanent=True
            ) from error
        for name in _withdrawn(row):
            raise NotSentError(f"“{name}”{WITHDRAWN}", permanent=True)
        return replace(letter, to=row.place, to_name="", attachments=list(_files(row)))

    def accepted(self, key: str, taken: Acceptance, moment: datetime, stamp: Stamp) -> None:
        """Keep the mail as it left, and the server's words, as the proof of the day on which it left."""
        with store.ready(taken.sent) as mail, transaction():
            stamp()
            row = of_key(key)
            if row is not None:
                at = moment.astimezone(ZONE)
                response = without(taken.response, row.place or "")
                note = Phrase(
                    "%(at)s %(server)s 接收：%(response)s；邮件的 SHA-256：%(digest)s",
                    at=f"{at:%Y-%m-%d %H:%M:%S}",
                    server=taken.server,
                    response=response,
                    digest=mail.digest,
                )
                _add(row, ACCEPTED, note, moment, ReadyProof(EML_NAME, EML, mail))

    def refused(self, key: str, why: str, moment: datetime, stamp: Stamp) -> None:
        """Keep what the server said against it; where it is not known whether it left, nothing is said."""
        with transaction():
            stamp()
            row = of_key(key)
            if row is not None and not why.startswith(UNSURE):
                _add(row, BOUNCED, Phrase("没有发出：%(why)s", why=why), moment)


def bounced(
    key: str, failure: Failure, proof: ReadyProof | None, *, received_at: datetime, now: datetime
) -> tuple[LetterService | None, bool]:
    """Keep in the caller's transaction that a service came back; return it, and whether that is kept.

    It is kept of the address that was served, where the report is final (RFC 3464) and nobody has said that
    the letter arrived; of any other a person judges. proof: the report as it came.
    """
    row = of_key(key)
    if row is None or not failure.is_final or not row.place or isinstance(row.place, Misfit):
        return row, False
    is_his = failure.recipient.lower() == row.place.lower()
    told = row.stands.got_on is not None or row.entry_seq is not None
    if not is_his or told or BOUNCED not in row.stands.may_have():
        return row, False
    why = without(f"{failure.status} {failure.why}".strip(), row.place)
    _add(row, BOUNCED, f"退信：{why}", received_at, proof, now=now)
    return row, True


def _add(
    row: LetterService,
    kind: str,
    note: str,
    moment: datetime,
    proof: ReadyProof | None = None,
    *,
    now: datetime | None = None,
) -> None:
    if row.stands.is_void or row.stands.day(kind):
        return
    came = LaterResult(kind, moment.astimezone(ZONE).date())
    service_result.added_to(row, came, note=note, by=SYSTEM, now=now or moment, proof=proof)
    db.session.flush()
    duty.restate(row.letter, services_of(row.letter.case).get(row.letter_id, []))
    service.note_act(f"service_{kind}", row.letter, row, SYSTEM, now or moment)


def of_key(key: str) -> LetterService | None:
    """Return the service whose mail has that key; None where none has."""
    return db.session.scalar(select(LetterService).where(LetterService.message == key))


def _withdrawn(row: LetterService) -> Iterator[str]:
    """Yield the files of the mail that may not go with the letter any more: a copy was made of them since."""
    offered = {each.sha256 for each in attachable(row.letter)}
    kept = {each.sha256 for each in files_of(row.letter.case, step.contacts_of(row.letter.case))}
    for each in row.sent:
        if each["sha256"] in kept - offered and each["sha256"] != row.sha256:
            yield str(each["name"])


def _files(row: LetterService) -> Iterator[dict[str, Any]]:
    for each in row.sent:
        content = store.get(str(each["sha256"]))
        if content is None:
            raise NotSentError(Phrase("附件“%(name)s”已丢失或被改动。", name=each["name"]), permanent=True)
        yield {"name": each["name"], "type": each["type"], "content": content}


SERVED = _Served()
