"""Those who ask together, who acts for them, what they ask for: written, and held against what is kept."""

from typing import Any

from tracker.domain.message import Phrase
from tracker.models.applicant import Applicant
from tracker.models.base import db
from tracker.models.case import Case
from tracker.services.exchange import people
from tracker.services.exchange.people import PERSON

DOCUMENT = ("id_kind", "id_kept", "gets_letters")


def written(first: Applicant) -> dict[str, Any]:
    """Return what a line says of those beside the one named first, and of what is asked for."""
    places = {row.id: place for place, row in enumerate(first.people, start=1)}
    joint = [{"kind": row.kind, **_person(row)} for row in first.further]
    acting = [_representative(row, places.get(row.acts_for_id or 0)) for row in first.representatives]
    return people.filled({"joint": joint, "representatives": acting, "wishes": _wishes(first)})


def document(row: Applicant) -> dict[str, Any]:
    """Return what a line says of a person's document, and whether that one gets the letters."""
    return people.filled({key: getattr(row, key) for key in DOCUMENT})


def _person(row: Applicant) -> dict[str, Any]:
    return people.filled({key: getattr(row, key) for key in PERSON}) | document(row)


def _representative(row: Applicant, place: int | None) -> dict[str, Any]:
    days = {key: day.isoformat() for key in ("from_on", "to_on") if (day := getattr(row, key))}
    return people.filled({"role": row.role, "place": place, "scope": row.scope}) | days | _person(row)


def _wishes(row: Applicant) -> dict[str, Any]:
    day = row.read_back_on.isoformat() if row.read_back_on else None
    return people.filled(
        {
            "form": row.form_wanted,
            "way": row.way_wanted,
            "purpose": row.purpose,
            "help": row.help,
            "filled_by": row.filled_by,
            "read_back_on": day,
        }
    )


def hold_against(beside: dict[str, Any], case_id: int) -> None:
    """Raise InvalidDetailError where a line says of a kept request's people what is not kept of them.

    What a line leaves out differs from nothing; nobody is added to a request or taken out by a file.
    """
    if not beside:
        return
    case = db.session.get_one(Case, case_id)
    people.differ_in(beside, written(case.applicant), Phrase("%(number)s已登记的", number=case.number))
