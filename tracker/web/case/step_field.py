"""What the form of each step asks for: one table, read by the page and by the reader of the form."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from tracker.domain.case import basis, event, fee, mixed
from tracker.domain.case.event import Entry
from tracker.domain.case.fee import Fee
from tracker.domain.case.outcome import BY_CODE
from tracker.domain.case.standing import Standing
from tracker.domain.law import party
from tracker.services.office import office
from tracker.web.page.form import Form
from tracker.web.page.text import _, _l


@dataclass(frozen=True, slots=True)
class StepField:
    """One field of a step's form.

    kind: text, area, day, whole, choice, unit, handler, consultation; end, basis and parts of an answer.
    when: ``end=…``: the field belongs to one end of the outcome alone.
    """

    name: str
    label: Any
    kind: str = "text"
    required: bool = False
    hint: Any = ""
    when: str = ""


# The words to choose between: those of the ledger, a party as forms and files say it.
WORDS = {**event.WORDS, "party": party.CHOICES}
UNKNOWN = _l("期限自收到之日起算。未知先不填：记录以前期限不起算，不按逾期处理；知道后在案件页补记。")
REASON = StepField("reason", _l("理由"), "area")
OPINION = StepField(
    "opinion",
    _l("意见"),
    "choice",
    required=True,
    hint=_l(
        "逾期未答复：第三方的由本机关决定（第32条），只有共同制作机关的视为同意公开（第34条）；"
        "其他机关的由本机关决定。"
    ),
)
CLOSING = (
    StepField("decided_on", _l("落款日期"), "day", hint=_l("告知书上的日期；不填即为送达日期。")),
    StepField(
        "method",
        _l("送达方式"),
        "choice",
        hint=_l("邮寄以交邮之日为送达，直接送达以签收之日为准（国办公开办函〔2016〕235号）。"),
    ),
    StepField("document_number", _l("文号")),
)

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
            yield StepField(f"basis_{end.key}_{ask.key}", ask.label, _kind(ask), hint=hint, when=when)
    if basis.may_meet_objection(code):
        for ask in basis.OVER_OBJECTION:
            yield StepField(f"basis__{ask.key}", ask.label, _kind(ask), hint=ask.law, when="objected")


def _kind(ask: basis.Ask) -> str:
    return "day" if ask.is_day else "area" if ask.long else "text"


FIELDS: dict[str, tuple[StepField, ...]] = {
    "accept": (),
    "ask_supplement": (
        StepField("items", _l("需要补正的内容（一次性告知）"), "area", required=True),
        StepField(
            "deadline_on",
            _l("补正期限"),
            "day",
            required=True,
            hint=_l("条例只要求“合理的补正期限”，长短由本机关定（实务）。"),
        ),
        StepField("received_on", _l("申请人收到补正告知书日期"), "day", hint=UNKNOWN),
    ),
    "receive_supplement": (),
    "consult": (
        StepField(
            "party",
            _l("征求对象"),
            "choice",
            required=True,
            hint=_l(
                "共同制作机关是一同制作该信息的机关，逾期不答复视为同意公开；"
                "其他机关、保密行政管理部门不答复不视为同意。"
            ),
        ),
        StepField("name", _l("对象名称"), required=True),
        StepField("received_on", _l("对方收到日期"), "day", hint=UNKNOWN),
    ),
    "end_consultation": (
        StepField("consultation", _l("哪一次征求意见"), "consultation", required=True),
        OPINION,
        REASON,
    ),
    "extend": (
        StepField(
            "days", _l("延长的工作日数"), "whole", required=True, hint=_l("1至20，同一期限内合计最多20。")
        ),
        StepField("reason", _l("延期理由"), "area", required=True),
        StepField("approved_by", _l("批准人（政府信息公开工作机构负责人）"), required=True),
    ),
    "charge": (
        StepField(
            "received_on",
            _l("申请人收到通知日期"),
            "day",
            hint=UNKNOWN,
        ),
        StepField("way", _l("计收方式"), "choice", hint=_l("一件申请只选一种（109号第3条）。")),
        StepField("count", _l("件数或者页数"), "whole", hint=_l("按件：本件拆分后的件数；按量：页数。")),
        StepField("amount", _l("金额（元）"), required=True, hint=_l("可以不收或者少收，不能超过标准。")),
        REASON,
    ),
    "pay": (StepField("amount", _l("金额（元）")),),
    "ask_reasons": (StepField("deadline_on", _l("说明理由的期限"), "day"), REASON),
    "give_reasons": (REASON,),
    "delay": (
        StepField("until_on", _l("延迟答复至"), "day", required=True, hint=_l("应当晚于现在的答复期限。")),
        StepField("reason", _l("认定申请人的理由合理、需要延迟的情况"), "area", required=True),
    ),
    "assign": (
        StepField("unit", _l("承办单位"), "unit", required=True),
        StepField("handler", _l("承办人"), "handler"),
    ),
    "withdraw": (REASON,),
    **{
        code: (
            *_basis(code),
            *CLOSING,
            StepField("reason", _l("理由"), "area", required=outcome.needs_reason),
        )
        for code, outcome in BY_CODE.items()
    },
}

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


def charge(found: Fee) -> dict[str, str]:
    """Return what the form of a charge proposes; no amount where nothing may be charged."""
    values = {"way": found.way, "count": str(found.count)}
    if found.amount:
        values |= {"amount": str(found.amount), "reason": "".join(fee.lines(found))}
    return values


def proposed(name: str, asked: Mapping[str, str]) -> dict[str, str]:
    """Return what an address proposes for the fields of the step, such as a silence to be recorded."""
    names = {field.name for field in FIELDS[name]}
    return {key: value for key, value in asked.items() if key in names}


def entry_of(name: str, form: Form, on_words: str) -> Entry:
    """Return the entry that the form describes; what is wrong is on the form (``form.check``)."""
    on = form.must_day("on", on_words)
    details: dict[str, Any] = {}
    for field in FIELDS[name]:
        if field.kind != "end" and not field.name.startswith("basis_"):
            details |= _read(field, form)
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
    stated = {key: words for key, words in stated.items() if words}
    return {basis.END: end.key, **stated} if stated or len(ends) > 1 else {}


def _fact(ask: basis.Ask, name: str, form: Form) -> str:
    if not ask.is_day:
        return form.text(name, ask.label)
    day = form.day(name, ask.label)
    return day.isoformat() if day else ""


def parts_of(form: Form) -> list[dict[str, str]]:
    """Return the items of a mixed answer that the form names; a line without an outcome is an error."""
    found = []
    for place in range(1, part_lines(form) + 1):
        content, chosen, reason = (form.text(f"part_{place}_{key}", str(_l("分项"))) for key in PARTS)
        if not content and not chosen:
            continue
        outcome, _dot, end = chosen.partition(".")
        if not content or chosen not in CHOICES:
            form.errors[f"part_{place}_outcome"] = _("第%(place)s项请写明内容并选择结果。", place=place)
            continue
        part = {"content": content, "outcome": outcome, "end": end, "reason": reason}
        found.append({key: words for key, words in part.items() if words})
    return found


def part_lines(form: Form) -> int:
    """Return how many lines for items the form shows: those filled in, and some to spare."""
    used = [int(name.split("_")[1]) for name, words in form.values.items() if PART.fullmatch(name) and words]
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
        plain |= {f"basis_{'' if key in over else end.key}_{key}": words for key, words in stated.items()}
    for place, part in enumerate(entry.details.get("parts") or (), start=1):
        plain |= {f"part_{place}_{key}": part.get(key, "") for key in PARTS}
        plain[f"part_{place}_outcome"] = ".".join(filter(None, (part["outcome"], part.get("end"))))
    return plain


def _read(field: StepField, form: Form) -> dict[str, Any]:
    label = str(field.label)
    if field.kind == "day":
        day = form.day(field.name, label, required=field.required)
        return {field.name: day.isoformat() if day else None}
    if field.kind == "whole":
        return {field.name: form.whole(field.name, label, required=field.required)}
    if field.kind == "choice":
        chosen = form.choice(field.name, label, WORDS.get(field.name, {}), required=field.required)
        return {field.name: party.kept(chosen, told_apart=True) if field.name == "party" else chosen}
    if field.kind == "consultation":
        whom, _bar, name = form.text(field.name, label, required=True).partition("|")
        return {"party": party.kept(whom, told_apart=True), "name": name}
    return {field.name: form.text(field.name, label, required=field.required)}
