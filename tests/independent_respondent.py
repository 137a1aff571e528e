"""The organ's days as respondent and defendant a second time, from the statutes alone, over plain sets of dates.

Nothing here imports the program: every day is walked, working days as in ``independent_clock``.
"""

from datetime import date, timedelta

from tests.independent_clock import nth_worked, worked

NEW_RECONSIDERATION = date(2024, 1, 1)  # 行政复议法（2023年修订）
NEW_SUIT = date(2015, 5, 1)  # 行政诉讼法（2014年修正）
INTERPRETATION = date(2018, 2, 8)  # 法释〔2018〕1号


def rolled(start, number):
    """Walk so many natural days on, and from a day of rest to the first worked day after it."""
    day = start
    for _ in range(number):
        day += timedelta(days=1)
    while not worked(day):
        day += timedelta(days=1)
    return day


def reply(kind, instance, procedure, received):
    """Return the last day to reply; None where no text that was read sets one."""
    if kind == "reconsideration":
        if received < NEW_RECONSIDERATION:
            return rolled(received, 10)  # 原第23条: 十日, natural days; 第40条 names 五日、七日 alone
        return nth_worked(received, {"ordinary": 10, "simplified": 5}[procedure])  # 第48、54、88条
    if instance == "first":
        return rolled(received, 15 if received >= NEW_SUIT else 10)  # 第67条; 1989年第43条
    return rolled(received, 15) if received >= INTERPRETATION else None  # 解释第108、111条


def appeal(paper, received):
    """Return the last day to appeal; None where the paper cannot be appealed against (第85条)."""
    days = {"judgment": 15, "ruling": 10}.get(paper)
    return rolled(received, days) if days else None
