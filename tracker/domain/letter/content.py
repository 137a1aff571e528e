"""What a letter states, of the case, of the office and of the form, and what it still lacks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tracker.domain.case import basis, mixed
from tracker.domain.case.applicant import ApplicantKind, together
from tracker.domain.case.basis import Ask
from tracker.domain.case.channel import RULES, Channel
from tracker.domain.case.clock import Due
from tracker.domain.case.event import KEYS, Entry
from tracker.domain.case.fee import WAYS
from tracker.domain.case.representative import Representative, addressed
from tracker.domain.case.standing import Standing
from tracker.domain.case.workflow import BY_NAME
from tracker.domain.law import law, party
from tracker.domain.law.forum import LAW_OF_2023_FROM, Forum
from tracker.domain.letter import fact, remedies
from tracker.domain.letter.fact import NAMES, Lack
from tracker.domain.letter.kind import ATTACHED, Addressee, LetterKind, needed
from tracker.domain.message import worded

ONLINE = ("online", "email")  # ways of service that ask for an online way of reconsideration
ELEMENTS = "文书要素（实务）"
FORUM = worded("复议机关和法院的名称")
ONLINE_WAY = worded("网上申请行政复议的渠道")
NAMES_NOBODY = worded("不得写出申请人：请改写")
PARTS = "parts"  # the items of a mixed answer, beside the facts that were typed
UNNUMBERED = "（制作时编号）"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """The office as its letters name it.

    named:  whether the office has its name. code: 机关代字.
    online: the way of reconsideration online. suit: whether a suit is named where courts may decline.
    """

    name: str
    named: bool
    code: str
    contact: str
    online: str
    suit: bool
    forum: Forum


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFacts:
    """What a case gives to its letters.

    acting:   who acts for the applicants. proofs: the kinds of their documents.
    form_wanted, way_wanted, filled_in: what the application asks for, and who filled it in, in words.
    opinions: what was said in its sign-offs, by the names of ``fact.SIGNED``.
    """

    number: str
    subject: str
    applicants: tuple[str, ...]
    applicant_kind: str
    channel: str
    standing: Standing
    opinions: Mapping[str, str] = field(default_factory=dict)
    acting: tuple[Representative, ...] = ()
    proofs: str = ""
    form_wanted: str = ""
    way_wanted: str = ""
    filled_in: str = ""

    @property
    def named(self) -> tuple[str, ...]:
        """Everybody whom no third party may learn of: who asks, and who acts for them."""
        return (*self.applicants, *(each.name for each in self.acting))

    @property
    def form_of_address(self) -> str:
        if len(self.applicants) > 1:
            return "你们"
        return "您" if self.applicant_kind == ApplicantKind.NATURAL_PERSON else "你单位"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A letter being written: its kind, the facts typed for it, the day on which it is dated.

    method: how it will be served. number: its document number; empty until it is made.
    merged: other requests that it answers too. corrects: what it corrects, in words.
    reanswer: the answer ordered anew that it belongs to. parts: the items of a mixed answer.
    """

    kind: LetterKind
    typed: Mapping[str, str]
    on: date
    method: str = ""
    number: str = ""
    merged: str = ""
    corrects: str = ""
    reanswer: int | None = None
    parts: Sequence[Mapping[str, str]] = ()


