"""What a request costs (信息处理费): a calculator, by itself or for a case's charge."""

from datetime import date
from typing import Any

from flask import Blueprint, render_template, request

from tracker.domain.case import fee
from tracker.domain.errors import DomainError
from tracker.domain.permission import Action
from tracker.now import today
from tracker.services.case import fee as case_fee
from tracker.services.case import step
from tracker.services.office import office
from tracker.web.guard import current_actor, requires
from tracker.web.page.form import Form
from tracker.web.page.text import _, told

bp = Blueprint("fee", __name__, url_prefix="/fees")
MOST = 100_000  # pieces or pages: more is a slip


@bp.get("")
@requires(Action.SIGNED_IN)
def show() -> tuple[str, int]:
    """Calculate what the address asks for; nothing is kept."""
    form, calculation = Form(request.args.to_dict()), {}
    try:
        if form.value("way"):
            calculation = calculated(form, today())
    except DomainError as error:
        return render_template(
            "case/fee/show.html", form=form, error=told(error), ways=fee.WAYS, free=fee.FREE
        ), 422
    return render_template("case/fee/show.html", form=form, ways=fee.WAYS, free=fee.FREE, **calculation), 200


@bp.get("/cases/<int:case_id>")
@requires(Action.HANDLE)
def of_case(case_id: int) -> tuple[str, int]:
    """Calculate for a case, with the same applicant's pieces of its month counted before it."""
    actor = current_actor()
    case = step.find(case_id, actor)
    before = case_fee.pieces_before(case)
    start = {"way": fee.BY_PIECE, "before": str(before), "units": "1"}
    form = Form({**start, **request.args.to_dict()})
    common: dict[str, Any] = {"case": case, "before": before, "ways": fee.WAYS, "free": fee.FREE}
    try:
        calculation = calculated(form, case_fee.day_of(case))
    except DomainError as error:
        return render_template("case/fee/show.html", form=form, error=told(error), **common), 422
    return render_template("case/fee/show.html", form=form, **common, **calculation), 200


def calculated(form: Form, on: date) -> dict[str, Any]:
    """Return the fee that the form asks for by the tariff of a day, and its calculation in words."""
    way = form.choice("way", _("计收方式"), fee.WAYS)
    units = form.whole("units", _("件数或者页数"))
    before = form.whole("before", _("本月已有件数"), required=False)
    for name, number in (("units", units), ("before", before)):
        if number is not None and number > MOST:
            form.errors[name] = _("不能超过%(most)s。", most=MOST)
    form.check()
    cost = fee.calculated(way, units or 0, before or 0, office.rules(on).tariff)
    return {"fee": cost, "lines": fee.lines(cost)}
