"""The letters of a case: which may be made, what one lacks, its preview, and those that were made."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from tracker.domain.case.step_field import METHODS
from tracker.domain.errors import DomainError, InvalidDetailError, NotFoundError
from tracker.domain.letter import index
from tracker.domain.letter import service as letter_service
from tracker.domain.letter.kind import LetterKind
from tracker.domain.permission import Action
from tracker.models.case import Case
from tracker.models.letter import Letter
from tracker.models.reads.letter import letters_of
from tracker.models.reads.service import services_of
from tracker.now import now, today
from tracker.rendering import pdf, word
from tracker.rendering.letter.page import shows_all
from tracker.services.case import step
from tracker.services.letter import letter as letters
from tracker.services.letter import served, service
from tracker.services.letter import sign_off as sign_offs
from tracker.services.letter.letter import Typed
from tracker.services.office import office
from tracker.web.case import step_field
from tracker.web.guard import current_actor, outward, requires
from tracker.web.page import download, paging
from tracker.web.page.form import Form
from tracker.web.page.text import _, told

bp = Blueprint("letter", __name__, url_prefix="/cases/<int:case_id>/letters")
Answer = Response | str | tuple[str, int]


def _kind(key: str) -> LetterKind:
    if key not in index.BY_KEY:
        raise NotFoundError("没有这种文书。")
    return index.BY_KEY[key]


def _action(parts: Mapping[str, Any]) -> Action:
    """Return what the kind of letter named in the address asks for."""
    kind = index.BY_KEY.get(parts["kind"])
    return index.action(kind) if kind else Action.READ


@bp.get("")
@requires(Action.READ)
def of_case(case_id: int) -> str:
    actor = current_actor()
    case = step.find(case_id, actor)
    anew = letters.reanswer_of(case, paging.whole("reanswer"))
    kinds = letters.offered(case, actor, anew)
    groups = {
        _("告知、征求意见、收费等"): [k for k in kinds if not k.outcome and not k.is_form],
        _("答复、结案"): [k for k in kinds if k.outcome],
        _("审批、送达等表单"): [k for k in kinds if k.is_form],
    }
    return render_template(
        "letter/of_case.html",
        case=case,
        groups=groups,
        made=letters_of(case),
        services=services_of(case),
        served_of=letter_service.served_on,
        again_of=letter_service.again_since,
        taken=service.TAKEN,
        reanswer=anew,
    )


@bp.get("/new/<kind>")
@requires(_action)
def new(case_id: int, kind: str) -> str:
    """Show the form, filled with what the ledger states, and what the letter would lack."""
    case = step.find(case_id, current_actor())
    start = {"on": today().isoformat(), **letters.proposed(case, _kind(kind), current_actor())}
    start |= served.slip(case, paging.whole("of"))
    if earlier := paging.whole("round"):
        start |= sign_offs.typed_again(earlier, case, current_actor(), today=today())
    return page(case, _kind(kind), Form({**start, **request.args.to_dict()}))


@bp.post("/new/<kind>")
@requires(_action)
@outward
def create(case_id: int, kind: str) -> Answer:
    actor, form = current_actor(), Form.of(request)
    case, asked = step.find(case_id, actor), _kind(kind)
    typed = _typed(asked, form)
    if form.value("act") == "preview":
        return page(case, asked, form, typed)
    note = form.text("note", _("拟办意见"), longest=sign_offs.LONGEST)
    try:
        version = form.version()
        form.check()
        common = {"actor": actor, "today": today(), "now": now(), "version": version}
        if form.value("act") == "sign":
            row = sign_offs.submit(case_id, typed, note=note, **common)  # type: ignore[arg-type]
            flash(_("已送审第%(round)s轮，内容在签批期间不再改变。", round=row.round))
            return redirect(url_for("sign_off.show", sign_off_id=row.id), code=303)
        made = letters.make(case_id, typed, **common)  # type: ignore[arg-type]
    except StaleDataError:
        message = _("这个案件刚刚被他人办理过，请看下面最新的记录；您填写的内容还在。")
        return page(step.find(case_id, actor), asked, form, typed, message), 409
    except DomainError as error:
        return page(step.find(case_id, actor), asked, form, typed, told(error)), 422
    flash(_("已制作“%(title)s” %(number)s，内容不再改变。", title=made.title, number=made.number))
    return redirect(url_for("letter.of_case", case_id=case_id), code=303)


def _typed(kind: LetterKind, form: Form) -> Typed:
    """Return what the form holds; what is wrong is on the form (``form.check``)."""
    facts = {}
    for ask in kind.asks:
        day = form.day(ask.key, ask.label) if ask.is_day else None
        facts[ask.key] = day.isoformat() if day else "" if ask.is_day else form.text(ask.key, ask.label)
    return Typed(
        kind=kind.key,
        on=form.day("on", _("落款日期")) or today(),
        facts=facts,
        method=form.choice("method", _("送达方式"), METHODS, required=False),
        merged=form.text("merged", _("一并答复的其他申请"), longest=400),
        corrects=form.whole("corrects", _("更正的文书"), required=False),
        why=form.text("why", _("更正的原因"), longest=1000),
        reanswer=form.whole("reanswer", _("重新答复"), required=False),
        parts=step_field.parts_of(form) if kind.outcome else (),
    )


def page(case: Case, kind: LetterKind, form: Form, typed: Typed | None = None, error: str = "") -> str:
    """Render the form with what was typed, what the letter lacks, and how it would look."""
    shown: dict[str, Any] = {"lacks": [], "preview": ""}
    try:
        draft = letters.drafted(case, typed or _typed(kind, Form(form.values)), today=today())
        shown["lacks"] = letters.lacking(case, draft, today=today())
        shown["preview"] = letters.preview(case, draft, today=today())
    except DomainError as problem:
        error = error or told(problem)
    return render_template(
        "letter/new.html",
        case=case,
        kind=kind,
        form=form,
        error=error,
        known={} if form.value("reanswer") else letters.known(case, kind),
        must_sign=bool(kind.outcome) and office.rules(today()).sign_off == "required",
        methods=METHODS,
        choices_of_parts=step_field.CHOICES,
        lines_of_parts=step_field.part_lines(form),
        before=[(str(row.id), f"{row.title} {row.number}") for row in letters_of(case)],
        **shown,
    )


@bp.get("/<int:letter_id>")
@requires(Action.READ)
@outward
def show(case_id: int, letter_id: int) -> str:
    """Show a letter as it was made, for reading and for the printer; the look is logged."""
    letter, file = _read(case_id, letter_id)
    shown = letters.fragment(file, letter.template_version)
    whole = not letter.template_version or shows_all(file)
    return render_template("letter/show.html", letter=letter, shown=shown, whole=whole)


@bp.get("/<int:letter_id>/letter.docx")
@requires(Action.READ)
@outward
def as_word(case_id: int, letter_id: int) -> Response:
    letter, file = _read(case_id, letter_id)
    return download.kept(file, f"{_name(letter)}.docx", word.MIME)


@bp.get("/<int:letter_id>/letter.pdf")
@requires(Action.READ)
@outward
def as_pdf(case_id: int, letter_id: int) -> Response:
    letter, file = _read(case_id, letter_id)
    return download.kept(letters.as_pdf(letter, file), f"{_name(letter)}.pdf", pdf.MIME)


@bp.post("/<int:letter_id>/void")
@requires(Action.CORRECT)
def void(case_id: int, letter_id: int) -> Response:
    form = Form.of(request)
    try:
        letter = letters.void(
            letter_id, form.text("reason", _("理由")), case_id=case_id, actor=current_actor(), now=now()
        )
        flash(_("已作废“%(title)s” %(number)s，文号不再使用。", title=letter.title, number=letter.number))
    except InvalidDetailError as error:
        flash(told(error))
    return redirect(url_for("letter.of_case", case_id=case_id), code=303)


def _read(case_id: int, letter_id: int) -> tuple[Letter, bytes]:
    letter, file = letters.read(letter_id, actor=current_actor(), now=now())
    if letter.case_id != case_id:
        raise NotFoundError("没有这份文书。")
    return letter, file


def _name(letter: Letter) -> str:
    return f"{letter.title}{letter.number}（{letter.case.number}）".replace("/", "／")
