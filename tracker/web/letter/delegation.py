"""Who signs for whom while somebody is away: given, ended, and the list of them."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker.domain.case.sign_off import STATION_LABELS
from tracker.domain.errors import DomainError, NotPermittedError
from tracker.domain.permission import Action, may
from tracker.models.reads.sign_off import delegations_of, people_who_sign
from tracker.now import now, today
from tracker.services.letter import delegation
from tracker.web.guard import current_actor, requires
from tracker.web.page.form import Form
from tracker.web.page.text import _, told

bp = Blueprint("delegation", __name__, url_prefix="/delegations")
Answer = Response | str | tuple[str, int]


@bp.get("")
@requires(Action.SIGN)
def index() -> str:
    return page(Form({"first_on": today().isoformat()}))


def page(form: Form, error: str = "", chosen: list[str] | None = None) -> str:
    """Render the list of delegations and the form of a new one. chosen: the stations; None, all."""
    actor = current_actor()
    people = [user for user in people_who_sign(actor.agency_id) if may(user.role_set, Action.SIGN)]
    others = [user for user in people if user.id != actor.user_id]
    return render_template(
        "letter/delegation/index.html",
        rows=delegations_of(actor.agency_id),
        people=[(user.id, user.name) for user in people],
        others=[(user.id, user.name) for user in others],
        gives_for_others=actor.may(Action.APPROVE),
        stations=[
            (str(station), label, chosen is None or station in chosen)
            for station, label in STATION_LABELS.items()
        ],
        form=form,
        error=error,
    )


@bp.post("")
@requires(Action.SIGN)
def give() -> Answer:
    actor, form = current_actor(), Form.of(request)
    principal = form.whole("principal", _("替谁签批"), required=False)
    deputy = form.whole("deputy", _("由谁签批"))
    first, last = form.must_day("first_on", _("自")), form.must_day("last_on", _("至"))
    reason = form.text("reason", _("原因"), longest=delegation.LONGEST_REASON)
    try:
        form.check()
        row = delegation.give(
            principal or actor.user_id or 0,
            deputy or 0,
            request.form.getlist("station"),
            first,
            last,
            reason,
            actor=actor,
            today=today(),
            now=now(),
        )
    except NotPermittedError:
        raise
    except DomainError as error:
        return page(form, told(error), request.form.getlist("station")), 422
    flash(_("%(deputy)s可以代%(principal)s签批。", deputy=row.deputy.name, principal=row.principal.name))
    return redirect(url_for("delegation.index"), code=303)


@bp.post("/<int:delegation_id>/end")
@requires(Action.SIGN)
def end(delegation_id: int) -> Response:
    try:
        delegation.end(delegation_id, actor=current_actor(), today=today(), now=now())
        flash(_("委托已结束。"))
    except NotPermittedError:
        raise
    except DomainError as error:
        flash(told(error))
    return redirect(url_for("delegation.index"), code=303)
