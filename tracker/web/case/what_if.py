"""What if: every date of a request that is not registered, for the telephone. Nothing is kept."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from flask import Blueprint, render_template, request

from tracker.domain.case import channel, check
from tracker.domain.case.channel import Channel
from tracker.domain.case.duty import waits_until
from tracker.domain.case.event import Entry
from tracker.domain.case.explanation import every_date, reply
from tracker.domain.errors import DomainError
from tracker.domain.law import law, party
from tracker.domain.permission import Action
from tracker.now import today
from tracker.services.case import what_if
from tracker.services.office import office
from tracker.web.guard import requires
from tracker.web.page import language
from tracker.web.page.form import Form
from tracker.web.page.text import _, told

bp = Blueprint("what_if", __name__, url_prefix="/what-if")
CONSULTATIONS = (1, 2, 3)


@bp.get("")
@requires(Action.SIGNED_IN)
def show() -> str | tuple[str, int]:
    values = request.args.to_dict()
    values.pop(language.KEY, None)
    form = Form({"channel": Channel.IN_PERSON.value, **values})
    supposition: dict[str, Any] = {}
    if values:
        try:
            supposition = supposed(form)
        except DomainError as error:
            supposition = {"error": told(error)}
    page = render_template(
        "case/what_if/show.html",
        form=form,
        channels=[(way.value, way.label) for way in Channel],
        parties=list(party.CHOICES.items()),
        rules=channel.RULES,
        rows=CONSULTATIONS,
        most=law.longest_extension(),
        **supposition,
    )
    return (page, 422) if "error" in supposition else page


def supposed(form: Form) -> dict[str, Any]:
    """Return the receipt and every date that follows from it. Raises DomainError, errors by field."""
    arrived_on = form.day("arrived_on", _("来件日期"))
    signed_on, confirmed_on = form.day("signed_on", _("签收日期")), form.day("confirmed_on", _("确认日期"))
    way = form.choice("channel", _("申请方式"), list(Channel))
    steps = list(_steps(form))
    first = arrived_on or signed_on or confirmed_on
    if first is None:
        form.errors.setdefault("arrived_on", _("请填写%(label)s。", label=_("来件日期")))
    form.check()
    days = {"arrived_on": first, "signed_on": signed_on, "confirmed_on": confirmed_on}
    reading = office.rules(first or today()).online_receipt
    receipt = channel.receipt(Channel(way), **days, online=reading)  # type: ignore[arg-type]
    standing = what_if.suppose(Entry("receive", receipt.on, {"channel": way}), steps)
    last = max([receipt.on, *(step.on for step in steps)])
    return {
        "standing": standing,
        "receipt": receipt,
        "due": standing.due(),
        "waits": waits_until(standing),
        "dates": every_date(standing),
        "sentences": reply(standing),
        "irregularities": [i for i in check.irregularities(standing, last) if i.code != "late_answer"],
    }


def _steps(form: Form) -> Iterator[Entry]:
    """Yield the steps that the form supposes, in the order in which they follow within one day."""
    yield from _supplement(form)
    for row in CONSULTATIONS:
        yield from _consultation(form, str(row))
    yield from _fee(form)
    if on := form.day("extended_on", _("延期告知日期")):
        days, most = form.whole("extension_days", _("延长天数")) or 0, law.longest_extension()
        if "extension_days" not in form.errors and not 1 <= days <= most:
            form.errors["extension_days"] = _("延长天数应在1与%(most)s之间。", most=most)
        yield Entry("extend", on, {"days": days})
    if on := form.day("delayed_on", _("延迟告知日期")):
        until = form.day("delayed_until", _("延迟至"), required=True)
        _not_before(form, on, until, "delayed_until", _("延迟告知日期"))
        yield Entry("delay", on, {"until_on": _iso(until)})


def _supplement(form: Form) -> Iterator[Entry]:
    asked_on = form.day("asked_on", _("补正告知日期"))
    deadline_on = form.day("deadline_on", _("补正期限"))
    received_on = form.day("supplemented_on", _("补正收到日期"))
    if asked_on:
        _not_before(form, asked_on, deadline_on, "deadline_on", _("补正告知日期"))
        _not_before(form, asked_on, received_on, "supplemented_on", _("补正告知日期"))
        until = deadline_on or what_if.supplement_deadline(asked_on)
        yield Entry("ask_supplement", asked_on, {"deadline_on": _iso(until)})
    if received_on:
        yield Entry("receive_supplement", received_on, {})


def _consultation(form: Form, row: str) -> Iterator[Entry]:
    sent_on = form.day(f"sent_on_{row}", _("征求意见书发出日期"))
    got_on = form.day(f"received_on_{row}", _("对方收到日期"))
    ended_on = form.day(f"ended_on_{row}", _("收到意见日期"))
    if sent_on is None:
        if got_on or ended_on:
            form.errors[f"sent_on_{row}"] = _("请填写%(label)s。", label=_("征求意见书发出日期"))
        return
    whom = form.value(f"party_{row}") or party.THIRD_PARTY
    if whom not in party.CHOICES:
        form.errors[f"party_{row}"] = _("请选择%(label)s。", label=_("征求对象"))
        return
    name = party.CHOICES[whom].split("（")[0] + row
    who = {"party": party.kept(whom, told_apart=True), "name": name}
    _not_before(form, sent_on, got_on, f"received_on_{row}", _("征求意见书发出日期"))
    _not_before(form, sent_on, ended_on, f"ended_on_{row}", _("征求意见书发出日期"))
    yield Entry("consult", sent_on, who | ({"received_on": got_on.isoformat()} if got_on else {}))
    if ended_on:
        yield Entry("end_consultation", ended_on, who)


def _fee(form: Form) -> Iterator[Entry]:
    charged_on = form.day("charged_on", _("收费通知日期"))
    got_on, paid_on = (
        form.day("charge_received_on", _("收到收费通知日期")),
        form.day("paid_on", _("缴费日期")),
    )
    if charged_on:
        _not_before(form, charged_on, got_on, "charge_received_on", _("收费通知日期"))
        _not_before(form, charged_on, paid_on, "paid_on", _("收费通知日期"))
        yield Entry("charge", charged_on, {"received_on": _iso(got_on)} if got_on else {})
    if paid_on:
        yield Entry("pay", paid_on, {})


def _not_before(form: Form, first: date, later: date | None, name: str, label: str) -> None:
    if later and later < first:
        form.errors[name] = _("不能早于%(label)s（%(day)s）。", label=label, day=first.isoformat())


def _iso(day: date | None) -> str:
    return (day or date.min).isoformat()
