"""A real browser: the previews while one types, a year's first letter, a page without scripts."""

import threading

import pytest
from playwright.sync_api import Page

from tests.conftest import close_pages
from tracker.cli.server import Server
from tracker.domain.permission import Role
from tracker.models.base import db
from tracker.services.office.agency import default_agency


@pytest.fixture
def address(on_sqlite, started_chromium):
    """Serve by the product's own server, which is told to stop by the thread that serves."""
    server = Server(on_sqlite, host="127.0.0.1", threads=4)
    over = threading.Event()
    thread = threading.Thread(target=server.serve, args=[lambda: server.stop() if over.is_set() else None])
    thread.start()
    yield server.addresses[0].rstrip("/")
    close_pages(started_chromium)  # a page that is drawn no longer asks for more
    over.set()
    thread.join(timeout=60)
    assert not thread.is_alive()


@pytest.fixture
def people(on_sqlite, request):
    """Make a head who also registers; the fixtures that need an office of both kinds use SQLite here."""
    from tracker.services.office import user
    from tracker.services.office.actor import Actor

    agency_id = default_agency().id
    clock = on_sqlite.extensions["tracker.now"]
    row, once = user.create_by_command(
        agency_id=agency_id, login="li", name="李一", roles=[Role.REGISTRAR, Role.HEAD], now=clock()
    )
    actor = Actor(row.name, row.role_set, agency_id, row.id)
    user.change_password(row.id, once, "Long-enough-1", actor=actor, now=clock())
    db.session.remove()


def signed_in(page: Page, address: str) -> Page:
    page.goto(f"{address}/sign-in")
    page.fill("#login", "li")
    page.fill("#password", "Long-enough-1")
    page.click("main button[type=submit]")
    page.wait_for_url(f"{address}/")
    return page


def test_the_due_day_shows_while_the_clerk_types_and_no_script_is_refused(chromium, address, people):
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    troubles: list[str] = []
    page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    signed_in(page, address)
    page.goto(f"{address}/register")
    assert page.locator("#channel").is_hidden()

    page.check("input[name=triage][value=request]")
    page.fill("#person", "王一")
    page.fill("#arrived_on", "2026-03-02")
    page.select_option("#channel", "in_person")
    page.fill("#subject", "规划图")
    page.get_by_text("2026年3月30日（周一）").first.wait_for()
    page.click("main form button.button--main")
    page.wait_for_url(f"{address}/cases/1")

    assert page.locator("h1").inner_text().startswith("YSQ-2026-0001")
    assert troubles == []


def test_every_act_is_possible_without_scripts(chromium, address, people):
    page = chromium.new_context(java_script_enabled=False).new_page()
    signed_in(page, address)
    page.goto(f"{address}/register")

    page.check("input[name=triage][value=request]")
    page.fill("#person", "王一")
    page.fill("#arrived_on", "2026-03-02")
    page.select_option("#channel", "in_person")
    page.fill("#subject", "规划图")
    page.click("main form button.button--main")
    page.goto(f"{address}/cases/1/steps/extend")
    page.fill("#on", "2026-03-10")
    page.fill("#reason", "涉及多个单位")
    page.click("button[value=preview]")

    assert "2026年4月28日（周二）" in page.locator("#preview").inner_text()
    page.click("button[value=take]")
    assert "延长期限" in page.locator(".notice").inner_text()


@pytest.mark.parametrize(
    "path", ["/", "/register", "/cases", "/contacts", "/reports/2026", "/calendar", "/handbook"]
)
def test_a_page_fits_a_telephone(chromium, address, people, path):
    page = chromium.new_page(viewport={"width": 390, "height": 844})
    signed_in(page, address)
    page.goto(f"{address}{path}")

    assert page.evaluate("document.documentElement.scrollWidth") <= 390
