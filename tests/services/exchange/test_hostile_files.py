"""What no file of histories may do: end an import with a fault, or be taken without a word."""

import json
from datetime import date

import pytest
from sqlalchemy import select

from tests.histories import line
from tracker.domain.case.event import Entry
from tracker.domain.case.history import own_acts
from tracker.models.base import db
from tracker.models.case import Case
from tracker.services.exchange import comparing, exchange, importing, schema
from tracker.services.operations import inspection

RECEIVED = {"step": "receive", "on": "2026-03-02"}
GOOD = line("business", "G-1", [RECEIVED])


def with_events(*events) -> dict:
    return line("other", "H-1", [RECEIVED, *events])


def answer(**more) -> dict:
    return {"step": "answer", "on": "2026-03-10", "outcome": "disclosed", **more}


def raw(value: dict, old: str = "", new: str = "") -> bytes:
    return json.dumps(value, ensure_ascii=False).replace(old, new).encode("utf-8", "surrogatepass")


def person(**fields) -> dict:
    return {**GOOD, "number": "H-1", "applicant": {"kind": "business", **fields}}


AMOUNT = with_events({"step": "charge", "on": "2026-03-03", "amount": 1.5})
DAYS = with_events({"step": "extend", "on": "2026-03-03", "days": 5})
DEEP = with_events(answer(basis={"end": [[[[[[[1]]]]]]]}))
HOSTILE = {
    "implied from outside": (raw(with_events(answer(implied=True))), "implied"),
    "implied in a correction": (
        raw(
            with_events(
                {
                    "step": "correct",
                    "on": "2026-03-10",
                    "replaces": 1,
                    "reason": "误",
                    "with": {**RECEIVED, "implied": True},
                }
            )
        ),
        "implied",
    ),
    "a kind inside the receipt": (
        raw(line("other", "H-1", [{**RECEIVED, "applicant_kind": "ngo"}])),
        "applicant_kind",
    ),
    "a step of the program": (
        raw(with_events({"step": "recompute", "on": "2026-03-03", "duty": "reply"})),
        "recompute",
    ),
    "an unknown key": (raw({**GOOD, "colour": "red"}), "colour"),
    "an unknown key of the person": (raw(person(nick="小")), "nick"),
    "a number of 65": (raw({**GOOD, "number": "N" * 65}), "最长64"),
    "a name of 201": (raw(person(name="张" * 201)), "最长200"),
    "a unit of 101": (raw({**GOOD, "unit": "股" * 101}), "最长100"),
    "a subject of 20001": (raw({**GOOD, "subject": "题" * 20001}), "最长20000"),
    "an agency of 41": (raw({**GOOD, "agency": "a" * 41}), "最长40"),
    "a handler of 61": (
        raw(with_events({"step": "assign", "on": "2026-03-03", "handler": "名" * 61})),
        "最长60",
    ),
    "a key of 5000": (raw({**GOOD, "k" * 5000: 1}), "最长60"),
    "NUL in the subject": (raw({**GOOD, "subject": "a\x00b"}), "U+0000"),
    "NUL in a reason": (raw(with_events(answer(reason="a\x00b"))), "U+0000"),
    "a lone surrogate": (raw({**GOOD, "subject": "@"}, "@", "\\ud800"), "U+D800"),
    "a lone surrogate as a key": (raw({**GOOD, "@": 1}, "@", "\\udfff"), "U+DFFF"),
    "bytes of a lone surrogate": (raw({**GOOD, "subject": "a\ud800b"}), "UTF-8"),
    "bytes of GB18030": ('{"subject": "公开"}'.encode("gb18030"), "UTF-8"),
    "NaN": (raw(AMOUNT, "1.5", "NaN"), "NaN"),
    "Infinity": (raw(AMOUNT, "1.5", "-Infinity"), "Infinity"),
    "9e999": (raw(AMOUNT, "1.5", "9e999"), "9e999"),
    "10**400": (raw(DAYS, ": 5", f": {10**400}"), "15位"),
    "10**5000": (raw(DAYS, ": 5", f": {'9' * 5000}"), "15位"),
    "true as an amount": (raw(AMOUNT, "1.5", "true"), "amount"),
    "a doubled key": (raw(GOOD, '"channel"', '"number": "H-2", "channel"'), "两次"),
    "a doubled key of an event": (raw(GOOD, '"step"', '"on": "2026-03-01", "step"'), "两次"),
    "a depth of 10": (raw(DEEP), "嵌套"),
    "a depth of 100000": (b'{"a":' * 100000 + b"1" + b"}" * 100000, "嵌套"),
    "a mark in the middle": (b"\xef\xbb\xbf" + raw(GOOD), "JSON"),
    "50 MB": (b'{"subject": "' + b"x" * 50_000_000 + b'"}', "4 MB"),
    "a binary": (bytes(range(256)).replace(b"\n", b""), "UTF-8"),
    "a list": (b"[1]", "JSON 对象"),
    "a text as the person": (raw({**GOOD, "applicant": "张三"}), "applicant"),
    "a number as the subject": (raw({**GOOD, "subject": 5}), "subject"),
    "1001 events": (raw(with_events(*[{"step": "accept", "on": "2026-03-03"}] * 1000)), "1000"),
    "a list as an outcome": (raw(with_events(answer(outcome=[]))), "outcome"),
    "a list as the outcome of an item": (
        raw(with_events(answer(parts=[{"content": "甲", "outcome": []}]))),
        "outcome",
    ),
    "a year of five digits": (raw(line("other", "H-1", [{**RECEIVED, "on": "20260-03-02"}])), "20260"),
    "a day without dashes": (raw(line("other", "H-1", [{**RECEIVED, "on": "20260302"}])), "不是日期"),
    "a day by its week": (raw(with_events(answer(decided_on="2026-W10-1"))), "decided_on"),
    "a day in full width": (raw(line("other", "H-1", [{**RECEIVED, "on": "２０２６-03-02"}])), "不是日期"),
    "a serial read as 1968": (raw(line("other", "H-1", [{**RECEIVED, "on": "1968-10-05"}])), "1968"),
    "the year 1": (raw(line("other", "H-1", [{**RECEIVED, "on": "0001-01-01"}])), "0001"),
    "a letter that arrives in the year 9000": (
        raw(
            with_events(
                {
                    "step": "consult",
                    "on": "2026-03-03",
                    "party": "third_party",
                    "name": "甲",
                    "received_on": "9000-01-01",
                }
            )
        ),
        "9000",
    ),
}


