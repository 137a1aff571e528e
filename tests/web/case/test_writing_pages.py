"""How many statements it takes to register a letter with its request, and to take a step (benchmarks/writing)."""

import re

import pytest

from tests.statements import listened
from tracker.domain.permission import Role
from tracker.models.base import db

REGISTERED = {
    "form": "letter", "arrived_on": "2026-03-12", "person": "张一", "phone": "13900000000", "triage": "request",
    "kind": "natural_person", "id_number": "11010519491231002X", "channel": "registered_mail",
    "signed_on": "2026-03-12", "signed_by": "收发室", "address": "某路1号",
}  # fmt: skip
# SQLite asks what the database belongs to and empties the list of what was touched; PostgreSQL does both at once.
MOST = {"register": {"sqlite": 20, "postgresql": 19}, "accept": {"sqlite": 18, "postgresql": 17}}


@pytest.fixture
def clerk(sign_in):
    """Somebody who registers and takes steps, and who has done both before in this process."""
    person = sign_in(Role.HEAD, Role.REGISTRAR, Role.HANDLER)
    person.step(register(person, "先例"), "accept", "2026-03-13")
    return person


def register(clerk, subject: str) -> int:
    """Register a letter with its request; return the number of its case's page."""
    page = clerk.get("/register").text
    mark = re.search(r'name="token" value="([^"]+)"', page)[1]
    answer = clerk.post("/register", {**REGISTERED, "subject": subject, "token": mark})
    assert answer.status_code == 303, answer.text
    return int(answer.location.rpartition("/")[2])


def writes(act) -> list[str]:
    """Return the statements of the last request of an act, the session's own among them; none begins anything."""
    with listened(db.engine) as statements:
        act()
    asked = [text for text, _ in statements.asked]
    last = max(place for place, text in enumerate(asked) if "user_sessions" in text)
    return [text for text in asked[last:] if not text.startswith("BEGIN")]


def test_a_letter_with_its_request_is_kept_by_few_statements(clerk):
    asked = writes(lambda: register(clerk, "规划图"))

    assert len(asked) <= MOST["register"][db.engine.dialect.name], "\n".join(asked)


def test_a_step_is_kept_by_few_statements(clerk):
    case_id = register(clerk, "规划图")

    asked = writes(lambda: clerk.step(case_id, "accept", "2026-03-13"))

    assert len(asked) <= MOST["accept"][db.engine.dialect.name], "\n".join(asked)


@pytest.mark.parametrize("name", ["register", "accept"])
def test_the_rows_that_others_wait_for_are_taken_after_all_else_is_known(clerk, name):
    """条例第45条 asks for a number for each request; who counts next waits for no calendar and no form."""
    case_id = register(clerk, "规划图")
    act = {
        "register": lambda: register(clerk, "规划图之二"),
        "accept": lambda: clerk.step(case_id, "accept", "2026-03-13"),
    }

    asked = writes(act[name])

    taken = next(place for place, text in enumerate(asked) if re.search(r"\b(counters|chain_heads)\b", text))
    late = re.compile(r"FROM (calendar_notices|practices|units|applicants|contacts|cases)\b")
    read = [text for text in asked[taken:] if late.search(text)]
    assert read == []
