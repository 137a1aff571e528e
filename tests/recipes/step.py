"""What must hold of a step once its recipe was followed; run in a copy of the program (test_recipes)."""

import json
from datetime import date
from pathlib import Path

import pytest

import tracker
from tests.histories import line, text
from tracker.domain.case.event import Entry
from tracker.domain.errors import DomainError
from tracker.domain.permission import Role
from tracker.models.base import db
from tracker.models.case import Case
from tracker.services.case import step
from tracker.services.exchange import exporting, importing
from tracker.services.operations import inspection

RECEIVED = {"step": "receive", "on": "2026-03-02"}
ACCEPTED = {"step": "accept", "on": "2026-03-03"}
REMINDED = {"step": "remind", "on": "2026-03-10", "finish_on": "2026-03-20"}


@pytest.fixture
def app(on_sqlite):
    return on_sqlite


def load(clock, *events: dict) -> Case:
    lines = [line("business", "A-1", [RECEIVED, *events])]
    importing.import_histories(text(lines).splitlines(), today=clock.today, now=clock())
    return db.session.query(Case).one()


def test_this_is_the_copy():
    assert Path(tracker.__file__).parent.parent == Path.cwd()


def test_it_is_offered_asked_for_taken_and_shown(app, sign_in, clock):
    head, due_on = sign_in(Role.HEAD), load(clock, ACCEPTED).due_on
    assert "/cases/1/steps/remind" in head.get("/cases/1").text
    assert 'name="finish_on"' in head.get("/cases/1/steps/remind").text

    assert head.step(1, "remind", "2026-03-10").status_code == 422  # the field is required
    assert head.step(1, "remind", "2026-03-10", finish_on="2026-03-20").status_code == 303

    case = db.session.get_one(Case, 1)
    assert (case.events[-1].step, dict(case.events[-1].details)) == ("remind", {"finish_on": "2026-03-20"})
    assert (case.state, case.due_on) == ("processing", due_on)
    page = head.get("/cases/1").text
    assert all(words in page for words in ("催办", "要求办结的日期", "2026年3月20日"))
    assert "催办" in head.get("/handbook/steps").text
    assert "<strong>Remind</strong>" in head.get("/cases/1?language=en").text
    assert list(inspection.inspect(today=clock.today)) == []


def test_it_is_offered_to_nobody_who_may_not_take_it(app, sign_in, clock, actor):
    load(clock, ACCEPTED)

    assert "/steps/remind" not in sign_in(Role.AUDITOR).get("/cases/1").text
    with pytest.raises(DomainError):
        step.take(
            1, Entry("remind", date(2026, 3, 10)), actor=actor(Role.AUDITOR), today=clock.today, now=clock()
        )


def test_a_file_brings_it_and_takes_it_away(app, clock):
    load(clock, ACCEPTED, REMINDED)

    _header, written = exporting.histories(now=clock())

    assert json.loads(json.dumps(written))["events"][-1] == REMINDED


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"finish_on": "2026-03-09"}, "要求办结的日期"),  # before the notice that sets it
        ({"finish_on": "later"}, "finish_on"),
        ({"days": 5}, "days"),
    ],
)
def test_what_it_does_not_take_is_refused_by_name(app, clock, change, said):
    with pytest.raises(DomainError, match=said):
        load(clock, ACCEPTED, {**REMINDED, **change})
