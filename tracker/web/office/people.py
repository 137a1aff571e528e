"""Many people at once: a pasted list, what each line would do, the sheet of one-time passwords."""

from flask import Blueprint, render_template, request

from tracker.domain.errors import DomainError
from tracker.domain.office.people import ROLE_WORDS, PersonLine
from tracker.domain.permission import Action
from tracker.now import now
from tracker.services.office import people, unit
from tracker.web.guard import current_actor, requires
from tracker.web.page.form import Form
from tracker.web.page.text import told

bp = Blueprint("people", __name__, url_prefix="/users/paste")
Answer = str | tuple[str, int]


@bp.get("")
@requires(Action.USERS)
def new() -> str:
    return page(Form())


@bp.post("")
@requires(Action.USERS)
def create() -> Answer:
    """Show what each line would do; with ``keep``, make the people and show their passwords, once."""
    form, actor = Form.of(request), current_actor()
    text = form.value("people")
    try:
        if form.value("act") == "keep":
            made = people.create(text, looked_at=form.value("seen"), actor=actor, now=now())
            return render_template("office/user/passwords.html", made=made, address=request.url_root)
        lines = people.understood(text, actor=actor)
    except DomainError as error:
        return page(form, _lines(text), told(error)), 422
    return page(form, lines)


def _lines(text: str) -> list[PersonLine]:
    """Return what each line would do now; none where the list cannot be looked at."""
    try:
        return people.understood(text, actor=current_actor())
    except DomainError:
        return []


def page(form: Form, lines: list[PersonLine] | None = None, error: str = "") -> str:
    """Render the form, and under it what each line would do."""
    units = [row.name for row in unit.all_units(current_actor().agency_id) if row.active]
    return render_template(
        "office/user/paste.html",
        form=form,
        lines=lines or [],
        good=sum(not line.problem for line in lines or []),
        seen=people.mark(lines or []),
        units=units,
        roles=[(role.label, names) for role, names in ROLE_WORDS.items()],
        most=people.MOST,
        error=error,
    )
