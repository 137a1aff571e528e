"""The templates of letters: ours to be opened in Word, the office's own to be given back, their versions."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker.domain.errors import DomainError, NotFoundError
from tracker.domain.letter import index
from tracker.domain.letter.kind import LetterKind, names_of, placed
from tracker.domain.letter.template import label_of
from tracker.domain.permission import Action
from tracker.models.reads.letter import newest_templates, template_versions
from tracker.now import now
from tracker.rendering import word
from tracker.rendering.letter.template import shipped
from tracker.services.letter import template
from tracker.services.office import office
from tracker.web.guard import current_actor, requires
from tracker.web.page import download
from tracker.web.page.text import _, told

bp = Blueprint("letter_template", __name__, url_prefix="/letter-templates")
MEGABYTE = 1024 * 1024


def _kind(key: str) -> LetterKind:
    if key not in index.TEMPLATED:
        raise NotFoundError("没有这种文书。")
    return index.TEMPLATED[key]


@bp.get("")
@requires(Action.READ)
def overview() -> str:
    own = {key: row for key, row in newest_templates(current_actor().agency_id).items() if row.sha256}
    return render_template("letter/templates.html", kinds=index.TEMPLATED.values(), own=own)


@bp.get("/<kind>")
@requires(Action.READ)
def show(kind: str) -> str:
    return page(_kind(kind))


def page(kind: LetterKind, problems: list[str] | None = None, error: str = "") -> str:
    """Render the page of a template: its fields, its versions, what is wrong with what was sent."""
    needed = placed(kind)
    names = sorted(names_of(kind), key=lambda name: (name not in needed, name))
    return render_template(
        "letter/template.html",
        kind=kind,
        versions=template_versions(current_actor().agency_id, kind.key),
        fields=[(name, label_of(kind, name), name in needed) for name in names],
        problems=problems or [],
        error=error,
        megabytes=office.settings().server.upload_megabytes,
    )


@bp.post("/<kind>")
@requires(Action.LETTERS)
def keep(kind: str) -> Response | tuple[str, int]:
    """Keep the file that was sent as the office's own, or say everything that is wrong with it."""
    chosen, sent = _kind(kind), request.files.get("file")
    if sent is None or not sent.filename:
        return page(chosen, error=_("请选择 Word 文件（.docx）。")), 422
    with sent.stream:
        uploaded, name = sent.stream.read(), sent.filename
    limit = office.settings().server.upload_megabytes
    if len(uploaded) > limit * MEGABYTE:
        return page(chosen, error=_("文件超过%(limit)sMB。", limit=limit)), 422
    try:
        row = template.keep(kind, name, uploaded, actor=current_actor(), now=now())
    except template.FaultyTemplateError as fault:
        return page(chosen, fault.problems), 422
    except DomainError as problem:
        return page(chosen, error=told(problem)), 422
    flash(_("“%(title)s”改用本机关的模板第%(version)s版。", title=chosen.label, version=row.version))
    return redirect(url_for("letter_template.show", kind=kind), code=303)


@bp.post("/<kind>/shipped")
@requires(Action.LETTERS)
def give_up(kind: str) -> Response:
    template.give_up(kind, actor=current_actor(), now=now())
    flash(_("“%(title)s”改回程序的模板；本机关的各版仍然保留。", title=_kind(kind).label))
    return redirect(url_for("letter_template.show", kind=kind), code=303)


@bp.get("/<kind>/shipped.docx")
@requires(Action.READ)
def ours(kind: str) -> Response:
    chosen = _kind(kind)
    return download.kept(shipped(kind), f"{chosen.label}（模板）.docx", word.MIME)


@bp.get("/<kind>/<int:version>.docx")
@requires(Action.READ)
def own(kind: str, version: int) -> Response:
    rows = template_versions(current_actor().agency_id, _kind(kind).key)
    row = next((row for row in rows if row.version == version and row.sha256), None)
    if row is None:
        raise NotFoundError("没有这一版模板。")
    return download.kept(template.content(row), f"{_kind(kind).label}（第{version}版）.docx", word.MIME)
