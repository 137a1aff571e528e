"""The terms of an organ that is respondent in a reconsideration or defendant in a suit: dated rows.

A term is measured by the law in force on the day on which it begins: the receipt of the copy (副本) or of
the judgment. No text that was read says what holds for a copy received after an amendment in a case that was
accepted before it; the day of receipt is practice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tracker.domain.law.term import Term

ORDINARY, SIMPLIFIED = "ordinary", "simplified"  # 复议法第三节, 第四节 of its 第四章
FIRST, SECOND, THIRD = "first", "second", "third"
JUDGMENT, RULING = "judgment", "ruling"
OLD_RECONSIDERATION = date(1999, 10, 1)
LAW_OF_2023_FROM = date(2024, 1, 1)
OLD_SUIT = date(1990, 10, 1)
LAW_OF_2014_FROM = date(2015, 5, 1)
INTERPRETATION_FROM = date(2018, 2, 8)
REPLY = "remedy_reply"
APPEAL = "remedy_appeal"


@dataclass(frozen=True, slots=True)
class Dated:
    """A term and the first day on which it may begin by this text."""

    since: date
    term: Term


def _reply(days: int, label: str, law: str, unit: str = "natural") -> Term:
    return Term(REPLY, days, label, law, unit)


def _appeal(days: int, law: str) -> Term:
    return Term(APPEAL, days, "提起上诉", law, "natural")


_ANSWER, _DEFENCE = "提出书面答复、提交证据", "提交证据、答辩状"
# What runs from a receipt: by the procedure of a reconsideration, the instance of a suit, the court's paper.
ROWS: dict[str, tuple[Dated, ...]] = {
    ORDINARY: (
        Dated(OLD_RECONSIDERATION, _reply(10, _ANSWER, "2017年修正的行政复议法第23条第1款")),
        Dated(LAW_OF_2023_FROM, _reply(10, _ANSWER, "行政复议法第48条、第88条第2款", "working")),
    ),
    SIMPLIFIED: (Dated(LAW_OF_2023_FROM, _reply(5, _ANSWER, "行政复议法第54条、第88条第2款", "working")),),
    FIRST: (
        Dated(OLD_SUIT, _reply(10, _DEFENCE, "1989年行政诉讼法第43条")),
        Dated(LAW_OF_2014_FROM, _reply(15, _DEFENCE, "行政诉讼法第67条第1款")),
    ),
    SECOND: (Dated(INTERPRETATION_FROM, _reply(15, "提出答辩状", "行政诉讼法解释第108条")),),
    THIRD: (Dated(INTERPRETATION_FROM, _reply(15, "提交书面意见", "行政诉讼法解释第111条")),),
    JUDGMENT: (
        Dated(OLD_SUIT, _appeal(15, "1989年行政诉讼法第58条")),
        Dated(LAW_OF_2014_FROM, _appeal(15, "行政诉讼法第85条")),
    ),
    RULING: (
        Dated(OLD_SUIT, _appeal(10, "1989年行政诉讼法第58条")),
        Dated(LAW_OF_2014_FROM, _appeal(10, "行政诉讼法第85条")),
    ),
}
Articles = tuple[tuple[date, str], ...]  # by the first day on which the term may begin
# Why a term of natural days does not end on a day of rest, and why the day of receipt is not counted.
_ROLLS_AT_COURT: Articles = (
    (OLD_SUIT, "民事诉讼法关于期间的规定"),
    (INTERPRETATION_FROM, "行政诉讼法解释第48条第3款"),
)
_ROLLS_IN_RECONSIDERATION: Articles = (
    (OLD_RECONSIDERATION, "2017年修正的行政复议法第40条第1款，民事诉讼法关于期间的规定"),
)
_NO_EVIDENCE_AT_COURT: Articles = ((LAW_OF_2014_FROM, "行政诉讼法第34条第2款"),)
_NO_EVIDENCE_IN_RECONSIDERATION: Articles = (
    (OLD_RECONSIDERATION, "2017年修正的行政复议法第28条第1款第（四）项"),
    (LAW_OF_2023_FROM, "行政复议法第70条"),
)
_HEARING_AT_COURT: Articles = ((LAW_OF_2014_FROM, "行政诉讼法第3条第3款"),)
_HEARING_IN_RECONSIDERATION: Articles = ((LAW_OF_2023_FROM, "行政复议法第51条第3款"),)
_EXECUTION_AT_COURT: Articles = ((LAW_OF_2014_FROM, "行政诉讼法第94条"),)
_EXECUTION_IN_RECONSIDERATION: Articles = (
    (OLD_RECONSIDERATION, "2017年修正的行政复议法第32条第1款"),
    (LAW_OF_2023_FROM, "行政复议法第77条第1款"),
)
_POSTPONED_AT_COURT: Articles = ((LAW_OF_2014_FROM, "行政诉讼法第36条第1款"),)
NOTICE = "机关、法院的通知"  # a day that a notice names, where no article was read


def on(rows: Sequence[Dated], day: date) -> Term | None:
    """Return the term that begins on the day; None where no text of that day set one."""
    return next((row.term for row in reversed(rows) if row.since <= day), None)


def roll(day: date, *, reconsideration: bool) -> str:
    """Return by which article a term that began on the day does not end on a day of rest."""
    return _article(_ROLLS_IN_RECONSIDERATION if reconsideration else _ROLLS_AT_COURT, day)


def no_evidence(day: date, *, reconsideration: bool) -> str:
    """Return by which article what is sent late is held to be no evidence; empty where none was read."""
    return _article(_NO_EVIDENCE_IN_RECONSIDERATION if reconsideration else _NO_EVIDENCE_AT_COURT, day)


def hearing(day: date, *, reconsideration: bool) -> str:
    """Return by which article the head of the organ attends a hearing."""
    return _article(_HEARING_IN_RECONSIDERATION if reconsideration else _HEARING_AT_COURT, day) or NOTICE


def execution(day: date, *, reconsideration: bool) -> str:
    """Return by which article a decision or a judgment is carried out."""
    return _article(_EXECUTION_IN_RECONSIDERATION if reconsideration else _EXECUTION_AT_COURT, day) or NOTICE


def postponed(day: date, *, reconsideration: bool) -> str:
    """Return by which article a later day for the evidence may be given."""
    return (_article(_POSTPONED_AT_COURT, day) if not reconsideration else "") or NOTICE


def _article(articles: Articles, day: date) -> str:
    return next((law for since, law in reversed(articles) if since <= day), "")
