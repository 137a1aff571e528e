"""Every stated day has a first and a last day, in one place, and the message names the field (rulebook L3)."""

import json
from datetime import date

import pytest

from tracker.domain.calendar.calendar import shipped
from tracker.domain.case import bound
from tracker.domain.case.event import Entry
from tracker.domain.case.rules import defaults
from tracker.domain.errors import DomainError, InvalidDetailError
from tracker.domain.register import consistency
from tracker.services.exchange import exchange
from tracker.services.exchange.exchange import BadLine, read

TODAY = date(2026, 3, 31)


def refused(step, on, today=TODAY, **details):
    try:
        bound.check(Entry(step, date.fromisoformat(on), details), today)
    except DomainError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("step", "on", "details", "words"),
    [
        ("ask_supplement", "2026-03-09", {"deadline_on": "2206-04-07"}, "补正期限（2206-04-07）晚于2028-03-09"),
        ("ask_supplement", "2026-03-09", {"deadline_on": "2026-03-08"}, "补正期限（2026-03-08）早于2026-03-09"),
        ("ask_reasons", "2026-03-09", {"deadline_on": "0226-03-20"}, "说明理由的期限（0226-03-20）早于"),
        ("delay", "2026-03-09", {"until_on": "2062-05-29"}, "延迟答复至（2062-05-29）晚于"),
        ("receive", "2026-03-02", {"arrived_on": "0026-03-02"}, "来件日期（0026-03-02）早于"),
        ("receive", "2026-03-02", {"signed_on": "2026-04-01"}, "签收日期（2026-04-01）晚于2026-03-31"),
        ("receive", "2026-03-02", {"confirmed_on": "2062-03-02"}, "确认日期（2062-03-02）晚于"),
        ("consult", "2026-03-09", {"received_on": "2026-05-01"}, "对方收到征求意见书日期（2026-05-01）晚于2026-04-30"),
        ("charge", "2026-03-09", {"received_on": "2016-03-11"}, "申请人收到收费通知日期（2016-03-11）早于"),
        ("ask_supplement", "2026-03-09", {"received_on": "2027-03-11"}, "申请人收到补正告知书日期"),
        ("ask_supplement", "2026-03-09", {"received_on": "2026-03-08"}, "申请人收到补正告知书日期（2026-03-08）早于2026-03-09"),
        ("charge", "2026-03-09", {"received_on": "2026-03-08"}, "申请人收到收费通知日期（2026-03-08）早于2026-03-09"),
        ("consult", "2026-03-09", {"received_on": "2026-03-08"}, "对方收到征求意见书日期（2026-03-08）早于2026-03-09"),
        ("disclosed", "2026-03-20", {"decided_on": "1926-03-19"}, "落款日期（1926-03-19）早于"),
        ("disclosed", "2026-03-20", {"basis": {"reviewed_on": "1026-03-19"}}, "审查日期（1026-03-19）早于1949-10-01"),
        ("accept", "2026-04-01", {}, "晚于今天"),
        ("receive", "2008-04-30", {}, "早于《政府信息公开条例》施行之日（2008-05-01）"),
        ("receive", "0026-03-02", {}, "2008-05-01"),
    ],
)  # fmt: skip
def test_a_day_out_of_its_bounds_is_refused_by_the_name_of_its_field(step, on, details, words):
    assert words in refused(step, on, **details)


@pytest.mark.parametrize(
    ("step", "on", "details"),
    [
        ("ask_supplement", "2026-03-09", {"deadline_on": "2026-03-09"}),
        ("ask_supplement", "2026-03-09", {"deadline_on": "2028-03-09"}),
        ("delay", "2026-03-09", {"until_on": "2026-05-29"}),
        ("receive", "2026-03-02", {"arrived_on": "2026-02-27", "signed_on": "2026-03-31"}),
        ("consult", "2026-03-09", {"received_on": "2026-04-30"}),
        ("consult", "2026-03-09", {"received_on": "2026-03-09"}),
        ("receive", "2008-05-01", {"arrived_on": "2008-04-30"}),
        ("disclosed", "2026-03-31", {"decided_on": "2026-03-30", "basis": {"reviewed_on": "2026-03-29"}}),
    ],
)
def test_a_day_on_its_bound_is_taken(step, on, details):
    assert refused(step, on, **details) == ""


def test_a_file_with_a_slip_of_the_year_is_refused_with_its_place_and_field():
    events = [
        {"step": "receive", "on": "2026-03-02"},
        {"step": "ask_supplement", "on": "2026-03-09", "deadline_on": "2206-04-07"},
    ]
    line = {"applicant": {"kind": "business"}, "channel": "in_person", "events": events}

    (found,) = read([json.dumps(line)])

    assert isinstance(found, BadLine)
    assert found.reason.startswith("第2个事件（ask_supplement）：补正期限（2206-04-07）晚于")


@pytest.mark.parametrize("day", ["9998-01-01", "9999-12-31"])
def test_a_day_at_the_end_of_all_calendars_is_refused_by_its_year_like_another(day):
    events = [{"step": "receive", "on": day, "arrived_on": day}]
    line = {"applicant": {"kind": "ngo"}, "channel": "online", "events": events}
    (case,) = read([json.dumps(line)])

    with pytest.raises(InvalidDetailError, match=f"没有{day[:4]}年的工作日历"):
        exchange.due_line(case, date.max, shipped(), defaults)


@pytest.mark.parametrize(
    ("day", "taken"),
    [
        ("1949-10-01", True),
        ("1949-09-30", False),
        ("2076-03-31", True),
        ("2206-03-31", False),
        ("0026-01-01", False),
    ],
)
def test_a_register_holds_its_days_within_bounds_too(day, taken):
    values = {"name": "甲", "made_on": date(1949, 10, 1), "status": "in_force", "ended_on": None}
    values["valid_until"] = date.fromisoformat(day)

    found = consistency.problems("normative-documents", values, today=TODAY)

    assert ("valid_until" not in found) is taken


@pytest.mark.parametrize(
    ("day", "words"), [("1949-09-30", "早于1949-10-01"), ("2150-01-01", "晚于2149-12-31")]
)
def test_a_form_takes_no_day_that_no_organ_could_have_written(day, words):
    assert words in bound.TYPED.problem("来件日期", date.fromisoformat(day))
    assert bound.TYPED.problem("来件日期", TODAY) == ""
