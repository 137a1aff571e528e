"""One request from its letter to the archive, worked by four people in a real browser; the ZIP is read from outside."""

import hashlib
import json
import re
import zipfile
from datetime import date
from io import BytesIO

import pypdfium2
import pytest

from tests import case_files
from tests.browser.test_browser import address
from tests.letters import set_up, stated, text_of
from tests.practice import set_practice
from tracker.domain.letter.index import BY_KEY
from tracker.domain.permission import Role
from tracker.models.base import db
from tracker.services.office import user
from tracker.services.office.actor import Actor
from tracker.services.office.agency import default_agency

__all__ = ["address"]
KIND = BY_KEY["disclosed.given"]
PASSWORD = "Long-enough-1"
PEOPLE = {
    "dengji": ("林静", [Role.REGISTRAR]),
    "chengban": ("周明", [Role.HANDLER]),
    "shenhe": ("何法", [Role.REVIEWER]),
    "fuze": ("陈立", [Role.HEAD]),
}
SUBJECT, APPLICANT = "2025年桥梁检测报告", "王一"


@pytest.fixture
def office(on_sqlite, clock):
    """Make an office that signs here, and its people, each with a password of their own."""
    set_up()
    set_practice(sign_off="required")
    agency_id = default_agency().id
    for login, (name, roles) in PEOPLE.items():
        row, once = user.create_by_command(
            agency_id=agency_id, login=login, name=name, roles=roles, now=clock()
        )
        actor = Actor(row.name, row.role_set, agency_id, row.id)
        user.change_password(row.id, once, PASSWORD, actor=actor, now=clock())
    db.session.remove()


@pytest.fixture
def enter(chromium, address, office):
    """Return what signs a person in, in a browser of the own; no page may raise an error of its script."""
    troubles: list[str] = []

    def signed_in(login):
        page = chromium.new_context(accept_downloads=True).new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.goto(f"{address}/sign-in")
        page.fill("#login", login)
        page.fill("#password", PASSWORD)
        page.click("main button[type=submit]")
        page.wait_for_url(f"{address}/")
        return page

    yield signed_in
    assert troubles == []


def press(page, words):
    page.locator("main button", has_text=words).first.click()
    page.wait_for_load_state()


def fill(page, values):
    for name, value in values.items():
        field = page.locator(f"main form [name={name}]:visible").first
        if field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)


def logged(page, address) -> int:
    """Log a letter, see that it is a request, and make a case of it; return the case's id."""
    page.goto(f"{address}/register")
    page.check("input[name=triage][value=request]")
    page.fill("#person", APPLICANT)
    page.fill("#arrived_on", "2026-03-02")
    page.select_option("#channel", "in_person")
    page.fill("#subject", SUBJECT)
    page.click("main form button.button--main")
    page.wait_for_url(re.compile(r"/cases/\d+$"))
    case_id = int(page.url.rsplit("/", 1)[1])
    for purpose, name in (("application", "申请表.pdf"), ("information", "检测报告.pdf")):
        page.goto(f"{address}/cases/{case_id}/files")
        page.select_option("#purpose", purpose)
        page.check("input[name=checked]")
        paper = {"name": name, "mimeType": "application/pdf", "buffer": case_files.pdf(f"{name}：公开内容")}
        page.set_input_files("#file", [paper])
        page.click("[data-upload] button")
        page.locator("#files").get_by_text(name).wait_for()
    return case_id


def drafted(page, address, case_id) -> str:
    """Write the letter of the answer and send it for signature; return the address of the draft."""
    page.goto(f"{address}/cases/{case_id}/letters/new/{KIND.key}")
    fill(page, {"on": "2026-03-16", **stated(KIND)})
    page.click("main button[name=act][value=sign]")
    page.wait_for_url(re.compile(r"/sign-offs/\d+$"))
    return page.url


def signed(page, draft):
    page.goto(draft)
    press(page, "同意")


def letter_of(page, draft, address, case_id) -> str:
    """Make the letter that was signed; return the address of its service."""
    page.goto(draft)
    page.locator("form[action$='/letter'] button").click()
    page.wait_for_load_state()
    page.goto(f"{address}/cases/{case_id}/letters")
    return page.locator("a[href*='/service']").first.get_attribute("href") or ""


def test_a_letter_becomes_a_case_is_signed_served_closed_and_archived(enter, address, office):
    registrar, handler = enter("dengji"), enter("chengban")
    case_id = logged(registrar, address)
    draft = drafted(handler, address, case_id)
    assert "同意" not in handler.locator("main button").all_inner_texts()  # nobody signs his own
    signed(enter("shenhe"), draft)
    head = enter("fuze")
    signed(head, draft)
    service = letter_of(handler, draft, address, case_id)
    handler.goto(f"{address}{service}")
    handler.select_option("[name=way]", "in_person")
    fill(handler, {"handed_on": "2026-03-16", "received_on": "2026-03-16", "signer": APPLICANT})
    proof = {"name": "回证.pdf", "mimeType": "application/pdf", "buffer": case_files.pdf("送达回证")}
    handler.set_input_files("#file", [proof])
    handler.click("main button[name=act][value=keep]")
    handler.wait_for_load_state()
    handler.goto(f"{address}/cases/{case_id}")
    assert "予以公开" in handler.locator("h1").inner_text()

    registrar.goto(f"{address}/archive")
    registrar.get_by_role("link", name="归档").last.click()
    assert registrar.locator("#missing").count() == 0, registrar.locator("main").inner_text()
    fill(registrar, {"number": "WS·2026·0001"})
    press(registrar, "归档")
    fill(registrar, {"why": "移交档案室"})
    with registrar.expect_download() as waiting:
        press(registrar, "下载案卷")
    read(waiting.value.path().read_bytes())


def read(content: bytes) -> None:
    """Read the ZIP as somebody who has nothing but it."""
    with zipfile.ZipFile(BytesIO(content)) as packed:
        assert packed.testzip() is None
        files = {name: packed.read(name) for name in packed.namelist()}
    sums = dict(reversed(line.split("  ", 1)) for line in files.pop("SHA256SUMS.txt").decode().splitlines())
    assert {name: hashlib.sha256(body).hexdigest() for name, body in files.items()} == sums

    texts = {name: pdf_text(body) for name, body in files.items() if name.endswith(".pdf")}
    course = texts["办理经过.pdf"]
    assert all(
        word in course for word in ("收到申请", "2026-03-02", "予以公开", "2026-03-16", "周明", "林静")
    )
    told = json.loads(files["metadata.json"])
    assert (told["subject"], told["outcome"]["code"]) == (SUBJECT, "disclosed")
    assert told["days"]["served_on"] == date(2026, 3, 16).isoformat()
    assert told["lacking"] == []
    (word,) = [body for name, body in files.items() if name.endswith(".docx")]
    letter = next(text for name, text in texts.items() if KIND.label in name and "凭证" not in name)
    for part in (SUBJECT, APPLICANT, "测城管"):
        assert part in text_of(word)
        assert part in letter
    whole = "".join(texts.values())
    for part in ("申请表.pdf：公开内容", "检测报告.pdf：公开内容", "送达回证", "何法", "陈立", "同意"):
        assert part in whole, part


def pdf_text(content: bytes) -> str:
    pages = pypdfium2.PdfDocument(content)
    return "".join("".join(page.get_textpage().get_text_range().split()) for page in pages)
