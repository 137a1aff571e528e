"""The register of letters, visits and calls: every act is written, and none is done to what is closed."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm.exc import StaleDataError

from tracker.domain.errors import (
    InvalidDetailError,
    NotFoundError,
    NotPermittedError,
    StepNotAllowedError,
)
from tracker.domain.permission import Role
from tracker.models.agency import Agency, Unit
from tracker.models.base import db, transaction
from tracker.models.contact import Contact
from tracker.models.user import AuditEntry
from tracker.services.contact import contact, registration
from tracker.services.contact.contact import ContactData
from tracker.services.office.actor import Actor

MONDAY = date(2026, 3, 9)
CALL = {"form": "call", "arrived_on": MONDAY, "person": "李四", "phone": "13912345678", "summary": "路灯不亮"}


@pytest.fixture
def words(actor, clock):
    return {"actor": actor(Role.REGISTRAR), "today": clock.today, "now": clock()}


@pytest.fixture
def call(app, words) -> Contact:
    return registration.register(ContactData(**CALL), **words)


def test_every_one_is_logged_sorted_or_not(call):
    assert (call.number, call.triage, call.received_by) == ("LXF-2026-0001", None, "林静")
    assert [(act.act, act.on) for act in call.acts] == [("log", MONDAY)]


@pytest.mark.parametrize(
    ("change", "triage", "said"),
    [
        ({"form": "pigeon"}, None, "来件形式"),
        ({}, "gossip", "甄别类型"),
        ({"arrived_on": date(2026, 3, 17)}, None, "晚于今天"),
        ({"summary": " "}, None, "摘要"),
    ],
)
def test_what_is_no_contact_is_refused(clock, change, triage, said):
    with pytest.raises(InvalidDetailError, match=said):
        contact.check(ContactData(**{**CALL, **change}), triage, clock.today)


def test_each_act_says_who_did_what_and_raises_the_version(call, planning, words):
    before = call.version

    contact.triage(call.id, "suggestion", **words)
    contact.refer(call.id, planning.id, **words)
    contact.tell(call.id, " 请拨打热线 ", **words)
    contact.close(call.id, "已修复", on=date(2026, 3, 13), **words)

    assert [(act.act, act.note) for act in call.acts[1:]] == [
        ("triage", "建议"),
        ("refer", "规划股"),
        ("tell", "请拨打热线"),
        ("close", "已修复"),
    ]
    assert {act.actor for act in call.acts} == {"林静"}
    assert call.version == before + 4


def test_what_says_the_same_again_is_an_act_too(call, words):
    contact.triage(call.id, "suggestion", **words)
    before = call.version

    contact.triage(call.id, "suggestion", **words)

    assert call.version == before + 1


def test_nothing_is_done_to_what_is_closed(call, planning, words):
    contact.triage(call.id, "suggestion", **words)
    contact.close(call.id, "已修复", on=MONDAY, **words)

    for act in (
        lambda: contact.triage(call.id, "other", **words),
        lambda: contact.refer(call.id, planning.id, **words),
        lambda: contact.tell(call.id, "x", **words),
        lambda: contact.close(call.id, "x", on=MONDAY, **words),
    ):
        with pytest.raises(StepNotAllowedError, match="办结"):
            act()


def test_it_is_closed_once_it_was_sorted_with_a_result_on_a_day_between_arrival_and_today(call, words):
    with pytest.raises(StepNotAllowedError, match="先甄别"):
        contact.close(call.id, "已修复", on=MONDAY, **words)
    contact.triage(call.id, "suggestion", **words)

    with pytest.raises(InvalidDetailError, match="办理结果"):
        contact.close(call.id, " ", on=MONDAY, **words)
    for day in (MONDAY - timedelta(days=1), words["today"] + timedelta(days=1)):
        with pytest.raises(InvalidDetailError, match="来件日期与今天之间"):
            contact.close(call.id, "已修复", on=day, **words)


def test_it_is_referred_to_a_unit_of_the_agency_that_is_open(call, planning, words):
    with transaction():
        away = Agency(code="other", name="别的机关")
        db.session.add(away)
        db.session.flush()
        theirs = Unit(agency_id=away.id, name="他们的股", kind="股室", active=True)
        closed = Unit(agency_id=planning.agency_id, name="撤销的股", kind="股室", active=False)
        db.session.add_all([theirs, closed])

    for unit in (theirs.id, closed.id, 999):
        with pytest.raises(InvalidDetailError, match="承办单位"):
            contact.refer(call.id, unit, **words)


def test_who_saw_an_older_one_is_told(call, words):
    seen = call.version
    contact.triage(call.id, "suggestion", **words, version=seen)

    with pytest.raises(StaleDataError):
        contact.triage(call.id, "other", **words, version=seen)

    assert call.triage == "suggestion"


def test_another_agencys_is_not_there_and_another_units_is_not_read(call, planning, words, actor, agency_id):
    with transaction():
        elsewhere = Unit(agency_id=agency_id, name="别的股", kind="股室", active=True)
        db.session.add(elsewhere)
    contact.refer(call.id, planning.id, **words)

    assert contact.find(call.id, actor(Role.HANDLER, unit_id=planning.id)) is call
    with pytest.raises(NotPermittedError):
        contact.find(call.id, actor(Role.HANDLER, unit_id=elsewhere.id))
    with pytest.raises(NotFoundError):
        contact.find(call.id, Actor("乙", frozenset({Role.HEAD}), agency_id + 1))


def test_a_look_at_the_person_is_logged(call, words):
    seen = contact.reveal(call.id, actor=words["actor"], now=words["now"])

    assert (seen["person"], seen["phone"]) == ("李四", "13912345678")
    last = db.session.query(AuditEntry).order_by(AuditEntry.id.desc()).first()
    assert (last.act, last.target, last.actor) == ("revealed", call.number, "林静")
