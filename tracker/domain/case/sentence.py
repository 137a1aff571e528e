"""Sentences about dates: what is said stands once, the words of each language beside it.

What a statute or a notice names (articles apart) stays Chinese in both languages.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from tracker.domain.case.channel import RULES, Channel

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")

WEEKDAYS = "一二三四五六日"
ENGLISH_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: a key of WORDS and what is put into it (days, numbers, articles, names)."""

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return say(self, "zh")


def sentence(key: str, **values: Any) -> Sentence:
    """Return a sentence; its words are looked up when it is said."""
    return Sentence(key, values)


# key → (Chinese, English)
WORDS: dict[str, tuple[str, str]] = {
    "received": (
        "{day}收到申请：{channel}，{rule}（{law}）。",
        "{day}: request received, {channel}; {rule} ({law}).",
    ),
    "received_plain": ("{day}收到申请（{law}）。", "{day}: request received ({law})."),
    "supplemented": (
        "{day}收到补正，期限自次日起重新计算（{law}）。",
        "{day}: supplement received; the term starts anew on the next day ({law}).",
    ),
    "paid": (
        "{day}足额缴费，期限自次日起重新计算（{law}）。",
        "{day}: fee paid in full; the term starts anew on the next day ({law}).",
    ),
    "counted": (
        "当日不计，自次日起计算{days}个工作日（{law}；{first}）。",
        "That day is not counted; {days} working days are counted from the next ({law}; {first}).",
    ),
    "delayed": (
        "已告知延迟答复的合理期限至{until}（{law}），以此代替原期限。",
        "A reasonable later term, until {until}, was notified ({law}) and takes the place of the first.",
    ),
    "extended": (
        "{day}告知延长{days}个工作日（{law}）。",
        "{day}: extension by {days} working days notified ({law}).",
    ),
    "extended_late": (
        "{day}的延期告知迟于当时的期限，不发生效力（{law}）。",
        "{day}: extension notified after the term had ended; it has no effect ({law}).",
    ),
    "paused": (
        "{why}：{sent}次日至{ended}不计入期限（{law}）。",
        "{why}: the days after {sent} up to {ended} are not counted ({law}).",
    ),
    "skipped": ("{dates}：{reason}。", "{dates}: {reason}."),
    "ends": ("期限届满日为{day}。", "The term ends on {day}."),
    "provisional": (
        "{year}年放假通知尚未公布，按周末和法定节日推算，此日期为暂定。",
        "The holiday notice for {year} is not published yet; weekends and statutory holidays were used, "
        "so this date is provisional (暂定).",
    ),
    "asked": (
        "{day}发出补正告知书，其中写明的补正期限为{until}（{law}）。",
        "{day}: supplement notice sent; it sets the term for supplementing at {until} ({law}).",
    ),
    "consulted": (
        "{day}“{name}”收到征求意见书。",
        "{day}: “{name}” received the letter asking for its opinion.",
    ),
    "asked_received": (
        "申请人{day}收到补正告知书。",
        "The applicant received the notice on {day}.",
    ),
    "asked_unknown": (
        "申请人收到补正告知书的日期未记录：记录以前不按逾期未补正处理。",
        "The day on which the applicant received the notice is not recorded; nothing lapses before it is.",
    ),
    "consulted_unknown": (
        "{day}向“{name}”发出征求意见书；对方收到日期未记录，{days}个工作日（{law}）尚未起算，不视为逾期未答复。",
        "{day}: letter asking for its opinion sent to “{name}”; the day of its receipt is not recorded, so "
        "the {days} working days ({law}) have not begun and nobody is silent.",
    ),
    "consulted_no_term": (
        "{day}向“{name}”征求意见；当时的条例没有规定答复意见的期限，征求意见所需时间不计算在内（{law}）。",
        "{day}: “{name}” was asked for its opinion; the law of that time set no term for it, and the time "
        "that it takes is not counted ({law}).",
    ),
    "paused_unknown": (
        "“{name}”收到征求意见书的日期未记录，以上暂自发出之日起算，至{day}，是较早的一天；记录以后重新计算。",
        "The day on which “{name}” received the letter is not recorded; the days above are counted from its "
        "sending, up to {day}, which is the earlier day, and anew once it is recorded.",
    ),
    "silence_third_party": (
        "逾期未提出意见的，由本机关决定是否公开（条例第32条）。",
        "If it stays silent, the agency decides whether to disclose (条例, art. 32).",
    ),
    "silence_co_maker": (
        "逾期未提出意见的，视为同意公开（条例第34条）。",
        "If it stays silent, it is deemed to consent to disclosure (条例, art. 34).",
    ),
    "silence_other_agency": (
        "逾期未提出意见的，条例没有推定其意见的规定，由本机关决定（条例第33条第3款）。",
        "If it stays silent, nothing is deemed: the agency decides (条例, art. 33(3)).",
    ),
    "silence_agency": (
        "逾期未提出意见的，视为同意公开（条例第34条）。",
        "If it stays silent, it is deemed to consent to disclosure (条例, art. 34).",
    ),
    "charged": ("{day}收到收费通知。", "{day}: fee notice received."),
    "charged_unknown": (
        "{day}发出收费通知；申请人收到日期未记录，{days}个工作日的缴费期限（{law}）尚未起算。",
        "{day}: fee notice sent; the day of its receipt is not recorded, so the {days} working days to pay "
        "({law}) have not begun.",
    ),
    "charged_no_term": (
        "{day}发出收费通知；当时没有规定缴费期限。",
        "{day}: fee notice sent; the law of that time set no term to pay.",
    ),
    "measured_by": (
        "期限按收到申请之日施行的{decree}计算。",
        "The terms are those of the law in force on the day of receipt: {decree}.",
    ),
    "missed": (
        "答复期限已于{day}届满而未答复；此后的{steps}不使已届满的期限恢复，本件仍按该日计为超期（实务）。",
        "The term ended on {day} without an answer; what followed ({steps}) does not revive it, and the "
        "request counts as late from that day (practice).",
    ),
    "waits": ("现在等到{day}。", "It now waits until {day}."),
    "reasons": (
        "{day}要求申请人说明理由，期限至{until}（{law}）；期间不停止计算。",
        "{day}: the applicant was asked for reasons by {until} ({law}); the term runs on meanwhile.",
    ),
    "extension_by": (
        "延长答复期限合计不超过{days}个工作日（{law}）；须在期限届满前决定并告知，最迟{day}（实务）。",
        "An extension is at most {days} working days in all ({law}); by practice it is decided and "
        "notified before the term ends, on {day} at the latest.",
    ),
    "extended_due": (
        "依法延长{days}个工作日的，答复期限至{day}。",
        "If extended by {days} working days, the answer is due on {day}.",
    ),
    "stopped_supplement": (
        "等待申请人补正，收到补正后期限重新计算（条例第30条），现在没有答复期限。",
        "Waiting for the applicant's supplement; the term starts anew when it comes (条例, art. 30), "
        "so no answer is due now.",
    ),
    "stopped_payment": (
        "等待申请人缴费，缴费前没有答复期限（国办函〔2020〕109号）。",
        "Waiting for the applicant to pay; no answer is due before that (国办函〔2020〕109号).",
    ),
}

