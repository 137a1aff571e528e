"""Make a letter: what it states is put together, what it lacks is refused, what was made never changes."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from tracker.domain.case import basis, check, event, history
from tracker.domain.case.event import Entry
from tracker.domain.case.step_field import METHODS
from tracker.domain.errors import InvalidDetailError, NotFoundError, NotPermittedError
from tracker.domain.letter import content, fact, index
from tracker.domain.letter.content import Draft
from tracker.domain.letter.fact import Lack
from tracker.domain.letter.kind import LetterKind
from tracker.domain.letter.number import written
from tracker.domain.message import Joined, Phrase, by_law, joined, worded
from tracker.domain.permission import ACTION_LABELS, Action
from tracker.domain.register import reanswer
from tracker.models.base import db, transaction
from tracker.models.case import Case
from tracker.models.letter import Letter, VoidedLetter
from tracker.models.reads.service import services_of
from tracker.models.remedy import Reanswer
from tracker.reading import isolated
from tracker.rendering import pdf
from tracker.rendering.letter import page
from tracker.services.case import redaction, review, step
from tracker.services.letter import duty, number, signed, template
from tracker.services.letter.sender import facts_of, sender
from tracker.services.office import audit, store
from tracker.services.office.actor import Actor

NO_LETTER = worded("没有这份文书。")
AHEAD = ("deadline_on", "until_on")  # days that lie after the letter that sets them
WITHHELD = "withheld"  # the fact of a partial disclosure that its redactions state


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What a person typed for a letter. facts: by the keys of the kind's asks. corrects: a letter's id.

    parts: the items of a mixed answer.
    """

    kind: str
    on: date
    facts: Mapping[str, str]
    method: str = ""
    merged: str = ""
    corrects: int | None = None
    why: str = ""
    reanswer: int | None = None
    parts: Sequence[Mapping[str, str]] = ()


def offered(case: Case, actor: Actor, reanswer: Reanswer | None = None) -> list[LetterKind]:
    """Return the kinds of letters that the case may be sent now, and the actor may make.

    reanswer: of an answer ordered anew, every answer may be given, whatever the request was answered.
    """
    if reanswer is not None:
        return [kind for kind in index.anew() if actor.may(index.action(kind))]
    steps = (entry.step for entry in history.in_force(case.entries))
    return index.offered(step.standing(case), steps, actor.roles)


def known(case: Case, kind: LetterKind, reanswer: Reanswer | None = None) -> dict[str, str]:
    """Return the facts of the kind that stand in the ledger already: they are not typed again.

    What the ledger says of the first answer is nothing of one that was ordered anew.
    """
    if reanswer is not None:
        return {}
    return content.from_ledger(kind, history.in_force(case.entries))


def reanswer_of(case: Case, reanswer_id: int | None) -> Reanswer | None:
    """Return the answer ordered anew that a letter of the case belongs to; None where it belongs to none.

    Raises NotFoundError where it is another case's, or was withdrawn.
    """
    if reanswer_id is None:
        return None
    row = db.session.get(Reanswer, reanswer_id)
    if row is None or row.remedy.case_id != case.id or row.withdrawn_at is not None:
        raise NotFoundError("没有这件重新答复。")
    return row


def check_anew(case: Case, draft: Draft, anew: Reanswer | None) -> None:
    """Raise InvalidDetailError where an answer ordered anew gives the first one's result again."""
    if anew is None:
        return
    answer = history.answer_of(case.entries)
    values = {
        "outcome": draft.kind.outcome,
        "why_same": anew.why_same,
        "reason": draft.typed.get("reason", ""),
    }
    first = str(answer.details.get("reason") or "") if answer else ""
    if wrong := reanswer.same_again(values, answer.step if answer else "", first):
        raise InvalidDetailError(joined(wrong.values()))


def proposed(case: Case, kind: LetterKind, actor: Actor) -> dict[str, str]:
    """Return what the form of a letter proposes: the facts that the case suggests, to be changed."""
    proposals = content.proposed(kind, facts_of(case), approver=actor.name)
    if WITHHELD in [ask.key for ask in kind.asks] and (listed := redaction.withheld(case)):
        proposals[WITHHELD] = "\n".join(filter(None, [proposals.get(WITHHELD), listed]))
    return proposals


