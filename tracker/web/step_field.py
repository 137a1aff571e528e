"""What the form of each step asks for: one table, read by the page and by the reader of the form."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from tracker.domain import event, term
from tracker.domain.event import Entry
from tracker.domain.history import Standing
from tracker.domain.outcome import BY_CODE
from tracker.services import office
from tracker.web.form import Form
from tracker.web.text import _l


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a step's form. kind: text, area, day, whole, choice, unit, handler, consultation."""

    name: str
    label: Any
    kind: str = "text"
    required: bool = False
    hint: Any = ""


REASON = Field("reason", _l("理由"), "area")
OPINION = Field(
    "opinion",
    _l("意见"),
    "choice",
    required=True,
    hint=_l("逾期未答复：第三方的由本机关决定（第32条），共同制作机关的视为同意公开（第34条）。"),
)
CLOSING = (
    Field("decided_on", _l("落款日期"), "day", hint=_l("告知书上的日期；不填即为送达日期。")),
    Field(
        "method",
        _l("送达方式"),
        "choice",
        hint=_l("邮寄以交邮之日为送达，直接送达以签收之日为准（国办公开办函〔2016〕235号）。"),
    ),
    Field("document_number", _l("文号")),
)

FIELDS: dict[str, tuple[Field, ...]] = {
    "accept": (),
    "ask_supplement": (
        Field("items", _l("需要补正的内容（一次性告知）"), "area", required=True),
        Field(
            "deadline_on",
            _l("补正期限"),
            "day",
            required=True,
            hint=_l("条例只要求“合理的补正期限”，长短由本机关定（实务）。"),
        ),
    ),
    "receive_supplement": (),
    "consult": (
        Field("party", _l("征求对象"), "choice", required=True),
        Field("name", _l("对象名称"), required=True),
        Field("received_on", _l("对方收到日期"), "day", hint=_l("15个工作日自收到之日起算；未知可先不填。")),
    ),
    "end_consultation": (
        Field("consultation", _l("哪一次征求意见"), "consultation", required=True),
        OPINION,
        REASON,
    ),
    "extend": (
        Field("days", _l("延长的工作日数"), "whole", required=True, hint=_l("1至20，同一期限内合计最多20。")),
        Field("reason", _l("延期理由"), "area", required=True),
        Field("approved_by", _l("批准人（政府信息公开工作机构负责人）"), required=True),
    ),
    "charge": (
        Field(
            "received_on",
            _l("申请人收到通知日期"),
            "day",
            hint=_l("20个工作日自收到次日起算；未知可先不填。"),
        ),
        Field("amount", _l("金额（元）"), required=True),
        REASON,
    ),
    "pay": (Field("amount", _l("金额（元）")),),
    "ask_reasons": (Field("deadline_on", _l("说明理由的期限"), "day"), REASON),
    "give_reasons": (REASON,),
    "delay": (
        Field("until_on", _l("延迟答复至"), "day", required=True),
        Field("reason", _l("理由"), "area", required=True),
    ),
    "assign": (
        Field("unit", _l("承办单位"), "unit", required=True),
        Field("handler", _l("承办人"), "handler"),
    ),
    "withdraw": (REASON,),
    **{
        code: (*CLOSING, Field("reason", _l("理由"), "area", required=outcome.needs_reason))
        for code, outcome in BY_CODE.items()
    },
}

RECEIPT = (
    Field("channel", _l("申请方式"), "choice", required=True),
    Field("applicant_kind", _l("申请人类型"), "choice", required=True),
    Field("arrived_on", _l("来件日期"), "day"),
    Field("signed_on", _l("签收日期"), "day"),
    Field("confirmed_on", _l("确认日期"), "day"),
)


def _deadline(standing: Standing, on: date) -> str:
    return office.calendar().add(on, office.settings().supplement_days).isoformat()


def _days(standing: Standing, on: date) -> str:
    left = term.EXTENSION.days - sum(e.days for e in standing.extensions)
    return str(left) if left else ""


DEFAULTS: dict[tuple[str, str], Callable[[Standing, date], str]] = {
    ("ask_supplement", "deadline_on"): _deadline,
    ("extend", "days"): _days,
}


def start(name: str, standing: Standing, on: date, approver: str) -> Form:
    """Return the form of a step as it is first shown: today, and what can be proposed."""
    values = {"on": on.isoformat(), "approved_by": approver}
    for field in FIELDS[name]:
        proposal = DEFAULTS.get((name, field.name))
        if proposal:
            values[field.name] = proposal(standing, on)
    return Form(values)


def proposed(name: str, asked: Mapping[str, str]) -> dict[str, str]:
    """Return what an address proposes for the fields of the step, such as a silence to be recorded."""
    names = {field.name for field in FIELDS[name]}
    return {key: value for key, value in asked.items() if key in names}


def entry_of(name: str, form: Form, on_words: str) -> Entry:
    """Return the entry that the form describes; what is wrong is on the form (``form.check``)."""
    on = form.must_day("on", on_words)
    details: dict[str, Any] = {}
    for field in FIELDS[name]:
        details |= _read(field, form)
    return Entry(name, on, {key: value for key, value in details.items() if value not in (None, "")})


def _read(field: Field, form: Form) -> dict[str, Any]:
    label = str(field.label)
    if field.kind == "day":
        day = form.day(field.name, label, required=field.required)
        return {field.name: day.isoformat() if day else None}
    if field.kind == "whole":
        return {field.name: form.whole(field.name, label, required=field.required)}
    if field.kind == "choice":
        options = event.WORDS.get(field.name, {})
        return {field.name: form.choice(field.name, label, options, required=field.required)}
    if field.kind == "consultation":
        party, _bar, name = form.text(field.name, label, required=True).partition("|")
        return {"party": party, "name": name}
    return {field.name: form.text(field.name, label, required=field.required)}
