"""What the values of a row must be among themselves, register by register."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from tracker.domain.case import bound
from tracker.domain.message import Phrase
from tracker.domain.register import follow_up, order, personal_request, publication, reanswer, respondent
from tracker.domain.register.normative import IN_FORCE
from tracker.domain.register.register import SEPARATORS
from tracker.domain.register.remedy import BY_RESULT, RECONSIDERATION, REMANDED, SAME_AS_BEFORE

Values = Mapping[str, Any]
Problems = dict[str, str]

# Days of what has happened: none of them lies ahead. A repeal or the end of a term may.
PAST = {
    "publications": ("created_on", "unit_reviewed_on", "reviewed_on", "approved_on", "published_on"),
    "normative-documents": ("made_on",),
    "remedies": (
        "filed_on", "closed_on", "second_filed_on", "second_closed_on", "third_filed_on", "third_closed_on",
    ),
    "reanswers": ("received_on", "decided_on", "served_on"),
    "corrections": ("received_on", "told_on"),
    "conversions": ("raised_on", "assessed_on", "published_on"),
    "refusal-reviews": ("reviewed_on", "published_on"),
    "complaints": ("received_on", "answered_on"),
    "guides": ("changed_on", "updated_on"),
    personal_request.NAME: ("received_on", "collected_on", "answered_on"),
    "trainings": ("held_on",),
    "assessments": ("held_on",),
    "accountabilities": ("held_on",),
}  # fmt: skip


def problems(
    register: str, values: Values, *, today: date, three_reviews: bool = False, historic: bool = False
) -> Problems:
    """Return what is wrong with a row by field; empty where nothing is.

    historic: an item of an earlier year that has no record of its review.
    """
    wrong: dict[str, str] = {
        name: Phrase("日期（%(value)s）晚于今天（%(today)s）。", value=values[name], today=today)
        for name in PAST.get(register, ())
        if values[name] and values[name] > today
    }
    wrong = {**order.problems(register, values), **_out_of_bounds(values, today), **wrong}
    if register == "publications":
        return {**publication.objections(values, three_reviews=three_reviews, historic=historic), **wrong}
    if register == "decision-counts":
        return {**_of_decisions(values, today), **wrong}
    if register == "remedy-steps":
        return {**respondent.objections(values, today), **wrong}
    if register in follow_up.NEEDED:
        return {**follow_up.objections(register, values), **wrong}
    if register == personal_request.NAME:
        return {**personal_request.objections(values), **wrong}
    rule = RULES.get(register)
    return {**rule(values), **wrong} if rule else wrong


def _out_of_bounds(values: Values, today: date) -> Problems:
    bounds = bound.of_register(today)
    told = {name: bounds.problem("日期", day) for name, day in values.items() if isinstance(day, date)}
    return {name: problem for name, problem in told.items() if problem}


def _of_media(values: Values) -> Problems:
    if any(sign in values["name"] for sign in SEPARATORS):
        return {"name": Phrase("渠道名称不能含顿号、逗号、分号：登记簿用它们分隔多个渠道。")}
    return {}


def _of_documents(values: Values) -> Problems:
    wrong: Problems = {}
    ended = values["status"] != IN_FORCE
    if ended and not values["ended_on"] and not values["valid_until"]:
        wrong["ended_on"] = Phrase("请填写废止（失效、修改）日期。")
    if not ended and values["ended_on"]:
        wrong["status"] = Phrase("填写了废止（失效、修改）日期，请选择相应的状态。")
    return wrong


def _of_decisions(values: Values, today: date) -> Problems:
    if (values["year"], values["month"]) > (today.year, today.month if values["month"] else 0):
        return {
            "year": Phrase(
                "%(year)s年%(value)s%(value2)s还没有到。",
                year=values["year"],
                value=values["month"] or "",
                value2="月" if values["month"] else "",
            )
        }
    return {}


INSTANCES = (("", "一审（复议）"), ("second_", "二审"), ("third_", "再审"))


def _of_remedies(values: Values) -> Problems:
    wrong: Problems = {}
    before: date | None = None
    for prefix, instance in INSTANCES:
        filed_on = values[f"{prefix}filed_on"]
        if filed_on is None:
            if values[f"{prefix}result"] or values[f"{prefix}closed_on"]:
                wrong[f"{prefix}filed_on"] = Phrase(
                    "请填写%(instance)s立案日期。",
                    instance=instance,
                )
            continue
        if prefix:
            wrong |= _after(values, prefix, instance, before)
        wrong |= _instance(values, prefix)
        before = values[f"{prefix}closed_on"]
    return wrong


def _after(values: Values, prefix: str, instance: str, before: date | None) -> Problems:
    """Return what is wrong with the place of a later instance."""
    name = f"{prefix}filed_on"
    if values["kind"] == RECONSIDERATION:
        return {name: Phrase("行政复议没有二审、再审；不服复议决定起诉的，另登记一件“复议后起诉”。")}
    if before is None:
        return {name: Phrase("上一审尚未结案，不能有%(instance)s。", instance=instance)}
    if values[name] < before:
        return {
            name: Phrase(
                "%(instance)s立案日期早于上一审结案日期（%(before)s）。",
                instance=instance,
                before=before,
            )
        }
    return {}


def _instance(values: Values, prefix: str) -> Problems:
    """Return what is wrong with the result and the days of one instance."""
    code, closed_on = values[f"{prefix}result"], values[f"{prefix}closed_on"]
    if code and not closed_on:
        return {f"{prefix}closed_on": Phrase("有结果的，请填写结案日期；尚未审结的两栏都不填。")}
    if closed_on and not code:
        return {f"{prefix}result": Phrase("请选择结果；尚未审结的不填结案日期。")}
    if closed_on and closed_on < values[f"{prefix}filed_on"]:
        return {
            f"{prefix}closed_on": Phrase(
                "结案日期早于立案日期（%(value)s）。",
                value=values[f"{prefix}filed_on"],
            )
        }
    if code and code not in (SAME_AS_BEFORE, REMANDED):
        result = BY_RESULT[code]
        if not (result.reconsideration if values["kind"] == RECONSIDERATION else result.litigation):
            kind = "行政复议" if values["kind"] == RECONSIDERATION else "行政诉讼"
            return {
                f"{prefix}result": Phrase(
                    "%(kind)s没有“%(label)s”这一结果。",
                    kind=kind,
                    label=result.label,
                )
            }
    return {}


RULES: dict[str, Callable[[Values], Problems]] = {
    "media": _of_media,
    "normative-documents": _of_documents,
    "remedies": _of_remedies,
    "reanswers": reanswer.objections,
}
