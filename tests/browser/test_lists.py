"""A real browser: the box that finds while one types, and lists that are cards on a telephone."""

from pypdfium2 import PdfDocument

from tests.browser.test_browser import address, people, signed_in  # noqa: F401 (fixtures)
from tests.jobs.test_jobs import load, received

NARROW = {"width": 390, "height": 800}
MOVED = """table => new Promise((done) => {
  const look = () => table.scrollLeft > 0 ? done() : requestAnimationFrame(look);
  look();
})"""


def registered(page, at: str, subject: str) -> None:
    page.goto(f"{at}/register")
    page.check("input[name=triage][value=request]")
    page.fill("#person", "王一")
    page.fill("#arrived_on", "2026-03-02")
    page.select_option("#channel", "in_person")
    page.fill("#subject", subject)
    page.click("main form button.button--main")
    page.wait_for_url(f"{at}/cases/1")


def test_a_request_is_found_by_keys_alone_while_one_types(chromium, address, people):  # noqa: F811
    page = signed_in(chromium.new_page(), address)
    registered(page, address, "城东规划图")

    page.keyboard.press("/")
    page.keyboard.type("规划")
    page.locator(".bar__found a", has_text="YSQ-2026-0001").wait_for()
    page.keyboard.press("Escape")
    assert page.locator(".bar__found").is_hidden()

    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("ysq－2026－0001")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/cases/1")


def test_a_list_on_a_telephone_says_the_column_of_every_cell(chromium, address, people):  # noqa: F811
    page = signed_in(chromium.new_page(viewport=NARROW), address)
    registered(page, address, "城东规划图")
    page.goto(f"{address}/cases")

    subject = page.locator("table.list td", has_text="城东规划图")
    assert subject.get_attribute("data-label") == "申请内容"
    assert subject.evaluate("cell => getComputedStyle(cell, '::before').content") == '"申请内容"'
    assert page.get_by_role("cell", name="城东规划图").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") == NARROW["width"]


def test_a_list_on_paper_has_office_and_page_on_every_page_and_no_buttons(chromium, address, people):  # noqa: F811
    load(*(received("2026-03-02", f"A-{number}") for number in range(60)))
    page = signed_in(chromium.new_page(), address)
    page.goto(f"{address}/cases?paper=1")

    paper = PdfDocument(page.pdf(prefer_css_page_size=True))

    pages = ["".join(one.get_textpage().get_text_range().split()) for one in paper]
    assert len(pages) > 1
    for number, words in enumerate(pages, 1):
        assert "测试局" in words
        assert f"第{number}页共{len(pages)}页" in words
        assert "受理编号" in words
        assert "导出" not in words
        assert "退出" not in words


def test_the_heads_of_a_long_list_stay_in_sight(chromium, address, people):  # noqa: F811
    load(*(received("2026-03-02", f"A-{number}") for number in range(40)))
    page = signed_in(chromium.new_page(viewport={"width": 1280, "height": 600}), address)
    page.goto(f"{address}/cases")

    page.mouse.wheel(0, 900)
    page.wait_for_function("scrollY > 500")

    assert page.locator(".list thead th").first.bounding_box()["y"] == 0


def test_a_table_that_is_wider_than_a_telephone_is_reached_and_moved_by_keys(chromium, address, people):  # noqa: F811
    page = signed_in(chromium.new_page(viewport=NARROW), address)
    page.goto(f"{address}/handbook/kinds?language=en")
    table = page.get_by_role("table")

    assert table.evaluate("table => table.scrollWidth > table.clientWidth")
    assert table.evaluate("table => table.tabIndex") == 0
    table.focus()
    page.keyboard.press("ArrowRight")
    table.evaluate(MOVED)
