"""The registers behind the report (登记簿): an index, and for each a list, its rows and their history."""

from typing import Any
from uuid import uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from tracker.domain.errors import DomainError, NotFoundError
from tracker.domain.permission import Action
from tracker.domain.register import remedy
from tracker.domain.register.book import Book, Field, shown
from tracker.domain.register.book_table import BOOKS
from tracker.domain.register.publication import CATEGORIES, MEDIUM_KINDS
from tracker.models.book import BookRow
from tracker.models.reads.fee import request_fees
from tracker.models.reads.publication import media_in_use
from tracker.models.reads.register import acts_on, register_count, register_order, register_years
from tracker.models.reads.remedy import stages_of
from tracker.models.remedy import RemedyCase
from tracker.now import now, today
from tracker.rendering import book as reporting
from tracker.services.office import office
from tracker.services.register import book as books
from tracker.web.guard import current_actor, requires
from tracker.web.page import paging
from tracker.web.page.form import Form
from tracker.web.page.text import _
from tracker.web.register import book_form

bp = Blueprint("book", __name__, url_prefix="/books")
Answer = Response | str | tuple[str, int]
OLDEST, NEWEST = 2008, 2199  # the 条例 came into force on 2008-05-01


def by() -> books.By:
    """Return who acts, and when."""
    return books.By(actor=current_actor(), today=today(), now=now())


def _year() -> int:
    year = paging.year(today().year) or today().year
    if not OLDEST <= year <= NEWEST:
        raise NotFoundError(_("没有%(year)s年的登记簿。", year=year))
    return year


@bp.get("")
@requires(Action.READ)
def index() -> str:
    agency_id, year = current_actor().agency_id, _year()
    counting = office.counting()
    ends = [found for found in (register_years(book, agency_id) for book in BOOKS) if found]
    return render_template(
        "register/book/index.html",
        year=year,
        years=(
            min([year, *(low for low, _high in ends)]),
            max([today().year, *(high for _low, high in ends)]),
        ),
        books=[
            (book, register_count(book, agency_id, year), register_count(book, agency_id)) for book in BOOKS
        ],
        facts=reporting.facts(agency_id, year, counting),
        table2=reporting.table2(agency_id, year, counting),
        table4=reporting.table4(agency_id, year, counting),
        remedy_kinds=remedy.KINDS,
        cells=remedy.CELL_LABELS,
        categories=CATEGORIES,
        medium_kinds=MEDIUM_KINDS,
    )


@bp.get("/request-fees")
@requires(Action.READ)
def fees() -> str:
    year, actor = _year(), current_actor()
    found = request_fees(actor.agency_id, year)
    seen = [fee for fee in found if actor.reaches(actor.agency_id, fee.case.unit_id)]
    facts = reporting.facts(actor.agency_id, year)
    return render_template(
        "register/book/fees.html", year=year, fees=seen, facts=facts, this_year=today().year
    )


@bp.get("/<book_name>")
@requires(Action.READ)
def rows(book_name: str) -> str:
    book, agency_id = books.named(book_name), current_actor().agency_id
    found, wanted = book_form.asked_for(book, agency_id)
    down = request.args.get("down", "1") == "1"
    page = paging.page_of(found, register_order(book, wanted["order"], down=down))
    return render_template(
        "register/book/rows.html",
        book=book,
        page=page,
        shown=[(row, books.values_of(book, row), books.warnings(book, row, today())) for row in page.rows],
        words=shown,
        address=paging.address,
        wanted=wanted,
        down=down,
        filters=book_form.filters(book),
        cell_labels=book_form.CELL_LABELS,
        media=media_in_use(agency_id) if book.name == "publications" else [],
        years=register_years(book, agency_id),
    )


@bp.get("/<book_name>/new")
@requires(Action.REGISTER)
def new(book_name: str) -> str:
    book, actor = books.named(book_name), current_actor()
    start = Form(request.args.to_dict())
    defaults = {one.name: one.default for one in book.fields if one.default}
    start.values = {**defaults, **start.values, "token": uuid4().hex}
    return page(book, None, start, book_form.fields_for(book, actor))


@bp.post("/<book_name>")
@requires(Action.REGISTER)
def create(book_name: str) -> Answer:
    book, actor = books.named(book_name), current_actor()
    return _keep(book, None, book_form.fields_for(book, actor))


@bp.get("/<book_name>/<int:row_id>")
@requires(Action.READ)
def show(book_name: str, row_id: int) -> str:
    book = books.named(book_name)
    return shown_page(book, books.find(book, row_id, current_actor()))


def shown_page(book: Book, row: BookRow, error: str = "") -> str:
    """Render a row with its history and what may be done with it; empty groups are left out."""
    values, groups = books.values_of(book, row), book_form.groups(book.fields)
    return render_template(
        "register/book/show.html",
        book=book,
        row=row,
        called=books.called(book, row),
        values=values,
        words=shown,
        groups=[
            (group, fields) for group, fields in groups if not group or any(values[f.name] for f in fields)
        ],
        acts=acts_on(book.name, row.id),
        act_labels=books.ACTS,
        warnings=books.warnings(book, row, today()),
        due=books.publication_due(row),
        cells=_cells(row),
        form=Form.of(request) if request.method == "POST" else Form(),
        error=error,
    )


