"""The registers as Excel: out, an empty sheet to fill in, and in with a look before anything is kept."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker.domain.errors import DomainError, InvalidDetailError
from tracker.domain.permission import Action
from tracker.domain.register.book import Book, shown
from tracker.models.base import db
from tracker.models.reads.register import MODELS
from tracker.now import now, today
from tracker.rendering import workbook
from tracker.services.register import book as books
from tracker.services.register import book_import, register
from tracker.web.guard import current_actor, requires
from tracker.web.page import download
from tracker.web.page.text import _
from tracker.web.register.book_form import asked_for

bp = Blueprint("book_file", __name__, url_prefix="/books/<book_name>")
Answer = Response | str | tuple[str, int]
SHOWN = 50  # rows and problems of a preview


def by() -> books.By:
    """Return who acts, and when."""
    return books.By(actor=current_actor(), today=today(), now=now())


@bp.get("/export.xlsx")
@requires(Action.READ)
def export(book_name: str) -> Response:
    book, actor = books.named(book_name), current_actor()
    found, _wanted = asked_for(book, actor.agency_id)
    rows = list(db.session.scalars(found.order_by(MODELS[book.name].id)))
    register.note_export(f"登记簿：{book.title}", len(rows), actor=actor, now=now())
    content = workbook.table(book.title, books.headers(book), books.cells(book, rows))
    return download.excel(content, f"{book.title}{today():%Y%m%d}.xlsx")


@bp.get("/template.xlsx")
@requires(Action.READ)
def template(book_name: str) -> Response:
    book = books.named(book_name)
    return download.excel(workbook.table(book.title, books.headers(book), []), f"{book.title}（空表）.xlsx")


@bp.get("/import")
@requires(Action.REGISTER)
def choose(book_name: str) -> str:
    return page(books.named(book_name))


@bp.post("/import")
@requires(Action.REGISTER)
def look(book_name: str) -> Answer:
    """Show what the file would do; nothing is kept."""
    book, file = books.named(book_name), request.files.get("file")
    try:
        content = file.read() if file else b""
        if not file or not content:
            raise InvalidDetailError(_("请选择要导入的表格文件。"))
        plan = book_import.preview(book, content, by=by())
        file_id = book_import.stage(book, content, file.filename or "", by=by())
    except DomainError as refused:
        return page(book, error=str(refused)), 422
    digest = book_import.digest_of(content)
    return page(book, plan=plan, file_id=file_id, digest=digest, name=file.filename or "")


@bp.post("/import/<int:file_id>")
@requires(Action.REGISTER)
def keep(book_name: str, file_id: int) -> Answer:
    book = books.named(book_name)
    try:
        with book_import.staged(book, file_id, request.form.get("digest", ""), by=by()) as file:
            plan = book_import.keep(
                book, file.content, by=by(), name=file.name, keep_going=bool(request.form.get("keep_going"))
            )
    except DomainError as refused:
        return page(book, error=str(refused)), 422
    flash(_("已导入%(new)s条；已有%(known)s条，未重复导入。", new=len(plan.rows), known=plan.known))
    return redirect(url_for("book.rows", book_name=book.name), code=303)


def page(
    book: Book,
    *,
    plan: book_import.Plan | None = None,
    file_id: int = 0,
    digest: str = "",
    name: str = "",
    error: str = "",
) -> str:
    """Render the page of an import: the choice of a file, or what it would do."""
    return render_template(
        "register/book/import.html",
        book=book,
        plan=plan,
        file_id=file_id,
        digest=digest,
        name=name,
        error=error,
        words=shown,
        most=SHOWN,
    )
