"""The first hour (开始使用): what the office still needs, each step with its page or with who takes it."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker.domain.errors import DomainError
from tracker.domain.permission import ACTION_LABELS, Action
from tracker.now import now, today
from tracker.services.office import user
from tracker.services.operations import sample, start
from tracker.services.operations.start import StartStep
from tracker.web.guard import current_actor, requires
from tracker.web.page.text import _, _l, told, word

bp = Blueprint("start", __name__, url_prefix="/start")
Answer = Response | str | tuple[str, int]
TITLES = {
    "office": _l("本机关"),
    "units": _l("单位和联络员"),
    "people": _l("人员"),
    "mail": _l("邮件"),
    "practice": _l("做法"),
    "old_register": _l("原有的台账"),
    "calendar": _l("日历"),
    "first_letter": _l("第一件来信"),
}
WHY = {
    "office": _l("名称、代字、复议机关、法院和联系方式印在每一份文书上；没有名称，什么也发不出去。"),
    "units": _l("分办、转办到股室、队、所、站；期限提醒先发给承办人，再发给联络员。"),
    "people": _l("每人用自己的用户名登录；一个人可以兼任几个角色，审查的人不能是拟稿的人。"),
    "mail": _l("每天早上提醒快到期和超期的申请；不设置的，提醒只写在工作台和发件箱。"),
    "practice": _l("法规没有规定、由本机关决定的事，都有默认的做法；不改也可以开始。"),
    "old_register": _l("把原来的申请台账（Excel、WPS 表格）读进来，年度报告和统计才是全的。"),
    "calendar": _l("工作日按国务院办公厅的放假通知计算；通知公布以前，期限是暂定的。"),
    "first_letter": _l("登记一件来信、来访或者来电；是申请的，当时就算出答复期限，打印回执。"),
}
LACKING = {
    "name": _l("名称"),
    "document_code": _l("代字"),
    "upper_organ": _l("复议机关"),
    "court": _l("法院"),
    "letter_contact": _l("联系方式"),
}
STATES = {start.DONE: _l("已办"), start.SKIPPED: _l("以后再办"), start.TO_DO: _l("待办")}


@bp.get("")
@requires(Action.OFFICE)
def index() -> str:
    return page()


def page(error: str = "") -> str:
    """Render every step and the way to the pages of the administration."""
    actor, steps = current_actor(), start.steps(current_actor().agency_id, today=today())
    shown = [_shown(number, step) for number, step in enumerate(steps, start=1)]
    return render_template(
        "operations/start/index.html",
        steps=shown,
        next=next((step for step in shown if step["state"] == start.TO_DO and step["links"]), None),
        done=sum(step["state"] == start.DONE for step in shown),
        states=STATES,
        pages=_pages(),
        may_sample=actor.may(Action.SETTINGS),
        sample_refused=not sample.is_in() and sample.holds_real_data(),
        sample_size=sample.size(),
        error=error,
    )


def _shown(number: int, step: StartStep) -> dict[str, Any]:
    """Return a step in words, with its page where the reader may take it, else with who may."""
    actor = current_actor()
    may = actor.may(step.action)
    return {
        "number": number,
        "key": step.key,
        "title": TITLES[step.key],
        "why": WHY[step.key],
        "state": step.state,
        "stands": stands(step),
        "links": LINKS[step.key]() if may else [],
        "may": may,
        "who": [] if may else user.who_may(step.action, actor.agency_id),
    }


def stands(step: StartStep) -> str:
    """Return in words what is there and what is lacking, counted from the data."""
    counts = dict(step.counts)
    stand = {
        "office": counts.get("name") or _("还没有名称"),
        "units": _("%(units)s个单位，其中%(reached)s个有联络员邮箱", **counts) if "units" in counts else "",
        "people": _("%(people)s人，其中%(addressed)s人有邮箱", **counts) if "people" in counts else "",
        "mail": _mail(counts),
        "practice": _("%(all)s项中本机关决定了%(decided)s项，其余按默认", **counts)
        if "all" in counts
        else "",
        "old_register": _("导入过%(imports)s次", **counts) if counts.get("imports") else _("没有导入过"),
        "calendar": _calendar(counts),
        "first_letter": _("来信来访来电%(contacts)s件，申请%(cases)s件", **counts)
        if "cases" in counts
        else "",
    }[step.key]
    lacks = [
        str(LACKING[key]) if key in LACKING else word(ACTION_LABELS[Action(key)]) for key in step.lacking
    ]
    if step.key == "people" and lacks:
        return _("%(words)s；还没有人可以：%(lacks)s", words=stand, lacks="，".join(lacks))
    return _("%(words)s；还缺：%(lacks)s", words=stand, lacks="、".join(lacks)) if lacks else str(stand)


def _mail(counts: dict[str, Any]) -> str:
    if not counts.get("host"):
        return _("没有设置邮件服务器")
    return (
        _("服务器%(host)s，试发成功", **counts)
        if counts["tested"]
        else _("服务器%(host)s，还没有试发成功", **counts)
    )


def _calendar(counts: dict[str, Any]) -> str:
    if "year" not in counts:
        return ""
    if not counts["known"]:
        return _("%(year)s年的放假安排还没有", year=counts["year"])
    if counts["next_known"]:
        return _("%(year)s年、%(next)s年的放假安排已有", **counts)
    return _("%(year)s年的放假安排已有，%(next)s年的尚未公布或者导入", **counts)


LINKS: dict[str, Any] = {
    "office": lambda: [(url_for("particulars.show"), _("填写"))],
    "units": lambda: [(url_for("unit.new"), _("新增单位")), (url_for("unit.index"), _("单位"))],
    "people": lambda: [(url_for("people.new"), _("粘贴名单")), (url_for("user.index"), _("用户"))],
    "mail": lambda: [(url_for("setting.show"), _("设置并试发"))],
    "practice": lambda: [(url_for("practice.index"), _("看做法"))],
    "old_register": lambda: [(url_for("imported.index"), _("导入台账"))],
    "calendar": lambda: [(url_for("calendar.show"), _("日历"))],
    "first_letter": lambda: [(url_for("registration.new"), _("登记"))],
}


def _pages() -> list[tuple[str, str]]:
    """Return the pages of the administration that the reader may open."""
    pages = (
        ("particulars.show", _("本机关"), Action.OFFICE),
        ("unit.index", _("单位"), Action.USERS),
        ("user.index", _("用户"), Action.USERS),
        ("setting.show", _("邮件和设置"), Action.SETTINGS),
        ("practice.index", _("做法"), Action.PRACTICE),
        ("letter_template.overview", _("文书模板"), Action.LETTERS),
        ("calendar.show", _("日历"), Action.CALENDAR),
        ("job.index", _("定时任务"), Action.JOBS),
        ("outbox.index", _("发件箱"), Action.OUTBOX),
        ("audit.index", _("审计日志"), Action.AUDIT),
    )
    return [(url_for(endpoint), label) for endpoint, label, action in pages if current_actor().may(action)]


@bp.post("/<step>/skip")
@requires(Action.OFFICE)
def skip(step: str) -> Response:
    start.skip(step, skipped=True, actor=current_actor(), now=now())
    return redirect(url_for("start.index"), code=303)


@bp.post("/<step>/take-up")
@requires(Action.OFFICE)
def take_up(step: str) -> Response:
    start.skip(step, skipped=False, actor=current_actor(), now=now())
    return redirect(url_for("start.index"), code=303)


@bp.post("/sample")
@requires(Action.SETTINGS)
def put_in() -> Answer:
    try:
        people = sample.put_in(actor=current_actor(), today=today(), now=now())
    except DomainError as error:
        return page(told(error)), 422
    return render_template("office/user/passwords.html", made=people, address=request.url_root)


@bp.post("/sample/remove")
@requires(Action.SETTINGS)
def take_out() -> Answer:
    try:
        count = sample.take_out(actor=current_actor(), now=now())
    except DomainError as error:
        return page(told(error)), 422
    flash(_("示例机关已全部移出（%(count)s行）。", count=count))
    return redirect(url_for("start.index"), code=303)
