"""Those who ask together, who acts for them, what they ask for: their part of a history (``/1.3``), read."""

from collections.abc import Mapping
from typing import Any

import msgspec

from tracker.domain.case import event, id_document, wish
from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.case.representative import ALL, ROLES, SCOPES
from tracker.domain.case.request import ApplicantData, AskingData, RepresentativeData
from tracker.domain.case.wish import Wishes
from tracker.domain.errors import InvalidDetailError
from tracker.domain.message import Phrase, joined
from tracker.services.exchange import schema

PERSON = ("name", "id_number", "phone", "email", "address")
LABELS = {"joint": "共同申请人", "representatives": "代理人或者监护人", "wishes": "所需形式、获取方式等"}
WORDS: dict[str, Mapping[Any, str]] = {
    "id_kind": id_document.LABELS,
    "role": ROLES,
    "scope": SCOPES,
    "form": wish.FORMS,
    "way": wish.WAYS,
}
DAYS = ("from_on", "to_on", "read_back_on")


def beside(told: schema.LineSchema) -> dict[str, Any]:
    """Return what a line says of people and wishes as it would be written; empty where it says nothing.

    Raises InvalidDetailError naming the place of what does not fit.
    """
    if told.joint is None and told.representatives is None and told.wishes is None:
        return {}
    joint = [person(each) for each in told.joint or ()]
    acting = [person(each) for each in told.representatives or ()]
    wishes = _plain(told.wishes) if told.wishes else {}
    for key, everybody in (("joint", joint), ("representatives", acting)):
        for place, each in enumerate(everybody, start=1):
            _check(each, f"{key}[{place}].")
    _check(wishes, "wishes.")
    return filled({"joint": joint, "representatives": acting, "wishes": wishes})


def check(first: dict[str, Any], beside: dict[str, Any]) -> None:
    """Raise InvalidDetailError where the people of a line are not told apart or contradict each other."""
    _check(first, "applicant.")
    if beside:
        asking(first, beside).check_people()


def asking(first: dict[str, Any], beside: dict[str, Any]) -> AskingData:
    """Return who asks, from the parts of a line that was checked."""
    acting = [
        RepresentativeData(
            role=each["role"],
            person=_data({**each, "kind": ApplicantKind.NATURAL_PERSON}),
            place=each.get("place", ALL),
            scope=each.get("scope", ""),
            from_on=event.day("from_on", each["from_on"]) if "from_on" in each else None,
            to_on=event.day("to_on", each["to_on"]) if "to_on" in each else None,
        )
        for each in beside.get("representatives", ())
    ]
    return AskingData(
        applicant=_data(first),
        further=tuple(_data(person) for person in beside.get("joint", ())),
        representatives=tuple(acting),
        wishes=_wished(beside.get("wishes", {})),
    )


def _wished(told: dict[str, Any]) -> Wishes:
    read_back_on = event.day("read_back_on", told["read_back_on"]) if "read_back_on" in told else None
    return Wishes(**{**told, "read_back_on": read_back_on})


def person(told: schema.PersonSchema) -> dict[str, Any]:
    """Return what a line says of a person; why a wrong number is kept is said of a wrong one alone."""
    values = _plain(told)
    if "id_kept" in values and not id_document.fault(values.get("id_kind", ""), values.get("id_number", "")):
        del values["id_kept"]
    return values


def _plain(told: msgspec.Struct) -> dict[str, Any]:
    """Return an object of a line without what says nothing."""
    values = msgspec.to_builtins(told)
    stripped = {key: value.strip() if isinstance(value, str) else value for key, value in values.items()}
    return filled(stripped)


def _check(told: dict[str, Any], where: str) -> None:
    """Raise InvalidDetailError where a word is none of the format's, or a day is none."""
    for key, allowed in WORDS.items():
        if (value := told.get(key)) and value not in allowed:
            message = Phrase(
                "%(where)s%(key)s 不能是“%(shown)s”，应为：%(names)s。",
                where=where,
                key=key,
                shown=schema.shown(value),
                names=joined(map(str, allowed), "、"),
            )
            raise InvalidDetailError(message)
    for key in DAYS:
        if key in told:
            event.day(where + key, told[key])


def _data(told: dict[str, Any]) -> ApplicantData:
    texts = {key: told.get(key) or "" for key in (*PERSON, "id_kind", "id_kept")}
    return ApplicantData(
        kind=ApplicantKind(told["kind"]), gets_letters=bool(told.get("gets_letters")), **texts
    )


def filled(told: dict[str, Any]) -> dict[str, Any]:
    """Return what says something."""
    return {key: value for key, value in told.items() if value}


def differ_in(told: dict[str, Any], kept: dict[str, Any], whose: str) -> None:
    """Raise InvalidDetailError naming what is told otherwise than it is kept."""
    different = [LABELS[key] for key, value in told.items() if value != kept.get(key)]
    if different:
        raise InvalidDetailError(
            "%(whose)s%(names)s与本行不同，不能导入：请在案件页“更正申请人”处更正，或者改正本行。",
            whose=whose,
            names=joined(different, "，"),
        )