def drafted(case: Case, typed: Typed, *, today: date) -> Draft:
    """Return the letter as it is being written: what the ledger states goes before what was typed.

    Raises NotFoundError, InvalidDetailError where its day or its way of service is none.
    """
    kind = index.BY_KEY.get(typed.kind)
    if kind is None:
        raise NotFoundError("没有这种文书。")
    if typed.on > today or (case.received_on and typed.on < case.received_on):
        raise InvalidDetailError("落款日期应在收到申请之日与今天（%(today)s）之间。", today=today)
    if typed.method not in ("", *METHODS):
        raise InvalidDetailError("请从列出的送达方式中选择。")
    return Draft(
        kind=kind,
        typed={**typed.facts, **known(case, kind, reanswer_of(case, typed.reanswer))},
        on=typed.on,
        method=typed.method,
        merged=typed.merged.strip(),
        corrects=_corrects(case, typed),
        reanswer=typed.reanswer,
        parts=typed.parts if kind.outcome else (),
    )


def _corrects(case: Case, typed: Typed) -> str:
    if typed.corrects is None:
        return ""
    before = db.session.get(Letter, typed.corrects)
    if before is None or before.case_id != case.id or not typed.why.strip():
        raise InvalidDetailError("更正须指明本件的一份文书，并写明原因。")
    dated = fact.day_of(before.dated_on.isoformat())
    return f"本文书更正本机关{dated}作出的{before.title}（{before.number or dated}）：{typed.why.strip()}"


def lacking(case: Case, draft: Draft, *, today: date) -> list[Lack]:
    """Return the elements that the letter still lacks."""
    return list(content.lacking(draft, facts_of(case), sender(case.agency_id, draft.on, today=today)))


def preview(case: Case, draft: Draft, *, today: date) -> str:
    """Return the letter as it would be made, as HTML; without a number. Raises UnreadableFileError."""
    return fragment(*_written(case, draft, today=today))


def _written(case: Case, draft: Draft, before: "_Filled | None" = None, *, today: date) -> tuple[bytes, int]:
    """Return the Word file and the version of the template that it was made from; 0 is ours.

    before: filled already; used if it states the same by the same template.
    """
    facts, chosen = _facts(case, draft, today), template.current(case.agency_id, draft.kind)
    if before is not None and (before.facts, before.template_version) == (facts, chosen.version):
        return before.file, chosen.version
    return chosen.filled(facts), chosen.version


def fragment(file: bytes, version: int) -> str:
    """Return a letter's paragraphs as HTML. version: of the template; what is not ours is read apart."""
    return isolated.read(page.fragment, file) if version else page.fragment(file)


@dataclass(frozen=True, slots=True)
class _Filled:
    """A file that was filled before anybody had to wait for it, and what it was filled with."""

    facts: dict[str, str]
    template_version: int
    file: bytes


def _filled_before(
    case_id: int, typed: Typed, actor: Actor, today: date, version: int | None = None
) -> _Filled:
    """Return the letter filled before the transaction, so that it may be sealed and lie ready then.

    That takes its time, and whoever waits for the write lock would wait for it: the number that
    comes next is taken for granted, and the file is used if nothing else came between (``_kept``).
    """
    case = step.find(case_id, actor)
    step.check_version(case, version)
    draft = drafted(case, typed, today=today)
    actor.require(index.action(draft.kind))
    chosen = template.current(case.agency_id, draft.kind)
    if draft.kind.series:
        code = sender(case.agency_id, draft.on, today=today).code
        serial = number.next_of(case.agency_id, draft.kind.series, draft.on.year)
        draft = replace(draft, number=written(code, draft.kind.series, draft.on.year, serial))
    facts = _facts(case, draft, today)
    return _Filled(facts, chosen.version, chosen.filled(facts))


def _facts(case: Case, draft: Draft, today: date) -> dict[str, str]:
    return content.values(draft, facts_of(case), sender(case.agency_id, draft.on, today=today))


