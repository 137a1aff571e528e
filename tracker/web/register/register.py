"""The registers behind the report (登记簿): an index, and for each a list, its rows and their history."""

from typing import Any
from uuid import uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from tracker.domain import money
from tracker.domain.errors import DomainError, NotFoundError
from tracker.domain.message import joined
from tracker.domain.permission import Action
from tracker.domain.register import remedy
from tracker.domain.register.index import REGISTERS
from tracker.domain.register.publication import CATEGORIES, MEDIUM_KINDS
from tracker.domain.register.register import Field, Register, shown
from tracker.models.follow_up import PersonalRequest
from tracker.models.reads.fee import PAYMENT_ORDER, payments, payments_counted, shown_payments
from tracker.models.reads.publication import media_in_use
from tracker.models.reads.register import acts_on, register_extent, register_order, register_years
from tracker.models.reads.remedy import stages_of
from tracker.models.register import RegisterRow
from tracker.models.remedy import Reanswer, RemedyCase, RemedyStep
from tracker.now import now, today
from tracker.rendering import register as rendering_register
from tracker.services.case import reanswer
from tracker.services.office import office
from tracker.services.register import duty, held, warning
from tracker.services.register import register as registers
from tracker.web.guard import current_actor, requires, unit_scope
from tracker.web.page import paging
from tracker.web.page.columns import of_register, shown_list
from tracker.web.page.form import Form
from tracker.web.page.text import _, told
from tracker.web.register import form as register_form
from tracker.web.register import respondent

bp = Blueprint("register", __name__, url_prefix="/books")
Answer = Response | str | tuple[str, int]
OLDEST, NEWEST = 2008, 2199  # the 条例 came into force on 2008-05-01


def by() -> registers.By:
    """Return who acts, and when."""
    return registers.By(actor=current_actor(), today=today(), now=now())


def _year() -> int:
    year = paging.year(today().year) or today().year
    if not OLDEST <= year <= NEWEST:
        raise NotFoundError("没有%(year)s年的登记簿。", year=year)
    return year


@bp.get("")
@requires(Action.READ)
def index() -> str:
    agency_id, year = current_actor().agency_id, _year()
    counting = office.counting(year)
    extents = [(register, register_extent(register, agency_id, year)) for register in REGISTERS]
    ends = [extent.years for _register, extent in extents if extent.years]
    return render_template(
        "register/index.html",
        year=year,
        years=(
            min([year, *(low for low, _high in ends)]),
            max([today().year, *(high for _low, high in ends)]),
        ),
        registers=[(register, extent.of_year, extent.rows) for register, extent in extents],
        facts=rendering_register.facts(agency_id, year),
        table2=rendering_register.table2(agency_id, year, counting),
        table4=rendering_register.table4(agency_id, year, counting),
        remedy_kinds=remedy.KINDS,
        cells=remedy.CELL_LABELS,
        categories=CATEGORIES,
        medium_kinds=MEDIUM_KINDS,
    )


@bp.get("/request-fees")
@requires(Action.READ)
def fees() -> str:
    year, agency_id = _year(), current_actor().agency_id
    paid, fen = payments_counted(agency_id, year)
    return render_template(
        "register/fees.html",
        year=year,
        page=paging.page_of(payments(agency_id, year, unit_scope()), PAYMENT_ORDER, read=shown_payments),
        paid=paid,
        yuan=money.yuan(fen),
        narrowed=unit_scope() is not None,
        address=paging.address,
        this_year=today().year,
    )


@bp.get("/<register_name>")
@requires(Action.READ)
def rows(register_name: str) -> str:
    register, agency_id = registers.named(register_name), current_actor().agency_id
    query, wanted = register_form.asked_for(register, agency_id)
    down = request.args.get("down", "1") == "1"
    page = paging.page_of(query, register_order(register, wanted["order"], down=down))
    view = shown_list(of_register(register))
    return render_template(
        "register/rows.html",
        register=register,
        view=view,
        fields=[register.field(one.name) for one in view.shown],
        page=page,
        shown=[(row, registers.values_of(register, row), warning.of_row(row, today())) for row in page.items],
        words=shown,
        address=paging.address,
        wanted=wanted,
        down=down,
        filters=register_form.filters(register),
        cell_labels=register_form.CELL_LABELS,
        media=media_in_use(agency_id) if register.name == "publications" else [],
        years=register_years(register, agency_id),
    )


@bp.get("/<register_name>/new")
@requires(Action.REGISTER)
def new(register_name: str) -> str:
    register, actor = registers.named(register_name), current_actor()
    start = Form(request.args.to_dict())
    defaults = {one.name: one.default for one in register.fields if one.default}
    start.values = {**defaults, **start.values, "token": uuid4().hex}
    return page(register, None, start, register_form.fields_for(register, actor))


@bp.post("/<register_name>")
@requires(Action.REGISTER)
def create(register_name: str) -> Answer:
    register, actor = registers.named(register_name), current_actor()
    return _keep(register, None, register_form.fields_for(register, actor))


@bp.get("/<register_name>/<int:row_id>")
@requires(Action.READ)
def show(register_name: str, row_id: int) -> str:
    register = registers.named(register_name)
    return shown_page(register, registers.find(register, row_id, current_actor()))


