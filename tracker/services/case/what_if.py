"""What a request's dates would be if it went like this: nothing is kept, no case is needed."""

from collections.abc import Iterable
from datetime import date

from tracker.domain.case import workflow
from tracker.domain.case.event import Entry
from tracker.domain.case.standing import Standing
from tracker.domain.errors import DomainError, InvalidDetailError
from tracker.services.case import ledger
from tracker.services.office import office


def suppose(receipt: Entry, steps: Iterable[Entry]) -> Standing:
    """Return where a request would stand after these steps, taken in the order of their days.

    Raises InvalidDetailError, naming the step and its day, where the order is impossible.
    """
    standing = ledger.new()
    in_order = sorted(steps, key=lambda entry: entry.on)  # as given, where the days are equal
    for entry in (receipt, *in_order):
        try:
            standing.take(entry)
        except DomainError as error:
            label = workflow.step_label(entry.step)
            raise InvalidDetailError(
                "“%(label)s”（%(on)s）：%(error)s", label=label, on=entry.on, error=error.message
            ) from error
    return standing


def supplement_deadline(asked_on: date) -> date:
    """Return the day that the office would give the applicant to supplement (a setting)."""
    return office.calendar().add(asked_on, office.rules(asked_on).supplement_days)
