"""Files in a real browser: several at once with and without a script, by dropping them too; no error of the page."""

from base64 import b64encode

import pytest
from sqlalchemy import select

from tests import case_files
from tests.browser.test_browser import address, people, signed_in
from tests.jobs.test_jobs import load, received
from tracker.models.base import db
from tracker.models.case_file import CaseFile

__all__ = ["address", "people"]
DROP = """([name, content]) => {
    const bytes = Uint8Array.from(atob(content), (sign) => sign.charCodeAt(0));
    const moved = new DataTransfer();
    moved.items.add(new File([bytes], name));
    document.querySelector(".drop").dispatchEvent(new DragEvent("drop", { dataTransfer: moved, bubbles: true }));
}"""


@pytest.fixture
def case(on_sqlite, people):
    load(received("2026-03-02", "A-1"))
    db.session.remove()


def paper(name: str, content: bytes) -> dict:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def names() -> list[str]:
    db.session.remove()
    return list(db.session.scalars(select(CaseFile.name).order_by(CaseFile.id)))


def ready(page, address):
    signed_in(page, address)
    page.goto(f"{address}/cases/1/files")
    page.select_option("#purpose", "information")
    page.check("input[name=checked]")


def test_files_are_sent_one_by_one_with_what_became_of_each(chromium, address, case):
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    ready(page, address)

    secret = paper("密件.pdf", case_files.pdf("机密★10年\n通知"))
    page.set_input_files(
        "#file", [paper("合同.pdf", case_files.pdf()), secret, paper("表.xlsx", case_files.excel())]
    )
    page.click("[data-upload] button")
    page.get_by_text("保密法第31条第（三）项").last.wait_for()
    page.locator("#files").get_by_text("表.xlsx").wait_for()

    assert page.locator("#results li").count() == 3
    assert page.locator("#results li.wrong").count() == 1
    assert names() == ["合同.pdf", "表.xlsx"]
    assert troubles == []


def test_a_file_that_is_dropped_is_sent(chromium, address, case):
    page = chromium.new_page()
    ready(page, address)

    page.evaluate(DROP, ["信.pdf", b64encode(case_files.scanned_pdf()).decode()])
    page.locator("#files").get_by_text("信.pdf").wait_for()

    assert names() == ["信.pdf"]


def test_files_are_sent_and_seen_without_a_script(chromium, address, case):
    page = chromium.new_context(java_script_enabled=False).new_page()
    ready(page, address)

    page.set_input_files(
        "#file", [paper("合同.pdf", case_files.pdf()), paper("说明.docx", case_files.word())]
    )
    page.click("[data-upload] button")
    assert page.locator("#results li").count() == 2
    with page.expect_response("**/pages/1.png") as answer:
        page.locator("#files").get_by_text("合同.pdf").click()

    assert answer.value.ok
    assert answer.value.body().startswith(b"\x89PNG")
    assert names() == ["合同.pdf", "说明.docx"]
