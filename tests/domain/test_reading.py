"""The one reader of a day: what a form, a cell and the signature of a notice take."""

from datetime import date, datetime

import pytest

from tracker.domain import reading
from tracker.domain.calendar.notice_head import read_head
from tracker.now import ZONE
from tracker.web.page.form import Form

DAY = date(2025, 1, 6)  # a Monday
# Every form in which people write a day.
WRITTEN = (
    "2025-01-06", "2025-1-6", " 2025-1-6 ", "2025 - 1 - 6", "2025—1—6", "2025－1－6",
    "2025/1/6", "2025.1.6", "2025.01.06.", "2025．1．6", "2025、1、6", "20250106",
    "2025年1月6日", "2025年01月06日", "2025年1月6", "2025年1月6号", "2025年 1月 6日", "２０２５年１月６日",
    "二〇二五年一月六日", "二零二五年一月六日", "二○二五年一月六日", "二0二五年一月六日", "二〇二五年一月六",
    "二〇二五年1月6日", "2025年一月6日",
    "2025年1月6日星期一", "2025年1月6日（周一）", "2025-01-06 礼拜一",
    "2025-01-06 09:30", "2025-01-06T09:30:00", "2025-01-06 00:00:00", "2025年1月6日9时30分", "2025年1月6日上午",
)  # fmt: skip
# What the cell of a spreadsheet may hold besides: its day numbers, its own days.
IN_CELLS = (45663, 45663.0, "45663", datetime(2025, 1, 6, 9, 30, tzinfo=ZONE), DAY)
NO_DAYS = (
    "1月6日", "1/6/2025", "06.01.2025", "25-1-6", "2025-02-30", "2025-13-01", "2025-1", "2025", "明天", "45",
    "2025年1月6日（周二）", "2025-1-6至2025-1-8", "二〇二五年十三月六日", "二五年一月六日", "2025-01-06" + " " * 40 + "x",
)  # fmt: skip


@pytest.mark.parametrize("words", WRITTEN)
def test_a_form_and_a_cell_take_a_day_however_it_is_written(words):
    assert reading.day(words) == Form({"on": words}).day("on", "日期") == DAY


@pytest.mark.parametrize("cell", IN_CELLS)
def test_a_cell_may_hold_the_day_of_a_spreadsheet(cell):
    assert reading.day(cell) == DAY


@pytest.mark.parametrize("words", NO_DAYS)
def test_what_is_no_day_is_read_as_none_by_neither(words):
    form = Form({"on": words})

    assert form.day("on", "日期") is None
    assert "不是有效日期" in form.errors["on"]
    with pytest.raises(ValueError):  # noqa: PT011
        reading.day(words)


@pytest.mark.parametrize("cell", [12, True, 45663.5e9])
def test_a_number_that_is_no_day_of_a_spreadsheet_is_none(cell):
    with pytest.raises(ValueError):  # noqa: PT011
        reading.day(cell)


def test_a_form_takes_no_day_number_of_a_spreadsheet():
    form = Form({"on": "45663"})

    assert form.day("on", "日期") is None
    assert form.errors


@pytest.mark.parametrize(
    "signed",
    ["2025年1月6日", "二〇二五年一月六日", "二○二五年一月六日", "二零二五年一月六日", "二〇二五年1月6日"],
)
def test_the_signature_of_a_notice_is_read_as_any_other_day(signed):
    text = f"国务院办公厅关于2025年部分节假日安排的通知。一、元旦：1月1日放假。国务院办公厅{signed}"

    assert read_head(text, [text.index("一、")]).published_on == DAY


@pytest.mark.parametrize("sign", [*reading.NO_WIDTH, "\x00", "\u3000", "\xa0", "\t", "\n", " "])
def test_a_text_is_read_without_the_blanks_and_the_signs_of_no_width_at_its_ends(sign):
    assert reading.text(f" {sign}张 三{sign} ") == "张 三"
    assert reading.text(sign) == ""
