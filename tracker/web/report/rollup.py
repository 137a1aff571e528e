"""Roll-up (汇总): the reports of the offices below added up, who is missing, what does not balance."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker.domain.errors import DomainError, NotFoundError
from tracker.domain.message import labels
from tracker.domain.permission import Action
from tracker.domain.report.format import LABELS, TABLE4, TABLE4_COLUMNS
from tracker.domain.report.published import NEWEST, OLDEST
from tracker.domain.report.table3 import COLUMN_LABELS, ROWS
from tracker.now import now, today
from tracker.services.report import rollup
from tracker.web.guard import current_actor, requires
from tracker.web.page.form import Form
from tracker.web.page.text import _, told

bp = Blueprint("rollup", __name__, url_prefix="/roll-up")
Answer = Response | str | tuple[str, int]
MOST_FILES = 30


@bp.get("")
@requires(Action.ROLLUP)
def index() -> Response:
    return redirect(url_for("rollup.show", year=today().year - 1))


@bp.get("/<int:year>")
@requires(Action.ROLLUP)
def show(year: int) -> Answer:
    return page(year, Form())


@bp.post("/<int:year>")
@requires(Action.PUBLISH)
def receive(year: int) -> Answer:
    """Take the files that can be read; say of each other one why it was not taken."""
    form = Form.of(request)
    files = [file for file in request.files.getlist("reports") if file.filename]
    office, whole = form.text("office", _("报送机关"), longest=100), bool(form.value("whole"))
    if not files or len(files) > MOST_FILES:
        return page(year, form, [_("请选择要收的报告文件，一次最多%(count)s个。", count=MOST_FILES)]), 422
    if len(files) > 1 and (office or whole):
        return page(year, form, [_("填写了机关名称或收本级汇总时，一次只收一个文件。")]), 422
    refused, taken = [], 0
    for file in files:
        arrived = rollup.Arrived(file.filename or "", file.read(), office, whole)
        try:
            rollup.receive(year, arrived, actor=current_actor(), now=now())
            taken += 1
        except DomainError as error:
            refused.append(f"{arrived.name}：{error}")
    if taken:
        flash(_("已收下%(count)s份报告。", count=taken))
    if refused:
        return page(year, form, refused), 422
    return redirect(url_for("rollup.show", year=year), code=303)


@bp.post("/<int:year>/offices")
@requires(Action.PUBLISH)
def expect(year: int) -> Answer:
    form = Form.of(request)
    try:
        name = form.text("name", _("机关名称"), required=True, longest=100)
        form.check()
        rollup.expect(name, actor=current_actor(), now=now())
    except DomainError as error:
        return page(year, form, [told(error)]), 422
    return redirect(url_for("rollup.show", year=year), code=303)


@bp.post("/<int:year>/offices/<int:office_id>")
@requires(Action.PUBLISH)
def release(year: int, office_id: int) -> Response:
    rollup.release(office_id, actor=current_actor(), now=now())
    flash(_("已从应报送的机关中移出；它报送过的报告仍保留。"))
    return redirect(url_for("rollup.show", year=year), code=303)


def page(year: int, form: Form, errors: list[str] | None = None) -> str:
    """Render the sum of the year."""
    if not OLDEST <= year <= NEWEST:
        raise NotFoundError("没有%(year)s年的年度报告。", year=year)
    return render_template(
        "report/rollup/show.html",
        year=year,
        form=form,
        errors=errors or [],
        found=rollup.of_year(year, actor=current_actor(), today=today()),
        rows=[(row, LABELS[row]) for row in ROWS],
        columns=COLUMN_LABELS,
        blocks=TABLE4,
        block_columns=TABLE4_COLUMNS,
        short=SHORT,
    )


SHORT = labels(
    {
        "1": "新收",
        "2": "上年结转",
        "3.1": "予以公开",
        "3.2": "部分公开",
        "3.3": "不予公开",
        "3.4": "无法提供",
        "3.5": "不予处理",
        "3.6": "其他处理",
        "3.7": "办理结果总计",
        "4": "结转下年度",
    }
)
