"""What the office hands out about requests: 服务指南 and 提示卡, to look at and to open in Word."""

from io import BytesIO

from flask import Blueprint, render_template, send_file
from werkzeug.wrappers import Response

from tracker.domain.errors import InvalidDetailError, NotFoundError
from tracker.domain.letter.leaflet import LEAFLETS
from tracker.domain.permission import Action
from tracker.now import today
from tracker.rendering import pdf, word
from tracker.rendering.letter import qr
from tracker.services.letter import leaflet
from tracker.web.guard import current_actor, outward, requires
from tracker.web.page import download
from tracker.web.page.text import told

bp = Blueprint("leaflet", __name__, url_prefix="/leaflets")
Answer = Response | str | tuple[str, int]


@bp.get("")
@requires(Action.READ)
def overview() -> str:
    return page(LEAFLETS[0].key)


@bp.get("/<key>")
@requires(Action.READ)
def show(key: str) -> str:
    return page(key)


def page(key: str, error: str = "") -> str:
    """Render a leaflet as it is today, with what it still lacks."""
    made = leaflet.made(current_actor().agency_id, key, today=today())
    return render_template("letter/leaflet.html", made=made, kinds=LEAFLETS, error=error)


@bp.get("/<key>/leaflet.docx")
@requires(Action.READ)
@outward
def as_word(key: str) -> Answer:
    try:
        made = leaflet.whole(current_actor().agency_id, key, today=today())
    except InvalidDetailError as problem:
        return page(key, told(problem)), 422
    return download.kept(made.file, f"{made.kind.label}.docx", word.MIME)


@bp.get("/<key>/leaflet.pdf")
@requires(Action.READ)
@outward
def as_pdf(key: str) -> Answer:
    try:
        made = leaflet.whole(current_actor().agency_id, key, today=today())
        content = made.pdf
    except (InvalidDetailError, pdf.PdfNotInstalledError) as problem:
        return page(key, told(problem)), 422
    return download.kept(content, f"{made.kind.label}.pdf", pdf.MIME)


@bp.get("/qr.png")
@requires(Action.READ)
@outward
def code() -> Response:
    address = leaflet.address_of(current_actor().agency_id, today())
    if not address:
        raise NotFoundError("本机关没有设置网上申请的网址。")
    return send_file(BytesIO(qr.png(address)), mimetype="image/png")
