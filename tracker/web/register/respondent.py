"""What the page of a reconsideration or suit shows of the organ's part in it."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date

from tracker.domain.errors import UnknownYearError
from tracker.domain.law.respondent import FIRST
from tracker.domain.register import respondent
from tracker.domain.register.respondent import INSTANCES, STEPS, RespondentTerm
from tracker.models.reads.remedy import proceeding_of, reanswers_of, steps_of
from tracker.models.remedy import Reanswer, RemedyCase, RemedyStep
from tracker.services.case import reanswer
from tracker.services.office import office


@dataclass(frozen=True, slots=True)
class ShownProceeding:
    """The days that the case sets, the steps that were recorded, and what is not known.

    terms:  None where they cannot be counted; the page says why (``duty.why_uncounted``).
    number: by which steps name the case; empty where it has none yet.
    unknown: the instances whose copy nobody recorded. offered: the steps to record.
    """

    number: str
    terms: list[RespondentTerm] | None
    steps: list[RemedyStep]
    unknown: list[str]
    offered: dict[str, str]
    instance: str
    reanswers: list[Reanswer]
    served: dict[int, date | None]  # when each of them was
    step_labels: Mapping[str, str] = field(default_factory=lambda: STEPS)
    instance_labels: Mapping[str, str] = field(default_factory=lambda: INSTANCES)


def shown(row: RemedyCase) -> ShownProceeding:
    """Return what the page shows of a reconsideration or suit."""
    proceeding = proceeding_of(row)
    terms, anew = None, reanswers_of(row)
    with suppress(UnknownYearError):
        terms = respondent.terms(proceeding, office.calendar())
    only_of_court = (respondent.APPEALED, respondent.NO_APPEAL)
    return ShownProceeding(
        number=next(iter(row.numbers), ""),
        terms=terms,
        steps=steps_of(row),
        unknown=[INSTANCES[one] for one in proceeding.unknown_receipts()],
        offered={
            code: label
            for code, label in STEPS.items()
            if not proceeding.is_reconsideration or code not in only_of_court
        },
        reanswers=anew,
        served={one.id: reanswer.served_on(one) for one in anew},
        instance=max(proceeding.begun, key=list(INSTANCES).index, default=FIRST),
    )
