"""The office's name and what its letters need: one home, with reasons and history."""

from datetime import date

import pytest
from sqlalchemy import select

from tests.practice import set_practice
from tracker.config import UNNAMED
from tracker.domain.errors import InvalidDetailError, NotPermittedError
from tracker.domain.permission import Role
from tracker.models.agency import Agency
from tracker.models.base import db, transaction
from tracker.models.user import AuditEntry
from tracker.services.letter import sender
from tracker.services.office import office, particulars
from tracker.services.office.actor import Actor
from tracker.services.operations import setup

FILLED = {"name": "测试县城管局", "document_code": "测城管", "court": "测试县人民法院"}


def put(actor, clock, why: str = "", **values: str) -> list[str]:
    today, now = clock.today, clock()
    return particulars.set_to(values, why=why, actor=actor(Role.ADMINISTRATOR), today=today, now=now)


def another() -> int:
    """Make another agency; return its id."""
    with transaction():
        other = Agency(code="other", name=UNNAMED)
        db.session.add(other)
        db.session.flush()
        return other.id


def theirs_of(agency_id: int) -> Actor:
    return Actor("某人", frozenset({Role.ADMINISTRATOR}), agency_id)


@pytest.fixture
def unnamed(app, clock):
    setup.initialise(UNNAMED, fallback=UNNAMED, now=clock())


def test_what_is_filled_in_first_holds_from_the_first_day_and_needs_no_reason(
    unnamed, actor, clock, agency_id
):
    assert set(put(actor, clock, **FILLED)) == set(FILLED)

    assert particulars.values(agency_id, date(2009, 1, 1))["court"] == "测试县人民法院"
    letter = sender.sender(agency_id, clock.today, today=clock.today)
    assert (letter.name, letter.named, letter.code) == ("测试县城管局", True, "测城管")
    told = {each.key: (each.since, each.why) for each in particulars.history(agency_id)}
    assert told["court"] == (None, "首次填写")
    assert put(actor, clock, **FILLED) == []


def test_a_change_holds_from_today_and_needs_a_reason(unnamed, actor, clock, agency_id):
    put(actor, clock, **FILLED)
    clock.set("2026-04-01")
    with pytest.raises(InvalidDetailError, match="写明理由"):
        put(actor, clock, court="另一法院")

    put(actor, clock, "区划调整", court="另一法院", name="测试市城管局")

    assert particulars.values(agency_id, date(2026, 3, 31))["court"] == "测试县人民法院"
    assert particulars.values(agency_id, clock.today)["court"] == "另一法院"
    acts = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "agency_named")).all()
    assert [(each.target, each.details["before"], each.details["why"]) for each in acts] == [
        (UNNAMED, "测试局", "tracker init --agency"),
        ("测试县城管局", UNNAMED, "首次填写"),
        ("测试市城管局", "测试县城管局", "区划调整"),
    ]


@pytest.mark.parametrize(
    "values",
    [
        {"name": ""},
        {"name": UNNAMED},
        {"name": "局" * 101},
        {"name": "一局\n二局"},
        {"document_code": "测 城管"},
        {"agency_level": "town"},
        {"name": "好名字", "court": "法" * 201},
    ],
)
def test_an_impossible_value_keeps_nothing_of_the_form(app, actor, clock, agency_id, values):
    before = particulars.values(agency_id, clock.today)

    with pytest.raises(InvalidDetailError):
        put(actor, clock, "测试", **values)

    db.session.rollback()
    assert particulars.values(agency_id, clock.today) == before


def test_what_the_command_set_is_what_the_page_shows_and_the_other_way_round(app, actor, clock, agency_id):
    set_practice(court="命令设置的法院")
    assert particulars.values(agency_id, clock.today)["court"] == "命令设置的法院"

    put(actor, clock, "核对后更正", court="页面填写的法院")

    assert office.rules(clock.today).court == "页面填写的法院"


def test_another_agency_fills_in_its_own_and_moves_nothing_of_the_first(app, clock, agency_id):
    other_id = another()
    theirs = theirs_of(other_id)

    particulars.set_to(FILLED, why="", actor=theirs, today=clock.today, now=clock())

    assert particulars.values(other_id, clock.today)["court"] == "测试县人民法院"
    assert particulars.values(agency_id, clock.today)["court"] == ""
    assert particulars.values(agency_id, clock.today)["name"] == "测试局"


def test_another_agency_says_its_level_against_the_deployments(app, actor, clock):
    put(actor, clock, agency_level="vertical")
    other_id = another()
    common = {"why": "", "actor": theirs_of(other_id), "today": clock.today, "now": clock()}
    assert particulars.values(other_id, clock.today)["agency_level"] == "vertical"

    assert particulars.set_to({"agency_level": "department"}, **common) == ["agency_level"]

    assert office.rules_of(other_id, date(2009, 1, 1)).agency_level == "department"
    assert office.rules(clock.today).agency_level == "vertical"
    assert particulars.set_to({"agency_level": "department"}, **common) == []


def test_another_agencys_first_court_has_always_been_its_court(app, actor, clock):
    put(actor, clock, court="甲法院", upper_organ="甲府")
    other_id = another()
    assert particulars.values(other_id, clock.today)["court"] == ""

    theirs = {"court": "乙法院", "upper_organ": "乙府"}
    particulars.set_to(theirs, why="", actor=theirs_of(other_id), today=clock.today, now=clock())

    forum = sender.sender(other_id, date(2026, 1, 5), today=clock.today).forum
    assert (forum.organ, forum.court, forum.named) == ("乙府", "乙法院", True)


@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.HANDLER, Role.REVIEWER, Role.AUDITOR])
def test_the_administrator_and_the_head_alone_fill_it_in(on_sqlite, actor, clock, role):
    with pytest.raises(NotPermittedError):
        particulars.set_to({"court": "法院"}, why="", actor=actor(role), today=clock.today, now=clock())
