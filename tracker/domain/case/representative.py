"""Who acts for an applicant: an agent with a written authority, the guardian of one who cannot act.

Law: 民法典第165条 (授权委托书), 第23条 (法定代理人). The 条例 is silent on agents; that a missing authority
is asked for by a supplement notice is practice (第30条).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tracker.domain.message import labels


class RepresentativeRole(StrEnum):
    """As what somebody acts for an applicant. Value: stored code."""

    AGENT = "agent"
    GUARDIAN = "guardian"


ROLES = labels({RepresentativeRole.AGENT: "委托代理人", RepresentativeRole.GUARDIAN: "法定代理人（监护人）"})
SHORT = labels({RepresentativeRole.AGENT: "委托代理人", RepresentativeRole.GUARDIAN: "法定代理人"})
PROOFS = labels({RepresentativeRole.AGENT: "委托书", RepresentativeRole.GUARDIAN: "监护关系的证明"})
SCOPES = labels({"general": "一般授权", "special": "特别授权"})
RECEIVES = "可以代收文书"
ALL = 0  # the place of those who act for everybody who asks


@dataclass(frozen=True, slots=True)
class Representative:
    """Somebody who acts for an applicant, as letters name him.

    place: of the applicant acted for, from 1; ALL for everybody.
    """

    role: str
    name: str
    place: int = ALL
    scope: str = ""
    from_on: date | None = None
    to_on: date | None = None
    gets_letters: bool = False

    @property
    def words(self) -> str:
        """Return the name with what the authority says: 王五（委托代理人，特别授权，…）."""
        if self.role != RepresentativeRole.AGENT:
            return f"{self.name}（{short(self.role)}）"
        scope = SCOPES.get(self.scope, "")
        told = [short(self.role), scope, self.term, RECEIVES if self.gets_letters else ""]
        return f"{self.name}（{'，'.join(filter(None, told))}）"

    @property
    def term(self) -> str:
        """Return the days of the authority in words; empty where it sets none."""
        begins = f"自{_day(self.from_on)}" if self.from_on else ""
        return f"{begins}至{_day(self.to_on)}" if self.to_on else f"{begins}起" if begins else ""

    def covers(self, on: date) -> bool:
        """Return whether the authority holds on a day."""
        return (self.from_on is None or self.from_on <= on) and (self.to_on is None or on <= self.to_on)


def _day(on: date) -> str:
    return f"{on.year}年{on.month}月{on.day}日"


def short(role: str) -> str:
    """Return the words of a role beside a name; what is none as it is."""
    return SHORT[RepresentativeRole(role)] if role in SHORT else role


def names_in(addressed: str) -> set[str]:
    """Return every name that the words of an addressee hold: of who asks and of who acts for them."""
    pieces = re.split("[、，；（）]", addressed)
    lead = re.compile(f"^(?:{'|'.join((*SHORT.values(), '代表人'))})")
    return {lead.sub("", piece).strip() for piece in pieces} - {""}


def addressed(names: Sequence[str], representatives: Iterable[Representative]) -> tuple[str, ...]:
    """Return each applicant as a letter names him: 张三, or 李小四（法定代理人李四）.

    A guardian for nobody in particular is that of the only applicant.
    """
    guardians: dict[int, list[str]] = {}
    for each in representatives:
        if each.role == RepresentativeRole.GUARDIAN:
            guardians.setdefault(each.place or 1, []).append(each.name)
    return tuple(
        f"{name}（{SHORT[RepresentativeRole.GUARDIAN]}{'、'.join(guardians[place])}）"
        if place in guardians
        else name
        for place, name in enumerate(names, start=1)
    )
