"""The office and the case as a letter names them."""

from datetime import date

from tracker.config import UNNAMED
from tracker.domain.letter.content import CaseFacts, Sender
from tracker.models.agency import DEFAULT, Agency
from tracker.models.base import db
from tracker.models.case import Case
from tracker.services.case import step
from tracker.services.office import office


def sender(agency_id: int, on: date, *, today: date) -> Sender:
    """Return the office as a letter dated on a day names it.

    Organ and court are those of that day's law and practice; code and addresses are today's. What belongs
    to the agency that runs the deployment is never printed by another one.
    """
    agency = db.session.get_one(Agency, agency_id)
    rows = office.practice_of(agency_id).rows_on(today)
    is_ours = agency.code == DEFAULT

    def own(key: str) -> str:
        return str(rows[key].value) if key in rows and (is_ours or rows[key].own) else ""

    return Sender(
        name=agency.name,
        named=agency.name != UNNAMED,
        code=own("document_code"),
        contact=own("letter_contact"),
        online=own("online_reconsideration"),
        suit=office.rules(today).suit_in_doubt,
        forum=office.forum(agency_id, on),
    )


def facts_of(case: Case) -> CaseFacts:
    """Return what a case gives to its letters."""
    return CaseFacts(
        number=case.number,
        subject=case.subject,
        applicants=tuple(who.name for who in case.applicant.people),
        applicant_kind=case.applicant_kind,
        channel=case.channel,
        standing=step.standing(case),
    )
