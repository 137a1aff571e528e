"""Publish the report of a year: what is open, the editions, what a correction would change."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from tracker.domain.errors import DomainError, NotFoundError
from tracker.domain.permission import Action
from tracker.domain.report.published import NEWEST, OLDEST
from tracker.now import now, today
from tracker.services.report import edition as report_edition
from tracker.services.report import report as reports
from tracker.web.guard import current_actor, outward, requires
from tracker.web.page.form import Form
from tracker.web.page.text import _, told

bp = Blueprint("edition", __name__, url_prefix="/reports/<int:year>/publication")
Answer = Response | str | tuple[str, int]


def _known(year: int) -> None:
    if not OLDEST <= year <= NEWEST:
        raise NotFoundError("没有%(year)s年的年度报告。", year=year)


@bp.get("")
@requires(Action.READ)
def show(year: int) -> Answer:
    _known(year)
    return page(year, Form({"published_on": today().isoformat(), "approved_by": current_actor().name}))


@bp.post("")
@requires(Action.PUBLISH)
@outward
def create(year: int) -> Answer:
    _known(year)
    form = Form.of(request)
    explanations = {
        name.removeprefix("why-"): form.text(name, _("说明")) for name in form.values if name[:4] == "why-"
    }
    given = report_edition.Approval(
        explanations=explanations,
        approved_by=form.text("approved_by", _("批准人"), required=True, longest=60),
        published_on=form.must_day("published_on", _("公布日期")),
        seen=form.value("seen"),
        reason=form.text("reason", _("更正的理由")),
    )
    try:
        form.check()
        edition = report_edition.publish(year, given, actor=current_actor(), today=today(), now=now())
    except StaleDataError:
        message = _(
            "您打开这一页以后，台账或文字有了变化。请看过最新的数字和核对发现，再发布；您填写的内容还在。"
        )
        return page(year, form, message), 409
    except DomainError as error:
        return page(year, form, told(error)), 422
    flash(
        _(
            "已发布%(year)s年度报告第%(number)s版，数字和其后的案件已经固定。",
            year=year,
            number=edition.number,
        )
    )
    return redirect(url_for("report.show", year=year), code=303)


def page(year: int, form: Form, error: str = "") -> str:
    """Render what is open, the form of the next edition, the editions, what has changed since."""
    agency_id = current_actor().agency_id
    report = reports.current(agency_id, year, today=today())
    editions = report_edition.editions(agency_id, year)
    newest = editions[0] if editions else None
    return render_template(
        "report/edition/show.html",
        year=year,
        report=report,
        form=form,
        error=error,
        ended=today().year > year,
        missing=reports.missing(report),
        findings=[(report_edition.key_of(finding), finding) for finding in report.findings],
        seen=report_edition.digest_of(report),
        editions=editions,
        changes=report_edition.changes(newest, today=today()) if newest else [],
        texts=report_edition.texts_changed(newest, today=today()) if newest else [],
    )