def values(draft: Draft, case: CaseFacts, sender: Sender) -> dict[str, str]:
    """Return every fact of the letter by its name in templates; empty where it is not known."""
    kind, received = draft.kind, case.standing.received_on
    stated = fact.stated(tuple(ask for ask in kind.asks if ask.key in NAMES), draft.typed)
    typed = {name: _stopped(text, name, kind) for name, text in stated.items()}
    common = {
        "机关名称": sender.name if sender.named else "",
        "文书名称": kind.label,
        "文号": (draft.number or UNNUMBERED) if sender.code else "",
        "收件人": addressee(draft, case),
        "收到日期": fact.day_of(received.isoformat()) if received else "",
        "申请渠道": RULES[Channel(case.channel)].label.partition("（")[0],
        "受理编号": case.number,
        "申请内容": case.subject,
        "依据": kind.wording.basis,
        "决定": kind.wording.decision,
        "附件": str(draft.typed.get("attachments") or "").strip(),
        "救济途径": remedies_of(draft, case, sender),
        "联系方式": sender.contact,
        "落款日期": fact.day_of(draft.on.isoformat()),
        "称呼": together(case.applicants) if kind.is_record else case.form_of_address,
        "合并答复": f"本文书一并答复以下申请：{draft.merged}。" if draft.merged else "",
        "更正说明": draft.corrects,
        "代理人": "；".join(each.words for each in case.acting),
        "证件种类": case.proofs,
        "申请形式": case.form_wanted or fact.FORMS_OFFERED,
        "申请获取方式": case.way_wanted or fact.WAYS_OFFERED,
        "代为填写": case.filled_in,
    }
    signed = {name: case.opinions.get(name) or fact.SIGN for name in fact.SIGNED}
    facts = {**common, **signed, **_counted(draft, case.standing), **kind.says, **typed}
    # A decision may state typed facts of its own: they are put in here, so that a template need not.
    return {**facts, "决定": filled(facts["决定"], facts)}


STOPS = "。！？…"


def _stopped(text: str, name: str, kind: LetterKind) -> str:
    """Return what was typed with one full stop where its sentence ends there, and with no second one."""
    place, told = f"{{{{{name}}}}}", text.rstrip()
    if not told:
        return text
    sentences = (*kind.wording.findings, *kind.wording.after)
    if any(sentence.endswith(place) and sentence != place for sentence in sentences):
        return told if told[-1] in STOPS else f"{told.rstrip('，；、,;')}。"
    goes_on = any(f"{place}{sign}" in sentence for sentence in sentences for sign in "。，；")
    return told.rstrip("。") if goes_on else text


def filled(text: str, facts: Mapping[str, str]) -> str:
    """Return the text with its places filled from the facts."""
    for name, value in facts.items():
        text = text.replace(f"{{{{{name}}}}}", value)
    return text


def addressee(draft: Draft, case: CaseFacts) -> str:
    """Return whom the letter is for."""
    if draft.kind.to in (Addressee.APPLICANT, Addressee.FILE):
        return together(addressed(case.applicants, case.acting))
    return str(draft.typed.get("name") or draft.typed.get("unit") or "").strip()


def remedies_of(draft: Draft, case: CaseFacts, sender: Sender) -> str:
    """Return the paragraph of remedies by the law of the day on which the letter is dated."""
    kind = draft.kind
    if not kind.names_remedies:
        return ""
    named = [kind.remedies]
    if kind.outcome:
        details = {"basis": {basis.END: kind.end}, "parts": draft.parts or _parts(kind, case.standing)}
        named = mixed.remedies(kind.outcome, details, draft.on)
    suit = sender.suit or not remedies.is_in_doubt(kind.outcome)
    return remedies.paragraph(
        named, sender.forum, suit=suit, online=sender.online if _asks_online(draft) else ""
    )


def _parts(kind: LetterKind, standing: Standing) -> object:
    answer = standing.answer
    return answer.details.get("parts") if answer and answer.step == kind.outcome else None


def _asks_online(draft: Draft) -> bool:
    return draft.kind.names_remedies and draft.method in ONLINE and draft.on >= LAW_OF_2023_FROM


def _counted(draft: Draft, standing: Standing) -> dict[str, str]:
    """Return the days that the program counts; a provisional one says that it is (rulebook 2.4)."""
    counted = {"答复期限": _due(standing.due())}
    if draft.kind.step == "extend":
        counted["延长后期限"] = _due(_extended(draft, standing))
    if draft.kind.step == "consult" and standing.consultations:
        newest = standing.consultations[-1]
        counted["征求对象"] = party.LABELS[newest.party].partition("（")[0]
        counted["发出日期"] = fact.day_of(newest.sent_on.isoformat())
    return counted


