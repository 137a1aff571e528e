"""Evidence of how a request came in: who signed, who confirmed and how, every try to reach the applicant.

Law: 条例第31条; 国办公开办函〔2015〕207号第一条 (register, log each try, confirm when contact is restored).
"""

from dataclasses import dataclass
from datetime import date

from tracker.domain.case.file import JPEG, PDF, PNG, WEBP
from tracker.domain.errors import InvalidDetailError
from tracker.domain.message import labels

KINDS = labels(
    {
        "attempt": "联系申请人",
        "signed": "签收",
        "forwarded": "转到公开机构",
        "confirmed": "与申请人确认",
        "file": "照片、扫描件",
        "note": "其他说明",
    }
)
WAYS = labels(
    {
        "phone": "电话",
        "sms": "短信",
        "letter": "信函",
        "email": "电子邮件",
        "online": "网上平台",
        "visit": "当面",
    }
)
RESULTS = labels(
    {
        "reached": "已联系上",
        "no_answer": "无人接听、无回复",
        "dead": "停机、空号、地址有误",
        "returned": "邮件退回",
        "refused": "对方拒绝确认",
    }
)

AFTER_ARRIVAL = ("attempt", "forwarded", "confirmed")

TAKEN = (JPEG, PNG, WEBP, PDF)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One piece of evidence as a person states it. ``person``: by whom it was done."""

    kind: str
    on: date
    time: str = ""
    way: str = ""
    result: str = ""
    person: str = ""
    note: str = ""


def check(fact: Fact, today: date, *, arrived_on: date | None = None) -> None:
    """Raise InvalidDetailError where the fact is no evidence: an unknown word, a day out of place."""
    if fact.kind not in KINDS:
        raise InvalidDetailError("请选择证据的种类。")
    if fact.on > today:
        raise InvalidDetailError(
            "%(value)s的日期%(on)s晚于今天（%(today)s）。",
            value=KINDS[fact.kind],
            on=fact.on,
            today=today,
        )
    if arrived_on and fact.kind in AFTER_ARRIVAL and fact.on < arrived_on:
        raise InvalidDetailError(
            "%(value)s的日期不能早于来件日期（%(arrived_on)s）。",
            value=KINDS[fact.kind],
            arrived_on=arrived_on,
        )
    if fact.way not in ("", *WAYS) or fact.result not in ("", *RESULTS):
        raise InvalidDetailError("请从列出的方式和结果中选择。")
    if fact.kind == "attempt" and not (fact.way and fact.result):
        raise InvalidDetailError("联系记录须写明方式和结果。")


def file_type(content: bytes) -> str | None:
    """Return what a file is, by its content and not its name; None where it is not taken.

    Photographs (JPEG, PNG, WebP) and scans (PDF).
    """
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n") and content[12:16] == b"IHDR":
        return PNG
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return WEBP
    return PDF if content.startswith(b"%PDF-") else None
