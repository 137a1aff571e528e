"""Whether a step, or an answer ordered anew, belongs to one reconsideration or suit and fits its kind."""

from collections.abc import Mapping
from typing import Any

from tracker.domain.case import history
from tracker.domain.register import reanswer, respondent
from tracker.models.reads.remedy import remedies_named


def unfit(values: Mapping[str, Any], agency_id: int) -> dict[str, str]:
    """Return what keeps a row from belonging to one reconsideration or suit, or does not fit its kind."""
    number = values.get("remedy_number")
    if not number:
        return {}
    remedies = remedies_named(number, agency_id)
    if len(remedies) != 1:
        how_many = f"有{len(remedies)}件" if remedies else "没有"
        return {"remedy_number": f"行政复议、行政诉讼登记簿中{how_many}案号为“{number}”的，请核对。"}
    if "step" in values:
        return respondent.unfit(values, remedies[0].kind)
    case = remedies[0].case
    answer = history.answer_of(case.entries) if case else None
    reason = str(answer.details.get("reason") or "") if answer else ""
    return reanswer.same_again(values, answer.step if answer else "", reason)
