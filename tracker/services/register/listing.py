"""The registers as rows, for lists that leave the program (rulebook of registers: 受理编号 …)."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import selectinload

from tracker.domain import misfit
from tracker.domain.case import applicant, channel, history, workflow
from tracker.domain.case.applicant import together
from tracker.domain.case.duty import DUTY_LABELS
from tracker.domain.case.standing import Standing
from tracker.domain.contact import contact
from tracker.domain.errors import DomainError
from tracker.models.base import db, transaction
from tracker.models.case import Case
from tracker.models.contact import Contact
from tracker.models.reads.case import PEOPLE
from tracker.services.case import ledger
from tracker.services.office import audit, office
from tracker.services.office.actor import Actor

CASE_HEADERS = (
    "受理编号", "申请人类型", "申请人", "共同申请人", "申请方式", "收到日期", "申请内容", "承办单位",
    "承办人", "状态", "补正告知日", "补正收到日", "延期天数", "答复期限", "暂定", "落款日期", "答复日期",
    "答复类型", "是否超期", "来件日期", "签收日期", "确认日期", "邮件号", "登记时间", "登记人",
    "收到至登记（工作日）",
)  # fmt: skip
CONTACT_HEADERS = (
    "登记编号", "来件形式", "日期", "时间", "来信（访、电）人", "反映内容摘要", "接待（接听）人", "甄别类型",
    "转办单位", "告知情况", "办结日期", "办理结果", "关联受理编号", "下一期限", "期限事由",
)  # fmt: skip


def note_export(what: str, count: int, *, actor: Actor, now: datetime) -> None:
    """Write that a register left the program."""
    with transaction():
        audit.note("exported", actor=actor.name, now=now, target=what, agency_id=actor.agency_id, rows=count)


def case_rows(query: Select[tuple[Case]], today: date) -> Iterator[tuple[Any, ...]]:
    """Yield the register's row of each case of the query."""
    loaded = query.options(selectinload(Case.events), PEOPLE).order_by(Case.received_on, Case.id)
    for case in db.session.scalars(loaded).unique():
        yield _case_row(case, today)


def _case_row(case: Case, today: date) -> tuple[Any, ...]:
    try:
        standing = ledger.standing(case.entries)
    except (DomainError, LookupError, TypeError, ValueError):  # ``tracker check`` names it
        return (case.number, *[misfit.WORDS] * 4, case.subject)
    given = [e.on for e in history.in_force(case.entries) if e.step == "receive_supplement"]
    return (
        case.number,
        misfit.label(applicant.LABELS, case.applicant_kind),
        case.applicant.name,
        together([who.name for who in case.applicant.further]),
        misfit.label(channel.LABELS, case.channel),
        case.received_on,
        case.subject,
        case.unit.name if case.unit else "",
        case.handler or "",
        workflow.label(case.state),
        standing.supplements[-1].on if standing.supplements else None,
        given[-1] if given else None,
        standing.extension_days or None,
        case.due_on,
        "暂定" if case.due_is_provisional else "",
        case.decided_on,
        case.served_on,
        workflow.label(case.state) if standing.is_closed else "",
        "是" if standing.is_overdue(today) else "",
        *_receipt(case, standing),
    )


def _receipt(case: Case, standing: Standing) -> tuple[Any, ...]:
    """Return how the request came in; of a case that a file brought the registration is not known."""
    receipt, by = standing.receipt, case.registered_by
    return (
        *(receipt.day(key) if receipt else None for key in ("arrived_on", "signed_on", "confirmed_on")),
        receipt.details.get("tracking_number", "") if receipt else "",
        f"{case.registered_at:%Y-%m-%d %H:%M}" if by else "",
        by or "",
        office.registration_gap(case.received_on, case.registered_at.date()) if by else None,
    )


def contact_rows(query: Select[tuple[Contact]]) -> Iterator[tuple[Any, ...]]:
    """Yield the register's row of each contact of the query."""
    for row in db.session.scalars(query.order_by(Contact.arrived_on, Contact.id)).unique():
        yield (
            row.number,
            misfit.label(contact.FORMS, row.form),
            row.arrived_on,
            row.arrived_time,
            row.person,
            row.summary,
            row.received_by,
            misfit.label(contact.TRIAGE, row.triage) if row.triage else "",
            row.unit.name if row.unit else "",
            row.told,
            row.closed_on,
            row.result,
            row.case.number if row.case else "",
            row.next_action_on,
            misfit.label(DUTY_LABELS, row.next_action) if row.next_action else "",
        )
