"""What the form of each step asks for: one table, read by the page and by the reader of the form."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from tracker.domain.case import approval, basis, event, fee, mixed, workflow
from tracker.domain.case.event import Entry
from tracker.domain.case.fee import Fee
from tracker.domain.case.outcome import BY_CODE
from tracker.domain.case.standing import Standing
from tracker.domain.case.state import CARRIED_FORWARD
from tracker.domain.case.step_field import StepField
from tracker.domain.law import party
from tracker.services.office import office
from tracker.web.page.form import Form
from tracker.web.page.text import _, _l

# The words to choose between: those of the ledger, a party as forms and files say it.
WORDS = {**event.WORDS, "party": party.CHOICES}
PARTS = ("content", "outcome", "reason")
PART = re.compile(r"part_(\d{1,2})_(content|outcome|reason)")
# What an item can end in: an outcome, with its end where it has several.
CHOICES = {
    f"{outcome.code}.{end.key}" if len(basis.ENDS[outcome.code]) > 1 else outcome.code: (outcome, end)
    for outcome, end in mixed.CHOICES
}
MOST_PARTS = 40
SPARE_PARTS = 4  # empty lines for items beside those filled in


def _basis(code: str) -> Iterator[StepField]:
    """Yield what the form of an outcome asks beside its day: which end it is, and what that rests on."""
    ends = basis.ENDS[code]
    if len(ends) > 1:
        yield StepField("end", _l("哪一种情形"), "end")
    for end in ends:
        when = f"end={end.key}" if len(ends) > 1 else ""
        for ask in end.asks:
            hint = f"{end.label}；{ask.law}" if when else ask.law
            yield StepField(f"basis_{end.key}_{ask.key}", _l(ask.label), _kind(ask), hint=hint, when=when)
    if basis.may_meet_objection(code):
        for ask in basis.OVER_OBJECTION:
            yield StepField(f"basis__{ask.key}", _l(ask.label), _kind(ask), hint=ask.law, when="objected")


def _kind(ask: basis.Ask) -> str:
    return "day" if ask.is_day else "area" if ask.long else "text"


def _shown(field: StepField) -> StepField:
    """Return the field with its label and hint as the reader's language says them."""
    return replace(field, label=_l(field.label), hint=_l(field.hint) if field.hint else "")


FIELDS: dict[str, tuple[StepField, ...]] = {
    step.name: (*(_basis(step.name) if step.is_outcome else ()), *map(_shown, step.fields))
    for step in workflow.STEPS
    if step.dest != CARRIED_FORWARD  # a year's end, never typed
}

FIELDS["extend"] += (
    StepField(
        approval.ON, _l("批准日"), "day",
        hint=_l("负责人同意的日期；已在本系统中签批的不必填写，不知道的留空，办理时写明情况。"),
    ),
)  # fmt: skip

RECEIPT = (
    StepField("channel", _l("申请方式"), "choice", required=True),
    StepField("applicant_kind", _l("申请人类型"), "choice", required=True),
    StepField("arrived_on", _l("来件日期"), "day"),
    StepField("signed_on", _l("签收日期"), "day"),
    StepField("confirmed_on", _l("确认日期"), "day"),
)


def _deadline(standing: Standing, on: date) -> str:
    return office.calendar().add(on, office.rules(on).supplement_days).isoformat()


def _days(standing: Standing, on: date) -> str:
    left = standing.law.extension.days - sum(e.days for e in standing.extensions)
    return str(left) if left > 0 else ""


DEFAULTS: dict[tuple[str, str], Callable[[Standing, date], str]] = {
    ("ask_supplement", "deadline_on"): _deadline,
    ("extend", "days"): _days,
}


def start(name: str, standing: Standing, on: date, approver: str) -> Form:
    """Return the form of a step as it is first shown: today, and what can be proposed."""
    values = {"on": on.isoformat(), "approved_by": approver}
    if name in BY_CODE:
        values["end"] = basis.ENDS[name][0].key
    for field in FIELDS[name]:
        proposal = DEFAULTS.get((name, field.name))
        if proposal:
            values[field.name] = proposal(standing, on)
    return Form(values)


def charge(cost: Fee) -> dict[str, str]:
    """Return what the form of a charge proposes; no amount where nothing may be charged."""
    values = {"way": cost.way, "count": str(cost.count)}
    if cost.amount:
        values |= {"amount": str(cost.amount), "reason": "".join(fee.lines(cost))}
    return values


def proposed(name: str, asked: Mapping[str, str]) -> dict[str, str]:
    """Return what an address proposes for the fields of the step, such as a silence to be recorded."""
    names = {field.name for field in FIELDS[name]}
    return {key: value for key, value in asked.items() if key in names}


