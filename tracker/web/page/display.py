"""How things are shown: days, moments, names half hidden, the menu."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from flask import Flask, g, request
from markupsafe import Markup

from tracker.domain import misfit
from tracker.domain.case import (
    applicant,
    basis,
    channel,
    event,
    evidence,
    file,
    mixed,
    online,
    silence,
    state,
    workflow,
)
from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.case.channel import Channel
from tracker.domain.case.consultation import Consultation
from tracker.domain.case.duty import DUTY_LABELS, NEXT_STEP, Duty, is_provisional
from tracker.domain.case.redaction import GROUNDS
from tracker.domain.case.sentence import paragraph, say, words
from tracker.domain.contact import contact
from tracker.domain.law import party, term
from tracker.domain.message import cited
from tracker.domain.permission import Action
from tracker.domain.report.section import PART_OF
from tracker.models.agency import Unit
from tracker.models.applicant import Applicant
from tracker.models.case import Case
from tracker.models.contact import Contact
from tracker.models.outbox import STATUS
from tracker.models.reads.base import MOST
from tracker.now import today
from tracker.services.contact import deadline
from tracker.services.office import office
from tracker.web.page import asking, language, letter, link
from tracker.web.page.text import _, _l, word

MENU = (
    ("worklist.index", _l("工作台"), Action.READ),
    ("registration.new", _l("登记"), Action.REGISTER),
    ("case.index", _l("申请台账"), Action.READ),
    ("contact.index", _l("来信来访来电"), Action.READ),
    ("register.index", _l("登记簿"), Action.READ),
    ("imported.index", _l("导入"), Action.IMPORT),
    ("report.index", _l("年度报告"), Action.READ),
    ("statistics.index", _l("统计"), Action.READ),
    ("calendar.show", _l("日历"), Action.SIGNED_IN),
    ("what_if.show", _l("期限试算"), Action.SIGNED_IN),
    ("handbook.show", _l("手册"), Action.SIGNED_IN),
    ("start.index", _l("开始使用"), Action.OFFICE),
    ("user.index", _l("用户"), Action.USERS),
    ("unit.index", _l("单位"), Action.USERS),
    ("job.index", _l("定时任务"), Action.JOBS),
    ("outbox.index", _l("发件箱"), Action.OUTBOX),
    ("audit.index", _l("审计日志"), Action.AUDIT),
)
ASKED = "receipt"  # a record that the program asks for: nothing ends on its day
NATURAL = tuple(limit.name for limit in term.TERMS if limit.unit == "natural")
PART_OF_MENU = {
    "edition": "report",
    "rollup": "report",
    "letter": "case",
    "case_file": "case",
    "sign_off": "worklist",
    "letter_service": "case",
    "delegation": "worklist",
    "redaction": "case",
    "leaflet": "register",
    "particulars": "start",
    "practice": "start",
    "setting": "start",
    "people": "user",
}  # nouns without an entry of their own
RECIPIENTS = {"handler": _l("承办人"), "liaison": _l("单位联络员"), "head": _l("公开机构负责人")}
HIDDEN = "＊"
MARKS = 4096  # states and days in either language that are kept as they are shown
SHOWN = 3


def day(value: date | None) -> str:
    """Return 2026年3月2日（周一） or 2 March 2026 (Mon); a dash where there is none."""
    return words(value, language.language()) if value else "—"


def iso(value: date | None) -> str:
    """Return 2026-03-02 for narrow columns; a dash where there is none."""
    return value.isoformat() if value else "—"


def moment(value: datetime | None) -> str:
    """Return 2026-03-02 14:05 in the office's zone."""
    return f"{value:%Y-%m-%d %H:%M}" if value else "—"


def person(name: str, kind: str = ApplicantKind.NATURAL_PERSON) -> str:
    """Return a natural person's name with all but the first character hidden."""
    if kind != ApplicantKind.NATURAL_PERSON or not name:
        return name or _("（未填）")
    return name[0] + HIDDEN * max(1, len(name) - 1)


def people(who: Applicant, kind: str = "") -> str:
    """Return the first named, hidden as ``person`` does, and how many ask together."""
    return asked_by(who.name, kind or who.kind, len(who.people))


def asked_by(name: str, kind: str, count: int) -> str:
    """Return the first named, hidden as ``person`` does, and how many ask together."""
    first = person(name, kind)
    return _("%(name)s等%(count)s人", name=first, count=count) if count > 1 else first


