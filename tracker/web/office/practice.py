"""The practice: what no text settles, how this office does it, from which day, who decided so and why."""

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker.domain.case import rules
from tracker.domain.errors import DomainError, InvalidDetailError, NotFoundError
from tracker.domain.office.practice import BY_SETTING, PARTS, PRACTICES, Practice
from tracker.domain.permission import Action
from tracker.now import now, today
from tracker.services.calendar import practice
from tracker.services.calendar.practice import PracticeEffect
from tracker.services.office import office
from tracker.web.guard import current_actor, requires
from tracker.web.page import practice as page_practice
from tracker.web.page.form import Form
from tracker.web.page.text import _, told

bp = Blueprint("practice", __name__, url_prefix="/practice")
Answer = Response | str | tuple[str, int]
LONGEST_REASON = 400


def settable(key: str) -> tuple[Practice, ...]:
    """Return what a key governs; raise NotFoundError where it is none that is set here."""
    if key not in BY_SETTING or key in rules.OF_AGENCY:
        raise NotFoundError("没有这一项做法。")
    return BY_SETTING[key]


@bp.get("")
@requires(Action.PRACTICE)
def index() -> str:
    values, rows = office.rules(today()), office.practice_of(None).rows_on(today())
    parts = [
        (part, [rule for rule in PRACTICES if rule.part == part and _is_set_here(rule)]) for part in PARTS
    ]
    return render_template(
        "office/practice/index.html",
        parts=[(part, own) for part, own in parts if own],
        values=values,
        rows=rows,
        in_words=page_practice.value_words,
        always=date.min,
    )


def _is_set_here(rule: Practice) -> bool:
    return bool(rule.setting) and rule.setting not in rules.OF_AGENCY


@bp.get("/<setting>")
@requires(Action.PRACTICE)
def show(setting: str) -> str:
    settable(setting)
    held = rules.written(getattr(office.rules(today()), setting))
    held = held if page_practice.choices(setting) or not held else page_practice.text_words(setting, held)
    return page(setting, Form({"value": held, "valid_from": today().isoformat()}))


@bp.post("/<setting>")
@requires(Action.PRACTICE)
def update(setting: str) -> Answer:
    settable(setting)
    form, actor = Form.of(request), current_actor()
    valid_from = form.must_day("valid_from", _("自哪一天起"))
    why = form.text("why", _("理由"), required=True, longest=LONGEST_REASON)
    value = page_practice.typed(setting, form.value("value"))
    try:
        form.check()
        _check_changed(setting, value, valid_from)
        row = practice.row_of(
            setting,
            value,
            valid_from=valid_from,
            why=why,
            agency=None,
            actor=actor,
            now=now(),
        )
        if form.value("act") == "preview":
            return page(setting, form, effect=practice.effect(row, today=today()))
        done = practice.set_to(row, actor=actor, today=today(), now=now())
    except DomainError as error:
        return page(setting, form, told(error)), 422
    flash(_("已保存；%(count)s件的日期随之重算。", count=len(done.moves)))
    return redirect(url_for("practice.show", setting=setting), code=303)


def _check_changed(key: str, text: str, valid_from: date) -> None:
    """Raise where the value is the one that was already decided for the day: a second click."""
    row = office.practice_of(None).rows_on(valid_from).get(key)
    if row is not None and row.value == rules.read(key, text):
        raise InvalidDetailError("这一天已经是这样办理，没有改变。")


def page(setting: str, form: Form, error: str = "", effect: PracticeEffect | None = None) -> str:
    """Render one key of the practice: what it decides, what is in force, its history."""
    return render_template(
        "office/practice/show.html",
        setting=setting,
        rules=settable(setting),
        held=page_practice.value_words(setting, office.rules(today())),
        default=page_practice.value_words(setting, rules.DEFAULTS),
        choices=page_practice.choices(setting),
        hint=page_practice.hint(setting),
        in_words=page_practice.text_words,
        history=[row for row, _agency in reversed(practice.history(setting))],
        always=date.min,
        effect=effect,
        form=form,
        error=error,
    )
