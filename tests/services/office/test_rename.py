"""A person who takes another name is still who the ledgers and registers name."""

from datetime import date

import pytest

from tests import registering
from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.case.channel import Channel
from tracker.domain.case.event import Entry
from tracker.domain.case.request import ApplicantData, Arrival, RequestData
from tracker.domain.errors import InvalidDetailError
from tracker.domain.permission import Role
from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.reads.base import count_rows
from tracker.models.reads.case import CaseFilter, cases_matching
from tracker.models.reads.worklist import WorklistFilter, worklist_cases
from tracker.services.case import step
from tracker.services.job import reminder
from tracker.services.office import user


@pytest.fixture
def zhou(agency_id, clock):
    """The handler, and an administrator."""
    for login, name, role in (("zhou", "周明", Role.HANDLER), ("admin1", "管理员", Role.ADMINISTRATOR)):
        words = {"login": login, "name": name, "roles": [role], "email": f"{login}@example.org"}
        row, _ = user.create_by_command(agency_id=agency_id, now=clock(), **words)
        if role is Role.HANDLER:
            person = row.id
    return person


@pytest.fixture
def rename(actor, clock):
    def act(user_id: int, name: str):
        row = user.find(user_id, actor(Role.ADMINISTRATOR))
        words = {"email": row.email, "unit_id": None, "roles": [Role.HANDLER], "active": True}
        user.update(user_id, name=name, actor=actor(Role.ADMINISTRATOR), now=clock(), **words)

    return act


@pytest.fixture
def assigned(actor, clock) -> int:
    """A case that is assigned to 周明."""
    arrival = Arrival(channel=Channel.IN_PERSON, arrived_on=date(2026, 3, 2))
    who = ApplicantData(kind=ApplicantKind.OTHER, name="甲")
    request = RequestData(applicant=who, arrival=arrival, subject="事项")
    words = {"actor": actor(Role.HEAD), "today": clock.today, "now": clock()}
    case = registering.register(request, **words)
    step.take(case.id, Entry("assign", clock.today, {"handler": "周明"}), **words)
    return case.id


def test_reminders_follow_a_handler_who_took_another_name_and_another_one_again(
    zhou, rename, assigned, agency_id
):
    due = db.session.get(Case, assigned).due_on

    for name in ("周小明", "周晓明", "周明", "周晓明"):
        rename(zhou, name)
        assert [each.to.name for each in reminder.planned(agency_id, on=due)] == [name]


def test_lists_find_the_cases_of_a_handler_under_the_name_of_today(zhou, rename, assigned, agency_id, clock):
    rename(zhou, "周小明")

    for name in ("周小明", "周明"):
        assert count_rows(cases_matching(agency_id, CaseFilter(handler=name))) == 1
        assert (
            count_rows(worklist_cases(agency_id, WorklistFilter(handler=name), clock.today, clock.today)) == 1
        )
    assert count_rows(cases_matching(agency_id, CaseFilter(handler="管理员"))) == 0


def test_the_ledger_goes_on_naming_who_it_named(zhou, rename, assigned):
    rename(zhou, "周小明")

    case = db.session.get(Case, assigned)
    assert (case.handler, case.entries[-1].details["handler"]) == ("周明", "周明")


def test_a_person_without_a_name_is_refused(zhou, rename):
    with pytest.raises(InvalidDetailError, match="姓名"):
        rename(zhou, " ")
