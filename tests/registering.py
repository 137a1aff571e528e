"""Register a request that came by letter, as the form does: the letter and its case in one transaction."""

from datetime import date, datetime

from tracker.domain.case.request import RequestData
from tracker.models.case import Case
from tracker.services.contact import registration
from tracker.services.contact.contact import ContactData
from tracker.services.office.actor import Actor


def register(request: RequestData, *, actor: Actor, today: date, now: datetime) -> Case:
    """Return the case of a request that need not wait for its confirmation."""
    data = ContactData(form="letter", arrived_on=request.arrival.arrived_on, summary="来信")
    words = {"actor": actor, "today": today, "now": now}
    case = registration.register(data, triage="request", request=request, **words).case
    assert case is not None, "it waits"
    return case
