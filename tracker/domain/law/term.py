"""Statutory terms: what a term is, and those that hang on no decree of 依申请公开 (law.py has these).

``unit`` is ``working`` (工作日, the default of the 条例) or ``natural`` (自然日).
"""

from dataclasses import dataclass
from datetime import date

from tracker.domain.message import Spoken


@dataclass(frozen=True, slots=True)
class Term(Spoken):
    """A limit of days. ``practice`` is true where no text fixes it (a setting)."""

    name: str
    days: int
    label: str
    law: str
    unit: str = "working"
    practice: bool = False


SUPPLEMENT = Term("supplement", 15, "申请人补正的合理期限", "条例第30条（期限长短未定，实务）", practice=True)
SUPPLEMENT_LEAST = Term(
    "supplement_least", 3, "补正期限短于此须写明理由", "条例第30条（期限长短未定，实务）", practice=True
)
PAYMENT = Term("payment", 20, "缴费", "国办函〔2020〕109号")
PUBLICATION = Term("publication", 20, "主动公开", "条例第26条")
PETITION_NOTICE = Term("petition_notice", 15, "信访事项书面告知", "信访工作条例第23条", unit="natural")
PETITION = Term(
    "petition",
    60,
    "信访事项办结",
    "信访工作条例第34条（限于信访工作条例第31条第（六）项的事项）",
    unit="natural",
)
RECONSIDERATION = Term("reconsideration", 60, "申请行政复议", "行政复议法第20条第1款", unit="natural")
SUIT_AFTER_DAYS = 15  # 行政诉讼法第45条: from the receipt of the reconsideration decision
SUIT_MONTHS = 6  # 行政诉讼法第46条第1款: from the day on which the act is known

# Beside those of a decree (law.py).
TERMS = (SUPPLEMENT, SUPPLEMENT_LEAST, PUBLICATION, PETITION_NOTICE, PETITION, RECONSIDERATION)


@dataclass(frozen=True, slots=True)
class ReportTerm(Spoken):
    """The last day of the year after, by which an annual report must be public: a date, never moved."""

    month: int
    day: int
    label: str
    law: str

    def due_on(self, year: int) -> date:
        """Return the day by which the report of the year must be public."""
        return date(year + 1, self.month, self.day)


# By ``agency_level``: a department of county level and above, or the authority that reports for a government.
_DEPARTMENT = ReportTerm(1, 31, "县级以上人民政府部门", "条例第49条第1款")
_GOVERNMENT = ReportTerm(3, 31, "县级以上地方人民政府（政府信息公开工作主管部门）", "条例第49条第2款")
REPORT_TERMS = {
    "department": _DEPARTMENT,
    "vertical": _DEPARTMENT,
    "government": _GOVERNMENT,
    "province": _GOVERNMENT,
}
