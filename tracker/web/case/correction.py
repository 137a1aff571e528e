"""Correct an entry of a ledger, or void a case: by the head, with a reason, erasing nothing."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from tracker.domain.case import basis, grounds, history, workflow
from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.case.channel import Channel
from tracker.domain.case.event import Entry
from tracker.domain.errors import DomainError, NotFoundError
from tracker.domain.permission import Action
from tracker.models.case import Case
from tracker.now import now, today
from tracker.services.case import step
from tracker.services.office import unit, user
from tracker.web.case import step_field
from tracker.web.guard import current_actor, requires
from tracker.web.page import display
from tracker.web.page.form import Form
from tracker.web.page.text import _, told, word

bp = Blueprint("correction", __name__, url_prefix="/cases/<int:case_id>/corrections/<int:seq>")
Answer = Response | str | tuple[str, int]


def _find(case_id: int, seq: int) -> tuple[Case, Entry]:
    """Return the case and the entry as it holds now; raise where it cannot be corrected."""
    case = step.find(case_id, current_actor())
    for entry in history.in_force(case.entries):
        if entry.seq == seq:
            return case, entry
    raise NotFoundError("这条记录不能更正：它已被撤销，或由程序自动记载。")


@bp.get("")
@requires(Action.CORRECT)
def new(case_id: int, seq: int) -> Answer:
    case, entry = _find(case_id, seq)
    values = step_field.values_of(entry)
    values |= {"on": entry.on.isoformat(), "consultation": f"{values.get('party')}|{values.get('name')}"}
    return page(case, entry, Form(values))


@bp.post("")
@requires(Action.CORRECT)
def create(case_id: int, seq: int) -> Answer:
    entry = _find(case_id, seq)[1]
    form = Form.of(request)
    why = form.text("why", _("更正的理由"), required=True)
    replacement = None if form.value("act") == "void" else _replacement(form, entry)
    details = {"replaces": seq, "with": history.flat(replacement) if replacement else None, "reason": why}
    try:
        version = form.version()
        form.check()
        step.take(
            case_id,
            Entry("correct", today(), details),
            actor=current_actor(),
            today=today(),
            now=now(),
            version=version,
        )
    except StaleDataError:
        message = _("这个案件刚刚被他人办理过，请看最新的记录；您填写的内容还在。")
        return page(step.find(case_id, current_actor()), entry, form, message), 409
    except DomainError as error:
        return page(step.find(case_id, current_actor()), entry, form, told(error)), 422
    flash(_("已更正第%(seq)s条记录，原记录仍保留。", seq=seq))
    return redirect(url_for("case.show", case_id=case_id), code=303)


def _replacement(form: Form, entry: Entry) -> Entry:
    """Return the entry that takes the place of the wrong one, from the form."""
    if entry.step != "receive":
        return step_field.entry_of(entry.step, form, _("日期"))
    kept = {key: entry.details[key] for key in ("tracking_number", "unit") if key in entry.details}
    details = {
        **kept,
        "channel": form.choice("channel", _("申请方式"), list(Channel)),
        "applicant_kind": form.choice("applicant_kind", _("申请人类型"), list(ApplicantKind)),
    }
    for key in ("arrived_on", "signed_on", "confirmed_on"):
        day = form.day(key, _("日期"))
        details |= {key: day.isoformat()} if day else {}
    return Entry("receive", form.must_day("on", _("收到申请之日")), details)


def page(case: Case, entry: Entry, form: Form, error: str = "") -> str:
    """Render the form with the entry as it holds, or as it was typed."""
    standing = step.standing(case)
    receipt = entry.step == "receive"
    return render_template(
        "case/correction/new.html",
        case=case,
        entry=entry,
        label=word(workflow.step_label(entry.step)),
        receipt=receipt,
        on_words=_("收到申请之日") if receipt else workflow.BY_NAME[entry.step].on_words,
        fields=step_field.RECEIPT if receipt else step_field.FIELDS[entry.step],
        form=form,
        error=error,
        words={**step_field.WORDS, **display.OF_CASE},
        ends=basis.ENDS.get(entry.step, ()),
        choices_of_parts=step_field.CHOICES,
        answer=entry.step in basis.ENDS,
        lines_of_parts=step_field.part_lines(form),
        objected=grounds.objected(standing),
        consultations=standing.consultations,
        units=unit.all_units(case.agency_id),
        people=user.everyone(case.agency_id),
    )
