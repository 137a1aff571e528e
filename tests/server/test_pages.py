"""The real server: every page, file and form of every role, and what people type into addresses."""

import os
from collections.abc import Iterable
from itertools import pairwise, product

import pypdfium2
import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page

from tests.server.appearance import DRAWN, LOOKS, WIDTHS, LookedAt, faults, one_of_each_view, overflows
from tests.server.conftest import LOGINS, ROOT, Seen, Served, Visitor
from tests.server.crawl import Crawl, name_of
from tracker.app import create_app
from tracker.config import load
from tracker.domain.message import LANGUAGES
from tracker.web.office.guide import TASKS

STARTS = (
    "/cases?state=processing",  # the first case that is opened is one with most steps before it
    "/",
    "/cases",
    "/contacts",
    "/register",
    "/books",
    "/reports",
    "/statistics",
    "/calendar",
    "/handbook",
)
MORE = (
    "/what-if",
    "/fees",
    "/reports/check",
    "/roll-up",
    "/account/preferences",
    "/account/sessions",
    "/account/password",
    "/jobs",
)
ENDED_YEAR = 2025
EVERYTHING = os.environ.get("PROOF_LOOKS", "")  # a file of what was looked at
MINUTES = float(os.environ.get("PROOF_MINUTES", "240"))  # of a look at everything
SHARES = 2 if EVERYTHING else 1  # each a test of its own, so that processes share the work
WINDOWFUL = 50  # pages after which each signs in anew in a new window: those of hours grow, or are signed out


def open_to(visitor: Visitor) -> list[str]:
    """Return the pages to start from that the person may open."""
    return [at for at in (*STARTS, *MORE) if visitor.get(at).status_code == 200]


@pytest.fixture(scope="module")
def seen_by_head(open_demo) -> Crawl:
    """All that the head of the office meets, followed once for the module."""
    visitor = open_demo.visit("head")
    return Crawl(visitor, languages=not EVERYTHING).run(*open_to(visitor))


@pytest.mark.parametrize("role", [role for role in LOGINS if role != "head"])
def test_a_role_follows_every_link_and_opens_every_file_without_a_fault(open_demo, role):
    """In either language for the administrator, who with the head meets every page there is."""
    visitor = open_demo.visit(role)

    crawl = Crawl(visitor, languages=role == "administrator").run(*open_to(visitor))

    assert crawl.faults == []
    assert len(crawl.kinds) > (10 if role == "administrator" else 60)


def test_the_head_follows_every_link_and_opens_every_file_without_a_fault(seen_by_head):
    assert seen_by_head.faults == []
    assert len(seen_by_head.kinds) > 60


def test_the_head_follows_every_link_on_postgresql(demo_on_postgresql):
    visitor = demo_on_postgresql.visit("head")

    crawl = Crawl(visitor, languages=False).run(*open_to(visitor))

    assert crawl.faults == []


@pytest.mark.parametrize("form", ["docx", "pdf", "html", "xlsx", "json"])
def test_the_annual_report_is_kept_under_its_chinese_name(open_demo, form):
    answer = open_demo.visit("head").get(f"/reports/{ENDED_YEAR}/report.{form}")

    assert answer.status_code == 200
    assert name_of(answer) == f"示范区城市管理局{ENDED_YEAR}年政府信息公开工作年度报告.{form}"


def test_no_page_or_file_with_names_may_be_stored_on_the_way(open_demo):
    visitor = open_demo.visit("head")

    for at in ("/cases", "/cases/export.xlsx", f"/reports/{ENDED_YEAR}/report.docx"):
        assert visitor.get(at).headers["Cache-Control"] == "no-store"


def test_the_cookie_of_a_session_is_out_of_reach_of_scripts_and_other_sites(open_demo):
    answer = open_demo.visit().get("/sign-in")

    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_every_picture_of_the_guide_shows_a_page_that_is_there(seen_by_head):
    gone = [task.key for task in TASKS if f"{task.shown}?" not in seen_by_head.pages]

    assert gone == []
    pictures = {(path.parent.name, path.stem) for path in (ROOT / "tracker/static/guide").rglob("*.webp")}
    assert pictures == set(product(LANGUAGES, [task.key for task in TASKS])), "python3 dev.py pictures"


