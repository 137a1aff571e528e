"""Serve a letter (送达): the act, what came of it, and the step of the ledger that it is.

The ledger alone says when a case was answered and when a term began: serving the letter that tells of a step
takes the step, and a service that contradicts a step that was taken is refused.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from tracker.domain.case import basis, history
from tracker.domain.case.duty import unknown_receipts
from tracker.domain.case.event import KEYS, Entry
from tracker.domain.case.finding import Objection
from tracker.domain.case.outcome import BY_CODE
from tracker.domain.errors import GuardError, InvalidDetailError, NotFoundError
from tracker.domain.letter import content, index, service
from tracker.domain.letter.kind import Addressee
from tracker.domain.letter.service import Attempt
from tracker.domain.misfit import DamagedError
from tracker.domain.permission import Action
from tracker.models.base import db, transaction
from tracker.models.case import Case
from tracker.models.letter import Letter
from tracker.models.reads.letter import letters_of
from tracker.models.reads.service import services_of
from tracker.models.service import LetterService, ServiceResult
from tracker.services.case import delivery, evidence, review, step
from tracker.services.case.evidence import LookedAt, Upload
from tracker.services.letter import duty, signed
from tracker.services.letter import letter as letters
from tracker.services.office import audit, store
from tracker.services.office.actor import Actor

# The steps that serving their letter takes; what another letter tells of has its own day, or none.
TAKEN = frozenset({"ask_supplement", "consult", "extend", "charge", "ask_reasons", "delay", *BY_CODE})
KEPT = ("way", "handed_on", "received_on", "carrier", "tracking", "through", "signer")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceExtras:
    """What a person gives beside the service itself.

    place:    where it goes; empty, where the applicant is reached. parts: the items of a mixed answer.
    reviewed: who reviewed the answer, when, with which words (``basis.OF_THE_FILE``), where no one signed.
    override: why it is recorded against what was said.
    message:  the key of the mail by which it leaves.
    """

    place: str = ""
    parts: Sequence[dict[str, str]] = ()
    reviewed: Mapping[str, str] = field(default_factory=dict)
    override: str = ""
    upload: Upload | None = None
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """Who acts, and when. version: of the case as it was seen; another one raises StaleDataError (409)."""

    actor: Actor
    today: date
    now: datetime
    version: int | None = None


def find(letter_id: int, case_id: int, actor: Actor) -> Letter:
    """Return a letter of the case that is served. Raises NotFoundError, NotPermittedError, DamagedError."""
    letter = letters.find(letter_id, actor)
    if letter.kind not in index.BY_KEY:
        raise DamagedError(f"文书“{letter.number}”的种类已损坏，请联系系统管理员运行 tracker check。")
    if letter.case_id != case_id or not duty.is_served(letter):
        raise NotFoundError(letters.NO_LETTER)
    return letter


# -- the step that a service is -----------------------------------------------------------------------


def takes(letter: Letter) -> bool:
    """Return whether serving the letter is a step of its case."""
    if letter.reanswer_id is not None:
        return False  # the request was answered: an answer ordered anew is served beside its ledger
    kind = index.BY_KEY.get(letter.kind)
    return kind is not None and kind.step in TAKEN and (kind.step != "consult" or bool(kind.party))


def told(letter: Letter) -> Entry | None:
    """Return the entry of the ledger that the letter tells of; None where it was not taken, or is none.

    One that the service of another letter is, is that letter's, unless one corrects the other.
    """
    if not takes(letter):
        return None
    kind, rows = index.BY_KEY[letter.kind], services_of(letter.case)
    family = {letter.id, letter.corrects_id, *(later.id for later in letter.corrected_by)}
    others = {row.entry_seq for of, each in rows.items() if of not in family for row in each}
    entries = content.entries_of(kind, letter.facts, history.in_force(letter.case.entries))
    return next((entry for entry in entries if entry.seq not in others), None)


def entry(letter: Letter, attempt: Attempt, given: ServiceExtras) -> Entry | None:
    """Return the step that the service takes; None where it is none, was taken, or its day is not known."""
    if attempt.counts_on is None or not takes(letter) or told(letter) is not None:
        return None
    kind = index.BY_KEY[letter.kind]
    made = content.told(kind, letter.facts, letter.dated_on, number=letter.number, method=attempt.way)
    if kind.outcome:
        parts = {"parts": list(given.parts)} if given.parts else {}
        stated = {**basis.basis_of(made.details), **_reviewed(letter.case, given)}
        return Entry(made.step, attempt.counts_on, {**made.details, "basis": stated, **parts})
    got = attempt.received_on if "received_on" in KEYS[made.step] else None
    receipt = {"received_on": got.isoformat()} if got else {}
    on = attempt.counts_on if attempt.way in service.ELECTRONIC else attempt.handed_on
    return Entry(made.step, on, {**made.details, **receipt})


def asks_review(letter: Letter) -> list[basis.Ask]:
    """Return what is asked of the review (第17条), which no letter states; nothing where it was signed."""
    kind = index.BY_KEY[letter.kind]
    if told(letter) is not None or (letter.reanswer_id is not None and _has_left(letter)):
        return []
    if review.in_force(letter.case_id, signed.matter_of(kind, letter.reanswer_id)):
        return []
    ends = [end for end in basis.ENDS.get(kind.outcome, ()) if end.key == kind.end]
    return [ask for end in ends for ask in end.asks if ask in basis.OF_THE_FILE]


def _reviewed(case: Case, given: ServiceExtras) -> dict[str, str]:
    """Return the review as it was signed, else as it was typed."""
    row = review.in_force(case.id, review.ANSWER)
    return review.facts(row) if row else {key: fact for key, fact in given.reviewed.items() if fact}


def objections(letter: Letter, attempt: Attempt, given: ServiceExtras, actor: Actor) -> list[Objection]:
    """Return what is said against the service before it is kept: its days, and what its step lacks."""
    taken = entry(letter, attempt, given)
    against = [] if taken is None else step.objections(letter.case, taken, actor)
    against_it = [*_forbidden(letter, given, actor), *_warnings(letter, attempt), *against]
    return list({each.message: each for each in against_it}.values())


def _has_left(letter: Letter) -> bool:
    return any(not row.stands.is_void for row in services_of(letter.case).get(letter.id, []))


def _forbidden(letter: Letter, given: ServiceExtras, actor: Actor) -> list[Objection]:
    """Return what its review says against a letter that did not leave yet: nothing overrides it."""
    if _has_left(letter):
        return []
    lacking = signed.against_review(letter, _asked_anew(letter), given.reviewed, actor)
    return [*signed.against_leaving(letter), *lacking]


def _asked_anew(letter: Letter) -> list[basis.Ask]:
    """Return what is asked of the review of an answer ordered anew: no step of the ledger asks for it."""
    return asks_review(letter) if letter.reanswer_id is not None else []


def _warnings(letter: Letter, attempt: Attempt) -> list[Objection]:
    answers = bool(index.BY_KEY[letter.kind].outcome) and letter.reanswer_id is None
    due_on = letter.case.due_on if answers and told(letter) is None else None
    return [
        *service.warnings(attempt, dated_on=letter.dated_on, due_on=due_on),
        *service.outdated(
            attempt, [(each.number, each.dated_on) for each in letter.corrected_by if each.voided is None]
        ),
    ]


def _refused(against: Sequence[Objection]) -> None:
    if against:
        raise GuardError("".join(f"{each.message}（{each.law}）" for each in against))


def _hold_against(letter: Letter, attempt: Attempt, stood: Entry) -> None:
    """Refuse a service that contradicts the ledger: the days that were recorded are those of the first.

    A later one (serving again, a correction) is a further service and moves no day.
    """
    served = attempt.counts_on
    rows = [row for each in services_of(letter.case).values() for row in each]
    claimed = {row.entry_seq for row in rows if row.stands.counts_on}
    if served is None or stood.seq in claimed:
        return
    day, of = (served, "送达") if stood.step in BY_CODE else (attempt.handed_on, "发出")
    if day != stood.on:
        raise InvalidDetailError(
            f"台账记载这份文书于{stood.on}{of}，与填写的{day}不一致：填错的请改正；台账有误的，先更正台账。"
        )
    known = stood.day("received_on")
    if known and attempt.received_on and known != attempt.received_on:
        raise InvalidDetailError(f"台账记载的收到日期为{known}，与填写的{attempt.received_on}不一致。")


def _step(letter: Letter, attempt: Attempt, given: ServiceExtras, by: Serving) -> int | None:
    """Take the step that the service is, or find it taken; return its place in the ledger."""
    taken, case = entry(letter, attempt, given), letter.case
    if taken is not None:
        common = {"today": by.today, "now": by.now, "override": given.override}
        step.taken(case, taken, actor=by.actor, **common)  # type: ignore[arg-type]
        stood = told(letter)
        return stood.seq if stood else None
    stood = told(letter)
    if stood is None or attempt.counts_on is None:
        return None
    _hold_against(letter, attempt, stood)
    if attempt.received_on:
        _tell(case, stood.seq, attempt.received_on, proof=_proof(letter, attempt), by=by)
    return stood.seq


def _tell(case: Case, seq: int, received_on: date, *, proof: str, by: Serving) -> None:
    """Let the term that waits for the receipt of a letter run from it (rulebook L2)."""
    for each in unknown_receipts(step.standing(case)):
        if each.seq == seq:
            common = {"proof": proof, "today": by.today, "now": by.now}
            delivery.tell(case, each, received_on, actor=by.actor, **common)  # type: ignore[arg-type]


def _proof(letter: Letter, attempt: Attempt) -> str:
    """Return by what a receipt is known, without a name: the ledger holds no personal data."""
    return f"{letter.number}，{service.WAYS[attempt.way]}{attempt.tracking}".strip("，")


def unserved(case: Case, name: str) -> list[Letter]:
    """Return the letters of the case that tell of the step and whose service would take it."""
    if name not in TAKEN or not (made := letters_of(case)):
        return []
    services = services_of(case)
    mine = [each for each in made if each.told_step == name and each.voided is None and takes(each)]
    return [each for each in mine if not services.get(each.id) and not each.corrected_by]


def letter_of(case: Case, seq: int) -> Letter | None:
    """Return the letter that tells of an entry of the ledger; None where none was made here."""
    standing = (each for each in letters_of(case) if each.voided is None and duty.is_served(each))
    return next((each for each in standing if (stood := told(each)) and stood.seq == seq), None)


# -- the acts -----------------------------------------------------------------------------------------


def record(
    letter_id: int, attempt: Attempt, given: ServiceExtras, *, case_id: int, by: Serving
) -> LetterService:
    """Keep a service of a letter in one transaction, and take the step that it is.

    Raises InvalidDetailError, GuardError naming what is against it, StepNotAllowedError, UnlawfulDayError,
    NotFoundError, NotPermittedError; then nothing was kept.
    """
    by.actor.require(Action.REGISTER)
    target = find(letter_id, case_id, by.actor).case
    proof = evidence.look(target, given.upload, by.actor, by.now) if given.upload is not None else None
    with transaction():
        letter = find(letter_id, case_id, by.actor)
        case, before = letter.case, services_of(letter.case).get(letter.id, [])
        _check_version(case, by.version)
        if letter.voided is not None:
            raise InvalidDetailError("这份文书已作废，没有发出，不能登记送达。")
        service.check(attempt, dated_on=letter.dated_on, today=by.today)
        _refused(_forbidden(letter, given, by.actor))
        warned = _warnings(letter, attempt)
        _refused([] if given.override else warned)
        told_why = [
            given.override,
            *(each.message for each in warned),
            *signed.said_of_review(_asked_anew(letter), given.reviewed),
        ]
        row = LetterService(
            agency_id=case.agency_id,
            case_id=case.id,
            letter_id=letter.id,
            seq=_step(letter, attempt, given, by),
            place=given.place or _known_place(letter, attempt.way),
            reason="；".join(filter(None, told_why)),
            message=given.message,
            parts=list(given.parts),
            recorded_by=by.actor.name,
            recorded_at=by.now,
            **{name: getattr(attempt, name) for name in KEPT},
        )
        _attach(row, proof)
        db.session.add(row)
        db.session.flush()
        duty.restate(letter, [*before, row])
        _note("letter_served", letter, row, by)
    return row


def add_result(
    service_id: int,
    result: service.LaterResult,
    *,
    note: str = "",
    signer: str = "",
    upload: Upload | None = None,
    letter_id: int,
    case_id: int,
    by: Serving,
) -> ServiceResult:
    """Keep what came of a service in one transaction: received, returned, never done.

    A receipt lets the term run that waited for it. Raises as ``record``.
    """
    by.actor.require(Action.CORRECT if result.kind == service.VOID else Action.REGISTER)
    target = find(letter_id, case_id, by.actor).case
    proof = evidence.look(target, upload, by.actor, by.now) if upload is not None else None
    with transaction():
        letter = find(letter_id, case_id, by.actor)
        rows = services_of(letter.case).get(letter.id, [])
        row = next((each for each in rows if each.id == service_id), None)
        if row is None:
            raise NotFoundError("没有这次送达的记录。")
        _check_version(letter.case, by.version)
        service.check_result(row.stands, result, note=note, signer=signer, today=by.today)
        added = _added(row, result, note=note, signer=signer, by=by)
        _attach(added, proof)
        if result.kind == service.RECEIVED and row.entry_seq is not None:
            shown = f"{letter.number}，邮件号{row.tracking}" if row.tracking else letter.number
            _tell(letter.case, row.entry_seq, result.on, proof=shown, by=by)
        db.session.flush()
        duty.restate(letter, rows)
        _note(f"service_{result.kind}", letter, row, by)
    return added


def _added(
    row: LetterService,
    result: service.LaterResult,
    *,
    note: str,
    signer: str,
    by: Serving,
    seq: int | None = None,
) -> ServiceResult:
    added = ServiceResult(
        agency_id=row.agency_id,
        service_id=row.id,
        seq=seq,
        kind=result.kind,
        on=result.on,
        signer=signer,
        note=note,
        recorded_by=by.actor.name,
        recorded_at=by.now,
    )
    row.results.append(added)
    return added


def _check_version(case: Case, version: int | None) -> None:
    if version is not None and case.version != version:
        raise StaleDataError(f"case {case.number}: version {version} is not {case.version}")


def _known_place(letter: Letter, way: str) -> str | None:
    """Return where the applicant is reached; of another addressee nothing is known."""
    if index.BY_KEY[letter.kind].to is not Addressee.APPLICANT:
        return None
    who = letter.case.applicant
    return {service.POST: who.address, "email": who.email}.get(way)


def _attach(row: LetterService | ServiceResult, file: LookedAt | None) -> None:
    """Keep the proof with its row: the file first, a file without a row is harmless."""
    if file is not None:
        store.put(file.sha256, file.content)
        row.file_name, row.file_type = file.name, file.type
        row.file_size, row.sha256 = len(file.content), file.sha256


def _note(act: str, letter: Letter, row: LetterService, by: Serving) -> None:
    what: dict[str, Any] = {"letter": letter.number, "way": row.way, "sha256": row.sha256}
    target, agency_id = letter.case.number, letter.agency_id
    audit.note(act, actor=by.actor.name, now=by.now, target=target, agency_id=agency_id, **what)


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
            raise NotFoundError(f"文件“{name}”已丢失或被改动，请联系系统管理员从备份恢复。")
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
        "remark": f"{row.stands.returned_on}退回" if row.stands.returned_on else "",
    }
    return {key: value for key, value in stated.items() if value}


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
                told_on = "没有这一步" if recorded is None else f"为{recorded}"
                yield case.number, f"{row.letter.number}的送达记录为{row.stands.counts_on}，台账{told_on}。"
