"""The reconsideration organ and the court before which an answer may be contested, as letters name them.

Law: 行政复议法第20、24、27条; 行政诉讼法第45、46条.
"""

from dataclasses import dataclass

from tracker.domain.law import term


@dataclass(frozen=True, slots=True)
class Level:
    """What kind of organ answers: who hears its reconsiderations by law, under which article."""

    label: str
    heard_by: str
    law: str


# By ``agency_level``. An organ of a development zone has no line that fits it: its office names the organ.
LEVELS = {
    "department": Level("政府工作部门", "本级人民政府", "行政复议法第24条第1款第（一）项"),
    "government": Level("人民政府", "上一级人民政府", "行政复议法第24条第1款第（二）项"),
    "province": Level("省级人民政府", "本机关", "行政复议法第24条第2款"),
    "vertical": Level("垂直领导的机关", "上一级主管部门", "行政复议法第27条"),
}
ANY_COURT = "有管辖权的人民法院"


@dataclass(frozen=True, slots=True)
class Forum:
    """The organ and the court that the letters of an office name; ``named`` is false where it set none."""

    organ: str
    law: str
    court: str
    named: bool
    reconsideration: term.Term = term.RECONSIDERATION
    suit_months: int = term.SUIT_MONTHS


def of(level: str, upper_organ: str, court: str) -> Forum:
    """Return the forum of an office from its settings."""
    rule = LEVELS[level]
    return Forum(upper_organ or rule.heard_by, rule.law, court or ANY_COURT, bool(upper_organ and court))
