"""The form of a request in a real browser: what the channel needs is shown, and nothing that is hidden fails."""

from tests import case_files
from tests.browser.test_browser import address, people, signed_in
from tests.domain.contact.test_scan import LETTER
from tracker.models.applicant import Applicant
from tracker.models.base import db
from tracker.models.contact import Contact

__all__ = ["address", "people"]


def test_a_channel_shows_its_fields_and_what_is_hidden_is_not_sent(chromium, address, people):
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    signed_in(page, address)
    page.goto(f"{address}/register")
    page.check("input[name=triage][value=request]")
    assert [page.locator(f"#{name}").is_hidden() for name in ("signed_on", "confirmed_on", "filled_by")] == [
        True
    ] * 3

    page.select_option("#channel", "registered_mail")
    assert page.locator("#signed_on").is_visible()
    page.fill("#signed_on", "2026-02-27")  # before it came in: refused, were it sent
    page.select_option("#channel", "oral")
    assert page.locator("#signed_on").is_hidden()
    assert page.locator("#filled_by").is_visible()

    page.fill("#person", "李小四")
    page.fill("#arrived_on", "2026-03-02")
    page.fill("#subject", "规划图")
    page.fill("#filled_by", "林静")
    page.click("#representatives summary")
    page.select_option("#rep_1_role", "guardian")
    page.fill("#rep_1_name", "李大四")
    page.click("main form button.button--main")
    page.wait_for_url(f"{address}/cases/1")

    assert "李大四" not in page.content()
    page.click("form[action$=reveal] button")
    page.get_by_text("李大四").wait_for()
    assert troubles == []
    db.session.remove()
    assert [(row.role, row.filled_by) for row in db.session.query(Applicant).order_by(Applicant.id)] == [
        ("", "林静"),
        ("guardian", ""),
    ]
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{address}/cases/1/applicants")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_what_a_scan_says_goes_into_a_field_by_a_click_and_never_over_what_was_typed(
    chromium, address, people
):
    page = signed_in(chromium.new_page(viewport={"width": 1280, "height": 900}), address)
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.goto(f"{address}/register")
    page.fill("#phone", "13900000000")
    page.set_input_files(
        "#scan-file",
        {"name": "来信.pdf", "mimeType": "application/pdf", "buffer": case_files.pdf(LETTER)},
    )
    page.click("[data-scan]")
    page.locator("[data-into=person]").click()

    assert page.input_value("#person") == "王晓明"
    page.locator("[data-into=phone]").click()
    assert page.locator("#scan-said").text_content() == "这一栏已有内容，没有改动；要换的请先清空：联系电话"
    assert page.input_value("#phone") == "13900000000"
    page.locator("[data-into=subject]").click()
    assert "请先在“甄别”中选" in page.locator("#scan-said").text_content()
    page.check("input[name=triage][value=request]")
    page.locator("[data-into=subject]").click()
    page.locator("[data-into=address]").click()
    page.select_option("#channel", "in_person")
    page.click("main .button--main")
    page.wait_for_url(f"{address}/cases/1")

    db.session.remove()
    row = db.session.query(Contact).one()
    assert (row.person, row.phone, row.address[:3]) == ("王晓明", "13900000000", "云溪市")
    assert row.arrived_on == row.case.received_on
    assert row.case.subject.startswith("一、2024年青云路")
    assert troubles == []
