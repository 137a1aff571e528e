"""People: creation, roles, passwords, sign-in.

A password is hashed and verified before the transaction that needs the answer: hashing is slow on
purpose, and on SQLite nobody else could write meanwhile.
"""

import secrets
import string
from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import func, select

from tracker.domain.errors import DomainError, InvalidDetailError, NotFoundError
from tracker.domain.folding import folded_name
from tracker.domain.message import LANGUAGES, worded
from tracker.domain.office import password as office_password
from tracker.domain.permission import PEOPLE, Action, Role, may
from tracker.mail import address
from tracker.models.base import db, transaction
from tracker.models.sign_in import FormerPassword
from tracker.models.user import FormerName, User, UserRole
from tracker.services.office import attempt, audit, office, session, setting, unit
from tracker.services.office.actor import PROGRAM, SYSTEM, Actor

ONE_TIME_GROUPS, ONE_TIME_GROUP = 4, 4
ONE_TIME_LASTS = timedelta(days=1)
ALPHABET = "".join(c for c in string.ascii_letters + string.digits if c not in "0O1lI")
REFUSED = worded("用户名或密码不正确，或者尝试过于频繁；请稍后再试，忘记密码请联系系统管理员重置。")
UNKNOWN = "（未知用户名）"
SALT_BYTES, HASH_BYTES = 16, 32
MARK_SHOWN = 8  # characters that tell unknown logins apart and lead back to none


class SignInError(DomainError):
    """The sign-in was refused; the text says no more than anybody may know."""


def _hasher() -> PasswordHasher:
    if office.settings().testing:
        return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    return PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)


def _nobodys() -> str:
    """Return a hash that no password matches; to look at it costs as much as at a person's."""
    hasher = _hasher()
    cost = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    parts = (b64encode(secrets.token_bytes(size)).decode().rstrip("=") for size in (SALT_BYTES, HASH_BYTES))
    return f"$argon2id$v=19${cost}${'$'.join(parts)}"


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


def _matches(kept: str | None, password: str) -> bool:
    """Tell whether the password is the one of the hash; where there is none it takes the same time.

    A password that nobody can have is not hashed: it costs no more than a short one.
    """
    if len(password.encode("utf-8", "replace")) > office_password.MAX_BYTES:
        kept, password = None, ""
    try:
        return _hasher().verify(kept or _nobodys(), password) and kept is not None
    except VerificationError:
        return False


@dataclass(frozen=True, slots=True)
class _Try:
    """What is known before the password is looked at.

    kept: the hash to compare with; None where nobody may come in, whatever was typed.
    """

    keys: list[str]
    waiting: bool
    kept: str | None


def _try(login: str, now: datetime, address: str, devices: Mapping[int, str]) -> _Try:
    db.session.rollback()
    columns = (User.id, User.password_hash, User.active, User.one_time_until)
    row = db.session.execute(select(*columns).where(User.login == login)).first()
    keys = attempt.keys_of(login, address, devices.get(row.id, "") if row else "")
    waiting = attempt.is_waiting(keys, now)
    db.session.rollback()
    usable = row and row.active and not waiting and (row.one_time_until is None or now < row.one_time_until)
    return _Try(keys, waiting, row.password_hash if row and usable else None)


def sign_in(
    login: str, password: str, *, now: datetime, address: str = "", devices: Mapping[int, str] | None = None
) -> User:
    """Return the person who signs in; raise SignInError after noting the failed try.

    devices: by person, the numbers of the device at hand: on it they signed in before.

    The answer and its time are the same for a login that nobody has, a wrong password, one that
    was handed out too long ago, and a try that has to wait. A password that was changed between
    the look at it and the sign-in opens nothing any more.
    """
    login = login.replace("\x00", "").strip()  # no database takes it as text
    tried = _try(login, now, address, devices or {})
    matching = _matches(tried.kept, password)
    with transaction():
        user = db.session.scalar(select(User).where(User.login == login).with_for_update(of=User))
        welcome = user is not None and user.active and matching and user.password_hash == tried.kept
        if user is not None and welcome:
            attempt.forget(tried.keys)
            user.last_sign_in_at = now
            audit.note("sign_in", actor=user.name, now=now, agency_id=user.agency_id, address=address)
        else:
            _note_failed(login, user, tried, now, address)
    if user is None or not welcome:
        raise SignInError(REFUSED)
    return user


