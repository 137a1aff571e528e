"""The outbox: what was sent, what could not be, a test mail, what a day would bring."""

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker.domain.errors import DomainError
from tracker.domain.message import LANGUAGES
from tracker.domain.permission import Action
from tracker.mail import address
from tracker.models.outbox import FAILED, SENT, STATUS
from tracker.now import now, today
from tracker.services.job import reminder
from tracker.services.mail import mailbox, outbox
from tracker.services.office import office, setting
from tracker.web.guard import current_actor, requires
from tracker.web.page import paging
from tracker.web.page.text import _, told

bp = Blueprint("outbox", __name__, url_prefix="/outbox")
Answer = Response | str | tuple[str, int]


@bp.get("")
@requires(Action.OUTBOX)
def index() -> str:
    return page()


def page(error: str = "") -> str:
    """Return the list that the address asks for."""
    status, agency_id = paging.one_of("status", STATUS), current_actor().agency_id
    return render_template(
        "mail/outbox/index.html",
        page=paging.page_of(mailbox.messages(agency_id, status=status), ()),
        address=paging.address,
        state=mailbox.state(agency_id),
        settings=setting.in_force(),
        quiet=outbox.is_quiet(now()),
        status=status,
        statuses=STATUS,
        failed=FAILED,
        languages=LANGUAGES,
        shown=address.shown,
        error=error,
    )


@bp.post("/test")
@requires(Action.OUTBOX)
def test() -> Answer:
    to, language = request.form.get("to", ""), request.form.get("language", "zh")
    try:
        message, _replies = mailbox.send_test(to, language=language, actor=current_actor(), now=now())
    except DomainError as error:
        return page(told(error)), 422
    if message.status != SENT:
        return page(_("测试邮件没有发出：%(why)s", why=message.why)), 422
    flash(_("测试邮件已发出。"))
    return redirect(url_for("outbox.index"), code=303)


@bp.post("/<int:message_id>/retry")
@requires(Action.OUTBOX)
def retry(message_id: int) -> Answer:
    try:
        mailbox.retry(message_id, actor=current_actor(), now=now())
    except DomainError as error:
        return page(told(error)), 422
    flash(_("已重新排队，几分钟内发送。"))
    return redirect(url_for("outbox.index", status=request.form.get("status", "")), code=303)


@bp.get("/preview")
@requires(Action.OUTBOX)
def preview() -> str:
    on = asked_day()
    return render_template(
        "mail/outbox/preview.html",
        on=on,
        works=office.calendar().is_working_day(on),
        planned=reminder.planned(current_actor().agency_id, on=on),
        rules=office.rules(on),
        shown=address.shown,
    )


def asked_day() -> date:
    """Return the day that the address asks for; today where it is none that the calendar knows."""
    try:
        asked = date.fromisoformat(request.args.get("on", ""))
        office.calendar().is_working_day(asked)
    except (ValueError, DomainError):
        return today()
    return asked
