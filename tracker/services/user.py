"""People: creation, roles, passwords, sign-in.

Tries and lock-out: 5 wrong tries lock for 30 minutes (practice of GB/T 22239-2019 身份鉴别).
A password is hashed and verified before the transaction that needs the answer: hashing is slow on
purpose, and on SQLite nobody else could write meanwhile.
"""

import secrets
import string
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import ColumnElement, select

from tracker.domain.errors import DomainError, InvalidDetailError, NotFoundError
from tracker.domain.permission import PEOPLE, Action, Role
from tracker.mail import address
from tracker.mail.words import LANGUAGES
from tracker.models.base import db, transaction
from tracker.models.user import FormerName, User, UserRole
from tracker.services import audit, office
from tracker.services.actor import Actor

TRIES = 5
LOCK = timedelta(minutes=30)
MIN_LENGTH, MIN_CLASSES = 10, 3
ONE_TIME_GROUPS, ONE_TIME_GROUP = 4, 4
ALPHABET = "".join(c for c in string.ascii_letters + string.digits if c not in "0O1lI")


class SignInError(DomainError):
    """The sign-in was refused; the text says no more than the person may know."""


def _hasher() -> PasswordHasher:
    if office.settings().testing:
        return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    return PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)


@dataclass(frozen=True, slots=True)
class OneTime:
    """A password that is shown once and must be changed at the first sign-in, with its hash."""

    password: str
    hashed: str


def one_time() -> OneTime:
    """Make a one-time password; call it before the transaction that keeps its hash."""
    groups = (
        "".join(secrets.choice(ALPHABET) for _ in range(ONE_TIME_GROUP)) for _ in range(ONE_TIME_GROUPS)
    )
    password = "-".join(groups)
    return OneTime(password, _hasher().hash(password))


def _kept_hash(*where: ColumnElement[bool]) -> str | None:
    """Return the hash of one person's password and hold no transaction open; None where there is nobody."""
    db.session.rollback()
    kept = db.session.scalar(select(User.password_hash).where(*where))
    db.session.rollback()
    return kept


def _matches(kept: str | None, password: str) -> bool:
    """Tell whether the password is the one of the hash; an unknown person costs the same time."""
    if kept is None:
        _hasher().hash(password)
        return False
    try:
        return _hasher().verify(kept, password)
    except VerificationError:
        return False


def sign_in(login: str, password: str, *, now: datetime, address: str = "") -> User:
    """Return the person who signs in; raise SignInError after noting the failed try.

    A password that was changed between the look at it and the sign-in opens nothing any more.
    """
    whose = User.login == login.strip()
    kept = _kept_hash(whose, User.active.is_(True))
    matching = kept if _matches(kept, password) else None
    with transaction() as session:
        user = session.scalar(select(User).where(whose).with_for_update(of=User))
        refusal = _refusal(user, matching, now)
        agency_id = user.agency_id if user else None
        if refusal or user is None:
            audit.note(
                "sign_in_failed",
                actor=login[:60],
                now=now,
                agency_id=agency_id,
                address=address,
                succeeded=False,
            )
        else:
            user.failed_tries, user.locked_until, user.last_sign_in_at = 0, None, now
            audit.note("sign_in", actor=user.name, now=now, agency_id=agency_id, address=address)
    if refusal or user is None:
        raise SignInError(refusal or "用户名或密码不正确。")
    return user


def _refusal(user: User | None, matching: str | None, now: datetime) -> str:
    """Return why the sign-in is refused, empty where it is not; count a wrong try.

    matching: the hash that the password was found to match, None where it matched none.
    """
    wrong = "用户名或密码不正确。"
    if user is None or not user.active:
        return wrong
    if user.locked_until and user.locked_until > now:
        return f"连续{TRIES}次输入错误，已锁定至{user.locked_until:%H:%M}；请稍后再试或请管理员重置密码。"
    if user.password_hash == matching:
        return ""
    user.failed_tries += 1
    if user.failed_tries >= TRIES:
        user.failed_tries, user.locked_until = 0, now + LOCK
    return wrong


