"""Old registers on a page: drop a file, choose how it is read, see every row's fate, keep, undo."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker.domain.errors import DomainError, InvalidDetailError
from tracker.domain.permission import Action
from tracker.domain.register.index import BY_NAME
from tracker.models.imported import CONTACTS, KEEPING, KEPT, LOOKING, REQUESTS, UNDOING, WAITING, ImportedFile
from tracker.models.reads.imported import NEWEST_FIRST, imported_files
from tracker.now import now, today
from tracker.services.exchange import book, undoing, uploading, waiting
from tracker.services.exchange.plan import Fate
from tracker.services.exchange.undoing import ImportBuiltOnError, Obstacle
from tracker.services.office.actor import Actor
from tracker.web.exchange import background
from tracker.web.guard import current_actor, requires, takes_large_files
from tracker.web.page import choosing, download, paging
from tracker.web.page.form import Form
from tracker.web.page.text import _, _l, told

bp = Blueprint("imported", __name__, url_prefix="/imports")
Answer = Response | str | tuple[str, int]
AT_ONCE = 500  # rows that are kept before the page is answered
REFRESH = "3"  # seconds after which a page of a long act is asked for again
MOST_SHOWN = 200  # of what stands against an undoing
STATES = {
    "looking": _l("正在读取"),
    "waiting": _l("等待确认"),
    "keeping": _l("正在导入"),
    "kept": _l("已导入"),
    "undoing": _l("正在撤销"),
    "undone": _l("已撤销"),
    "dropped": _l("已放弃"),
}
FATES = {
    Fate.NEW: _l("将新增"),
    Fate.CHANGED: _l("将续记"),
    Fate.UNCHANGED: _l("未变"),
    Fate.DOUBTFUL: _l("存疑，请核对"),
    Fate.REFUSED: _l("不能导入"),
}


@dataclass(frozen=True, slots=True)
class FatePage:
    """One page of the rows of a file."""

    items: Sequence[Any]
    page: int
    pages: int
    total: int
    per_page: int
    more: bool = False


@bp.get("")
@requires(Action.IMPORT)
def index() -> str:
    return start_page()


def start_page(error: str = "") -> str:
    """Render the form that takes a file, with the imports of before."""
    listed = paging.page_of(imported_files(current_actor().agency_id), NEWEST_FIRST)
    return render_template(
        "exchange/index.html",
        page=listed,
        error=error,
        states=STATES,
        titles=book.TITLES,
        asked=request.values.get("book", REQUESTS),
        books=[book.named(name) for name in book.TITLES],
        with_template=tuple(BY_NAME),
        address=paging.address,
    )


@bp.post("")
@requires(Action.IMPORT)
@takes_large_files
def upload() -> Answer:
    """Show what a file would do; nothing is kept."""
    sent = request.files.get("file")
    try:
        if sent is None or not sent.filename:
            raise InvalidDetailError("请选择要导入的表格文件。")
        wanted, actor = request.form.get("book", REQUESTS), current_actor()
        moment: dict[str, Any] = {"today": today(), "now": now()}
        file = uploading.upload(sent.read(), sent.filename, actor=actor, **moment, book=wanted)
        _look_at(file, actor, moment)
    except DomainError as refused:
        return start_page(told(refused)), 422
    return redirect(url_for("imported.show", file_id=file.id), code=303)


def _look_at(file: ImportedFile, actor: Actor, moment: dict[str, Any]) -> None:
    """Read a large file beside the page, which tells when it is done."""
    if file.state == LOOKING:
        file_id = file.id
        background.begin(lambda: uploading.look(file_id, actor=actor, **moment), long=True)


@bp.get("/<int:file_id>")
@requires(Action.IMPORT)
def show(file_id: int) -> Answer:
    return page(undoing.find(file_id, current_actor()))


def page(file: ImportedFile, error: str = "", against: Sequence[Obstacle] = ()) -> Answer:
    """Render the page of one import, as it stands; while it is written it is asked for again by itself."""
    look, of = waiting.look_of(file), book.named(file.book)
    moment = now()
    is_running = file.state in (LOOKING, KEEPING, UNDOING) and not uploading.is_stalled(file, moment)
    answer = make_response(
        render_template(
            "exchange/show.html",
            file=file,
            error=error,
            against=against[:MOST_SHOWN],
            against_count=len(against),
            look=look,
            rows=_rows(look) if look else None,
            fate=paging.one_of("fate", FATES),
            address=paging.address,
            states=STATES,
            titles=book.TITLES,
            fates=FATES,
            is_running=is_running,
            is_waiting=file.state == WAITING or (file.state in (LOOKING, KEEPING) and not is_running),
            seconds=int((moment - file.began_at).total_seconds()) if file.began_at else 0,
            is_chosen=bool(uploading.choices_of(file)),
            choices=uploading.choices_of(file),
            done=uploading.written_of(file),
            has_rest=waiting.has(file, waiting.REST),
            fields=list(of.labels.items()),
            heads=of.heads,
            decided=of.decided,
            last_head=choosing.LAST_HEAD,
            choose_at=url_for("imported.choose", file_id=file.id),
            held={"version": file.version},
            has_notes=file.book in (REQUESTS, CONTACTS),
        )
    )
    if is_running:
        answer.headers["Refresh"] = REFRESH
    return answer


def _rows(look: dict[str, Any]) -> FatePage:
    """Return the rows of the fate that the address asks for, a page at a time."""
    fate = paging.one_of("fate", FATES)
    rows = [row for row in look["rows"] if row[2] == fate] if fate else look["rows"]
    size = paging.size_of_page()
    pages = max(1, -(-len(rows) // size))
    number = min(max(paging.whole("page", 1) or 1, 1), pages)
    return FatePage(rows[(number - 1) * size : number * size], number, pages, len(rows), size)


@bp.post("/<int:file_id>/choices")
@requires(Action.IMPORT)
def choose(file_id: int) -> Answer:
    """Read the file as chosen and show it anew."""
    form, actor = Form.of(request), current_actor()
    file = undoing.find(file_id, actor)
    try:
        look = waiting.look_of(file)
        if look is None:
            raise InvalidDetailError(uploading.GONE)
        before = uploading.choices_of(file)
        of = book.named(file.book)
        chosen = choosing.chosen(form, look["sheets"], look["words"], before, of.decided, of.labels)
        version = form.version()
        moment: dict[str, Any] = {"today": today(), "now": now()}
        file = uploading.choose(file_id, chosen, version=version, actor=actor, **moment)
        _look_at(file, actor, moment)
    except DomainError as refused:
        return _again(file_id, refused)
    flash(_("已按所选重新读取，请核对各行的结果。"))
    return redirect(url_for("imported.show", file_id=file_id), code=303)


def _again(file_id: int, refused: DomainError) -> Answer:
    against = refused.obstacles if isinstance(refused, ImportBuiltOnError) else ()
    answer = make_response(page(undoing.find(file_id, current_actor()), told(refused), against))
    answer.status_code = 422
    return answer


@bp.post("/<int:file_id>/keep")
@requires(Action.IMPORT)
def keep(file_id: int) -> Answer:
    form, actor = Form.of(request), current_actor()
    day, moment = today(), now()
    try:
        version = form.version()
        look = waiting.look_of(undoing.find(file_id, actor)) or {"rows": ()}
        uploading.begin(file_id, version=version, actor=actor, now=moment)
        background.begin(
            lambda: uploading.keep(file_id, actor=actor, today=day, now=moment),
            long=len(look["rows"]) > AT_ONCE,
        )
    except DomainError as refused:
        return _again(file_id, refused)
    return redirect(url_for("imported.show", file_id=file_id), code=303)


@bp.post("/<int:file_id>/drop")
@requires(Action.IMPORT)
def drop(file_id: int) -> Answer:
    try:
        file = uploading.drop(file_id, version=Form.of(request).version(), actor=current_actor(), now=now())
    except DomainError as refused:
        return _again(file_id, refused)
    if file.state == KEPT:
        flash(_("其余的行已放弃；中断以前已登记%(count)s件，可以撤销。", count=file.added))
        return redirect(url_for("imported.show", file_id=file_id), code=303)
    flash(_("已放弃，没有登记任何内容；所作的选择在再次上传同一文件时仍然有效。"))
    return redirect(url_for("imported.index"), code=303)


@bp.post("/<int:file_id>/undo")
@requires(Action.CORRECT)
def undo(file_id: int) -> Answer:
    form, actor = Form.of(request), current_actor()
    day, moment = today(), now()
    try:
        reason = form.text("reason", _("理由"), required=True, longest=200)
        form.check()
        version = form.version()
        file = uploading.begin_undoing(file_id, reason, version=version, actor=actor, now=moment)
        background.begin(
            lambda: uploading.undo(file_id, reason, actor=actor, today=day, now=moment),
            long=file.added + file.continued > AT_ONCE,
        )
    except DomainError as refused:
        return _again(file_id, refused)
    return redirect(url_for("imported.show", file_id=file_id), code=303)


@bp.get("/<int:file_id>/rest.xlsx")
@requires(Action.IMPORT)
def rest(file_id: int) -> Answer:
    """Give the rows that were not taken, the reasons beside; the download is logged."""
    try:
        file, content = uploading.rest(file_id, actor=current_actor(), now=now())
    except DomainError as refused:
        return _again(file_id, refused)
    return download.excel(content, f"{file.name.rsplit('.', 1)[0]}.rejected.xlsx")
