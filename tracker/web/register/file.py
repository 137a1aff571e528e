"""The registers as Excel: out, an empty sheet to fill in, and in with a look before anything is kept."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker.domain.errors import DomainError, InvalidDetailError
from tracker.domain.permission import Action
from tracker.domain.register.register import Register, shown
from tracker.models.base import db
from tracker.models.reads.register import MODELS
from tracker.now import now, today
from tracker.rendering import workbook
from tracker.services.register import importing, listing
from tracker.services.register import register as registers
from tracker.web.guard import current_actor, requires
from tracker.web.page import download
from tracker.web.page.text import _
from tracker.web.register.form import asked_for

bp = Blueprint("register_file", __name__, url_prefix="/books/<register_name>")
Answer = Response | str | tuple[str, int]
SHOWN = 50  # rows and problems of a preview


def by() -> registers.By:
    """Return who acts, and when."""
    return registers.By(actor=current_actor(), today=today(), now=now())


@bp.get("/export.xlsx")
@requires(Action.READ)
def export(register_name: str) -> Response:
    register, actor = registers.named(register_name), current_actor()
    query, _wanted = asked_for(register, actor.agency_id)
    rows = list(db.session.scalars(query.order_by(MODELS[register.name].id)))
    listing.note_export(f"登记簿：{register.title}", len(rows), actor=actor, now=now())
    content = workbook.table(register.title, registers.headers(register), registers.cells(register, rows))
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
            raise InvalidDetailError(_("请选择要导入的表格文件。"))
        plan = importing.preview(register, content, by=by())
        file_id = importing.stage(register, content, file.filename or "", by=by())
    except DomainError as refused:
        return page(register, error=str(refused)), 422
    digest = importing.digest_of(content)
    return page(register, plan=plan, file_id=file_id, digest=digest, name=file.filename or "")


@bp.post("/import/<int:file_id>")
@requires(Action.REGISTER)
def keep(register_name: str, file_id: int) -> Answer:
    register = registers.named(register_name)
    try:
        with importing.staged(register, file_id, request.form.get("digest", ""), by=by()) as file:
            plan = importing.keep(
                register,
                file.content,
                by=by(),
                name=file.name,
                keep_going=bool(request.form.get("keep_going")),
            )
    except DomainError as refused:
        return page(register, error=str(refused)), 422
    flash(_("已导入%(new)s条；已有%(known)s条，未重复导入。", new=len(plan.rows), known=plan.known))
    return redirect(url_for("register.rows", register_name=register.name), code=303)


def page(
    register: Register,
    *,
    plan: importing.RegisterPlan | None = None,
    file_id: int = 0,
    digest: str = "",
    name: str = "",
    error: str = "",
) -> str:
    """Render the page of an import: the choice of a file, or what it would do."""
    return render_template(
        "register/import.html",
        register=register,
        plan=plan,
        file_id=file_id,
        digest=digest,
        name=name,
        error=error,
        words=shown,
        most=SHOWN,
    )
