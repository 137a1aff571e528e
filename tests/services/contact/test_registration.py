"""Registering: the letter logged and its request made a case, in one transaction or not at all."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import func, select

from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.case.channel import Channel
from tracker.domain.case.evidence import Fact
from tracker.domain.case.request import ApplicantData, Arrival, RequestData
from tracker.domain.errors import DomainError, InvalidDetailError, NotPermittedError, StepNotAllowedError
from tracker.domain.permission import Role
from tracker.models.applicant import Applicant
from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.contact import Contact
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


LETTER = {"form": "letter", "summary": "来信", "person": "张三", "phone": "13912345678"}
SERVED = {"channel": Channel.IN_PERSON}


def letter(clock, **change) -> contact.ContactData:
    return contact.ContactData(**{**LETTER, "arrived_on": clock.today, **change})


def confirmed(clock) -> Fact:
    return Fact(kind="confirmed", on=clock.today, way="phone", person="林静")


def kept() -> tuple[int, int, int]:
    """Return how many contacts, cases and applicants there are."""
    return tuple(db.session.scalar(select(func.count()).select_from(t)) for t in (Contact, Case, Applicant))


# -- one transaction of two acts --------------------------------------------------------------------------


def test_a_letter_and_its_request_are_registered_together(app, words, clock):
    row = registration.register(
        letter(clock), triage="request", request=request(clock, "张三", **SERVED), **words
    )

    assert [(act.act, act.note) for act in row.acts] == [
        ("log", ""),
        ("triage", "政府信息公开申请"),
        ("convert", row.case.number),
    ]
    assert (row.case.received_on, row.closed_on) == (clock.today, clock.today)
    assert (
        row.case.applicant.phone == "13912345678"
    )  # of whom the letter came from: the form does not ask twice
    assert list(inspection.inspect(today=clock.today)) == []


@pytest.mark.parametrize(
    ("change", "arrival", "said"),
    [
        ({"form": "call"}, SERVED, "仅凭来电不构成申请"),  # 第29条: in writing
        ({}, {**SERVED, "arrived_on": date(2026, 3, 1)}, "须保留来件日期"),
        ({}, {"channel": Channel.REGISTERED_MAIL}, "签收日期"),  # 第31条第（二）项
        ({}, {"channel": Channel.REGISTERED_MAIL, "signed_on": date(2026, 3, 17)}, "晚于今天"),
        ({"summary": " "}, SERVED, "摘要"),
        ({"arrived_on": date(2026, 3, 17)}, SERVED, "晚于今天"),
    ],
)
def test_where_the_request_is_refused_no_letter_is_kept(app, words, clock, change, arrival, said):
    with pytest.raises(DomainError, match=said):
        registration.register(
            letter(clock, **change), triage="request", request=request(clock, "张三", **arrival), **words
        )

    assert kept() == (0, 0, 0)


def test_who_may_not_register_registers_nothing(app, words, clock, actor):
    with pytest.raises(NotPermittedError):
        registration.register(letter(clock), **{**words, "actor": actor(Role.AUDITOR)})

    assert kept() == (0, 0, 0)


def test_one_letter_may_hold_several_requests_but_none_twice(app, words, clock):
    row = registration.register(
        letter(clock), triage="request", request=request(clock, "张三", **SERVED), **words
    )
    budget = replace(request(clock, "张三", **SERVED), subject="预算")

    second = registration.another(row.id, budget, **words)

    for again in (budget, request(clock, "张三", **SERVED)):
        with pytest.raises(StepNotAllowedError, match="内容相同"):
            registration.another(row.id, again, **words)
    assert contact.cases_of(row) == [row.case, second]
    assert row.result == f"转为依申请公开，受理编号{row.case.number}、{second.number}"


def test_another_request_is_of_a_letter_that_became_one(app, words, clock):
    row = registration.register(letter(clock), triage="consultation", **words)

    with pytest.raises(StepNotAllowedError, match="先将这一来件转为申请"):
        registration.another(row.id, request(clock, "张三", **SERVED), **words)


def test_what_does_not_wait_cannot_be_confirmed(app, words, clock):
    row = registration.register(letter(clock), **words)

    with pytest.raises(StepNotAllowedError, match="没有等待确认"):
        registration.confirm(row.id, confirmed(clock), **words)


def test_a_page_of_somebody_else_is_no_page_of_mine(app, words, clock):
    first = registration.register(letter(clock), token="page-1", **words)
    mine = registration.register(letter(clock), token="page-1", **words)
    other = replace(words["actor"], user_id=99)
    theirs = registration.register(letter(clock), token="page-1", **{**words, "actor": other})

    assert mine.id == first.id != theirs.id


# -- requests that wait: a letter that is converted anew leaves nobody behind (第31条) -----------------------


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
    case = registration.confirm(waiting, confirmed(clock), **words)

    assert [who.name for who in case.applicant.people] == ["张三", "李四"]
    assert asking() == ["张三", "李四"]


def test_a_refused_conversion_takes_nobody_away(waiting, words, clock):
    nameless = request(clock, "张三", "王五")
    nameless = replace(nameless, further=(ApplicantData(kind=ApplicantKind.NATURAL_PERSON, name=""),))

    with pytest.raises(InvalidDetailError):
        registration.convert(waiting, nameless, **words)

    assert asking() == ["张三", "李四"]