def make(
    case_id: int, typed: Typed, *, actor: Actor, today: date, now: datetime, version: int | None = None
) -> Letter:
    """Make a letter in one transaction: number, file and row; nothing of it changes afterwards.

    version: of the case as the person saw it; another one raises StaleDataError (409).

    Raises InvalidDetailError naming what the letter lacks, NotFoundError, NotPermittedError.
    """
    before = _filled_before(case_id, typed, actor, today, version)
    with store.ready(before.file) as stored, transaction():
        case = step.find(case_id, actor)
        step.check_version(case, version)
        draft = drafted(case, typed, today=today)
        actor.require(index.action(draft.kind))
        anew = reanswer_of(case, typed.reanswer)
        check_anew(case, draft, anew)
        if draft.kind not in offered(case, actor, anew):
            raise InvalidDetailError("本件现在不能制作“%(label)s”。", label=draft.kind.label)
        check_whole(case, draft, today=today)
        signed.check(case, draft, today=today)
        step.move(case, case.version)
        return _kept(case, draft, typed, before, stored, actor=actor, today=today, now=now)


def check_whole(case: Case, draft: Draft, *, today: date) -> None:
    """Raise InvalidDetailError naming what the letter lacks, and what its items contradict."""
    of_parts = Entry(draft.kind.outcome, draft.on, {content.PARTS: list(draft.parts)})
    if draft.parts and (against := list(check.against_parts(step.standing(case), of_parts))):
        raise InvalidDetailError(joined(by_law(each.message, each.law) for each in against))
    if lacks := lacking(case, draft, today=today):
        raise InvalidDetailError(
            "还不能制作，缺少：%(names)s。",
            names=joined((by_law(lack.label, lack.law) for lack in lacks), "；"),
        )
    if draft.kind.tells_of_step and draft.reanswer is None:
        _check_step(case, draft)


def _check_step(case: Case, draft: Draft) -> None:
    """Raise InvalidDetailError where the letter says what no ledger takes: it would leave unrecorded."""
    kind = draft.kind
    if content.entries_of(kind, draft.typed, history.in_force(case.entries)):
        return  # it tells of what was recorded
    stated = content.told(kind, draft.typed, draft.on, number=draft.number, method=draft.method)
    try:
        event.check(stated)
    except InvalidDetailError as error:
        raise InvalidDetailError(_in_words(kind, error.message)) from error
    against = [
        by_law(each.message, each.law) for each in check.objections(step.standing(case), stated) if each.final
    ]
    for ask in kind.asks:
        if ask.key in AHEAD and (until := stated.day(ask.key)) and until <= draft.on:
            late = {"label": ask.label, "until": until, "on": draft.on}
            against.append(Phrase("“%(label)s”（%(until)s）应晚于落款日期（%(on)s）。", **late))
    if against:
        raise InvalidDetailError(joined(against))


def _in_words(kind: LetterKind, message: str) -> str:
    """Return what is said of an entry in the words of the letter's form."""
    if not isinstance(message, Phrase) or isinstance(message, Joined):
        return message
    labels = {ask.key: ask.label for ask in kind.asks}
    values = {name: labels.get(str(value), value) for name, value in message.values.items()}
    if message.template == event.LACKS:
        return Phrase("“%(letter)s”缺少“%(label)s”。", letter=kind.label, label=values["key"])
    return Phrase(message.template, **values)


def _kept(
    case: Case,
    draft: Draft,
    typed: Typed,
    before: _Filled,
    stored: store.ReadyFile,
    *,
    actor: Actor,
    today: date,
    now: datetime,
) -> Letter:
    kind, serial = draft.kind, None
    if kind.series:
        serial = number.take(case.agency_id, kind.series, draft.on.year)
        code = sender(case.agency_id, draft.on, today=today).code
        draft = replace(draft, number=written(code, kind.series, draft.on.year, serial))
    file, template_version = _written(case, draft, before, today=today)
    digest = _stored(file, stored)  # before its row: a file without a row is harmless
    letter = Letter(
        agency_id=case.agency_id,
        case_id=case.id,
        kind=kind.key,
        title=kind.label,
        addressee=content.addressee(draft, facts_of(case)),
        series=kind.series,
        year=draft.on.year,
        serial=serial,
        number=draft.number,
        dated_on=draft.on,
        method=draft.method,
        facts={
            **draft.typed,
            **({content.PARTS: [dict(each) for each in draft.parts]} if draft.parts else {}),
        },
        sha256=digest,
        size=len(file),
        template_version=template_version,
        reanswer_id=typed.reanswer,
        corrects_id=typed.corrects,
        reason=typed.why.strip(),
        made_by=actor.name,
        made_at=now,
    )
    db.session.add(letter)
    what: dict[str, Any] = {"kind": kind.key, "number": draft.number, "sha256": digest}
    audit.note("letter_made", actor=actor.name, now=now, target=case.number, agency_id=case.agency_id, **what)
    db.session.flush()
    duty.restate_with_corrected(letter)
    return letter


