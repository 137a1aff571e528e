"""The lines of a form for those who act for an applicant, and what the application asks for."""

import re
from collections.abc import Iterable
from typing import Any

from tracker.domain.case import representative, wish
from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.case.representative import ALL
from tracker.domain.case.request import MOST_REPRESENTATIVES, ApplicantData, RepresentativeData
from tracker.domain.case.wish import Wishes
from tracker.models.applicant import Applicant
from tracker.services.case.applicant import RepresentativeChange, wishes_of_row
from tracker.web.case import applicant_form
from tracker.web.case.applicant_form import LONGEST
from tracker.web.page.form import Form
from tracker.web.page.text import _, word

SAID = (
    "scope",
    "from_on",
    "to_on",
    "gets_letters",
    "id_kind",
    "for",
)  # beside the person; the role has a default
TYPED = re.compile(rf"rep_([1-9]\d{{0,5}})_(?:{'|'.join((*LONGEST, *SAID))}|id)")


def shown(form: Form) -> dict[str, Any]:
    """Return what the lines of a form want: their places, and what the fields offer."""
    asking = [1, *applicant_form.places(form)]
    return {
        "lines_of_representatives": places(form),
        "acted_for": [(place, _("第%(place)s申请人", place=place)) for place in asking],
        "id_kinds": applicant_form.id_kinds(),
        "roles": [(role.value, word(label)) for role, label in representative.ROLES.items()],
        "scopes": [(code, word(label)) for code, label in representative.SCOPES.items()],
        "forms_wanted": [(code, word(label)) for code, label in wish.FORMS.items()],
        "ways_wanted": [(code, word(label)) for code, label in wish.WAYS.items()],
    }


def places(form: Form) -> range:
    """Return the places of the lines: one to begin with, those it had, one more where it was asked for."""
    asked = form.value("reps")
    is_count = asked.isascii() and asked.isdigit() and len(asked) <= len(str(MOST_REPRESENTATIVES))
    count = int(asked) if is_count else 1
    shown = max(count, _last(form), 1) + bool(form.value("more") == "rep")
    return range(1, min(shown, MOST_REPRESENTATIVES) + 1)


def _last(form: Form) -> int:
    typed = (TYPED.fullmatch(name) for name, value in form.values.items() if value.strip())
    return max((int(match[1]) for match in typed if match), default=0)


def representatives_of(form: Form) -> tuple[RepresentativeData, ...]:
    """Return who acts for the applicants; a line that says something and names nobody is an error."""
    return tuple(line.data for line in lines_of(form))


def lines_of(form: Form) -> list[RepresentativeChange]:
    """Return the lines that say something, and which kept person each is about."""
    if _last(form) > MOST_REPRESENTATIVES:
        form.errors["reps"] = _("一件申请至多登记%(count)s位代理人。", count=MOST_REPRESENTATIVES)
    return [line for place in places(form) if (line := _line(form, place)) is not None]


def _line(form: Form, place: int) -> RepresentativeChange | None:
    lead = f"rep_{place}_"
    if not any(form.value(f"{lead}{key}").strip() for key in (*LONGEST, *SAID, "id")):
        return None
    labels = {
        "name": _("代理人姓名"),
        "phone": _("联系电话"),
        "email": _("电子邮箱"),
        "address": _("联系地址"),
    }
    row_id = form.whole(f"{lead}id", _("代理人"), required=False)
    is_removed = bool(row_id and form.value(f"{lead}removed"))
    before = dict(form.errors)
    details = applicant_form.person_of(form, lead, labels)
    role = form.choice(f"{lead}role", _("代理身份"), list(representative.RepresentativeRole))
    if not details["name"]:
        form.errors[f"{lead}name"] = _("请填写%(label)s。", label=_("代理人姓名"))
    data = RepresentativeData(
        role=role,
        person=ApplicantData(kind=ApplicantKind.NATURAL_PERSON, **details),
        place=_acts_for(form, lead),
        scope=form.choice(f"{lead}scope", _("授权范围"), representative.SCOPES, required=False),
        from_on=form.day(f"{lead}from_on", _("委托期限起始")),
        to_on=form.day(f"{lead}to_on", _("委托期限截止")),
    )
    if is_removed:
        form.errors = before
    return RepresentativeChange(data, row_id, is_removed)


def _acts_for(form: Form, lead: str) -> int:
    """Return the place, among those who ask, of the one who is acted for; an empty line is an error."""
    chosen = form.whole(f"{lead}for", _("所代理的申请人"), required=False) or ALL
    taken = applicant_form.taken_places(form)
    if chosen == ALL:
        return ALL
    if chosen not in taken:
        form.errors[f"{lead}for"] = _("请选择%(label)s。", label=_("所代理的申请人"))
        return ALL
    return taken.index(chosen) + 1


def wishes_of(form: Form, *, oral: bool = True) -> Wishes:
    """Return what the application asks for beside the information. oral: whether somebody filled it in."""
    return Wishes(
        form=form.choice("form_wanted", _("所需形式"), wish.FORMS, required=False),
        way=form.choice("way_wanted", _("获取方式"), wish.WAYS, required=False),
        purpose=form.text("purpose", _("用途"), longest=1000),
        help=form.text("help", _("需要的无障碍帮助"), longest=500),
        filled_by=form.text("filled_by", _("代为填写人"), longest=60) if oral else "",
        read_back_on=form.day("read_back_on", _("读给申请人确认的日期")) if oral else None,
    )


def values_of(first: Applicant, *, shown: Iterable[str] = (), ids: bool = False) -> dict[str, str]:
    """Return who acts for the applicants, and what is asked for, as the form shows them.

    shown: which of their personal data. ids: with the rows that the lines are about.
    """
    asking = {row.id: str(place) for place, row in enumerate(first.people, start=1)}
    values: dict[str, str] = {}
    for place, row in enumerate(first.representatives, start=1):
        line = {key: getattr(row, key) or "" for key in ("name", "role", "scope", "id_kind", *shown)}
        line |= {key: _iso(getattr(row, key)) for key in ("from_on", "to_on")}
        line |= {"for": asking.get(row.acts_for_id or 0, ""), "gets_letters": "1" if row.gets_letters else ""}
        line |= {"id": str(row.id)} if ids else {}
        values |= {f"rep_{place}_{key}": value for key, value in line.items()}
    asked = wishes_of_row(first)
    values |= {
        "form_wanted": asked.form,
        "way_wanted": asked.way,
        "purpose": asked.purpose,
        "help": asked.help,
    }
    return values | {"filled_by": asked.filled_by, "read_back_on": _iso(asked.read_back_on)}


def _iso(day: Any) -> str:
    return day.isoformat() if day else ""
