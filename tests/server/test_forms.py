"""The real server: every form of the program is sent at least once, as it stands and filled in."""

from urllib.parse import urlsplit

import pytest

from tests.server.conftest import Seen, Shown, Visitor
from tests.server.crawl import Crawl, kind_of
from tests.server.test_pages import MORE, STARTS
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
PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


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


def send_all(visitor: Visitor, sent: set[str]) -> list[str]:
    """Send each kind of form that a person is shown: as it stands, then filled; return the faults."""
    crawl = Crawl(visitor).run(*STARTS, *MORE)
    forms = {kind_of(target(at, shown)): (at, shown) for at, shown in crawl.forms if shown.method == "post"}
    faults = []
    for kind, (at, shown) in sorted(forms.items(), key=lambda each: each[0].rstrip("?") in LAST):
        if kind in sent or kind.startswith("/sign-out"):
            continue
        sent.add(kind)
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


def posts(folder) -> set[str]:
    """Return the kinds of addresses that take a form, as the application knows them."""
    app = create_app(load({"TRACKER_INSTANCE": str(folder.path)}))
    return {kind_of(rule.rule) for rule in app.url_map.iter_rules() if "POST" in rule.methods}


@pytest.mark.parametrize("database", ["demo", "demo_on_postgresql"])
def test_every_form_of_the_program_is_taken_or_refused_in_words(request, database):
    served = request.getfixturevalue(database)
    sent: set[str] = set()

    faults = [
        fault
        for role in ("head", "registrar", "administrator")
        for fault in send_all(served.visit(role), sent)
    ]

    assert faults == []
    assert len(sent) > 30
