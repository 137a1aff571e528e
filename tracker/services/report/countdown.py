"""The annual report that is due (条例第49条): from December on, with what is still open."""

from dataclasses import dataclass
from datetime import date, timedelta

from tracker.domain.calendar.calendar import WorkCalendar
from tracker.domain.errors import UnknownYearError
from tracker.domain.law import term
from tracker.domain.message import Phrase
from tracker.domain.report.table3 import CARRIED_OUT_ROW, TOTAL, cells
from tracker.models.reads.table3 import table3_counts
from tracker.services.office import office
from tracker.services.report import report as reports
from tracker.services.report import text

FIRST_MONTH = 12  # of the year that is reported
LAST_MONTH = 6  # of the year after: an older report is asked for by nobody's worklist
NOUGHT = timedelta(0)


@dataclass(frozen=True, slots=True)
class Countdown:
    """The report of a year that is not public yet.

    due_on:     the last day by law; no rest day moves it.
    publish_by: the last working day up to it. days_left: natural days from today to publish_by.
    open:       what is still to do, in words.
    """

    year: int
    due_on: date
    publish_by: date
    is_provisional: bool
    days_left: int
    is_late: bool
    law: str
    open: list[str]


def of(agency_id: int, *, today: date) -> Countdown | None:
    """Return the report that is due; None from its publication on, and from July to November."""
    if LAST_MONTH < today.month < FIRST_MONTH:
        return None
    year = today.year if today.month == FIRST_MONTH else today.year - 1
    if reports.edition(agency_id, year) is not None:
        return None
    rule = term.REPORT_TERMS[office.rules_of(agency_id, today).agency_level]
    due_on = rule.due_on(year)
    publish_by, is_provisional = last_working_day(due_on, office.calendar())
    return Countdown(
        year=year,
        due_on=due_on,
        publish_by=publish_by,
        is_provisional=is_provisional,
        days_left=max(publish_by - today, NOUGHT).days,
        is_late=today > due_on,
        law=f"{rule.law}（{rule.label}）",
        open=_open(agency_id, year, today),
    )


def last_working_day(day: date, calendar: WorkCalendar) -> tuple[date, bool]:
    """Return the last working day up to the day, and whether the calendar is provisional there.

    Where no calendar reaches, the day itself.
    """
    try:
        while not calendar.is_working_day(day):
            day -= timedelta(days=1)
        return day, calendar.is_provisional(day)
    except UnknownYearError:
        return day, True


def _open(agency_id: int, year: int, today: date) -> list[str]:
    """Return what is still to do. The worklist is opened all day: nothing is counted that need not be."""
    written = any(kept.text for kept in text.latest(agency_id, year).values())
    left: list[str] = (
        _of_report(agency_id, year, today) if written else [Phrase("第一、五、六部分都还没有写。")]
    )
    carried = cells(table3_counts(agency_id, year))[CARRIED_OUT_ROW][TOTAL]
    if carried:
        carried_over = "年底前不办结将结转下年度" if today.year == year else "结转下年度"
        left.append(
            Phrase(
                "%(carried)s件申请%(carried_over)s。",
                carried=carried,
                carried_over=carried_over,
            )
        )
    ended = Phrase("尚未发布。")
    left.append(Phrase("本年度还没有结束，次年1月1日起可以发布。") if today.year == year else ended)
    return left


def _of_report(agency_id: int, year: int, today: date) -> list[str]:
    report = reports.current(agency_id, year, today=today)
    missing = reports.missing(report)
    left: list[str] = []
    if missing:
        left.append(
            Phrase(
                "文字部分还有%(count)s项要写：%(value)s",
                count=len(missing),
                value=missing[0],
            )
        )
    if report.findings:
        left.append(
            Phrase(
                "核对发现%(count)s处：%(where)s。",
                count=len(report.findings),
                where=report.findings[0].where,
            )
        )
    return left
