"""Upon whom a letter to the applicant may be served: himself, who acts for him, who stands for several.

That a letter may be served upon an agent whose authority says so is practice; upon one whose authority does
not say so it is not offered.
"""

from dataclasses import dataclass
from datetime import date

from tracker.domain.case.representative import ALL, RECEIVES, SHORT, Representative, RepresentativeRole
from tracker.domain.errors import InvalidDetailError
from tracker.domain.letter import index
from tracker.domain.letter.kind import Addressee
from tracker.domain.letter.service import POST
from tracker.models.applicant import Applicant
from tracker.models.case import Case
from tracker.models.letter import Letter
from tracker.services.case import applicant

HIMSELF = ""


@dataclass(frozen=True, slots=True)
class Receiver:
    """Somebody upon whom a letter may be served. key: of the form; HIMSELF for the addressee.

    words: as the service keeps it. row: where his address stands. acting: of one who acts for another.
    """

    key: str
    words: str
    row: Applicant
    acting: Representative | None = None


def receivers(letter: Letter) -> list[Receiver]:
    """Return upon whom the letter may be served beside the addressee; nobody of one for somebody else.

    Who acts for one of several is not offered: a letter that reached him did not reach the others.
    """
    if index.BY_KEY[letter.kind].to is not Addressee.APPLICANT:
        return []
    case: Case = letter.case
    first = case.applicant
    standing_for = [
        Receiver(str(row.id), f"代表人{row.name}", row)
        for row in first.people
        if row.gets_letters and first.further
    ]
    acting = zip(first.representatives, applicant.named(first), strict=True)
    return standing_for + [
        Receiver(str(row.id), f"{SHORT[RepresentativeRole(one.role)]}{one.name}{_why(one)}", row, one)
        for row, one in acting
        if (one.place == ALL or not first.further)
        and (one.role == RepresentativeRole.GUARDIAN or (one.role in SHORT and one.gets_letters))
    ]


def _why(one: Representative) -> str:
    if one.role == RepresentativeRole.GUARDIAN:
        return ""
    return f"（委托书写明{RECEIVES}{'，' + one.term if one.term else ''}）"


def not_offered(letter: Letter) -> list[str]:
    """Return the agents whose authority does not say that they receive letters, by name."""
    if index.BY_KEY[letter.kind].to is not Addressee.APPLICANT:
        return []
    acting = applicant.named(letter.case.applicant)
    return [one.name for one in acting if one.role == RepresentativeRole.AGENT and not one.gets_letters]


def proposed(letter: Letter) -> str:
    """Return the key that the form begins with: the one who stands for several, then the guardian."""
    there = receivers(letter)
    guardians = [
        each.key for each in there if each.acting and each.acting.role == RepresentativeRole.GUARDIAN
    ]
    return next(iter([*(each.key for each in there if each.acting is None), *guardians]), HIMSELF)


def chosen(letter: Letter, key: str, on: date) -> Receiver | None:
    """Return who was chosen; None of the addressee himself.

    Raises InvalidDetailError where he is none of those, or his authority does not hold on the day.
    """
    if key == HIMSELF:
        return None
    there = next((each for each in receivers(letter) if each.key == key), None)
    if there is None:
        raise InvalidDetailError("请从列出的受送达人中选择。")
    if there.acting is not None and not there.acting.covers(on):
        raise InvalidDetailError(
            "%(name)s的委托期限%(term)s，不包括%(on)s：请送达申请人本人，或者更正委托期限。",
            name=there.acting.name,
            term=there.acting.term,
            on=on,
        )
    return there


def place(letter: Letter, there: Receiver | None, way: str) -> str | None:
    """Return the address or mailbox of who is served; nothing is known of who is not the applicant.

    Of a guardian without one it is the applicant's.
    """
    field = {POST: "address", "email": "email"}.get(way)
    if field is None or index.BY_KEY[letter.kind].to is not Addressee.APPLICANT:
        return None
    first: Applicant = letter.case.applicant
    if there is None:
        own: str | None = getattr(first, field)
        return own
    acted_for = there.row.acts_for or first
    is_guardian = there.row.role == RepresentativeRole.GUARDIAN
    known: str | None = getattr(there.row, field) or (getattr(acted_for, field) if is_guardian else None)
    return known
