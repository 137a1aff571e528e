"""The sign-off (审批) of a letter's draft: drafted, signed at one station after the other, or returned.

The letter that is made is held against it by ``signed``, the step of the ledger by ``services/case/review``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from tracker.domain.case import mixed, sign_off
from tracker.domain.case.sign_off import (
    DRAFTER,
    STATION_LABELS,
    Signatory,
    Stand,
    Station,
    Verdict,
)
from tracker.domain.errors import InvalidDetailError, NotFoundError, NotPermittedError
from tracker.domain.folding import fold
from tracker.domain.letter import content, index
from tracker.domain.letter.content import Draft
from tracker.domain.letter.index import BY_KEY
from tracker.domain.message import Phrase, worded
from tracker.domain.misfit import DamagedError
from tracker.domain.permission import ACTION_LABELS, Action
from tracker.mail import compose
from tracker.models.base import db, transaction
from tracker.models.case import Case
from tracker.models.letter import Letter
from tracker.models.outbox import PLAIN
from tracker.models.reads.sign_off import (
    drafters_of,
    newest_round,
    people_who_sign,
    rounds_of,
    waiting_rounds,
)
from tracker.models.sign_off import SignOff, SignOffOpinion
from tracker.models.user import User
from tracker.services.case import review, step
from tracker.services.case.review import stand_of
from tracker.services.letter import delegation, template
from tracker.services.letter import letter as letters
from tracker.services.letter.letter import Typed
from tracker.services.letter.signed import check_remark, frozen, matter_of
from tracker.services.mail import outbox
from tracker.services.mail.recipient import SEVERAL, of_user
from tracker.services.office import audit, office
from tracker.services.office.actor import Actor

NOT_THERE = worded("没有这份审批。")
UNDATED = "（签发后填写）"
LONGEST = 1000  # characters of an opinion


# -- who may sign -------------------------------------------------------------------------------------


class Signatories:
    """The people of an agency and what they may sign on a day.

    rounds: those that are asked about: who drafted them is read at once.
    """

    def __init__(self, agency_id: int, on: date, rounds: Sequence[SignOff] = ()) -> None:
        self.on = on
        self._drafted: dict[int, list[tuple[str, int, int, str]]] = {}
        self._read_drafters({row.case_id for row in rounds})
        self.users = {user.id: user for user in people_who_sign(agency_id, all_names=True)}
        self.people = {
            user.id: Signatory(user.id, user.role_set, user.unit_id) for user in self.users.values()
        }
        self.delegations = delegation.in_force(agency_id, on)

    def signers(self, row: SignOff, station: Station) -> dict[int, tuple[int, ...]]:
        """Return who may sign the round at a station, each with those in whose place."""
        return sign_off.signers(
            station,
            self.people,
            unit_id=row.case.unit_id,
            drafters=self._drafters(row),
            delegations=self.delegations,
            on=self.on,
        )

    def asked(self, row: SignOff) -> list[User]:
        """Return whose turn it is: who is to sign a round that waits, or to draft a returned one anew."""
        stand, station = stand_of(row)
        if station is not None:
            return [self.users[i] for i in sign_off.asked(station, self.people, self.signers(row, station))]
        if stand is Stand.RETURNED:
            return [self.users[i] for i in (row.drafted_by_id,) if i in self.users]
        return []

    def _drafters(self, row: SignOff) -> frozenset[int]:
        """Return who drafted this round or one before it, under whatever account of the same name."""
        if row.case_id not in self._drafted:
            self._read_drafters({row.case_id})
        rounds = [
            (drafter, name)
            for matter, number, drafter, name in self._drafted[row.case_id]
            if matter == row.matter and number <= row.round
        ]
        names = {fold(name) for _drafter, name in rounds}
        alike = {i for i, user in self.users.items() if names & {fold(name) for name in user.names}}
        return frozenset({drafter for drafter, _name in rounds} | alike)

    def _read_drafters(self, case_ids: set[int]) -> None:
        self._drafted |= {case_id: [] for case_id in case_ids}
        for case_id, matter, number, drafter, name in drafters_of(case_ids):
            self._drafted[case_id].append((matter, number, drafter, name))


# -- the acts -----------------------------------------------------------------------------------------


def submit(
    case_id: int,
    typed: Typed,
    *,
    note: str,
    actor: Actor,
    today: date,
    now: datetime,
    version: int | None = None,
) -> SignOff:
    """Draft a letter for signature: a new round, that keeps those before it.

    version: of the case as the person saw it; another one raises StaleDataError (409).

    Raises InvalidDetailError where the letter lacks something, a round still waits, or nobody could sign.
    """
    with transaction():
        case = step.find(case_id, actor)
        step.check_version(case, version)
        draft = letters.drafted(case, typed, today=today)
        actor.require(index.action(draft.kind))
        anew = letters.reanswer_of(case, typed.reanswer)
        letters.check_anew(case, draft, anew)
        if draft.kind not in letters.offered(case, actor, anew):
            raise InvalidDetailError("本件现在不能制作“%(label)s”。", label=draft.kind.label)
        letters.check_whole(case, draft, today=today)
        row = _drafted(case, draft, typed, note, actor=actor, today=today, now=now)
        who = Signatories(case.agency_id, today)
        for name in row.stations.split():
            if not who.signers(row, Station(name)):
                raise InvalidDetailError(_nobody(Station(name)))
        _to_next(row, who, today=today, now=now)
        _note("sign_off_drafted", row, actor, now, sha256=row.sha256, round=row.round)
    return row


def _nobody(station: Station) -> str:
    return Phrase(
        "没有人可以签“%(value)s”：拟稿人不能签批自己的稿件。请由他人拟稿，或者由系统管理员"
        "给另一人加上“%(value2)s”的角色。",
        value=STATION_LABELS[station],
        value2=ACTION_LABELS[sign_off.LEAVE[station]],
    )


def _drafted(
    case: Case, draft: Draft, typed: Typed, note: str, *, actor: Actor, today: date, now: datetime
) -> SignOff:
    kind, matter = draft.kind, matter_of(draft.kind, typed.reanswer)
    before = newest_round(case.id, matter)
    if kind.is_form or actor.user_id is None:
        raise InvalidDetailError("只有文书可以送审；送审的须是登录的用户。")
    if before is not None and stand_of(before)[0] is Stand.PENDING:
        raise InvalidDetailError(review.why_unsigned(before))
    as_drafted = frozen(case, draft, today=today)
    stations = sign_off.stations_for(office.rules(today).sign_off_stations, kind.outcome, kind.end)
    row = SignOff(
        agency_id=case.agency_id,
        case=case,
        matter=matter,
        round=before.round + 1 if before else 1,
        kind=kind.key,
        typed={
            "facts": dict(draft.typed),
            "method": typed.method,
            "merged": typed.merged,
            "corrects": typed.corrects,
            "why": typed.why,
            "reanswer": typed.reanswer,
            "parts": [dict(each) for each in draft.parts],
        },
        text=as_drafted.text,
        template_version=as_drafted.template_version,
        sha256=as_drafted.sha256,
        stations=" ".join(stations),
        note=note.strip(),
        drafted_on=today,
        drafted_by_id=actor.user_id,
        drafted_by=actor.name,
        drafted_at=now,
        opinions=[],
    )
    db.session.add(row)
    db.session.flush()
    return row


def sign(
    row_id: int,
    station: str,
    verdict: str,
    remark: str,
    *,
    actor: Actor,
    today: date,
    now: datetime,
) -> SignOff:
    """Give an opinion at the station where the round waits. A return needs its reason.

    Raises InvalidDetailError, NotFoundError, NotPermittedError; StaleDataError where another was first.
    """
    if verdict not in (Verdict.AGREED, Verdict.RETURNED) or (
        verdict == Verdict.RETURNED and not remark.strip()
    ):
        raise InvalidDetailError("请选择同意或者退回；退回的，请写明理由。")
    with transaction():
        row = _locked(row_id, actor)
        who = Signatories(row.agency_id, today)
        waits = stand_of(row)[1]
        if waits is None or waits != station:
            raise StaleDataError(f"sign-off {row_id}: {station} is not where it waits")
        may_sign = who.signers(row, waits)
        if actor.user_id is None or actor.user_id not in may_sign:
            raise NotPermittedError(STATION_LABELS[waits])
        check_remark(row, waits, verdict, remark)
        chain = may_sign[actor.user_id]
        row.opinions.append(
            SignOffOpinion(
                agency_id=row.agency_id,
                station=waits,
                verdict=verdict,
                words=remark.strip()[:LONGEST] or sign_off.VERDICT_LABELS[Verdict.AGREED],
                on=today,
                signed_by_id=actor.user_id,
                signed_by=actor.name,
                for_id=chain[0] if chain else None,
                for_name=who.users[chain[0]].name if chain else "",
                recorded_at=now,
            )
        )
        db.session.flush()
        _to_next(row, who, today=today, now=now)
        _note("sign_off_signed", row, actor, now, station=str(waits), verdict=verdict, sha256=row.sha256)
    return row


def withdraw(row_id: int, remark: str, *, actor: Actor, today: date, now: datetime) -> SignOff:
    """Take a draft back before its answer has left: the drafter, or who may correct.

    Raises InvalidDetailError without a reason or where there is nothing to take back.
    """
    with transaction():
        row = _locked(row_id, actor)
        if actor.user_id is None or not (actor.user_id == row.drafted_by_id or actor.may(Action.CORRECT)):
            raise NotPermittedError("撤回他人的送审")
        if stand_of(row)[0] is Stand.WITHDRAWN or row.case.closed_on is not None or not remark.strip():
            raise InvalidDetailError("请写明撤回的理由；已经撤回、已经办结的不能撤回。")
        row.opinions.append(
            SignOffOpinion(
                agency_id=row.agency_id,
                station=DRAFTER,
                verdict=Verdict.WITHDRAWN,
                words=remark.strip()[:LONGEST],
                on=today,
                signed_by_id=actor.user_id,
                signed_by=actor.name,
                for_id=None,
                for_name="",
                recorded_at=now,
            )
        )
        db.session.flush()
        review.restate(row.case)
        _note("sign_off_signed", row, actor, now, station=DRAFTER, verdict=str(Verdict.WITHDRAWN))
    return row


def _locked(row_id: int, actor: Actor) -> SignOff:
    query = select(SignOff).where(SignOff.id == row_id).with_for_update(of=SignOff)
    row = db.session.scalar(query.execution_options(populate_existing=True))
    if row is None or row.agency_id != actor.agency_id:
        raise NotFoundError(NOT_THERE)
    return row


def _note(act: str, row: SignOff, actor: Actor, now: datetime, **what: Any) -> None:
    target, agency_id = row.case.number, row.agency_id
    audit.note(act, actor=actor.name, now=now, target=target, agency_id=agency_id, kind=row.kind, **what)


def typed_of(row: SignOff, on: date) -> Typed:
    """Return what was typed for the draft, for a letter dated on a day."""
    return Typed(kind=row.kind, on=on, **row.typed)


def typed_again(row_id: int, case: Case, actor: Actor, *, today: date) -> dict[str, str]:
    """Return what was typed for an earlier round of the case, by the names of the form."""
    row = find(row_id, actor, today=today).row
    if row.case_id != case.id:
        return {}
    typed = typed_of(row, today)
    again = {
        **typed.facts,
        "method": typed.method,
        "merged": typed.merged,
        "why": typed.why,
        "note": row.note,
    }
    for place, part in enumerate(typed.parts, start=1):
        again |= {f"part_{place}_{key}": part.get(key, "") for key in ("content", "reason")}
        again[f"part_{place}_outcome"] = mixed.choice_of(part)
    return {**again, "corrects": str(typed.corrects)} if typed.corrects else again


# -- whose turn it is ---------------------------------------------------------------------------------


def _to_next(row: SignOff, who: Signatories, *, today: date, now: datetime) -> None:
    """Keep what the round waits for, and write to whose turn it is; once it is over, to the drafter."""
    review.restate(row.case)
    stand, station = stand_of(row)
    to = who.asked(row) or [user for i, user in who.users.items() if i == row.drafted_by_id]
    link = outbox.link_to(f"/sign-offs/{row.id}")
    mails = [
        outbox.row(
            agency_id=row.agency_id,
            key=f"sign_off|{row.id}|{station or stand}|user:{user.id}",
            kind=PLAIN,
            to=of_user(user),
            written=compose.sign_off(user.language, row.case.number, stand, station or "", link),
            on=today,
            now=now,
            number=row.case.number,
            subject_id=row.case_id,
        )
        for user in to
        if user.email
    ]
    outbox.keep(mails)


def turns(agency_id: int, ids: Iterable[int], on: date) -> dict[int, str]:
    """Return the names of those whose turn it is in each of the rounds."""
    rows = db.session.scalars(select(SignOff).where(SignOff.id.in_(ids))).unique().all()
    who = Signatories(agency_id, on, rows)
    return {row.id: SEVERAL.join(user.name for user in who.asked(row)) for row in rows}


# -- what the pages show ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Turn:
    """A round as one person sees it. may_sign: at ``station``; people: whose turn it is, by name."""

    row: SignOff
    stand: Stand
    station: Station | None
    people: list[str]
    may_sign: bool
    in_place_of: str = ""


def turn(row: SignOff, who: Signatories, actor: Actor) -> Turn:
    """Return where a round stands, as the actor sees it."""
    stand, station = stand_of(row)
    may_sign = who.signers(row, station) if station else {}
    chain = may_sign.get(actor.user_id or 0, ())
    return Turn(
        row=row,
        stand=stand,
        station=station,
        people=[user.name for user in who.asked(row)],
        may_sign=(actor.user_id or 0) in may_sign,
        in_place_of=who.users[chain[0]].name if chain else "",
    )


def mine(actor: Actor, *, today: date) -> list[Turn]:
    """Return the rounds that wait for this person: to sign, or to draft anew."""
    waiting = waiting_rounds(actor.agency_id)
    if not waiting:
        return []
    who = Signatories(actor.agency_id, today, waiting)
    return [turn(row, who, actor) for row in waiting if actor.user_id in {u.id for u in who.asked(row)}]


def find(row_id: int, actor: Actor, *, today: date) -> Turn:
    """Return a round of a case that the actor may see, or whose turn it is there.

    Raises NotFoundError, NotPermittedError, DamagedError.
    """
    row = db.session.get(SignOff, row_id)
    if row is None or row.agency_id != actor.agency_id:
        raise NotFoundError(NOT_THERE)
    if stand_of(row)[0] is Stand.DAMAGED:
        raise DamagedError("这份审批的数据已损坏，不能据以办理：请联系系统管理员运行 tracker check。")
    shown_as = turn(row, Signatories(row.agency_id, today), actor)
    if not (actor.reaches(row.agency_id, row.case.unit_id) or shown_as.may_sign):
        raise NotPermittedError(ACTION_LABELS[Action.READ])
    return shown_as


def see(row_id: int, *, actor: Actor, today: date, now: datetime) -> Turn:
    """Return a round for its page, which shows the letter; the look is logged. Raises as ``find``."""
    with transaction(forgets=False):
        seen = find(row_id, actor, today=today)
        _note("sign_off_seen", seen.row, actor, now)
    return seen


def shown(row: SignOff) -> str:
    """Return the letter as it was drafted, as HTML; without the number and the day that it gets later."""
    kept = {str(name): str(value) for name, value in row.text.items()}
    facts = {**kept, "文号": content.UNNUMBERED, "落款日期": UNDATED}
    chosen = template.of_version(row.agency_id, BY_KEY[row.kind], row.template_version)
    return letters.fragment(chosen.filled(facts), chosen.version)


def make(
    row_id: int, on: date, *, actor: Actor, today: date, now: datetime, version: int | None = None
) -> Letter:
    """Make the letter that was signed, dated on a day. version: of the case. Raises as ``letter.make``."""
    row = find(row_id, actor, today=today).row
    return letters.make(row.case_id, typed_of(row, on), actor=actor, today=today, now=now, version=version)


def of_case(case: Case, actor: Actor, *, today: date) -> list[Turn]:
    """Return the rounds of a case, the oldest first."""
    rounds = rounds_of(case)
    who = Signatories(case.agency_id, today, rounds) if rounds else None
    return [turn(row, who, actor) for row in rounds if who]
