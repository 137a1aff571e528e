"""The part of a form that describes a request: who asks, how it came in, what for."""

from datetime import date
from typing import Any

from tracker.domain.case import channel
from tracker.domain.case.applicant import HINTS, ApplicantKind, is_of_several
from tracker.domain.case.channel import Channel
from tracker.domain.case.evidence import WAYS, Fact
from tracker.domain.case.explanation import every_date
from tracker.domain.case.request import ApplicantData, Arrival, RequestData
from tracker.domain.errors import DomainError
from tracker.now import today
from tracker.services.case import alike, intake
from tracker.services.office import office, unit
from tracker.web.case import applicant_form, representative_form
from tracker.web.guard import current_actor
from tracker.web.page.form import Form
from tracker.web.page.text import _, told


def previewed(form: Form) -> dict[str, Any]:
    """Return what the form would give: the standing of the request, or what is still missing."""
    arrived_on = form.day("arrived_on", _("来件日期"))
    preview: dict[str, Any] = {"missing": "", "standing": None, "dates": [], "due": None, "rule": None}
    preview["confirm_by"] = None
    way = form.value("channel")
    if way in set(Channel) and arrived_on:
        preview["rule"] = channel.rule_of(Channel(way), office.rules(arrived_on).online_receipt)
        arrival = arrival_of(form, arrived_on)
        try:
            if intake.awaits_confirmation(arrival):
                preview["confirm_by"] = intake.confirm_by(arrival)
            else:
                standing = intake.preview(arrival)
                preview |= {"standing": standing, "dates": every_date(standing), "due": standing.due()}
        except DomainError as error:
            preview["missing"] = told(error)
    name = form.value("name") or form.value("person")
    preview["several"] = name if is_of_several(name, form.value("kind")) else ""
    preview["earlier"] = alike.look(
        current_actor(),
        subject=form.value("subject"),
        name=name,
        id_number=form.value("id_number"),
        kind=form.value("kind"),
        further=applicant_form.typed(form),
        on=preview["standing"].received_on if preview["standing"] else today(),
    )
    return preview


def arrival_of(form: Form, arrived_on: date) -> Arrival:
    """Return how the request came in, with the days that its receipt may rest on."""
    return Arrival(
        channel=Channel(form.value("channel")),
        arrived_on=arrived_on,
        signed_on=form.day("signed_on", _("签收日期")),
        confirmed_on=form.day("confirmed_on", _("确认日期")),
        tracking_number=form.text("tracking_number", _("邮件号"), longest=60),
        forwarded_on=form.day("forwarded_on", _("转到公开机构日期")),
    )


def evidence_of(form: Form, arrival: Arrival) -> tuple[Fact, ...]:
    """Return what the form says of how the receipt is proved, beside the days of the ledger."""
    signed_by = form.text("signed_by", _("签收人"), longest=60)
    way = form.choice("confirm_way", _("确认方式"), WAYS, required=False)
    passed_on = form.text("addressee", _("来件原收件人"), longest=200)
    facts = []
    if signed_by and arrival.signed_on:
        facts.append(Fact(kind="signed", on=arrival.signed_on, person=signed_by))
    if arrival.forwarded_on:
        facts.append(Fact(kind="forwarded", on=arrival.forwarded_on, note=passed_on))
    if way and arrival.confirmed_on:
        by = form.text("confirmed_by", _("确认人"), longest=60) or current_actor().name
        facts.append(Fact(kind="confirmed", on=arrival.confirmed_on, way=way, person=by))
    return tuple(facts)


def request_of(form: Form, arrived_on: date) -> RequestData | None:
    """Return the request that the form describes; None, with errors, where it cannot be read."""
    kind = form.choice("kind", _("申请人类型"), list(ApplicantKind))
    form.choice("channel", _("申请方式"), list(Channel))
    name = form.text("name", _("申请人姓名或者名称"), longest=200) or form.text("person", _("来件人"))
    subject = form.text("subject", _("申请内容"), required=True)
    further = applicant_form.further_of(form)
    if further and not name:
        form.errors["name"] = _("多人共同申请的，请填写第一申请人的姓名或者名称。")
    details = applicant_form.first_of(form)
    acting = representative_form.representatives_of(form)
    wishes = representative_form.wishes_of(form, oral=form.value("channel") == Channel.ORAL)
    if form.errors:
        return None
    applicant = ApplicantData(kind=ApplicantKind(kind), **{**details, "name": name})
    arrival = arrival_of(form, arrived_on)
    return RequestData(
        applicant=applicant,
        arrival=arrival,
        subject=subject,
        unit=form.value("unit") or None,
        evidence=evidence_of(form, arrival),
        further=further,
        representatives=acting,
        wishes=wishes,
    )


def choices() -> dict[str, Any]:
    """Return what the fields of a request offer."""
    return {
        "kinds": [(kind.value, kind.label) for kind in ApplicantKind],
        "hints": HINTS,
        "channels": [(way.value, way.label) for way in Channel],
        "rules": channel.RULES,
        "ways": WAYS,
        "units": [u for u in unit.all_units(current_actor().agency_id) if u.active],
    }
