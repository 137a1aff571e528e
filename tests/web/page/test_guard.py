"""The door: every page names what it asks for, and every role finds open what the table grants."""

import pytest
from sqlalchemy import select

from tests.conftest import PASSWORD
from tracker.domain.permission import GRANTS, PEOPLE, Action, Role
from tracker.models.base import db
from tracker.models.user import AuditEntry
from tracker.services.office import audit, user
from tracker.web.guard import PUBLIC, asked_of

PUBLIC_PAGES = {"account.sign_in", "account.enter", "health.show"}
PARTS = {
    "register_name": "trainings",
    "row_id": 1,
    "file_id": 1,
    "notice_id": 1,
    "case_id": 1,
    "contact_id": 1,
    "user_id": 1,
    "unit_id": 1,
    "seq": 1,
    "year": 2026,
    "row": "1",
    "column": "total",
    "message_id": 1,
    "name": "accept",
    "kind": "supplement",
    "letter_id": 1,
    "sign_off_id": 1,
    "service_id": 1,
    "proof_of": "services",
    "delegation_id": 1,
    "ask_id": 1,
    "version": 1,
    "chapter": "workflow",
    "task": "extend",
    "job_name": "tidy",
    "key": "months",
    "form": "svg",
    "of": "cases",
    "of_id": 1,
    "evidence_id": 1,
    "section": "1",
    "number": 1,
    "office_id": 1,
    "session_id": 1,
    "step": "mail",
    "setting": "supplement_days",
    "act": "assign",
    "mail_id": 1,
    "answer_id": 1,
    "figure": "arrived",
    "applicant_id": 1,
    "kept": "in_time",
}


def rules(app):
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def test_every_page_names_the_action_it_asks_for(on_sqlite):
    nameless = [
        rule.endpoint
        for rule in rules(on_sqlite)
        if asked_of(on_sqlite.view_functions[rule.endpoint], PARTS) is None
    ]

    assert nameless == []


def test_signing_in_and_the_health_address_alone_are_open_to_everybody(on_sqlite):
    views = on_sqlite.view_functions
    public = {r.endpoint for r in rules(on_sqlite) if asked_of(views[r.endpoint], PARTS) == PUBLIC}

    assert public == PUBLIC_PAGES


def addresses(app, method: str) -> list[tuple[str, Action]]:
    found = []
    for rule in rules(app):
        if rule.endpoint not in PUBLIC_PAGES and method in rule.methods:
            action = Action(asked_of(app.view_functions[rule.endpoint], PARTS))
            with app.test_request_context():
                found.append((app.url_for(rule.endpoint, **{k: PARTS[k] for k in rule.arguments}), action))
    return found


@pytest.mark.parametrize("role", PEOPLE)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_role_opens_what_the_table_of_grants_gives_it_and_nothing_else(app, sign_in, role, method):
    browser = sign_in(role)
    for address, action in addresses(app, method):
        if address == "/sign-out":
            continue
        answer = browser.get(address) if method == "GET" else browser.post(address)
        assert (answer.status_code == 403) != (role in GRANTS[action]), (role, address, answer.status_code)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nobody_opens_anything_without_signing_in(app, browser, method):
    for address, _action in addresses(app, method):
        answer = browser.open(method, address)
        assert answer.status_code in (302, 401), (address, answer.status_code)
        assert "申请内容" not in answer.text


def test_a_view_that_names_no_action_is_refused_even_to_the_head(app, sign_in):
    app.add_url_rule("/nameless", view_func=lambda: "seen", endpoint="nameless")

    assert sign_in(Role.HEAD).get("/nameless").status_code == 403


def test_a_form_without_its_token_is_refused(app, sign_in):
    browser = sign_in(Role.HEAD)

    answer = browser.client.post(
        "/register", data={"form": "visit", "arrived_on": "2026-03-16", "summary": "x"}
    )

    assert answer.status_code == 400


def test_every_answer_carries_the_headers_that_keep_it_inside(app, sign_in):
    headers = sign_in(Role.HEAD).get("/").headers

    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cache-Control"] == "no-store"


# -- the session --------------------------------------------------------------------------------------


def test_nobody_stays_signed_in_who_did_nothing_for_half_an_hour(app, sign_in, clock):
    browser = sign_in(Role.HEAD)
    clock.forward(minutes=31)

    assert browser.get("/cases").status_code == 302
    assert "/sign-in" in browser.get("/cases").location


