"""Boxes in a real browser: drawn with the mouse, moved with keys, drawn with a finger, kept, painted."""

import pytest
from sqlalchemy import select

from tests import case_files
from tests.browser.test_browser import address, people, signed_in
from tests.browser.test_files import case, paper
from tracker.models.base import db
from tracker.models.redaction import Redaction, RedactionDraft

__all__ = ["address", "case", "people"]
CANVAS = ".canvas__boxes"


@pytest.fixture
def drawing(chromium, address, case):
    """A page on which boxes may be drawn; what it complains of must stay empty."""
    page = chromium.new_context(has_touch=True, viewport={"width": 1280, "height": 900}).new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
    signed_in(page, address)
    page.goto(f"{address}/cases/1/files")
    page.select_option("#purpose", "information")
    page.check("input[name=checked]")
    page.set_input_files("#file", [paper("通知.pdf", case_files.pdf("通知\n证件 11010519491231002X"))])
    page.click("[data-upload] button")
    page.locator("#files").get_by_text("通知.pdf").wait_for()
    page.goto(f"{address}/cases/1/files/1/redaction")
    page.locator("img.sheet").evaluate("picture => picture.decode()")
    yield page
    assert troubles == []


def boxes() -> list[dict]:
    db.session.remove()
    return db.session.scalar(select(RedactionDraft.boxes)) or []


def drag(page, *path: tuple[float, float]) -> None:
    """Drag the mouse over places of the page, in parts of it."""
    edges = page.locator(CANVAS).bounding_box()
    points = [(edges["x"] + x * edges["width"], edges["y"] + y * edges["height"]) for x, y in path]
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point, steps=4)
    page.mouse.up()


def test_a_box_is_drawn_with_the_mouse_moved_with_keys_and_painted(drawing):
    drag(drawing, (0.1, 0.1), (0.6, 0.3))
    drawing.keyboard.press("ArrowRight")
    drawing.keyboard.press("Shift+ArrowDown")
    row = drawing.locator("#boxes fieldset").first
    row.locator("select").select_option("privacy")
    row.locator("[name^=what]").fill("证件号码")
    drawing.click("button[value=make]")
    drawing.get_by_text("已制作并核对").wait_for()

    (box,) = boxes()
    assert [round(box[edge] / 100) for edge in ("left", "top", "width", "height")] == [10, 10, 50, 20]
    assert (box["left"], box["height"]) != (1000, 2000)
    assert db.session.scalars(select(Redaction)).one().boxes == [box]


def test_the_ground_of_one_box_is_proposed_for_the_next(drawing):
    drag(drawing, (0.1, 0.1), (0.3, 0.2))
    drawing.locator("#boxes fieldset").first.locator("select").select_option("trade_secret")
    drag(drawing, (0.5, 0.5), (0.7, 0.6))
    drag(drawing, (0.55, 0.55), (0.65, 0.75))  # inside the second: it is moved
    drawing.click("button[value=save]")
    drawing.get_by_text("第1页已保存2处。").wait_for()

    assert [box["ground"] for box in boxes()] == ["trade_secret", "trade_secret"]
    assert [round(box["top"] / 1000) for box in boxes()] == [1, 7]


def test_a_box_is_made_and_taken_away_with_the_keyboard_alone(drawing):
    drawing.locator("[data-add]").press("Enter")
    for key in ("ArrowUp", "ArrowLeft", "Shift+ArrowRight"):
        drawing.keyboard.press(key)
    first = drawing.locator("#boxes fieldset").first
    assert first.locator("[name^=top]").input_value() == "44.50"
    assert first.locator("[name^=width]").input_value() == "20.50"

    drawing.keyboard.press("Delete")

    assert not first.locator("[name^=use]").is_checked()


def test_a_finger_draws_a_box(drawing):
    edges = drawing.locator(CANVAS).bounding_box()
    line = drawing.context.new_cdp_session(drawing)
    points = [{"x": edges["x"] + edges["width"] * x, "y": edges["y"] + edges["height"] * y} for x, y in ((0.2, 0.1), (0.3, 0.2), (0.5, 0.3))]  # fmt: skip
    line.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": points[:1]})
    for point in points[1:]:
        line.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
    line.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    row = drawing.locator("#boxes fieldset").first
    assert [round(float(row.locator(f"[name^={edge}]").input_value())) for edge in ("left", "top", "width", "height")] == [20, 10, 30, 20]  # fmt: skip