ENGLISH_CHANNELS: dict[Channel, tuple[str, str]] = {
    Channel.IN_PERSON: ("in person", "received on the day it was handed in"),
    Channel.ORAL: ("orally", "received on the day the form was filled in for the applicant (practice)"),
    Channel.REGISTERED_MAIL: ("by registered mail", "received on the day the agency signed for it"),
    Channel.ORDINARY_MAIL: ("by ordinary letter", "received on the day it was confirmed with the applicant"),
    Channel.ONLINE: ("online", "received on the day both sides confirmed it"),
    Channel.EMAIL: ("by e-mail", "received on the day both sides confirmed it"),
    Channel.FAX: ("by fax", "received on the day both sides confirmed it"),
    Channel.OTHER: (
        "by another channel",
        "received as the channel's rule says, else when both sides confirmed",
    ),
}

# The steps that move a term while it runs, as a sentence about a term that had ended names them.
LATE_STEPS = {
    "ask_supplement": ("补正告知", "supplement notice"),
    "receive_supplement": ("补正", "supplement"),
    "charge": ("收费通知", "fee notice"),
    "pay": ("缴费", "payment"),
    "extend": ("延期告知", "extension"),
    "consult": ("征求意见", "consultation"),
    "delay": ("延迟答复告知", "delay"),
}

