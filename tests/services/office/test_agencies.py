"""One deployment, several agencies: what is each one's own, and what belongs to those who run it all."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import func, insert, select, update
from sqlalchemy import text as sql
from sqlalchemy.exc import IntegrityError

from tests.histories import line, text
from tests.practice import set_practice
from tracker.domain.errors import NotPermittedError
from tracker.domain.permission import Action, Role
from tracker.jobs.schedule import JOBS
from tracker.models.agency import Agency, Unit
from tracker.models.applicant import Applicant
from tracker.models.base import db, transaction
from tracker.models.calendar import CalendarNotice
from tracker.models.case import Case, CaseEvent
from tracker.models.contact import Contact
from tracker.models.reads.contact import contacts_matching
from tracker.models.user import User
from tracker.services.calendar import calendar
from tracker.services.contact import contact, registration
from tracker.services.exchange import importing
from tracker.services.job import job
from tracker.services.office import office, user
from tracker.services.office.actor import Actor, system
from tracker.services.operations import inspection
from tracker.services.report import countdown

ADMINISTRATOR, HEAD = frozenset({Role.ADMINISTRATOR}), frozenset({Role.HEAD})


@pytest.fixture
def other(app, agency_id) -> Agency:
    """Another agency of the same deployment, with a unit of its own."""
    with transaction():
        made = Agency(code="other", name="别的机关")
        db.session.add(made)
        db.session.flush()
        db.session.add(Unit(agency_id=made.id, name="他们的股", kind="股室", active=True))
    return made


@pytest.fixture
def case(clock):
    lines = [line("business", "A-1", [{"step": "receive", "on": "2026-03-02"}])]
    importing.import_histories(text(lines).splitlines(), today=clock.today, now=clock())
    return db.session.scalars(select(Case)).unique().one()


# -- acts on the whole deployment ------------------------------------------------------------------------


def test_another_agencys_administrator_runs_no_job_of_the_deployment(app, other, case, clock):
    stranger = Actor("乙", ADMINISTRATOR, other.id)
    before = db.session.scalar(select(func.count(CaseEvent.id)))

    for name in ("close_year", "tidy", "backup"):
        with pytest.raises(NotPermittedError):
            job.run_by_hand(JOBS, name, on=clock.today, actor=stranger, now=clock())

    assert db.session.scalar(select(func.count(CaseEvent.id))) == before


def test_another_agencys_head_moves_nobodys_due_dates(app, other, case, clock):
    """放假办法第4条: a local holiday is decided by the local government; here by who runs the deployment."""
    stranger, due_on = Actor("乙", HEAD, other.id), case.due_on
    found = calendar.local_day(
        [date(2026, 3, 20)], "建州纪念日", "州政府文件", works=False, today=clock.today
    )

    with pytest.raises(NotPermittedError):
        calendar.keep_local(found, "州政府文件", actor=stranger, today=clock.today, now=clock())
    with pytest.raises(NotPermittedError):
        calendar.keep("国务院办公厅通知", actor=stranger, today=clock.today, now=clock())

    assert db.session.scalar(select(func.count(CalendarNotice.id))) == 0
    assert db.session.get_one(Case, case.id, populate_existing=True).due_on == due_on


def test_another_agencys_people_withdraw_no_notice(app, other, agency_id, actor, clock):
    found = calendar.local_day([date(2026, 3, 20)], "纪念日", "文件", works=False, today=clock.today)
    calendar.keep_local(found, "文件", actor=actor(Role.HEAD), today=clock.today, now=clock())
    kept = calendar.kept()[0]

    with pytest.raises(NotPermittedError):
        calendar.withdraw(kept.id, "x", actor=Actor("乙", HEAD, other.id), today=clock.today, now=clock())

    assert kept.withdrawn_at is None


@pytest.mark.parametrize("action", [Action.JOBS, Action.CALENDAR, Action.SETTINGS])
def test_the_people_of_the_agency_that_runs_the_deployment_and_jobs_may(app, other, actor, action):
    roles = frozenset({Role.ADMINISTRATOR, Role.HEAD})

    assert replace(actor(Role.ADMINISTRATOR), roles=roles).may(action)
    assert system(other.id).may(action)
    assert not Actor("乙", roles, other.id).may(action)


def test_another_agencys_administrator_still_has_his_own_people_units_and_messages(app, other):
    stranger = Actor("乙", ADMINISTRATOR, other.id)

    assert all(stranger.may(action) for action in (Action.USERS, Action.OUTBOX, Action.AUDIT))


# -- before whom each is contested -----------------------------------------------------------------------


TODAY = date(2026, 1, 20)


def set_names(**own) -> None:
    set_practice(upper_organ="甲县人民政府", court="甲县人民法院")
    if own:
        set_practice(agency="other", **own)


def test_each_agency_names_its_own_organ_and_court(app, other, agency_id):
    """复议法第24、27条: the organ above one office is not that above the next."""
    set_names(agency_level="vertical", upper_organ="乙市税务局", court="乙区人民法院")

    ours, theirs = office.forum(agency_id, TODAY), office.forum(other.id, TODAY)

    assert (ours.organ, ours.court, ours.named) == ("甲县人民政府", "甲县人民法院", True)
    assert (theirs.organ, theirs.court, theirs.named) == ("乙市税务局", "乙区人民法院", True)
    assert ("第24条" in ours.law, "第27条" in theirs.law) == (True, True)


@pytest.mark.parametrize("own", [{}, {"upper_organ": "乙市税务局"}, {"court": "乙区人民法院"}])
def test_the_names_of_the_deployment_serve_another_agency_as_names_to_look_at(app, other, own):
    set_names(**own)

    found = office.forum(other.id, TODAY)

    assert found.organ == own.get("upper_organ", "甲县人民政府")
    assert found.court == own.get("court", "甲县人民法院")
    assert not found.named


def test_an_agency_of_another_level_has_another_day_for_its_report(app, other, agency_id):
    """条例第49条."""
    set_names(agency_level="government")

    days = [countdown.of(each, today=TODAY).due_on for each in (agency_id, other.id)]

    assert days == [date(2026, 1, 31), date(2026, 3, 31)]


def test_a_value_of_the_deployment_does_not_replace_what_an_agency_has_of_its_own(app, other):
    set_names(court="乙区人民法院")

    set_practice(court="甲市中级人民法院", since=date(2026, 1, 10))

    assert office.forum(other.id, TODAY).court == "乙区人民法院"


# -- what belongs together, by the database ------------------------------------------------------------


def refused(statement) -> None:
    with pytest.raises(IntegrityError), transaction():
        db.session.execute(statement)


def test_the_database_refuses_a_unit_of_another_agency(app, other, case, actor, agency_id, clock):
    theirs = db.session.scalars(select(Unit.id).where(Unit.agency_id == other.id)).one()
    seen = contact.ContactData(form="visit", arrived_on=clock.today, summary="来访")
    row = registration.register(seen, actor=actor(Role.REGISTRAR), today=clock.today, now=clock())

    refused(update(Case).where(Case.id == case.id).values(unit_id=theirs))
    refused(update(Contact).where(Contact.id == row.id).values(unit_id=theirs))
    refused(update(User).where(User.login == "admin").values(unit_id=theirs))
    refused(update(Case).where(Case.id == case.id).values(agency_id=other.id))
    refused(update(User).where(User.login == "admin").values(agency_id=other.id))


def test_the_database_refuses_a_new_person_in_a_unit_of_another_agency(app, other, agency_id, clock):
    theirs = db.session.scalars(select(Unit.id).where(Unit.agency_id == other.id)).one()

    with pytest.raises(IntegrityError):
        user.create_by_command(
            agency_id=agency_id, login="x", name="X", roles=[Role.HANDLER], now=clock(), unit_id=theirs
        )

    assert user.by_login("x") is None


def test_the_database_refuses_a_contact_that_became_another_agencys_case(app, other, case, clock):
    theirs = Actor("乙", frozenset({Role.REGISTRAR}), other.id)
    seen = contact.ContactData(form="visit", arrived_on=clock.today, summary="来访")
    row = registration.register(seen, actor=theirs, today=clock.today, now=clock())

    refused(update(Contact).where(Contact.id == row.id).values(case_id=case.id))
    refused(update(Case).where(Case.id == case.id).values(applicant_id=case.applicant_id, agency_id=other.id))


def test_the_database_refuses_a_further_applicant_of_another_agencys_request(app, other, case):
    stranger = {"agency_id": other.id, "kind": "natural_person", "name": "乙", "folded": "乙"}
    with transaction():
        theirs = db.session.execute(insert(Applicant).values(**stranger)).inserted_primary_key[0]

    refused(insert(Applicant).values(**stranger, first_id=case.applicant_id))
    refused(update(Applicant).where(Applicant.id == theirs).values(first_id=case.applicant_id))
    refused(update(Applicant).where(Applicant.id == case.applicant_id).values(first_id=theirs))


def test_a_row_from_before_the_bounds_is_found_by_the_inspection(app, other, case, clock):
    theirs = db.session.scalars(select(Unit.id).where(Unit.agency_id == other.id)).one()
    postgres = db.engine.dialect.name == "postgresql"
    name = "cases_unit_id_agency" + (" ON cases" if postgres else "_update")
    with transaction():
        db.session.execute(sql(f"DROP TRIGGER {name}"))
        db.session.execute(update(Case).where(Case.id == case.id).values(unit_id=theirs))

    found = [(each.where, each.message) for each in inspection.inspect(today=clock.today)]

    assert (f"cases.unit_id 第{case.id}行", "指向其他机关的单位、案件或人员。") in found


# -- a contact that became a case -----------------------------------------------------------------------


def test_a_contact_is_listed_to_a_unit_as_its_case_is(app, agency_id, planning, case, clock, actor):
    with transaction():
        market = Unit(agency_id=agency_id, name="市场股", kind="股室", active=True)
        db.session.add(market)
        db.session.flush()
    seen = contact.ContactData(form="visit", arrived_on=clock.today, summary="来访")
    row = registration.register(seen, actor=actor(Role.REGISTRAR), today=clock.today, now=clock())

    def listed(unit: Unit) -> bool:
        found = contacts_matching(agency_id, unit_scope=unit.id)
        return row.id in [each.id for each in db.session.scalars(found).unique()]

    assert listed(planning)
    assert listed(market)  # nobody's yet
    with transaction():
        db.session.execute(update(Contact).where(Contact.id == row.id).values(case_id=case.id))
        db.session.execute(update(Case).where(Case.id == case.id).values(unit_id=market.id))
    assert (listed(planning), listed(market)) == (False, True)
    with transaction():  # as it was referred before it became a case: the case decides
        db.session.execute(update(Contact).where(Contact.id == row.id).values(unit_id=planning.id))
    assert (listed(planning), listed(market)) == (False, True)
