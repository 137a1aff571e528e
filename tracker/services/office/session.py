"""Where people are signed in. A session ends at sign-out, when nobody moves, and after a day's work."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tracker.domain.errors import NotFoundError
from tracker.models import fault
from tracker.models.base import BUSY_SECONDS, db, transaction
from tracker.models.cipher import blind_index
from tracker.models.sign_in import UserSession
from tracker.models.user import User
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


def _alive(now: datetime) -> tuple[ColumnElement[bool], ...]:
    settings = office.settings()
    return (
        UserSession.ended_at.is_(None),
        UserSession.seen_at >= now - timedelta(minutes=settings.server.idle_minutes),
        UserSession.started_at > now - timedelta(hours=settings.server.session_hours),
    )


def of(token: str, *, now: datetime) -> tuple[User, UserSession] | None:
    """Return the person and session of a cookie's secret; None once it has ended."""
    mine = (UserSession.token_hash == _digest(token), User.id == _person_of(token), User.active.is_(True))
    query = (
        select(User, UserSession).join(UserSession, UserSession.user_id == User.id).where(*mine, *_alive(now))
    )
    row = db.session.execute(query).unique().first()
    if row is None:
        return None
    if now - row[1].seen_at > SEEN_EVERY:
        _seen(row[1].id, now)
    return row[0], row[1]


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
    query = select(UserSession).where(UserSession.user_id == user_id, *_alive(now))
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
