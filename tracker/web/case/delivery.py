"""The day on which a letter of the office was received: asked for until somebody records it."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from tracker.domain.case import workflow
from tracker.domain.errors import DomainError, NotFoundError
from tracker.domain.permission import Action
from tracker.models.case import Case
from tracker.now import now, today
from tracker.services.case import delivery, step
from tracker.services.letter import service
from tracker.web.guard import current_actor, requires
from tracker.web.page.form import Form
from tracker.web.page.text import _, told

bp = Blueprint("delivery", __name__, url_prefix="/cases/<int:case_id>/deliveries/<int:seq>")
Answer = Response | str | tuple[str, int]


@bp.get("")
@requires(Action.REGISTER)
def new(case_id: int, seq: int) -> Answer:
    case, _letter = delivery.find(case_id, seq, current_actor())
    return _served(case, seq) or page(case_id, seq, Form())


def _served(case: Case, seq: int) -> Response | None:
    """Lead to the service of the letter, which records its receipt; None where none was made here."""
    letter = service.letter_of(case, seq)
    if letter is None:
        return None
    flash(_("这份文书在本系统制作：收到日期随它的送达登记。"))
    address = url_for("letter_service.of_letter", case_id=case.id, letter_id=letter.id)
    return redirect(address, code=303)


@bp.post("")
@requires(Action.REGISTER)
def create(case_id: int, seq: int) -> Answer:
    form = Form.of(request)
    received_on = form.must_day("received_on", _("收到日期"))
    proof = form.text("proof", _("凭据"), required=True)
    try:
        version = form.version()
        form.check()
        if led := _served(delivery.find(case_id, seq, current_actor())[0], seq):
            return led
        delivery.record(
            case_id, seq, received_on,
            proof=proof, actor=current_actor(), today=today(), now=now(), version=version,
        )  # fmt: skip
    except StaleDataError:
        message = _("这个案件刚刚被他人办理过，请看最新的记录；您填写的内容还在。")
        return page(case_id, seq, form, message), 409
    except NotFoundError as error:
        step.find(case_id, current_actor())  # another unit's case says nothing more
        flash(told(error))
        return redirect(url_for("case.show", case_id=case_id), code=303)
    except DomainError as error:
        return page(case_id, seq, form, told(error)), 422
    flash(_("已补记收到日期，期限自该日起算。"))
    return redirect(url_for("case.show", case_id=case_id), code=303)


def page(case_id: int, seq: int, form: Form, error: str = "") -> str:
    """Render the form of one letter with what was typed."""
    case, letter = delivery.find(case_id, seq, current_actor())
    label = workflow.step_label(letter.step)
    return render_template(
        "case/delivery/new.html", case=case, letter=letter, label=label, form=form, error=error
    )
