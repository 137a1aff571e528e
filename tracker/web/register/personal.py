"""A request about one's own data: what is held is collected, and the answer is written."""

from typing import Any

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from tracker.domain.errors import DomainError
from tracker.domain.permission import Action
from tracker.domain.register.archive import LONGEST_REASON
from tracker.domain.register.personal_request import HELD, PERSONAL_REQUESTS
from tracker.models.follow_up import PersonalRequest
from tracker.models.reads.held import MOST
from tracker.now import now, today
from tracker.rendering import word as rendering_word
from tracker.rendering import workbook
from tracker.services.register import held
from tracker.services.register import register as registers
from tracker.web.guard import current_actor, outward, requires
from tracker.web.page import download
from tracker.web.page.form import Form
from tracker.web.page.text import _, told, word

bp = Blueprint("personal", __name__, url_prefix="/books/personal-requests/<int:row_id>")
Answer = Response | str | tuple[str, int]
EXCEL = "excel"
HEADERS = ("身份", "编号", "日期", "保存的信息")


def _find(row_id: int) -> PersonalRequest:
    row = registers.find(PERSONAL_REQUESTS, row_id, current_actor())
    assert isinstance(row, PersonalRequest)  # noqa: S101
    return row


@bp.get("/held")
@requires(Action.PERSONAL)
def show(row_id: int) -> str:
    return page(_find(row_id), Form())


@bp.post("/held")
@requires(Action.PERSONAL)
@outward
def collect(row_id: int) -> Answer:
    """List where data about the person is kept, or hand the list over; the look is logged."""
    row, form = _find(row_id), Form.of(request)
    try:
        name = form.text("name", _("姓名或者名称"), longest=200)
        id_number = form.text("id_number", _("身份证件号码"), longest=60)
        why = form.text("why", _("事由"), required=True, longest=LONGEST_REASON)
        form.check()
        places = held.collect(name, id_number, reason=why, row=row, actor=current_actor(), now=now())
    except DomainError as refused:
        return page(row, form, told(refused)), 422
    if form.value("way") == EXCEL:
        rows: list[tuple[Any, ...]] = [(HELD[one.kind], one.number, one.on, one.what) for one in places]
        rows += [(HELD[kind], f"只列出前{MOST}处", None, "") for kind in held.cut(places)]
        content = workbook.table("本机关保存的个人信息", HEADERS, rows)
        return download.excel(content, f"本机关保存的个人信息{today():%Y%m%d}.xlsx")
    return page(row, form, places=places)


@bp.post("/answer")
@requires(Action.PERSONAL)
@outward
def answer(row_id: int) -> Answer:
    """Hand over the answer as a Word file, as it was made; it names the person, and the look is logged."""
    row = _find(row_id)
    try:
        content = held.answer(row, actor=current_actor(), today=today(), now=now())
    except DomainError as refused:
        return page(row, Form(), told(refused)), 422
    return download.kept(
        content, f"个人信息请求答复书 {row.document_number or row_id}.docx", rendering_word.MIME
    )


@bp.post("/answers/<int:answer_id>")
@requires(Action.PERSONAL)
@outward
def again(row_id: int, answer_id: int) -> Answer:
    """Hand over an answer as it was made, byte for byte; the look is logged."""
    row = _find(row_id)
    content = held.again(row, answer_id, actor=current_actor(), now=now())
    name = f"个人信息请求答复书 {row.document_number or row_id}-{answer_id}.docx"
    return download.kept(content, name, rendering_word.MIME)


def page(row: PersonalRequest, form: Form, error: str = "", places: list[held.Held] | None = None) -> str:
    """Render the form, and what was places."""
    told: dict[str, Any] = {
        "places": places,
        "cut": held.cut(places or []),
        "most": MOST,
        "kinds": {code: word(label) for code, label in HELD.items()},
    }
    return render_template("register/held.html", row=row, form=form, error=error, **told)