ENGLISH_NAMES = {
    "征求": "Consultation of ",
    "等待缴费": "Waiting for payment",
    "调休上班": "make-up working day (调休上班)",
    "元旦": "New Year's Day (元旦)",
    "春节": "Spring Festival (春节)",
    "清明节": "Qingming (清明节)",
    "劳动节": "Labour Day (劳动节)",
    "端午节": "Dragon Boat Festival (端午节)",
    "中秋节": "Mid-Autumn Festival (中秋节)",
    "国庆节": "National Day (国庆节)",
    "休息日": "day of rest",
}


def words(day: date, language: Language = "zh") -> str:
    """Return the day as people write it: 2026年3月2日（周一）, 2 March 2026 (Mon)."""
    if language == "en":
        return f"{day.day} {MONTHS[day.month - 1]} {day.year} ({ENGLISH_WEEKDAYS[day.weekday()]})"
    return f"{day.year}年{day.month}月{day.day}日（周{WEEKDAYS[day.weekday()]}）"


def say(said: Sentence, language: Language = "zh") -> str:
    """Return the sentence in the language."""
    pattern = WORDS[said.key][0 if language == "zh" else 1]
    return pattern.format(**{key: _value(key, value, language) for key, value in said.values.items()})


def paragraph(said: Iterable[Sentence], language: Language = "zh") -> str:
    """Return the sentences as one paragraph that a letter can quote."""
    return ("" if language == "zh" else " ").join(say(one, language) for one in said)


def _value(key: str, value: Any, language: Language) -> str:
    if isinstance(value, date):
        return words(value, language)
    if key in _SAID:
        return _SAID[key](value, language)
    return str(value)


def _law(value: str, language: Language) -> str:
    """Return the article as the language cites it: 条例第33条第2款, 条例 art. 33(2)."""
    if language == "zh":
        return value
    return (
        _ARTICLE.sub(_english_article, value)
        .replace("（实务）", " (practice)")
        .replace("（", " (")
        .replace("）", ")")
    )


_ARTICLE = re.compile(r"第([0-9、—]+)条(?:第([0-9]+)款)?(?:第（(.)）项)?")
_ITEMS = "一二三四五六七八九"


def _english_article(found: re.Match[str]) -> str:
    article, clause, item = found.groups()
    said = f", art. {article.replace('、', ' and ')}"
    if clause:
        said += f"({clause})"
    return f"{said} item {_ITEMS.index(item) + 1}" if item else said


def _channel(value: str, language: Language) -> str:
    way = Channel(value)
    return RULES[way].label if language == "zh" else ENGLISH_CHANNELS[way][0]


def _rule(value: str, language: Language) -> str:
    way = Channel(value)
    return RULES[way].words if language == "zh" else ENGLISH_CHANNELS[way][1]


def _dates(value: Iterable[date], language: Language) -> str:
    if language == "zh":
        return "、".join(f"{day.month}月{day.day}日" for day in value)
    return ", ".join(f"{day.day} {MONTHS[day.month - 1][:3]}" for day in value)


def _reason(value: str, language: Language) -> str:
    """Return why a day is skipped: a holiday's name, with its notice as the notice calls itself."""
    if language == "zh":
        return value
    name, notice, source = value.partition("（")
    english = ENGLISH_NAMES.get(name, name)
    return f"{english}, {source.removesuffix('）')}" if notice else english


def _steps(value: Iterable[tuple[str, date]], language: Language) -> str:
    """Return late steps as a text names them: 补正告知（6月29日）."""
    if language == "zh":
        return "、".join(f"{LATE_STEPS[step][0]}（{on.month}月{on.day}日）" for step, on in value)
    return ", ".join(f"{LATE_STEPS[step][1]} on {words(on, 'en')}" for step, on in value)


def _why(value: str, language: Language) -> str:
    """Return why days are left out: 征求甲公司意见, Consultation of 甲公司."""
    if language == "zh":
        return value
    if value.startswith("征求"):
        return ENGLISH_NAMES["征求"] + value.removeprefix("征求").removesuffix("意见")
    return ENGLISH_NAMES.get(value, value)


_SAID: dict[str, Callable[[Any, Language], str]] = {
    "law": _law,
    "first": _law,
    "channel": _channel,
    "rule": _rule,
    "dates": _dates,
    "reason": _reason,
    "why": _why,
    "steps": _steps,
}