def check_password(password: str) -> None:
    """Raise InvalidDetailError where the password is too simple."""
    kinds = (str.islower, str.isupper, str.isdigit, lambda c: not c.isalnum())
    classes = sum(any(kind(c) for c in password) for kind in kinds)
    if len(password) < MIN_LENGTH or classes < MIN_CLASSES:
        raise InvalidDetailError(
            f"密码至少{MIN_LENGTH}位，且含大写字母、小写字母、数字、符号中的{MIN_CLASSES}种。"
        )


def add(
    *,
    agency_id: int,
    login: str,
    name: str,
    roles: Iterable[Role],
    now: datetime,
    secret: OneTime,
    by: str = "系统",
    **more: Any,
) -> User:
    """Add a person in the caller's transaction and return the row.

    secret: the one-time password, made before the transaction.
    by:     who adds; the command line and the first start are the system.

    Raises InvalidDetailError where the login is taken or no role is given.
    """
    login, held = login.strip(), frozenset(roles)
    if not login or not name.strip():
        raise InvalidDetailError("请填写用户名和姓名。")
    if not held or not held <= frozenset(PEOPLE):
        raise InvalidDetailError("请至少选择一个角色。")
    if db.session.scalar(select(User.id).where(User.login == login)):
        raise InvalidDetailError(f"用户名“{login}”已有人使用。")
    user = User(
        agency_id=agency_id,
        login=login,
        name=name.strip(),
        password_hash=secret.hashed,
        session_token=secrets.token_hex(32),
        created_at=now,
        active=True,
        must_change_password=True,
        failed_tries=0,
        email=address.checked(more.get("email", ""), office.settings()),
        unit_id=more.get("unit_id"),
    )
    user.roles = [UserRole(role=role.value) for role in sorted(held)]
    db.session.add(user)
    db.session.flush()
    audit.note("user_created", actor=by, now=now, target=login, agency_id=agency_id, roles=sorted(held))
    return user


def create(
    *, login: str, name: str, roles: Iterable[Role], actor: Actor, now: datetime, **more: Any
) -> tuple[User, str]:
    """Create a person; return the person and the one-time password, shown once."""
    actor.require(Action.USERS)
    words: dict[str, Any] = {"agency_id": actor.agency_id, "by": actor.name, **more}
    return _created(login=login, name=name, roles=roles, now=now, **words)


def _created(**words: Any) -> tuple[User, str]:
    secret = one_time()
    with transaction():
        user = add(secret=secret, **words)
    return user, secret.password


def update(
    user_id: int,
    *,
    name: str,
    email: str,
    unit_id: int | None,
    roles: Iterable[Role],
    active: bool,
    actor: Actor,
    now: datetime,
) -> User:
    """Change a person; raise InvalidDetailError where no administrator would be left."""
    actor.require(Action.USERS)
    held = frozenset(roles)
    if not held:
        raise InvalidDetailError("请至少选择一个角色。")
    with transaction():
        user = find(user_id, actor)
        before = sorted(user.role_set)
        email = address.checked(email, office.settings())
        _rename(user, name.strip(), now)
        user.email, user.unit_id, user.active = email, unit_id, active
        user.roles = [row for row in user.roles if Role(row.role) in held]
        user.roles += [UserRole(role=role.value) for role in sorted(held - user.role_set)]
        db.session.flush()
        if not any(u.active and Role.ADMINISTRATOR in u.role_set for u in everyone(user.agency_id)):
            raise InvalidDetailError("至少要保留一名在用的系统管理员。")
        if not active:
            user.session_token = secrets.token_hex(32)
        _note("user_changed", user, actor, now, before=before, roles=sorted(held), active=active)
    return user


def _rename(user: User, name: str, now: datetime) -> None:
    """Give the person another name; what was written under the one before is still found and reminded of."""
    if not name:
        raise InvalidDetailError("请填写姓名。")
    if user.name != name and user.name not in [row.name for row in user.former]:
        user.former.append(FormerName(name=user.name, until=now))
    user.name = name


