"""Files of closed cases (归档): which are to be archived or handed over, and the page on which one is."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from tracker.domain import misfit
from tracker.domain.errors import DomainError, NotFoundError
from tracker.domain.message import labels
from tracker.domain.permission import Action
from tracker.domain.register import archive
from tracker.models.archiving import Archiving
from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.reads import archiving as reads_archiving
from tracker.models.reads.base import Parts, together
from tracker.now import now, today
from tracker.rendering import workbook
from tracker.services.case import step
from tracker.services.office import office
from tracker.services.register import archive as archives
from tracker.services.register import dossier, listing, package
from tracker.web.guard import current_actor, outward, requires
from tracker.web.page import download, paging
from tracker.web.page.display import details_words
from tracker.web.page.form import GREATEST, Form
from tracker.web.page.language import chinese
from tracker.web.page.text import _, _l, told, word

bp = Blueprint("archive", __name__)
Answer = Response | str | tuple[str, int]
WAITING, KEPT, DUE = "waiting", "kept", "due"
TITLES = {WAITING: _l("待归档"), KEPT: _l("已归档"), DUE: _l("待移交档案馆")}
FILES = labels({WAITING: "待归档案卷", KEPT: "已归档案卷", DUE: "待移交案卷"})
HEADERS = (
    "受理编号", "申请内容", "收到日期", "办结日期", "归档号", "归档日", "保管期限", "期满日", "归档时缺少",
)  # fmt: skip


# -- the lists ----------------------------------------------------------------------------------------


def _retentions() -> dict[str, str]:
    return {code: word(label) for code, label in archive.RETENTIONS.items()}


def _part() -> str:
    return paging.one_of("part", TITLES, WAITING)


def _query(part: str) -> tuple[Parts, tuple[Any, ...]]:
    """Return the rows of a list with their order."""
    agency_id = current_actor().agency_id
    if part == WAITING:
        return reads_archiving.to_archive(agency_id), reads_archiving.TO_ARCHIVE_ORDER
    if part == KEPT:
        return (reads_archiving.archived(agency_id),), reads_archiving.ARCHIVED_ORDER
    years = office.rules_of(agency_id, today()).transfer_years
    due = reads_archiving.to_transfer(agency_id, archive.closed_by(today(), years))
    return (due,), reads_archiving.ARCHIVED_ORDER


@bp.get("/archive")
@requires(Action.ARCHIVE)
def index() -> str:
    return _index(_part())


def _index(part: str, error: str = "", form: Form | None = None) -> str:
    query, order = _query(part)
    page = paging.page_of(query, order)
    cases = page.items if part == WAITING else [row.case for row in page.items]
    return render_template(
        "register/archive/index.html",
        part=part,
        titles=TITLES,
        page=page,
        rows=list(zip(cases, page.items, strict=True)),
        retentions=_retentions(),
        ends_on=archive.ends_on,
        years=office.rules_of(current_actor().agency_id, today()).transfer_years,
        address=paging.address,
        form=form or Form({"on": today().isoformat()}),
        error=error,
        today=today(),
    )


@bp.get("/archive/export.xlsx")
@requires(Action.ARCHIVE)
@outward
def export() -> Response:
    part, actor = _part(), current_actor()
    query, order = _query(part)
    rows = [_cells(row) for row in db.session.scalars(together(query).order_by(*order)).unique()]
    listing.note_export(FILES[part], len(rows), actor=actor, now=now())
    return download.excel(workbook.table(FILES[part], HEADERS, rows), f"{FILES[part]}{today():%Y%m%d}.xlsx")


def _cells(row: Case | Archiving) -> tuple[Any, ...]:
    case = row if isinstance(row, Case) else row.case
    told = (case.number, case.subject, case.received_on, case.closed_on)
    if isinstance(row, Case):
        return *told, "", None, "", None, ""
    ends = archive.ends_on(row.retention, case.closed_on)
    label = misfit.label(archive.RETENTIONS, row.retention)
    closed = case.closed_on or "已重新办理"
    return *told[:-1], closed, row.number, row.on, label, ends, "；".join(row.missing)


def _ticked() -> list[int]:
    """Return the ids of the files that are ticked. Raises NotFoundError where one can be none."""
    typed = request.form.getlist("case")
    if not all(each.isascii() and each.isdigit() and len(each) <= len(str(GREATEST)) for each in typed):
        raise NotFoundError(archives.NOT_ARCHIVED)
    if any(int(each) > GREATEST for each in typed):
        raise NotFoundError(archives.NOT_ARCHIVED)
    return [int(each) for each in typed]


@bp.post("/archive/transfer")
@requires(Action.ARCHIVE)
def transfer() -> Answer:
    """Record that the files that are ticked were handed over."""
    form = Form.of(request)
    try:
        on = form.day("on", _("移交日期"), required=True)
        receiver = form.text("receiver", _("接收的档案馆"), required=True, longest=100)
        number = form.text("number", _("移交清单号"), longest=archive.LONGEST_NUMBER)
        form.check()
        assert on is not None  # noqa: S101
        ids = _ticked()
        who: dict[str, Any] = {"actor": current_actor(), "today": today(), "now": now()}
        count = archives.transferred(ids, receiver=receiver, number=number, on=on, **who)
    except DomainError as refused:
        return _index(DUE, told(refused), form), 422
    flash(_("已记录移交%(count)s件。", count=count))
    return redirect(url_for("archive.index", part=DUE), code=303)


# -- one case -----------------------------------------------------------------------------------------


@bp.get("/cases/<int:case_id>/archive")
@requires(Action.ARCHIVE)
def show(case_id: int) -> Answer:
    return page(step.find(case_id, current_actor()), Form())


@bp.post("/cases/<int:case_id>/archive")
@requires(Action.ARCHIVE)
def create(case_id: int) -> Answer:
    """Archive the file: its number, its day, its class; what is missing needs a reason."""
    form, actor = Form.of(request), current_actor()
    try:
        on = form.day("on", _("归档日"), required=True)
        number = form.text("number", _("归档号"), required=True, longest=archive.LONGEST_NUMBER)
        kept = form.choice("retention", _("保管期限"), archive.RETENTIONS)
        reason = form.text("reason", _("理由"), longest=archive.LONGEST_REASON)
        despite = form.text("despite", _("缺少材料仍然归档的理由"), longest=archive.LONGEST_REASON)
        version = form.version()
        form.check()
        assert on is not None  # noqa: S101
        typed = archives.ToArchive(number=number, on=on, retention=kept, reason=reason, despite=despite)
        when: dict[str, Any] = {"today": today(), "now": now()}
        with chinese():
            archives.archived(case_id, typed, details=details_words, actor=actor, version=version, **when)
    except StaleDataError:
        form.values.pop("version", None)
        error = _("这个案件刚刚被他人办理过，请看最新的记录；您填写的内容还在。")
        return page(step.find(case_id, actor), form, error), 409
    except DomainError as refused:
        return page(step.find(case_id, actor), form, told(refused)), 422
    flash(_("已归档。"))
    return redirect(url_for("archive.show", case_id=case_id), code=303)


@bp.post("/cases/<int:case_id>/archive/file")
@requires(Action.ARCHIVE)
@outward
def make(case_id: int) -> Answer:
    """Hand over the file as a ZIP; who took it and why is logged."""
    form, actor = Form.of(request), current_actor()
    case = step.find(case_id, actor)
    try:
        why = form.text("why", _("下载事由"), required=True, longest=archive.LONGEST_REASON)
        form.check()
        unsealed = bool(form.value("unsealed"))
        with chinese():
            packed = package.make(case, details_words, reason=why, unsealed=unsealed, actor=actor, now=now())
    except DomainError as refused:
        return page(step.find(case_id, actor), form, told(refused)), 422
    return download.kept(packed, f"案卷 {case.number}.zip", package.MIME)


def page(case: Case, form: Form, error: str = "") -> str:
    """Render what the file holds and lacks, with the form of the act; of an open case why it has none."""
    shown: dict[str, Any] = {"papers": [], "missing": [], "proposed": None, "state": None, "why": ""}
    try:
        if (before := archives.state_of(case)).act:
            shown["state"] = before
        archives.check_closed(case)
        with chinese():
            held = dossier.archived(case, details_words)
        wanted = archives.proposed(case, today())
        shown = {
            "papers": held,
            "missing": archives.lacking(case, held, read=False),
            "proposed": wanted,
            "why": word(wanted.why),
            "state": before,
        }
        start = {"on": today().isoformat(), "retention": wanted.code}
        form.values = {**start, **_of_before(shown["state"].act), **form.values}
    except DomainError as refused:
        error = error or told(refused)
    return render_template(
        "register/archive/show.html",
        case=case,
        form=form,
        error=error,
        retentions=_retentions(),
        ends_on=archive.ends_on,
        changes=[word(each) for each in shown["state"].changes] if shown["state"] else [],
        **shown,
    )


def _of_before(act: Archiving | None) -> dict[str, str]:
    """Return what the act before said: a file that is archived again keeps its number and class."""
    return {"number": act.number, "retention": act.retention} if act else {}
