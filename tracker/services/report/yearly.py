"""Yearly reminders: the report due on 31 January, and the holiday notice that comes in November."""

from datetime import date, datetime, timedelta

from sqlalchemy import select

from tracker.domain.calendar.calendar import WorkCalendar
from tracker.domain.errors import UnknownYearError
from tracker.domain.message import Citation, Phrase, joined
from tracker.models.agency import Agency
from tracker.models.base import db
from tracker.services.job.job import AlarmError
from tracker.services.office import office
from tracker.services.report import report, year_end

REPORT_LAW = "条例第49条"
REPORT_DUE = (1, 31)  # 第49条: before 31 January the report of the year before is submitted and published
GOVERNMENT_DUE = (3, 31)  # 第49条: the report of the government itself; nothing is said after it
STAGES = (15, 10, 5, 3, 2, 1)  # working days before the last day
NOTICE_MONTH = 11  # the State Council's notice of the next year has come in November since 2019
ONE_DAY = timedelta(days=1)


def report_dates(*, on: date, now: datetime) -> str:
    """Say that last year's report is not published: on some days before its last day, on it, and after it.

    Raises AlarmError where somebody must be told today.
    """
    del now
    year, calendar = on.year - 1, office.calendar()
    agencies = db.session.scalars(select(Agency).order_by(Agency.id)).all()
    missing = [
        agency.name
        for agency in agencies
        if year_end.was_there(agency.id, year) and report.edition(agency.id, year) is None
    ]
    if not missing:
        return Phrase("没有尚未发布的%(year)s年度报告", year=year)
    last = last_day(on.year, calendar)
    if told_on(on, last, calendar):
        when = Phrase("最后一天是%(day)s", day=last) if on <= last else Phrase("已超过%(day)s", day=last)
        raise AlarmError(
            "%(names)s%(year)s年度报告尚未发布，%(when)s（%(report_law)s）",
            names=joined(missing, "、"),
            year=year,
            when=when,
            report_law=Citation(REPORT_LAW),
        )
    return Phrase("%(year)s年度报告尚未发布，今天不提醒", year=year)


def last_day(year: int, calendar: WorkCalendar) -> date:
    """Return the last working day up to 31 January: no text moves it past a rest day (practice)."""
    day = date(year, *REPORT_DUE)
    while not calendar.is_working_day(day):
        day -= ONE_DAY
    return day


def told_on(on: date, last: date, calendar: WorkCalendar) -> bool:
    """Return whether the office is told on the day: a working day of the stages, the last, or one after."""
    if on > date(on.year, *GOVERNMENT_DUE) or not calendar.is_working_day(on):
        return False
    return on >= last or calendar.count(on, last) in STAGES


def calendar_missing(*, on: date, now: datetime) -> str:
    """Raise AlarmError every day from 1 November until the next year's holidays are known."""
    del now
    year = on.year + 1
    try:
        known = office.calendar().status(year) == "published"
    except UnknownYearError:
        known = False
    if known:
        return Phrase("%(year)s年的放假安排已经导入", year=year)
    if on.month < NOTICE_MONTH:
        return Phrase("%(year)s年的放假安排要到%(month)s月才公布", year=year, month=NOTICE_MONTH)
    raise AlarmError(
        "%(year)s年的放假安排尚未导入，落在%(year)s年的日期都是暂定的；请在“日历”页导入国务院办公厅通知",
        year=year,
    )
