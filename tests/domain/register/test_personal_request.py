"""Requests about one's own data: what a row must say, and what is never recorded as deleted."""

from datetime import date

import pytest

from tracker.domain.register.consistency import problems
from tracker.domain.register.personal_request import NAME, PERSONAL_REQUESTS

TODAY = date(2026, 3, 16)
ROW = {one.name: "" for one in PERSONAL_REQUESTS.fields} | {
    "received_on": date(2026, 3, 2), "kind": "access", "collected_on": None, "answered_on": None,
}  # fmt: skip
ANSWERED = {"answered_on": date(2026, 3, 9)}


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"answered_on": date(2026, 3, 1)}, "answered_on", "早于收到日期"),
        ({"collected_on": date(2026, 3, 1)}, "collected_on", "早于收到日期"),
        (ANSWERED, "result", "请选择办理结果"),
        ({**ANSWERED, "result": "refused"}, "reason", "第50条"),
        ({**ANSWERED, "result": "partly"}, "reason", "说明理由"),
        ({**ANSWERED, "result": "bound"}, "result", "只有请求删除的"),
        (
            {**ANSWERED, "kind": "deletion", "result": "granted", "case_number": "A-1"},
            "result",
            "档案法第13、14条",
        ),
        (
            {**ANSWERED, "kind": "deletion", "result": "partly", "case_number": "A-1"},
            "result",
            "第47条第2款",
        ),
        ({**ANSWERED, "result": "ended"}, "reason", "还是经查找没有保存"),
    ],
)
def test_what_a_row_lacks_is_named_at_its_field(values, field, words):
    assert words in problems(NAME, {**ROW, **values}, today=TODAY)[field]


@pytest.mark.parametrize(
    "values",
    [
        {},
        {**ANSWERED, "result": "granted"},
        {**ANSWERED, "kind": "deletion", "result": "bound", "case_number": "A-1"},
        # of data that no request left behind, asked for by a letter
        {**ANSWERED, "kind": "deletion", "result": "granted", "contact_number": "L-1"},
        {**ANSWERED, "result": "refused", "reason": "没有本人的信息"},
    ],
)
def test_what_is_complete_is_taken(values):
    assert problems(NAME, {**ROW, **values}, today=TODAY) == {}


def test_nobody_is_named_in_it():
    assert not {"name", "person", "applicant"} & {one.name for one in PERSONAL_REQUESTS.fields}
