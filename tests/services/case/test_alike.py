"""Earlier requests are found while the clerk types (第35、36(六)、44条), on both databases."""

import json
from datetime import date

import pytest

from tests import registering
from tests.histories import line, receive
from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.case.channel import Channel
from tracker.domain.case.request import ApplicantData, Arrival, RequestData
from tracker.domain.permission import Role
from tracker.models.agency import Agency
from tracker.models.base import db, transaction
from tracker.services.case import alike
from tracker.services.exchange import importing

pytestmark = pytest.mark.both  # search

SUBJECT = "申请公开翠湖路危房改造工程第18号楼的评估报告"
EDITED = "请贵局公开翠湖路危房改造工程第18号楼评估报告，望邮寄"


@pytest.fixture
def registrar(actor):
    return actor(Role.REGISTRAR)


@pytest.fixture
def asked(registrar, clock):
    clock.set("2026-12-20")

    def make(subject: str, name: str = "王一", on: str = "2026-03-02", id_number: str = ""):
        arrival = Arrival(channel=Channel.IN_PERSON, arrived_on=date.fromisoformat(on))
        kind = ApplicantKind.NATURAL_PERSON
        who = ApplicantData(kind=kind, name=name, id_number=id_number)
        request = RequestData(applicant=who, arrival=arrival, subject=subject)
        return registering.register(request, actor=registrar, today=clock.today, now=clock())

    return make


@pytest.fixture
def look(registrar):
    def typed(subject: str, name: str = "王一", on: str = "2026-03-20", **more: str) -> alike.AlikeRequests:
        return alike.look(registrar, subject=subject, name=name, on=date.fromisoformat(on), **more)

    return typed


def test_the_same_persons_edited_request_is_found_first(asked, look):
    asked("申请公开全区养老服务设施建设情况")
    first = asked(SUBJECT)

    found = look(EDITED).alike[0]

    assert (found.case.id, found.same_person, found.percent >= 60) == (first.id, True, True)


def test_other_applicants_who_ask_alike_are_counted_once_each(asked, look):
    asked(SUBJECT, "赵二")
    asked(SUBJECT, "赵二")
    asked(EDITED, "钱三")

    found = look(SUBJECT)

    assert (found.others, found.is_shared, found.in_year) == (2, True, 0)


@pytest.mark.parametrize(
    ("on", "in_month", "in_year"), [("2026-03-31", 2, 3), ("2026-04-01", 0, 3), ("2027-01-04", 0, 0)]
)
def test_a_persons_requests_are_counted_in_the_month_and_the_year(asked, look, on, in_month, in_year):
    for day in ("2026-02-27", "2026-03-02", "2026-03-16"):
        asked(f"{day}的会议纪要", on=day)

    found = look("", on=on)

    assert (found.in_month, found.in_year) == (in_month, in_year)


def test_a_person_is_known_by_the_id_number_under_another_spelling(asked, look):
    asked(SUBJECT, "王 一", id_number="11010519491231002X")

    assert look("别的事情", "王一", id_number="11010519491231002x").in_month == 1


def test_many_requests_point_to_article_35(asked, look):
    for number in range(10):
        asked(f"第{number}项工程的招标文件")

    assert look("另一件事").is_excessive


def test_a_handler_of_another_unit_sees_nothing_of_it(asked, actor, planning):
    first = asked(SUBJECT)
    first.unit_id = planning.id
    stranger = actor(Role.HANDLER, unit_id=planning.id + 1)

    assert alike.look(stranger, subject=SUBJECT, name="", on=date(2026, 3, 20)).alike == []


@pytest.mark.parametrize(
    "words", ['"引号" OR 翠湖路* 危房', "100%_\\'; DROP TABLE cases; --改造工程评估", "𠮷" * 12]
)
def test_signs_that_a_search_could_take_for_its_own_are_only_words(asked, look, words):
    first = asked(words + "工程第18号楼的评估报告")

    assert look(words + "工程第18号楼的评估报告").alike[0].case.id == first.id


def test_a_case_is_not_alike_to_itself(asked, registrar):
    case = asked(SUBJECT)

    assert alike.of_case(case, registrar).alike == []


def test_another_agencys_requests_do_not_hide_those_of_ones_own(asked, look, clock):
    own = asked(SUBJECT)
    with transaction():
        db.session.add(Agency(code="other", name="另一局"))
    lines = [
        {
            **line("natural_person", f"B-{n}", [receive(date(2026, 3, 2))]),
            "agency": "other",
            "subject": SUBJECT,
        }
        for n in range(60)
    ]
    importing.import_histories([json.dumps(each) for each in lines], today=clock.today, now=clock())

    assert [found.case.id for found in look(SUBJECT).alike] == [own.id]
