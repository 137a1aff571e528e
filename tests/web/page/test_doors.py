"""The doors of the real server: cookies, proxies, the time of a refusal, connections left half open."""

import http.client
import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http.cookies import SimpleCookie
from pathlib import Path
from time import monotonic
from urllib.parse import urlencode, urlsplit

import pytest
from sqlalchemy import select

from tests.conftest import PASSWORD, TOKEN, settings_of
from tests.jobs.test_processes import serving
from tracker.app import create_app
from tracker.cli.server import SILENT_SECONDS
from tracker.domain.permission import Role
from tracker.models.base import db
from tracker.models.user import AuditEntry
from tracker.now import wall_clock
from tracker.services.office import user
from tracker.services.office.actor import Actor
from tracker.services.office.agency import default_agency

SAME_TIME = 1.5  # ratio of processor times, which a busy machine leaves alone; seen before: 4


@dataclass
class Person:
    """Somebody at the real server: keeps cookies as a browser does."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, **form: str) -> tuple[int, dict[str, list[str]], str]:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)) as line:
            headers = {**self.headers, "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
            if method == "POST":
                headers["Content-Type"] = "application/x-www-form-urlencoded"
                if "https" in headers.get("X-Forwarded-Proto", ""):
                    headers["Referer"] = f"https://127.0.0.1:{self.port}{path}"
            line.request(method, path, urlencode(form) if form else None, headers)
            answer = line.getresponse()
            found: dict[str, list[str]] = {}
            for name, value in answer.getheaders():
                found.setdefault(name, []).append(value)
            for words in found.get("Set-Cookie", []):
                self.cookies.update({name: morsel.value for name, morsel in SimpleCookie(words).items()})
            return answer.status, found, answer.read().decode()

    def sign_in(self, login: str = "lin", password: str = PASSWORD) -> tuple[int, dict[str, list[str]], str]:
        page = self.ask("GET", "/sign-in")[2]
        token = TOKEN.search(page)[1]
        return self.ask("POST", "/sign-in", csrf_token=token, login=login, password=password, to="/")


@pytest.fixture
def office(tmp_path, sqlite_template) -> Path:
    """An office with a person whose password costs what it costs in earnest, as a folder."""
    folder = tmp_path / "office"
    shutil.copytree(sqlite_template, folder)
    app = create_app(replace(settings_of(folder), testing=False), now=wall_clock)
    with app.app_context():
        now = wall_clock()
        row, once = user.create_by_command(
            agency_id=default_agency().id, login="lin", name="林静", roles=[Role.HEAD], now=now
        )
        person = Actor(row.name, row.role_set, row.agency_id, row.id)
        user.change_password(row.id, once, PASSWORD, actor=person, now=now)
        db.session.remove()
        db.engine.dispose()
    return folder


@contextmanager
def served(folder: Path, **settings: str) -> Iterator["Door"]:
    """Serve the office by the real command."""
    words = "".join(f'{key} = "{value}"\n' for key, value in settings.items())
    (folder / "config.toml").write_text(words, encoding="utf-8")
    server, address = serving(folder, "--no-jobs")
    port = urlsplit(address).port
    try:
        yield Door(port, server.pid)
    finally:
        stop(server)


@dataclass
class Door:
    """Where people come in: each call is somebody new."""

    port: int
    server: int  # the process that serves

    def __call__(self, **headers: str) -> Person:
        return Person(self.port, headers=headers)


def worked(process: int) -> float:
    """Return the seconds that a process has had of the processor, its threads together."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def stop(server: subprocess.Popen[str]) -> None:
    server.terminate()
    server.wait(60)
    server.stderr.close()


def noted(folder: Path, act: str) -> list[AuditEntry]:
    app = create_app(settings_of(folder), now=wall_clock)
    with app.app_context():
        found = list(db.session.scalars(select(AuditEntry).where(AuditEntry.act == act)))
        db.session.remove()
        db.engine.dispose()
    return found


def test_a_copied_cookie_is_worth_nothing_after_sign_out_and_both_cookies_are_out_of_scripts_reach(office):
    with served(office) as person:
        lin = person()
        status, headers, _ = lin.sign_in()
        assert status == 303
        for words in headers["Set-Cookie"]:
            assert "HttpOnly" in words
            assert "SameSite=Lax" in words
        token = TOKEN.search(lin.ask("GET", "/account/sessions")[2])[1]
        thief = Person(lin.port, dict(lin.cookies))
        assert "127.0.0.1" in thief.ask("GET", "/account/sessions")[2]

        assert lin.ask("POST", "/sign-out", csrf_token=token)[0] == 303
        assert thief.ask("GET", "/account/sessions")[0] == 302
        assert "device" in lin.cookies


