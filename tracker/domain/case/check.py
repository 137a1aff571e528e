"""What is irregular in a case, and what the facts do not allow a person to do.

Irregularities are shown and never refuse a history that was read in. Objections bind a person
at a form: each names its article, and may be overridden with a reason that is kept.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from tracker.domain.case import basis, fee, grounds, mixed, recorded, sign_off, time_check, workflow
from tracker.domain.case.channel import RULES, Channel, confirm_by
from tracker.domain.case.duty import reply_law
from tracker.domain.case.event import Entry
from tracker.domain.case.finding import Irregularity, Objection
from tracker.domain.case.outcome import BY_CODE
from tracker.domain.case.standing import Standing
from tracker.domain.case.workflow import Step
from tracker.domain.message import Phrase, joined
from tracker.domain.permission import Role


def irregularities(standing: Standing, on: date) -> list[Irregularity]:
    """Return what is irregular in the case as it stands on the day."""
    return [
        *_late_answer(standing, on),
        *_confirmation(standing),
        *time_check.irregularities(standing),
        *recorded.irregularities(standing),
        *_end(standing),
        *_answer(standing),
        *(
            irregularity
            for asked in standing.supplements
            for irregularity in grounds.of_supplement(standing, asked)
        ),
    ]


def _late_answer(standing: Standing, on: date) -> Iterator[Irregularity]:
    answer = standing.due()
    if answer and standing.is_overdue(on):
        served = Phrase("送达") if standing.is_closed else Phrase("至今未答复")
        day = f"{standing.served_on}" if standing.is_closed else ""
        yield Irregularity(
            "late_answer",
            Phrase(
                "答复期限%(on)s，%(day)s%(served)s，已超期。",
                on=answer.on,
                day=day,
                served=served,
            ),
            reply_law(standing),
        )


def _confirmation(standing: Standing) -> Iterator[Irregularity]:
    """Find a confirmation that came late: it must not be what starts the clock (第31条)."""
    receipt = standing.receipt
    if receipt is None or receipt.details.get("channel") not in set(Channel):
        return
    channel, arrived_on = Channel(receipt.details["channel"]), receipt.day("arrived_on")
    confirmed_on, days = receipt.day("confirmed_on"), standing.rules.confirmation_days
    if arrived_on is None or confirmed_on is None or RULES[channel].needs != "confirmed_on":
        return
    limit = confirm_by(channel, arrived_on, standing.calendar, days)
    if confirmed_on > limit:
        message = Phrase(
            "%(label)s于%(arrived_on)s收到，%(confirmed_on)s才与申请人确认（应不迟于%(limit)s）。",
            label=channel.label,
            arrived_on=arrived_on,
            confirmed_on=confirmed_on,
            limit=limit,
        )
        yield Irregularity("late_confirmation", message, RULES[channel].law)


def _end(standing: Standing) -> Iterator[Irregularity]:
    served = standing.served_on
    if served is None:
        return
    if standing.state == "unable_still_unclear" and not standing.supplemented:
        yield Irregularity("no_supplement", Phrase("未经补正即以“补正后仍不明确”结案。"), "条例第30条")
    third = any(c.party == "third_party" for c in standing.consultations)
    if standing.state == "refused_third_party_rights" and not third:
        yield Irregularity("no_consultation", Phrase("未见征求第三方意见的记录。"), "条例第32条")
    if standing.decided_on and standing.decided_on.year != served.year:
        message = Phrase(
            "落款日期（%(decided_on)s）与送达日期（%(served)s）不在同一年。",
            decided_on=standing.decided_on,
            served=served,
        )
        yield Irregularity("two_years", message, "国办公开办函〔2016〕235号")


def _answer(standing: Standing) -> Iterator[Irregularity]:
    """Name what the answer does not rest on: also of a register that was read in, never a refusal of it."""
    answer = standing.answer
    if answer is None or answer.step not in BY_CODE:
        return
    outcome = BY_CODE[answer.step]
    if outcome.needs_reason and not str(answer.details.get("reason") or "").strip():
        yield Irregularity("no_reason", Phrase("“%(label)s”未见理由。", label=outcome.label), outcome.law)
    over = grounds.overrides_objection(standing, answer)
    lacks = list(basis.missing(answer.step, answer.details, objected=over))
    if lacks:
        missing = joined((ask.label for ask in lacks), "、")
        yield Irregularity(
            "incomplete_answer", Phrase("答复未见：%(missing)s。", missing=missing), lacks[0].law
        )
    yield from grounds.of_answer(standing, answer)
    if answer.step == "not_processed_excessive" and not standing.asked_for_reasons:
        yield Irregularity("no_reasons_asked", Phrase("未见要求申请人说明理由的记录。"), "条例第35条")


def objections(standing: Standing, entry: Entry) -> list[Objection]:
    """Return what the facts say against the step, before it is taken."""
    return [
        *_against_step(standing, entry),
        *_against_money(standing, entry),
        *time_check.objections(standing, entry),
        *_against_outcome(standing, entry),
        *_against_answer(standing, entry),
        *_against_ground(standing, entry),
        *against_parts(standing, entry),
    ]


def _against_step(standing: Standing, entry: Entry) -> Iterator[Objection]:
    if entry.step == "ask_supplement" and standing.supplements:
        yield Objection(Phrase("已经告知过一次补正；条例要求一次性告知。"), "条例第30条")
    if _without_term(entry):
        yield Objection(Phrase("补正期限应当晚于补正告知书发出日期。"), "条例第30条", final=True)
    if entry.step == "receive_supplement":
        deadline = standing.supplements[-1].day("deadline_on") if standing.supplements else None
        if deadline and entry.on > deadline:
            yield Objection(
                Phrase(
                    "补正期限已于%(deadline)s届满；有正当理由的方可接收。",
                    deadline=deadline,
                ),
                "条例第30条",
            )


def _without_term(entry: Entry) -> bool:
    deadline = entry.day("deadline_on") if entry.step == "ask_supplement" else None
    return deadline is not None and deadline <= entry.on


def _against_money(standing: Standing, entry: Entry) -> Iterator[Objection]:
    """Hold a charge and a payment against what was charged before (109号)."""
    stated = entry.details.get("amount")
    if entry.step not in ("charge", "pay") or stated is None:
        return
    amount, before = fee.yuan(stated), standing.charges[-1].details if standing.charges else {}
    if amount is None or (entry.step == "charge" and not amount):
        yield Objection(
            Phrase(
                "金额应为大于0、至多两位小数的数字，现为“%(stated)s”。",
                stated=stated,
            ),
            fee.LAW,
            final=True,
        )
    elif entry.step == "pay":
        charged = fee.yuan(before.get("amount"))
        if charged is not None and amount < charged:
            yield Objection(Phrase("应缴%(charged)s元，足额缴纳后方可继续办理。", charged=charged), fee.LAW)
    elif (way := entry.details.get("way")) and before.get("way") not in (None, way):
        message = Phrase(
            "本件已%(value)s；一件申请不能同时按件、按量计收。",
            value=fee.WAYS[before["way"]],
        )
        yield Objection(message, Phrase("%(law)s第3条", law=fee.LAW), final=True)


def _against_outcome(standing: Standing, entry: Entry) -> Iterator[Objection]:
    outcome = BY_CODE.get(entry.step)
    if outcome is None:
        return
    if outcome.needs_reason and not str(entry.details.get("reason") or "").strip():
        yield Objection(Phrase("“%(label)s”须写明理由。", label=outcome.label), outcome.law, final=True)
    stated = {entry.step, *(part.outcome for part in mixed.parts_of(entry.details))}
    if "unable_still_unclear" in stated and not standing.supplemented:
        yield Objection(Phrase("未经补正，不能以“补正后仍不明确”答复。"), "条例第30条")
    consulted = any(c.party == "third_party" for c in standing.consultations)
    if "refused_third_party_rights" in stated and not consulted:
        yield Objection(Phrase("尚未书面征求第三方意见。"), "条例第15、32条")
    if "not_processed_excessive" in stated and not standing.asked_for_reasons:
        yield Objection(Phrase("尚未要求申请人说明理由。"), "条例第35条")


def _against_answer(standing: Standing, entry: Entry) -> Iterator[Objection]:
    """Ask for what the letter lacks, and for the opinions that may still come in."""
    outcome = BY_CODE.get(entry.step)
    if outcome is None:
        return
    over = grounds.overrides_objection(standing, entry)
    for ask in basis.missing(entry.step, entry.details, objected=over):
        message = Phrase(
            "缺少“%(label)s”。%(own_part)s",
            label=ask.label,
            own_part=_own_part(entry, ask),
        )
        yield Objection(message, ask.law, final=basis.is_final(ask, entry.step))
    waited_for = standing.consultations if outcome.family in recorded.DECIDED else []
    for asked in waited_for:
        if asked.is_open(entry.on):
            message = Phrase(
                "%(waits_for)s，也未收到意见。",
                waits_for=time_check.waits_for(asked),
            )
            yield Objection(message, time_check.opinion_law(standing, asked))


def _own_part(entry: Entry, ask: basis.Ask) -> str:
    """Say how a partial answer shows that it withholds the third party's own part (第37条)."""
    if ask not in basis.OVER_OBJECTION or entry.step != "partially_disclosed":
        return ""
    return Phrase("不提供的正是第三方反对公开的部分的，请在分项中写明，不用填这一项。")


