"""Above a form that was refused stands what is wrong: each error a link to its field, which is there."""

import re

import pytest

from tests.jobs.test_jobs import load, received
from tracker.domain.permission import Role

FORMS = {
    "a letter": (Role.REGISTRAR, "/register", {"arrived_on": "昨天", "triage": ""}),
    "a request": (
        Role.REGISTRAR,
        "/register",
        {"arrived_on": "2026-03-02", "triage": "request", "form": "letter"},
    ),
    "a user": (Role.ADMINISTRATOR, "/users/new", {"login": "", "name": ""}),
    "a unit": (Role.ADMINISTRATOR, "/units/new", {"name": ""}),
    "a register's row": (Role.REGISTRAR, "/books/remedies", {"received_on": "昨天"}),
    "a step": (Role.HEAD, "/cases/1/steps/extend", {"on": "昨天", "act": "take", "version": "1"}),
    "a proof": (Role.REGISTRAR, "/cases/1/evidence", {"kind": "", "on": "昨天"}),
}


@pytest.fixture
def app(on_sqlite):
    """What a page says does not differ between the databases."""
    load(received("2026-03-02", "A-1"))
    return on_sqlite


@pytest.mark.parametrize("what", FORMS)
def test_each_error_of_a_form_leads_to_its_field(app, sign_in, what):
    role, address, typed = FORMS[what]
    page = sign_in(role).post(address, typed)
    section = re.search(r'<section class="trouble" role="alert">(.*?)</section>', page.text, re.DOTALL)

    assert page.status_code == 422, page.text
    places = re.findall(r'<a href="#([^"]+)">', section[1])
    assert places != []
    assert [place for place in places if f'id="{place}"' not in page.text] == []


def test_a_choice_that_was_not_made_is_marked_for_who_hears_the_page(app, sign_in):
    page = sign_in(Role.REGISTRAR).post("/register", {"arrived_on": "2026-03-02", "form": ""}).text

    assert re.search(r'<fieldset[^>]* id="form"[^>]* aria-invalid="true"', page)