def test_signing_out_elsewhere_ends_the_other_browser(office):
    with served(office) as person:
        here, there = person(**{"User-Agent": "Here/1"}), person(**{"User-Agent": "There/2"})
        here.sign_in()
        there.sign_in()
        page = here.ask("GET", "/account/sessions")[2]
        assert "There/2" in page

        assert here.ask("POST", "/account/sessions/end", csrf_token=TOKEN.search(page)[1])[0] == 303
        assert there.ask("GET", "/account/sessions")[0] == 302
        assert here.ask("GET", "/account/sessions")[0] == 200


def test_the_persons_own_browser_signs_in_while_a_stranger_guesses(office):
    with served(office) as person:
        lin, stranger = person(), person()
        lin.sign_in()
        for _ in range(8):
            assert stranger.sign_in(password="wrong")[0] == 401
        assert stranger.sign_in()[0] == 401

        lin.cookies.pop("session")
        assert lin.sign_in()[0] == 303


def test_unknown_wrong_and_waiting_take_the_same_time_status_and_words(office):
    with served(office) as person:
        for _ in range(6):
            person().sign_in(login="waits", password="x")
        spans = {"lin": 0.0, "nobody": 0.0, "waits": 0.0}
        pages: dict[str, set[tuple[int, str]]] = {login: set() for login in spans}
        for round_no in range(12):
            for login in spans:
                somebody = person()
                token = TOKEN.search(somebody.ask("GET", "/sign-in")[2])[1]
                # the same people try too often after five times: another login each, none known
                typed = {"lin": "lin" if round_no < 4 else "admin", "nobody": f"nobody{round_no // 4}"}
                name = typed.get(login, login)
                form = {"csrf_token": token, "login": name, "password": "Wrong-password-1", "to": "/"}
                begun = worked(person.server)
                status, _headers, page = somebody.ask("POST", "/sign-in", **form)
                spans[login] += worked(person.server) - begun
                words = re.sub(r'name="csrf_token" value="[^"]+"', "", page).replace(f'value="{name}"', "")
                pages[login].add((status, words))

        assert len(set.union(*pages.values())) == 1
        assert max(spans.values()) / min(spans.values()) < SAME_TIME, spans


# -- behind a proxy ---------------------------------------------------------------------------------------


def test_a_stranger_cannot_write_an_address_into_the_audit_log(office):
    with served(office) as person:
        person(**{"X-Forwarded-For": "6.6.6.6"}).sign_in(password="wrong")

    assert [entry.address for entry in noted(office, "sign_in_failed")] == ["127.0.0.1"]


def test_our_own_proxy_names_the_real_address_and_nothing_beyond_it_is_believed(office):
    with served(office, trusted_proxies="127.0.0.1 10.0.0.0/8") as person:
        person(**{"X-Forwarded-For": "192.0.2.7"}).sign_in(password="wrong")
        person(**{"X-Forwarded-For": "6.6.6.6, 192.0.2.7, 10.2.3.4"}).sign_in(password="wrong")

    assert [entry.address for entry in noted(office, "sign_in_failed")] == ["192.0.2.7"] * 2


def test_where_https_is_declared_cookies_are_secure_and_the_browser_is_told_to_stay_with_it(office):
    base = {"base_url": "https://ysq.example.gov.cn", "trusted_proxies": "127.0.0.1"}
    with served(office, **base) as person:
        status, headers, _ = person(**{"X-Forwarded-Proto": "https"}).sign_in()
        assert status == 303
        assert len(headers["Set-Cookie"]) == 2
        assert all("Secure" in words for words in headers["Set-Cookie"])
        assert headers["Strict-Transport-Security"] == ["max-age=31536000"]
        assert "Strict-Transport-Security" not in person().ask("GET", "/sign-in")[1]


# -- connections left half open -----------------------------------------------------------------------------


HALVES = (
    b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ",
    b"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\ncsrf_token=",
    b"",
)


def test_a_hundred_and_fifty_half_requests_of_three_kinds_do_not_stop_a_sign_in_and_are_let_go(office):
    with served(office) as person:
        port = person().port
        held = [socket.create_connection(("127.0.0.1", port), timeout=10) for _ in range(150)]
        for number, line in enumerate(held):
            line.sendall(HALVES[number % len(HALVES)])
        begun = monotonic()
        assert person().sign_in()[0] == 303
        assert monotonic() - begun < SILENT_SECONDS - 5  # when those are let go

        for line in held[: len(HALVES)]:
            line.settimeout(120)
            assert line.recv(1000) is not None  # closed, with an answer or without
        assert timedelta(seconds=monotonic() - begun) < timedelta(seconds=120)
        for line in held:
            line.close()
