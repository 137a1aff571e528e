"""The register of requests, and the page of one."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker.domain.case import basis, check, explanation, history, mixed, silence
from tracker.domain.case.applicant import ApplicantKind, is_of_several
from tracker.domain.case.channel import RULES, Channel
from tracker.domain.case.duty import duties, expected, unknown_receipts, waits_until, who_acts
from tracker.domain.case.likeness import shared
from tracker.domain.case.outcome import BY_CODE, OUTCOMES, Family
from tracker.domain.case.sentence import paragraph
from tracker.domain.case.standing import Standing
from tracker.domain.case.state import CARRIED_FORWARD, LABELS, VOID, WORKING
from tracker.domain.case.workflow import Step
from tracker.domain.letter.index import BY_KEY, RECEIPT, action
from tracker.domain.message import LANGUAGES
from tracker.domain.permission import Action
from tracker.domain.register import remedy
from tracker.models.archiving import Archiving
from tracker.models.case import Case
from tracker.models.reads import archiving
from tracker.models.reads.base import count_rows
from tracker.models.reads.case import (
    ORDERS,
    CaseFilter,
    case_parts,
    case_years,
    cases_matching,
    shown_cases,
    sorted_up_to,
)
from tracker.models.reads.case_note import notes_of
from tracker.models.reads.letter import letters_of
from tracker.models.reads.remedy import remedies_of
from tracker.models.reads.search import parts_with
from tracker.now import now, today
from tracker.rendering import workbook
from tracker.services.case import alike as case_alike
from tracker.services.case import applicant, ask, evidence, follow, step, undo
from tracker.services.job import overdue
from tracker.services.letter import sign_off
from tracker.services.mail import mailbox
from tracker.services.mail.recipient import ADMINISTRATOR, HEAD, LIAISON, stand_in
from tracker.services.office import unit, user
from tracker.services.register import listing
from tracker.web.guard import current_actor, outward, requires, unit_scope
from tracker.web.page import download, paging
from tracker.web.page.columns import CASES, shown_list
from tracker.web.page.text import _, _l, word

bp = Blueprint("case", __name__, url_prefix="/cases")
STATES = frozenset({"open", "closed", CARRIED_FORWARD, VOID, *WORKING, *BY_CODE})


def wanted() -> CaseFilter:
    """Return what the address asks the list for."""
    asked = request.args
    return CaseFilter(
        text=asked.get("text", "").strip()[:100],
        state=paging.one_of("state", STATES),
        year=paging.year(),
        unit_id=paging.whole("unit"),
        handler=asked.get("handler", "").strip(),
        kind=paging.one_of("kind", tuple(ApplicantKind)),
        channel=paging.one_of("channel", tuple(Channel)),
        overdue_on=today() if asked.get("overdue") else None,
        followed_by=current_actor().user_id if asked.get("followed") else None,
        unit_scope=unit_scope(),
    )


def states() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return what a list can be narrowed to: groups of (code, words)."""
    groups = [
        ("", [("open", _("在办")), ("closed", _("已办结")), (CARRIED_FORWARD, LABELS[CARRIED_FORWARD])])
    ]
    groups.append((_("在办"), [(code, LABELS[code]) for code in WORKING]))
    for family in Family:
        groups.append((family.label, [(o.code, o.label) for o in OUTCOMES if o.family is family]))
    return [*groups, (_("其他"), [(VOID, LABELS[VOID])])]


@bp.get("")
@requires(Action.READ)
def index() -> str:
    actor, asked = current_actor(), wanted()
    order = paging.one_of("order", ORDERS, "received")
    parts = case_parts(actor.agency_id, asked)
    ordered = parts if order == "received" else case_parts(actor.agency_id, asked, order)
    if asked.text:
        matching, more = parts_with(asked.text, ordered, ORDERS[order], paging.needed())
        page = paging.page_of(matching, ORDERS[order], read=shown_cases, more=more)
    else:
        page = paging.page_of(
            parts,
            ORDERS[order],
            read=shown_cases,
            ordered=ordered,
            sorted_up_to=sorted_up_to(asked, order),
        )
    view = shown_list(CASES)
    return render_template(
        "case/index.html",
        page=page,
        further=listing.case_cells([row.id for row in page.items], view.further, today()),
        address=paging.address,
        wanted=asked,
        order=order,
        view=view,
        states=states(),
        units=unit.all_units(actor.agency_id),
        kinds=list(ApplicantKind),
        channels=list(Channel),
        years=case_years(actor.agency_id),
        people=user.active_names(actor.agency_id),
    )


@bp.get("/export.xlsx")
@requires(Action.READ)
@outward
def export() -> Response:
    return _exported("申请台账")


@bp.post("/export.xlsx")
@requires(Action.REGISTER)
@outward
def export_personal() -> Response:
    """Hand out the list with documents and ways of contact, for a reason that the audit log keeps."""
    return _exported("申请台账（含证件、联系方式）", why=listing.reason_of(request.form.get("why", "")))


def _exported(title: str, why: str = "") -> Response:
    """Return the list as it is narrowed and sorted. why: asked of who wants personal columns."""
    actor = current_actor()
    columns = listing.case_columns(personal=bool(why), actor=actor)
    matching_cases, order = cases_matching(actor.agency_id, wanted()), request.args.get("order", "")
    listing.note_export(title, count_rows(matching_cases), actor=actor, now=now(), why=why)
    rows = listing.case_rows(matching_cases, today(), columns, ORDERS.get(order, ()))
    content = workbook.table("申请台账", [column.label for column in columns], rows)
    return download.excel(content, f"申请台账{today():%Y%m%d}.xlsx")


STAND_INS = {LIAISON: _l("联络员"), HEAD: _l("负责人"), ADMINISTRATOR: _l("系统管理员")}


