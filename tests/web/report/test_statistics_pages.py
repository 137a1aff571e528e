"""Statistics: the figures of the cases, as pictures, tables and files, for those who may read."""

import re
from xml.etree import ElementTree

import pytest
from sqlalchemy import update

from tests.histories import line, text
from tracker.domain.permission import Role
from tracker.models.base import transaction
from tracker.models.outbox import SENT, Message
from tracker.rendering import annual, statistics
from tracker.services.exchange import importing
from tracker.services.job import reminder
from tracker.services.office.agency import name_of


def answered(number: str, received: str, served: str, outcome: str = "disclosed", kind: str = "business"):
    events = [{"step": "receive", "on": received}, {"step": "answer", "on": served, "outcome": outcome}]
    return line(kind, number, events)


@pytest.fixture
def some(app, clock):
    clock.set("2026-03-16")
    lines = [
        answered("A-1", "2025-11-20", "2026-01-08", "refused_state_secret"),
        answered("A-2", "2026-01-05", "2026-01-09"),
        answered("A-3", "2026-01-06", "2026-02-02"),
        answered("A-4", "2024-03-04", "2024-03-11", "unable_not_held"),
        line("natural_person", "A-5", [{"step": "receive", "on": "2026-02-02"}]),
    ]
    importing.import_histories(text(lines).splitlines(), today=clock.today, now=clock())


@pytest.fixture
def charts(some, agency_id, clock):
    made = statistics.charts(agency_id, 2026, on=clock.today)
    return {
        chart.key: {name: list(values) for name, values in chart.series}
        | {"note": chart.note, "labels": list(chart.labels)}
        for chart in made
    }


def test_received_and_answered_stand_in_their_months(charts):
    assert charts["months"]["新收"][:3] == [2, 1, 0]
    assert charts["months"]["已办结"][:3] == [2, 1, 0]


def test_days_to_answer_are_working_days_and_a_distribution(charts):
    # 2025-11-20 → 2026-01-08: 33; 2026-01-05 → 01-09: 4; 2026-01-06 → 02-02: 19.
    assert charts["days"]["件数"] == [1, 0, 0, 1, 0, 1, 0]
    assert "中位数19个工作日" in charts["days"]["note"]


def test_the_share_in_time_names_both_numbers(charts):
    assert charts["in_time"]["labels"] == ["2024年", "2025年", "2026年"]  # those before have no cases
    assert charts["in_time"]["按期答复率"] == [100.0, None, 66.7]
    assert "2026年2／3件" in charts["in_time"]["note"]


def test_refusals_and_channels_are_counted_by_their_words(charts):
    assert charts["refusals"]["件数"][0] == 1
    assert sum(charts["channels"]["件数"]) == 3


def test_the_pictures_count_the_same_cases_as_the_annual_report(charts, agency_id, clock):
    name = name_of(agency_id)
    report = annual.compile_report(agency_id, name, 2026, compiled_on=clock.today)
    outcomes = [values for name, values in charts["outcomes"].items() if name not in ("note", "labels")]

    assert sum(values[-1] for values in outcomes) == report.table3["3.7"]["total"] == 3


def test_the_page_shows_every_picture_with_its_table(some, sign_in):
    page = sign_in(Role.AUDITOR).get("/statistics?year=2026").text

    assert page.count("<svg") >= 6
    assert page.count("数据表") >= 6


def test_an_office_without_a_case_says_that_there_is_nothing_to_draw(app, sign_in):
    assert "没有可画的数据" in sign_in(Role.HEAD).get("/statistics").text


@pytest.mark.parametrize(("form", "begins"), [("svg", b"<svg"), ("png", b"\x89PNG"), ("xlsx", b"PK")])
def test_a_picture_can_be_taken_along(some, sign_in, form, begins):
    answer = sign_in(Role.HEAD).get(f"/statistics/2026/months.{form}")

    assert answer.data.startswith(begins)
    assert f"2026-months.{form}" in answer.headers["Content-Disposition"]


def test_every_number_of_the_page_opens_as_many_cases_as_it_says(some, sign_in):
    head = sign_in(Role.HEAD)
    numbers = re.findall(r'<a href="(/statistics/[^"]+)">(\d+)</a>', head.get("/statistics?year=2026").text)

    pages = {at: head.get(at.replace("&amp;", "&")).text for at, _number in numbers}

    assert len(numbers) > 30
    assert {at: number for at, number in numbers if f"案件：{number}件" not in pages[at]} == {}


def test_a_number_says_what_it_counts_by_which_day_and_where_that_is_laid_down(some, sign_in):
    page = sign_in(Role.HEAD).get("/statistics?year=2026").text

    assert page.count("按收到申请之日（条例第31条") >= 5
    assert page.count("按办结之日（送达日期") >= 5


def test_who_asked_twice_is_masked_and_opens_the_requests_and_reminders_tell_what_came_of_them(
    on_sqlite, sign_in, clock
):
    clock.set("2026-03-16")
    who = {"applicant": {"kind": "natural_person", "name": "张三丰"}}
    events = [{"step": "receive", "on": "2026-02-02"}]
    lines = [{**line("natural_person", f"A-{n}", events), **who} for n in (1, 2)]
    importing.import_histories(text(lines).splitlines(), today=clock.today, now=clock())
    reminder.remind(on=clock.today, now=clock())
    with transaction() as session:
        session.execute(update(Message).values(status=SENT))
    head = sign_in(Role.HEAD)

    page = head.get("/statistics/2026/more").text
    (at,) = re.findall(r'<a href="(/statistics/2026/applicants/\d+)">2</a>', page)

    assert "张＊＊" in page
    assert "张三丰" not in page
    assert "案件：2件" in head.get(at).text
    reminded = re.findall(r'<a href="(/statistics/2026/reminders/(\w+))">(\d+)</a>', page)
    assert all(f"案件：{number}件" in head.get(at).text for at, _kept, number in reminded)


def test_the_inline_picture_obeys_the_pages_own_rules(some, sign_in):
    page = sign_in(Role.HEAD).get("/statistics?year=2026").text
    for picture in page.split("<svg")[1:]:
        drawn = "<svg" + picture.split("</svg>")[0] + "</svg>"
        assert "style=" not in drawn
        ElementTree.fromstring(drawn)


@pytest.mark.parametrize(
    "address",
    [
        "/statistics/2026/nothing.svg",
        "/statistics/2026/months.exe",
        "/statistics?year=1900",
        "/statistics/2026/cases/nothing",
        "/statistics/2026/cases/days?keys=99999999999999999999",
        "/statistics/2026/cases/open?unit=99999999999999999999",
    ],
)
def test_what_does_not_exist_is_said_so(some, sign_in, address):
    assert sign_in(Role.HEAD).get(address).status_code == 404
