"""Keep texts of ledgers and notes and names of files as they are searched; make anew what does not fit."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, insert, select, update

from tracker.domain.case.event import Entry
from tracker.domain.case.search_text import lines, texts
from tracker.domain.message import Phrase
from tracker.domain.misfit import DamagedError
from tracker.models.base import db, transaction
from tracker.models.case import Case, CaseEvent
from tracker.models.case_note import InternalNote
from tracker.models.case_text import CaseText
from tracker.models.evidence import Evidence
from tracker.models.reads.base import among
from tracker.models.reads.beside import files_of_cases
from tracker.services.office import audit, portions
from tracker.services.office.actor import SYSTEM

TOGETHER = 500  # cases that are read, or mended, together
Key = tuple[int, int]  # of a case: its agency's, its own


def of_entries(entries: Iterable[Entry]) -> list[str]:
    """Return the texts of entries."""
    return [text for entry in entries for text in texts(entry)]


def add(written: Mapping[Key, Sequence[str]]) -> None:
    """Add texts to what is searched of cases, in the caller's transaction."""
    new = {key: right_lines for key, some in written.items() if (right_lines := lines(some))}
    if not new:
        return
    there = among(CaseText.id, [case_id for _agency, case_id in new])
    kept = dict(db.session.execute(select(CaseText.id, CaseText.folded).where(there)).tuples().all())
    table = cast(Table, CaseText.__table__)
    added, merged = [], []
    for (agency_id, case_id), right_lines in new.items():
        if case_id not in kept:
            added.append({"id": case_id, "agency_id": agency_id, "folded": "\n".join(right_lines)})
            continue
        folded = "\n".join(dict.fromkeys([*kept[case_id].split("\n"), *right_lines]))
        if folded != kept[case_id]:
            merged.append({"case": case_id, "words": folded})
    if added:  # asked for what it wrote, SQLAlchemy gives the database all rows at once (``insert_rows``)
        db.session.execute(insert(table).returning(table.c.id), added)
    if merged:
        changed = update(table).where(table.c.id == bindparam("case"))
        db.session.execute(changed.values(folded=bindparam("words")), merged)


def stale(*where: Any) -> Iterator[tuple[Key, list[str]]]:
    """Yield each case whose searched texts are not those of its ledger, notes and files, with the right."""
    after = 0
    query = select(Case.id, Case.agency_id, CaseText.folded).outerjoin(CaseText, CaseText.id == Case.id)
    query = query.where(*where).order_by(Case.id).limit(TOGETHER)
    while rows := db.session.execute(query.where(Case.id > after)).all():
        right = _right([row.id for row in rows])
        for row in rows:
            kept = set(str(row.folded).split("\n")) if row.folded else set()
            if kept != set(right_lines := lines(right[row.id])):
                yield (row.agency_id, row.id), right_lines
        after = rows[-1].id


def _right(ids: Sequence[int]) -> dict[int, list[str]]:
    """Return the texts of cases from what they restate."""
    written: dict[int, list[str]] = {key: [] for key in ids}
    entries = select(CaseEvent.case_id, CaseEvent.step, CaseEvent.effective_on, CaseEvent.details)
    for case_id, step, on, details in db.session.execute(entries.where(among(CaseEvent.case_id, ids))):
        if isinstance(details, dict):
            try:
                written[case_id] += texts(Entry(step, on, details))
            except (DamagedError, TypeError, ValueError):
                continue  # ``tracker check`` names the entry
    for case_id, body in db.session.execute(
        select(InternalNote.case_id, InternalNote.body).where(among(InternalNote.case_id, ids))
    ):
        written[case_id].append(str(body))
    noted = (Evidence.kind == "note", among(Evidence.case_id, ids))
    for case_id, note in db.session.execute(select(Evidence.case_id, Evidence.note).where(*noted)):
        written[case_id].append(str(note))
    for case_id, name in files_of_cases(ids):
        written[case_id].append(str(name))
    return written


def restate(case_id: int) -> None:
    """Make anew what is searched of a case, in the caller's transaction: a name is no longer searched."""
    _mended([case_id])


def mend(*, now: datetime) -> int:
    """Make anew what is searched of each case that it does not fit; return how many cases there were."""
    ids = [case_id for (_agency, case_id), _found in stale()]
    parts = (ids[begin : begin + TOGETHER] for begin in range(0, len(ids), TOGETHER))
    count = sum(portions.each(_mended, parts))
    if count:
        with transaction():
            audit.note(
                "words_mended", actor=SYSTEM, now=now, target=Phrase("案件文字%(count)s件", count=count)
            )
    return count


def _mended(ids: Sequence[int]) -> int:
    wrong = list(stale(among(Case.id, ids)))
    for (agency_id, case_id), right_lines in wrong:
        row = db.session.get(CaseText, case_id) or CaseText(id=case_id, agency_id=agency_id)
        row.folded = "\n".join(right_lines)
        db.session.add(row)
    return len(wrong)
