"""Correct who asks with a case: names, identities, ways of contact, and those who ask together."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.case.request import ApplicantData
from tracker.domain.errors import DomainError
from tracker.domain.permission import Action
from tracker.models.applicant import Applicant
from tracker.models.case import Case
from tracker.now import now, today
from tracker.services.case import applicant, step
from tracker.web.case import applicant_form, representative_form
from tracker.web.guard import current_actor, requires
from tracker.web.page.form import Form
from tracker.web.page.text import _, told

bp = Blueprint("applicant", __name__, url_prefix="/cases/<int:case_id>/applicants")
Answer = Response | str | tuple[str, int]


@bp.get("")
@requires(Action.REGISTER)
def edit(case_id: int) -> Answer:
    """Show everybody who asks in the clear; the look is logged as any other."""
    actor = current_actor()
    first, *others = step.reveal(case_id, actor=actor, now=now())
    case = step.find(case_id, actor)
    who, rows = case.applicant, case.applicant.further
    told = (
        {**person, "kind": row.kind, "id": str(row.id), **_plain(row)}
        for person, row in zip(others[: len(rows)], rows, strict=True)
    )
    acting = representative_form.values_of(who, shown=applicant_form.LONGEST, ids=True)
    return page(case, Form({**first, **_plain(who), **applicant_form.values_of(told), **acting}))


def _plain(row: Applicant) -> dict[str, str]:
    return {"id_kind": row.id_kind, "gets_letters": "1" if row.gets_letters else ""}


@bp.post("")
@requires(Action.REGISTER)
def correct(case_id: int) -> Answer:
    actor, form = current_actor(), Form.of(request)
    case = step.find(case_id, actor)
    if form.value("more"):
        return page(case, form)
    try:
        further = applicant_form.lines_of(form)
        acting, wishes = representative_form.lines_of(form), representative_form.wishes_of(form)
        first = _first(form, case)
        reason = form.text("why", _("更正的理由"), required=True, longest=500)
        version = form.version()
        form.check()
        applicant.correct(
            case_id,
            first,
            further,
            representatives=acting,
            wishes=wishes,
            reason=reason,
            today=today(),
            actor=actor,
            now=now(),
            version=version,
        )
    except StaleDataError:
        form.values.pop("version")
        message = _("这个案件刚刚被他人办理过，请看最新的记录；您填写的内容还在。")
        return page(step.find(case_id, actor), form, message), 409
    except DomainError as error:
        return page(step.find(case_id, actor), form, told(error)), 422
    flash(_("已更正申请人。"))
    return redirect(url_for("case.show", case_id=case_id), code=303)


def _first(form: Form, case: Case) -> ApplicantData:
    return ApplicantData(kind=ApplicantKind(case.applicant.kind), **applicant_form.first_of(form))


def page(case: Case, form: Form, error: str = "") -> str:
    """Render the form with what was typed."""
    return render_template(
        "case/applicants.html",
        case=case,
        form=form,
        error=error,
        kinds=[(kind.value, kind.label) for kind in ApplicantKind],
        people=applicant_form.shown(form),
        **representative_form.shown(form),
    )
