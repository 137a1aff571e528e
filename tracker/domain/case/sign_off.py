"""The sign-off (审批) of a letter's draft: its stations, who may sign at one, where a round stands.

条例第17条 asks for a review before anything is disclosed; which stations are asked, and in which order, is
practice (``Rules.sign_off_stations``). Nobody signs what he drafted, in his own name or in another's.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tracker.domain.case import basis
from tracker.domain.case.outcome import BY_CODE
from tracker.domain.message import labels
from tracker.domain.permission import Action, Role, may


class Station(StrEnum):
    """Where an opinion is asked for."""

    UNIT = "unit"
    LEGAL = "legal"
    SECRECY = "secrecy"
    HEAD = "head"


STATION_LABELS = labels(
    {
        Station.UNIT: "承办科室意见",
        Station.LEGAL: "法制审核意见",
        Station.SECRECY: "保密审查意见",
        Station.HEAD: "负责人意见",
    }
)
# What signing at a station asks leave for.
LEAVE = {
    Station.UNIT: Action.HANDLE,
    Station.LEGAL: Action.OPINION,
    Station.SECRECY: Action.OPINION,
    Station.HEAD: Action.APPROVE,
}
# Who is asked at a station where anybody has the role; the others who may sign there stand in.
ASKED = {
    Station.UNIT: Role.HANDLER,
    Station.LEGAL: Role.REVIEWER,
    Station.SECRECY: Role.REVIEWER,
    Station.HEAD: Role.HEAD,
}


class Verdict(StrEnum):
    """What an opinion says. The drafter alone takes a draft back."""

    AGREED = "agreed"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


VERDICT_LABELS = labels({Verdict.AGREED: "同意", Verdict.RETURNED: "退回", Verdict.WITHDRAWN: "撤回"})
DRAFTER = "drafter"  # in the place of a station, of an opinion that takes the draft back


class Stand(StrEnum):
    """Where a round stands."""

    PENDING = "pending"
    SIGNED = "signed"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    DAMAGED = "damaged"  # a row of it holds what none should: nothing leaves by it


STAND_LABELS = labels(
    {
        Stand.PENDING: "审批中",
        Stand.SIGNED: "已签发",
        Stand.RETURNED: "已退回",
        Stand.WITHDRAWN: "已撤回",
        Stand.DAMAGED: "数据损坏",
    }
)


def stations_of(text: str) -> tuple[Station, ...]:
    """Return the stations that a text names. Raises ValueError unless each is there once, the head last."""
    stations = tuple(Station(word) for word in text.split())
    if not stations or stations[-1] is not Station.HEAD or len(set(stations)) != len(stations):
        raise ValueError(f"stations: {text!r}")
    return stations


def stations_for(text: str, outcome: str, end: str) -> tuple[Station, ...]:
    """Return the stations that the draft of an answer passes; the review of 第17条 is never left out.

    text: of the practice. outcome, end: of the answer; empty for another letter.
    """
    stations = stations_of(text)
    if Station.SECRECY in stations or not is_reviewed(outcome, end):
        return stations
    return (*stations[:-1], Station.SECRECY, Station.HEAD)


def is_reviewed(outcome: str, end: str) -> bool:
    """Return whether an answer gives information, so that nothing leaves without its review (第17条)."""
    ends = basis.ENDS.get(outcome, ())
    return any(ask in basis.REVIEWED for each in ends if each.key == end for ask in each.asks)


def gives_unreviewed(outcome: str, parts: Iterable[tuple[str, str]]) -> bool:
    """Return whether an item gives information although the answer itself is none that is reviewed.

    parts: the outcome and the end of each item; an empty end is the outcome's first.
    """
    if outcome in BY_CODE and BY_CODE[outcome].family in basis.GIVEN:
        return False
    return any(is_reviewed(code, end or basis.ENDS[code][0].key) for code, end in parts)


def standing(stations: Sequence[str], opinions: Iterable[tuple[str, str]]) -> tuple[Stand, Station | None]:
    """Return where a round stands, and at which station it waits.

    opinions: the station and the verdict of each.
    """
    verdicts = dict(opinions)
    known = {*Station, DRAFTER} >= {*stations, *verdicts} and set(Verdict) >= {*verdicts.values()}
    if not known or not stations:
        return Stand.DAMAGED, None
    if Verdict.WITHDRAWN in verdicts.values():
        return Stand.WITHDRAWN, None
    if Verdict.RETURNED in verdicts.values():
        return Stand.RETURNED, None
    agreed = verdicts.keys()
    waits = next((station for station in stations if station not in agreed), None)
    return (Stand.PENDING, Station(waits)) if waits else (Stand.SIGNED, None)


# -- who may sign -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Signatory:
    """Somebody of the office who may be asked."""

    id: int
    roles: frozenset[Role]
    unit_id: int | None = None


@dataclass(frozen=True, slots=True)
class Delegation:
    """From its first day to its last one person signs for another at some stations."""

    principal: int
    deputy: int
    stations: frozenset[Station]
    first: date
    last: date

    def covers(self, station: Station, on: date) -> bool:
        return station in self.stations and self.first <= on <= self.last


def signers(
    station: Station,
    people: Mapping[int, Signatory],
    *,
    unit_id: int | None,
    drafters: frozenset[int],
    delegations: Sequence[Delegation] = (),
    on: date = date.min,
) -> dict[int, tuple[int, ...]]:
    """Return who may sign at the station, each with the chain of those in whose place.

    The chain is empty in one's own right.
    drafters: who drafted this round or one before it. Neither they nor anybody in their place may sign.
    """
    queue: list[tuple[int, tuple[int, ...]]] = [
        (each.id, ())
        for each in people.values()
        if each.id not in drafters and _has_leave(station, each, unit_id)
    ]
    signing: dict[int, tuple[int, ...]] = {}
    for person, chain in queue:  # grows while it is read
        if person in signing:
            continue
        signing[person] = chain
        queue += [
            (given.deputy, (*chain, person))
            for given in delegations
            if given.principal == person
            and given.covers(station, on)
            and _may_stand_in(given.deputy, people, drafters)
        ]
    return signing


def _has_leave(station: Station, person: Signatory, unit_id: int | None) -> bool:
    if not may(person.roles, LEAVE[station]):
        return False
    own = station is not Station.UNIT or Role.HEAD in person.roles
    return own or unit_id is None or person.unit_id == unit_id


def _may_stand_in(person: int, people: Mapping[int, Signatory], drafters: frozenset[int]) -> bool:
    return person not in drafters and person in people and may(people[person].roles, Action.SIGN)


def asked(
    station: Station, people: Mapping[int, Signatory], may_sign: Mapping[int, tuple[int, ...]]
) -> list[int]:
    """Return whose turn it is, of those who may sign: who has the station's role, or who stands in for him.

    Who let somebody else sign is away: the deputy is asked. Nobody of the role: all who may sign.
    """
    away = {principal for chain in may_sign.values() for principal in chain}
    there = [person for person in may_sign if person not in away]
    wanted = [
        person for person in there if ASKED[station] in people[next(iter(may_sign[person]), person)].roles
    ]
    return wanted or there


def closes_loop(new: Delegation, others: Sequence[Delegation]) -> bool:
    """Return whether a delegation would lead, on one of its days, back to the person who gives it."""
    if new.principal == new.deputy:
        return True
    days = {new.first, *(each.first for each in others if new.first < each.first <= new.last)}
    return any(
        new.principal in _reached(new.deputy, station, day, others)
        for station in new.stations
        for day in days
    )


def _reached(start: int, station: Station, on: date, delegations: Sequence[Delegation]) -> set[int]:
    reached, queue = {start}, [start]
    for person in queue:  # grows while it is read
        for given in delegations:
            if given.principal == person and given.covers(station, on) and given.deputy not in reached:
                reached.add(given.deputy)
                queue.append(given.deputy)
    return reached


# -- what was signed, against what is to leave --------------------------------------------------------


def changed(signed: Mapping[str, str], stated: Mapping[str, str], keys: Iterable[str]) -> Iterator[str]:
    """Yield the keys under which something else was signed than what is stated now."""
    for key in keys:
        if _plain(signed.get(key)) != _plain(stated.get(key)):
            yield key


def _plain(text: object) -> str:
    return "\n".join(line.strip() for line in str(text or "").splitlines()).strip()
