"""A real browser without a mouse: from the letter to the answer."""

from playwright.sync_api import Page

from tests.browser.test_browser import address, people, signed_in

__all__ = ["address", "people"]
TABS = 8  # at most, from the top of a page to where the work is


def tabs_to(page: Page, selector: str) -> int:
    """Press the tab key until what the selector names has the focus; return how often."""
    for count in range(1, 40):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return count
    raise AssertionError(f"no key reaches {selector}")


def test_a_letter_is_registered_and_answered_by_keys_alone(chromium, address, people):
    page = signed_in(chromium.new_page(viewport={"width": 1280, "height": 900}), address)
    page.goto(f"{address}/register")
    page.keyboard.type("王一")  # the field has the focus
    assert page.locator("#person").input_value() == "王一"
    page.locator("input[name=triage]:checked").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("input[name=triage][value=request]").is_checked()
    page.select_option("#channel", "in_person")
    page.fill("#subject", "规划图")
    page.locator("main form button.button--main").press("Enter")
    page.wait_for_url(f"{address}/cases/1")

    tabs = tabs_to(page, ".skip[href='#answers']")
    page.keyboard.press("Enter")
    tabs += tabs_to(page, ".answers > summary")
    page.keyboard.press("Enter")
    page.locator("details.answers[open]").wait_for()
    assert tabs <= TABS
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/cases/1/steps/disclosed")
    tabs = tabs_to(page, ".skip[href='#main']")
    page.keyboard.press("Enter")
    assert tabs + tabs_to(page, "main form input, main form select, main form textarea") <= TABS