def hidden(value: str | None, lead: int = SHOWN, tail: int = SHOWN) -> str:
    """Return a value with all but its ends hidden; a dash where there is none."""
    if not value:
        return "—"
    if len(value) <= lead + tail:
        return HIDDEN * len(value)
    return value[:lead] + HIDDEN * (len(value) - lead - tail) + value[len(value) - tail :]


def state_class(code: str) -> str:
    """Return the class that colours a state; the words beside it say the same."""
    if code in state.WORKING:
        return f"state state--{code}"
    return "state state--void" if code == state.VOID else "state state--closed"


def state_mark(code: str) -> Markup:
    """Return a state in its colour, in the reader's language; beside a final one the report's wording."""
    return _state_mark(language.language(), code)


@lru_cache(maxsize=MARKS)
def _state_mark(_language: str, code: str) -> Markup:
    short, whole = workflow.short_label(code), workflow.label(code)
    title = Markup(' title="{}"').format(word(whole)) if whole != short else ""
    return Markup('<span class="{}"{}>{}</span>').format(state_class(code), title, word(short))


def due_mark(value: date | None, provisional: bool = False) -> Markup:
    """Return the day of a duty for narrow columns, and whether it is provisional (暂定)."""
    return _due_mark(language.language(), value, provisional=bool(provisional))


@lru_cache(maxsize=MARKS)
def _due_mark(_language: str, value: date | None, *, provisional: bool) -> Markup:
    if not value:
        return Markup("—")
    tag = Markup(' <span class="tag">{}</span>').format(_("暂定")) if provisional else ""
    return Markup('<time datetime="{}">{}</time>{}').format(value.isoformat(), iso(value), tag)


def case_link(case: Any) -> Markup:
    """Return the number of a case as a link to its page."""
    return Markup('<a href="{}">{}</a>').format(link.url_for("case.show", case_id=case.id), case.number)


def capped(number: int) -> str:
    """Return a number that was counted no further than MOST, as it is shown: 10000+ where there are more."""
    return f"{MOST}+" if number > MOST else f"{number}"


def days_left(due_on: date | None) -> int | None:
    """Return the working days from today to the day; negative where it has passed."""
    if due_on is None or isinstance(due_on, misfit.Misfit):
        return None
    return office.calendar().count(today(), due_on)


def leans(name: str | None, on: date | None) -> bool:
    """Return whether the day of a duty is provisional (暂定)."""
    if not name or on is None or isinstance(on, misfit.Misfit):
        return False
    return is_provisional(name, on, office.calendar())


def left(due_on: date | None, duty: str = "") -> str:
    """Say how far a day is off: in working days, or in the natural days that the duty counts.

    The rows of a list have few days between them: each is worked out once a request.
    """
    known: dict[tuple[date | None, str], str] = g.setdefault("left", {})
    if (due_on, duty) not in known:
        known[due_on, duty] = _left(due_on, duty, today())
    return known[due_on, duty]


def _left(due_on: date | None, duty: str, on: date) -> str:
    if due_on is None or isinstance(due_on, misfit.Misfit):
        return ""
    if duty in NATURAL:
        return _natural_left((due_on - on).days)
    count = office.calendar().count(on, due_on)
    if duty == ASKED and due_on == on:
        return _("今天")
    if duty == ASKED and due_on < on:
        return _("已过%(count)s个工作日", count=-count)
    if due_on == on:
        return _("今天届满")
    if due_on < on:
        return _("已超期%(count)s个工作日", count=-count) if count else _("已超期")
    return _("还有%(count)s个工作日", count=count)


def gap(case: Case) -> int:
    """Return the working days from the receipt to the registration; 0 for a case that a file brought."""
    return office.registration_gap(case.received_on, case.registered_at.date()) if case.registered_by else 0


def _natural_left(days: int) -> str:
    if days == 0:
        return _("今天届满")
    return _("还有%(count)s天", count=days) if days > 0 else _("已超期%(count)s天", count=-days)


def stage(code: str) -> str:
    """Return the stage of a reminder in words: −3 is three working days before the day."""
    try:
        days = int(code.removeprefix("p") or 0)
    except ValueError:
        return misfit.label({}, code)
    if days > 0:
        return _("超期%(days)s个工作日", days=days)
    return _("期限前%(days)s个工作日", days=-days) if days else _("期限当日")


