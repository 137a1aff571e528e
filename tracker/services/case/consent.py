"""Who agreed to an extension (条例第33条第2款): the head of the office that discloses, and nobody else."""

from collections.abc import Iterator

from sqlalchemy import select

from tracker.domain.case.event import Entry
from tracker.domain.case.finding import Objection
from tracker.domain.folding import fold
from tracker.domain.message import Phrase
from tracker.domain.permission import Action, Role
from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.user import FormerName, User, UserRole
from tracker.services.office.actor import Actor

EXTEND, APPROVED_BY = "extend", "approved_by"


def against(case: Case, entry: Entry, actor: Actor) -> Iterator[Objection]:
    """Yield that an extension names somebody who is no head here: on paper it may be one, who says so."""
    name = str(entry.details.get(APPROVED_BY) or "").strip()
    if entry.step != EXTEND or not name or (actor.may(Action.EXTEND) and fold(name) == fold(actor.name)):
        return
    if fold(name) in _heads(case.agency_id):
        return
    yield Objection(
        Phrase(
            "“%(name)s”在本系统中不是政府信息公开工作机构负责人：延期须经负责人同意。"
            "负责人没有账号、在纸上同意的，请写明其职务和同意的凭据。",
            name=name,
        ),
        "条例第33条第2款",
    )


def _heads(agency_id: int) -> set[str]:
    """Return the names, also of before, of who is or was head here; folded."""
    heads = select(UserRole.user_id).where(UserRole.role == Role.HEAD)
    mine = (User.agency_id == agency_id, User.id.in_(heads))
    query = select(User.name, FormerName.name).outerjoin(FormerName, FormerName.user_id == User.id)
    return {fold(name) for pair in db.session.execute(query.where(*mine)) for name in pair if name}
