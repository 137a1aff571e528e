"""Whether a step, or an answer ordered anew, belongs to one reconsideration or suit and fits its kind."""

from collections.abc import Mapping
from typing import Any

from tracker.domain.case import history
from tracker.domain.folding import fold
from tracker.domain.message import Phrase
from tracker.domain.register import order, reanswer, remedy, respondent
from tracker.domain.register.remedy import Stage
from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.reads.remedy import reanswers_of, remedies_named, remedies_of, stages_of
from tracker.models.remedy import Reanswer, RemedyCase
from tracker.services.case import reanswer as reanswers
from tracker.services.office.actor import Actor


def of_reanswer(
    values: Mapping[str, Any], row_id: int | None, actor: Actor, problems: Mapping[str, str]
) -> dict[str, str]:
    """Return what is wrong with an answer ordered anew by what is kept of it beside its row.

    A letter that was served here has its day and its review with its service: they are not typed again, and
    another day is refused. Who records a review that was made on paper did not make it.
    """
    row = db.session.get(Reanswer, row_id) if row_id else None
    by_letter = reanswers.letter_served_on(row) if row is not None else None
    wrong = {key: problem for key, problem in problems.items() if not (by_letter and key in reanswer.REVIEW)}
    if by_letter and values["served_on"] not in (None, by_letter):
        wrong["served_on"] = Phrase(
            "文书的送达记录为%(by_letter)s：此栏不填，或者与它一致。",
            by_letter=by_letter,
        )
    is_new = row is None or row.reviewer != values["reviewer"]
    if values["reviewer"] and is_new and fold(values["reviewer"]) == fold(actor.name):
        wrong["reviewer"] = Phrase("审查人不能是登记人自己（条例第17条；实务）。")
    return wrong


def unfit(values: Mapping[str, Any], agency_id: int) -> dict[str, str]:
    """Return what keeps a row from belonging to one reconsideration or suit, or does not fit its kind."""
    number = values.get("remedy_number")
    if not number:
        return {}
    remedies = remedies_named(number, agency_id)
    if len(remedies) != 1:
        how_many = Phrase("有%(count)s件", count=len(remedies)) if remedies else "没有"
        return {
            "remedy_number": Phrase(
                "行政复议、行政诉讼登记簿中%(how_many)s案号为“%(number)s”的，请核对。",
                how_many=how_many,
                number=number,
            )
        }
    row = remedies[0]
    if "step" in values:
        return {**_before_it_began(values, row), **respondent.unfit(values, row.kind)}
    if wrong := reanswer.unordered(values, remedy.ordered_on(stages_of(row))):
        return wrong
    case = row.case
    answer = history.answer_of(case.entries) if case else None
    reason = str(answer.details.get("reason") or "") if answer else ""
    return reanswer.same_again(values, answer.step if answer else "", reason)


def _before_it_began(values: Mapping[str, Any], row: RemedyCase) -> dict[str, str]:
    if values["happened_on"] >= row.filed_on:
        return {}
    return {
        "happened_on": Phrase(
            "日期（%(day)s）早于这件复议、诉讼的受理（立案）日期（%(filed_on)s）。",
            day=values["happened_on"],
            filed_on=row.filed_on,
        )
    }


def of_case(register: str, values: Mapping[str, Any], case: Case | None) -> dict[str, str]:
    """Return what is wrong with a row beside the request that it names, by field; None: there is no such."""
    if case is None:
        told = Phrase(
            "申请台账中没有受理编号%(number)s；早于本台账的申请不填此栏，写在事由中。",
            number=values["case_number"],
        )
        return {"case_number": told}
    anew = [one for row in remedies_of(case) for one in reanswers_of(row) if one.served_on or one.outcome]
    return order.of_case(
        register,
        values,
        received_on=case.received_on,
        ended_on=case.closed_on,
        states=[case.state, *(one.outcome for one in anew)],
    )


def still_ordered(values: Mapping[str, Any], row_id: int | None) -> dict[str, str]:
    """Return that a change would leave an answer ordered anew without what orders it, by field."""
    row = db.session.get(RemedyCase, row_id) if row_id else None
    if row is None or not (anew := reanswers_of(row)):
        return {}
    stages = [
        Stage(values[f"{prefix}filed_on"], values[f"{prefix}closed_on"], values[f"{prefix}result"])
        for prefix in ("", "second_", "third_")
        if values[f"{prefix}filed_on"]
    ]
    ordered_on = remedy.ordered_on(stages)
    if ordered_on is None and remedy.ordered_on(stages_of(row)) is not None:
        return {
            "result": Phrase(
                "已登记重新答复（%(received_on)s收到决定）：没有责令的结果，重新答复就没有依据，请先撤销它的登记。",
                received_on=anew[0].received_on,
            )
        }
    return {}