def _extended(draft: Draft, standing: Standing) -> Due | None:
    if any(extension.on == draft.on for extension in standing.extensions):
        return standing.due()
    days = str(draft.typed.get("days") or "")
    return standing.due_if_extended(standing.extension_days + int(days)) if days.isdecimal() else None


def _due(due: Due | None) -> str:
    if due is None:
        return ""
    day = fact.day_of(due.on.isoformat())
    if not due.provisional:
        return day
    why = f"{due.on.year}年放假通知公布前，按周末和法定节日推算，公布后以重新计算的日期为准"
    return f"{day}（暂定：{why}）"


# -- what stands in the ledger already ----------------------------------------------------------------


def from_ledger(kind: LetterKind, entries: Sequence[Entry]) -> dict[str, str]:
    """Return the typed facts that the newest entry of the letter's step states already.

    entries: those of the ledger that are in force.
    """
    entry = next((each for each in reversed(entries) if _tells(kind, each)), None)
    lapse = _of_lapse(kind, entries)
    if entry is None:
        return lapse
    stated = {**entry.details, **basis.basis_of(entry.details)}
    if kind.key == "charge":
        stated |= {"standard": stated.get("reason"), "way": WAYS.get(str(stated.get("way")), "")}
    if kind.key == "withdrawal":
        stated |= {"statement": stated.get("reason"), "withdrawn_on": entry.on.isoformat()}
    keys = [ask.key for ask in kind.asks]
    return {**lapse, **{key: str(stated[key]) for key in keys if stated.get(key) not in (None, "")}}


def _tells(kind: LetterKind, entry: Entry) -> bool:
    if not kind.step or entry.step != kind.step:
        return False
    if kind.party:
        return party.same(str(entry.details.get("party"))) == kind.party
    return not kind.outcome or basis.end_of(entry.step, entry.details).key == kind.end


def entries_of(kind: LetterKind, typed: Mapping[str, str], entries: Sequence[Entry]) -> list[Entry]:
    """Return the entries in force that a letter of the kind may tell of, the newest first."""
    name = typed.get("name")
    return [
        each
        for each in reversed(entries)
        if _tells(kind, each) and (not kind.party or each.details.get("name") == name)
    ]


def _of_lapse(kind: LetterKind, entries: Sequence[Entry]) -> dict[str, str]:
    """Return the receipt and the term of the letter that nobody answered."""
    asked_by = {"closed_supplement_lapsed": "ask_supplement", "closed_fee_lapsed": "charge"}.get(kind.outcome)
    asked = next((each for each in reversed(entries) if asked_by and each.step == asked_by), None)
    if asked is None:
        return {}
    told = {"told_on": asked.details.get("received_on"), "deadline_on": asked.details.get("deadline_on")}
    return {key: str(day) for key, day in told.items() if day}


def told(kind: LetterKind, typed: Mapping[str, Any], on: date, *, number: str, method: str) -> Entry:
    """Return the entry that a letter tells of, as far as the letter states it: its step is typed from it."""
    facts = {key: value for key, value in typed.items() if value}
    if kind.outcome:
        stated = {key: facts[key] for key in basis.KEYS if key in facts}
        details: dict[str, Any] = {
            "basis": {basis.END: kind.end, **stated},
            "decided_on": on.isoformat(),
            "document_number": number,
            "method": method,
            "reason": facts.get("reason") or facts.get("withheld") or facts.get("corrected"),
            PARTS: facts.get(PARTS),
        }
    else:
        ways = {label: way for way, label in WAYS.items()}
        facts |= {"reason": facts.get("reason") or facts.get("standard") or facts.get("statement", "")}
        facts |= {"way": ways.get(facts.get("way", ""), ""), "party": kind.party}
        details = {key: facts.get(key) for key in KEYS[kind.step]} | _whole(kind.step, facts)
    return Entry(kind.step, on, {key: value for key, value in details.items() if value})


