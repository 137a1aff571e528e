"""The sign-off of drafts: those that wait for me, one with its rounds and its letter, the opinion on it."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from tracker.domain.errors import DomainError, NotPermittedError
from tracker.domain.letter import index
from tracker.domain.letter.index import BY_KEY
from tracker.domain.permission import Action
from tracker.models.reads.sign_off import rounds_of
from tracker.now import now, today
from tracker.services.letter import sign_off as sign_offs
from tracker.services.letter.sign_off import Turn
from tracker.web.guard import current_actor, outward, requires
from tracker.web.page.form import Form
from tracker.web.page.text import _, told

bp = Blueprint("sign_off", __name__, url_prefix="/sign-offs")
Answer = Response | str | tuple[str, int]


@bp.get("")
@requires(Action.SIGN)
def mine() -> str:
    return render_template("letter/sign_off/mine.html", turns=sign_offs.mine(current_actor(), today=today()))


@bp.get("/<int:sign_off_id>")
@requires(Action.READ)
def show(sign_off_id: int) -> str:
    return page(sign_offs.see(sign_off_id, actor=current_actor(), today=today(), now=now()), Form())


def page(turn: Turn, form: Form, error: str = "") -> str:
    """Render a round: the letter as it was drafted, what was said in this round and those before it."""
    row, actor = turn.row, current_actor()
    kind = BY_KEY[row.kind]
    form.values.setdefault("on", today().isoformat())
    earlier = [each for each in rounds_of(row.case, row.matter) if each.round < row.round]
    return render_template(
        "letter/sign_off/show.html",
        turn=turn,
        kind=kind,
        rounds=[*earlier, row],
        shown=sign_offs.shown(row),
        form=form,
        error=error,
        may_draft=actor.may(index.action(kind)) and actor.reaches(row.agency_id, row.case.unit_id),
        may_make_sheet=actor.may(index.action(BY_KEY["approval"])),
        may_withdraw=actor.user_id == row.drafted_by_id or actor.may(Action.CORRECT),
    )


@bp.post("/<int:sign_off_id>/opinion")
@requires(Action.SIGN)
def sign(sign_off_id: int) -> Answer:
    actor, form = current_actor(), Form.of(request)
    remark = form.text("words", _("意见"), longest=sign_offs.LONGEST)
    try:
        form.check()
        row = sign_offs.sign(
            sign_off_id, form.value("station"), form.value("act"), remark,
            actor=actor, today=today(), now=now(),
        )  # fmt: skip
    except StaleDataError:
        message = _("这份审批刚刚由他人签批或者撤回，请看下面最新的记录；您填写的内容还在。")
        return page(sign_offs.find(sign_off_id, actor, today=today()), form, message), 409
    except NotPermittedError:
        raise
    except DomainError as error:
        return page(sign_offs.find(sign_off_id, actor, today=today()), form, told(error)), 422
    flash(_("已签批 %(number)s。", number=row.case.number))
    return redirect(url_for("sign_off.mine"), code=303)


@bp.post("/<int:sign_off_id>/withdraw")
@requires(Action.SIGN)
def withdraw(sign_off_id: int) -> Answer:
    actor, form = current_actor(), Form.of(request)
    reason = form.text("reason", _("理由"), longest=sign_offs.LONGEST)
    try:
        form.check()
        sign_offs.withdraw(sign_off_id, reason, actor=actor, today=today(), now=now())
    except NotPermittedError:
        raise
    except DomainError as error:
        return page(sign_offs.find(sign_off_id, actor, today=today()), form, told(error)), 422
    flash(_("已撤回送审。"))
    return redirect(url_for("sign_off.show", sign_off_id=sign_off_id), code=303)


@bp.post("/<int:sign_off_id>/letter")
@requires(Action.SIGN)
@outward
def make(sign_off_id: int) -> Answer:
    actor, form = current_actor(), Form.of(request)
    on = form.must_day("on", _("落款日期"))
    try:
        form.check()
        moment = {"today": today(), "now": now()}
        made = sign_offs.make(sign_off_id, on, actor=actor, version=form.version(), **moment)  # type: ignore[arg-type]
    except NotPermittedError:
        raise
    except StaleDataError:
        message = _("这个案件刚刚被他人办理过，请看下面最新的记录；您填写的内容还在。")
        return page(sign_offs.find(sign_off_id, actor, today=today()), form, message), 409
    except DomainError as error:
        return page(sign_offs.find(sign_off_id, actor, today=today()), form, told(error)), 422
    flash(_("已制作“%(title)s” %(number)s，内容不再改变。", title=made.title, number=made.number))
    return redirect(url_for("letter.of_case", case_id=made.case_id), code=303)
