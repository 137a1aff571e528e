"""Jobs: when each runs, how it went, run it now; and the copies of the office."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from tracker.domain.errors import DomainError, InvalidDetailError
from tracker.domain.permission import Action, Role
from tracker.models.base import db
from tracker.now import now, today
from tracker.services.job import job, timekeeping, trouble
from tracker.services.operations import backup, health
from tracker.web.guard import current_actor, requires
from tracker.web.page import paging
from tracker.web.page.form import Form
from tracker.web.page.text import _, told, word

bp = Blueprint("job", __name__, url_prefix="/jobs")
TOLD = frozenset({Role.ADMINISTRATOR, Role.HEAD})
EARLIEST = timedelta(days=366)  # before today


def table() -> tuple[job.Job, ...]:
    """Return the table of jobs; the application put it there (jobs are beside the pages, not below)."""
    jobs: tuple[job.Job, ...] = current_app.extensions["tracker.jobs"]
    return jobs


def worries() -> dict[str, Any]:
    """Give every page of an administrator or a head what fails: jobs, clock, scheduler, mails."""
    actor = g.get("actor")
    if actor is None or not actor.roles & TOLD:
        return {"worries": None}
    try:
        failures = health.worries(agency_id=actor.agency_id, now=now())
    except SQLAlchemyError:  # the page that says so must not fail of it
        db.session.rollback()
        return {"worries": None}
    labels = {each.name: each.label for each in table()}
    may = {"may_run_jobs": actor.may(Action.JOBS), "may_see_mails": actor.may(Action.OUTBOX)}
    return {"worries": failures, "job_labels": labels, **may}


@bp.get("")
@requires(Action.JOBS)
def index() -> str:
    return listed()


def listed(error: str = "") -> str:
    """Render the table of jobs."""
    moment = now()
    rows = [(each, job.last_run(each.name), job.next_moment(each, moment)) for each in table()]
    return render_template(
        "operations/job/index.html",
        rows=rows,
        now=moment,
        heartbeat=job.seen(),
        copies=backup.kept()[:3],
        statuses=job.STATUS,
        failing={row.job: row for row in trouble.failing()},
        error=error,
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
        if today() - on > EARLIEST:
            form.errors["on"] = _("日期不能早于今天一年以上。")
        if on > today():
            form.errors["on"] = _("日期不能晚于今天：不能提前运行任务。")
        form.check()
        row = job.run_by_hand(table(), job_name, on=on, actor=current_actor(), now=now())
    except DomainError as error:
        return page(job_name, form, told(error)), 422
    flash(f"{word(job.find(table(), job_name).label)}（{on}）：{word(row.message)}")
    return redirect(url_for("job.show", job_name=job_name), code=303)


@bp.post("/confirm-clock")
@requires(Action.JOBS)
def confirm_clock() -> Response | tuple[str, int]:
    try:
        timekeeping.confirm(actor=current_actor(), now=now())
    except InvalidDetailError as error:
        return listed(told(error)), 422
    flash(_("已经确认服务器时钟，定时任务几分钟内继续运行。"))
    return redirect(url_for("job.index"), code=303)


def page(job_name: str, form: Form, error: str = "") -> str:
    """Render a job with its history."""
    asked_job = job.find(table(), job_name)
    return render_template(
        "operations/job/show.html",
        job=asked_job,
        next=job.next_moment(asked_job, now()),
        page=paging.page_of(job.history(job_name), ()),
        address=paging.address,
        statuses=job.STATUS,
        form=form,
        error=error,
    )
