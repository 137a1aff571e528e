"""The case file (归档): how long it is kept, what is in it, what it lacks.

Law: 档案法第13、14条; 档案法实施条例第19、20、24条; 条例第45条. No list of periods names this kind of file:
the classes are those of 国家档案局令第8号; which one a case has is practice (``Rules``).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, date
from types import MappingProxyType

from tracker.domain.case.channel import Channel
from tracker.domain.case.rules import Rules
from tracker.domain.message import labels, worded

ARCHIVED, TRANSFERRED = "archived", "transferred"
PERMANENT, THIRTY, TEN = "permanent", "30", "10"
RETENTIONS: Mapping[str, str] = MappingProxyType(labels({PERMANENT: "永久", THIRTY: "30年", TEN: "10年"}))
YEARS: Mapping[str, int] = MappingProxyType({THIRTY: 30, TEN: 10})
DISPUTED, OTHER = "retention_disputed", "retention_other"  # the keys of the practice
WHY = tuple(map(worded, ("有行政复议、行政诉讼", "不予公开、部分公开", "其他申请")))
ON_PAPER = (Channel.IN_PERSON, Channel.REGISTERED_MAIL, Channel.ORDINARY_MAIL, Channel.FAX)
LONGEST_NUMBER, LONGEST_REASON = 60, 500
FORMAT = "tracker-archive/1"
METADATA, TIMELINE, CONTENTS, SUMS = "metadata.json", "办理经过.pdf", "卷内文件目录.pdf", "SHA256SUMS.txt"
PAPERS = "材料"


@dataclass(frozen=True, slots=True)
class Proposed:
    """The class that the practice proposes: its code, the key that says so, and why that key."""

    code: str
    key: str
    why: str


def retention(rules: Rules, outcome: str, *, is_contested: bool) -> Proposed:
    """Return how long the file of a case is to be kept, by the office's practice."""
    is_refused = outcome.startswith("refused_") or outcome == "partially_disclosed"
    return proposed(rules, WHY[0] if is_contested else WHY[1] if is_refused else WHY[2])


def proposed(rules: Rules, why: str) -> Proposed:
    """Return the class that the office's practice has for one of WHY."""
    if why == WHY[2]:
        return Proposed(rules.retention_other, OTHER, why)
    return Proposed(rules.retention_disputed, DISPUTED, why)


def is_shorter(code: str, other: str) -> bool:
    """Return whether a class ends before another one."""
    order = (TEN, THIRTY, PERMANENT)
    return order.index(code) < order.index(other)


def ends_on(code: str, closed_on: date | None) -> date | None:
    """Return the last day of the period, which runs from the year after the case ended; None: never.

    None too where no period can be told: the case is worked on again, or the class cannot be read.

    What follows then is an appraisal (鉴定) by people, never a deletion by the program (实施条例第24条).
    """
    if closed_on is None or code not in YEARS:
        return None
    return date(min(closed_on.year + YEARS[code], MAXYEAR), 12, 31)


def closed_by(today: date, years: int) -> date:
    """Return the last day on which a case ended whose file may be due for the archive (实施条例第20条)."""
    return date(today.year - years - 1, 12, 31)
