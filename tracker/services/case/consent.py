"""Who agreed to an extension (条例第33条第2款): the head of the office that discloses, and nobody else."""

from collections.abc import Iterator
from datetime import date

from sqlalchemy import select

from tracker.domain.case import approval
from tracker.domain.case.event import Entry
from tracker.domain.case.finding import Objection
from tracker.domain.case.sign_off import Station, Verdict
from tracker.domain.folding import fold
from tracker.domain.message import Phrase
from tracker.domain.permission import Action, Role
from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.sign_off import SignOff, SignOffOpinion
from tracker.models.user import FormerName, User, UserRole
from tracker.services.office.actor import Actor

EXTEND, APPROVED_BY = "extend", "approved_by"
LAW = "条例第33条第2款"


def against(case: Case, entry: Entry, actor: Actor) -> Iterator[Objection]:
    """Yield what speaks against the consent to an extension: what was agreed on paper, a reason says.

    It names somebody who is no head here, or neither a signed draft nor its reason tells the day.
    """
    name = str(entry.details.get(APPROVED_BY) or "").strip()
    if entry.step != EXTEND or not name:
        return
    approved = approval.day_of(entry.details)
    if approved and case.received_on and approved < case.received_on:
        yield Objection(
            Phrase(
                "批准日（%(day)s）早于收到日期（%(received_on)s）：请核对。",
                day=approved,
                received_on=case.received_on,
            ),
            LAW,
        )
    if actor.may(Action.EXTEND) and fold(name) == fold(actor.name):
        return  # who approves records it: the day of the entry
    if approved is None and not _is_signed(case, entry.on):
        yield Objection(
            Phrase("没有批准日：请填写负责人同意延期的日期；不能确定的，请写明同意的形式和凭据。"),
            LAW,
        )
    if fold(name) in _heads(case.agency_id):
        return
    yield Objection(
        Phrase(
            "“%(name)s”在本系统中不是政府信息公开工作机构负责人：延期须经负责人同意。"
            "负责人没有账号、在纸上同意的，请写明其职务和同意的凭据。",
            name=name,
        ),
        LAW,
    )


def _is_signed(case: Case, on: date) -> bool:
    """Return whether a head signed the draft of an extension of the case by the day."""
    agreed = (SignOffOpinion.station == Station.HEAD, SignOffOpinion.verdict == Verdict.AGREED)
    ours = (SignOff.case_id == case.id, SignOff.kind == "extension", SignOffOpinion.on <= on)
    query = select(SignOffOpinion.id).join(SignOff, SignOff.id == SignOffOpinion.sign_off_id)
    return db.session.scalar(query.where(*ours, *agreed).limit(1)) is not None


def _heads(agency_id: int) -> set[str]:
    """Return the names, also of before, of who is or was head here; folded."""
    heads = select(UserRole.user_id).where(UserRole.role == Role.HEAD)
    mine = (User.agency_id == agency_id, User.id.in_(heads))
    query = select(User.name, FormerName.name).outerjoin(FormerName, FormerName.user_id == User.id)
    return {fold(name) for pair in db.session.execute(query.where(*mine)) for name in pair if name}