def test_what_was_typed_into_an_expired_page_is_kept_and_sent_again(app, sign_in, clock):
    browser = sign_in(Role.HEAD)
    browser.get("/register")
    clock.forward(minutes=45)
    typed = {
        "form": "visit",
        "arrived_on": "2026-03-16",
        "person": "丁某",
        "summary": "来访内容",
        "triage": "",
    }

    expired = browser.post("/register", typed, headers={"Origin": "http://localhost"})

    assert expired.status_code == 401
    assert "不会丢失" in expired.text
    fields = {f"kept-{name}": value for name, value in typed.items()}
    words = {"login": "head0", "password": "Long-enough-1", "to": "/register", **fields}
    again = browser.post("/sign-in", words)
    assert (again.status_code, "来访内容" in again.text) == (200, True)
    sent = browser.post("/register", typed)
    assert sent.status_code == 303
    assert "丁＊" in browser.get(sent.location).text


def test_what_was_kept_is_shown_in_the_words_of_its_form_and_not_in_the_names_of_its_fields(sign_in):
    typed = {
        "form": "visit",
        "arrived_on": "2026-03-16",
        "channel": "in_person",
        "further_2_kind": "natural_person",
        "further_2_name": "乙某",
        "people": "2",
    }
    browser = sign_in(Role.HEAD)
    fields = {f"kept-{name}": value for name, value in typed.items()}

    words = {"login": "head0", "password": "Long-enough-1", "to": "/register", **fields}

    page = browser.post("/sign-in", words)

    table = page.text.split("<table")[1].split("</table>")[0]
    assert "来件形式" in table
    assert "来访" in table
    assert "当面提交" in table
    assert "第2申请人 · 申请人姓名或者名称" in table
    assert not [
        raw for raw in ("arrived_on", "visit", "in_person", "further_2", "natural_person") if raw in table
    ]


def test_a_registration_refused_does_not_lead_the_eye_to_a_field_without_an_error(sign_in):
    page = sign_in(Role.REGISTRAR).post(
        "/register", {"form": "letter", "arrived_on": "0026-11-24", "summary": "来信"}
    )

    assert 'id="arrived_on-wrong"' in page.text
    assert "autofocus" not in page.text


def test_the_form_proposes_no_time_of_arrival_that_nobody_typed(sign_in):
    page = sign_in(Role.REGISTRAR).get("/register").text

    assert 'name="arrived_time" type="time" value=""' in page


def test_what_another_site_sends_is_not_kept(app, sign_in, clock):
    browser = sign_in(Role.HEAD)
    clock.forward(minutes=45)

    answer = browser.post(
        "/register", {"summary": "planted"}, headers={"Origin": "https://elsewhere.example"}
    )

    assert "planted" not in answer.text


def test_signing_in_leads_back_to_the_page_asked_for_and_never_to_another_site(app, sign_in):
    browser = sign_in(Role.HEAD)
    for to, leads in (
        ("/cases?state=open", "/cases?state=open"),
        ("https://evil.example/", "/"),
        ("//evil", "/"),
    ):
        browser.get("/sign-in")
        answer = browser.post("/sign-in", {"login": "head0", "password": "Long-enough-1", "to": to})
        assert answer.location == leads


def test_a_one_time_password_must_be_changed_before_anything_else(browser, agency_id, clock):
    _, once = user.create_by_command(
        agency_id=agency_id, login="new", name="新人", roles=[Role.HEAD], now=clock()
    )
    browser.get("/sign-in")
    browser.post("/sign-in", {"login": "new", "password": once, "to": "/"})

    assert browser.get("/cases").location.endswith("/account/password")
    browser.get("/account/password")
    weak = browser.post("/account/password", {"old": once, "new": "short", "again": "short"})
    assert weak.status_code == 422
    done = browser.post("/account/password", {"old": once, "new": "Much-longer-1", "again": "Much-longer-1"})
    assert done.status_code == 303
    assert browser.get("/cases").status_code == 200


def test_a_changed_password_ends_the_other_sessions(app, sign_in):
    here, there = sign_in(Role.HEAD), sign_in(Role.HEAD)

    here.get("/account/password")
    words = {"old": "Long-enough-1", "new": "Another-long-1", "again": "Another-long-1"}
    here.post("/account/password", words)

    assert here.get("/cases").status_code == 200
    assert there.get("/cases").status_code == 302


def test_every_entry_that_a_page_brings_to_the_audit_log_names_where_it_was_asked_from(
    app, sign_in, agency_id, clock
):
    head = sign_in(Role.HEAD)
    head.get("/cases/export.xlsx")
    head.post("/account/password", {"old": PASSWORD, "new": "Other-enough-2", "again": "Other-enough-2"})
    audit.note("exported", actor="系统", now=clock(), agency_id=agency_id)
    db.session.commit()

    by_page = select(AuditEntry.address).where(AuditEntry.act.in_(["exported", "password_changed"]))
    seen = db.session.scalars(by_page.order_by(AuditEntry.id.desc()).limit(3)).all()
    assert seen == ["", "127.0.0.1", "127.0.0.1"]
