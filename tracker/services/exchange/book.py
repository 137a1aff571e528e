"""The books that an old file can be taken into on a page: requests, letters and visits, each register.

Each is looked at and kept by the functions that the command and the register's own page use.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from tracker.domain.errors import NotFoundError
from tracker.domain.exchange import choice, contact_column, request_column
from tracker.domain.exchange.choice import Choices
from tracker.domain.message import worded
from tracker.domain.register.index import BY_NAME
from tracker.domain.register.register import Field, Register
from tracker.models.agency import Agency
from tracker.models.base import db
from tracker.models.imported import CONTACTS, REQUESTS
from tracker.reading.spreadsheet.account import Problem, SheetRow
from tracker.services.contact import importing as contact_importing
from tracker.services.exchange import look, spreadsheet
from tracker.services.office.actor import Actor
from tracker.services.office.origin import Origin
from tracker.services.register import importing as register_importing
from tracker.services.register import spelling
from tracker.services.register.plan import RegisterPlan
from tracker.services.register.register import By

AS_FOUND = Choices()
Kept = tuple[dict[str, Any], bytes | None]  # the look at what was kept, the workbook of what was not


@dataclass(frozen=True, slots=True)
class Book:
    """What a file is a list of. decided: by field, what a word may mean. heads: over the rows of a look."""

    name: str
    title: str
    fields: tuple[Field, ...]
    decided: Mapping[str, Mapping[str, str]]
    heads: tuple[str, ...]

    @property
    def labels(self) -> dict[str, str]:
        return {one.name: one.label for one in self.fields}


_BOOKS = {
    REQUESTS: Book(
        REQUESTS, worded("申请台账"), request_column.READ, spreadsheet.DECIDED,
        tuple(map(worded, ("编号", "申请人", "收到日期", "申请内容"))),
    ),
    CONTACTS: Book(
        CONTACTS, worded("来信来访来电登记"), contact_column.CONTACT_FIELDS, contact_importing.DECIDED,
        tuple(map(worded, ("登记编号", "来件人", "日期", "内容"))),
    ),
}  # fmt: skip
TITLES = {name: book.title for name, book in _BOOKS.items()} | {
    one.name: one.title for one in BY_NAME.values()
}
OF_CONTACT = ("number", "person", "arrived_on", "summary")


def named(name: str) -> Book:
    """Return the book of that name; raise NotFoundError where there is none."""
    if name in _BOOKS:
        return _BOOKS[name]
    if name not in BY_NAME:
        raise NotFoundError("没有这个登记簿。")
    one = BY_NAME[name]
    labels = [one.field(column).label if column else "" for column in _shown(one)]
    return Book(
        name, one.title, one.fields, choice.labels_of(one.fields), (labels[0], "", labels[2], labels[3])
    )


def _shown(one: Register) -> tuple[str, str, str, str]:
    """Return the fields of a register that a look shows: a number, nobody, a day, what the row is called."""
    number = next((each.name for each in one.fields if each.name.endswith("number")), one.called)
    day = one.day or next((each.name for each in one.fields if each.kind == "day"), one.called)
    return number, "", day, one.called


def looked(
    book: str, content: bytes, choices: Choices, *, actor: Actor, today: date, now: datetime
) -> dict[str, Any]:
    """Return what a page shows of a file; nothing is kept.

    Raises UnreadableFileError where the file is no table.
    """
    if book == REQUESTS:
        code = _code(actor.agency_id)
        return look.told(spreadsheet.look(content, choices, agency=code, today=today, now=now), choices)
    if book == CONTACTS:
        return _of_contacts(
            contact_importing.look(content, choices, agency_id=actor.agency_id, today=today), choices
        )
    by = By(actor=actor, today=today, now=now)
    plan = register_importing.preview(BY_NAME[book], content, by=by, choices=choices, lenient=True)
    return _of_register(BY_NAME[book], plan)


def planned(book: str, content: bytes, *, by: By) -> contact_importing.ContactPlan | RegisterPlan:
    """Return what a file that is no list of requests would write, for a command.

    Raises UnreadableFileError, InvalidDetailError where no sheet has the headings.
    """
    if book == CONTACTS:
        agency_id = by.actor.agency_id
        return contact_importing.look(content, AS_FOUND, agency_id=agency_id, today=by.today, lenient=False)
    return register_importing.preview(BY_NAME[book], content, by=by)


def kept(book: str, content: bytes, source: Origin, choices: Choices, *, by: By) -> Kept:
    """Keep the rows of a file that can be taken; return what came of them, and the others as a workbook."""
    agency_id, today, now = by.actor.agency_id, by.today, by.now
    if book == REQUESTS:
        how: dict[str, Any] = {"choices": choices, "agency": _code(agency_id), "origin": source}
        taken = spreadsheet.import_spreadsheet(content, today=today, now=now, keep_going=True, **how)
        return look.told(taken, choices), _rest(taken.lines, taken.problems, spreadsheet.SAME)
    if book == CONTACTS:
        plan = contact_importing.look(content, choices, agency_id=agency_id, today=today)
        contact_importing.keep(plan, source, agency_id=agency_id, now=now)
        return _of_contacts(plan, choices), _rest(plan.lines, plan.problems, contact_importing.SAME)
    of_register = register_importing.keep(
        BY_NAME[book],
        content,
        by=by,
        name=source.name,
        keep_going=True,
        choices=choices,
        file_id=source.file_id,
    )
    return _of_register(BY_NAME[book], of_register), _rest(of_register.lines, of_register.problems, ())


def _code(agency_id: int) -> str:
    code: str = db.session.scalars(select(Agency.code).where(Agency.id == agency_id)).one()
    return code


def _rest(lines: Sequence[SheetRow], problems: Sequence[Problem], same: Sequence[str]) -> bytes | None:
    return spreadsheet.rejected(lines, problems, same) if problems else None


def _of_contacts(plan: contact_importing.ContactPlan, choices: Choices) -> dict[str, Any]:
    new = {line.place for line, _told in plan.new}
    told = look.LookOfRows(
        plan.lines, new, plan.problems, plan.warnings, OF_CONTACT, ("person", "phone", "address")
    )
    spellings = spelling.words_of(contact_column.CONTACT_FIELDS, plan.file.lines, choices)
    return {**told.as_look(plan.file.sheets, spellings), "nothing": plan.file.nothing}


def _of_register(one: Register, plan: RegisterPlan) -> dict[str, Any]:
    new = {(item.line.sheet, item.line.row) for item in plan.taken} | plan.joins
    told = look.LookOfRows(plan.lines, new, plan.problems, plan.warnings, _shown(one), ())
    return {**told.as_look(plan.sheets, plan.words), "nothing": plan.nothing}
