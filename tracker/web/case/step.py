"""The steps of a case: a small form that says its article and what it does, before it is done."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from tracker.domain.case import basis, check, grounds, mixed, workflow
from tracker.domain.case.duty import waits_until
from tracker.domain.case.event import Entry
from tracker.domain.case.explanation import every_date
from tracker.domain.case.fee import lines as fee_lines
from tracker.domain.case.finding import Objection
from tracker.domain.case.outcome import BY_CODE
from tracker.domain.case.standing import Standing
from tracker.domain.errors import DomainError, GuardError
from tracker.domain.permission import Action
from tracker.models.case import Case
from tracker.now import now, today
from tracker.services.case import fee, redaction, review
from tracker.services.case import step as case_step
from tracker.services.letter import letter as letters
from tracker.services.letter import service
from tracker.services.office import unit, user
from tracker.web.case import step_field
from tracker.web.guard import current_actor, requires
from tracker.web.page import display, paging, partial
from tracker.web.page.form import Form
from tracker.web.page.text import _, told

bp = Blueprint("step", __name__, url_prefix="/cases/<int:case_id>/steps/<name>")
Answer = Response | str | tuple[str, int]


def _action(parts: Mapping[str, Any]) -> Action:
    """Return what the step named in the address asks for."""
    step = workflow.BY_NAME.get(parts["name"])
    if step is None or step.name not in step_field.FIELDS:
        raise NotFound
    return step.action


@bp.get("")
@requires(_action)
def new(case_id: int, name: str) -> Answer:
    actor = current_actor()
    case = case_step.find(case_id, actor)
    standing = case_step.standing(case)
    if name not in [step.name for step in check.offered(standing, actor.roles)]:
        flash(_("“%(step)s”现在不能办理。", step=workflow.step_label(name)))
        return redirect(url_for("case.show", case_id=case_id))
    form = step_field.start(name, standing, today(), actor.name)
    values: dict[str, Any] = {}
    if name == "ask_supplement" and (lacks := case_step.lacking(case)):
        form.values["items"] = _("请补充：%(what)s。", what="、".join(lacks))
    if name == "charge":
        values["fee"] = fee.proposal(case)
        form.values |= step_field.charge(values["fee"])
    form.values |= step_field.withheld(name, redaction.withheld(case)) | step_field.proposed(
        name, request.args
    )
    letter_id = paging.whole("letter")
    if letter_id and name in service.TAKEN:  # served and recorded by one act
        return redirect(url_for("letter_service.of_letter", case_id=case_id, letter_id=letter_id))
    told = letters.told(letter_id, case, actor) if letter_id else review.told_of(case, name, today())
    if told and told.step == name:
        form.values |= step_field.values_of(told)
    return page(case, name, form, **values)


@bp.post("")
@requires(_action)
def create(case_id: int, name: str) -> Answer:
    actor, form = current_actor(), Form.of(request)
    case = case_step.find(case_id, actor)
    step = workflow.BY_NAME[name]
    entry = step_field.entry_of(name, form, step.on_words)
    if form.value("act") == "preview":
        return _previewed(case, name, form, entry)
    before = case.due_on
    try:
        version, override = form.version(), form.text("override", _("仍要办理的理由"))
        form.check()
        common = {"actor": actor, "today": today(), "now": now(), "version": version}
        case = case_step.take(case_id, entry, override=override, **common)  # type: ignore[arg-type]
    except StaleDataError:
        message = _("这个案件刚刚被他人办理过，请看下面最新的记录；您填写的内容还在。")
        return page(case_step.find(case_id, actor), name, form, error=message), 409
    except GuardError as error:
        against = case_step.objections(case, entry, current_actor())
        return page(case, name, form, error=told(error), objections=against), 422
    except DomainError as error:
        return page(case_step.find(case_id, actor), name, form, error=told(error)), 422
    flash(done(step.label, before, case.due_on, case.state))
    return redirect(url_for("case.show", case_id=case_id), code=303)


def done(label: str, before: date | None, after: date | None, state: str) -> str:
    """Say what a step did: the state it led to and where the due day went."""
    sentences = [_("已办理“%(label)s”，案件现为“%(state)s”。", label=label, state=workflow.label(state))]
    if before != after:
        old, new = (display.day(day) if day else _("不计时") for day in (before, after))
        sentences.append(_("答复期限由%(old)s变为%(new)s。", old=old, new=new))
    return "".join(sentences)


def _previewed(case: Case, name: str, form: Form, entry: Entry) -> Answer:
    """Say what the step would do; nothing is kept."""
    preview: dict[str, Any] = {}
    try:
        preview["objections"] = case_step.objections(case, entry, current_actor())
        preview["fee"] = fee.of_charge(case, entry)
        preview["after"] = case_step.preview(case, entry, today=today())
    except DomainError as error:
        preview["problem"] = "".join(form.errors.values()) or told(error)
    if partial.is_asked():
        return render_template(
            "case/step/_preview.html", case=case, step=workflow.BY_NAME[name], **_after(preview)
        )
    return page(case, name, form, **preview)


def _after(preview: dict[str, Any]) -> dict[str, Any]:
    after: Standing | None = preview.get("after")
    calculation = fee_lines(preview["fee"]) if preview.get("fee") else []
    if after and after.answer and after.answer.step in BY_CODE:  # a request taken back has no notice
        details = after.answer.details
        preview = {
            **preview,
            "remedies": mixed.remedies(after.answer.step, details, after.decided_on or after.answer.on),
        }
        if parts := mixed.parts_of(details):
            order = mixed.order_of(after.rules.main_order)
            preview["main"] = BY_CODE[mixed.main_outcome([part.outcome for part in parts], order)]
    shown = {"dates": every_date(after) if after else [], "due": after.due() if after else None}
    shown["waits"] = waits_until(after) if after else None
    return {**preview, **shown, "calculation": calculation}


def page(
    case: Case, name: str, form: Form, *, objections: list[Objection] | None = None, **values: Any
) -> str:
    """Render the form of a step with what was typed, what is against it and what it would do."""
    step = workflow.BY_NAME[name]
    standing = case_step.standing(case)
    return render_template(
        "case/step/new.html",
        case=case,
        step=step,
        fields=step_field.FIELDS[name],
        form=form,
        words=step_field.WORDS,
        ends=basis.ENDS.get(name, ()),
        choices_of_parts=step_field.CHOICES,
        lines_of_parts=step_field.part_lines(form),
        objected=grounds.objected(standing),
        consultations=[c for c in standing.consultations if not c.ended_on],
        units=[u for u in unit.all_units(case.agency_id) if u.active],
        people=user.everyone(case.agency_id),
        newest=case.events[-1] if case.events else None,
        unserved=service.unserved(case, name),
        **_after({**values, "objections": objections or values.get("objections") or []}),
    )
