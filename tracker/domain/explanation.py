"""Say in words why a date is what it is: start, limit, restarts, pauses, each day skipped."""

from datetime import date

from tracker.domain import clock, term
from tracker.domain.channel import RULES, Channel
from tracker.domain.clock import Day
from tracker.domain.history import Standing

WEEKDAYS = "一二三四五六日"


def words(day: date) -> str:
    """Return the day as clerks write it: 2026年3月2日（周一）."""
    return f"{day.year}年{day.month}月{day.day}日（周{WEEKDAYS[day.weekday()]}）"


def _start(standing: Standing) -> str:
    day = words(standing.start_on) if standing.start_on else ""
    if standing.start_step == "receive_supplement":
        return f"{day}收到补正，期限自次日起重新计算（条例第30条）。"
    if standing.start_step == "pay":
        return f"{day}足额缴费，期限自次日起重新计算（国办函〔2020〕109号）。"
    channel = standing.receipt.details.get("channel") if standing.receipt else None
    if channel in set(Channel):
        rule = RULES[Channel(channel)]
        return f"{day}收到申请：{rule.label}，{rule.words}（{rule.law}）。"
    return f"{day}收到申请（条例第31条）。"


def lines(standing: Standing) -> list[str]:
    """Return the explanation of the answer's due day, one sentence an item.

    Empty where no term runs: the applicant must supplement or pay.
    """
    answer = standing.due()
    if answer is None or standing.start_on is None:
        return []
    said = [_start(standing)]
    if standing.delayed_until:
        said.append(
            f"已告知延迟答复的合理期限至{words(standing.delayed_until)}（条例第35条），以此代替原期限。"
        )
        return said
    said.append(f"当日不计，自次日起计算{term.REPLY.days}个工作日（{term.REPLY.law}；民法典第201条）。")
    said += _extensions(standing)
    said += _pauses(standing, standing.start_on, answer.on)
    said += _skipped(standing, answer.on)
    said.append(f"期限届满日为{words(answer.on)}。")
    if answer.provisional:
        said.append(f"{answer.on.year}年放假通知尚未公布，按周末和法定节日推算，此日期为暂定。")
    return said


def _extensions(standing: Standing) -> list[str]:
    return [
        f"{words(e.on)}告知延长{e.days}个工作日（条例第33条第2款）。"
        if e.in_time
        else f"{words(e.on)}的延期告知迟于当时的期限，不发生效力（条例第33条第2款）。"
        for e in standing.extensions
    ]


def _pauses(standing: Standing, start: date, until: date) -> list[str]:
    """Name the pauses that the count met; one over before its start or sent after its end is none."""
    met = [p for p in standing.pauses if p.ended_on > start and p.sent_on < until]
    fee = standing.fee_pauses
    return [
        f"{p.why}：{words(p.sent_on)}次日至{words(p.ended_on)}不计入期限"
        f"（{term.PAYMENT.law if p in fee else '条例第33条第3款'}）。"
        for p in met
    ]


def _skipped(standing: Standing, until: date) -> list[str]:
    """Group the holidays and make-up days that the count met; plain weekends are not listed."""
    by_reason: dict[str, list[date]] = {}
    for day in day_by_day(standing):
        weekend = day.why in ("周六", "周日")
        if day.why and not weekend and day.on <= until:
            by_reason.setdefault(day.why, []).append(day.on)
    return [
        f"{'、'.join(f'{d.month}月{d.day}日' for d in found)}：{why}。"
        for why, found in by_reason.items()
        if not any(p.why == why for p in standing.pauses)
    ]


def day_by_day(standing: Standing) -> list[Day]:
    """Return every day from the start to the due day, counted or not, with the reason."""
    answer = standing.due()
    if answer is None or standing.start_on is None:
        return []
    return list(clock.days(standing.start_on, answer.on, standing.calendar, standing.pauses))
