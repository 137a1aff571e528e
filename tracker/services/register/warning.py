"""What a clerk should know of a row of a register besides its fields."""

from datetime import date

from tracker.domain.case import history
from tracker.domain.case.clock import Due
from tracker.domain.message import Phrase
from tracker.domain.register import remedy
from tracker.models.case import Case
from tracker.models.publication import Publication
from tracker.models.register import RegisterRow
from tracker.models.remedy import RemedyCase
from tracker.services.register import publication

OVERDUE = "已超过主动公开期限（%(on)s，自生成或变更之日起20个工作日，条例第26条）。"
SKIPPED = (
    "该申请的答复有依条例第14、15、16条不予公开的内容，应当先申请行政复议（复议法第23条第1款第（四）项），"
    "直接起诉的，预计裁定驳回起诉（其他结果）；请核对告知书是否告知了先行复议。"
)


def publication_due(row: RegisterRow) -> Due | None:
    """Return the last day to publish an item; None for another register's row."""
    return publication.due_of(row) if isinstance(row, Publication) else None


def of_row(row: RegisterRow, today: date) -> list[str]:
    """Return what a clerk should know of a row."""
    if isinstance(row, Publication):
        return _of_publication(row, today)
    return _of_remedy(row, row.case) if isinstance(row, RemedyCase) and row.case else []


def _of_publication(row: Publication, today: date) -> list[str]:
    due = publication_due(row)
    if due is None:
        return []
    if row.published_on is None and today > due.on and row.conclusion != "refused":
        return [Phrase(OVERDUE, on=due.on)]
    if row.published_on and row.published_on > due.on:
        return [Phrase("发布日期晚于主动公开期限（%(on)s，条例第26条）。", on=due.on)]
    return []


def _of_remedy(row: RemedyCase, case: Case) -> list[str]:
    answer = history.answer_of(case.entries)
    details = answer.details if answer else {}
    if remedy.skips_reconsideration(row.kind, case.state, case.decided_on, details):
        return [Phrase(SKIPPED)]
    if case.received_on and row.filed_on < case.received_on:
        return [Phrase("受理（立案）日期早于所关联申请的收到日期，请核对。")]
    return []
