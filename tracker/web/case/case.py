"""The register of requests, and the page of one."""

from typing import Any

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from tracker.domain.case import basis, check, explanation, history, mixed, silence
from tracker.domain.case.applicant import ApplicantKind, is_of_several, together
from tracker.domain.case.channel import RULES, Channel
from tracker.domain.case.duty import duties, unknown_receipts, waits_until, who_acts
from tracker.domain.case.likeness import shared
from tracker.domain.case.outcome import BY_CODE, OUTCOMES, Family
from tracker.domain.case.sentence import paragraph
from tracker.domain.case.standing import Standing
from tracker.domain.case.state import CARRIED_FORWARD, LABELS, VOID, WORKING
from tracker.domain.case.workflow import Step
from tracker.domain.message import LANGUAGES
from tracker.domain.permission import Action
from tracker.domain.register import remedy
from tracker.models.case import Case
from tracker.models.duty import CASE
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
from tracker.models.reads.remedy import remedies_of
from tracker.models.reads.search import parts_with
from tracker.now import now, today
from tracker.rendering import workbook
from tracker.services.case import alike as case_alike
from tracker.services.case import applicant, ask, evidence, step
from tracker.services.job import overdue
from tracker.services.letter import sign_off
from tracker.services.mail import mailbox
from tracker.services.mail.recipient import ADMINISTRATOR, HEAD, LIAISON, stand_in
from tracker.services.office import unit
from tracker.services.office.agency import name_of
from tracker.services.register import listing
from tracker.web.guard import current_actor, requires, unit_scope
from tracker.web.page import download, paging
from tracker.web.page.text import _, _l

bp = Blueprint("case", __name__, url_prefix="/cases")


def wanted() -> CaseFilter:
    """Return what the address asks the list for."""
    asked = request.args
    return CaseFilter(
        text=asked.get("text", "").strip()[:100],
        state=asked.get("state", ""),
        year=paging.year(),
        unit_id=paging.whole("unit"),
        handler=asked.get("handler", "").strip(),
        kind=asked.get("kind", ""),
        channel=asked.get("channel", ""),
        overdue_on=today() if asked.get("overdue") else None,
        unit_scope=unit_scope(),
    )


def states() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return what a list can be narrowed to: groups of (code, words)."""
    groups = [
        ("", [("open", _("在办")), ("closed", _("已办结")), (CARRIED_FORWARD, LABELS[CARRIED_FORWARD])])
    ]
    groups.append((_("在办"), [(code, LABELS[code]) for code in WORKING]))
    for family in Family:
        groups.append((family.value, [(o.code, o.label) for o in OUTCOMES if o.family is family]))
    return [*groups, (_("其他"), [(VOID, LABELS[VOID])])]


@bp.get("")
@requires(Action.READ)
def index() -> str:
    actor, asked = current_actor(), wanted()
    order = request.args.get("order", "")
    order = order if order in ORDERS else "received"
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
    return render_template(
        "case/index.html",
        page=page,
        address=paging.address,
        wanted=asked,
        order=order,
        states=states(),
        units=unit.all_units(actor.agency_id),
        kinds=list(ApplicantKind),
        channels=list(Channel),
        years=case_years(actor.agency_id),
    )


@bp.get("/export.xlsx")
@requires(Action.READ)
def export() -> Response:
    actor, asked = current_actor(), wanted()
    matching_cases = cases_matching(actor.agency_id, asked)
    listing.note_export("申请台账", count_rows(matching_cases), actor=actor, now=now())
    rows = listing.case_rows(matching_cases, today())
    content = workbook.table("申请台账", listing.CASE_HEADERS, rows)
    return download.excel(content, f"申请台账{today():%Y%m%d}.xlsx")


STAND_INS = {LIAISON: _l("联络员"), HEAD: _l("负责人"), ADMINISTRATOR: _l("系统管理员")}


@bp.get("/<int:case_id>")
@requires(Action.READ)
def show(case_id: int) -> str:
    return page(step.find(case_id, current_actor()))


def page(case: Case, revealed: list[dict[str, str]] | None = None) -> str:
    """Return the page of a case; with what a logged look revealed."""
    actor, on = current_actor(), today()
    standing, contacts = step.standing(case), step.contacts_of(case)
    offered = check.offered(standing, actor.roles) if standing.state != VOID else []
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
        lacking=step.lacking(case),
        overdue=standing.is_overdue(on),
        flags=overdue.flags(case.id),
        irregularities=check.irregularities(standing, on),
        answer=answer_of(standing),
        steps=[s for s in offered if not s.is_outcome],
        answers=by_family(offered),
        replaced=history.replaced(case.entries),
        related=step.related(case, actor),
        contacts=contacts,
        others=ask.of_others(case, standing, actor),
        sign_offs=sign_off.of_case(case, actor, today=on),
        reminders=mailbox.of_subject(CASE, case.id),
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
    )


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
    groups = [(family.value, [s for s in offered if of.get(s.name) is family]) for family in Family]
    return [(label, members) for label, members in groups if members]


@bp.post("/<int:case_id>/reveal")
@requires(Action.READ)
def reveal(case_id: int) -> str:
    actor = current_actor()
    revealed = step.reveal(case_id, actor=actor, now=now())
    return page(step.find(case_id, actor), revealed)


@bp.get("/<int:case_id>/slip")
@requires(Action.READ)
def slip(case_id: int) -> str:
    case = step.slip(case_id, actor=current_actor(), now=now())
    standing = step.standing(case)
    return render_template(
        "case/slip.html",
        case=case,
        standing=standing,
        due=standing.due(),
        sentences=explanation.reply(standing),
        agency=name_of(case.agency_id),
        names=together([who.name for who in case.applicant.people]),
    )


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
