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
from tracker.domain.message import Phrase


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
    return Phrase(
        "“%(label)s”（%(on)s）时答复期限已于%(missed)s届满，不改变期限，本件仍按该日计为超期（实务）。",
        label=step.label,
        on=on,
        missed=missed,
    )


def _against_late_step(standing: Standing, entry: Entry) -> Iterator[Objection]:
    answer = standing.due()
    if answer is None or entry.step not in LATE_STEPS or not standing.comes_too_late(entry.on):
        return
    step = workflow.BY_NAME[entry.step]
    if entry.step == "extend":
        message = Phrase("原期限已于%(on)s届满，此时延期不发生效力。", on=answer.on)
        yield Objection(
            message,
            Phrase(
                "%(law)s（届满前延长为实务）",
                law=standing.law.extension.law,
            ),
        )
    elif not standing.rules.late_steps_restart:
        yield Objection(_too_late(step, entry.on, answer.on), step.law)


# -- supplement and extension -------------------------------------------------------------------------


def _supplements(standing: Standing) -> Iterator[Irregularity]:
    notice = standing.law.supplement_notice
    if notice is None or not standing.supplements or standing.received_on is None:
        return
    if len(standing.supplements) > 1:
        yield Irregularity(
            "second_supplement",
            Phrase("补正告知多于一次。"),
            Phrase(
                "%(law)s（一次性告知）",
                law=notice.law,
            ),
        )
    limit = standing.calendar.add(standing.received_on, notice.days)
    first = standing.supplements[0].on
    if first > limit:
        message = Phrase(
            "补正告知于%(first)s发出，迟于第%(days)s个工作日（%(limit)s）。",
            first=first,
            days=notice.days,
            limit=limit,
        )
        yield Irregularity("late_supplement_notice", message, notice.law)


def _extensions(standing: Standing) -> Iterator[Irregularity]:
    most = standing.law.extension
    for extension in standing.extensions:
        if not extension.in_time:
            message = Phrase("延期告知于%(on)s发出时原期限已满，不发生延期效力。", on=extension.on)
            yield Irregularity("late_extension", message, most.law)
    told = sum(extension.days for extension in standing.extensions if extension.in_time)
    if told > most.days:
        message = Phrase(
            "延长合计%(told)s个工作日，超过%(days)s个，只计%(days)s个。",
            told=told,
            days=most.days,
        )
        yield Irregularity("long_extension", message, most.law)
    if len(standing.extensions) > 1 and not standing.rules.second_extension:
        yield Irregularity(
            "second_extension",
            Phrase("同一期限内延期告知多于一次。"),
            Phrase(
                "%(law)s（实务）",
                law=most.law,
            ),
        )


def _against_extension(standing: Standing, entry: Entry) -> Iterator[Objection]:
    if entry.step != "extend":
        return
    most = standing.law.extension
    if standing.extensions and not standing.rules.second_extension:
        yield Objection(Phrase("本期限内已延长过一次。"), Phrase("%(law)s（实务）", law=most.law))
    if standing.extension_days + entry.details.get("days", 0) > most.days:
        yield Objection(Phrase("延长合计不得超过%(days)s个工作日。", days=most.days), most.law, final=True)


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
        yield Objection(
            Phrase("请写明认定申请人的理由合理、需要延迟的情况。"), delay_law(standing), final=True
        )


def _lacks(standing: Standing, delay: Delay) -> Iterator[str]:
    """Say what a delayed answer lacks: reasons asked and given, a day after the one then due, a bound."""
    if not standing.law.delay:
        yield Phrase("收到申请时的条例没有延迟答复的规定，不改变期限。")
        return
    if not delay.asked:
        yield Phrase("延迟答复之前没有要求申请人说明理由。")
    elif not delay.given:
        yield Phrase("延迟答复之前没有收到申请人说明的理由。")
    until, before = delay.entry.day("until_on"), delay.due_on
    if until is None or before is None:
        return
    if until <= before:
        yield Phrase(
            "延迟至%(until)s，不晚于当时的答复期限（%(before)s）。",
            until=until,
            before=before,
        )
        return
    latest = standing.calendar.add(before, standing.rules.delay_days)
    if until > latest:
        days = standing.rules.delay_days
        yield Phrase(
            "延迟至%(until)s，超过当时的答复期限（%(before)s）后%(days)s个工作日（%(latest)s，本机关设置）。",
            until=until,
            before=before,
            days=days,
            latest=latest,
        )
    if until.year != before.year:
        yield Phrase(
            "延迟至%(until)s，与当时的答复期限（%(before)s）不在同一年，请核对。",
            until=until,
            before=before,
        )


def delay_law(standing: Standing) -> str:
    """Return the article of a delayed answer; of the answer's term where the law knew none."""
    return standing.law.delay or standing.law.reply.law


# -- what runs from a receipt (L2) --------------------------------------------------------------------


def _against_payment(standing: Standing, entry: Entry) -> Iterator[Objection]:
    limit = payment_due(standing)
    if entry.step == "pay" and limit and entry.on > limit:
        message = Phrase(
            "缴费期限已于%(limit)s届满，视为放弃申请；请办理“逾期未缴费”结案。",
            limit=limit,
        )
        yield Objection(message, fee.LAW, final=True)


def _against_silence(standing: Standing, entry: Entry) -> Iterator[Objection]:
    if running := silence.running(standing, entry):
        yield Objection(
            Phrase(
                "%(waits_for)s，不能按逾期未答复处理。",
                waits_for=waits_for(running),
            ),
            opinion_law(standing, running),
        )


def waits_for(asked: Consultation) -> str:
    """Say that an opinion may still come, and why."""
    if asked.limit_on:
        return Phrase(
            "“%(name)s”的意见期限至%(limit_on)s，尚未届满",
            name=asked.name,
            limit_on=asked.limit_on,
        )
    if asked.term:
        return Phrase("“%(name)s”收到征求意见书的日期没有记录，意见期限没有起算", name=asked.name)
    return Phrase("收到申请时的条例没有规定“%(name)s”提出意见的期限", name=asked.name)


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
        message = Phrase("收到申请时的条例没有规定逾期不补正视为放弃申请。")
        yield Irregularity("no_lapse", message, standing.law.supplement)
    elif got is None:
        message = Phrase("申请人收到补正告知书的日期没有记录，不能认定逾期未补正。")
        yield Irregularity("unknown_receipt", message, law)
    elif deadline and got >= deadline:
        message = Phrase(
            "申请人于%(got)s收到补正告知书，补正期限（%(deadline)s）已无余日，不能认定逾期未补正。",
            got=got,
            deadline=deadline,
        )
        yield Irregularity("no_lapse", message, law)
    if deadline and on <= deadline:
        yield Irregularity(
            "early_lapse",
            Phrase(
                "补正期限至%(deadline)s，尚未届满，不能按逾期结案。",
                deadline=deadline,
            ),
            law,
        )


def _fee_lapse(standing: Standing, on: date) -> Iterator[Irregularity]:
    limit, law = payment_due(standing), BY_CODE["closed_fee_lapsed"].law
    if standing.law.payment is None:
        yield Irregularity("no_lapse", Phrase("收到申请时没有规定缴费期限，不能认定逾期未缴费。"), law)
    elif limit is None:
        message = Phrase("申请人收到收费通知的日期没有记录，缴费期限没有起算，不能认定逾期未缴费。")
        yield Irregularity("unknown_receipt", message, law)
    elif on <= limit:
        yield Irregularity(
            "early_lapse",
            Phrase(
                "缴费期限至%(limit)s，尚未届满，不能按逾期结案。",
                limit=limit,
            ),
            law,
        )
