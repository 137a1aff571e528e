"""A letter that is converted anew leaves nobody behind through whom nothing is asked (第31条)."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.case.channel import Channel
from tracker.domain.case.evidence import Fact
from tracker.domain.case.request import ApplicantData, Arrival, RequestData
from tracker.domain.errors import InvalidDetailError
from tracker.domain.permission import Role
from tracker.models.applicant import Applicant
from tracker.models.base import db
from tracker.services.contact import contact, registration
from tracker.services.operations import inspection


@pytest.fixture
def words(actor, clock):
    return {"actor": actor(Role.HEAD), "today": clock.today, "now": clock()}


def people(*names: str) -> list[ApplicantData]:
    kind = ApplicantKind.NATURAL_PERSON
    return [ApplicantData(kind=kind, name=name, id_number=f"1101{name}") for name in names]


def request(clock, *names: str, **arrival) -> RequestData:
    first, *further = people(*names)
    came = Arrival(**{"channel": Channel.EMAIL, "arrived_on": clock.today, **arrival})
    return RequestData(applicant=first, arrival=came, subject="规划图", further=tuple(further))


@pytest.fixture
def waiting(app, words, clock) -> int:
    """An e-mail of 张三 and 李四 that waits for its confirmation."""
    came = contact.ContactData(form="other", arrived_on=clock.today, person="张三", summary="来信")
    asked = request(clock, "张三", "李四")
    return registration.register(came, triage="request", request=asked, **words).id


def asking() -> list[str]:
    return sorted(row.name for row in db.session.scalars(select(Applicant)))


@pytest.mark.parametrize(
    "arrival",
    [{}, {"confirmed": True}, {"channel": Channel.IN_PERSON}],
    ids=["still to be confirmed", "confirmed", "by another channel"],
)
@pytest.mark.parametrize("names", [("张三丰",), ("张三", "王五"), ("张三",), ("李四", "张三")])
def test_who_is_typed_anew_takes_the_place_of_who_was_typed_before(waiting, words, clock, arrival, names):
    told = {"confirmed_on": clock.today} if arrival.get("confirmed") else arrival

    made = registration.convert(waiting, request(clock, *names, **told), **words)

    assert asking() == sorted(names)
    assert (made is None) is (arrival == {})
    db.session.expire_all()
    row = contact.find(waiting, words["actor"])
    held = row.pending.applicant if made is None else row.case.applicant
    assert [who.name for who in held.people] == list(names)
    assert list(inspection.inspect(today=clock.today)) == []


def test_a_confirmed_request_keeps_its_people(waiting, words, clock):
    fact = Fact(kind="confirmed", on=clock.today, way="phone", person="林静")

    case = registration.confirm(waiting, fact, **words)

    assert [who.name for who in case.applicant.people] == ["张三", "李四"]
    assert asking() == ["张三", "李四"]


def test_a_refused_conversion_takes_nobody_away(waiting, words, clock):
    nameless = request(clock, "张三", "王五")
    nameless = replace(nameless, further=(ApplicantData(kind=ApplicantKind.NATURAL_PERSON, name=""),))

    with pytest.raises(InvalidDetailError):
        registration.convert(waiting, nameless, **words)

    assert asking() == ["张三", "李四"]
