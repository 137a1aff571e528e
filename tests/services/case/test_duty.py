"""Open duties by their day: kept in the transaction that moves what they restate."""

import json
from datetime import date

import pytest
from sqlalchemy import delete, select, text

from tests.histories import line, receive
from tracker.domain.case.duty import Duty
from tracker.domain.permission import Role
from tracker.models.base import db, transaction
from tracker.models.calendar import OfficeFact
from tracker.models.case import Case
from tracker.models.duty import CONTACT, OpenDuty
from tracker.models.reads.worklist import WorklistFilter, worklist_cases
from tracker.services.calendar import calendar
from tracker.services.case import duty, worklist
from tracker.services.exchange import importing
from tracker.services.operations import inspection, setup

RECEIVED = receive(date(2026, 3, 2))
WHO = {"party": "third_party", "name": "某公司"}
CONSULTED = {"step": "consult", "on": "2026-03-04", "received_on": "2026-03-04", **WHO}


@pytest.fixture
def take_in(app, clock):
    def do(*lines):
        texts = [json.dumps(each, ensure_ascii=False) for each in lines]
        return importing.import_histories(texts, today=clock.today, now=clock())

    return do


def kept() -> set[tuple[str, str]]:
    db.session.rollback()
    return {(row.name, row.due_on.isoformat()) for row in db.session.scalars(select(OpenDuty))}


def said(clock) -> list[str]:
    return [found.message for found in inspection.inspect(today=clock.today)]


def test_an_import_keeps_the_duties_of_open_cases_and_an_answer_ends_them(take_in, clock):
    events = [RECEIVED, CONSULTED]
    take_in(line("other", "A-1", events))

    assert ("third_party_opinion", "2026-03-25") in kept()
    assert said(clock) == []

    answer = {"step": "answer", "on": "2026-03-16", "outcome": "disclosed"}
    take_in(line("other", "A-1", [*events, answer]))

    assert kept() == set()
    assert said(clock) == []


def test_two_letters_that_must_be_answered_on_one_day_are_one_duty(take_in, clock):
    take_in(line("other", "A-1", [RECEIVED, CONSULTED, {**CONSULTED, "name": "另一公司"}]))

    assert [name for name, _ in kept()].count("third_party_opinion") == 1
    assert said(clock) == []


def test_a_duty_that_ends_with_its_day_goes_when_the_day_has_passed(take_in, clock, agency_id):
    take_in(line("other", "A-1", [RECEIVED, CONSULTED]))
    clock.set("2026-03-26")
    assert said(clock) == []

    worklist.refresh(agency_id, today=clock.today)

    assert "third_party_opinion" not in {name for name, _ in kept()}
    assert said(clock) == []


def test_a_duty_moves_with_the_calendar_though_an_earlier_one_is_overdue(take_in, clock, actor):

    clock.set("2026-04-13")
    take_in(
        line(
            "other",
            "A-1",
            [receive(date(2026, 2, 25)), {**CONSULTED, "on": "2026-04-10", "received_on": "2026-04-10"}],
        )
    )
    before = {on for name, on in kept() if name == "third_party_opinion"}

    day = calendar.local_day([date(2026, 4, 20)], "停电", "县政府决定", works=False, today=clock.today)
    calendar.keep_local(day, "县政府决定", actor=actor(Role.HEAD), today=clock.today, now=clock())

    after = {on for name, on in kept() if name == "third_party_opinion"}
    assert min(after) > min(before)
    assert said(clock) == []


def test_check_finds_a_duty_that_left_its_ledger(take_in, clock):
    take_in(line("other", "A-1", [RECEIVED]))
    db.session.execute(text("UPDATE duties SET due_on = '2026-12-31' WHERE name = 'reply'"))
    db.session.commit()

    assert any("在办期限" in words for words in said(clock))


def test_an_office_older_than_the_table_gets_its_duties_at_the_next_start(take_in, clock):
    take_in(line("other", "A-1", [RECEIVED, CONSULTED]))
    before = kept()
    db.session.execute(delete(OpenDuty))
    db.session.execute(delete(OfficeFact).where(OfficeFact.name == worklist.DUTIES_KEPT))
    db.session.commit()

    setup.recount(now=clock())
    assert kept() == before

    setup.recount(now=clock())
    assert kept() == before


def test_another_register_keeps_its_own_duties_beside(take_in, clock, agency_id):
    take_in(line("other", "A-1", [RECEIVED]))
    case_id = db.session.scalar(select(Case.id))
    with transaction():
        duty.restate(CONTACT, case_id, agency_id, [Duty("petition", date(2026, 5, 15), "信访条例")])
    assert ("petition", "2026-05-15") in kept()
    assert [words for words in said(clock) if "依台账" in words] == []  # nothing is wrong with the case

    with transaction():
        duty.restate(CONTACT, case_id, agency_id, [])
    assert "petition" not in {name for name, _ in kept()}


def test_who_consults_is_counted_also_where_the_day_of_receipt_is_asked_for_or_another_day_comes_first(
    take_in, agency_id, clock
):
    letter = {key: value for key, value in CONSULTED.items() if key != "received_on"}
    charge = {"step": "charge", "on": "2026-03-05"}
    early = {**receive(date(2026, 2, 24)), "on": "2026-02-10"}
    take_in(
        line("other", "A-1", [RECEIVED, CONSULTED]),
        line("other", "A-2", [RECEIVED, letter]),  # nobody knows yet when it was received
        line("other", "A-3", [RECEIVED, charge]),  # its receipt is the applicant's
        line("other", "A-4", [RECEIVED]),
        line("other", "A-5", [early, {**CONSULTED, "on": "2026-03-16", "received_on": "2026-03-16"}]),
    )
    found = worklist_cases(agency_id, WorklistFilter(only="consulting"), clock.today, clock.today)

    assert sorted(case.number for case in db.session.scalars(found)) == ["A-1", "A-2", "A-5"]
