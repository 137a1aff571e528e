"""The days of the organ as respondent and defendant (行政复议法第48、54条; 行政诉讼法第67、85条)."""

import random
from datetime import date, timedelta

import pytest

from tests import independent_respondent
from tracker.domain.calendar.calendar import shipped
from tracker.domain.case.duty import DUTY_LABELS
from tracker.domain.case.sentence import say
from tracker.domain.register.respondent import (
    STEPS,
    Proceeding,
    RecordedStep,
    duties,
    objections,
    terms,
    unfit,
)

CALENDAR = shipped()


def proceeding(kind, *steps, begun=("first",), closed=()):
    return Proceeding(kind, [RecordedStep(**step) for step in steps], frozenset(begun), frozenset(closed))


def step(name, on, instance="first", **more):
    return {"step": name, "instance": instance, "on": date.fromisoformat(on), **more}


def days(found):
    return [(one.name, one.on.isoformat()) for one in found]


@pytest.mark.parametrize(
    ("kind", "taken", "day"),
    [
        # 复议法第48、88条: ten working days, over 国庆
        ("reconsideration", step("copy_received", "2026-09-18", procedure="ordinary"), "2026-10-09"),
        # 复议法第54、88条: five working days; Sunday 09-20 is worked
        ("reconsideration", step("copy_received", "2026-09-18", procedure="simplified"), "2026-09-24"),
        # 2017年修正的复议法第23条: ten natural days, 10-08 … 10-18, a Monday is the next working day
        ("reconsideration", step("copy_received", "2021-10-07", procedure="ordinary"), "2021-10-18"),
        # the first day of the law of 2023: ten working days, no more ten natural ones (01-11)
        ("reconsideration", step("copy_received", "2024-01-01", procedure="ordinary"), "2024-01-15"),
        ("direct_litigation", step("copy_received", "2026-03-02"), "2026-03-17"),  # 行诉法第67条
        ("direct_litigation", step("copy_received", "2026-09-16"), "2026-10-08"),  # 10-01 is a day of rest
        ("direct_litigation", step("copy_received", "2026-04-24"), "2026-05-09"),  # a Saturday that is worked
        ("direct_litigation", step("copy_received", "2015-04-30"), "2015-05-11"),  # 1989年第43条: ten days
        ("direct_litigation", step("copy_received", "2015-05-01"), "2015-05-18"),  # 第67条 from this day on
        ("direct_litigation", step("copy_received", "2026-03-02", "second"), "2026-03-17"),  # 解释第108条
        ("direct_litigation", step("copy_received", "2026-03-02", "third"), "2026-03-17"),  # 解释第111条
    ],
)
def test_the_reply_is_due_on_the_day_that_the_statute_of_the_day_of_receipt_sets(kind, taken, day):
    assert days(terms(proceeding(kind, taken), CALENDAR)) == [("remedy_reply", day)]


@pytest.mark.parametrize(
    ("paper", "day"), [("judgment", "2026-10-08"), ("ruling", "2026-09-28"), ("closing", None)]
)
def test_an_appeal_is_open_fifteen_days_after_a_judgment_and_ten_after_a_ruling(paper, day):
    """行政诉讼法第85条."""
    found = terms(
        proceeding("direct_litigation", step("decision_received", "2026-09-18", paper=paper)), CALENDAR
    )

    assert days(found) == ([("remedy_appeal", day)] if day else [])


# The years whose days off and made-up days the independent calculation knows, under both 行政复议法.
YEARS = ((date(2018, 1, 2), 1060), (date(2025, 1, 2), 710))


def test_every_day_is_the_one_of_the_independent_calculation():
    chance = random.Random(16)
    other = []
    for n in range(4000):
        first, span = chance.choice(YEARS)
        on = first + timedelta(days=chance.randrange(span))
        kind = chance.choice(("reconsideration", "direct_litigation", "litigation_after_reconsideration"))
        of_court = kind != "reconsideration"
        instance = chance.choice(("first", "second", "third")) if of_court else "first"
        procedure = (
            ""
            if of_court
            else chance.choice(("ordinary", "simplified") if on.year >= 2024 else ("ordinary",))
        )
        paper = chance.choice(("judgment", "ruling", "closing"))
        steps = [
            {"step": "copy_received", "instance": instance, "on": on, "procedure": procedure},
            {
                "step": "decision_received",
                "instance": "first",
                "on": on,
                "paper": paper if of_court else "decision",
            },
        ]
        found = {one.name: one.on for one in terms(proceeding(kind, *steps), CALENDAR)}
        wanted = {
            "remedy_reply": independent_respondent.reply(kind, instance, procedure, on),
            "remedy_appeal": independent_respondent.appeal(paper, on) if of_court else None,
        }
        if found != {name: day for name, day in wanted.items() if day}:
            other.append((n, kind, instance, procedure, on, found, wanted))

    assert other == []


