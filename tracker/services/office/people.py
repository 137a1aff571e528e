"""Many people at once, from a pasted list: what each line would do, and their one-time passwords."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import String, func, select

from tracker.domain.errors import DomainError, InvalidDetailError
from tracker.domain.message import Phrase
from tracker.domain.office.people import PersonLine, read
from tracker.domain.permission import Action
from tracker.mail import address
from tracker.models.base import db, transaction
from tracker.models.user import User
from tracker.services.office import seen, setting, unit, user
from tracker.services.office.actor import Actor

MOST = 200  # people of one list: each password is hashed, slowly on purpose
LONGEST = 40_000  # characters of one list


@dataclass(frozen=True, slots=True)
class MadePerson:
    """Somebody who was made, with the password that is shown once."""

    name: str
    login: str
    password: str


def understood(text: str, *, actor: Actor) -> list[PersonLine]:
    """Return every line of a list with what it would do; nothing is kept.

    Raises NotPermittedError; InvalidDetailError where the list is empty or too long.
    """
    actor.require(Action.USERS)
    if len(text) > LONGEST:
        raise InvalidDetailError(
            "名单有%(count)s字，一次至多%(longest)s字：请分几次粘贴。",
            count=len(text),
            longest=LONGEST,
        )
    units = [row.name for row in unit.all_units(actor.agency_id) if row.active]
    lines = list(read(text, units))
    if not lines:
        raise InvalidDetailError("名单是空的：请粘贴，一行一个人。")
    if len(lines) > MOST:
        raise InvalidDetailError(
            "一次至多%(most)s人，这里有%(count)s行：请分几次粘贴。",
            most=MOST,
            count=len(lines),
        )
    return list(_held_against_the_office(lines, actor.agency_id))


def _held_against_the_office(lines: list[PersonLine], agency_id: int) -> Iterator[PersonLine]:
    logins = [line.login.lower() for line in lines if line.login]
    columns = (func.lower(User.login, type_=String), User.name, User.agency_id)
    held = db.session.execute(select(*columns).where(func.lower(User.login).in_(logins))).tuples()
    taken = {login: name if whose == agency_id else "" for login, name, whose in held}
    twice = {login for login, count in Counter(logins).items() if count > 1}
    for line in lines:
        yield line if line.problem else replace(line, problem=_problem(line, taken, twice))


def _problem(line: PersonLine, taken: dict[str, str], twice: set[str]) -> str:
    """Return why nobody can be made. taken: logins with their own people's names; of others' none is told."""
    login = line.login.lower()
    if login in taken:
        return (
            Phrase("已经有这位用户，不再新建。")
            if taken[login] == line.name
            else Phrase("这个用户名已有人使用。")
        )
    if login in twice:
        return Phrase("名单中有两行用同一个用户名。")
    try:
        user.check_name(line.name)
        user.check_name(line.login)
        address.checked(line.email, setting.in_force())
    except DomainError as error:
        return error.message
    return ""


def mark(lines: Iterable[PersonLine]) -> str:
    """Return the mark of who would be made of a list, as what; another one where anything of it is other."""
    made = [line for line in lines if not line.problem]
    return seen.mark([(each.name, each.login, each.unit, each.roles, each.email) for each in made])


def create(text: str, *, looked_at: str, actor: Actor, now: datetime) -> list[MadePerson]:
    """Make everybody whose line has no problem, in one transaction; their passwords are shown once.

    looked_at: the mark of whom the person saw would be made.

    Raises InvalidDetailError where nobody can be made, or where it would now be others than were seen, or in
    other roles.
    """
    lines = [line for line in understood(text, actor=actor) if not line.problem]
    if not lines:
        raise InvalidDetailError("没有可以新建的人。")
    if mark(lines) != looked_at:
        raise InvalidDetailError("名单或者已有的用户刚刚变了，请看下面每一行现在会怎样，再确认。")
    secrets = [user.one_time() for _line in lines]
    with transaction():
        ids = {row.name: row.id for row in unit.all_units(actor.agency_id) if row.active}
        for line, secret in zip(lines, secrets, strict=True):
            user.add(
                agency_id=actor.agency_id,
                login=line.login,
                name=line.name,
                roles=line.roles,
                now=now,
                secret=secret,
                by=actor.name,
                email=line.email,
                unit_id=ids.get(line.unit),
            )
    return [
        MadePerson(line.name, line.login, secret.password)
        for line, secret in zip(lines, secrets, strict=True)
    ]