def test_the_page_for_the_desk_is_one_sheet_of_paper(open_demo, page):
    page.goto(f"{open_demo.address}/handbook/desk")

    assert len(pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))) == 1


# -- what people type into addresses ------------------------------------------------------------------

NUMBERS = ("9" * 30, "-1", "99999", "%00", "x" * 5000)
WORDS = ("%00", "'<%25", "x" * 5000, "9" * 30)


def odd_addresses(kinds: Iterable[str]) -> set[str]:
    """Return every kind of address with each of its numbers and questions made odd in turn."""
    found = set()
    for kind in kinds:
        path, _, names = kind.partition("?")
        parts = path.split("/")
        for place in [i for i, part in enumerate(parts) if "N" in part]:
            for odd in NUMBERS:
                tried = [*parts[:place], parts[place].replace("N", odd, 1), *parts[place + 1 :]]
                found.add("/".join(tried).replace("N", "1"))
        for name in filter(None, names.split("&")):
            found |= {f"{path.replace('N', '1')}?{name}={odd}" for odd in WORDS}
    return found


def test_odd_numbers_and_questions_in_an_address_are_no_page_and_never_a_fault_of_the_server(seen_by_head):
    visitor = seen_by_head.visitor

    asked = {kind for kind in seen_by_head.kinds if "language" not in kind} | {"/cases?language"}

    answers = {at: visitor.get(at).status_code for at in odd_addresses(asked)}

    assert {at: status for at, status in answers.items() if status not in (200, 403, 404, 405, 422)} == {}


def test_odd_questions_are_no_fault_on_postgresql_either(demo_on_postgresql):
    visitor = demo_on_postgresql.visit("head")
    asked = [
        "/cases?text&order&state&year&page",
        "/contacts?text&form&year",
        "/?only&handler&unit",
        "/cases/N?",
    ]
    asked += [
        "/audit?act&text",
        "/books/trainings?text&year",
        "/outbox?status",
        "/calendar?year",
        "/what-if?on",
    ]

    answers = {at: visitor.get(at).status_code for at in odd_addresses(asked)}

    assert {at: status for at, status in answers.items() if status not in (200, 403, 404, 405, 422)} == {}


SIGNS = ("a\x00b", "9" * 30, "9" * 5000, "1e999999999", "\x01\x0b\ufffe")


def test_no_sign_and_no_number_typed_into_a_form_is_a_fault_on_postgresql(demo_on_postgresql):
    visitor = demo_on_postgresql.visit("head")
    pages = ("/register", "/contacts/1", "/contacts/36", "/books/trainings/1/edit", "/reports/2025/texts/5")
    faults = {}

    for at in (*pages, "/cases/1/applicants", "/account/preferences", "/roll-up/2025", "/calendar/local/new"):
        for shown in [form for form in Seen(visitor.get(at).text).forms if form.method == "post"]:
            if "sign-out" in shown.action:
                continue
            for odd in SIGNS:
                typed = {
                    name: odd for name, _, kind in shown.fields if kind != "file" and name != "csrf_token"
                }
                status = visitor.send(at, shown, typed, allow_redirects=False).status_code
                if status not in (200, 303, 403, 404, 409, 422):
                    faults[shown.action or at, odd[:9]] = status

    assert faults == {}


# -- a real browser ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def one_of_each(seen_by_head) -> list[str]:
    found = one_of_each_kind(seen_by_head)
    assert len(found) > 40
    return found


def one_of_each_kind(crawl: Crawl) -> list[str]:
    """Return an address of each kind of page, whatever is asked of it but its language."""
    asked = {kind: at for kind, at in crawl.pages.items() if "language" not in kind}
    return list({kind.partition("?")[0]: at for kind, at in asked.items()}.values())


def opened(chromium: Browser, address: str, visitor: Visitor) -> Page:
    """Return a page of a real browser in which the visitor is signed in."""
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    cookies = [{"name": c.name, "value": c.value, "url": address} for c in visitor.session.cookies]
    page.context.add_cookies(cookies)
    return page