def details_words(details: dict[str, Any], step: str) -> list[tuple[str, str]]:
    """Return the details of an entry of the step as a person reads them."""
    shown = []
    for key, value in details.items():
        if key == "basis":
            shown += _basis(value, step)
        if key == "parts":
            shown += [
                (_("第%(place)s项", place=place), _part(part)) for place, part in enumerate(value, start=1)
            ]
        if key in DETAIL_LABELS and value not in (None, ""):
            text = _detail(key, value)
            if key == "opinion" and value == silence.NONE and details.get("party") in silence.MEANING:
                text = f"{text}：{silence.MEANING[details['party']]}"
            shown.append((str(DETAIL_LABELS[key]), text))
    return shown


def _basis(stated: dict[str, str], step: str) -> list[tuple[str, str]]:
    lines = []
    for key, text in stated.items():
        if key == basis.END:
            lines.append((_("情形"), word(basis.end_label(step, text))))
        else:
            lines.append((word(basis.label(key, stated)), _fact(key, text)))
    return lines


def _fact(key: str, text: str) -> str:
    return day(date.fromisoformat(text)) if key.endswith("_on") else text


def _part(part: dict[str, str]) -> str:
    item = mixed.Part(**part)
    facts = [item.content, word(item.label), cited(item.law, language.language()), item.reason]
    return "，".join(fact for fact in facts if fact)


def _detail(key: str, value: Any) -> str:
    tables: dict[str, Any] = {**event.WORDS, **OF_CASE}
    if key in tables:
        return word(tables[key].get(value, value))
    if key == "duty":
        return word(DUTY_LABELS.get(value, str(value)))
    if key.endswith("_on") or key in ("due_from", "due_to"):
        return day(date.fromisoformat(value))
    return str(value)


# The words of what a receipt says of its case.
OF_CASE: dict[str, dict[str, str]] = {
    "channel": {way.value: way.label for way in Channel},
    "applicant_kind": {kind.value: kind.label for kind in ApplicantKind},
}

# Of most fields a shorter word than the one of their form.
DETAIL_LABELS = {
    **{field.name: _l(field.label) for step in workflow.STEPS for field in step.fields},
    "arrived_on": _l("来件日期"),
    "signed_on": _l("签收日期"),
    "confirmed_on": _l("确认日期"),
    "tracking_number": _l("邮件号"),
    "applicant_kind": _l("申请人类型"),
    "channel": _l("申请方式"),
    "unit": _l("承办单位"),
    "handler": _l("承办人"),
    "items": _l("补正内容"),
    "deadline_on": _l("期限"),
    "party": _l("对象类别"),
    "name": _l("对象"),
    "received_on": _l("对方收到日期"),
    "opinion": _l("意见"),
    "days": _l("天数（工作日）"),
    "approved_by": _l("批准人"),
    "way": _l("计收方式"),
    "count": _l("件数或者页数"),
    "amount": _l("金额（元）"),
    "until_on": _l("延迟至"),
    "decided_on": _l("落款日期"),
    "method": _l("送达方式"),
    "document_number": _l("文号"),
    "reason": _l("理由"),
    "replaces": _l("更正的记录"),
    "year": _l("年度"),
    "duty": _l("期限种类"),
    "due_from": _l("原日期"),
    "due_to": _l("新日期"),
}


def _context() -> dict[str, Any]:
    actor = g.get("actor")
    menu = [(e, label) for e, label, action in MENU if actor and actor.may(action)]
    noun = (request.endpoint or "").split(".")[0].split("_")[0]
    section = PART_OF_MENU.get(noun, noun)
    return {"menu": menu, "actor": actor, "section": section, "Action": Action, "today": today()}


# What choices offer: pairs of (value, words).


def ids(units: Iterable[Unit]) -> list[tuple[int, str]]:
    """Return units to choose by id."""
    return [(unit.id, unit.name) for unit in units]


def named(units: Iterable[Unit]) -> list[tuple[str, str]]:
    """Return units to choose by name: ledgers name units in words."""
    return [(unit.name, unit.name) for unit in units]


def named_ends(ends: Iterable[basis.End]) -> list[tuple[str, str]]:
    """Return the ends of an outcome to choose from, each with its article."""
    return [(end.key, _("%(what)s（%(law)s）", what=end.label, law=end.law)) for end in ends]


