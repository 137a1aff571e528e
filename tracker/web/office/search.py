"""One box on every page (查找): what was typed is looked for in every list that the person may read."""

from typing import Any, NamedTuple

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from tracker.domain.folding import fold
from tracker.domain.permission import Action
from tracker.domain.register.index import REGISTERS
from tracker.domain.register.register import Register
from tracker.models.reads.found import (
    FoundAt,
    FoundRows,
    found_cases,
    found_contacts,
    found_letters,
    found_rows,
    registers_with,
    where_cases,
    where_contacts,
    where_rows,
)
from tracker.services.register.register import called
from tracker.web.guard import current_actor, requires, unit_scope
from tracker.web.page import partial
from tracker.web.page.link import url_for

bp = Blueprint("search", __name__, url_prefix="/search")
LONGEST = 100


class Found(NamedTuple):
    """What was found, by kind; where: by kind and row, the places of words that its line does not show."""

    cases: FoundRows
    contacts: FoundRows
    letters: FoundRows
    registers: list[tuple[Register, FoundRows]]
    where: dict[str, dict[int, list[FoundAt]]]

    @property
    def nothing(self) -> bool:
        """Whether no kind has a row."""
        return not (self.cases.rows or self.contacts.rows or self.letters.rows or self.registers)


@bp.get("")
@requires(Action.READ)
def show() -> Response | str:
    typed = request.args.get("text", "").strip()[:LONGEST]
    answers = _found(typed)
    if partial.is_asked():
        return render_template("office/search/_found.html", typed=typed, found=answers, called=called)
    if address := _of_number(typed, answers):
        return redirect(address)
    return render_template("office/search/show.html", typed=typed, found=answers, called=called)


def _found(typed: str) -> Found:
    agency_id, scope = current_actor().agency_id, unit_scope()
    there = registers_with(agency_id, typed)
    registers = [
        (register, found_rows(register, agency_id, typed)) for register in REGISTERS if register.name in there
    ]
    cases, contacts = found_cases(agency_id, typed, scope), found_contacts(agency_id, typed, scope)
    where = {register.name: where_rows(register, first.rows, typed) for register, first in registers}
    where["cases"], where["contacts"] = where_cases(cases.rows, typed), where_contacts(contacts.rows, typed)
    return Found(cases, contacts, found_letters(agency_id, typed, scope), registers, where)


def _of_number(typed: str, answers: Found) -> str:
    """Return the page of the only row whose number was typed whole; empty where there is none."""
    pages: list[Any] = [
        url_for("case.show", case_id=row.id) for row in answers.cases.rows if fold(row.number) == fold(typed)
    ]
    pages += [
        url_for("contact.show", contact_id=row.id)
        for row in answers.contacts.rows
        if fold(row.number) == fold(typed)
    ]
    return pages[0] if len(pages) == 1 else ""
