"""Units (股室、队、所、站) and their liaisons (联络员)."""

from datetime import datetime

from sqlalchemy import select

from tracker.domain.errors import InvalidDetailError, NotFoundError
from tracker.domain.message import joined, worded
from tracker.domain.permission import Action
from tracker.mail import address
from tracker.models.agency import Unit
from tracker.models.base import db, transaction
from tracker.services.office import audit, setting
from tracker.services.office.actor import Actor

KINDS = tuple(map(worded, ("股室", "队", "所", "站")))


def all_units(agency_id: int) -> list[Unit]:
    """Return the units of the agency, those in use first."""
    query = select(Unit).where(Unit.agency_id == agency_id)
    return list(db.session.scalars(query.order_by(Unit.active.desc(), Unit.id)))


def find(unit_id: int, actor: Actor) -> Unit:
    """Return the unit; another agency's is not there."""
    unit = db.session.get(Unit, unit_id)
    if unit is None or unit.agency_id != actor.agency_id:
        raise NotFoundError("没有这个单位。")
    return unit


def chosen(unit_id: int | None, actor: Actor, *, before: int | None = None) -> int | None:
    """Return the unit that a person is put into; None for none.

    before: the one that the person is in, which may be out of use by now.

    Raises InvalidDetailError where it is another agency's, or no longer in use.
    """
    unit = db.session.get(Unit, unit_id) if unit_id else None
    mine = unit is not None and unit.agency_id == actor.agency_id and (unit.active or unit.id == before)
    if unit_id is not None and not mine:
        raise InvalidDetailError("请选择所属单位。")
    return unit_id


def create(
    *,
    name: str,
    kind: str,
    liaison_name: str,
    liaison_email: str,
    actor: Actor,
    now: datetime,
) -> Unit:
    """Create a unit; raise InvalidDetailError where the name is empty or taken."""
    actor.require(Action.USERS)
    with transaction():
        unit = Unit(agency_id=actor.agency_id, active=True)
        _fill(unit, name, kind, liaison_name, liaison_email)
        db.session.add(unit)
        audit.note("unit_changed", actor=actor.name, now=now, agency_id=unit.agency_id, target=name)
    return unit


def update(
    unit_id: int,
    *,
    name: str,
    kind: str,
    liaison_name: str,
    liaison_email: str,
    active: bool,
    actor: Actor,
    now: datetime,
) -> Unit:
    """Change a unit. Its name stays once a ledger may name it: ledgers name units in words."""
    actor.require(Action.USERS)
    with transaction():
        unit = find(unit_id, actor)
        if name.strip() != unit.name:
            raise InvalidDetailError("台账以名称记载单位，名称不能修改；请停用后另建。")
        unit.active = active
        _fill(unit, name, kind, liaison_name, liaison_email)
        audit.note("unit_changed", actor=actor.name, now=now, agency_id=unit.agency_id, target=name)
    return unit


def _fill(unit: Unit, name: str, kind: str, liaison_name: str, liaison_email: str) -> None:
    if not name.strip():
        raise InvalidDetailError("请填写单位名称。")
    if not (name.strip() + liaison_name.strip()).isprintable():
        raise InvalidDetailError("单位名称和联络员姓名中不能有换行等控制字符。")
    if kind not in KINDS:
        raise InvalidDetailError("单位类别应为：%(names)s。", names=joined(KINDS, "、"))
    query = select(Unit.id).where(Unit.agency_id == unit.agency_id, Unit.name == name.strip())
    if db.session.scalar(query) not in (None, unit.id):
        raise InvalidDetailError("单位“%(name)s”已经有了。", name=name)
    unit.name, unit.kind = name.strip(), kind
    unit.liaison_name, unit.liaison_email = (
        liaison_name.strip(),
        address.checked(liaison_email, setting.in_force()),
    )
