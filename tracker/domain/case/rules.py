"""The office's practice where no text settles it, as it holds on a day.

Each value is kept as dated rows; why a default is what it is, and what would settle it, stands in
``domain/office/practice.PRACTICES``. A case keeps the practice of the day on which it was received.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

from tracker.domain.case.fee import Tariff, bands_of
from tracker.domain.case.mixed import order_of
from tracker.domain.case.sign_off import stations_of
from tracker.domain.errors import InvalidDetailError
from tracker.domain.law import forum
from tracker.domain.law.forum import Forum
from tracker.domain.message import Phrase, joined, labels, worded

Value = int | bool | str
PEOPLE = r"((handler|liaison|head) *)*"
LONGEST = 200  # characters of a value


def _whole(default: int, low: int, high: int) -> Any:
    return field(default=default, metadata={"bounds": (low, high)})


def _one_of(*choices: str) -> Any:
    return field(default=choices[0], metadata={"choices": choices})


def _text(default: str, pattern: str, description: str) -> Any:
    return field(default=default, metadata={"pattern": pattern, "words": worded(description)})


def _read_by(default: str, reader: Callable[[str], object], description: str) -> Any:
    return field(default=default, metadata={"reader": reader, "words": worded(description)})


@dataclass(frozen=True, slots=True)
class Rules:
    """Every value of the practice on one day. The defaults follow the rulebook's reading.

    online_receipt:            ``confirmed`` by both sides or ``submitted``: the day of receipt of online
                               requests (第31条第（三）项).
    confirmation_days:         working days within which an online, e-mail or fax request is to be
                               confirmed (第31条第（三）项 sets none).
    oral_by_telephone:         a call may become a request (第29条).
    supplement_days:           working days proposed to the applicant (第30条).
    union_of_consultations:    overlapping consultations leave a day out once (第33条第3款).
    payment_restarts:          the term counts anew after payment (109号, wording unverified);
                               false: it goes on where it stopped.
    extension_ends_on_restart: a restart ends the extension with its term.
    second_extension:          a second notice within one term is regular; 20 days in all.
    late_steps_restart:        a supplement, payment, consultation or delay that follows the end of the
                               term still moves it (no text says so; false: rulebook L1).
    delay_days:                working days after the day then due within which a delayed answer
                               (第35条) is reasonable.
    reanswer_days:             working days to answer anew where the decision that orders it sets none.
    receipt_days:              working days after a letter went out on which the day of its receipt is
                               asked for.
    service_days:              working days after a letter is dated by which it is to be served.
    main_order:                parts of table 3 in the order in which one of several refusals is the one
                               that is counted.
    year_of_result:            ``served`` or ``decided``: the day that gives the result its year.
    fee_step_pieces, fee_step_rate: from the 31st piece of a month on, each band of so many pieces adds
                               so many yuan (109号).
    fee_pages:                 yuan a page by bands (109号).
    alike_percent:             likeness of wording from which a request is shown as alike.
    many_in_month, many_in_year: requests of one person that call for a look at 第35条.
    many_applicants:           who ask alike: consider disclosing to everybody (第44条第1款).
    expiry_is_repeal:          a document that expired by its own term counts under 本年废止.
    revision_is_repeal:        a revised document counts once as 废止 and its new version once as 制发.
    joint_documents:           ``lead`` counts a joint document at its lead organ alone; ``all`` at each.
    remedies_by:               ``case`` or ``instance``: table 4 counts cases, or each instance.
    count_not_accepted:        不予受理, 不予立案 count under 其他结果.
    three_reviews:             三审 before publication (第17条).
    reminder_days, escalation_days: working days before a due day and after it on which people are told.
    reminder_to, escalation_to: the first of them who has an address; all of them.
    reminder_margin:           working days earlier where the date is provisional (暂定).
    agency_level:              when the report is due (第49条), who hears reconsiderations (复议法第24、27条).
    upper_organ, court:        who hears them, and before which court the office is sued, by name.
    document_code:             机关代字, with which the numbers of letters begin.
    letter_contact:            how the office is reached, as its letters print it.
    online_reconsideration:    the online way of reconsideration, for letters served online
                               (复议法第22条第2款).
    online_application:        where requests are made online; the QR code of what the office hands out.
    sign_off:                  ``required``: no answer is made or recorded at the pages that was not signed
                               here; ``paper``: a review on paper may be typed instead (第17条).
    sign_off_stations:         the stations that a draft passes, in their order; the head is the last.
    sign_off_days:             working days that each of them has.
    retention_disputed, retention_other: how long the file of a case is kept (permanent, 30 or 10 years): one
                               that was refused in whole or part or contested, any other.
    transfer_years:            years after which a file may be due to go to the archive (实施条例第20条).
    first_review_months:       months after a refusal was served by which it is reviewed first (第18条: 定期).
    personal_request_days:     working days to answer a request about one's own data (个人信息保护法第50条
                               sets none).
    suit_in_doubt:             letters name the suit too where courts may decline it (行政查询、另行制作、
                               不予处理).
    """

    online_receipt: str = _one_of("confirmed", "submitted")
    confirmation_days: int = _whole(1, 1, 20)
    oral_by_telephone: bool = False
    supplement_days: int = _whole(15, 1, 120)
    union_of_consultations: bool = True
    payment_restarts: bool = True
    extension_ends_on_restart: bool = True
    second_extension: bool = False
    late_steps_restart: bool = False
    delay_days: int = _whole(60, 1, 250)
    receipt_days: int = _whole(5, 1, 20)
    service_days: int = _whole(2, 1, 20)
    reanswer_days: int = _whole(20, 1, 60)
    main_order: str = _read_by(
        "3.3 3.4 3.5 3.6", order_of, "应把 3.3、3.4、3.5、3.6 各写一次，按先后用空格隔开"
    )
    year_of_result: str = _one_of("served", "decided")
    fee_step_pieces: int = _whole(10, 1, 1000)
    fee_step_rate: int = _whole(100, 0, 100_000)
    fee_pages: str = _read_by(
        "30:0 100:10 200:20 :40",
        bands_of,
        "应写作 30:0 100:10 200:20 :40 的样子（到第几页:每页几元，最后一段不写页数）",
    )
    alike_percent: int = _whole(60, 1, 100)
    many_in_month: int = _whole(10, 1, 1000)
    many_in_year: int = _whole(30, 1, 10_000)
    many_applicants: int = _whole(2, 2, 100)
    expiry_is_repeal: bool = False
    revision_is_repeal: bool = True
    joint_documents: str = _one_of("lead", "all")
    remedies_by: str = _one_of("case", "instance")
    count_not_accepted: bool = True
    three_reviews: bool = False
    reminder_days: str = _text("5 3 1 0", r"(\d{1,2} *)*", "应为以空格分开的工作日数，如 5 3 1 0")
    reminder_to: str = _text("handler liaison head", PEOPLE, "应为 handler、liaison、head 中的几个")
    reminder_margin: int = _whole(2, 0, 20)
    escalation_days: str = _text("1 3 5 10 20", r"([1-9]\d{0,2} *)*", "应为以空格分开的工作日数，如 1 3 5")
    escalation_to: str = _text("liaison head", PEOPLE, "应为 handler、liaison、head 中的几个")
    agency_level: str = _one_of("department", "vertical", "government", "province")
    upper_organ: str = ""
    court: str = ""
    document_code: str = _text("", r"[^\s〔〕]{0,20}", "应为机关代字，如 测城管，不含空格和年份")
    letter_contact: str = ""
    online_reconsideration: str = ""
    online_application: str = _text("", r"(https?://[!-~]{1,300})?", "应为 https:// 或 http:// 开头的网址")
    suit_in_doubt: bool = True
    sign_off: str = _one_of("paper", "required")
    sign_off_stations: str = _read_by(
        "secrecy head", stations_of, "应为 unit、legal、secrecy 中的几个，按先后用空格隔开，最后是 head"
    )
    sign_off_days: int = _whole(1, 1, 20)
    retention_disputed: str = _one_of("30", "10", "permanent")
    retention_other: str = _one_of("10", "30", "permanent")
    transfer_years: int = _whole(10, 1, 50)
    first_review_months: int = _whole(12, 1, 60)
    personal_request_days: int = _whole(15, 1, 60)

    @property
    def tariff(self) -> Tariff:
        """What is charged by (109号; bands above 31 pieces and pages are practice)."""
        return Tariff(self.fee_step_pieces, self.fee_step_rate, bands_of(self.fee_pages))

    def forum(self, on: date) -> Forum:
        """Return before whom an answer of the day is contested."""
        return forum.of(self.agency_level, self.upper_organ, self.court, on)

    @property
    def reminder_steps(self) -> tuple[int, ...]:
        return tuple(int(word) for word in self.reminder_days.split())

    @property
    def escalation_steps(self) -> tuple[int, ...]:
        return tuple(int(word) for word in self.escalation_days.split())

    @property
    def reminder_people(self) -> tuple[str, ...]:
        return tuple(self.reminder_to.split())

    @property
    def escalation_people(self) -> tuple[str, ...]:
        return tuple(self.escalation_to.split())


KEYS = {each.name: each for each in fields(Rules)}
# What one agency has of its own.
OF_AGENCY = frozenset({
    "agency_level", "upper_organ", "court", "document_code", "letter_contact", "online_reconsideration",
    "online_application", "retention_disputed", "retention_other", "transfer_years",
})  # fmt: skip
# From these follow the dates of a case: a row of another key moves none.
OF_DATES = frozenset({
    "confirmation_days", "union_of_consultations", "payment_restarts", "extension_ends_on_restart",
    "second_extension", "late_steps_restart", "delay_days", "receipt_days", "reanswer_days",
    "personal_request_days",    "main_order", "year_of_result",
})  # fmt: skip
# By these the figures of a report are counted.
OF_FIGURES = frozenset({
    "year_of_result", "expiry_is_repeal", "revision_is_repeal", "joint_documents", "remedies_by",
    "count_not_accepted",
})  # fmt: skip
TRUE, FALSE = ("true", "1", "是"), ("false", "0", "否")
KINDS: dict[Any, str] = labels({int: "整数", bool: "“是”或者“否”", str: "文字"})


def refusal(key: str, value: object) -> str:
    """Return what the value of a key should have been, in words; empty where it is possible."""
    kind = KEYS[key].type
    if type(value) is not kind:
        return Phrase("应为%(kind)s", kind=KINDS[kind])
    bound = KEYS[key].metadata
    if "bounds" in bound and not bound["bounds"][0] <= value <= bound["bounds"][1]:
        return Phrase("应在 %(least)s 与 %(most)s 之间", least=bound["bounds"][0], most=bound["bounds"][1])
    if "choices" in bound and value not in bound["choices"]:
        return Phrase("应为 %(names)s", names=joined(bound["choices"], " 或 "))
    if "pattern" in bound and not re.fullmatch(bound["pattern"], str(value)):
        return worded(bound["words"])
    if "reader" in bound and not _reads(bound["reader"], str(value)):
        return worded(bound["words"])
    return _unprintable(str(value))


def refusal_of_text(key: str, text: str) -> str:
    """Return what a typed value of the key should have been, in words; empty where it is possible."""
    return refusal(key, _of_kind(KEYS[key].type, text.strip()))


def _reads(reader: Callable[[str], object], text: str) -> bool:
    try:
        reader(text)
    except ValueError:
        return False
    return True


def _unprintable(text: str) -> str:
    return (
        ""
        if len(text) <= LONGEST and (not text or text.isprintable())
        else Phrase(
            "应为至多%(longest)s字的一行文字",
            longest=LONGEST,
        )
    )


def read(key: str, text: str) -> Value:
    """Return the value that a text says, as it is kept in a row or typed.

    Raises InvalidDetailError where there is no such key, or where the value is impossible.
    """
    if key not in KEYS:
        raise InvalidDetailError(
            "没有“%(key)s”这一项做法。可以设置的：%(names)s。",
            key=key,
            names=joined(KEYS, "、"),
        )
    value = _of_kind(KEYS[key].type, text.strip())
    if problem := refusal(key, value):
        raise InvalidDetailError(
            "%(key)s %(problem)s，现为“%(text)s”。",
            key=key,
            problem=problem,
            text=text,
        )
    return value


def _of_kind(kind: Any, text: str) -> Value:
    """Return the text as a value of the kind, or as it is where it does not read so."""
    if kind is int and re.fullmatch(r"\d{1,9}", text, re.ASCII):
        return int(text)
    if kind is bool and text.lower() in (*TRUE, *FALSE):
        return text.lower() in TRUE
    return text


def written(value: object) -> str:
    """Return the text by which a value is kept in a row."""
    return str(value).lower() if isinstance(value, bool) else str(value)


@dataclass(frozen=True, slots=True)
class PracticeValue:
    """One value and the day from which it holds. own: it is one agency's, else the whole deployment's.

    why, set_by: who set it, and the reason.
    """

    key: str
    value: Value
    valid_from: date
    own: bool = False
    set_by: str = ""
    why: str = ""


class DatedPractice:
    """The practice over time, from rows in the order in which they were set.

    Of one key the newest day counts; of the same day the row that was set last. What an agency has of its
    own goes before the deployment's.
    """

    def __init__(self, rows: Iterable[PracticeValue] = ()) -> None:
        kept = sorted(rows, key=lambda row: row.valid_from)
        self._days = sorted({row.valid_from for row in kept})
        self._rows = [_in_force(row for row in kept if row.valid_from <= day) for day in self._days]
        self._since = [_as_rules(rows) for rows in self._rows]

    def on(self, day: date) -> Rules:
        """Return the values in force on a day."""
        place = bisect_right(self._days, day)
        return self._since[place - 1] if place else DEFAULTS

    def rows_on(self, day: date) -> Mapping[str, PracticeValue]:
        """Return the rows in force on a day by their keys; a key without one has its default."""
        place = bisect_right(self._days, day)
        return self._rows[place - 1] if place else {}


def _as_rules(rows: Mapping[str, PracticeValue]) -> Rules:
    values: dict[str, Any] = {key: row.value for key, row in rows.items()}
    return Rules(**values)


def _in_force(rows: Iterable[PracticeValue]) -> dict[str, PracticeValue]:
    in_force: dict[str, PracticeValue] = {}
    for row in rows:
        if row.own or row.key not in in_force or not in_force[row.key].own:
            in_force[row.key] = row
    return in_force


DEFAULTS = Rules()
RulesOn = Callable[[date], Rules]


def defaults(_day: date) -> Rules:
    """Return the practice where no office says otherwise."""
    return DEFAULTS