def with_axe(office: Served, chromium: Browser, role: str) -> Page:
    """Return a page in which somebody is signed in and axe stands ready, whatever is opened in it."""
    page = opened(chromium, office.address, office.visit(role))
    page.add_init_script(AXE_SCRIPT)
    return page


@pytest.fixture
def page(open_demo, seen_by_head, chromium) -> Page:
    """A page of a real browser in which the head is signed in."""
    return opened(chromium, open_demo.address, seen_by_head.visitor)


def test_no_page_writes_an_error_to_the_browser_s_console(open_demo, page, one_of_each):
    said: list[str] = []
    page.on(
        "console",
        lambda message: said.append(f"{page.url}: {message.text}") if message.type == "error" else None,
    )
    page.on("pageerror", lambda error: said.append(f"{page.url}: {error}"))
    page.on(
        "response",
        lambda answer: said.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None,
    )

    for at in one_of_each:
        page.goto(open_demo.address + at)

    assert said == []


# Where each part of a page stands, and in which colours.
LAID_OUT = """() => [...document.querySelectorAll("main, main *")].map((part) => {
  const {x, y, width, height} = part.getBoundingClientRect(), {color, backgroundColor} = getComputedStyle(part);
  return [part.tagName, x, y + scrollY, width, height, color, backgroundColor].join(" ");
})"""


@pytest.mark.parametrize("at", ["/cases", "/cases/1", "/statistics", "/reports/2025"])
def test_a_page_is_laid_out_anew_for_another_look_as_if_it_had_been_opened_in_it(open_demo, page, at):
    seen = []
    LOOKS[0].put_on(page)
    page.goto(open_demo.address + at)

    for look in LOOKS:
        look.put_on(page)
        page.evaluate(DRAWN)
        seen.append(page.evaluate(LAID_OUT))

    assert all(before != after for before, after in pairwise(seen))
    for look, changed in zip(LOOKS, seen, strict=True):
        look.put_on(page)
        page.reload()
        page.evaluate(DRAWN)
        assert page.evaluate(LAID_OUT) == changed


@pytest.fixture(scope="module")
def views(open_demo: Served, seen_by_head, one_of_each) -> list[tuple[str, str]]:
    """An address of each view, with the role that may open it; at length one of each kind of page."""
    administrator = open_demo.visit("administrator")
    theirs = one_of_each_kind(Crawl(administrator, languages=False).run("/start", *open_to(administrator)))
    if not EVERYTHING:
        routes = create_app(load(open_demo.folder.environ)).url_map
        one_of_each, theirs = (one_of_each_view(routes, seen) for seen in (one_of_each, theirs))
    return [
        *(("head", at) for at in one_of_each),
        *(("administrator", at) for at in theirs),
        ("", "/sign-in"),
    ]


@pytest.mark.parametrize("share", range(SHARES))
def test_every_view_fits_every_window_and_axe_finds_nothing(open_demo, chromium, views, share):
    """Each in one of the looks (width, light or dark, language) in turn; at length in all, opened once a language."""
    wrong, windows, looked = {}, {}, LookedAt(EVERYTHING, MINUTES)
    in_turn = [(*view, [LOOKS[turn % len(LOOKS)]]) for turn, view in enumerate(views)]
    everything = looked.left(views, slice(share, None, SHARES))

    for turn, (role, at, looks) in enumerate(everything if EVERYTHING else in_turn):
        if turn % WINDOWFUL == 0:
            for window in windows.values():
                window.context.close()
            windows.clear()
        page = windows[role] = windows.get(role) or with_axe(open_demo, chromium, role)
        page.context.add_cookies([{"name": "language", "value": looks[0].language, "url": open_demo.address}])
        looks[0].put_on(page)
        page.goto(open_demo.address + at)
        assert not role or "/sign-in" not in page.url
        for look in looks:
            look.put_on(page)
            found = [*faults(page), *overflows(page, [look.width] if EVERYTHING else WIDTHS)]
            looked.keep(role, at, look, found)
            if found:
                wrong[at, look] = found

    assert wrong == {}
    assert len(views) > 80