def test_a_day_in_a_year_without_its_notice_is_provisional():
    found = terms(proceeding("direct_litigation", step("copy_received", "2026-12-25")), CALENDAR)

    assert [(one.on.isoformat(), one.provisional) for one in found] == [("2027-01-11", True)]


def test_a_receipt_that_nobody_recorded_sets_no_day_and_is_said():
    waiting = proceeding("reconsideration", step("hearing", "2026-03-20"))

    assert (days(duties(waiting, CALENDAR)), waiting.unknown_receipts()) == (
        [("remedy_hearing", "2026-03-20")],
        ["first"],
    )


@pytest.mark.parametrize(
    ("steps", "closed", "still"),
    [
        ((), (), ["remedy_reply"]),
        ((step("replied", "2026-03-10"),), (), []),
        ((step("replied", "2026-03-10", "second"),), (), ["remedy_reply"]),
        ((), ("first",), []),
        ((step("hearing", "2026-04-01"),), (), ["remedy_reply", "remedy_hearing"]),
    ],
)
def test_a_reply_waits_until_it_is_sent_or_the_instance_is_over(steps, closed, still):
    case = proceeding("direct_litigation", step("copy_received", "2026-03-02"), *steps, closed=closed)

    assert [duty.name for duty in duties(case, CALENDAR)] == still


def test_a_reply_that_was_sent_after_its_day_is_late():
    late = proceeding("direct_litigation", step("copy_received", "2026-03-02"), step("replied", "2026-03-18"))
    in_time = proceeding(
        "direct_litigation", step("copy_received", "2026-03-02"), step("replied", "2026-03-17")
    )

    assert [[one.is_late for one in terms(case, CALENDAR)] for case in (late, in_time)] == [[True], [False]]


def test_a_day_that_the_court_gives_takes_the_place_of_the_statute_s():
    """行政诉讼法第36条."""
    case = proceeding(
        "direct_litigation",
        step("copy_received", "2026-03-02"),
        step("postponed", "2026-03-10", until_on=date(2026, 4, 1)),
    )
    (found,) = terms(case, CALENDAR)

    assert (found.on, found.provisional, found.law) == (date(2026, 4, 1), False, "行政诉讼法第36条第1款")


@pytest.mark.parametrize("end", ["appealed", "no_appeal"])
def test_the_term_to_appeal_ends_with_the_appeal_or_with_the_resolve_to_leave_it(end):
    judged = step("decision_received", "2026-03-02", paper="judgment")

    assert duties(proceeding("direct_litigation", judged, step(end, "2026-03-05")), CALENDAR) == []
    assert duties(proceeding("direct_litigation", judged, begun=("first", "second")), CALENDAR) == []


@pytest.mark.parametrize("kind", ["reconsideration", "direct_litigation"])
def test_what_a_decision_orders_is_waited_for_until_it_is_done(kind):
    """行政复议法第77条, 行政诉讼法第94条."""
    ordered = step("decision_received", "2026-03-02", "first", paper="closing", until_on=date(2026, 4, 1))

    assert days(duties(proceeding(kind, ordered), CALENDAR)) == [("remedy_execution", "2026-04-01")]
    assert duties(proceeding(kind, ordered, step("performed", "2026-03-30")), CALENDAR) == []


def test_an_explanation_names_the_receipt_the_article_and_the_day_of_rest():
    (found,) = terms(proceeding("direct_litigation", step("copy_received", "2026-09-16")), CALENDAR)
    text = "".join(say(one) for one in found.sentences)

    for words in (
        "2026年9月16日（周三）收到起诉状副本", "15日（自然日；行政诉讼法第67条第1款", "10月1日（周四）是休息日",
        "行政诉讼法解释第48条第3款", "期限届满日为2026年10月8日", "视为没有证据（行政诉讼法第34条第2款）",
    ):  # fmt: skip
        assert words in text