def _note_failed(login: str, user: User | None, tried: _Try, now: datetime, address: str) -> None:
    """Count a failed try and note it; what was typed as a login that nobody has is noted as a mark."""
    if not tried.waiting:
        attempt.count(tried.keys, now)
    who = {"actor": login} if user else {"actor": UNKNOWN, "target": attempt.mark(login)[:MARK_SHOWN]}
    more: dict[str, Any] = {**who, "waiting": True} if tried.waiting else {**who}
    agency_id = user.agency_id if user else None
    audit.note("sign_in_failed", now=now, agency_id=agency_id, address=address, succeeded=False, **more)


def add(
    *,
    agency_id: int,
    login: str,
    name: str,
    roles: Iterable[Role],
    now: datetime,
    secret: OneTime,
    by: str = SYSTEM,
    **more: Any,
) -> User:
    """Add a person in the caller's transaction and return the row.

    secret: the one-time password, made before the transaction.
    by:     who adds; the command line and the first start are the system.

    Raises InvalidDetailError where the login is taken, whatever the case of its letters, or no role is given.
    """
    login, held = login.strip(), frozenset(roles)
    if not login or not name.strip():
        raise InvalidDetailError("请填写用户名和姓名。")
    check_name(login)
    check_name(name.strip())
    if not held or not held <= frozenset(PEOPLE):
        raise InvalidDetailError("请至少选择一个角色。")
    if db.session.scalar(select(User.id).where(func.lower(User.login) == login.lower()).limit(1)):
        raise InvalidDetailError("用户名“%(login)s”已有人使用。", login=login)
    user = User(
        agency_id=agency_id,
        login=login,
        name=name.strip(),
        password_hash=secret.hashed,
        one_time_until=now + ONE_TIME_LASTS,
        created_at=now,
        active=True,
        must_change_password=True,
        email=address.checked(more.get("email", ""), setting.in_force()),
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
    unit.chosen(more.get("unit_id"), actor)
    details: dict[str, Any] = {"agency_id": actor.agency_id, "by": actor.name, **more}
    return _created(login=login, name=name, roles=roles, now=now, **details)


def _created(**fields: Any) -> tuple[User, str]:
    secret = one_time()
    with transaction():
        user = add(secret=secret, **fields)
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
    check_name(name.strip())
    with transaction():
        user = find(user_id, actor)
        before = sorted(user.role_set)
        email = address.checked(email, setting.in_force())
        _rename(user, name.strip(), now)
        user.unit_id = unit.chosen(unit_id, actor, before=user.unit_id)
        user.email, user.active = email, active
        user.roles = [row for row in user.roles if Role(row.role) in held]
        user.roles += [UserRole(role=role.value) for role in sorted(held - user.role_set)]
        db.session.flush()
        if not any(u.active and Role.ADMINISTRATOR in u.role_set for u in everyone(user.agency_id)):
            raise InvalidDetailError("至少要保留一名在用的系统管理员。")
        if not active:
            session.end_all_of(user.id, now=now)
        _note("user_changed", user, actor, now, before=before, roles=sorted(held), active=active)
    return user


def check_name(name: str) -> None:
    """Raise where a name would write a line of its own, or pass for the program in ledgers and logs."""
    if not name.isprintable():
        raise InvalidDetailError("用户名和姓名中不能有换行等控制字符。")
    if folded_name(name) in map(folded_name, PROGRAM):
        raise InvalidDetailError(
            "“%(name)s”是程序记载时所用的名称，请填写本人的用户名和姓名。",
            name=name,
        )


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
        _reset(user, secret, now)
        _note("password_reset", user, actor, now)
    return secret.password


def _reset(user: User, secret: OneTime, now: datetime) -> None:
    user.password_hash, user.must_change_password = secret.hashed, True
    user.one_time_until = now + ONE_TIME_LASTS
    session.end_all_of(user.id, now=now)
    attempt.forget_login(user.login)
    attempt.forget([attempt.own_key(user.id)])


def change_password(user_id: int, old: str, new: str, *, actor: Actor, now: datetime) -> User:
    """Change one's own password; every session of the person ends.

    Raises InvalidDetailError where the old one is wrong or the new one too simple or used before.
    """
    kept, former, login = _known(user_id)
    office_password.check(new, login)
    if old == new:
        raise InvalidDetailError("新密码不能与原密码相同。")
    _check_old(user_id, kept, old, actor=actor, now=now)
    if any(_matches(each, new) for each in former):
        raise InvalidDetailError(
            "新密码不能与最近%(remembered)s次用过的密码相同。",
            remembered=office_password.REMEMBERED,
        )
    hashed = _hasher().hash(new)
    with transaction():
        user = db.session.get_one(User, user_id, with_for_update={"of": User})
        if user.password_hash != kept:
            raise InvalidDetailError("密码刚刚被修改或者重置，请重新登录。")
        user.password_hash, user.must_change_password, user.one_time_until = hashed, False, None
        db.session.add(FormerPassword(user_id=user_id, password_hash=hashed, set_at=now))
        session.end_all_of(user_id, now=now)
        attempt.forget([attempt.own_key(user_id)])
        _note("password_changed", user, actor, now)
    return user


def _check_old(user_id: int, kept: str | None, old: str, *, actor: Actor, now: datetime) -> None:
    """Raise where the old password is wrong: who sits down at an open session guesses it no faster."""
    keys = [attempt.own_key(user_id)]
    waiting = attempt.is_waiting(keys, now)
    db.session.rollback()
    if waiting:
        raise InvalidDetailError("原密码输错次数过多，请稍后再试；忘记密码请联系系统管理员重置。")
    if _matches(kept, old):
        return
    with transaction():
        attempt.count(keys, now)
        details: dict[str, Any] = {"agency_id": actor.agency_id, "succeeded": False}
        audit.note("password_not_changed", actor=actor.name, now=now, **details)
    raise InvalidDetailError("原密码不正确。")


def _known(user_id: int) -> tuple[str | None, list[str], str]:
    """Return the hash of a person's password, those of the last ones, and the login; hold nothing open."""
    db.session.rollback()
    row = db.session.execute(select(User.password_hash, User.login).where(User.id == user_id)).first()
    former = select(FormerPassword.password_hash).where(FormerPassword.user_id == user_id)
    newest = list(
        db.session.scalars(former.order_by(FormerPassword.id.desc()).limit(office_password.REMEMBERED))
    )
    db.session.rollback()
    return (row.password_hash, newest, row.login) if row else (None, [], "")


def everyone(agency_id: int) -> list[User]:
    """Return the people of the agency, those in use first, by login."""
    query = select(User).where(User.agency_id == agency_id)
    return list(db.session.scalars(query.order_by(User.active.desc(), User.login)))


def active_names(agency_id: int) -> list[str]:
    """Return the names of those who work here, in the order of their names."""
    query = select(User.name).where(User.agency_id == agency_id, User.active)
    return list(db.session.scalars(query.order_by(User.name)))


def by_login(login: str) -> User | None:
    """Return the person of that login."""
    return db.session.scalar(select(User).where(User.login == login))


def set_password(login: str, *, now: datetime) -> str:
    """Return a new one-time password for the login (command line); raise where there is none."""
    secret = one_time()
    with transaction():
        user = by_login(login)
        if user is None:
            raise InvalidDetailError("没有用户“%(login)s”。", login=login)
        _reset(user, secret, now)
        audit.note("password_reset", actor=SYSTEM, now=now, target=login, agency_id=user.agency_id)
    return secret.password


def prefer(user_id: int, *, email: str, language: str, digest: bool, actor: Actor, now: datetime) -> User:
    """Change how oneself is told; raise InvalidDetailError where the address is none."""
    if language not in LANGUAGES:
        raise InvalidDetailError("请选择邮件的语言。")
    with transaction():
        user = find(user_id, actor)
        user.email = address.checked(email, setting.in_force())
        user.language, user.digest = language, digest
        _note("preferences", user, actor, now, digest=digest, language=language)
    return user


def who_may(action: Action, agency_id: int) -> list[str]:
    """Return the names of the people of an agency who may do something, the administrators last."""
    able = [row for row in everyone(agency_id) if row.active and may(row.role_set, action)]
    return [row.name for row in sorted(able, key=lambda row: Role.ADMINISTRATOR in row.role_set)]


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


def sign_out(actor: Actor, *, now: datetime) -> None:
    """Write that the person left."""
    with transaction():
        audit.note("sign_out", actor=actor.name, now=now, agency_id=actor.agency_id)