def _against_ground(standing: Standing, entry: Entry) -> Iterator[Objection]:
    """Say what the step does not rest on, as the irregularities of a register would."""
    for irregularity in (
        *grounds.of_answer(standing, entry),
        *(() if _without_term(entry) else grounds.of_supplement(standing, entry)),
        *grounds.of_consultation(standing, entry),
    ):
        yield Objection(irregularity.message, irregularity.law)


def against_parts(standing: Standing, entry: Entry) -> Iterator[Objection]:
    """Ask each item for its reason, and that the counted outcome is that of the items."""
    parts = mixed.parts_of(entry.details)
    for place, part in enumerate(parts, start=1):
        if BY_CODE[part.outcome].needs_reason and not part.reason.strip():
            yield Objection(
                Phrase(
                    "第%(place)s项“%(content)s”缺少理由。",
                    place=place,
                    content=part.content,
                ),
                part.law,
            )
    if sign_off.gives_unreviewed(entry.step, [(part.outcome, part.end) for part in parts]):
        message = Phrase("分项中有提供政府信息的，应按“予以公开”或者“部分公开”答复，并写明审查。")
        yield Objection(message, basis.REVIEW_LAW, final=True)
    if parts:
        main = mixed.main_outcome([p.outcome for p in parts], mixed.order_of(standing.rules.main_order))
        if main != entry.step:
            message = Phrase(
                "按各分项的结果，本件应计入“%(label)s”，而不是“%(label2)s”。",
                label=BY_CODE[main].label,
                label2=BY_CODE[entry.step].label,
            )
            yield Objection(message, "国办公开办函〔2021〕30号表三（先后次序为实务）")


# -- what a page offers ------------------------------------------------------------------------


def offered(standing: Standing, roles: Iterable[Role]) -> list[Step]:
    """Return the steps to show as buttons: lawful from the state, granted, and with an object.

    An end of a consultation needs one to end; ``补正后仍不明确`` needs a supplement (第30条); reasons
    come where they were asked for (第35条).
    """
    without = set()
    if all(consultation.ended_on for consultation in standing.consultations):
        without.add("end_consultation")
    if not standing.supplemented:
        without.add("unable_still_unclear")
    if standing.reasons_asked is None:
        without.add("give_reasons")
    steps = workflow.steps_from(standing.state, roles)
    return [step for step in steps if step.name not in (*without, "carry_forward")]
