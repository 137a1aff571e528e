"""What the office sets that is no machine's: mail and hours, with a test, the reasons and the history."""

from dataclasses import fields
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from tracker.config import GROUPS, PLACES
from tracker.domain.errors import DomainError
from tracker.domain.message import LANGUAGES
from tracker.domain.office.setting import BY_KEY, OFFICE_SETTINGS, SECRETS
from tracker.domain.permission import Action
from tracker.mail import smtp
from tracker.models.outbox import SENT
from tracker.now import now
from tracker.services.contact import scan
from tracker.services.job import fetching
from tracker.services.mail import mailbox
from tracker.services.office import seen, setting
from tracker.services.office.agency import name_of
from tracker.web.guard import current_actor, requires
from tracker.web.page.form import Form
from tracker.web.page.mail import heard_in_words, replies_in_words
from tracker.web.page.text import _, told

bp = Blueprint("setting", __name__, url_prefix="/settings")
Answer = Response | str | tuple[str, int]
HIDDEN = frozenset({"database_url", "testing", "agency_name"})


@bp.get("")
@requires(Action.SETTINGS)
def show() -> str:
    return page(_kept())


def _kept() -> Form:
    """Return a form of what is in force; of a password nothing."""
    return Form(setting.shown())


@bp.post("")
@requires(Action.SETTINGS)
def update() -> Answer:
    form, actor = Form.of(request), current_actor()
    why = form.text("why", _("理由"), longest=400)
    try:
        form.check()
        typed = {key: form.value(key) for key in BY_KEY if key in form.values}
        changed = setting.set_to(typed, why=why, actor=actor, now=now(), looked_at=form.value("seen"))
    except StaleDataError:
        form.values.pop("seen", "")
        message = _("设置刚刚被他人改过，最新的列在修改的记录中；您填写的内容还在，请核对后再保存。")
        return page(form, message), 409
    except DomainError as error:
        return page(form, told(error)), 422
    flash(_("已保存。") if changed else _("没有改变。"))
    return redirect(url_for("setting.show", _anchor="test"), code=303)


@bp.post("/test")
@requires(Action.SETTINGS)
def test() -> Answer:
    """Send a mail at once and say what the server answered to each command."""
    form = Form({**_kept().values, "to": request.form.get("to", "")})
    language = request.form.get("language", "zh")
    language = language if language in LANGUAGES else "zh"
    try:
        message, replies = mailbox.send_test(
            form.value("to"), language=language, actor=current_actor(), now=now()
        )
    except DomainError as error:
        return page(form, told(error)), 422
    tested = {
        "sent": message.status == SENT,
        "why": message.why,
        "meaning": smtp.explained(message.why),
        "replies": replies_in_words(replies),
    }
    return page(form, tested=tested), 200 if tested["sent"] else 422


@bp.post("/mailbox")
@requires(Action.SETTINGS)
def mailbox_test() -> Answer:
    """Open the mailbox, take nothing, and say what its server answered to each step."""
    form = _kept()
    try:
        heard, why, meaning = fetching.tried(actor=current_actor(), now=now())
    except DomainError as error:
        return page(form, told(error)), 422
    opened = {"why": why, "meaning": meaning, "replies": heard_in_words(heard)}
    return page(form, opened=opened), 422 if why else 200


def _is_secret(name: str) -> bool:
    """Return whether a setting is one that the settings themselves never show."""
    place = PLACES[name]
    return any(each.name == place.key and not each.repr for each in fields(GROUPS[place.group][0]))


def page(
    form: Form, error: str = "", tested: dict[str, Any] | None = None, opened: dict[str, Any] | None = None
) -> str:
    """Render the settings with who decides each, tests of mail and mailbox, and what is the machine's."""
    settings = setting.in_force()
    for each in SECRETS:  # never in a page, not even what was typed just now
        if form.values.pop(each.key, ""):
            form.errors[each.key] = _("没有保存，页面不显示它：请再填写一次。")
    machine = [
        (name, setting.value_of(settings, name) if place.group else getattr(settings, place.key), name)
        for name, place in PLACES.items()
        if name not in BY_KEY and name not in HIDDEN and not _is_secret(name)
    ]
    return render_template(
        "office/setting/show.html",
        each=OFFICE_SETTINGS,
        by_key=BY_KEY,
        given=settings.given,
        form=form,
        kept_secrets=[each.key for each in SECRETS if setting.value_of(settings, each.key)],
        seen=form.value("seen") or seen.mark(setting.shown()),
        sender=name_of(current_actor().agency_id),
        unreadable=[BY_KEY[key].label for key in setting.without_effect()],
        history=list(reversed(setting.history())),
        machine=machine,
        said=tested,
        opened=opened,
        reads_scans=scan.is_on(),
        error=error,
    )
