"""The handbook's chapter of the practice: what is in force, since when and why."""

from datetime import date

from tests.practice import set_practice
from tracker.domain.permission import Role


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
