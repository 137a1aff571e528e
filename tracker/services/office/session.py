"""Where people are signed in. A session ends at sign-out, when nobody moves, and after a day's work."""

import secrets
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, bindparam, delete, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, aliased

from tracker.domain.errors import NotFoundError
from tracker.domain.permission import Role
from tracker.models import fault
from tracker.models.agency import SAMPLE, Agency
from tracker.models.base import BUSY_SECONDS, db, transaction
from tracker.models.cipher import blind_index
from tracker.models.sign_in import UserSession
from tracker.models.user import User, UserRole
from tracker.services.office import audit, office
from tracker.services.office.actor import Actor

SEEN_EVERY = timedelta(minutes=1)
KEPT = timedelta(days=30)  # ended sessions; the audit log names every sign-in for good
LONGEST_ADDRESS, LONGEST_BROWSER, LONGEST_ID = 60, 200, 12


def _digest(token: str) -> str:
    """Return a keyed digest: who can write the database alone opens no session, and moves none."""
    return blind_index(token)


def _person_of(token: str) -> int:
    """Return the person that the secret itself names; none where it is no secret of ours."""
    person, _, rest = token.partition(".")
    return int(person) if rest and person.isascii() and person.isdecimal() and len(person) < LONGEST_ID else 0


def start(user_id: int, *, now: datetime, address: str = "", browser: str = "") -> str:
    """Open a session and return its secret, which the cookie carries and nothing else keeps."""
    token = f"{user_id}.{secrets.token_hex(32)}"
    origin = {"address": address[:LONGEST_ADDRESS], "browser": browser[:LONGEST_BROWSER]}
    with transaction():
        row = UserSession(user_id=user_id, token_hash=_digest(token), started_at=now, seen_at=now, **origin)
        db.session.add(row)
    return token


def _limits(now: datetime) -> dict[str, datetime]:
    """Return since when the person of a session must have moved, and after when it must have begun."""
    server = office.settings().server
    return {
        "seen_since": now - timedelta(minutes=server.idle_minutes),
        "started_after": now - timedelta(hours=server.session_hours),
    }


class SignedIn(NamedTuple):
    """Who is signed in, and by which session: what every page asks for, in one statement.

    office: the name of the person's agency. is_sample: it is the sample office; sample_is_in: there is one.
    """

    session_id: int
    actor: Actor
    must_change_password: bool
    office: str
    is_sample: bool
    sample_is_in: bool


_Sample = aliased(Agency)
# A row for each role of the person; made once, for every page asks it.
OF_TOKEN = (
    select(
        UserSession.id,
        UserSession.seen_at,
        User.name,
        User.agency_id,
        User.unit_id,
        User.must_change_password,
        Agency.name,
        Agency.code,
        select(_Sample.id).where(_Sample.code == SAMPLE).exists(),
        UserRole.role,
    )
    .join(User, UserSession.user_id == User.id)
    .join(Agency, User.agency_id == Agency.id)
    .outerjoin(UserRole, UserRole.user_id == User.id)
    .where(
        UserSession.token_hash == bindparam("digest"),
        User.id == bindparam("person"),
        User.active.is_(True),
        UserSession.ended_at.is_(None),
        UserSession.seen_at >= bindparam("seen_since"),
        UserSession.started_at > bindparam("started_after"),
    )
)


def of(token: str, *, now: datetime) -> SignedIn | None:
    """Return who a cookie's secret signs in; None once the session has ended."""
    person = _person_of(token)
    asked = {"digest": _digest(token), "person": person, **_limits(now)}
    rows = db.session.execute(OF_TOKEN, asked).all()
    if not rows:
        return None
    session_id, seen_at, name, agency_id, unit_id, must_change_password, *of_office, _role = rows[0]
    office_name, code, sample_is_in = of_office
    if now - seen_at > SEEN_EVERY:
        _seen(session_id, now)
    roles = frozenset(Role(row.role) for row in rows if row.role is not None)
    actor = Actor(name, roles, agency_id, person, unit_id)
    return SignedIn(session_id, actor, must_change_password, office_name, code == SAMPLE, bool(sample_is_in))


def _seen(session_id: int, now: datetime) -> None:
    """Note that the person moved, unless something writes or the disk is full: reading waits for nobody."""
    sqlite = db.engine.dialect.name == "sqlite"
    with db.engine.connect() as connection:
        if sqlite:
            connection.exec_driver_sql("PRAGMA busy_timeout = 0")
        try:
            connection.execute(update(UserSession).where(UserSession.id == session_id).values(seen_at=now))
            connection.commit()
        except DBAPIError as error:
            if fault.kind(error) is None:
                raise
            connection.rollback()
        finally:
            if sqlite:
                connection.exec_driver_sql(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")


def open_of(user_id: int, *, now: datetime) -> list[UserSession]:
    """Return where the person is signed in, the latest first."""
    limits = _limits(now)
    query = select(UserSession).where(
        UserSession.user_id == user_id,
        UserSession.ended_at.is_(None),
        UserSession.seen_at >= limits["seen_since"],
        UserSession.started_at > limits["started_after"],
    )
    return list(db.session.scalars(query.order_by(UserSession.seen_at.desc(), UserSession.id.desc())))


def end(token: str, *, now: datetime) -> None:
    """End the session of a cookie's secret."""
    with transaction():
        _end(now, UserSession.token_hash == _digest(token))


def end_all_of(user_id: int, *, now: datetime) -> None:
    """End every session of a person, in the caller's transaction."""
    _end(now, UserSession.user_id == user_id)


def end_all(*, now: datetime, of: Session) -> None:
    """End every session of an office that comes back from a copy, in the transaction on that copy."""
    of.execute(update(UserSession).where(UserSession.ended_at.is_(None)).values(ended_at=now))


def end_elsewhere(current_id: int, which: int | None, *, actor: Actor, now: datetime) -> None:
    """Sign out elsewhere: one session of one's own, or all but the one in use.

    Raises NotFoundError where it is none of one's own.
    """
    where = [UserSession.user_id == actor.user_id, UserSession.id != current_id]
    if which is not None:
        where.append(UserSession.id == which)
        if db.session.scalar(select(UserSession.id).where(*where)) is None:
            raise NotFoundError("没有这个登录。")
    with transaction():
        _end(now, *where)
        audit.note("session_ended", actor=actor.name, now=now, agency_id=actor.agency_id)


def _end(now: datetime, *where: ColumnElement[bool]) -> None:
    ended = update(UserSession).where(UserSession.ended_at.is_(None), *where).values(ended_at=now)
    db.session.execute(ended.execution_options(synchronize_session=False))


def tidy(now: datetime) -> None:
    """Remove sessions of long ago, in the caller's transaction."""
    db.session.execute(delete(UserSession).where(UserSession.started_at < now - KEPT))