def same(values: Iterable[str]) -> list[tuple[str, str]]:
    """Return words that are their own value."""
    return [(word, word) for word in values]


def labelled(members: Iterable[Any]) -> list[tuple[str, str]]:
    """Return the members of an enumeration with their labels."""
    return [(member.value, member.label) for member in members]


def years_of(ends: tuple[int, int]) -> list[tuple[int, str]]:
    """Return the years between two, the newest first."""
    return [(year, str(year)) for year in range(ends[1], ends[0] - 1, -1)]


def pairs(consultations: Iterable[Consultation]) -> list[tuple[str, str]]:
    """Return consultations to choose: party and name tell which."""
    return [
        (
            f"{party.written(c.party)}|{c.name}",
            _("%(what)s（%(law)s）", what=c.name, law=f"{word(party.LABELS[c.party])}, {iso(c.sent_on)}"),
        )
        for c in consultations
    ]


def sum_of(counts: dict[tuple[str, str], int], form: str = "", triage: str = "") -> int:
    """Return the sum of the contacts of a form, of a triage, or of all."""
    return sum(n for (f, t), n in counts.items() if form in ("", f) and triage in ("", t))


def next_steps(state_code: str) -> list[tuple[str, str]]:
    """Return the step that a case in this state most likely needs, where the reader may take it."""
    name = NEXT_STEP.get(state_code)
    offered = workflow.steps_from(state_code, g.actor.roles) if name else []
    return [(step.name, step.label) for step in offered if step.name == name]


def at_risk(row: Contact) -> Duty | None:
    """Return the last day to answer a request that nobody confirmed, counted from its submission."""
    return next((duty for duty in deadline.shown(row) if duty.name == "reply_at_risk"), None)


def install(app: Flask) -> None:
    """Give the filters and the menu to every page."""
    filters: dict[str, Any] = {
        "day": day,
        "iso": iso,
        "moment": moment,
        "person": person,
        "people": people,
        "hidden": hidden,
        "left": left,
        "days_left": days_left,
        "state_label": lambda code: word(workflow.label(code)),
        "state_class": state_class,
        "state_mark": state_mark,
        "due_mark": due_mark,
        "case_link": case_link,
        "capped": capped,
        "step_label": lambda code: word(workflow.step_label(code)),
        "proposal": lambda code: silence.LABELS.get(code, ""),
        "conclusion": lambda consultation: silence.conclusion(consultation, today()),
        "party": lambda code: party.LABELS[code],
        "gap": gap,
        "at_risk": at_risk,
        "earlier_reading": online.earlier_reading,
        "from_iso": date.fromisoformat,
        "ground": lambda key: word(GROUNDS[key].label) if key in GROUNDS else key,
        "purpose": lambda code: word(file.LABELS.get(code, code)),
        "file_type": lambda mime: word(file.TYPES[mime].label) if mime in file.TYPES else mime,
        "evidence_kind": lambda code: evidence.KINDS[code],
        "evidence_way": lambda code: evidence.WAYS[code],
        "evidence_result": lambda code: evidence.RESULTS[code],
        "stage": stage,
        "sending": lambda code: STATUS.get(code, code),
        "recipient": lambda kind: RECIPIENTS[kind],
        "duty": lambda code: word(DUTY_LABELS.get(code, "")),
        "say": lambda sentence: say(sentence, language.language()),
        "paragraph": paragraph,
        "kind": lambda code: misfit.label(applicant.LABELS, code),
        "channel": lambda code: word(misfit.label(channel.LABELS, code)),
        "form": lambda code: word(contact.FORMS.get(code, code)),
        "triage": lambda code: word(contact.TRIAGE.get(code, "未甄别")),
        "details": details_words,
        "register_label": lambda name, register: register.field(name).label,
    }
    app.jinja_env.filters.update({**filters, **letter.FILTERS, **asking.FILTERS})
    app.jinja_env.globals["parts_of_overview"] = PART_OF
    app.jinja_env.globals["forum"] = office.forum
    choices = (asked_by, ids, leans, named, named_ends, same, labelled, years_of, pairs, sum_of, next_steps)
    app.jinja_env.globals.update({function.__name__: function for function in choices})
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.context_processor(_context)
