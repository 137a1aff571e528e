"""The lines of a form for those who ask together with the applicant who is named first."""

import re
from collections.abc import Iterable, Mapping

from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.case.request import ApplicantData
from tracker.services.case.applicant import ApplicantChange
from tracker.web.page.form import Form
from tracker.web.page.text import _

SECOND = 2  # the place of the first further applicant
MOST = 100  # people of one request
LONGEST = {"name": 200, "id_number": 60, "phone": 60, "email": 200, "address": 300}
TYPED = re.compile(r"further_([1-9]\d{0,5})_(?:name|id_number|phone|email|address|id)")


def places(form: Form) -> range:
    """Return the places of the form's lines: those it had, and one more where it was asked for."""
    asked = form.value("people")
    count = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < len(str(MOST)) + 1 else 1
    shown = max(count, _last(form)) + bool(form.value("more"))
    return range(SECOND, min(shown, MOST) + 1)


def shown(form: Form) -> range:
    """Return the places of the lines, each with a kind to begin with."""
    line_places = places(form)
    for place in line_places:
        form.values.setdefault(f"further_{place}_kind", ApplicantKind.NATURAL_PERSON)
    return line_places


def _last(form: Form) -> int:
    typed = (TYPED.fullmatch(name) for name, value in form.values.items() if value.strip())
    return max((int(match[1]) for match in typed if match), default=1)


def further_of(form: Form) -> tuple[ApplicantData, ...]:
    """Return the further applicants that the form names; a line with something and no name is an error."""
    return tuple(line.data for line in lines_of(form))


def lines_of(form: Form) -> list[ApplicantChange]:
    """Return the lines that say something, and which kept person each is about."""
    if _last(form) > MOST:
        form.errors["people"] = _("一件申请至多登记%(count)s位申请人。", count=MOST)
    return [line for place in places(form) if (line := _line(form, place)) is not None]


def _line(form: Form, place: int) -> ApplicantChange | None:
    details = {key: form.text(f"further_{place}_{key}", _label(key, place), longest=longest)
             for key, longest in LONGEST.items()}  # fmt: skip
    row_id = form.whole(f"further_{place}_id", _label("name", place), required=False)
    is_removed = bool(row_id and form.value(f"further_{place}_removed"))
    if not (any(details.values()) or row_id):
        return None
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
