"""Sentences about dates: a message and the days, numbers and articles that are put into it.

Each language writes its days and articles in its own way; the words of both are the catalogue's
(``domain/message``). What a statute or a notice names (articles apart) stays Chinese in both languages.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

import msgspec

from tracker.domain.case.channel import RULES, Channel
from tracker.domain.message import Language, cited, template, translate

CONTEXT = "explanation"  # in the catalogue: a page may name the same thing in other words
WEEKDAYS = "一二三四五六日"
HEADS: dict[Language, tuple[str, ...]] = {
    "zh": tuple(WEEKDAYS),
    "en": ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"),
}
ENGLISH_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip


class Sentence(msgspec.Struct, frozen=True):
    """One sentence: a key of SENTENCES and what is put into it (days, numbers, articles, names)."""

    key: str
    values: Mapping[str, Any] = msgspec.field(default_factory=dict)

    def __str__(self) -> str:
        return say(self, "zh")


def sentence(key: str, **values: Any) -> Sentence:
    """Return a sentence; its words are looked up when it is said."""
    return Sentence(key, values)


# key → the message
SENTENCES = {
    "received": "%(day)s收到申请：%(channel)s，%(rule)s（%(law)s）。",
    "received_plain": "%(day)s收到申请（%(law)s）。",
    "supplemented": "%(day)s收到补正，期限自次日起重新计算（%(law)s）。",
    "paid": "%(day)s足额缴费，期限自次日起重新计算（%(law)s）。",
    "counted": "当日不计，自次日起计算%(days)s个工作日（%(law)s；%(first)s）。",
    "delayed": "已告知延迟答复的合理期限至%(until)s（%(law)s），以此代替原期限。",
    "extended": "%(day)s告知延长%(days)s个工作日（%(law)s）。",
    "extended_late": "%(day)s的延期告知迟于当时的期限，不发生效力（%(law)s）。",
    "paused": "%(why)s：%(sent)s次日至%(ended)s不计入期限（%(law)s）。",
    "skipped": "%(dates)s：%(reason)s。",
    "ends": "期限届满日为%(day)s。",
    "provisional": "%(year)s年放假通知尚未公布，按周末和法定节日推算，此日期为暂定。",
    "asked": "%(day)s发出补正告知书，其中写明的补正期限为%(until)s（%(law)s）。",
    "consulted": "%(day)s“%(name)s”收到征求意见书。",
    "asked_received": "申请人%(day)s收到补正告知书。",
    "asked_unknown": "申请人收到补正告知书的日期未记录：记录以前不按逾期未补正处理。",
    "consulted_unknown": (
        "%(day)s向“%(name)s”发出征求意见书；对方收到日期未记录，"
        "%(days)s个工作日（%(law)s）尚未起算，不视为逾期未答复。"
    ),
    "consulted_no_term": (
        "%(day)s向“%(name)s”征求意见；当时的条例没有规定答复意见的期限，"
        "征求意见所需时间不计算在内（%(law)s）。"
    ),
    "paused_unknown": (
        "“%(name)s”收到征求意见书的日期未记录，以上暂自发出之日起算，"
        "至%(day)s，是较早的一天；记录以后重新计算。"
    ),
    "silence_third_party": "逾期未提出意见的，由本机关决定是否公开（条例第32条）。",
    "silence_co_maker": "逾期未提出意见的，视为同意公开（条例第34条）。",
    "silence_other_agency": "逾期未提出意见的，条例没有推定其意见的规定，由本机关决定（条例第33条第3款）。",
    "silence_agency": "逾期未提出意见的，视为同意公开（条例第34条）。",
    "charged": "%(day)s收到收费通知。",
    "charged_unknown": (
        "%(day)s发出收费通知；申请人收到日期未记录，%(days)s个工作日的缴费期限（%(law)s）尚未起算。"
    ),
    "charged_no_term": "%(day)s发出收费通知；当时没有规定缴费期限。",
    "measured_by": "期限按收到申请之日施行的%(decree)s计算。",
    "missed": (
        "答复期限已于%(day)s届满而未答复；此后的%(steps)s不使已届满的期限恢复，本件仍按该日计为超期（实务）。"
    ),
    "waits": "现在等到%(day)s。",
    "reasons": "%(day)s要求申请人说明理由，期限至%(until)s（%(law)s）；期间不停止计算。",
    "extension_by": (
        "延长答复期限合计不超过%(days)s个工作日（%(law)s）；须在期限届满前决定并告知，最迟%(day)s（实务）。"
    ),
    "extended_due": "依法延长%(days)s个工作日的，答复期限至%(day)s。",
    "stopped_supplement": "等待申请人补正，收到补正后期限重新计算（条例第30条），现在没有答复期限。",
    "stopped_payment": "等待申请人缴费，缴费前没有答复期限（国办函〔2020〕109号）。",
    "copy_received": "%(day)s收到%(paper)s。",
    "counted_natural": "当日不计，自次日起计算%(days)s日（自然日；%(law)s；%(first)s）。",
    "rolled": "%(day)s是休息日，顺延至其后的第一个工作日（%(law)s）。",
    "no_evidence": "逾期不提交的，视为没有证据（%(law)s）。",
    "set_until": "%(day)s准许延期或者另定期限至%(until)s（%(law)s），以此代替原期限。",
    "hearing": "%(day)s%(event)s%(place)s：负责人应当参加，不能参加的应当委托相应的工作人员（%(law)s）。",
    "perform_until": "%(day)s收到%(paper)s，其中写明的履行期限为%(until)s（%(law)s）。",
}

# The steps that move a term while it runs, as a sentence about a term that had ended names them.
LATE_STEPS = {
    "ask_supplement": "补正告知",
    "receive_supplement": "补正",
    "charge": "收费通知",
    "pay": "缴费",
    "extend": "延期告知",
    "consult": "征求意见",
    "delay": "延迟答复告知",
}

CONSULTATION = "征求%(name)s意见"
# What the organ receives as respondent and defendant, and what it is summoned to.
PAPERS = (
    "行政复议申请书副本",
    "起诉状副本",
    "上诉状副本",
    "再审申请书副本",
    "判决",
    "裁定",
    "其他裁定、调解书",
    "复议决定、复议调解书",
)
EVENTS = ("听证", "开庭")
# What leaves days out or skips them, as a calendar and a pause name it.
NAMES = (
    CONSULTATION,
    "等待缴费",
    "调休上班",
    "元旦",
    "春节",
    "清明节",
    "劳动节",
    "端午节",
    "中秋节",
    "国庆节",
    "休息日",
    "周六",
    "周日",
)


@lru_cache(maxsize=8192)
def words(day: date, language: Language = "zh") -> str:
    """Return the day as people write it: 2026年3月2日（周一）, 2 March 2026 (Mon)."""
    if language == "en":
        return f"{day.day} {MONTHS[day.month - 1]} {day.year} ({ENGLISH_WEEKDAYS[day.weekday()]})"
    return f"{day.year}年{day.month}月{day.day}日（周{WEEKDAYS[day.weekday()]}）"


def say(sentence: Sentence, language: Language = "zh") -> str:
    """Return the sentence in the language."""
    values = {key: _value(key, value, language) for key, value in sentence.values.items()}
    return template(language, SENTENCES[sentence.key], CONTEXT) % values


def paragraph(sentences: Iterable[Sentence], language: Language = "zh") -> str:
    """Return the sentences as one paragraph that a letter can quote."""
    return ("" if language == "zh" else " ").join(say(one, language) for one in sentences)


def messages() -> set[str]:
    """Return every message that an explanation may hold."""
    rules = [message for rule in RULES.values() for message in (rule.label, rule.words)]
    return {*SENTENCES.values(), *LATE_STEPS.values(), *NAMES, *PAPERS, *EVENTS, *rules}


def _in(language: Language, text: str, **values: str) -> str:
    return translate(language, text, context=CONTEXT, **values)


def _value(key: str, value: Any, language: Language) -> str:
    if isinstance(value, date):
        return words(value, language)
    in_words = _SAID.get(key)
    return in_words(value, language) if in_words else str(value)


def _channel(value: Channel, language: Language) -> str:
    return _in(language, RULES[value].label)


def _rule(value: Channel, language: Language) -> str:
    return _in(language, RULES[value].words)


@lru_cache(maxsize=1024)
def _dates(value: tuple[date, ...], language: Language) -> str:
    if language == "zh":
        return "、".join(f"{day.month}月{day.day}日" for day in value)
    return ", ".join(f"{day.day} {MONTHS[day.month - 1][:3]}" for day in value)


def holiday(value: str, language: Language) -> str:
    """Return why a day is skipped: a holiday's name, with its notice as the notice calls itself."""
    if language == "zh":
        return value
    name, notice, source = value.partition("（")
    english = ", ".join(_in(language, each) for each in name.split("、"))
    return f"{english}, {source.removesuffix('）')}" if notice else english


def _steps(value: Iterable[tuple[str, date]], language: Language) -> str:
    """Return late steps as a text names them: 补正告知（6月29日）."""
    if language == "zh":
        return "、".join(f"{LATE_STEPS[step]}（{on.month}月{on.day}日）" for step, on in value)
    return ", ".join(f"{_in(language, LATE_STEPS[step])} on {words(on, language)}" for step, on in value)


def _why(value: str, language: Language) -> str:
    """Return why days are left out: 征求甲公司意见, Consultation of 甲公司."""
    if language == "zh":
        return value
    if value.startswith("征求"):
        return _in(language, CONSULTATION, name=value.removeprefix("征求").removesuffix("意见"))
    return _in(language, value)


def _named(value: str, language: Language) -> str:
    """Return a paper or an event in the words of the language."""
    return _in(language, value)


_SAID: dict[str, Callable[[Any, Language], str]] = {
    "paper": _named,
    "event": _named,
    "law": cited,
    "first": cited,
    "channel": _channel,
    "rule": _rule,
    "dates": _dates,
    "reason": holiday,
    "why": _why,
    "steps": _steps,
}
