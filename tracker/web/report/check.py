"""Check anybody's annual report: upload it, see what was read and what contradicts itself."""

from flask import Blueprint, render_template, request

from tracker.domain.permission import Action
from tracker.domain.report import format as report_format
from tracker.domain.report.identity import CHECK_LABELS
from tracker.domain.report.table3 import COLUMN_LABELS
from tracker.now import now
from tracker.services.report import check as report_check
from tracker.web.guard import current_actor, requires
from tracker.web.page.text import _

bp = Blueprint("report_check", __name__, url_prefix="/reports/check")
MOST_FILES = 30


@bp.get("")
@requires(Action.READ)
def new() -> str:
    return _page()


@bp.post("")
@requires(Action.READ)
def check() -> str | tuple[str, int]:
    """Show what is found; nothing is kept but a line of the audit log."""
    files = [file for file in request.files.getlist("reports") if file.filename]
    if not files:
        return _page(error=_("请选择要检查的报告文件。")), 422
    if len(files) > MOST_FILES:
        return _page(error=_("一次最多检查%(count)s个文件。", count=MOST_FILES)), 422
    checked = report_check.check([(file.filename or "", file.read()) for file in files])
    report_check.note(checked, actor=current_actor(), now=now())
    return _page(checked)


def _page(checked: list[report_check.Checked] | None = None, error: str = "") -> str:
    return render_template(
        "report/check/new.html",
        checked=checked or [],
        error=error,
        checks=CHECK_LABELS,
        sections=report_format.SECTIONS,
        rows=report_format.LABELS,
        columns=COLUMN_LABELS,
    )