@bp.get("/<int:case_id>")
@requires(Action.READ)
def show(case_id: int) -> str:
    return page(step.find(case_id, current_actor()))


def page(case: Case, revealed: list[dict[str, str]] | None = None, **typed: str) -> str:
    """Return the page of a case; with what a logged look revealed, or a note that was not kept."""
    actor, on = current_actor(), today()
    standing, contacts = step.standing(case), step.contacts_of(case)
    offered = check.offered(standing, actor.roles) if standing.state != VOID else []
    lacking = step.lacking(case)
    return render_template(
        "case/show.html",
        case=case,
        standing=standing,
        due=standing.due(),
        sentences=explanation.reply(standing),
        dates=explanation.every_date(standing),
        days=explanation.day_by_day(standing),
        duties=duties(standing, on),
        waits=waits_until(standing),
        letters=unknown_receipts(standing) if standing.state != VOID else [],
        proposals=silence.ripe(standing, on),
        lacking=lacking,
        unproved=step.unproved(case),
        overdue=standing.is_overdue(on),
        flags=overdue.flags(case.id),
        irregularities=check.irregularities(standing, on),
        answer=answer_of(standing),
        answers=by_family(offered),
        replaced=history.replaced(case.entries),
        related=step.related(case, actor),
        contacts=contacts,
        sign_offs=sign_off.of_case(case, actor, today=on),
        reminders=mailbox.of_case(case.id),
        stand_in=None if case.closed_on else stand_in(case.agency_id, case.handler, case.unit_id),
        stand_ins=STAND_INS,
        evidence=evidence.of_case(case, contacts),
        rule=RULES[Channel(case.channel)],
        lawsuits=remedies_of(case),
        remedy_kinds=remedy.KINDS,
        who_acts=who_acts(standing),
        revealed=revealed,
        several=is_of_several(case.applicant.name, case.applicant_kind),
        corrections=applicant.corrections(case),
        void=VOID,
        archived=archiving.in_force(case) if case.closed_on else None,
        changes_since=_changes_since,
        notes=notes_of(case),
        **_next_of(case, standing, offered, lacks_items=bool(lacking)),
        **typed,
    )


def _next_of(case: Case, standing: Standing, offered: list[Step], *, lacks_items: bool) -> dict[str, Any]:
    """Return what the reader may do next, the step that the law expects first, and what others may."""
    actor, lead = current_actor(), expected(standing, lacks_items=lacks_items)
    return {
        "lead": lead,
        "steps": sorted((s for s in offered if not s.is_outcome), key=lambda s: s.name != lead),
        "others": sorted(ask.of_others(case, standing, actor), key=lambda one: one.step != lead),
        "followed": follow.is_followed(case, actor),
        "undoable": undo.last_own(case, actor, now()),
    }


def _changes_since(act: Archiving) -> list[str]:
    """Return what came to the case after its file was archived, in words."""
    return [word(archiving.CHANGES[code]) for code in archiving.changes_since(act)]


def answer_of(standing: Standing) -> dict[str, Any] | None:
    """Return how the case was answered: its notice and end, the items, the remedies."""
    answer = standing.answer
    if answer is None or answer.step not in BY_CODE:
        return None
    return {
        "letter": basis.letter_of(answer.step, answer.details),
        "end": basis.end_of(answer.step, answer.details),
        "parts": mixed.parts_of(answer.details),
        "remedies": mixed.remedies(answer.step, answer.details, standing.decided_on or answer.on),
    }


def by_family(offered: list[Step]) -> list[tuple[str, list[Step]]]:
    """Return the outcomes that may be answered with, by the part of table 3."""
    of = {outcome.code: outcome.family for outcome in OUTCOMES}
    groups = [(family.label, [s for s in offered if of.get(s.name) is family]) for family in Family]
    return [(label, members) for label, members in groups if members]


@bp.post("/<int:case_id>/reveal")
@requires(Action.READ)
def reveal(case_id: int) -> str:
    actor = current_actor()
    revealed = step.reveal(case_id, actor=actor, now=now())
    return page(step.find(case_id, actor), revealed)


@bp.get("/<int:case_id>/slip")
@requires(Action.READ)
def slip(case_id: int) -> Response:
    """Lead to the receipt of the request (接收回执), or to the form of one; the look is logged."""
    actor = current_actor()
    case = step.slip(case_id, actor=actor, now=now())
    made = next((each for each in letters_of(case) if each.kind == RECEIPT and each.voided is None), None)
    if made is not None:
        return redirect(url_for("letter.show", case_id=case.id, letter_id=made.id), code=303)
    if case.state != VOID and actor.may(action(BY_KEY[RECEIPT])):
        return redirect(url_for("letter.new", case_id=case.id, kind=RECEIPT), code=303)
    return redirect(url_for("letter.of_case", case_id=case.id), code=303)


@bp.get("/<int:case_id>/dates.json")
@requires(Action.READ)
def dates(case_id: int) -> dict[str, Any]:
    """Every date of the case with its reasons in Chinese and in English, and the quotable paragraph."""
    case = step.find(case_id, current_actor())
    standing = step.standing(case)
    sentences = explanation.reply(standing)
    return {
        "number": case.number,
        "dates": [explanation.as_json(item) for item in explanation.every_date(standing)],
        "paragraph": {way: paragraph(sentences, way) for way in LANGUAGES},
    }


@bp.get("/<int:case_id>/alike")
@requires(Action.READ)
def alike(case_id: int) -> str:
    actor = current_actor()
    case = step.find(case_id, actor)
    return render_template(
        "case/alike.html", case=case, earlier=case_alike.of_case(case, actor), shared=shared
    )
