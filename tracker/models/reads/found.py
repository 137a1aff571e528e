"""One question to every list of an office (查找): of each kind the first rows that hold every word."""

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Select, select, text

from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.case.search_text import Excerpt, passage
from tracker.domain.folding import fold, words
from tracker.domain.message import worded
from tracker.domain.register.register import Register
from tracker.models.applicant import Applicant
from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.case_note import InternalNote
from tracker.models.case_text import CaseText
from tracker.models.contact import Contact
from tracker.models.letter import Letter
from tracker.models.reads.base import Parts, page_of_rows
from tracker.models.reads.beside import files_of_contacts
from tracker.models.reads.case import ORDERS, CaseFilter, case_parts, shown_cases
from tracker.models.reads.contact import contacts_matching
from tracker.models.reads.letter import of_number
from tracker.models.reads.register import MODELS, register_order, register_rows
from tracker.models.reads.search import parts_with

FIRST = 8  # rows of a kind that are shown; who looks for more opens its list
SHOWN = 48  # characters of a subject that a line shows
NAME, SUBJECT, SUMMARY, NOTED, TOLD = map(
    worded, ("申请人、代理人或者来件人", "申请内容", "反映内容", "备注", "办理记录或者附件的名称")
)
TOLD_TO, RESULT, RECEIVER, FILE = map(worded, ("告知情况", "办理结果", "接待（接听）人", "附件"))
NEWEST = (Contact.arrived_on.desc(), Contact.id.desc())
# The year and the number of a letter, as they are folded: [2026]第3号, 2026年3号, [2026]3.
LETTER_NUMBER = re.compile(r"\[?(20\d\d)[\]年](?:第)?(\d{1,6})号?$")


class FoundRows(NamedTuple):
    """The first rows that were found, and whether there are more."""

    rows: Sequence[Any]
    more: bool


class FoundAt(NamedTuple):
    """Where a word stands by which a row was found and which its line does not show.

    passage: the words around it; None of a name, which the line hides.
    """

    label: str
    passage: Excerpt | None


def _where(typed: str, line: str, texts: Sequence[tuple[str, str]], names: Sequence[str]) -> list[FoundAt]:
    """Return where the words stand that the line does not show.

    texts: each with its label; the first that has a word counts. names: which no line shows whole.
    """
    shown, places = fold(line), []
    for word in words(typed):
        if word in shown:
            continue
        for label, written in texts:
            if at := passage(written, word, names):
                places.append(FoundAt(label, at))
                break
        else:
            if any(word in fold(name) for name in names):
                places.append(FoundAt(NAME, None))
    return places


def where_cases(rows: Sequence[Any], typed: str) -> dict[int, list[FoundAt]]:
    """Return by request where the words stand for which it was found, beside its number and its beginning."""
    ids = [row.id for row in rows]
    noted: dict[int, list[str]] = defaultdict(list)
    told: dict[int, list[str]] = defaultdict(list)
    names: dict[int, list[str]] = defaultdict(list)
    bodies = select(InternalNote.case_id, InternalNote.body).where(InternalNote.case_id.in_(ids))
    ledgers = select(CaseText.id, CaseText.folded).where(CaseText.id.in_(ids))
    asking = select(Case.id, Applicant.name).where(Case.id.in_(ids))
    first, further = Applicant.id == Case.applicant_id, Applicant.first_id == Case.applicant_id
    questions = [(bodies, noted), (ledgers, told)]
    questions += [(asking.join(Applicant, joined), names) for joined in (first, further)]
    for query, kept in questions:
        for key, written in db.session.execute(query).tuples():
            kept[key] += written.split("\n") if kept is told else [written]
    return {
        row.id: _where(
            typed,
            "\n".join((row.number, row.subject[:SHOWN], _named(row))),
            [
                (SUBJECT, row.subject),
                *((NOTED, text) for text in noted[row.id]),
                *((TOLD, text) for text in told[row.id]),
            ],
            names[row.id],
        )
        for row in rows
    }


def _named(row: Any) -> str:
    """Return the name that a request's line shows whole: not that of a person."""
    return "" if row.applicant_kind == ApplicantKind.NATURAL_PERSON else str(row.person)