def withheld(name: str, listed: str) -> dict[str, str]:
    """Return what a partial disclosure proposes to state as withheld: the list of its redactions."""
    return {"basis_separated_withheld": listed} if name == "partially_disclosed" and listed else {}


def entry_of(name: str, form: Form, on_words: str) -> Entry:
    """Return the entry that the form describes; what is wrong is on the form (``form.check``)."""
    on = form.must_day("on", on_words)
    details: dict[str, Any] = {}
    for field in FIELDS[name]:
        if field.kind != "end" and not field.name.startswith("basis_"):
            details |= _read(field, form)
    if approved := details.pop(approval.ON, None):
        details = approval.noted(details, date.fromisoformat(approved))
        if approved > on.isoformat():
            form.errors[approval.ON] = _("批准日（%(day)s）晚于告知日（%(on)s）。", day=approved, on=on)
    if name in BY_CODE:
        details |= {"basis": _stated(name, form), "parts": parts_of(form)}
    return Entry(name, on, {key: value for key, value in details.items() if value not in (None, "", {}, [])})


def _stated(code: str, form: Form) -> dict[str, str]:
    """Return the basis that the form states, of the chosen end alone."""
    ends = basis.ENDS[code]
    end = next((e for e in ends if e.key == form.value("end")), ends[0])
    asks = [(f"basis_{end.key}_", ask) for ask in end.asks]
    if basis.may_meet_objection(code):
        asks += [("basis__", ask) for ask in basis.OVER_OBJECTION]
    stated = {ask.key: _fact(ask, f"{lead}{ask.key}", form) for lead, ask in asks}
    stated = {key: fact for key, fact in stated.items() if fact}
    return {basis.END: end.key, **stated} if stated or len(ends) > 1 else {}


def _fact(ask: basis.Ask, name: str, form: Form) -> str:
    if not ask.is_day:
        return form.text(name, ask.label)
    day = form.day(name, ask.label)
    return day.isoformat() if day else ""


def parts_of(form: Form) -> list[dict[str, str]]:
    """Return the items of a mixed answer that the form names; a line without an outcome is an error."""
    parts = []
    for place in range(1, part_lines(form) + 1):
        content, chosen, reason = (form.text(f"part_{place}_{key}", str(_l("分项"))) for key in PARTS)
        if not content and not chosen:
            continue
        outcome, _dot, end = chosen.partition(".")
        if not content or chosen not in CHOICES:
            form.errors[f"part_{place}_outcome"] = _("第%(place)s项请写明内容并选择结果。", place=place)
            continue
        part = {"content": content, "outcome": outcome, "end": end, "reason": reason}
        parts.append({key: value for key, value in part.items() if value})
    return parts


def part_lines(form: Form) -> int:
    """Return how many lines for items the form shows: those filled in, and some to spare."""
    used = [int(name.split("_")[1]) for name, value in form.values.items() if PART.fullmatch(name) and value]
    return min(max(used, default=0) + SPARE_PARTS, MOST_PARTS)


def values_of(entry: Entry) -> dict[str, str]:
    """Return a kept entry as the form of its step shows it."""
    plain = {k: str(v) for k, v in entry.details.items() if v is not None and k not in ("basis", "parts")}
    stated = basis.basis_of(entry.details)
    if "party" in plain:
        plain["party"] = party.written(plain["party"])
    if entry.step in BY_CODE:
        end = basis.end_of(entry.step, entry.details)
        over = {ask.key for ask in basis.OVER_OBJECTION}
        plain["end"] = end.key
        plain |= {f"basis_{'' if key in over else end.key}_{key}": fact for key, fact in stated.items()}
    for place, part in enumerate(entry.details.get("parts") or (), start=1):
        plain |= {f"part_{place}_{key}": part.get(key, "") for key in PARTS}
        plain[f"part_{place}_outcome"] = mixed.choice_of(part)
    return plain


def _read(field: StepField, form: Form) -> dict[str, Any]:
    label = str(field.label)
    if field.kind == "day":
        day = form.day(field.name, label, required=field.required)
        return {field.name: day.isoformat() if day else None}
    if field.kind == "whole":
        number = form.whole(field.name, label, required=field.required)
        if number == 0:
            form.errors[field.name] = _("%(label)s应大于0。", label=label)
        return {field.name: number}
    if field.kind == "choice":
        chosen = form.choice(field.name, label, WORDS.get(field.name, {}), required=field.required)
        return {field.name: party.kept(chosen, told_apart=True) if field.name == "party" else chosen}
    if field.kind == "consultation":
        whom, _bar, name = form.text(field.name, label, required=True).partition("|")
        return {"party": party.kept(whom, told_apart=True), "name": name}
    return {field.name: form.text(field.name, label, required=field.required)}
