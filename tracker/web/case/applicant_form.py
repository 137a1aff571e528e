"""The lines of a form for those who ask together with the applicant who is named first."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from tracker.domain.case import id_document
from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.case.id_document import IdKind
from tracker.domain.case.request import MOST_PEOPLE, ApplicantData
from tracker.services.case.applicant import ApplicantChange
from tracker.web.page.form import Form
from tracker.web.page.text import _, word

SECOND = 2  # the place of the first further applicant
LONGEST = {"name": 200, "id_number": 60, "id_kept": 200, "phone": 60, "email": 200, "address": 300}
TYPED = re.compile(rf"further_([1-9]\d{{0,5}})_(?:{'|'.join(LONGEST)}|id)")


def places(form: Form) -> range:
    """Return the places of the form's lines: those it had, and one more where it was asked for."""
    asked = form.value("people")
    is_count = asked.isascii() and asked.isdigit() and len(asked) <= len(str(MOST_PEOPLE))
    count = int(asked) if is_count else 1
    shown = max(count, _last(form)) + (form.value("more") == "1")
    return range(SECOND, min(shown, MOST_PEOPLE) + 1)


def shown(form: Form) -> range:
    """Return the places of the lines, each with a kind to begin with."""
    line_places = places(form)
    for place in line_places:
        form.values.setdefault(f"further_{place}_kind", ApplicantKind.NATURAL_PERSON)
    return line_places


def _last(form: Form) -> int:
    typed = (TYPED.fullmatch(name) for name, value in form.values.items() if value.strip())
    return max((int(match[1]) for match in typed if match), default=1)


def id_kinds() -> list[tuple[str, str]]:
    """Return the kinds of documents as the form offers them."""
    return [(kind.value, word(label)) for kind, label in id_document.LABELS.items()]


def first_of(form: Form) -> dict[str, Any]:
    """Return what the form says of the one who asks, or of the first of several, as ``person_of`` does."""
    labels = {
        "name": _("申请人姓名或者名称"),
        "id_number": _("身份证件号码"),
        "phone": _("联系电话"),
        "email": _("电子邮箱"),
        "address": _("联系地址"),
    }
    return person_of(form, "", labels)


def person_of(form: Form, lead: str, labels: Mapping[str, str]) -> dict[str, Any]:
    """Return what a line says of a person: ``ApplicantData`` without its kind.

    lead: what the names of its fields begin with. A number whose check digit is wrong is an error until it
    is said why it is kept.
    """
    details: dict[str, Any] = {
        key: form.text(f"{lead}{key}", labels.get(key, _("证件号码")), longest=longest)
        for key, longest in LONGEST.items()
    }
    details["id_kind"] = form.choice(f"{lead}id_kind", _("证件种类"), list(IdKind), required=False)
    details["gets_letters"] = bool(form.value(f"{lead}gets_letters"))
    wrong = "" if details["id_kept"] else id_document.fault(details["id_kind"], details["id_number"])
    if wrong:
        form.errors[f"{lead}id_number"] = _(
            "%(fault)s，请核对；证件上确实如此的，请在旁边写明保留的理由。", fault=word(wrong)
        )
    return details


def taken_places(form: Form) -> list[int]:
    """Return the places of the form's lines that say something, the first applicant's before them."""
    return [1, *(place for place in places(form) if _says_something(form, place))]


def _says_something(form: Form, place: int) -> bool:
    return any(form.value(f"further_{place}_{key}").strip() for key in (*LONGEST, "id"))


def further_of(form: Form) -> tuple[ApplicantData, ...]:
    """Return the further applicants that the form names; a line with something and no name is an error."""
    return tuple(line.data for line in lines_of(form))


def lines_of(form: Form) -> list[ApplicantChange]:
    """Return the lines that say something, and which kept person each is about."""
    if _last(form) > MOST_PEOPLE:
        form.errors["people"] = _("一件申请至多登记%(count)s位申请人。", count=MOST_PEOPLE)
    return [line for place in places(form) if (line := _line(form, place)) is not None]


def _line(form: Form, place: int) -> ApplicantChange | None:
    if not _says_something(form, place):
        return None
    labels = {key: _label(key, place) for key in LONGEST if key != "id_kept"}
    details = person_of(form, f"further_{place}_", labels)
    row_id = form.whole(f"further_{place}_id", _label("name", place), required=False)
    is_removed = bool(row_id and form.value(f"further_{place}_removed"))
    if is_removed:
        form.errors.pop(f"further_{place}_id_number", None)
    if not details["name"] and not is_removed:
        form.errors[f"further_{place}_name"] = _("请填写%(label)s。", label=_label("name", place))
    kind = form.choice(f"further_{place}_kind", _label("kind", place), list(ApplicantKind))
    known = kind if kind in list(ApplicantKind) else ApplicantKind.OTHER
    return ApplicantChange(ApplicantData(kind=ApplicantKind(known), **details), row_id, is_removed)


def _label(key: str, place: int) -> str:
    labels = {
        "name": _("第%(place)s申请人的姓名或者名称", place=place),
        "kind": _("第%(place)s申请人的类型", place=place),
        "id_number": _("第%(place)s申请人的证件号码", place=place),
        "phone": _("第%(place)s申请人的联系电话", place=place),
        "email": _("第%(place)s申请人的电子邮箱", place=place),
        "address": _("第%(place)s申请人的联系地址", place=place),
    }
    return labels[key]


def values_of(people: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Return further applicants as the form shows them, from their fields."""
    values = {
        f"further_{place}_{key}": value
        for place, person in enumerate(people, start=SECOND)
        for key, value in person.items()
    }
    return values | {"people": str(1 + len({name.split("_")[1] for name in values}))}


def typed(form: Form) -> list[tuple[str, str, str]]:
    """Return name, kind and ID number of each line as typed, for what is shown while one types."""
    keys = ("name", "kind", "id_number")
    every = [[form.value(f"further_{place}_{key}") for key in keys] for place in places(form)]
    return [(name, kind, number) for name, kind, number in every if name or number]