def take(clock, *lines, **more):
    return importing.import_histories(lines, today=clock.today, now=clock(), **more)


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_line_is_refused_in_words_and_the_next_one_is_taken(app, clock, what):
    bad, said = HOSTILE[what]

    result = take(clock, bad, raw(GOOD), keep_going=True)

    assert [(each.line, said in each.reason) for each in result.bad] == [(1, True)]
    assert len(result.bad[0].reason) < 600
    result.bad[0].reason.encode("utf-8")
    json.dumps(result.bad[0].text, ensure_ascii=False).encode("utf-8")
    assert list(db.session.scalars(select(Case.number))) == ["G-1"]
    assert list(inspection.inspect(today=clock.today)) == []


def test_what_just_fits_is_kept_on_both_databases(app, clock):
    fits = {
        **GOOD,
        "number": "N" * 64,
        "unit": "股" * 100,
        "subject": "题" * 20000,
        "applicant": {"kind": "business", "name": "𠮷" * 200},
    }

    assert take(clock, json.dumps(fits)).added == 1

    case = db.session.scalar(select(Case))
    assert (case.number, case.unit.name) == ("N" * 64, "股" * 100)
    assert (case.subject, case.applicant.name) == ("题" * 20000, "𠮷" * 200)
    assert take(clock, json.dumps(fits)).unchanged == 1


# -- whose number it is -----------------------------------------------------------------------------


@pytest.mark.parametrize("apart", ["in one file", "in two files"])
@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"applicant": {"kind": "natural_person", "name": "乙"}}, ("甲", "乙")),
        ({"subject": "公园绿化合同"}, ("道路拓宽方案", "公园绿化合同")),
        ({"applicant": {"kind": "business", "name": "甲"}}, ("自然人", "商业企业")),
    ],
)
def test_a_number_that_belongs_to_another_request_is_refused_naming_both(app, clock, apart, other, said):
    first = {
        **GOOD,
        "number": "N-1",
        "applicant": {"kind": "natural_person", "name": "甲"},
        "subject": "道路拓宽方案",
    }
    lines = [json.dumps(first, ensure_ascii=False), json.dumps({**first, **other}, ensure_ascii=False)]
    if apart == "in two files":
        take(clock, lines.pop(0))

    result = take(clock, *lines, keep_going=True)

    (bad,) = result.bad
    assert "编号N-1" in bad.reason
    assert all(word in bad.reason for word in said), bad.reason
    assert result.unchanged == 0


def test_another_width_or_a_blank_makes_no_other_request(app, clock):
    first = {**GOOD, "applicant": {"kind": "business", "name": "张三（北京）公司"}, "subject": "规划图 2026"}
    second = {
        **first,
        "applicant": {"kind": "business", "name": "张三(北京) 公司"},
        "subject": "规划图２０２６",
    }
    take(clock, json.dumps(first))

    assert take(clock, json.dumps(second)).unchanged == 1


