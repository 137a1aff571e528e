"""Draw the boxes of a redaction over the pages of a file, and make the redacted copy."""

import re
from collections import Counter
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from tracker.domain.case import personal, redaction
from tracker.domain.case.redaction import GROUNDS, LONGEST_WHAT, WHOLE, RedactionBox
from tracker.domain.errors import DomainError, InvalidDetailError
from tracker.domain.permission import Action
from tracker.models.case import Case
from tracker.models.case_file import CaseFile
from tracker.models.reads.case_file import files_of
from tracker.models.reads.redaction import redactions_of
from tracker.now import now
from tracker.reading.file.place import Suggestion
from tracker.services.case import file, step
from tracker.services.case import redaction as case_redaction
from tracker.web.guard import current_actor, requires
from tracker.web.page.form import Form
from tracker.web.page.text import _, told, word

bp = Blueprint("redaction", __name__, url_prefix="/cases/<int:case_id>/files/<int:file_id>/redaction")
Answer = Response | str | tuple[str, int]
PERCENT = re.compile(r"\d{1,3}(\.\d{1,2})?")
HUNDREDTHS = WHOLE // 100  # of a percent
MOST_ROWS = redaction.MOST_BOXES + 1  # of the form of one page: one more is refused, not left out
EDGES = ("left", "top", "width", "height")
PRIVATE = "privacy"  # the ground of what is suggested


def _find(case_id: int, file_id: int) -> tuple[Case, CaseFile]:
    case = step.find(case_id, current_actor())
    return case, file.find(file_id, files_of(case, step.contacts_of(case)))


def _number(row: CaseFile, asked: Any) -> int:
    return min(max(asked or 1, 1), max(row.pages, 1))


@bp.get("")
@requires(Action.HANDLE)
def show(case_id: int, file_id: int) -> Answer:
    case, row = _find(case_id, file_id)
    number = _number(row, request.args.get("page", type=int))
    try:
        case_redaction.check_redactable(row)
        asked = case_redaction.suggested(case, row) if request.args.get("suggest") else []
    except DomainError as error:
        flash(told(error))
        return redirect(url_for("case_file.show", of="cases", of_id=case_id, file_id=file_id))
    return page(case, row, number, rows_of(case_redaction.drawn(row)[0], asked, number), suggested=asked)


@bp.post("")
@requires(Action.HANDLE)
def draw(case_id: int, file_id: int) -> Answer:
    """Keep the boxes of the page; make the copy where that is asked for."""
    case, row = _find(case_id, file_id)
    form, actor = Form.of(request), current_actor()
    number = _number(row, form.whole("page", _("页码"), required=False))
    rows = [_typed(form, place) for place in range(_count(form))]
    try:
        boxes = [_box(each, number) for each in rows if each["use"]]
        case_redaction.draw(row, number, boxes, version=form.version(), actor=actor, now=now())
        if form.value("act") == "make":
            return _made(case, row, number, confirmed=bool(form.value("confirmed")))
    except StaleDataError:
        message = _("别人刚刚也在这个文件上画了框：下面是您画的，核对后再保存。")
        return page(case, row, number, rows, error=message), 409
    except DomainError as error:
        return page(case, row, number, rows, error=told(error)), 422
    flash(_("第%(number)s页已保存%(count)s处。", number=number, count=len(boxes)))
    return redirect(url_for("redaction.show", case_id=case_id, file_id=file_id, page=number), code=303)


def _made(case: Case, row: CaseFile, number: int, *, confirmed: bool) -> Answer:
    left_open = case_redaction.suggested(case, row)
    boxes, version = case_redaction.drawn(row)
    if left_open and not confirmed:
        rows = rows_of(boxes, left_open, number)
        message = _(
            "还有%(places)s疑似个人信息没有遮盖：逐处核对；确实可以提供的，勾选确认后再制作。",
            places=_counted(left_open),
        )
        return page(case, row, number, rows, error=message, suggested=left_open, asks=True), 422
    made = case_redaction.make(case, row, version=version, actor=current_actor(), now=now())
    flash(_("已制作并核对区分处理后的副本：框里没有文字和图像，原文件不变。"))
    address = url_for("case_file.show", of="cases", of_id=case.id, file_id=made.output_id)
    return redirect(address, code=303)


def _counted(suggested: list[Suggestion]) -> str:
    """Return how many there are on which page: 第1页2处、第3页1处."""
    counts = Counter(each.page for each in suggested)
    return "、".join(_("第%(page)s页%(count)s处", page=page, count=counts[page]) for page in sorted(counts))


# -- rows of the form ---------------------------------------------------------------------------------


def rows_of(boxes: list[RedactionBox], suggested: list[Suggestion], number: int) -> list[dict[str, Any]]:
    """Return the rows of the form of a page: its boxes, then what is suggested, not yet ticked."""
    rows = [
        {
            **_percents(box.left, box.top, box.width, box.height),
            "ground": box.ground,
            "what": box.what,
            "use": True,
        }
        for box in boxes
        if box.page == number
    ]
    for each in suggested:
        if each.page == number:
            edges = _percents(each.left, each.top, each.right - each.left, each.bottom - each.top)
            rows.append({**edges, "ground": PRIVATE, "what": personal.LABELS[each.kind], "use": False})
    return rows


def _percents(*places: int) -> dict[str, str]:
    return {edge: f"{place / HUNDREDTHS:.2f}" for edge, place in zip(EDGES, places, strict=True)}


def _count(form: Form) -> int:
    count = form.whole("rows", _("行数"), required=False) or 0
    return min(count, MOST_ROWS)


def _typed(form: Form, place: int) -> dict[str, Any]:
    """Return a row as it was typed."""
    typed: dict[str, Any] = {edge: form.value(f"{edge}-{place}").strip() for edge in EDGES}
    typed |= {"ground": form.value(f"ground-{place}"), "use": bool(form.value(f"use-{place}"))}
    return {**typed, "what": form.value(f"what-{place}").replace("\x00", "").strip()}


def _box(typed: dict[str, Any], number: int) -> RedactionBox:
    """Return the box of a row. Raises InvalidDetailError where its places are none."""
    if not all(PERCENT.fullmatch(typed[edge]) for edge in EDGES):
        raise InvalidDetailError("位置应写百分数，如 12.5：左、上、宽、高都要填写；不要的一处请取消勾选。")
    left, top, width, height = (round(float(typed[edge]) * HUNDREDTHS) for edge in EDGES)
    return RedactionBox(number, left, top, width, height, typed["ground"], typed["what"])


def page(
    case: Case,
    row: CaseFile,
    number: int,
    rows: list[dict[str, Any]],
    *,
    error: str = "",
    suggested: list[Suggestion] | None = None,
    asks: bool = False,
) -> str:
    """Render a page with its boxes. asks: whether it must be confirmed that suggestions stay visible."""
    boxes, version = case_redaction.drawn(row)
    return render_template(
        "case/redaction/show.html",
        case=case,
        row=row,
        number=number,
        rows=rows,
        empty=dict.fromkeys((*EDGES, "ground", "what"), "") | {"use": False},
        error=error,
        version=version,
        boxes=redaction.numbered(boxes),
        grounds=GROUNDS,
        choices=[(key, f"{word(ground.label)}（{ground.law}）") for key, ground in GROUNDS.items()],
        places=_counted(suggested or []),
        has_asked=suggested is not None and bool(request.args.get("suggest")),
        asks=asks,
        made=redactions_of(case, row.id),
        longest=LONGEST_WHAT,
    )