def reset_password(user_id: int, *, actor: Actor, now: datetime) -> str:
    """Return a new one-time password, shown once; every open session ends."""
    actor.require(Action.USERS)
    secret = one_time()
    with transaction():
        user = find(user_id, actor)
        _reset(user, secret)
        _note("password_reset", user, actor, now)
    return secret.password


def _reset(user: User, secret: OneTime) -> None:
    user.password_hash = secret.hashed
    user.session_token = secrets.token_hex(32)
    user.must_change_password, user.failed_tries, user.locked_until = True, 0, None


def change_password(user_id: int, old: str, new: str, *, actor: Actor, now: datetime) -> User:
    """Change one's own password; every other session ends."""
    check_password(new)
    if old == new:
        raise InvalidDetailError("新密码不能与原密码相同。")
    kept = _kept_hash(User.id == user_id)
    if not _matches(kept, old):
        raise InvalidDetailError("原密码不正确。")
    hashed = _hasher().hash(new)
    with transaction():
        user = db.session.get_one(User, user_id, with_for_update={"of": User})
        if user.password_hash != kept:
            raise InvalidDetailError("密码刚刚被修改或者重置，请重新登录。")
        user.password_hash = hashed
        user.must_change_password = False
        user.session_token = secrets.token_hex(32)
        _note("password_changed", user, actor, now)
    return user


def everyone(agency_id: int) -> list[User]:
    """Return the people of the agency, those in use first, by login."""
    query = select(User).where(User.agency_id == agency_id)
    return list(db.session.scalars(query.order_by(User.active.desc(), User.login)))


def by_session(user_id: int, token: str) -> User | None:
    """Return the person of a session cookie; None once the token was changed."""
    user = db.session.get(User, user_id)
    if user is None or not user.active or not secrets.compare_digest(user.session_token, token):
        return None
    return user


def by_login(login: str) -> User | None:
    """Return the person of that login."""
    return db.session.scalar(select(User).where(User.login == login))


def set_password(login: str, *, now: datetime) -> str:
    """Return a new one-time password for the login (command line); raise where there is none."""
    secret = one_time()
    with transaction():
        user = by_login(login)
        if user is None:
            raise InvalidDetailError(f"没有用户“{login}”。")
        _reset(user, secret)
        audit.note("password_reset", actor="系统", now=now, target=login, agency_id=user.agency_id)
    return secret.password


def prefer(user_id: int, *, email: str, language: str, digest: bool, actor: Actor, now: datetime) -> User:
    """Change how oneself is told; raise InvalidDetailError where the address is none."""
    if language not in LANGUAGES:
        raise InvalidDetailError("请选择邮件的语言。")
    with transaction():
        user = find(user_id, actor)
        user.email = address.checked(email, office.settings())
        user.language, user.digest = language, digest
        _note("preferences", user, actor, now, digest=digest, language=language)
    return user


def find(user_id: int, actor: Actor) -> User:
    """Return the person; another agency's is not there."""
    user = db.session.get(User, user_id)
    if user is None or user.agency_id != actor.agency_id:
        raise NotFoundError("没有这位用户。")
    return user


def _note(act: str, user: User, actor: Actor, now: datetime, **details: Any) -> None:
    agency_id = user.agency_id
    audit.note(act, actor=actor.name, now=now, target=user.login, agency_id=agency_id, **details)


def create_by_command(
    *, agency_id: int, login: str, name: str, roles: Iterable[Role], now: datetime, **more: Any
) -> tuple[User, str]:
    """Create a person from the command line, which the machine's owner alone can reach."""
    return _created(agency_id=agency_id, login=login, name=name, roles=roles, now=now, **more)


def sign_out(actor: Actor, *, now: datetime, address: str = "") -> None:
    """Write that the person left."""
    with transaction():
        audit.note("sign_out", actor=actor.name, now=now, agency_id=actor.agency_id, address=address)
