"""What an answer needs before it leaves: its review (第17条), and its sign-off where there is one.

Asked at the pages alone. Imports and files record what happened, and ``check`` shows what they lack.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import select

from tracker.domain.case import basis, history, mixed, sign_off
from tracker.domain.case.duty import Duty
from tracker.domain.case.event import Entry
from tracker.domain.case.finding import Objection
from tracker.domain.case.outcome import BY_CODE
from tracker.domain.case.sign_off import STATION_LABELS, Stand, Station
from tracker.domain.folding import fold
from tracker.domain.letter import content
from tracker.domain.letter.index import BY_KEY
from tracker.domain.message import Phrase, joined
from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.duty import SIGN_OFF
from tracker.models.letter import Letter
from tracker.models.reads.sign_off import newest_round, rounds_of
from tracker.models.sign_off import SignOff, SignOffOpinion
from tracker.models.user import FormerName
from tracker.services.case import duty
from tracker.services.office import office
from tracker.services.office.actor import Actor

ANSWER = "answer"  # the matter of every answer of a case
LAW = "条例第17、45条（审批；环节为实务）"


def stand_of(row: SignOff) -> tuple[Stand, Station | None]:
    """Return where a round stands, and at which station it waits."""
    if row.kind not in BY_KEY or row.case is None or "facts" not in row.typed:
        return Stand.DAMAGED, None
    return sign_off.standing(row.stations.split(), ((each.station, each.verdict) for each in row.opinions))


def opinion_at(row: SignOff, station: Station) -> SignOffOpinion | None:
    """Return what was said at a station of the round."""
    return next((each for each in row.opinions if each.station == station), None)


def signed_on(row: SignOff) -> date:
    """Return the day of the last opinion; of the draft where there is none."""
    return max((each.on for each in row.opinions), default=row.drafted_on)


def in_force(case_id: int, matter: str) -> SignOff | None:
    """Return the newest round of a matter unless its drafter took it back."""
    row = newest_round(case_id, matter)
    return None if row is None or stand_of(row)[0] is Stand.WITHDRAWN else row


def why_unsigned(row: SignOff) -> str:
    """Say why a round lets nothing leave yet; empty where it is signed."""
    stand, station = stand_of(row)
    if stand is Stand.PENDING and station is not None:
        return Phrase("正在审批，等待“%(value)s”。", value=STATION_LABELS[station])
    if stand is Stand.DAMAGED:
        return Phrase("审批的数据已损坏：请联系系统管理员运行 tracker check。")
    return "" if stand is Stand.SIGNED else Phrase("审批已退回：请修改后重新送审。")


def facts(row: SignOff) -> dict[str, str]:
    """Return the review as the ledger states it (``basis.REVIEWED``); nothing where none was asked for."""
    opinion = opinion_at(row, Station.SECRECY)
    if opinion is None:
        return {}
    return {"reviewer": opinion.signed_by, "reviewed_on": opinion.on.isoformat(), "review": opinion.words}


def told_by(row: SignOff, on: date) -> Entry:
    """Return the entry of the answer that was signed, as far as the draft and its review state it."""
    kind = BY_KEY[row.kind]
    typed: dict[str, Any] = {str(key): str(value) for key, value in row.typed["facts"].items()}
    typed[content.PARTS] = row.typed.get(content.PARTS)
    told = content.told(kind, typed, on, number="", method=str(row.typed.get("method") or ""))
    reviewed = facts(row) if sign_off.is_reviewed(kind.outcome, kind.end) else {}
    return Entry(told.step, on, {**told.details, "basis": {**basis.basis_of(told.details), **reviewed}})


def told_of(case: Case, outcome: str, on: date) -> Entry | None:
    """Return the entry of the answer as it was signed; None where no such answer was."""
    row = in_force(case.id, ANSWER)
    if row is None or why_unsigned(row) or BY_KEY[row.kind].outcome != outcome:
        return None
    return told_by(row, on)


def against(case: Case, entry: Entry, actor: Actor) -> Iterator[Objection]:
    """Yield what forbids an answer: nothing here can be overridden."""
    if entry.step not in BY_CODE:
        return
    row = in_force(case.id, ANSWER)
    if row is not None:
        yield from _against_signed(row, entry)
        return
    if office.rules(entry.on).sign_off == "required":
        yield Objection(
            Phrase("本机关的答复须先在系统中审批签发：请在“文书”中写好告知书，送审。"), LAW, final=True
        )
    yield from _against_own_review(case, entry, actor)


def against_correction(case: Case, entry: Entry) -> Iterator[Objection]:
    """Yield what forbids a correction: no record of something else becomes one of giving, unreviewed."""
    replaces, written = entry.details.get("replaces"), entry.details.get("with")
    if not isinstance(written, dict):
        return
    before = next((each for each in case.entries if each.seq == replaces), None)
    after = history.unflat(written, int(replaces or 0))
    if after.step not in BY_CODE or not sign_off.is_reviewed(after.step, _end(after)):
        return
    if before is not None and before.step in BY_CODE and sign_off.is_reviewed(before.step, _end(before)):
        return
    for ask in basis.missing(after.step, after.details):
        if ask in basis.REVIEWED:
            yield Objection(Phrase("缺少“%(label)s”。", label=ask.label), ask.law, final=True)
    if basis.is_against_giving(_conclusion(after)):
        yield Objection(basis.AGAINST, basis.REVIEW_LAW, final=True)


def _against_own_review(case: Case, entry: Entry, actor: Actor) -> Iterator[Objection]:
    """Say that who drafted reviews nothing: who answers, and who made the letter."""
    reviewer = fold(str(basis.basis_of(entry.details).get("reviewer") or ""))
    if reviewer and reviewer in {fold(name) for name in _drafters(case, entry, actor)}:
        yield Objection(Phrase("审查人不能是拟稿人自己。"), basis.REVIEW_LAW, final=True)
    if basis.may_meet_objection(entry.step) and basis.is_against_giving(_conclusion(entry)):
        yield Objection(basis.AGAINST, basis.REVIEW_LAW, final=True)


def _conclusion(entry: Entry) -> str:
    return str(basis.basis_of(entry.details).get("review") or "")


def _drafters(case: Case, entry: Entry, actor: Actor) -> Iterator[str]:
    yield actor.name
    yield from db.session.scalars(select(FormerName.name).where(FormerName.user_id == actor.user_id))
    of_answer = Letter.kind.startswith(f"{entry.step}.", autoescape=True)
    yield from db.session.scalars(select(Letter.made_by).where(Letter.case_id == case.id, of_answer))


def _against_signed(row: SignOff, entry: Entry) -> Iterator[Objection]:
    if why := why_unsigned(row):
        yield Objection(why, LAW, final=True)
        return
    kind, told = BY_KEY[row.kind], told_by(row, entry.on)
    stated = {**basis.basis_of(entry.details), "reason": entry.details.get("reason") or ""}
    signed = {**basis.basis_of(told.details), "reason": told.details.get("reason") or ""}
    keys = [basis.END, *(ask.key for ask in kind.asks if ask.key in basis.KEYS)]
    keys += [ask.key for ask in basis.REVIEWED if sign_off.is_reviewed(kind.outcome, kind.end)]
    keys += ["reason"] if signed["reason"] else []
    others = list(sign_off.changed(signed, {basis.END: _end(entry), **stated}, keys))
    if entry.step != told.step:
        yield Objection(
            Phrase(
                "签批的是“%(label)s”，与本步骤不同：变更须重新送审。",
                label=BY_CODE[kind.outcome].label,
            ),
            LAW,
            final=True,
        )
    elif others:
        named = joined(
            (basis.label(key, stated) if key in basis.KEYS else Phrase("理由") for key in others), "、"
        )
        yield Objection(Phrase("与签批的内容不同：%(named)s。变更须重新送审。", named=named), LAW, final=True)
    if content.PARTS in row.typed and mixed.parts_of(entry.details) != mixed.parts_of(told.details):
        yield Objection(Phrase("各分项与签批的内容不同：变更须重新送审。"), LAW, final=True)
    decided = entry.day("decided_on") or entry.on
    if decided < signed_on(row):
        yield Objection(
            Phrase(
                "落款、送达不能早于签发之日（%(signed_on)s）。",
                signed_on=signed_on(row),
            ),
            LAW,
            final=True,
        )


def _end(entry: Entry) -> str:
    return basis.end_of(entry.step, entry.details).key


# -- what is waited for ----------------------------------------------------------------------------------


def duties_of(row: SignOff) -> list[Duty]:
    """Return what the round waits for: the next opinion, or another draft; nothing once it is over."""
    stand, _ = stand_of(row)
    if stand not in (Stand.PENDING, Stand.RETURNED) or row.case.closed_on is not None:
        return []
    if newest_round(row.case_id, row.matter) is not row:
        return []
    calendar, since = office.calendar(), signed_on(row)
    on = calendar.add(since, office.rules(row.drafted_on).sign_off_days)
    name = "sign_off" if stand is Stand.PENDING else "redraft"
    return [Duty(name, on, LAW, calendar.is_provisional(on))]


def restate(case: Case) -> None:
    """Keep what the rounds of a case wait for, in the caller's transaction."""
    for row in rounds_of(case):
        duty.restate(SIGN_OFF, row.id, row.agency_id, duties_of(row))


def misstated() -> Iterator[str]:
    """Yield the numbers of cases whose sign-offs have another open duty than they wait for."""
    kept = duty.all_kept(SIGN_OFF)
    for row in db.session.scalars(select(SignOff).order_by(SignOff.id)).unique():
        if kept.get(row.id, {}) != duty.known(duties_of(row)):
            yield row.case.number if row.case else f"#{row.id}"
