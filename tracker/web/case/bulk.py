"""Work on the cases that were ticked on a list, or on all that its filter shows."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy import Select, select
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from tracker.domain.errors import DomainError, InvalidDetailError
from tracker.domain.permission import Action
from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.reads.base import among
from tracker.models.reads.case import cases_matching, shown_cases, within_unit
from tracker.models.reads.worklist import worklist_cases
from tracker.now import now, today
from tracker.rendering import workbook
from tracker.services.case import bulk
from tracker.services.case.bulk import Assignment, RowResult, Ticked
from tracker.services.office import office
from tracker.services.register import listing
from tracker.web.case import case as web_case
from tracker.web.case import worklist as case_worklist
from tracker.web.guard import current_actor, outward, requires, unit_scope
from tracker.web.page import download
from tracker.web.page.link import url_for
from tracker.web.page.paging import ListPage
from tracker.web.page.text import told

bp = Blueprint("case_bulk", __name__, url_prefix="/cases/bulk")
ACTIONS = {"assign": Action.REGISTER, "note": Action.NOTE, "urge": Action.NOTE}


def _action(parts: Mapping[str, Any]) -> Action:
    """Return what the act named in the address asks for."""
    if parts["act"] not in ACTIONS:
        raise NotFound
    return ACTIONS[parts["act"]]


PAIR = re.compile(r"([0-9]{1,9}):([0-9]{1,9})")
LIST = "list"  # in the address: which list the form stands on
NARROWS = (
    "text", "state", "year", "unit", "handler", "kind", "channel", "overdue", "followed",
    "only", "order", "page",
)  # fmt: skip


@bp.app_template_global("bulk_args")
def narrowed(of: str = "") -> dict[str, str]:
    """Return what the address of a list asks for, and which list it is where that is not the register."""
    kept = {name: request.args[name] for name in NARROWS if request.args.get(name)}
    return {**kept, LIST: of} if of else kept


def _is_worklist() -> bool:
    return request.args.get(LIST) == "worklist"


def _back() -> str:
    """Return the address of the list from which the form was sent."""
    return url_for("worklist.index" if _is_worklist() else "case.index", **narrowed())


def ticked_rows() -> list[Ticked]:
    """Return the cases that are ticked, each at the version that was seen."""
    return [Ticked(key, seen) for key, seen in _pairs(request.form.getlist("case"))]


def _pairs(values: Iterable[str]) -> list[tuple[int, int]]:
    """Return the numbers of a field, two by two; what no page of ours sends is left out."""
    pairs = (PAIR.fullmatch(value) for value in values)
    return [(int(pair[1]), int(pair[2])) for pair in pairs if pair]


@bp.app_template_global("bulk_seen")
def all_shown(page: ListPage, of: str = "") -> str:
    """Return the cases that the filter of a list shows and their versions: what ``all`` stands for."""
    if (page.total or 0) <= len(page.items):
        return " ".join(sorted(f"{row.id}:{row.version}" for row in page.items))
    return " ".join(f"{key}:{version}" for key, version in _matching(is_worklist=of == "worklist").items())


def _matching(*, is_worklist: bool) -> dict[int, int]:
    """Return the cases that the filter in the address shows now, with their versions; one more than MOST."""
    actor, on = current_actor(), today()
    if is_worklist:
        soon = office.calendar().add(on, case_worklist.SOON)
        query = worklist_cases(actor.agency_id, case_worklist.wanted_cases(), on, soon)
    else:
        query = cases_matching(actor.agency_id, web_case.wanted())
    rows = query.with_only_columns(Case.id, Case.version).order_by(Case.id).limit(bulk.MOST + 1)
    return dict(db.session.execute(rows).tuples().all())


@dataclass(frozen=True, slots=True)
class Chosen:
    """The cases that a form names. gone: those seen that are not to be had now; came: new ones."""

    rows: list[Ticked]
    gone: list[int] = field(default_factory=list)
    came: list[int] = field(default_factory=list)

    @property
    def is_as_seen(self) -> bool:
        """Whether the cases are the very ones that the person saw."""
        return not self.gone and not self.came


def _chosen() -> Chosen:
    """Return the cases that the form names, and how they differ from what was seen.

    Raises InvalidDetailError where they are too many.
    """
    if not request.form.get("all"):
        return Chosen(ticked_rows())
    seen, matching = dict(_pairs(request.form.get("seen", "").split())), _matching(is_worklist=_is_worklist())
    if len(matching) > bulk.MOST:
        raise InvalidDetailError("符合条件的超过%(most)s件，请缩小范围再办理。", most=bulk.MOST)
    gone, came = sorted(seen.keys() - matching), sorted(matching.keys() - seen)
    # Each as it was seen: what was changed since, and still is on the list, refuses its own row.
    return Chosen([Ticked(key, seen.get(key, now)) for key, now in matching.items()], gone, came)


def _refused(act: str, error: DomainError) -> tuple[str, int]:
    """Render why nothing was done, with the way back to the list."""
    return render_template("case/bulk/result.html", act=act, error=told(error), back=_back()), 422


def _changed(act: str, chosen: Chosen) -> tuple[str, int]:
    """Render which cases differ from those that were seen, and those there are now; nothing was done."""
    reach = {row.id: row for row in shown_cases(db.session.scalars(_readable(chosen.gone)).all())}
    rows = {row.id: row for row in shown_cases([one.case_id for one in chosen.rows])}
    return render_template(
        "case/bulk/changed.html",
        act=act,
        gone=[reach[key] for key in chosen.gone if key in reach],
        hidden=len(chosen.gone) - len(reach),
        came=[rows[key] for key in chosen.came],
        rows=list(rows.values()),
        typed=[pair for pair in request.form.items(multi=True) if pair[0] not in ("all", "seen", "case")],
        back=_back(),
    ), 409


def _readable(ids: Sequence[int]) -> Select[tuple[int]]:
    """Return those of the cases that the reader may see."""
    query = select(Case).where(Case.agency_id == current_actor().agency_id, among(Case.id, ids))
    return within_unit(query, unit_scope()).with_only_columns(Case.id)


@bp.post("/<act>")
@requires(_action)
def take(act: str) -> str | tuple[str, int]:
    try:
        chosen = _chosen()
        if not chosen.is_as_seen:
            return _changed(act, chosen)
        results = _taken(act, chosen.rows)
    except InvalidDetailError as error:
        return _refused(act, error)
    return results_page(act, results)


def results_page(act: str, results: list[RowResult], back: str = "") -> str:
    """Render what became of each case."""
    return render_template(
        "case/bulk/result.html",
        act=act,
        done=[one for one in results if not one.why],
        left=[one for one in results if one.why],
        back=back or _back(),
    )


def _taken(act: str, ticked: list[Ticked]) -> list[RowResult]:
    form, common = request.form, {"actor": current_actor(), "now": now()}
    if act == "note":
        return bulk.write_note(ticked, form.get("body", ""), **common)  # type: ignore[arg-type]
    if act == "urge":
        return bulk.urge(ticked, today=today(), **common)  # type: ignore[arg-type]
    to = Assignment(form.get("unit", ""), form.get("handler", ""))
    return bulk.assign(ticked, to, today=today(), **common)  # type: ignore[arg-type]


@bp.post("/undo")
@requires(Action.REGISTER)
def take_back() -> str | tuple[str, int]:
    try:
        results = bulk.take_back(
            _pairs(request.form.getlist("entry")), actor=current_actor(), today=today(), now=now()
        )
    except InvalidDetailError as error:
        return _refused("undo", error)
    return results_page("undo", results)


def _leaving() -> Chosen:
    """Return the chosen cases that may leave as a list; ``gone`` has those that the reader may not see.

    Raises InvalidDetailError where none is chosen.
    """
    chosen = _chosen()
    if not chosen.rows and chosen.is_as_seen:
        raise InvalidDetailError("请先勾选要办理的申请。")
    ids = [one.case_id for one in chosen.rows]
    readable = set(db.session.scalars(_readable(ids)))
    missing = [key for key in ids if key not in readable]
    rows = [one for one in chosen.rows if one.case_id in readable]
    return Chosen(rows, [*chosen.gone, *missing], chosen.came)


@bp.post("/export")
@requires(Action.READ)
@outward
def export() -> Response | tuple[str, int]:
    try:
        chosen = _leaving()
    except DomainError as error:
        return _refused("export", error)
    if not chosen.is_as_seen:
        return _changed("export", chosen)
    columns = listing.case_columns(personal=False, actor=current_actor())
    query = select(Case).where(among(Case.id, [one.case_id for one in chosen.rows]))
    rows = list(listing.case_rows(query, today(), columns))
    listing.note_export("申请台账", len(rows), actor=current_actor(), now=now())
    content = workbook.table("申请台账", [column.label for column in columns], rows)
    return download.excel(content, f"申请台账{today():%Y%m%d}.xlsx")


@bp.post("/print")
@requires(Action.READ)
@outward
def printed() -> str | tuple[str, int]:
    try:
        chosen = _leaving()
    except DomainError as error:
        return _refused("print", error)
    if not chosen.is_as_seen:
        return _changed("print", chosen)
    rows = sorted(
        shown_cases([one.case_id for one in chosen.rows]), key=lambda row: (row.received_on, row.id)
    )
    listing.note_export("申请台账（打印）", len(rows), actor=current_actor(), now=now())
    return render_template("case/bulk/print.html", cases=rows, back=_back())
