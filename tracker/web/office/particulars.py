"""The office itself: its name and what its letters need, with the history of each."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from tracker.domain.case import rules
from tracker.domain.errors import DomainError
from tracker.domain.permission import Action
from tracker.now import now, today
from tracker.services.office import particulars, seen
from tracker.web.guard import current_actor, requires
from tracker.web.page import practice
from tracker.web.page.form import Form
from tracker.web.page.text import _, _l, told

bp = Blueprint("particulars", __name__, url_prefix="/office")
Answer = Response | str | tuple[str, int]
LABELS = {
    "name": _l("机关名称"),
    "document_code": _l("机关代字"),
    "agency_level": _l("机关层级"),
    "upper_organ": _l("行政复议机关"),
    "court": _l("管辖法院"),
    "letter_contact": _l("联系方式"),
    "online_reconsideration": _l("网上申请复议的渠道"),
    "online_application": _l("网上申请的网址"),
    "retention_disputed": _l("不予公开、部分公开和有复议、诉讼的案卷保管多久"),
    "retention_other": _l("其他申请的案卷保管多久"),
    "transfer_years": _l("案卷满几年列入移交清单"),
}


@bp.get("")
@requires(Action.OFFICE)
def show() -> str:
    return page(Form(particulars.values(current_actor().agency_id, today())))


@bp.post("")
@requires(Action.OFFICE)
def update() -> Answer:
    form, actor = Form.of(request), current_actor()
    typed = {
        key: form.text(key, str(label), required=key == "name", longest=rules.LONGEST)
        for key, label in LABELS.items()
        if key == "name" or key in form.values
    }
    why = form.text("why", _("理由"), longest=400)
    try:
        for key, text in typed.items():
            if key != "name" and (problem := rules.refusal_of_text(key, text)):
                form.errors[key] = f"{LABELS[key]}{problem}。"
        form.check()
        changed = particulars.set_to(
            typed, why=why, actor=actor, today=today(), now=now(), looked_at=form.value("seen")
        )
    except StaleDataError:
        form.values.pop("seen", "")
        message = _("本机关信息刚刚被他人改过，最新的列在修改的记录中；您填写的内容还在，请核对后再保存。")
        return page(form, message), 409
    except DomainError as error:
        return page(form, told(error)), 422
    flash(_("已保存。") if changed else _("没有改变。"))
    return redirect(url_for("start.index"), code=303)


def page(form: Form, error: str = "") -> str:
    """Render what is known of the office, to be changed, and its history."""
    agency_id = current_actor().agency_id
    return render_template(
        "office/particulars/show.html",
        form=form,
        labels=LABELS,
        choices={key: practice.choices(key) for key in particulars.KEYS},
        in_words=practice.text_words,
        history=particulars.history(agency_id),
        seen=form.value("seen") or seen.mark(particulars.values(agency_id, today())),
        error=error,
    )
