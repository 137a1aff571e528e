"""What the clock says of the steps of a case: late steps, extensions, delays, lapses, unknown receipts.

Irregularities are shown and refuse nothing; objections bind a person at a form (check.py gathers both).

Law: 条例第30、32—35条; 国办函〔2020〕109号; practice where no text says what follows (rulebook L1–L3).
"""

from collections.abc import Iterator
from datetime import date

from tracker.domain.case import fee, silence, workflow
from tracker.domain.case.answer_term import Delay
from tracker.domain.case.consultation import Consultation
from tracker.domain.case.duty import payment_due
from tracker.domain.case.event import Entry
from tracker.domain.case.finding import Irregularity, Objection
from tracker.domain.case.outcome import BY_CODE
from tracker.domain.case.sentence import LATE_STEPS
from tracker.domain.case.standing import Standing
from tracker.domain.case.workflow import Step


def irregularities(standing: Standing) -> Iterator[Irregularity]:
    """Yield what is irregular in the days of the steps taken so far."""
    yield from _supplements(standing)
    yield from _extensions(standing)
    yield from _late_steps(standing)
    yield from _delays(standing)
    if standing.served_on:
        yield from _lapse(standing, standing.state, standing.served_on)


def objections(standing: Standing, entry: Entry) -> Iterator[Objection]:
    """Yield what the days say against a step, before it is taken."""
    yield from _against_late_step(standing, entry)
    yield from _against_extension(standing, entry)
    yield from _against_payment(standing, entry)
    yield from _against_delay(standing, entry)
    yield from _against_silence(standing, entry)
    for irregularity in _lapse(standing, entry.step, entry.on):
        yield Objection(irregularity.message, irregularity.law)


# -- a step after the end of the term (L1) ------------------------------------------------------------


def _late_steps(standing: Standing) -> Iterator[Irregularity]:
    """Name what was done after the term had ended: it is kept, and cures nothing."""
    missed = standing.due()
    for entry in standing.late_steps:
        if missed and entry.step != "extend":  # a late extension has its own words
            step = workflow.BY_NAME[entry.step]
            yield Irregularity("after_the_term", _too_late(step, entry.on, missed.on), step.law)


def _too_late(step: Step, on: date, missed: date) -> str:
    return f"“{step.label}”（{on}）时答复期限已于{missed}届满，不改变期限，本件仍按该日计为超期（实务）。"


def _against_late_step(standing: Standing, entry: Entry) -> Iterator[Objection]:
    answer = standing.due()
    if answer is None or entry.step not in LATE_STEPS or not standing.comes_too_late(entry.on):
        return
    step = workflow.BY_NAME[entry.step]
    if entry.step == "extend":
        message = f"原期限已于{answer.on}届满，此时延期不发生效力。"
        yield Objection(message, f"{standing.law.extension.law}（届满前延长为实务）")
    elif not standing.rules.late_steps_restart:
        yield Objection(_too_late(step, entry.on, answer.on), step.law)


# -- supplement and extension -------------------------------------------------------------------------


def _supplements(standing: Standing) -> Iterator[Irregularity]:
    notice = standing.law.supplement_notice
    if notice is None or not standing.supplements or standing.received_on is None:
        return
    if len(standing.supplements) > 1:
        yield Irregularity("second_supplement", "补正告知多于一次。", f"{notice.law}（一次性告知）")
    limit = standing.calendar.add(standing.received_on, notice.days)
    first = standing.supplements[0].on
    if first > limit:
        message = f"补正告知于{first}发出，迟于第{notice.days}个工作日（{limit}）。"
        yield Irregularity("late_supplement_notice", message, notice.law)


def _extensions(standing: Standing) -> Iterator[Irregularity]:
    most = standing.law.extension
    for extension in standing.extensions:
        if not extension.in_time:
            message = f"延期告知于{extension.on}发出时原期限已满，不发生延期效力。"
            yield Irregularity("late_extension", message, most.law)
    told = sum(extension.days for extension in standing.extensions if extension.in_time)
    if told > most.days:
        message = f"延长合计{told}个工作日，超过{most.days}个，只计{most.days}个。"
        yield Irregularity("long_extension", message, most.law)
    if len(standing.extensions) > 1 and not standing.rules.second_extension:
        yield Irregularity("second_extension", "同一期限内延期告知多于一次。", f"{most.law}（实务）")


def _against_extension(standing: Standing, entry: Entry) -> Iterator[Objection]:
    if entry.step != "extend":
        return
    most = standing.law.extension
    if standing.extensions and not standing.rules.second_extension:
        yield Objection("本期限内已延长过一次。", f"{most.law}（实务）")
    if entry.details.get("days", 0) > most.days:
        yield Objection(f"延长合计不得超过{most.days}个工作日。", most.law, final=True)


# -- a delayed answer (第35条, L3) ---------------------------------------------------------------------


def _delays(standing: Standing) -> Iterator[Irregularity]:
    for delay in standing.delays:
        for message in _lacks(standing, delay):
            yield Irregularity("unfounded_delay", message, delay_law(standing))


