"""The register of letters, visits and calls (来信、来访、来电), counted per year."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from tracker.domain.case import evidence
from tracker.domain.case.channel import Channel
from tracker.domain.contact import contact
from tracker.domain.errors import DomainError
from tracker.domain.permission import Action
from tracker.models.applicant import Applicant
from tracker.models.case import Case
from tracker.models.contact import Contact
from tracker.models.reads.base import Parts, count_rows
from tracker.models.reads.beside import files_of_contacts
from tracker.models.reads.contact import contact_counts, contact_years, contacts_matching
from tracker.models.reads.incoming import mail_of_contact
from tracker.models.reads.search import parts_with
from tracker.now import now, today
from tracker.rendering import workbook
from tracker.services.case import evidence as case_evidence
from tracker.services.contact import contact as contacts
from tracker.services.contact import deadline, registration
from tracker.services.register import listing
from tracker.web.case import applicant_form, representative_form, request_form
from tracker.web.contact import scan_panel
from tracker.web.contact.scan_panel import ScanPanel
from tracker.web.guard import current_actor, outward, requires, unit_scope
from tracker.web.page import download, paging
from tracker.web.page.columns import CONTACTS, shown_list
from tracker.web.page.form import Form
from tracker.web.page.text import _, told

bp = Blueprint("contact", __name__, url_prefix="/contacts")
Answer = Response | str | tuple[str, int]
ORDERS = {
    "arrived": (Contact.arrived_on.desc(), Contact.id.desc()),
    "due": (Contact.next_action_on.asc().nulls_last(), Contact.id),
}


def _wanted() -> dict[str, Any]:
    asked = request.args
    return {
        "year": paging.year(),
        "form": paging.one_of("form", contact.FORMS),
        "triage": paging.one_of("triage", (*contact.TRIAGE, "none")),
        "state": paging.one_of("state", ("open", "closed")),
        "text": asked.get("text", "").strip()[:100],
    }


@bp.get("")
@requires(Action.READ)
def index() -> str:
    wanted, agency_id = _wanted(), current_actor().agency_id
    order = paging.one_of("order", ORDERS)
    order_by = ORDERS[order or "arrived"]
    parts: Parts = [contacts_matching(agency_id, **{**wanted, "text": ""}, unit_scope=unit_scope())]
    more = False
    if wanted["text"]:
        parts, more = parts_with(wanted["text"], parts, order_by, paging.needed())
    page, view = paging.page_of(parts, order_by, more=more), shown_list(CONTACTS)
    return render_template(
        "contact/index.html",
        page=page,
        files=files_of_contacts([row.id for row in page.items]) if view.shows("files") else {},
        address=paging.address,
        wanted=wanted,
        order=order,
        view=view,
        forms=contact.FORMS,
        triages=contact.TRIAGE,
        years=contact_years(agency_id),
    )


@bp.get("/export.xlsx")
@requires(Action.READ)
@outward
def export() -> Response:
    return _exported("来信来访来电登记")


@bp.post("/export.xlsx")
@requires(Action.REGISTER)
@outward
def export_personal() -> Response:
    """Hand out the list with ways of contact, for a reason that the audit log keeps."""
    why = listing.reason_of(request.form.get("why", ""))
    return _exported("来信来访来电登记（含联系方式）", why=why)


def _exported(title: str, why: str = "") -> Response:
    """Return the list as it is narrowed and sorted. why: asked of who wants personal columns."""
    actor = current_actor()
    columns = listing.contact_columns(personal=bool(why), actor=actor)
    matching_contacts = contacts_matching(actor.agency_id, **_wanted(), unit_scope=unit_scope())
    listing.note_export(title, count_rows(matching_contacts), actor=actor, now=now(), why=why)
    order = ORDERS.get(request.args.get("order", ""), ())
    rows = listing.contact_rows(matching_contacts, columns, order)
    content = workbook.table("来信来访来电", [header for header, _cell in columns], rows)
    return download.excel(content, f"来信来访来电登记{today():%Y%m%d}.xlsx")


@bp.get("/counts")
@requires(Action.READ)
def counts() -> str:
    year = paging.year(today().year) or today().year
    totals = contact_counts(current_actor().agency_id, year, unit_scope=unit_scope())
    columns = {**contact.TRIAGE, "none": _("未甄别")}
    return render_template(
        "contact/counts.html",
        year=year,
        counts=totals,
        forms=contact.FORMS,
        columns=columns,
        years=contact_years(current_actor().agency_id),
    )


@bp.get("/<int:contact_id>")
@requires(Action.READ)
def show(contact_id: int) -> str:
    return page(contacts.find(contact_id, current_actor()), Form())


def page(row: Contact, form: Form, error: str = "", revealed: dict[str, str] | None = None) -> str:
    """Render a contact with the acts that are open to it."""
    return render_template(
        "contact/show.html",
        row=row,
        cases=contacts.cases_of(row),
        form=form,
        error=error,
        revealed=revealed,
        triages=contact.TRIAGE,
        acts=contact.ACTS,
        units=request_form.choices()["units"],
        dates=deadline.shown(row),
        mail=mail_of_contact(row.agency_id, row.id),
        evidence=case_evidence.of_contact(row),
        ways=evidence.WAYS,
    )


@bp.post("/<int:contact_id>/reveal")
@requires(Action.READ)
def reveal(contact_id: int) -> str:
    actor = current_actor()
    revealed = contacts.reveal(contact_id, actor=actor, now=now())
    return page(contacts.find(contact_id, actor), Form(), revealed=revealed)


def _act(contact_id: int, act: Callable[[Form], object], label: str) -> Answer:
    """Do one act; show the contact again with what was typed where it is refused."""
    form = Form.of(request)
    try:
        act(form)
    except StaleDataError:
        error = _("这条记录刚刚被他人办理过，请看最新的内容。")
        return page(contacts.find(contact_id, current_actor()), form, error), 409
    except DomainError as refused:
        return page(contacts.find(contact_id, current_actor()), form, told(refused)), 422
    flash(_("已%(label)s。", label=label))
    return redirect(url_for("contact.show", contact_id=contact_id), code=303)


def _common(form: Form) -> dict[str, Any]:
    version = form.version()
    form.check()
    return {"actor": current_actor(), "today": today(), "now": now(), "version": version}


@bp.post("/<int:contact_id>/triage")
@requires(Action.REGISTER)
def triage(contact_id: int) -> Answer:
    def act(form: Form) -> object:
        return contacts.triage(contact_id, form.value("triage"), **_common(form))

    return _act(contact_id, act, _("甄别"))


@bp.post("/<int:contact_id>/refer")
@requires(Action.REGISTER)
def refer(contact_id: int) -> Answer:
    def act(form: Form) -> object:
        unit_id = form.whole("unit", _("承办单位"))
        form.check()
        return contacts.refer(contact_id, unit_id or 0, **_common(form))

    return _act(contact_id, act, _("转办"))


@bp.post("/<int:contact_id>/tell")
@requires(Action.REGISTER)
def tell(contact_id: int) -> Answer:
    def act(form: Form) -> object:
        return contacts.tell(contact_id, form.value("told"), **_common(form))

    return _act(contact_id, act, _("记录告知情况"))


@bp.post("/<int:contact_id>/close")
@requires(Action.REGISTER)
def close(contact_id: int) -> Answer:
    def act(form: Form) -> object:
        on = form.must_day("on", _("办结日期"))
        form.check()
        return contacts.close(contact_id, form.value("result"), on=on, **_common(form))

    return _act(contact_id, act, _("办结"))


@bp.get("/<int:contact_id>/convert")
@requires(Action.REGISTER)
def conversion(contact_id: int) -> Answer:
    """Show the names in the clear, as the form needs them; the look is logged as any other."""
    actor = current_actor()
    contacts.reveal(contact_id, actor=actor, now=now())
    row = contacts.find(contact_id, actor)
    start = {"name": row.person, "subject": row.summary, "kind": "natural_person"}
    if mail_of_contact(row.agency_id, row.id) is not None:
        start["channel"] = Channel.EMAIL.value
    if row.case is not None:
        start |= {"name": row.case.applicant.name, "subject": "", "kind": row.case.applicant_kind}
        start["another"] = "1"
        start |= _further(row.case.applicant)
        receipt_details = row.case.entries[0].details
        start |= {
            key: str(receipt_details[key])
            for key in ("channel", "signed_on", "confirmed_on")
            if receipt_details.get(key)
        }
    if (held := row.pending) is not None:
        start |= {"name": held.applicant.name, "subject": held.subject, "kind": held.applicant.kind}
        start |= {"channel": held.channel, "unit": held.unit or "", "tracking_number": held.tracking_number}
        start |= {"forwarded_on": held.forwarded_on.isoformat()} if held.forwarded_on else {}
        start |= _further(held.applicant)
    return conversion_page(row, Form(start))


def _further(first: Applicant) -> dict[str, str]:
    """Return those who ask with the first, who act for them, what is asked for; what is not shown is kept."""
    further = applicant_form.values_of({"name": who.name, "kind": who.kind} for who in first.further)
    return {**further, **representative_form.values_of(first)}


@bp.post("/<int:contact_id>/convert")
@requires(Action.REGISTER)
def convert(contact_id: int) -> Answer:
    actor, form = current_actor(), Form.of(request)
    row = contacts.find(contact_id, actor)
    if form.value("more"):
        return conversion_page(row, form)
    wanted = request_form.request_of(form, row.arrived_on)
    try:
        form.check()
        if wanted is None:
            raise DomainError("请看标红的栏目。")
        take = registration.another if form.value("another") and row.case else registration.convert
        made = take(contact_id, wanted, actor=actor, today=today(), now=now())
    except DomainError as error:
        return conversion_page(contacts.find(contact_id, actor), form, told(error)), 422
    return _became(contact_id, made)


@bp.post("/<int:contact_id>/scan")
@requires(Action.REGISTER)
def read_scan(contact_id: int) -> Answer:
    """Show what a photograph or scan of the letter says beside the form; nothing is kept."""
    row = contacts.find(contact_id, current_actor())
    form = Form.of(request)
    return scan_panel.answered(_panel(row), lambda scan: conversion_page(row, form, scan=scan), row)


def _panel(row: Contact) -> ScanPanel | None:
    return scan_panel.for_request(url_for("contact.read_scan", contact_id=row.id), row)


def _became(contact_id: int, made: Case | None) -> Response:
    """Say what the contact is now: a case, or a request that waits for its confirmation."""
    if made is None:
        flash(_("已登记为待确认的申请：还没有收到申请之日，请与申请人确认。"))
        return redirect(url_for("contact.show", contact_id=contact_id), code=303)
    flash(_("已转为依申请公开，受理编号%(number)s。", number=made.number))
    return redirect(url_for("case.show", case_id=made.id), code=303)


@bp.post("/<int:contact_id>/confirm")
@requires(Action.REGISTER)
def confirm(contact_id: int) -> Answer:
    actor, form = current_actor(), Form.of(request)
    try:
        fact = evidence.Fact(
            kind="confirmed",
            on=form.must_day("confirmed_on", _("确认日期")),
            way=form.choice("way", _("确认方式"), evidence.WAYS),
            person=form.text("by", _("确认人"), longest=60) or actor.name,
            note=form.text("note", _("说明")),
        )
        form.check()
        made = registration.confirm(contact_id, fact, **_common(form))
    except StaleDataError:
        error = _("这条记录刚刚被他人办理过，请看最新的内容。")
        return page(contacts.find(contact_id, actor), form, error), 409
    except DomainError as refused:
        return page(contacts.find(contact_id, actor), form, told(refused)), 422
    return _became(contact_id, made)


def conversion_page(row: Contact, form: Form, error: str = "", scan: ScanPanel | None = None) -> str:
    """Render the form that turns a contact into a request; the arrival day stays."""
    values = {**form.values, "arrived_on": row.arrived_on.isoformat()}
    preview = request_form.previewed(Form(values))
    return render_template(
        "contact/convert.html",
        row=row,
        form=form,
        error=error,
        said=preview,
        scan=scan or _panel(row),
        people=applicant_form.shown(form),
        **representative_form.shown(form),
        **request_form.choices(),
    )
