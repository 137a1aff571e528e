"""The head of the worklist: the day, and the queues (the reader's own cases, the unit's, the year's), each with its list."""

import re

import pytest

from tests.jobs.test_jobs import load, received
from tests.statements import listened
from tracker.domain.permission import Role
from tracker.models.base import db, transaction
from tracker.models.case import Case
from tracker.models.user import FormerName, User


def queues(page: str) -> dict[str, str]:
    """Return the queues of the page with their numbers."""
    head = page[page.index('class="queues"') : page.index("</p>", page.index('class="queues"'))]
    return dict(re.findall(r">([^<>]+) <strong>([^<]+)</strong>", head))


@pytest.fixture
def handler(app, sign_in, planning):
    """A handler of the unit who bore another name before."""
    load(*(received("2026-03-02", f"A-{n}") for n in range(4)), received("2025-12-30", "A-9"))
    browser = sign_in(Role.HANDLER, unit=planning)
    with transaction():
        person = db.session.query(User).filter_by(name="周明").one()
        db.session.add(FormerName(user_id=person.id, name="周小明", until=person.created_at))
        for number, name in (("A-0", "周明"), ("A-1", "周小明"), ("A-2", "别人")):
            row = db.session.query(Case).filter_by(number=number).one()
            row.handler, row.unit_id = name, planning.id
    return browser


def test_the_queues_count_the_readers_own_cases_the_units_and_the_years(handler):
    assert queues(handler.get("/").text) == {"我的": "2", "本股室": "3", "本年收到": "4"}


def test_each_queue_opens_the_list_that_it_counts(handler, planning):
    mine = handler.get("/?handler=周明").text
    assert ("A-0" in mine, "A-1" in mine, "A-2" in mine) == (True, True, False)
    unit = handler.get(f"/?unit={planning.id}").text
    assert ("A-2" in unit, "A-3" in unit) == (True, False)
    year = handler.get("/?year=2026").text
    assert ("A-3" in year, "A-9" in year) == (True, False)


def test_the_queues_are_counted_with_the_tiles_in_one_statement(handler):
    with listened(db.engine) as statements:
        handler.get("/")
    assert sum("former_names" in one for one, *_more in statements.asked) == 1


def test_who_handles_no_case_has_no_queue_of_their_own(handler, sign_in):
    assert queues(sign_in(Role.HEAD).get("/").text) == {"本年收到": "4"}


def test_the_head_of_the_worklist_says_why_nobody_works_in_the_readers_language(sign_in, clock):
    def today(address: str) -> str:
        return re.search(r'<p class="today">(.*?)</p>', sign_in(Role.HEAD).get(address).text, re.DOTALL)[1]

    clock.set("2026-03-21")
    assert "<strong>休息日</strong>（周六）" in today("/")
    assert "<strong>day of rest</strong> (Saturday)" in today("/?language=en")
    clock.set("2026-10-01")
    assert "<strong>day of rest</strong> (National Day (国庆节), " in today("/?language=en")
