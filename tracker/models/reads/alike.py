"""Named reads over the wording of requests (the index of migration 0017)."""

from collections.abc import Sequence

from sqlalchemy import func, select, text

from tracker.domain.case.likeness import Rarity
from tracker.models.base import db
from tracker.models.case import Case

SAMPLE = 500  # of the newest requests, by which rarity is judged
CANDIDATES = 40


def rarity(agency_id: int) -> Rarity:
    """Return how rare each gram is among the agency's newest requests."""
    newest = select(Case.subject).where(Case.agency_id == agency_id).order_by(Case.id.desc()).limit(SAMPLE)
    return Rarity.of(db.session.scalars(newest))


def candidates(agency_id: int, keys: Sequence[str]) -> list[Case]:
    """Return the requests that share most of the keys; the best on SQLite, the newest of equals."""
    if not keys:
        return []
    ids = (
        _on_postgresql(agency_id, keys)
        if db.engine.dialect.name == "postgresql"
        else _on_sqlite(agency_id, keys)
    )
    mine = select(Case).where(Case.id.in_(ids), Case.agency_id == agency_id)
    return list(db.session.scalars(mine).unique())


def _on_sqlite(agency_id: int, keys: Sequence[str]) -> list[int]:
    pieces = " OR ".join(f'"{key}"' for key in keys)
    query = text(
        "SELECT cases.id FROM case_words JOIN cases ON cases.id = case_words.rowid"
        " WHERE case_words MATCH :words AND cases.agency_id = :agency ORDER BY rank LIMIT :most"
    )
    return list(db.session.scalars(query, {"words": pieces, "agency": agency_id, "most": CANDIDATES}))


def _on_postgresql(agency_id: int, keys: Sequence[str]) -> list[int]:
    """Look each key up in the index; a case found by more of them comes first."""
    by_key = [
        select(Case.id).where(Case.agency_id == agency_id, Case.folded.contains(key, autoescape=True))
        for key in keys
    ]
    each = by_key[0].union_all(*by_key[1:]).subquery()
    shared = func.count().label("shared")
    best = select(each.c.id, shared).group_by(each.c.id).order_by(shared.desc(), each.c.id.desc())
    return list(db.session.scalars(best.limit(CANDIDATES)))