def _whole(step: str, facts: Mapping[str, str]) -> dict[str, Any]:
    """Return the whole numbers of a step as its entry keeps them."""
    fields = BY_NAME[step].fields if step in BY_NAME else ()
    whole = [field.name for field in fields if field.kind == "whole"]
    return {name: int(facts[name]) for name in whole if facts.get(name, "").isdecimal()}


def proposed(kind: LetterKind, case: CaseFacts, *, approver: str) -> dict[str, str]:
    """Return what the case suggests for typed facts: words to start from, which a person changes."""
    standing = case.standing
    third = [each for each in standing.consultations if each.party == party.THIRD_PARTY]
    suggested = {
        "approved_by": approver,
        "materials": "政府信息公开申请表1份",
        "how": "以书面形式当面提交或者寄送本机关政府信息公开工作机构",
        "objection": "经征求意见，第三方不同意公开。" if any(e.opinion == "objects" for e in third) else "",
        "withheld": _withheld(standing),
        "name": third[-1].name if third and kind.to is Addressee.THIRD_PARTY else "",
        "unit": standing.unit or "",
    }
    return {ask.key: suggested[ask.key] for ask in kind.asks if suggested.get(ask.key)}


def _withheld(standing: Standing) -> str:
    parts = mixed.parts_of(standing.answer.details) if standing.answer else []
    kept_back = [part for part in parts if part.outcome != "disclosed"]
    return "\n".join(f"{part.content}：{part.label}（{part.law}）。{part.reason}" for part in kept_back)


# -- what a letter lacks ----------------------------------------------------------------------------


def lacking(draft: Draft, case: CaseFacts, sender: Sender) -> Iterator[Lack]:
    """Yield the elements that the letter still lacks (rulebook 6.2, 6.3), and what forbids it."""
    facts = values(draft, case, sender)
    asks = {NAMES.get(ask.key, "附件"): ask for ask in draft.kind.asks}
    for name in sorted(needed(draft.kind)):
        if not facts.get(name, "").strip():
            yield _lack(name, asks.get(name))
    if basis.of_another_class(draft.kind.outcome, draft.typed.get("category", "")):
        yield _lack(NAMES["category"], asks[NAMES["category"]])
    if draft.kind.is_form:
        return
    if sender.forum.named is False and draft.kind.names_remedies:
        yield Lack("救济途径", FORUM, "行政复议法第20条第3款", fact.PRACTICE, "upper_organ")
    if _asks_online(draft) and not sender.online:
        yield Lack(
            "救济途径",
            ONLINE_WAY,
            "行政复议法第22条第2款",
            fact.PRACTICE,
            "online_reconsideration",
        )
    yield from _forbidden(draft, case)


def _forbidden(draft: Draft, case: CaseFacts) -> Iterator[Lack]:
    if case.standing.law is not law.newest():
        yield Lack(
            "依据", f"本件适用{case.standing.law.title}，文书所依据的是现行条例", ELEMENTS, fact.LEDGER
        )
    if draft.kind.to is Addressee.THIRD_PARTY and reveals(draft, case.named):
        yield Lack("涉及信息", NAMES_NOBODY, "个人信息保护法第6条")


def reveals(draft: Draft, applicants: Sequence[str]) -> bool:
    """Return whether what was typed for somebody else names an applicant, or who acts for one."""
    typed = "\n".join(str(value) for value in draft.typed.values())
    return any(name.strip() and name.strip() in typed for name in applicants)


_PLACES = {
    "机关名称": (fact.OFFICE, ""),
    "文号": (fact.PRACTICE, "document_code"),
    "联系方式": (fact.PRACTICE, "letter_contact"),
    "收件人": (fact.APPLICANT, ""),
    "称呼": (fact.APPLICANT, ""),
}


def _lack(name: str, ask: Ask | None) -> Lack:
    if ask is not None:
        return Lack(name, ask.label, ask.law, fact.LETTER, ask.key if ask is not ATTACHED else "attachments")
    place, key = _PLACES.get(name, (fact.LEDGER, ""))
    return Lack(name, fact.LABELS.get(name, name), ELEMENTS, place, key)
