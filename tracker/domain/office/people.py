"""A list of people as an office keeps it: a line each, its parts told by what they are, in any order."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from tracker.domain.folding import folded_name
from tracker.domain.message import Phrase, joined
from tracker.domain.permission import Role

# The words by which lists name a role; the first is what the pages call it.
ROLE_WORDS: dict[Role, tuple[str, ...]] = {
    Role.REGISTRAR: ("登记员", "登记", "收发", "窗口", "受理"),
    Role.HANDLER: ("承办人", "承办", "经办人", "经办", "办理", "办理人"),
    Role.REVIEWER: ("审核人", "审核", "法制审核", "保密审查", "法制", "保密", "审查"),
    Role.HEAD: ("负责人", "公开机构负责人", "机构负责人", "签发"),
    Role.AUDITOR: ("审计员", "审计", "监督", "只读"),
    Role.ADMINISTRATOR: ("系统管理员", "管理员"),
}
BY_WORD = {word: role for role, names in ROLE_WORDS.items() for word in names}
# What lists say of somebody's post: it gives nobody a right, so the role is asked for.
POST = re.compile(r".{0,12}(主任|股长|科长|处长|所长|局长|科员|管理|主任科员|书记|职员)")
SEPARATORS = ("\t", ",", "，", "、", ";", "；")  # the first of them that a line has divides it
WITHIN = re.compile(r"[、/+＋；;|，, ]+")  # between the roles of one part
LOGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")
HEADINGS = frozenset(
    {"姓名", "用户名", "登录名", "单位", "科室", "股室", "角色", "邮箱", "电子邮箱", "名字", "账号"}
)


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One line of the list as it was understood. problem: why nobody can be made of it, empty mostly."""

    number: int
    text: str
    name: str = ""
    login: str = ""
    unit: str = ""
    roles: tuple[Role, ...] = ()
    email: str = ""
    problem: str = ""


def read(text: str, units: Collection[str]) -> Iterator[PersonLine]:
    """Yield each line of a pasted list; empty ones and a line of headings are left out.

    units: the names of the office's units, by which a part is known as one.
    """
    for number, line in enumerate(text.splitlines(), start=1):
        parts = [part for part in _parts(line) if part]
        if parts and not HEADINGS.issuperset(parts):
            yield _read(number, line.strip(), parts, units)


def _parts(line: str) -> list[str]:
    separator = next((one for one in SEPARATORS if one in line), None)
    parts = line.split(separator) if separator else line.split()
    return [part.strip(" \u3000\u00a0\"'") for part in parts]


def _read(number: int, line: str, parts: list[str], units: Collection[str]) -> PersonLine:
    known = {folded_name(unit): unit for unit in units}
    told: dict[str, str] = {}
    roles: list[Role] = []
    for part in parts:
        if named := _roles(part):
            roles += [role for role in named if role not in roles]
            continue
        kind = _kind(part, known, told)
        if kind in (None, "name") and POST.fullmatch(part):
            return PersonLine(
                number,
                line,
                problem=Phrase(
                    "“%(part)s”是职务，不说明角色：请写登记员、承办人、负责人等。",
                    part=part,
                ),
            )
        if kind is None or kind in told:
            return PersonLine(
                number,
                line,
                problem=Phrase(
                    "看不懂“%(part)s”：不是单位、角色、邮箱、用户名或者姓名。",
                    part=part,
                ),
            )
        told[kind] = known[folded_name(part)] if kind == "unit" else part
    return PersonLine(number, line, roles=tuple(roles), problem=_lacking(told, roles), **told)


def _roles(part: str) -> list[Role]:
    """Return the roles that a part names; none where one of its words is no role's."""
    named = [word for word in WITHIN.split(part) if word]
    return [BY_WORD[word] for word in named] if all(word in BY_WORD for word in named) else []


def _kind(part: str, units: Collection[str], told: Collection[str]) -> str | None:
    """Return what a part is: a unit, an address, a login or a name."""
    if folded_name(part) in units:
        return "unit"
    if "@" in part or "://" in part:
        return "email"
    if LOGIN.fullmatch(part):
        return "login"
    return None if "name" in told else "name"


def _lacking(told: Collection[str], roles: Collection[Role]) -> str:
    lacks = [label for key, label in (("name", "姓名"), ("login", "用户名")) if key not in told]
    lacks += [] if roles else ["角色"]
    return Phrase("缺%(names)s。", names=joined(lacks, "、")) if lacks else ""
