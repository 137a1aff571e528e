"""Serve a letter (送达): the act, what came of it, and the step of the ledger that it is.

The ledger alone says when a case was answered and when a term began: serving the letter that tells of a step
takes the step, and a service that contradicts a step that was taken is refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from tracker.domain.case import agreement, basis, history, mixed
from tracker.domain.case.duty import unknown_receipts
from tracker.domain.case.event import KEYS, Entry
from tracker.domain.case.finding import Objection
from tracker.domain.case.outcome import BY_CODE
from tracker.domain.errors import InvalidDetailError, NotFoundError
from tracker.domain.letter import content, index, service
from tracker.domain.letter.kind import ON_THE_WAY, Addressee
from tracker.domain.letter.service import Attempt
from tracker.domain.misfit import DamagedError
from tracker.domain.permission import Action
from tracker.models.base import db, transaction
from tracker.models.case import Case
from tracker.models.letter import Letter
from tracker.models.reads.agreement import agreed
from tracker.models.reads.letter import letters_of
from tracker.models.reads.service import services_of
from tracker.models.service import LetterService
from tracker.services.case import delivery, evidence, ledger, review, step
from tracker.services.case.evidence import ReadyProof, Upload
from tracker.services.letter import duty, parcel, receiver, signed
from tracker.services.letter import letter as letters
from tracker.services.office import audit
from tracker.services.office.actor import Actor

# The steps that serving their letter takes; what another letter tells of has its own day, or none.
TAKEN = ON_THE_WAY | BY_CODE.keys()
KEPT = ("way", "handed_on", "received_on", "carrier", "tracking", "through", "signer")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceExtras:
    """What a person gives beside the service itself.

    place:    where it goes; empty, where the applicant is reached. parts: the items of a mixed answer.
    reviewed: who reviewed the answer, when, with which words (``basis.OF_THE_FILE``), where no one signed.
    upon:     the key of who is served in the applicant's place (``receiver``); empty of the addressee.
    override: why it is recorded against what was said.
    message:  the key of the mail by which it leaves. sent: the files that the mail carries. warned: what is
              said against them.
    """

    place: str = ""
    upon: str = ""
    parts: Sequence[dict[str, str]] = ()
    reviewed: Mapping[str, str] = field(default_factory=dict)
    override: str = ""
    upload: Upload | None = None
    message: str = ""
    sent: Sequence[dict[str, Any]] = ()
    warned: Sequence[Objection] = ()


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
        raise DamagedError(
            "文书“%(number)s”的种类已损坏，请联系系统管理员运行 tracker check。",
            number=letter.number,
        )
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
        parts = {"parts": items} if (items := _items(letter, given)) else {}
        stated = {**basis.basis_of(made.details), **_reviewed(letter.case, given)}
        return Entry(made.step, attempt.counts_on, {**made.details, "basis": stated, **parts})
    got = attempt.received_on if "received_on" in KEYS[made.step] else None
    receipt = {"received_on": got.isoformat()} if got else {}
    on = attempt.counts_on if attempt.way in service.ELECTRONIC else attempt.handed_on
    return Entry(made.step, on, {**made.details, **receipt})


def _items(letter: Letter, given: ServiceExtras) -> list[dict[str, str]]:
    """Return the items of a mixed answer that its letter states: what was not told was not answered.

    Raises InvalidDetailError where items are typed that the letter does not state so.
    """
    stated = letter.facts.get(content.PARTS)
    if not stated:
        if given.parts:
            raise InvalidDetailError(
                "文书没有载明分项，不能按有分项登记送达：需要分项的，请作废后重新制作载明分项的文书。"
            )
        return []
    typed = mixed.parts_of({content.PARTS: given.parts})
    if typed and typed != mixed.parts_of({content.PARTS: stated}):
        raise InvalidDetailError("各分项与文书所载的不同：以文书为准；文书有误的，请制作更正的文书。")
    return list(stated)


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
    taken = entry(letter, _as_if_got(attempt), given)
    against = [] if taken is None else step.objections(letter.case, taken, actor)
    there = receiver.chosen(letter, given.upon, attempt.handed_on)
    against_it = [
        *_forbidden(letter, given, actor),
        *parcel.against(letter, attempt, there.words if there else ""),
        *given.warned,
        *_warnings(letter, attempt),
        *against,
    ]
    return list({each.message: each for each in against_it}.values())


def _as_if_got(attempt: Attempt) -> Attempt:
    """Return a service whose day is not known yet as if it had reached the addressee on the day it left.

    What is against its step is said before it leaves; the step itself waits for the day.
    """
    return attempt if attempt.counts_on else replace(attempt, received_on=attempt.handed_on)


def _check_waiting(letter: Letter, attempt: Attempt, given: ServiceExtras, by: Serving) -> list[Objection]:
    """Return what is against the step of a service that waits for its day; nothing where it waits for none.

    Raises GuardError where it is final, NotPermittedError, StepNotAllowedError, UnlawfulDayError.
    """
    taken = entry(letter, _as_if_got(attempt), given) if attempt.counts_on is None else None
    if taken is None:
        return []
    ledger.check_permission(letter.case, taken, by.actor)
    step.preview(letter.case, taken, today=by.today)
    against = step.objections(letter.case, taken, by.actor)
    step.refused([each for each in against if each.final])
    return against


def check_leaving(row: LetterService, today: date) -> None:
    """Ask anew, as a mail leaves, for the step that waits for its day: the case may have moved since.

    Raises DomainError where the step may not be taken any more.
    """
    attempt = Attempt(way=row.way, handed_on=row.handed_on, received_on=today)
    taken = entry(row.letter, attempt, ServiceExtras(parts=row.parts, reviewed=row.reviewed))
    if taken is not None:
        step.preview(row.letter.case, taken, today=today)


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


def due_on(letter: Letter) -> date | None:
    """Return the last day of the answer that serving the letter gives; None where it gives none."""
    answers = bool(index.BY_KEY[letter.kind].outcome) and letter.reanswer_id is None
    return letter.case.due_on if answers and told(letter) is None else None


def _warnings(letter: Letter, attempt: Attempt) -> list[Objection]:
    last_on = due_on(letter)
    asks_consent = attempt.way in service.ELECTRONIC and index.BY_KEY[letter.kind].to is Addressee.APPLICANT
    stands = agreed(letter.case) if asks_consent else None
    return [
        *service.warnings(attempt, dated_on=letter.dated_on, due_on=last_on),
        *(agreement.against(agreed=bool(stands and stands.electronic)) if asks_consent else ()),
        *service.outdated(
            attempt, [(each.number, each.dated_on) for each in letter.corrected_by if each.voided is None]
        ),
    ]


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
            "台账记载这份文书于%(on)s%(of)s，与填写的%(day)s不一致：填错的请改正；台账有误的，先更正台账。",
            on=stood.on,
            of=of,
            day=day,
        )
    known = stood.day("received_on")
    if known and attempt.received_on and known != attempt.received_on:
        raise InvalidDetailError(
            "台账记载的收到日期为%(known)s，与填写的%(received_on)s不一致。",
            known=known,
            received_on=attempt.received_on,
        )


def take_step(letter: Letter, attempt: Attempt, given: ServiceExtras, by: Serving) -> int | None:
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
        tell(case, stood.seq, attempt.received_on, proof=_proof(letter, attempt), by=by)
    return stood.seq


def tell(case: Case, seq: int, received_on: date, *, proof: str, by: Serving) -> None:
    """Let the term that waits for the receipt of a letter run from it (rulebook L2).

    Raises InvalidDetailError where the ledger has a later day: the term runs from the first receipt.
    """
    stood = next((entry for entry in history.in_force(case.entries) if entry.seq == seq), None)
    known = stood.day("received_on") if stood else None
    if known and received_on < known:
        raise InvalidDetailError(
            "台账记载的收到日期为%(known)s，晚于填写的%(received_on)s：确实更早收到的，先更正台账。",
            known=known,
            received_on=received_on,
        )
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
    with evidence.ready(target, given.upload, by.actor, by.now) as proof, transaction():
        return keep(letter_id, attempt, given, proof, case_id=case_id, by=by)


def keep(
    letter_id: int,
    attempt: Attempt,
    given: ServiceExtras,
    proof: ReadyProof | None = None,
    *,
    case_id: int,
    by: Serving,
) -> LetterService:
    """Keep a service of a letter in the caller's transaction. Raises as ``record``."""
    letter = find(letter_id, case_id, by.actor)
    case, before = letter.case, services_of(letter.case).get(letter.id, [])
    step.check_version(case, by.version)
    seen = case.version
    if letter.voided is not None:
        raise InvalidDetailError("这份文书已作废，没有发出，不能登记送达。")
    service.check(attempt, dated_on=letter.dated_on, today=by.today)
    step.refused(_forbidden(letter, given, by.actor))
    warned = [*given.warned, *_warnings(letter, attempt), *_check_waiting(letter, attempt, given, by)]
    there = receiver.chosen(letter, given.upon, attempt.handed_on)
    upon = there.words if there else ""
    warned += parcel.checked(letter, attempt, upon, given.override)
    step.refused([] if given.override else warned)
    seq = take_step(letter, attempt, given, by)
    said_of = signed.said_of_review(_asked_anew(letter), given.reviewed)
    told_why = [given.override, *(each.message for each in warned), *said_of]
    row = LetterService(
        agency_id=case.agency_id,
        case_id=case.id,
        letter_id=letter.id,
        seq=seq,
        upon=upon,
        place=given.place or receiver.place(letter, there, attempt.way),
        reason="；".join(filter(None, told_why)),
        message=given.message,
        sent=list(given.sent),
        parts=_items(letter, given),
        reviewed={key: fact for key, fact in given.reviewed.items() if fact} if seq is None else {},
        recorded_by=by.actor.name,
        recorded_at=by.now,
        **{name: getattr(attempt, name) for name in KEPT},
    )
    evidence.attach_file(row, proof)
    db.session.add(row)
    step.move(case, seen)
    db.session.flush()
    if row.file_name:
        evidence.note_name(case, row.file_name)
    duty.restate(letter, [*before, row])
    note_act("letter_served", letter, row, by.actor.name, by.now)
    return row


def note_act(act: str, letter: Letter, row: LetterService, by: str, now: datetime) -> None:
    """Write the act into the audit log: of a service neither its address nor its addressee."""
    what: dict[str, Any] = {"letter": letter.number, "way": row.way, "sha256": row.sha256}
    target, agency_id = letter.case.number, letter.agency_id
    audit.note(act, actor=by, now=now, target=target, agency_id=agency_id, **what)
