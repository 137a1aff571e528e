"""Tables 2 and 4 of the annual report and the facts behind section 一, from the registers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tracker.domain import money
from tracker.domain.case.rules import Rules
from tracker.domain.register import normative, remedy
from tracker.models.reads.fee import payments_counted
from tracker.models.reads.normative import decisions, documents
from tracker.models.reads.publication import items_by_category, items_by_medium
from tracker.models.reads.remedy import remedies
from tracker.models.reads.supervision import total_held
from tracker.models.supervision import Accountability, Assessment, Training

PRACTICE = Rules()


def table2(agency_id: int, year: int, counting: Rules = PRACTICE) -> dict[str, Any]:
    """Return table 2 in the exchange format: 第20条第1、5、6、8项."""
    made = normative.counts(documents(agency_id, year), year, counting)
    licences, penalties, coercion, fees = decisions(agency_id, year)
    return {
        "regulations": made[normative.REGULATION],
        "normative_documents": made[normative.NORMATIVE],
        "licences": licences,
        "penalties": penalties,
        "coercion": coercion,
        "fees_wan_yuan": money.wan_yuan(fees),
    }


def table4(agency_id: int, year: int, counting: Rules = PRACTICE) -> dict[str, dict[str, int]]:
    """Return the 15 cells of table 4 in the exchange format."""
    return remedy.table4(remedies(agency_id, year), year, counting)


@dataclass(frozen=True, slots=True)
class MediumCount:
    """How many items were published on one medium in the year. ``kind``: domain/register/publication.py."""

    name: str
    kind: str
    items: int


@dataclass(frozen=True, slots=True)
class OverviewFacts:
    """What section 一 says of a year besides tables 2, 3 and 4.

    items:            distinct items published.
    channel_items:    items × channels: an item on three media is three.
    media:            each medium used, in the order of the office's list.
    by_category:      distinct items by category, those that occur.
    request_fees_fen: 信息处理费 paid in the year for requests, in fen; request_fees_paid: how often.
    """

    year: int
    items: int
    channel_items: int
    media: tuple[MediumCount, ...]
    by_category: Mapping[str, int]
    trainings: int
    trained_people: int
    assessments: int
    accountabilities: int
    accountable_people: int
    request_fees_paid: int
    request_fees_fen: int

    @property
    def request_fees_yuan(self) -> str:
        """The fees of requests in 元, without needless zeros."""
        return money.yuan(self.request_fees_fen)


def facts(agency_id: int, year: int) -> OverviewFacts:
    """Return the facts of a year from the registers."""
    media = tuple(MediumCount(*row) for row in items_by_medium(agency_id, year))
    by_category = items_by_category(agency_id, year)
    trainings, trained_people = total_held(Training, agency_id, year, [Training.people])
    accountabilities, accountable_people = total_held(
        Accountability, agency_id, year, [Accountability.people]
    )
    fees_paid, fees_fen = payments_counted(agency_id, year)
    return OverviewFacts(
        year=year,
        items=sum(by_category.values()),
        channel_items=sum(medium.items for medium in media),
        media=media,
        by_category=by_category,
        trainings=trainings,
        trained_people=trained_people,
        assessments=total_held(Assessment, agency_id, year)[0],
        accountabilities=accountabilities,
        accountable_people=accountable_people,
        request_fees_paid=fees_paid,
        request_fees_fen=fees_fen,
    )
