"""Jobs: when each runs, how it went, run it now; and the copies of the office."""

from datetime import timedelta

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker.domain.errors import DomainError
from tracker.domain.permission import Action
from tracker.now import now, today
from tracker.services import backup, job
from tracker.web import paging
from tracker.web.form import Form
from tracker.web.guard import current_actor, requires
from tracker.web.text import _

bp = Blueprint("job", __name__, url_prefix="/jobs")
FUTURE = timedelta(days=366)  # a day that a person may name ahead


def table() -> tuple[job.Job, ...]:
    """Return the table of jobs; the application put it there (jobs are beside the pages, not below)."""
    found: tuple[job.Job, ...] = current_app.extensions["tracker.jobs"]
    return found


@bp.get("")
@requires(Action.JOBS)
def index() -> str:
    moment = now()
    rows = [(each, job.last_run(each.name), job.next_moment(each, moment)) for each in table()]
    return render_template(
        "job/index.html",
        rows=rows,
        now=moment,
        heartbeat=job.seen(),
        copies=backup.kept()[:3],
        statuses=job.STATUS,
    )


@bp.get("/<job_name>")
@requires(Action.JOBS)
def show(job_name: str) -> str:
    return page(job_name, Form({"on": today().isoformat()}))


@bp.post("/<job_name>/run")
@requires(Action.JOBS)
def run(job_name: str) -> Response | tuple[str, int]:
    form = Form.of(request)
    try:
        on = form.day("on", _("日期")) or today()
        if abs(on - today()) > FUTURE:
            form.errors["on"] = _("日期不能早于或晚于今天一年以上。")
        form.check()
    except DomainError as error:
        return page(job_name, form, str(error)), 422
    row = job.run_by_hand(table(), job_name, on=on, actor=current_actor(), now=now())
    flash(f"{job.find(table(), job_name).label}（{on}）：{row.result}")
    return redirect(url_for("job.show", job_name=job_name), code=303)


def page(job_name: str, form: Form, error: str = "") -> str:
    """Render a job with its history."""
    found = job.find(table(), job_name)
    return render_template(
        "job/show.html",
        job=found,
        next=job.next_moment(found, now()),
        page=paging.page_of(job.history(job_name), ()),
        address=paging.address,
        statuses=job.STATUS,
        form=form,
        error=error,
    )