def _stored(file: bytes, ready: store.ReadyFile) -> str:
    """Keep a letter's file and return its hash: the one that lies ready, unless its number was taken."""
    digest = hashlib.sha256(file).hexdigest()
    if digest == ready.digest:
        store.keep(ready)
    else:
        store.put(digest, file)
    return digest


def find(letter_id: int, actor: Actor) -> Letter:
    """Return a letter of a case that the actor may see. Raises NotFoundError, NotPermittedError."""
    letter = db.session.get(Letter, letter_id)
    if letter is None or letter.agency_id != actor.agency_id:
        raise NotFoundError(NO_LETTER)
    if not actor.reaches(letter.agency_id, letter.case.unit_id):
        raise NotPermittedError(ACTION_LABELS[Action.READ])
    return letter


def told(letter_id: int, case: Case, actor: Actor) -> Entry | None:
    """Return the entry that a letter of the case tells of; None where it is no letter of the case."""
    letter = find(letter_id, actor)
    kind = index.BY_KEY.get(letter.kind)
    if letter.case_id != case.id or kind is None or not letter.told_step:
        return None
    typed, on = letter.facts, letter.dated_on
    entry = content.told(kind, typed, on, number=letter.number, method=letter.method)
    signed = review.told_of(case, kind.outcome, on) if kind.outcome else None
    if signed is None:
        return entry
    reviewed = {**basis.basis_of(signed.details), **basis.basis_of(entry.details)}
    return Entry(entry.step, on, {**entry.details, "basis": reviewed})


def read(letter_id: int, *, actor: Actor, now: datetime) -> tuple[Letter, bytes]:
    """Return a letter with its file; the look is logged.

    Raises NotFoundError where the file is gone or was changed.
    """
    with transaction():
        letter = find(letter_id, actor)
        file = store.get(letter.sha256)
        if file is None:
            raise NotFoundError(
                "文书“%(title)s”的文件已丢失或被改动，请联系系统管理员从备份恢复。",
                title=letter.title,
            )
        what: dict[str, Any] = {"kind": letter.kind, "number": letter.number}
        target, agency_id = letter.case.number, letter.agency_id
        audit.note("letter_seen", actor=actor.name, now=now, target=target, agency_id=agency_id, **what)
    return letter, file


def as_pdf(letter: Letter, file: bytes) -> bytes:
    """Return a letter as PDF, from the same page as its print view. Raises PdfNotInstalledError."""
    written_page = isolated.read(page.page, file, letter.title) if letter.template_version else None
    return pdf.printed(written_page or page.page(file, letter.title))


def void(letter_id: int, reason: str, *, case_id: int, actor: Actor, now: datetime) -> Letter:
    """Say that a letter of the case never left, and why; its number stays taken.

    Raises InvalidDetailError without a reason or where it is void already, NotFoundError, NotPermittedError.
    """
    actor.require(Action.CORRECT)
    with transaction():
        letter = find(letter_id, actor)
        if letter.case_id != case_id:
            raise NotFoundError(NO_LETTER)
        if letter.voided is not None or not reason.strip():
            raise InvalidDetailError("请写明作废的原因；已经作废的不再作废。")
        if services_of(letter.case).get(letter.id):
            raise InvalidDetailError("这份文书已登记送达，不是没有发出的文书：写错的请制作更正的文书。")
        letter.voided = VoidedLetter(reason=reason.strip(), voided_by=actor.name, voided_at=now)
        db.session.flush()
        duty.restate_with_corrected(letter)
        what: dict[str, Any] = {"number": letter.number, "sha256": letter.sha256}
        target, agency_id = letter.case.number, letter.agency_id
        audit.note("letter_voided", actor=actor.name, now=now, target=target, agency_id=agency_id, **what)
    return letter
