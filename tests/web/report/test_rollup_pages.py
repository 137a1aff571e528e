"""The roll-up at its page: files of other offices, a list of who must send in, what a mistake says."""

import json
import re
from io import BytesIO

import pytest

from tests.services.report.test_rollup import table_of
from tracker.domain.permission import Role


def file(agency: str, new: int, done: int, *, year: int = 2025, name: str = "a.json"):
    report = {"agency": agency, "year": year, "table3": table_of(new, done, new - done)}
    return BytesIO(json.dumps(report).encode()), name


def send(browser, *files, **fields: str):
    browser.get("/roll-up/2025")
    return browser.post(
        "/roll-up/2025", {"reports": list(files), **fields}, content_type="multipart/form-data"
    )


def test_reports_that_are_sent_in_are_added_up_and_the_missing_are_named(app, sign_in):
    head = sign_in(Role.HEAD)
    head.get("/roll-up/2025")
    head.post("/roll-up/2025/offices", {"name": "南城局"})

    answer = send(head, file("东城局", 7, 4), file("西城局", 5, 5))

    assert answer.status_code == 303
    page = sign_in(Role.AUDITOR).get("/roll-up/2025").text
    assert "<strong>12</strong>" in page  # 一、新收 of the two
    assert "还缺2个机关" in page  # 南城局, and this office, which has not published
    assert "收下级报告" not in page  # the auditor reads


def test_a_file_that_is_none_is_told_by_name_and_the_others_are_taken(app, sign_in):
    answer = send(sign_in(Role.HEAD), file("东城局", 7, 4), (BytesIO(b"%PDF-1.7"), "扫描件.pdf"))

    assert answer.status_code == 422
    assert "扫描件.pdf：" in answer.text
    assert "<strong>7</strong>" in answer.text


@pytest.mark.parametrize(
    ("files", "fields", "words"),
    [
        ((), {}, "请选择要收的报告文件"),
        ((("东城局", 7, 4), ("西城局", 5, 5)), {"office": "东城局"}, "一次只收一个文件"),
    ],
)
def test_what_is_lacking_is_told(on_sqlite, sign_in, files, fields, words):
    answer = send(sign_in(Role.HEAD), *(file(*each) for each in files), **fields)

    assert answer.status_code == 422
    assert words in answer.text


def test_the_sum_that_was_printed_is_compared(app, sign_in):
    head = sign_in(Role.HEAD)
    send(head, file("东城局", 7, 4))
    send(head, file("测试局", 8, 4), whole="1")

    page = head.get("/roll-up/2025").text

    assert "格与印发的不同" in page
    assert re.search(r"<td>7</td>\s*<td>8</td>", page)