def shown_page(register: Register, row: RegisterRow, error: str = "") -> str:
    """Render a row with its history and what may be done with it; empty groups are left out."""
    values, groups = registers.values_of(register, row), register_form.groups(register.fields)
    return render_template(
        "register/show.html",
        register=register,
        row=row,
        called=registers.called(register, row),
        values=values,
        words=shown,
        groups=[
            (group, fields) for group, fields in groups if not group or any(values[f.name] for f in fields)
        ],
        acts=acts_on(register.name, row.id),
        act_labels=registers.ACTS,
        warnings=[*warning.of_row(row, today()), *duty.why_uncounted(row)],
        due=warning.publication_due(row),
        cells=_cells(row),
        proceeding=respondent.shown(row) if isinstance(row, RemedyCase) else None,
        letter_served_on=reanswer.letter_served_on(row) if isinstance(row, Reanswer) else None,
        answers=held.answers_of(row) if isinstance(row, PersonalRequest) else [],
        form=Form.of(request) if request.method == "POST" else Form(),
        error=error,
    )


def _cells(row: RegisterRow) -> list[tuple[int, str]]:
    """Return the cell of table 4 that a remedy is counted in, by year."""
    if not isinstance(row, RemedyCase):
        return []
    stages = stages_of(row)
    years = range(row.filed_on.year, today().year + 1)
    cells = [(year, remedy.cells_of(stages, year, office.counting(year))) for year in years]
    told_of = remedy.CELL_LABELS.__getitem__
    return [(year, joined(map(told_of, codes), "、")) for year, codes in cells if codes]


@bp.get("/<register_name>/<int:row_id>/edit")
@requires(Action.REGISTER)
def edit(register_name: str, row_id: int) -> str:
    register, actor = registers.named(register_name), current_actor()
    row = registers.find(register, row_id, actor)
    form = register_form.form_of(register, registers.values_of(register, row), actor.agency_id)
    return page(register, row, form, register_form.fields_for(register, actor))


@bp.post("/<register_name>/<int:row_id>/edit")
@requires(Action.REGISTER)
def change(register_name: str, row_id: int) -> Answer:
    register, actor = registers.named(register_name), current_actor()
    return _keep(register, registers.find(register, row_id, actor), register_form.fields_for(register, actor))


@bp.get("/<register_name>/<int:row_id>/review")
@requires(Action.OPINION)
def review(register_name: str, row_id: int) -> str:
    register, actor = registers.named(register_name), current_actor()
    row = registers.find(register, row_id, actor)
    if not register.reviewed:
        raise NotFoundError("这个登记簿没有审核栏。")
    form = register_form.form_of(register, registers.values_of(register, row), actor.agency_id)
    return page(register, row, register_form.reviewing(form, actor, today()), register.reviewed)


@bp.post("/<register_name>/<int:row_id>/review")
@requires(Action.OPINION)
def keep_review(register_name: str, row_id: int) -> Answer:
    register = registers.named(register_name)
    if not register.reviewed:
        raise NotFoundError("这个登记簿没有审核栏。")
    return _keep(register, registers.find(register, row_id, current_actor()), register.reviewed)


def _keep(register: Register, row: RegisterRow | None, fields: tuple[Field, ...]) -> Answer:
    """Keep what was typed; show the form again with it where it is refused."""
    form = Form.of(request)
    row_id = row.id if row else None
    try:
        version = form.version() if row else None
        form.check()
        kept = registers.keep(
            register,
            register_form.raw_of(fields, request),
            by=by(),
            row_id=row_id,
            version=version,
            reason=form.text("reason", _("修改理由")),
            token=form.value("token")[:64],
        )
    except StaleDataError:
        error = _("这条记录刚刚被他人修改过；您填写的内容还在，请核对后再保存。")
        return _again(register, row_id, form, fields, error), 409
    except DomainError as refused:
        register_form.refuse(form, refused)
        return _again(register, row_id, form, fields, told(refused)), 422
    flash(_("已保存。") if row_id else _("已登记。"))
    return redirect(_place_of(register, kept), code=303)


def _place_of(register: Register, row: RegisterRow) -> str:
    """Return where a row that was kept is shown: a step, on the page of its reconsideration or suit."""
    if isinstance(row, RemedyStep):
        return url_for("register.show", register_name="remedies", row_id=row.remedy_id, _anchor="respondent")
    return url_for("register.show", register_name=register.name, row_id=row.id)


def _again(register: Register, row_id: int | None, form: Form, fields: tuple[Field, ...], error: str) -> str:
    row = registers.find(register, row_id, current_actor()) if row_id else None
    return page(register, row, form, fields, error)


def page(
    register: Register, row: RegisterRow | None, form: Form, fields: tuple[Field, ...], error: str = ""
) -> str:
    """Render the form of a row with what was typed."""
    agency_id = current_actor().agency_id
    return render_template(
        "register/form.html",
        register=register,
        row=row,
        called=registers.called(register, row) if row else "",
        form=form,
        groups=register_form.groups(fields),
        hidden=[one.label for one in register.fields if one not in fields and one.reviewed],
        reviewing=fields == register.reviewed,
        error=error,
        **register_form.choices(agency_id, form),
    )


@bp.post("/<register_name>/<int:row_id>/withdraw")
@requires(Action.REGISTER)
def withdraw(register_name: str, row_id: int) -> Answer:
    return _stand(register_name, row_id, registers.withdraw, _("已撤销登记。"))


@bp.post("/<register_name>/<int:row_id>/restore")
@requires(Action.REGISTER)
def restore(register_name: str, row_id: int) -> Answer:
    return _stand(register_name, row_id, registers.restore, _("已恢复登记。"))


def _stand(register_name: str, row_id: int, act: Any, done: str) -> Answer:
    register = registers.named(register_name)
    row = registers.find(register, row_id, current_actor())
    try:
        act(register, row_id, Form.of(request).text("why", _("理由")), by=by())
    except DomainError as refused:
        return shown_page(register, registers.find(register, row.id, current_actor()), told(refused)), 422
    flash(done)
    return redirect(url_for("register.show", register_name=register.name, row_id=row_id), code=303)