def _cells(row: BookRow) -> list[tuple[int, str]]:
    """Return the cell of table 4 that a remedy is counted in, by year."""
    if not isinstance(row, RemedyCase):
        return []
    stages, counting = stages_of(row), office.counting()
    years = range(row.filed_on.year, today().year + 1)
    cells = [(year, remedy.cells_of(stages, year, counting)) for year in years]
    return [(year, "、".join(remedy.CELL_LABELS[cell] for cell in found)) for year, found in cells if found]


@bp.get("/<book_name>/<int:row_id>/edit")
@requires(Action.REGISTER)
def edit(book_name: str, row_id: int) -> str:
    book, actor = books.named(book_name), current_actor()
    row = books.find(book, row_id, actor)
    form = book_form.form_of(book, books.values_of(book, row), actor.agency_id)
    return page(book, row, form, book_form.fields_for(book, actor))


@bp.post("/<book_name>/<int:row_id>/edit")
@requires(Action.REGISTER)
def change(book_name: str, row_id: int) -> Answer:
    book, actor = books.named(book_name), current_actor()
    return _keep(book, books.find(book, row_id, actor), book_form.fields_for(book, actor))


@bp.get("/<book_name>/<int:row_id>/review")
@requires(Action.OPINION)
def review(book_name: str, row_id: int) -> str:
    book, actor = books.named(book_name), current_actor()
    row = books.find(book, row_id, actor)
    if not book.reviewed:
        raise NotFoundError(_("这个登记簿没有审核栏。"))
    form = book_form.form_of(book, books.values_of(book, row), actor.agency_id)
    return page(book, row, book_form.reviewing(book, form, actor, today()), book.reviewed)


@bp.post("/<book_name>/<int:row_id>/review")
@requires(Action.OPINION)
def keep_review(book_name: str, row_id: int) -> Answer:
    book = books.named(book_name)
    if not book.reviewed:
        raise NotFoundError(_("这个登记簿没有审核栏。"))
    return _keep(book, books.find(book, row_id, current_actor()), book.reviewed)


def _keep(book: Book, row: BookRow | None, fields: tuple[Field, ...]) -> Answer:
    """Keep what was typed; show the form again with it where it is refused."""
    form = Form.of(request)
    row_id = row.id if row else None
    version = form.whole("version", _("版本"), required=False)
    try:
        form.check()
        kept = books.keep(
            book,
            book_form.raw_of(fields, request),
            by=by(),
            row_id=row_id,
            version=version,
            reason=form.text("reason", _("修改理由")),
            token=form.value("token")[:64],
        )
    except StaleDataError:
        error = _("这条记录刚刚被他人修改过；您填写的内容还在，请核对后再保存。")
        return _again(book, row_id, form, fields, error), 409
    except DomainError as refused:
        book_form.refuse(form, refused)
        return _again(book, row_id, form, fields, str(refused)), 422
    flash(_("已保存。") if row_id else _("已登记。"))
    return redirect(url_for("book.show", book_name=book.name, row_id=kept.id), code=303)


def _again(book: Book, row_id: int | None, form: Form, fields: tuple[Field, ...], error: str) -> str:
    row = books.find(book, row_id, current_actor()) if row_id else None
    return page(book, row, form, fields, error)


def page(book: Book, row: BookRow | None, form: Form, fields: tuple[Field, ...], error: str = "") -> str:
    """Render the form of a row with what was typed."""
    agency_id = current_actor().agency_id
    return render_template(
        "register/book/form.html",
        book=book,
        row=row,
        called=books.called(book, row) if row else "",
        form=form,
        groups=book_form.groups(fields),
        hidden=[one.label for one in book.fields if one not in fields and one.reviewed],
        reviewing=fields == book.reviewed,
        error=error,
        **book_form.choices(agency_id, form),
    )


@bp.post("/<book_name>/<int:row_id>/withdraw")
@requires(Action.REGISTER)
def withdraw(book_name: str, row_id: int) -> Answer:
    return _stand(book_name, row_id, books.withdraw, _("已撤销登记。"))


@bp.post("/<book_name>/<int:row_id>/restore")
@requires(Action.REGISTER)
def restore(book_name: str, row_id: int) -> Answer:
    return _stand(book_name, row_id, books.restore, _("已恢复登记。"))


def _stand(book_name: str, row_id: int, act: Any, done: str) -> Answer:
    book = books.named(book_name)
    row = books.find(book, row_id, current_actor())
    try:
        act(book, row_id, Form.of(request).text("why", _("理由")), by=by())
    except DomainError as refused:
        return shown_page(book, books.find(book, row.id, current_actor()), str(refused)), 422
    flash(done)
    return redirect(url_for("book.show", book_name=book.name, row_id=row_id), code=303)
