"""Evidence of receipt: every try to reach the applicant, who signed, photographs and scans."""

from io import BytesIO

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from tracker.domain.case import evidence
from tracker.domain.case.evidence import Fact
from tracker.domain.case.file import ENDINGS, file_name
from tracker.domain.errors import DomainError
from tracker.domain.permission import Action
from tracker.models.case import Case
from tracker.models.contact import Contact
from tracker.models.evidence import Evidence
from tracker.now import now, today
from tracker.services.case import evidence as case_evidence
from tracker.services.case import step
from tracker.services.contact import contact as contacts
from tracker.services.office import office
from tracker.web.guard import current_actor, requires
from tracker.web.page.form import Form
from tracker.web.page.text import _, told

bp = Blueprint("evidence", __name__, url_prefix="/<any(cases,contacts):of>/<int:of_id>/evidence")
Answer = Response | str | tuple[str, int]


def _find(of: str, of_id: int) -> Case | Contact:
    """Return the case or the contact; refuse what is not the actor's to see."""
    find = step.find if of == "cases" else contacts.find
    return find(of_id, current_actor())


def _evidence(target: Case | Contact) -> list[Evidence]:
    if isinstance(target, Contact):
        return case_evidence.of_contact(target)
    return case_evidence.of_case(target, step.contacts_of(target))


def _back(of: str, of_id: int) -> str:
    return url_for("case.show", case_id=of_id) if of == "cases" else url_for("contact.show", contact_id=of_id)


@bp.get("")
@requires(Action.REGISTER)
def new(of: str, of_id: int) -> Answer:
    kind = request.args.get("kind", "attempt")
    start = {"kind": kind, "on": today().isoformat(), "person": current_actor().name}
    if kind == "attempt":
        start["time"] = f"{now():%H:%M}"
    return page(of, of_id, Form(start))


@bp.post("")
@requires(Action.REGISTER)
def create(of: str, of_id: int) -> Answer:
    form = Form.of(request)
    target = _find(of, of_id)
    fact = Fact(
        kind=form.choice("kind", _("种类"), evidence.KINDS),
        on=form.must_day("on", _("日期")),
        time=form.text("time", _("时间"), longest=5),
        way=form.choice("way", _("方式"), evidence.WAYS, required=False),
        result=form.choice("result", _("结果"), evidence.RESULTS, required=False),
        person=form.text("person", _("经办人"), longest=60),
        note=form.text("note", _("说明")),
    )
    try:
        form.check()
        case_evidence.add(target, fact, _upload(), actor=current_actor(), today=today(), now=now())
    except DomainError as error:
        return page(of, of_id, form, told(error)), 422
    flash(_("已记录：%(kind)s。", kind=evidence.KINDS[fact.kind]))
    return redirect(_back(of, of_id), code=303)


def _upload() -> case_evidence.Upload | None:
    """Return the file that was sent with the form; None where none was chosen."""
    sent = request.files.get("file")
    if not sent or not sent.filename:
        return None
    with sent.stream:  # a large one lies in a temporary file
        return case_evidence.Upload(sent.filename, sent.stream.read())


@bp.get("/<int:evidence_id>/file")
@requires(Action.READ)
def file(of: str, of_id: int, evidence_id: int) -> Response:
    """Show a photograph; hand a scan over. The look is logged."""
    rows = _evidence(_find(of, of_id))
    common = {"actor": current_actor(), "now": now()}
    row, content = case_evidence.read(evidence_id, rows, **common)  # type: ignore[arg-type]
    return send_file(
        BytesIO(content),
        mimetype=str(row.file_type),
        download_name=_name(row),
        as_attachment=not str(row.file_type).startswith("image/"),
    )


def _name(row: Evidence) -> str:
    kind = str(row.file_type)
    return file_name(str(row.file_name), kind, str(row.id)) if kind in ENDINGS else str(row.file_name)


def page(of: str, of_id: int, form: Form, error: str = "") -> str:
    """Render the form with what was typed, below what is known already."""
    target = _find(of, of_id)
    return render_template(
        "case/evidence/new.html",
        target=target,
        of=of,
        back=_back(of, of_id),
        form=form,
        error=error,
        evidence=_evidence(target),
        kinds=evidence.KINDS,
        ways=evidence.WAYS,
        results=evidence.RESULTS,
        megabytes=office.settings().server.upload_megabytes,
        accept=",".join(evidence.TAKEN),
    )
