"""Requests alike in wording, and how many the same person made: found while the clerk types.

Law: 条例第35条 (数量、频次明显超过合理范围), 第36条第(六)项 (重复申请), 第44条第1款 (多个申请人).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from tracker.domain.case import likeness
from tracker.domain.folding import fold
from tracker.models.case import Case
from tracker.models.cipher import blind_index
from tracker.models.reads import alike
from tracker.models.reads.applicant import Person, cases_of_person, newest_first, people_of
from tracker.services.office import office
from tracker.services.office.actor import Actor

SHOWN = 8


@dataclass(frozen=True, slots=True)
class Alike:
    """An earlier request. percent: how much of the shorter wording both say, by rarity."""

    case: Case
    percent: int
    same_person: bool


@dataclass(frozen=True, slots=True)
class AlikeRequests:
    """What is known of earlier requests.

    on:       the day of receipt, whose practice says how many are many.
    alike:    those alike in wording, and the newest of the same person, the likest first.
    in_month: how many the same person made in the month of the day before this one, and in_year; of
              several who ask together the one who made most.
    others:   how many other applicants asked alike (第44条: consider disclosing to everybody); those
              who asked together count once.
    """

    on: date
    alike: list[Alike]
    in_month: int
    in_year: int
    others: int

    @property
    def is_excessive(self) -> bool:
        """Whether the number calls for a look at 第35条 (practice: no text sets a number)."""
        set_to = office.rules(self.on)
        return self.in_month >= set_to.many_in_month or self.in_year >= set_to.many_in_year

    @property
    def is_shared(self) -> bool:
        """Whether so many ask alike that the information may be for everybody (第44条第1款)."""
        return self.others + 1 >= office.rules(self.on).many_applicants


def look(
    actor: Actor,
    *,
    subject: str,
    name: str,
    on: date,
    id_number: str = "",
    kind: str = "",
    further: Iterable[tuple[str, str, str]] = (),
    besides: int = 0,
) -> AlikeRequests:
    """Return what earlier requests say to one that is being typed.

    on: the day of receipt. besides: the id of a case that is not to be found itself. further: name,
    kind and ID number of those who ask together with the one named first.
    """
    typed = ((name, kind, id_number), *further)
    people = [Person(who.strip(), of, blind_index(no) if no.strip() else "") for who, of, no in typed]
    return _found(actor, subject, people, on, besides)


def of_case(case: Case, actor: Actor) -> AlikeRequests:
    """Return the same for a case that is kept."""
    on = case.received_on or case.registered_at.date()
    return _found(actor, case.subject, people_of(case), on, case.id)


def _found(actor: Actor, subject: str, people: Iterable[Person], on: date, besides: int) -> AlikeRequests:
    by_person = (cases_of_person(actor.agency_id, **who._asdict()) for who in people)
    each = [[case for case in cases if case.id != besides] for cases in by_person]
    person = newest_first(case for cases in each for case in cases)
    same = {case.id for case in person}
    likest = [one for one in _alike(actor.agency_id, subject, same, on) if one.case.id != besides]
    listed = {one.case.id for one in likest}
    newest = [Alike(case, 0, same_person=True) for case in person if case.id not in listed]
    seen = [one for one in [*likest, *newest] if actor.reaches(one.case.agency_id, one.case.unit_id)]
    days = [[c.received_on for c in cases if c.received_on and c.received_on <= on] for cases in each]
    return AlikeRequests(
        on,
        seen[:SHOWN],
        in_month=max(sum((day.year, day.month) == (on.year, on.month) for day in of) for of in days),
        in_year=max(sum(day.year == on.year for day in of) for of in days),
        others=len({_who(one.case) for one in likest if not one.same_person}),
    )


def _alike(agency_id: int, subject: str, same: set[int], on: date) -> list[Alike]:
    rarity = alike.rarity(agency_id)
    mine = likeness.grams(subject)
    candidates = [
        Alike(case, likeness.likeness(mine, likeness.grams(case.subject), rarity), case.id in same)
        for case in alike.candidates(agency_id, likeness.keys(subject, rarity))
    ]
    enough = [one for one in candidates if one.percent >= office.rules(on).alike_percent]
    return sorted(enough, key=lambda one: (one.percent, one.case.id), reverse=True)


def _who(case: Case) -> tuple[str, str]:
    """Return what tells applicants apart: the ID number, else kind and name."""
    return case.applicant.id_index or case.applicant.kind, fold(case.applicant.name)
