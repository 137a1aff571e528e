"""Make the case of a request: receipt day by the rule of its channel, number, first entry, due day."""

from dataclasses import dataclass
from datetime import date, datetime

from tracker.domain.case import channel
from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.case.request import Arrival, RequestData
from tracker.domain.case.standing import Standing
from tracker.models.applicant import Applicant
from tracker.models.base import db
from tracker.models.case import Case
from tracker.services.case import applicant, ledger, numbering
from tracker.services.office import office
from tracker.services.office.actor import Actor


def preview(arrival: Arrival, kind: ApplicantKind = ApplicantKind.NATURAL_PERSON) -> Standing:
    """Return where the case would stand: receipt day and due day before anything is kept."""
    standing = ledger.new()
    standing.take(arrival.entry(kind, None, reading(arrival)))
    return standing


def awaits_confirmation(arrival: Arrival) -> bool:
    """Return whether the request has no day of receipt yet, as this office reads the rule (第31条)."""
    return arrival.awaits_confirmation(reading(arrival))


def reading(arrival: Arrival) -> str:
    """Return how the office reads the receipt of online requests, on the day on which this one came in."""
    return office.rules(arrival.forwarded_on or arrival.arrived_on).online_receipt


def confirm_by(arrival: Arrival) -> date:
    """Return the day by which the office is to confirm the request with the applicant."""
    arrived_on = arrival.forwarded_on or arrival.arrived_on
    days = office.rules(arrived_on).confirmation_days
    return channel.confirm_by(arrival.channel, arrived_on, office.calendar(), days)


@dataclass(frozen=True, slots=True)
class NewCase:
    """A case that is known whole but for its number: nothing of it is written yet."""

    row: Case
    replay: ledger.Replay

    @property
    def place(self) -> tuple[str, int]:
        """The register and the year in which it gets its number."""
        return numbering.REQUESTS, self.replay.past[0].on.year


def prepare(
    request: RequestData, *, actor: Actor, today: date, now: datetime, who: Applicant | None = None
) -> NewCase:
    """Return the case of a request, in the transaction that registers it; its applicant is written.

    who: the applicant's row where it is kept already: the request waited for its confirmation.

    Raises InvalidDetailError, UnlawfulDayError, NotPermittedError.
    """
    request.check()
    request.wishes.check(arrived_on=request.arrival.arrived_on, today=today)
    first = request.arrival.entry(request.applicant.kind, request.unit, reading(request.arrival))
    row = who or applicant.of_request(actor.agency_id, request)
    case = Case(
        agency_id=actor.agency_id,
        applicant=row,
        subject=request.subject.strip(),
        registered_at=now,
        registered_by=actor.name,
        events=[],
    )
    replay = ledger.begin(case, first, actor=actor, today=today)
    db.session.add(row)
    db.session.flush()
    return NewCase(case, replay)


def add(new: NewCase, *, actor: Actor, now: datetime) -> Case:
    """Write a case with the next number; return its row."""
    (new.row.number,) = numbering.next_numbers(actor.agency_id, new.place)
    write(new, actor=actor, now=now)
    return new.row


def write(new: NewCase, *, actor: Actor, now: datetime) -> None:
    """Write a case that has its number: the row, its duties, its first entry at the end of the chain."""
    db.session.add(new.row)
    db.session.flush()
    ledger.enter(new.row, new.replay, actor=actor, now=now)