def where_contacts(rows: Sequence[Contact], typed: str) -> dict[int, list[FoundAt]]:
    """Return by letter, visit or call where the words stand, beside its number and its beginning."""
    files = files_of_contacts([row.id for row in rows])
    return {
        row.id: _where(
            typed,
            f"{row.number}\n{row.summary[:SHOWN]}",
            [
                (SUMMARY, row.summary),
                (TOLD_TO, row.told),
                (RESULT, row.result),
                (RECEIVER, row.received_by),
                *((FILE, name) for name in files.get(row.id, ())),
            ],
            [row.person],
        )
        for row in rows
    }


def where_rows(register: Register, rows: Sequence[Any], typed: str) -> dict[int, list[FoundAt]]:
    """Return by row of a register in which of its fields the words stand, beside what it is called by."""
    texts = [one for one in register.fields if one.kind in ("text", "area", "choice")]
    return {
        row.id: _where(
            typed,
            str(getattr(row, register.called, "") or ""),
            [
                (one.label, one.words.get(text, text))
                for one in texts
                if (text := getattr(row, one.name) or "")
            ],
            (),
        )
        for row in rows
    }


def _first(rows: Sequence[Any]) -> FoundRows:
    return FoundRows(rows[:FIRST], len(rows) > FIRST)


def _of_list(typed: str, parts: Parts, order: Sequence[Any], read: Any = None) -> FoundRows:
    if not words(typed):
        return FoundRows([], more=False)
    matching, _more = parts_with(typed, parts, order, FIRST + 1, counts=False)
    return _first(page_of_rows(matching, order, 1, FIRST + 1, read, few=True))


def found_cases(agency_id: int, typed: str, unit_scope: int | None) -> FoundRows:
    """Return the requests whose number, subject or applicant holds every word, the newest first."""
    parts = case_parts(agency_id, CaseFilter(unit_scope=unit_scope))
    return _of_list(typed, parts, ORDERS["received"], shown_cases)


def found_contacts(agency_id: int, typed: str, unit_scope: int | None) -> FoundRows:
    """Return the letters, visits and calls whose number, person or summary holds every word."""
    return _of_list(typed, [contacts_matching(agency_id, unit_scope=unit_scope)], NEWEST)


def found_letters(agency_id: int, typed: str, unit_scope: int | None) -> FoundRows:
    """Return the letters of the document number that was typed (文号), with or without its word."""
    asked = fold(typed)
    told = LETTER_NUMBER.search(asked)
    if told is None:
        return FoundRows([], more=False)
    query = of_number(agency_id, int(told[1]), int(told[2]), unit_scope)
    word = asked[: told.start()]
    rows = [row for row in db.session.scalars(query.order_by(Letter.id.desc())) if word in fold(row.number)]
    return _first(rows)


def registers_with(agency_id: int, typed: str) -> set[str]:
    """Return the names of the registers of which a row holds every word: one question to all of them."""
    asked = words(typed)
    if not asked:
        return set()
    patterns = {f"word{place}": f"%{_escaped(word)}%" for place, word in enumerate(asked)}
    query = text(_rows_holding(len(asked)))
    return set(db.session.scalars(query, {"agency": agency_id, **patterns}))


@cache
def _rows_holding(count: int) -> str:
    """Return the statement that names the registers of which a row holds so many words."""
    holds = "".join(f" AND folded LIKE :word{place} ESCAPE '/'" for place in range(count))
    kept = f"agency_id = :agency AND withdrawn_at IS NULL{holds}"
    return " UNION ALL ".join(
        f"SELECT '{name}' AS name WHERE EXISTS (SELECT 1 FROM {model.__tablename__} WHERE {kept})"  # noqa: S608 (our own names)
        for name, model in MODELS.items()
    )


def _escaped(word: str) -> str:
    """Return a word whose signs stand for themselves in LIKE."""
    return word.replace("/", "//").replace("%", "/%").replace("_", "/_")


def found_rows(register: Register, agency_id: int, typed: str) -> FoundRows:
    """Return the rows of a register in which every word stands, the newest first."""
    if not words(typed):
        return FoundRows([], more=False)
    query: Select[Any] = register_rows(register, agency_id, text=typed)
    newest = query.order_by(*register_order(register, "", down=True)).limit(FIRST + 1)
    return _first(db.session.scalars(newest).unique().all())