def _against_delay(standing: Standing, entry: Entry) -> Iterator[Objection]:
    if entry.step != "delay":
        return
    for message in _lacks(standing, standing.as_delay(entry)):
        yield Objection(message, delay_law(standing))
    if not str(entry.details.get("reason") or "").strip():
        yield Objection("请写明认定申请人的理由合理、需要延迟的情况。", delay_law(standing), final=True)


def _lacks(standing: Standing, delay: Delay) -> Iterator[str]:
    """Say what a delayed answer lacks: reasons asked and given, a day after the one then due, a bound."""
    if not standing.law.delay:
        yield "收到申请时的条例没有延迟答复的规定，不改变期限。"
        return
    if not delay.asked:
        yield "延迟答复之前没有要求申请人说明理由。"
    elif not delay.given:
        yield "延迟答复之前没有收到申请人说明的理由。"
    until, before = delay.entry.day("until_on"), delay.due_on
    if until is None or before is None:
        return
    if until <= before:
        yield f"延迟至{until}，不晚于当时的答复期限（{before}）。"
        return
    latest = standing.calendar.add(before, standing.rules.delay_days)
    if until > latest:
        days = standing.rules.delay_days
        yield f"延迟至{until}，超过当时的答复期限（{before}）后{days}个工作日（{latest}，本机关设置）。"
    if until.year != before.year:
        yield f"延迟至{until}，与当时的答复期限（{before}）不在同一年，请核对。"


def delay_law(standing: Standing) -> str:
    """Return the article of a delayed answer; of the answer's term where the law knew none."""
    return standing.law.delay or standing.law.reply.law


# -- what runs from a receipt (L2) --------------------------------------------------------------------


def _against_payment(standing: Standing, entry: Entry) -> Iterator[Objection]:
    limit = payment_due(standing)
    if entry.step == "pay" and limit and entry.on > limit:
        message = f"缴费期限已于{limit}届满，视为放弃申请；请办理“逾期未缴费”结案。"
        yield Objection(message, fee.LAW, final=True)


def _against_silence(standing: Standing, entry: Entry) -> Iterator[Objection]:
    if running := silence.running(standing, entry):
        yield Objection(f"{waits_for(running)}，不能按逾期未答复处理。", opinion_law(standing, running))


def waits_for(asked: Consultation) -> str:
    """Say that an opinion may still come, and why."""
    if asked.limit_on:
        return f"“{asked.name}”的意见期限至{asked.limit_on}，尚未届满"
    if asked.term:
        return f"“{asked.name}”收到征求意见书的日期没有记录，意见期限没有起算"
    return f"收到申请时的条例没有规定“{asked.name}”提出意见的期限"


def opinion_law(standing: Standing, asked: Consultation) -> str:
    """Return the article of the term of an opinion; of the time not counted where there is no term."""
    return asked.term.law if asked.term else standing.law.pause


def _lapse(standing: Standing, outcome: str, on: date) -> Iterator[Irregularity]:
    """Hold a lapse against what it needs: a term that has ended, and the receipt that it runs from."""
    if outcome == "closed_supplement_lapsed" and standing.supplements:
        yield from _supplement_lapse(standing, on)
    if outcome == "closed_fee_lapsed" and standing.charges:
        yield from _fee_lapse(standing, on)


def _supplement_lapse(standing: Standing, on: date) -> Iterator[Irregularity]:
    asked, law = standing.supplements[-1], BY_CODE["closed_supplement_lapsed"].law
    deadline, got = asked.day("deadline_on"), asked.day("received_on")
    if not standing.law.supplement_lapses:
        message = "收到申请时的条例没有规定逾期不补正视为放弃申请。"
        yield Irregularity("no_lapse", message, standing.law.supplement)
    elif got is None:
        message = "申请人收到补正告知书的日期没有记录，不能认定逾期未补正。"
        yield Irregularity("unknown_receipt", message, law)
    elif deadline and got >= deadline:
        message = f"申请人于{got}收到补正告知书，补正期限（{deadline}）已无余日，不能认定逾期未补正。"
        yield Irregularity("no_lapse", message, law)
    if deadline and on <= deadline:
        yield Irregularity("early_lapse", f"补正期限至{deadline}，尚未届满，不能按逾期结案。", law)


def _fee_lapse(standing: Standing, on: date) -> Iterator[Irregularity]:
    limit, law = payment_due(standing), BY_CODE["closed_fee_lapsed"].law
    if standing.law.payment is None:
        yield Irregularity("no_lapse", "收到申请时没有规定缴费期限，不能认定逾期未缴费。", law)
    elif limit is None:
        message = "申请人收到收费通知的日期没有记录，缴费期限没有起算，不能认定逾期未缴费。"
        yield Irregularity("unknown_receipt", message, law)
    elif on <= limit:
        yield Irregularity("early_lapse", f"缴费期限至{limit}，尚未届满，不能按逾期结案。", law)
