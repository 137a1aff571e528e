"""The registers as Excel: out, an empty sheet to fill in, and in with a look before anything is kept."""

from dataclasses import dataclass
from itertools import chain

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker.domain.errors import DomainError, InvalidDetailError
from tracker.domain.exchange import choice
from tracker.domain.exchange.choice import Choices
from tracker.domain.permission import Action
from tracker.domain.register.register import Register, shown
from tracker.models.reads.base import count_rows
from tracker.models.reads.register import MODELS, register_order
from tracker.now import now, today
from tracker.rendering import workbook
from tracker.services.office import origin
from tracker.services.office.origin import digest_of
from tracker.services.register import importing, listing, staging
from tracker.services.register import register as registers
from tracker.services.register.plan import RegisterPlan
from tracker.web.guard import current_actor, outward, requires
from tracker.web.page import choosing, download
from tracker.web.page.form import Form
from tracker.web.page.text import _, told
from tracker.web.register.form import asked_for

bp = Blueprint("register_file", __name__, url_prefix="/books/<register_name>")
Answer = Response | str | tuple[str, int]
SHOWN = 50  # rows and problems of a preview


def by() -> registers.By:
    """Return who acts, and when."""
    return registers.By(actor=current_actor(), today=today(), now=now())


@bp.get("/export.xlsx")
@requires(Action.READ)
@outward
def export(register_name: str) -> Response:
    register, actor = registers.named(register_name), current_actor()
    query, wanted = asked_for(register, actor.agency_id)
    listing.note_export(f"登记簿：{register.title}", count_rows(query), actor=actor, now=now())
    order = register_order(register, wanted["order"], down=request.args.get("down", "1") == "1")
    portions = listing.portions(query, order if wanted["order"] else (MODELS[register.name].id,))
    rows = registers.cells(register, chain.from_iterable(portions))
    content = workbook.table(register.title, registers.headers(register), rows)
    return download.excel(content, f"{register.title}{today():%Y%m%d}.xlsx")


@bp.get("/template.xlsx")
@requires(Action.READ)
def template(register_name: str) -> Response:
    register = registers.named(register_name)
    return download.excel(
        workbook.table(register.title, registers.headers(register), []), f"{register.title}（空表）.xlsx"
    )


@bp.get("/import")
@requires(Action.REGISTER)
def choose(register_name: str) -> str:
    return page(registers.named(register_name))


@bp.post("/import")
@requires(Action.REGISTER)
def look(register_name: str) -> Answer:
    """Show what the file would do; nothing is kept."""
    register, file = registers.named(register_name), request.files.get("file")
    try:
        content = file.read() if file else b""
        if not file or not content:
            raise InvalidDetailError("请选择要导入的表格文件。")
        digest = digest_of(content)
        choices = origin.chosen_before(digest, register.name, current_actor().agency_id)
        plan = importing.preview(register, content, by=by(), choices=choices, lenient=True)
        file_id = staging.stage(register, content, file.filename or "", by=by())
    except DomainError as refused:
        return page(register, error=told(refused)), 422
    seen = Seen(plan, file_id, digest, file.filename or "", choices)
    return page(register, seen, plan.nothing), 422 if plan.nothing else 200


@bp.post("/import/<int:file_id>/choices")
@requires(Action.REGISTER)
def choose_reading(register_name: str, file_id: int) -> Answer:
    """Show the file that waits as a person chooses that it is read; nothing is kept."""
    register, form = registers.named(register_name), Form.of(request)
    try:
        digest = form.value("digest")
        file = staging.waiting_file(register, file_id, digest, by=by())
        before = _choices(register, form.value("choices"))
        plan = importing.preview(register, file.content, by=by(), choices=before, lenient=True)
        labels = {one.name: one.label for one in register.fields}
        decided = choice.labels_of(register.fields)
        sheets = [sheet.shown() for sheet in plan.sheets]
        choices = choosing.chosen(form, sheets, plan.words, before, decided, labels)
        plan = importing.preview(register, file.content, by=by(), choices=choices, lenient=True)
    except DomainError as refused:
        return page(register, error=told(refused)), 422
    return page(register, Seen(plan, file_id, digest, file.name, choices), plan.nothing)


def _choices(register: Register, typed: str) -> Choices:
    """Return the choices that a page carries; raise where it carries something else."""
    try:
        choices = origin.choices_of(typed)
        known = {name for sheet in choices.sheets.values() for name in sheet.columns.values() if name}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InvalidDetailError("送来的内容不能识别，请返回上一页检查后再试。") from error
    if not known <= {one.name for one in register.fields}:
        raise InvalidDetailError("送来的内容不能识别，请返回上一页检查后再试。")
    return choices


@bp.post("/import/<int:file_id>")
@requires(Action.REGISTER)
def keep(register_name: str, file_id: int) -> Answer:
    register = registers.named(register_name)
    try:
        with staging.staged(register, file_id, request.form.get("digest", ""), by=by()) as file:
            plan = importing.keep(
                register,
                file.content,
                by=by(),
                name=file.name,
                keep_going=bool(request.form.get("keep_going")),
                choices=_choices(register, request.form.get("choices", "")),
            )
    except DomainError as refused:
        return page(register, error=told(refused)), 422
    flash(_("已导入%(new)s条；已有%(known)s条，未重复导入。", new=len(plan.rows), known=plan.known))
    if current_actor().may(Action.IMPORT):
        flash(_("导错了可以整体撤销：见“导入”页，列有每次导入的文件。"))
    return redirect(url_for("register.rows", register_name=register.name), code=303)


@dataclass(frozen=True, slots=True)
class Seen:
    """A file that waits, as its page shows it."""

    plan: RegisterPlan
    file_id: int
    digest: str
    name: str
    choices: Choices


def page(register: Register, seen: Seen | None = None, error: str = "") -> str:
    """Render the page of an import: the choice of a file, or what it would do."""
    held = {"digest": seen.digest, "choices": origin.text_of(seen.choices) or ""} if seen else {}
    file_id = seen.file_id if seen else 0
    at = url_for("register_file.choose_reading", register_name=register.name, file_id=file_id)
    return render_template(
        "register/import.html",
        register=register,
        plan=seen.plan if seen else None,
        file_id=file_id,
        name=seen.name if seen else "",
        error=error,
        held=held,
        choices=seen.choices if seen else Choices(),
        is_chosen=bool(seen and seen.choices),
        look={"sheets": [one.shown() for one in seen.plan.sheets], "words": seen.plan.words} if seen else {},
        choose_at=at,
        has_notes=False,
        fields=[(one.name, one.label) for one in register.fields],
        decided=choice.labels_of(register.fields),
        last_head=choosing.LAST_HEAD,
        words=shown,
        most=SHOWN,
    )
