"""Rows of cases and contacts for lists that leave the program, such as an export to Excel."""

from collections.abc import Callable, Container, Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload
from sqlalchemy.sql.base import ExecutableOption

from tracker.domain import misfit
from tracker.domain.case.duty import DUTY_LABELS
from tracker.domain.contact import contact
from tracker.domain.errors import DomainError, InvalidDetailError
from tracker.domain.exchange.request_cell import NOTHING_BESIDE, Beside, Column, Listed
from tracker.domain.exchange.request_column import EXPORTED, PERSONAL
from tracker.domain.permission import Action
from tracker.models.base import db, transaction
from tracker.models.case import Case
from tracker.models.contact import Contact
from tracker.models.reads import beside as besides
from tracker.models.reads.case import PEOPLE
from tracker.services.case import applicant, ledger
from tracker.services.office import audit, office
from tracker.services.office.actor import Actor

LONGEST_REASON = 200
PORTION = 300  # rows that are read together


class ListedContact(NamedTuple):
    """A letter, visit or call as the list shows it. files: the names of what came with it."""

    contact: Contact
    files: Sequence[str]


ContactColumn = tuple[str, Callable[[ListedContact], Any]]
OF_CONTACT: tuple[ContactColumn, ...] = (
    ("联系电话", lambda row: row.contact.phone),
    ("联系地址", lambda row: row.contact.address),
)
CONTACT_COLUMNS: tuple[ContactColumn, ...] = (
    ("登记编号", lambda row: row.contact.number),
    ("来件形式", lambda row: misfit.label(contact.FORMS, row.contact.form)),
    ("日期", lambda row: row.contact.arrived_on),
    ("时间", lambda row: row.contact.arrived_time),
    ("来信（访、电）人", lambda row: row.contact.person),
    ("反映内容摘要", lambda row: row.contact.summary),
    ("附件", lambda row: "；".join(row.files)),
    ("接待（接听）人", lambda row: row.contact.received_by),
    ("甄别类型", lambda row: misfit.label(contact.TRIAGE, row.contact.triage) if row.contact.triage else ""),
    ("转办单位", lambda row: row.contact.unit.name if row.contact.unit else ""),
    ("告知情况", lambda row: row.contact.told),
    ("办结日期", lambda row: row.contact.closed_on),
    ("办理结果", lambda row: row.contact.result),
    ("关联受理编号", lambda row: row.contact.case.number if row.contact.case else ""),
    ("下一期限", lambda row: row.contact.next_action_on),
    (
        "期限事由",
        lambda row: misfit.label(DUTY_LABELS, row.contact.next_action) if row.contact.next_action else "",
    ),
)


def note_export(what: str, count: int, *, actor: Actor, now: datetime, why: str = "") -> None:
    """Write that a register left the program. why: of one with documents and ways of contact."""
    named: dict[str, Any] = {"target": what, "agency_id": actor.agency_id, "rows": count}
    named |= {"reason": why} if why else {}
    with transaction():
        audit.note("exported", actor=actor.name, now=now, **named)


def reason_of(typed: str) -> str:
    """Return why documents and ways of contact are to leave; raise InvalidDetailError where nobody says."""
    if not typed.strip():
        raise InvalidDetailError("含证件、联系方式的导出，请填写理由。")
    return typed.strip()[:LONGEST_REASON]


def case_columns(*, personal: bool, actor: Actor) -> tuple[Column, ...]:
    """Return the columns of the list of requests.

    personal: documents, ways of contact, purpose and help too: for those who register and handle requests,
              who need them; a look at one request is open to every reader, and logged.
    """
    if personal:
        actor.require(Action.REGISTER)
    return PERSONAL if personal else EXPORTED


def case_rows(
    query: Select[tuple[Case]], today: date, columns: Sequence[Column] = EXPORTED, order: Sequence[Any] = ()
) -> Iterator[tuple[Any, ...]]:
    """Yield the list's row of each case of the query, a portion at a time: thousands take no more memory."""
    options = (selectinload(Case.events), PEOPLE)
    for cases in portions(query, order or (Case.received_on, Case.id), *options):
        beside = besides.of([case.id for case in cases])
        for case in cases:
            yield _case_row(case, today, columns, beside.get(case.id, NOTHING_BESIDE))


def case_cells(case_ids: Sequence[int], names: Container[str], today: date) -> dict[int, dict[str, Any]]:
    """Return what the columns of the export hold for the cases of a page, by case and by column."""
    columns = [column for column in EXPORTED if column.name in names]
    if not columns:
        return {}
    query = select(Case).where(Case.id.in_(case_ids)).options(selectinload(Case.events), PEOPLE)
    beside = besides.of(case_ids)
    return {
        case.id: {
            column.name: cell
            for column, cell in zip(columns, _case_row(case, today, columns, beside[case.id]), strict=True)
        }
        for case in db.session.scalars(query).unique()
    }


def portions(query: Select[Any], order: Sequence[Any], *options: ExecutableOption) -> Iterator[Sequence[Any]]:
    """Yield the rows of a query in their order, so many at a time, and forget them afterwards."""
    model = query.column_descriptions[0]["entity"]
    ids = db.session.scalars(
        query.with_only_columns(model.id, maintain_column_froms=True).order_by(*order)
    ).all()
    for begin in range(0, len(ids), PORTION):
        chosen = ids[begin : begin + PORTION]
        whole = select(model).where(model.id.in_(chosen)).options(*options)
        rows = {row.id: row for row in db.session.scalars(whole).unique()}
        yield [rows[key] for key in chosen if key in rows]
        db.session.expunge_all()


def _case_row(case: Case, today: date, columns: Sequence[Column], beside: Beside) -> tuple[Any, ...]:
    try:
        standing = ledger.standing(case.entries)
    except (DomainError, LookupError, TypeError, ValueError):  # ``tracker check`` names it
        return _damaged_row(case, columns)
    gap = None
    if case.registered_by:  # of a case that a file brought the registration is not known
        gap = office.registration_gap(case.received_on, case.registered_at.date())
    row = Listed(case, standing, today, gap, applicant.named(case.applicant), beside)
    return tuple(column.cell(row) for column in columns)


def _damaged_row(case: Case, columns: Sequence[Column]) -> tuple[Any, ...]:
    known = {"number": case.number, "subject": case.subject}
    return tuple(known.get(column.name, misfit.WORDS) for column in columns)


def contact_columns(*, personal: bool, actor: Actor) -> tuple[ContactColumn, ...]:
    """Return the columns of the list of letters, visits and calls. personal: as of ``case_columns``."""
    if personal:
        actor.require(Action.REGISTER)
    return (*CONTACT_COLUMNS, *OF_CONTACT) if personal else CONTACT_COLUMNS


def contact_rows(
    query: Select[tuple[Contact]],
    columns: Sequence[ContactColumn] = CONTACT_COLUMNS,
    order: Sequence[Any] = (),
) -> Iterator[tuple[Any, ...]]:
    """Yield the list's row of each contact of the query, a portion at a time."""
    for rows in portions(query, order or (Contact.arrived_on, Contact.id)):
        files = besides.files_of_contacts([row.id for row in rows])
        for row in rows:
            listed = ListedContact(row, files.get(row.id, ()))
            yield tuple(cell(listed) for _header, cell in columns)
