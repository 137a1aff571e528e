"""Register a letter, a visit or a call; triage decides what else is asked."""

import secrets

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker.domain.contact import contact
from tracker.domain.errors import DomainError
from tracker.domain.permission import Action
from tracker.now import now, today
from tracker.services.contact import registration
from tracker.services.contact.contact import ContactData
from tracker.web.case import applicant_form, representative_form, request_form
from tracker.web.contact import scan_panel
from tracker.web.contact.scan_panel import ScanPanel
from tracker.web.guard import current_actor, requires
from tracker.web.page.form import Form
from tracker.web.page.text import _, told

bp = Blueprint("registration", __name__, url_prefix="/register")
Answer = Response | str | tuple[str, int]


@bp.get("")
@requires(Action.REGISTER)
def new() -> Answer:
    start = {"arrived_on": today().isoformat(), "form": "letter"}
    start |= {"kind": "natural_person"}
    own = {"token": secrets.token_hex(16)}  # no link chooses it: a letter sent under a known one is not kept
    return page(Form({**start, **request.args.to_dict(), **own}))


@bp.post("")
@requires(Action.REGISTER)
def create() -> Answer:
    form = Form.of(request)
    if form.value("more"):
        return page(form)
    data = contact_of(form)
    triage = form.choice("triage", _("甄别类型"), contact.TRIAGE, required=False)
    wanted = request_form.request_of(form, data.arrived_on) if triage == "request" else None
    try:
        form.check()
        row = registration.register(
            data,
            actor=current_actor(),
            today=today(),
            now=now(),
            triage=triage or None,
            request=wanted,
            token=form.value("token")[:64],
        )
    except DomainError as error:
        return page(form, told(error)), 422
    if row.pending is not None:
        flash(_("已登记，编号%(number)s：还没有收到申请之日，请与申请人确认。", number=row.number))
        return redirect(url_for("contact.show", contact_id=row.id), code=303)
    if row.case is None:
        flash(_("已登记，编号%(number)s。", number=row.number))
        return redirect(url_for("contact.show", contact_id=row.id), code=303)
    flash(_("已登记，受理编号%(number)s。", number=row.case.number))
    return redirect(url_for("case.show", case_id=row.case.id), code=303)


@bp.post("/scan")
@requires(Action.REGISTER)
def read_scan() -> Answer:
    """Show what a photograph or scan of the letter says beside the form; nothing is kept."""
    return scan_panel.answered(_panel(), lambda scan: page(Form.of(request), scan=scan))


def _panel() -> ScanPanel | None:
    return scan_panel.for_new(url_for("registration.read_scan"))


@bp.post("/preview")
@requires(Action.REGISTER)
def preview() -> str:
    """Say the receipt day and the due day with their reasons, and show requests that look alike."""
    return render_template("contact/registration/_preview.html", **request_form.previewed(Form.of(request)))


def contact_of(form: Form) -> ContactData:
    """Return the contact that the form describes."""
    return ContactData(
        form=form.choice("form", _("来件形式"), contact.FORMS),
        arrived_on=form.must_day("arrived_on", _("来件日期")),
        arrived_time=form.text("arrived_time", _("时间"), longest=5),
        person=form.text("person", _("来信（访、电）人"), longest=200),
        phone=form.text("phone", _("联系电话"), longest=60),
        address=form.text("address", _("联系地址"), longest=300),
        summary=form.text("summary", _("反映内容摘要")) or form.text("subject", _("申请内容"), required=True),
    )


def page(form: Form, error: str = "", scan: ScanPanel | None = None) -> str:
    """Render the form with what was typed, and beside it what was read from a scan."""
    return render_template(
        "contact/registration/new.html",
        form=form,
        error=error,
        forms=contact.FORMS,
        triages=contact.TRIAGE,
        scan=scan or _panel(),
        said=request_form.previewed(Form(form.values)),
        people=applicant_form.shown(form),
        **representative_form.shown(form),
        **request_form.choices(),
    )
