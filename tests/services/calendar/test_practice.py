"""A value of the practice from a day on: what it moves, what it leaves, what is refused."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from tests.conftest import make_office, settings_of
from tests.jobs.test_jobs import load, received
from tests.practice import set_practice
from tests.services.office.test_tampering import write
from tracker.app import create_app
from tracker.domain.errors import DomainError, InvalidDetailError, NotFoundError, NotPermittedError
from tracker.domain.misfit import DamagedError
from tracker.domain.permission import Role
from tracker.models.agency import Agency
from tracker.models.base import db, transaction
from tracker.models.case import Case
from tracker.models.practice import PracticeRow
from tracker.models.user import AuditEntry
from tracker.services.calendar import practice
from tracker.services.office import office
from tracker.services.operations import health, inspection, setup

APRIL = date(2026, 4, 1)
# Two consultations that overlap by five working days (第33条第3款).
TWO = [
    {"step": "consult", "on": "{}-02", "party": "third_party", "name": "甲公司"},
    {"step": "consult", "on": "{}-03", "party": "third_party", "name": "乙公司"},
    {
        "step": "end_consultation",
        "on": "{}-09",
        "party": "third_party",
        "name": "甲公司",
        "opinion": "agrees",
    },
    {
        "step": "end_consultation",
        "on": "{}-10",
        "party": "third_party",
        "name": "乙公司",
        "opinion": "agrees",
    },
]
ANSWERED = {"step": "answer", "on": "2026-04-16", "outcome": "disclosed", "decided_on": "2026-04-13"}


def consulted(month: str, number: str, *more: dict) -> dict:
    events = [{**event, "on": event["on"].format(month)} for event in TWO]
    return received(f"{month}-01", number, *events, *more)


def due() -> dict[str, str]:
    db.session.rollback()
    return {case.number: str(case.due_on) for case in db.session.scalars(select(Case)).unique()}


def recounted(number: str) -> list[tuple[str, str, str]]:
    case = db.session.scalars(select(Case).where(Case.number == number)).unique().one()
    details = [each.details for each in case.events if each.step == "recompute"]
    return [(each["duty"], each.get("due_from"), each.get("due_to")) for each in details]


def findings(clock) -> list[str]:
    return [f"{found.where} {found.message}" for found in inspection.inspect(today=clock.today)]


def row(actor, clock, key: str = "delay_days", value: str = "20", **more) -> PracticeRow:
    words = {"valid_from": APRIL, "why": "会议纪要", "agency": None, "actor": actor, "now": clock(), **more}
    return practice.row_of(key, value, **words)


@pytest.fixture
def administrator(actor):
    return actor(Role.ADMINISTRATOR)


@pytest.fixture
def two(app, clock):
    """A request of March and one of April, both open, with consultations that overlap."""
    clock.set("2026-04-13")
    load(consulted("2026-03", "A-1"), consulted("2026-04", "A-2"), today="2026-04-13")
    return app


def test_a_row_moves_the_cases_received_from_its_day_on_and_no_earlier_one(two, clock, administrator):
    before = due()
    wanted = row(administrator, clock, "union_of_consultations", "false")

    effect = practice.set_to(wanted, actor=administrator, today=clock.today, now=clock())

    after = due()
    assert [move.number for move in effect.moves] == ["A-2"]
    assert after["A-1"] == before["A-1"]
    assert after["A-2"] > before["A-2"]
    assert recounted("A-1") == []
    assert recounted("A-2")[0] == ("reply", before["A-2"], after["A-2"])
    assert findings(clock) == []
    assert setup.recount(now=clock()) == 0


def test_a_request_that_comes_in_later_is_counted_by_the_row_of_its_day(app, clock):
    clock.set("2026-04-13")
    set_practice(union_of_consultations=False, since=APRIL)

    load(consulted("2026-03", "A-1"), consulted("2026-04", "A-2"), today="2026-04-13")

    found = due()
    set_practice(union_of_consultations=True, since=APRIL)
    assert due()["A-1"] == found["A-1"]
    assert due()["A-2"] < found["A-2"]
    assert findings(clock) == []


def test_a_receipt_corrected_to_another_day_brings_the_practice_of_that_day(two, clock):
    set_practice(union_of_consultations=False, since=APRIL)
    earlier = {"step": "receive", "on": "2026-03-31"}
    correction = {"step": "correct", "on": "2026-04-13", "replaces": 1, "with": earlier, "reason": "误录"}
    load(consulted("2026-04", "A-2", correction), today="2026-04-13")
    counted_once = due()["A-2"]

    set_practice(union_of_consultations=True, since=APRIL)

    assert due()["A-2"] == counted_once
    assert findings(clock) == []


def test_what_a_row_would_do_is_told_before_and_nothing_is_kept(two, clock, administrator):
    before = due()

    told = practice.effect(row(administrator, clock, "union_of_consultations", "false"), today=clock.today)

    assert due() == before
    assert office.practice_rows() == []
    done = practice.set_to(
        row(administrator, clock, "union_of_consultations", "false"),
        actor=administrator, today=clock.today, now=clock(),
    )  # fmt: skip
    assert [(move.number, move.dates) for move in told.moves] == [(m.number, m.dates) for m in done.moves]


def test_a_closed_case_that_a_row_touches_is_told_and_leaves_an_entry(app, clock):
    clock.set("2026-04-20")
    load(received("2026-04-01", "A-1", ANSWERED), today="2026-04-20")

    effect = set_practice(year_of_result="decided", since=APRIL)

    assert effect.closed == 1
    assert recounted("A-1") == [("result", "2026-04-16", "2026-04-13")]
    assert findings(clock) == []


def test_a_key_that_no_date_hangs_on_moves_nothing(two, clock):
    assert set_practice(alike_percent=80, since=APRIL).moves == ()
    assert office.rules(date(2026, 3, 31)).alike_percent == 60
    assert office.rules(APRIL).alike_percent == 80


def test_a_row_says_who_set_it_when_and_why_and_the_audit_log_does(app, clock, administrator):
    wanted = row(administrator, clock)

    practice.set_to(wanted, actor=administrator, today=clock.today, now=clock())

    kept = db.session.scalars(select(PracticeRow)).one()
    assert (kept.key, kept.value, kept.valid_from, kept.set_by, kept.why) == (
        "delay_days", "20", APRIL, "管理员", "会议纪要",
    )  # fmt: skip
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "practice_set")).one()
    assert (entry.actor, entry.target) == ("管理员", "delay_days")
    assert entry.details == {"value": "20", "valid_from": "2026-04-01", "why": "会议纪要", "cases": 0}


@pytest.mark.parametrize(
    ("more", "error", "words"),
    [
        ({"key": "prot"}, InvalidDetailError, "没有“prot”"),
        ({"value": "0"}, InvalidDetailError, "应在 1 与 250 之间"),
        ({"why": " "}, InvalidDetailError, "理由"),
        ({"agency": "default"}, InvalidDetailError, "整个部署共同的做法"),
        (
            {"key": "court", "value": "甲区人民法院", "agency": "othr"},
            NotFoundError,
            "没有代码为“othr”的机关",
        ),
    ],
)
def test_what_cannot_be_set_is_refused_in_words(app, clock, administrator, more, error, words):
    with pytest.raises(error, match=words):
        row(administrator, clock, **more)


MAY = (Role.ADMINISTRATOR, Role.HEAD, Role.SYSTEM)


@pytest.mark.parametrize("role", [role for role in Role if role not in MAY])
def test_only_who_may_change_settings_sets_the_practice(app, clock, actor, role):
    with pytest.raises(NotPermittedError):
        practice.set_to(row(actor(role), clock), actor=actor(role), today=clock.today, now=clock())

    assert office.practice_rows() == []


@pytest.mark.parametrize("act", ["UPDATE practices SET value = '30'", "DELETE FROM practices"])
def test_a_row_is_never_changed_and_never_removed(app, act):
    set_practice(delay_days=20)

    with pytest.raises(DBAPIError, match="append-only"), db.engine.begin() as connection:
        connection.exec_driver_sql(act)


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE practices SET key = 'prot'",
        "UPDATE practices SET value = '0'",
        "UPDATE practices SET agency_id = (SELECT min(id) FROM agencies)",
    ],
)
def test_a_damaged_row_is_named_and_stops_what_would_be_counted_without_it(app, clock, damage):
    load(received("2026-03-02", "A-1"))
    set_practice(delay_days=20)
    write(damage)

    assert any(found.startswith("做法 第1行") for found in findings(clock))
    assert health.state(now=clock()).parts["practice"]["state"] == "damaged"
    with pytest.raises(DomainError, match="做法有一行已损坏"):
        load(received("2026-03-03", "A-2"))
    with pytest.raises(DamagedError, match="做法有一行已损坏"):
        set_practice(delay_days=30)


# -- what the settings of a machine said before ------------------------------------------------------------


FILE = 'year_of_result = "decided"\ndelay_days = 30\n[agency."default"]\ncourt = "甲区人民法院"\n'


@pytest.fixture
def older(tmp_path):
    """An office that is made from a file which says what is practice now."""
    folder = tmp_path / "older"
    folder.mkdir()
    (folder / "config.toml").write_text(FILE, encoding="utf-8")
    make_office(settings_of(folder))
    return folder


def opened(folder, clock, file: str = FILE):
    (folder / "config.toml").write_text(file, encoding="utf-8")
    return create_app(settings_of(folder), now=clock).app_context()


def test_what_the_file_said_is_taken_over_once_and_holds_from_the_first_day_on(older, clock):
    with opened(older, clock):
        setup.recount(now=clock())

        assert [(each.key, each.value, each.valid_from) for each in office.practice_rows()] == [
            ("court", "甲区人民法院", date.min),
            ("year_of_result", "decided", date.min),
            ("delay_days", "30", date.min),
        ]
        assert {each.set_by for each in office.practice_rows()} == {"升级"}
        assert str(older / "config.toml") in office.practice_rows()[1].why
        assert office.rules(date(2008, 5, 1)).delay_days == 30
        assert findings(clock) == []


def test_a_file_that_says_the_same_is_said_to_be_without_effect(older, clock):
    with opened(older, clock):
        words = list(practice.words(today=clock.today))

        assert words == [
            "设置中的 court、year_of_result、delay_days 已移入数据库，不再起作用（查看：tracker practice show），可以删去。"
        ]
        assert health.state(now=clock()).parts["practice"] == {"state": "ok", "differing": []}


def test_a_file_that_says_something_else_is_named_at_each_start_and_to_the_monitor(older, clock):
    with opened(older, clock, "delay_days = 40\n"):
        words = list(practice.words(today=clock.today))

        assert len(words) == 1
        assert all(
            part in words[0] for part in ("config.toml", "delay_days = 40", "30", "tracker practice set")
        )
        assert office.rules(clock.today).delay_days == 30
        state = health.state(now=clock())
        assert state.parts["practice"] == {"state": "differing", "differing": ["delay_days"]}
        assert not state.well


def test_an_agency_in_the_file_that_is_not_there_is_named(older, clock):
    with opened(older, clock, '[agency."othr"]\ncourt = "乙区人民法院"\n'):
        assert findings(clock) == ["设置 config.toml 的 [agency] 表写了本系统没有的机关代码：othr。"]


def test_an_office_without_rows_counts_by_the_defaults(on_sqlite, clock):
    assert office.practice_rows() == []
    assert list(practice.words(today=clock.today)) == []


def test_rows_of_an_agency_are_its_own(app, clock):
    with transaction():
        db.session.add(Agency(code="west", name="西城局"))
    set_practice(agency="west", court="乙区人民法院", since=APRIL)
    west = practice.agency_id_of("west")

    assert office.rules_of(west, APRIL).court == "乙区人民法院"
    assert office.rules_of(west, date(2026, 3, 31)).court == office.rules(APRIL).court == ""