# -- the office's own acts --------------------------------------------------------------------------


def test_a_mark_of_the_year_end_in_a_file_shifts_no_place(app, clock):
    clock.set("2026-03-16")
    first = [
        {"step": "receive", "on": "2025-12-20"},
        {"step": "carry_forward", "on": "2025-12-31", "year": 2025},
    ]
    extend = {"step": "extend", "on": "2026-01-06", "days": 10}
    fix = {
        "step": "correct",
        "on": "2026-01-07",
        "replaces": 3,
        "reason": "笔误",
        "with": {**extend, "days": 20},
    }
    take(clock, json.dumps(line("other", "C-1", [*first, extend])))

    result = take(clock, json.dumps(line("other", "C-1", [*first, extend, fix])))

    case = db.session.scalar(select(Case))
    (correction,) = [e for e in case.entries if e.step == "correct"]
    assert (result.continued, case.entries[correction.details["replaces"] - 1].step) == (1, "extend")
    assert take(clock, json.dumps(line("other", "C-1", [*first, extend, fix]))).unchanged == 1


def test_a_correction_of_a_mark_is_refused(app, clock):
    events = [
        {"step": "receive", "on": "2025-12-20"},
        {"step": "carry_forward", "on": "2025-12-31", "year": 2025},
        {"step": "correct", "on": "2026-01-07", "replaces": 2, "reason": "笔误", "with": None},
    ]

    result = take(clock, json.dumps(line("other", "C-1", events)), keep_going=True)

    assert "之前没有这个事件" in result.bad[0].reason


def test_what_is_compared_and_what_is_continued_are_the_same_acts():
    day = date(2026, 3, 2)
    entries = [
        Entry("receive", day, {}, 1),
        Entry("accept", day, {"implied": True}, 2),
        Entry("recompute", day, {"duty": "reply"}, 3),
        Entry("carry_forward", day, {"year": 2025}, 4),
        Entry("disclosed", day, {}, 5),
    ]

    assert [entry.seq for entry in own_acts(entries)] == [1, 5]
    assert [step for step, _, _ in comparing.comparable(entries)] == ["receive", "disclosed"]


# -- numbers ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", ["YSQ-2026-20260302001", "YSQ-2026-99999999999", "YSQ-20260-0007"])
def test_a_number_of_another_system_does_not_move_our_counter(app, clock, number):
    nameless = {key: value for key, value in GOOD.items() if key != "number"}

    take(clock, json.dumps({**GOOD, "number": number}), json.dumps(nameless))

    assert set(db.session.scalars(select(Case.number))) == {number, "YSQ-2026-0001"}


# Said in another way that JSON knows: the library alone would take each of them.
UNSAID = {
    "a key twice": raw(GOOD, '"subject"', '"number"'),
    "a key of an event twice": raw(GOOD, '"on"', '"on": "2026-03-01", "on"'),
    "a key twice, a quote in a text": raw({**GOOD, "subject": 'a"b'}, '"number"', '"subject": "", "number"'),
    "a text of a correction too long": raw(with_events(answer(basis={"end": "x" * 20_001}))),
    "a name in a correction too long": raw(with_events(answer(basis={"x" * 61: "y"}))),
    "a number too long": raw(AMOUNT, "1.5", "1" * 16),
    "too deep": raw(DEEP),
    "the character of no value": raw({**GOOD, "subject": "a"}, '"a"', '"\\u0000"'),
    "half a character": raw({**GOOD, "subject": "a"}, '"a"', '"\\ud800"'),
    "no UTF-8": raw(GOOD) + b"\xff",
}


@pytest.mark.parametrize("text", UNSAID.values(), ids=UNSAID)
def test_a_line_that_hides_something_is_not_plainly_sound_and_is_refused(text):
    assert schema.plainly(text) is None
    assert [type(one) for one in exchange.read([text])] == [exchange.BadLine]


SOUND = [
    raw(GOOD),
    json.dumps(GOOD),
    raw({**GOOD, "number": None, "subject": "事项\n，第二行"}),
    raw(AMOUNT),
    raw(DAYS),
    raw(
        with_events(
            answer(basis={"end": "given", "form": "一份"}, parts=[{"content": "甲", "outcome": "disclosed"}])
        )
    ),
]


@pytest.mark.parametrize("text", SOUND)
def test_a_sound_line_is_the_same_whether_it_is_looked_at_once_or_with_care(text):
    assert schema.plainly(text) == schema.line(schema.parse(text))