def test_every_day_has_its_name():
    case = proceeding(
        "direct_litigation",
        step("copy_received", "2026-03-02"),
        step("hearing", "2026-04-01", place="第三法庭"),
        step("decision_received", "2026-05-06", paper="judgment", until_on=date(2026, 6, 1)),
    )
    found = terms(case, CALENDAR)

    assert len(found) == 4
    assert {one.name for one in found} <= DUTY_LABELS.keys()
    assert all(say(one, "en") for term in found for one in term.sentences)


BLANK = {"instance": "first", "procedure": "", "paper": "", "until_on": None}


@pytest.mark.parametrize(
    ("kind", "typed", "where"),
    [
        ("reconsideration", {"step": "copy_received"}, "procedure"),  # ordinary or simplified: 10 or 5 days
        ("reconsideration", {"step": "appealed"}, "step"),
        ("reconsideration", {"step": "replied", "instance": "second"}, "instance"),
        ("reconsideration", {"step": "decision_received", "paper": "judgment"}, "paper"),
        ("reconsideration", {"step": "replied", "procedure": "ordinary"}, "procedure"),
        ("direct_litigation", {"step": "copy_received", "procedure": "ordinary"}, "procedure"),
        ("direct_litigation", {"step": "decision_received"}, "paper"),  # 15 or 10 days
        ("direct_litigation", {"step": "replied", "paper": "judgment"}, "paper"),
        (
            "reconsideration",
            {"step": "copy_received", "procedure": "simplified", "happened_on": date(2023, 12, 29)},
            "procedure",
        ),
    ],
)
def test_a_step_says_what_its_day_hangs_on(kind, typed, where):
    assert list(unfit({**BLANK, "happened_on": date(2026, 3, 2), **typed}, kind)) == [where]


@pytest.mark.parametrize(
    ("typed", "where"),
    [
        ({"step": "replied", "happened_on": date(2026, 3, 3)}, ["happened_on"]),
        ({"step": "hearing", "happened_on": date(2026, 3, 3)}, []),
        ({"step": "postponed"}, ["until_on"]),
        ({"step": "replied", "until_on": date(2026, 3, 4)}, ["until_on"]),
        ({"step": "decision_received", "until_on": date(2026, 3, 1)}, ["until_on"]),
    ],
)
def test_a_step_that_has_happened_lies_not_ahead_and_only_a_given_day_is_stated(typed, where):
    values = {**BLANK, "happened_on": date(2026, 3, 2), **typed}

    assert list(objections(values, date(2026, 3, 2))) == where


def test_every_step_can_be_recorded_of_some_kind_of_case():
    more = {"copy_received": {"procedure": "ordinary"}, "decision_received": {"paper": "decision"}}
    values = {**BLANK, "happened_on": date(2026, 3, 2)}
    refused = [
        name
        for name in STEPS
        if unfit({**values, "step": name, **more.get(name, {})}, "reconsideration")
        and unfit(
            {**values, "step": name, "paper": "judgment" if name == "decision_received" else ""},
            "direct_litigation",
        )
    ]

    assert refused == []


def received_paper(on, paper, **more):
    return step("decision_received", on, paper=paper, **more)


def open_appeals(*steps, **more):
    found = duties(proceeding("direct_litigation", *steps, **more), CALENDAR)
    return [one.on.isoformat() for one in found if one.name == "remedy_appeal"]


def test_a_paper_that_comes_after_a_judgment_takes_no_day_of_it_away():
    """行政诉讼法第85、94条: a ruling that mends a slip of the judgment is no judgment."""
    judged = received_paper("2026-03-02", "judgment", until_on=date(2026, 5, 1))
    found = terms(proceeding("direct_litigation", judged, received_paper("2026-03-05", "closing")), CALENDAR)

    assert days(found) == [("remedy_appeal", "2026-03-17"), ("remedy_execution", "2026-05-01")]


def test_the_judgment_after_a_remand_has_its_own_day_to_appeal_and_the_one_before_waits_no_more():
    """行政诉讼法第85、89条."""
    first, appealed = received_paper("2025-03-03", "judgment"), step("appealed", "2025-03-10")
    anew = received_paper("2026-03-02", "judgment")

    assert open_appeals(first, begun=("first", "second")) == []
    assert open_appeals(first, appealed, anew, begun=("first", "second")) == ["2026-03-17"]
    assert open_appeals(first, appealed, anew, step("no_appeal", "2026-03-09")) == []
