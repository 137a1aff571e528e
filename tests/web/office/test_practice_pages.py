"""The handbook's chapter of the practice: what is in force, since when and why."""

from datetime import date

from tests.practice import set_practice
from tests.web.office.test_setting_pages import seen_on
from tracker.config import PLACES
from tracker.domain.case.rules import KEYS
from tracker.domain.office.setting import BY_KEY
from tracker.domain.permission import Role
from tracker.web.office.setting import HIDDEN


def test_the_handbook_shows_what_is_in_force_since_when_who_and_why(app, sign_in):
    set_practice(year_of_result="decided", since=date(2026, 1, 1))
    set_practice(delay_days=30)
    set_practice(receipt_days=9, since=date(2027, 1, 1))

    page = " ".join(sign_in(Role.HANDLER).get("/handbook/practice").text.split())

    assert "year_of_result</small><br> <small>自2026年1月1日（周四）起 · 系统：测试</small>" in page
    assert "<strong>落款日期</strong>" in page
    assert (
        '<strong>30</strong><br> <small class="muted">delay_days</small><br> <small>系统：测试</small>'
        in page
    )
    assert '<strong>5</strong><br> <small class="muted">receipt_days</small>' in page


def test_the_calculator_charges_by_the_tariff_of_the_day(app, sign_in):
    set_practice(fee_pages="10:0 :7", since=date(2026, 3, 1))

    page = sign_in(Role.HANDLER).get("/fees?way=by_page&units=11").text

    assert '<p class="clock__day">7元</p>' in page


def test_every_value_of_the_practice_has_its_field_a_reason_and_its_history_on_a_page(app, sign_in):
    head = sign_in(Role.HEAD)
    of_office = head.get("/office").text
    lacking = []
    for key in KEYS:
        page = head.get(f"/practice/{key}")
        shown = page.text if page.status_code == 200 else of_office
        field = "value" if page.status_code == 200 else key
        if any(text not in shown for text in (f'name="{field}"', 'name="why"', "修改的记录")):
            lacking.append(key)

    assert lacking == []


def test_every_setting_that_is_no_machines_has_its_field_and_each_other_is_shown(app, sign_in):
    page = sign_in(Role.ADMINISTRATOR).get("/settings").text

    assert [key for key in BY_KEY if f'name="{key}"' not in page] == []
    assert [name for name in PLACES if name not in BY_KEY and name not in HIDDEN and name not in page] == []


def test_how_long_files_are_kept_is_set_with_the_offices_other_values(app, sign_in):
    head = sign_in(Role.HEAD)
    typed = {"name": "测试局", "agency_level": "department", "seen": seen_on(head, "/office")}

    refused = head.post("/office", {**typed, "transfer_years": "很久"})
    kept = head.post("/office", {**typed, "transfer_years": "20", "retention_other": "30"})

    assert refused.status_code == 422
    assert "案卷满几年列入移交清单应为整数。" in refused.text
    assert kept.status_code == 303
    assert "满20年" in head.get("/archive?part=due").text
    history = " ".join(head.get("/office").text.split())
    assert "<td>30年</td>" in history
