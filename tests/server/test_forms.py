"""The real server: every form of the program is sent at least once, as it stands and filled in."""

import io
from concurrent.futures import ThreadPoolExecutor
from time import sleep
from urllib.parse import urlsplit

import pypdfium2
import pytest

from tests.conftest import DATABASES
from tests.server.conftest import Folder, Seen, Shown, Visitor
from tests.server.crawl import Crawl, kind_of
from tests.server.test_pages import MORE, STARTS
from tests.web.page.test_guard import PARTS
from tracker.app import create_app
from tracker.config import load

LAST = ("/account/password", "/users/N/password")  # what ends a session is sent after all else
TYPED = {
    "text": "填写的内容",
    "textarea": "填写的内容",
    "number": "1",
    "date": "2026-03-02",
    "email": "a@example.org",
}


def scan() -> bytes:
    """Return a page as a scanner makes one."""
    document, content = pypdfium2.PdfDocument.new(), io.BytesIO()
    document.new_page(595, 842)
    document.save(content)
    return content.getvalue()


PDF = scan()


def filled(shown: Shown) -> dict[str, str]:
    """Return something typed into every field that was empty; the last choice of every list."""
    values = {}
    for name, value, kind in shown.fields:
        if kind in TYPED and not value:
            values[name] = TYPED[kind]
        if kind == "select" and shown.options.get(name):
            values[name] = shown.options[name][-1]
    return values


def target(at: str, shown: Shown) -> str:
    return urlsplit(shown.action).path or at


def send_all(visitor: Visitor, sent: dict[str, str]) -> list[str]:
    """Send each kind of form that a person is shown: as it stands, then filled; return the faults."""
    crawl = Crawl(visitor, languages=False).run(*STARTS, *MORE)
    forms = {kind_of(target(at, shown)): (at, shown) for at, shown in crawl.forms if shown.method == "post"}
    faults = []
    for kind, (at, shown) in sorted(forms.items(), key=lambda each: each[0].rstrip("?") in LAST):
        if kind in sent or kind.startswith("/sign-out"):
            continue
        sent[kind] = target(at, shown)
        files = {name: ("a.pdf", PDF) for name, _, k in shown.fields if k == "file"}
        for values in ({}, filled(shown)):
            answer = visitor.send(at, fresh(visitor, at, shown), values, files=files or None)
            if answer.status_code >= 500 or answer.status_code == 400:
                faults.append(f"{answer.status_code} {kind} {answer.text[:200]}")
    return faults


def fresh(visitor: Visitor, at: str, shown: Shown) -> Shown:
    """Return the form as the page shows it now; as it was where the page shows it no more."""
    page = Seen(visitor.get(at).text)
    return next((each for each in page.forms if each.action == shown.action and each.method == "post"), shown)


def left_out(folder: Folder, sent: set[str]) -> list[str]:
    """Return an address of every act whose form no page showed, as the application knows them."""
    app = create_app(load(folder.environ))
    routes = app.url_map.bind("localhost")
    done = {routes.match(address, method="POST")[0] for address in sent}
    return [
        routes.build(rule.endpoint, {name: PARTS[name] for name in rule.arguments}, method="POST")
        for rule in app.url_map.iter_rules()
        if "POST" in rule.methods and rule.endpoint not in {*done, "account.sign_out"}
    ]


def clicked_twice(visitor: Visitor, at: str, action: str, **values: str) -> tuple[set[int], str]:
    """Send one form of a page twice at the same moment; return the answers, and what the page shows then."""
    shown = visitor.form(at, action)
    with ThreadPoolExecutor(2) as hands:
        answers = list(hands.map(lambda _: visitor.send(at, shown, values, allow_redirects=False), range(2)))
    return {answer.status_code for answer in answers}, visitor.get(at).text


@pytest.mark.parametrize("database", DATABASES)
def test_every_form_of_the_program_is_taken_or_refused_in_words(request, database):
    served = request.getfixturevalue("demo" if database == "sqlite" else "demo_on_postgresql")
    sent: dict[str, str] = {}

    faults = []
    for role in ("head", "registrar", "administrator"):
        faults += send_all(served.visit(role), sent)

    assert faults == []
    assert len(sent) > 30
    visitor = served.visit("head")
    token = {name: value for name, value, _ in visitor.form("/register", "/register").fields}["csrf_token"]
    unseen = left_out(served.folder, set(sent.values()))
    headers = {"Referer": f"{served.address}/"}
    answers = {at: visitor.post(at, {"csrf_token": token}, headers=headers).status_code for at in unseen}
    assert {at: status for at, status in answers.items() if status >= 500 or status == 400} == {}
    statuses, page = clicked_twice(visitor, "/cases/1", "/cases/1/notes", body="只写了一次的备注")
    assert statuses == {303}
    assert page.count("只写了一次的备注") == 1
    sleep(1)  # the token of a page counts whole seconds
    again = visitor.fill("/cases/1", {"body": "只写了一次的备注"}, "/cases/1/notes")
    assert again.text.count("只写了一次的备注") == 2  # from the page as it was opened anew
