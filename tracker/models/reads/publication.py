"""Named reads of what is published, and of the media that it stands on."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select

from tracker.domain.report.table3 import first_day, last_day
from tracker.models.base import db
from tracker.models.duty import PUBLICATION, OpenDuty
from tracker.models.publication import Medium, Publication, PublicationMedium
from tracker.models.reads.base import kept_rows


def published(agency_id: int, year: int) -> Select[Any]:
    """Return the items published in the year."""
    query = kept_rows(Publication, agency_id)
    return query.where(Publication.published_on.between(first_day(year), last_day(year)))


def to_publish(agency_id: int, until: date) -> Select[tuple[OpenDuty]]:
    """Return the duties of the items that must be published by the day, those overdue included (第26条)."""
    mine = (OpenDuty.agency_id == agency_id, OpenDuty.kind == PUBLICATION)
    return select(OpenDuty).where(*mine, OpenDuty.due_on <= until)


def items_by_category(agency_id: int, year: int) -> dict[str, int]:
    """Return how many distinct items were published in the year, by category."""
    category = Publication.category
    query = published(agency_id, year).with_only_columns(category, func.count()).group_by(category)
    return dict(db.session.execute(query).tuples().all())


def items_by_medium(agency_id: int, year: int) -> list[tuple[str, str, int]]:
    """Return (name, kind, number) of each medium used in the year: an item counts once on each."""
    query = (
        published(agency_id, year)
        .join(PublicationMedium, PublicationMedium.publication_id == Publication.id)
        .join(Medium, Medium.id == PublicationMedium.medium_id)
        .with_only_columns(Medium.name, Medium.kind, func.count())
        .group_by(Medium.id, Medium.name, Medium.kind)
        .order_by(Medium.id)
    )
    return [(name, kind, number) for name, kind, number in db.session.execute(query)]


def on_medium(query: Select[Any], medium_id: int) -> Select[Any]:
    """Narrow items to those on one medium."""
    return query.where(Publication.channels.any(Medium.id == medium_id))


def media_in_use(agency_id: int) -> list[Medium]:
    """Return the media of the office that are in use, in their order."""
    return list(db.session.scalars(kept_rows(Medium, agency_id).order_by(Medium.id)))


def media_of_items(agency_id: int) -> dict[int, list[str]]:
    """Return the names of the media of each item."""
    query = (
        select(PublicationMedium.publication_id, Medium.name)
        .join(Medium, Medium.id == PublicationMedium.medium_id)
        .where(Medium.agency_id == agency_id)
        .order_by(PublicationMedium.publication_id, Medium.id)
    )
    names: dict[int, list[str]] = defaultdict(list)
    for item_id, name in db.session.execute(query):
        names[item_id].append(name)
    return names


def media_named(agency_id: int, names: Collection[str]) -> list[Medium]:
    """Return the media of those names, withdrawn ones too."""
    query = select(Medium).where(Medium.agency_id == agency_id, Medium.name.in_(names))
    return list(db.session.scalars(query.order_by(Medium.id)))
