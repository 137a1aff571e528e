"""The reconsideration organ and the court before which an answer may be contested, as letters name them.

Law: 行政复议法第20、24、26、27条 (in force since 2024-01-01); before, 第9、12—14条 of the law as amended in
2017, under which a department's answers also went to the department above it; 行政诉讼法第45、46条.
"""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from tracker.domain.law import term
from tracker.domain.message import Spoken

LAW_OF_2023_FROM = date(2024, 1, 1)


@dataclass(frozen=True, slots=True)
class Level(Spoken):
    """What kind of organ answers: who hears its reconsiderations by law, under which article.

    law_before: the article until 2023. or_before: who else heard them then, at the applicant's choice.
    """

    LAWS: ClassVar[tuple[str, ...]] = ("law", "law_before")

    label: str
    heard_by: str
    law: str
    law_before: str
    or_before: str = ""


# By ``agency_level``. An organ of a development zone has no line that fits it: its office names the organ.
LEVELS = {
    "department": Level(
        "政府工作部门", "本级人民政府", "行政复议法第24条第1款第（一）项",
        "2017年修正的行政复议法第12条第1款", "上一级主管部门",
    ),
    "government": Level(
        "人民政府", "上一级人民政府", "行政复议法第24条第1款第（二）项", "2017年修正的行政复议法第13条"
    ),
    "province": Level("省级人民政府", "本机关", "行政复议法第24条第2款", "2017年修正的行政复议法第14条"),
    "vertical": Level(
        "垂直领导的机关", "上一级主管部门", "行政复议法第27条", "2017年修正的行政复议法第12条第2款"
    ),
}  # fmt: skip
ANY_COURT = "有管辖权的人民法院"


@dataclass(frozen=True, slots=True)
class Forum:
    """The organ and the court that the letters of an office name; ``named`` is false where it set none.

    ruled_upon: the organ is of a province and hears its own reconsiderations: 国务院裁决 is open (第26条).
    """

    organ: str
    law: str
    court: str
    named: bool
    reconsideration: term.Term = term.RECONSIDERATION
    suit_months: int = term.SUIT_MONTHS
    suit_after_days: int = term.SUIT_AFTER_DAYS
    ruled_upon: bool = False


def of(level: str, upper_organ: str, court: str, on: date = LAW_OF_2023_FROM) -> Forum:
    """Return the forum of an office from its settings, by the law of the day on which the answer is dated."""
    rule = LEVELS[level]
    is_before = on < LAW_OF_2023_FROM
    organ = upper_organ or rule.heard_by
    return Forum(
        f"{organ}或者{rule.or_before}" if is_before and rule.or_before else organ,
        rule.law_before if is_before else rule.law,
        court or ANY_COURT,
        bool(upper_organ and court),
        ruled_upon=level == "province",
    )
