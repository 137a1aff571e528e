"""A sample office served by the real command, and people who visit it over HTTP."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
import requests

from tests.conftest import PASSWORD
from tests.postgres import make_copy, make_empty

ROOT = Path(__file__).resolve().parents[2]
TRACKER = (sys.executable, "-c", "from tracker.app import main; main()")
ONCE = re.compile(r"用户 (\w+)（.*?）的一次性密码：(\S+)")
FIRST = re.compile(r"^[\w-]{19}$", re.MULTILINE)
LOGINS = {
    "registrar": "dengji",
    "handler": "chengban",
    "reviewer": "shenhe",
    "head": "fuze",
    "auditor": "shenji",
    "administrator": "admin",
}


@dataclass
class Folder:
    """An office that is not served yet: its folder, its database, its people's one-time passwords."""

    path: Path
    url: str = ""
    once: dict[str, str] = field(default_factory=dict)
    more: dict[str, str] = field(default_factory=dict)  # of its environment

    @property
    def environ(self) -> dict[str, str]:
        named = {"TRACKER_INSTANCE": str(self.path), "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return {**kept, **named, **self.more, **({"TRACKER_DATABASE_URL": self.url} if self.url else {})}

    def run(self, *arguments: str, **more) -> subprocess.CompletedProcess[str]:
        """Run a command of the program as a person at the machine does."""
        words = {"env": self.environ, "capture_output": True, "text": True, "encoding": "utf-8", **more}
        return subprocess.run([*TRACKER, *arguments], check=False, **words)

    def serve(self, *arguments: str) -> "Served":
        """Start the server on a free port; return it once it answers."""
        command = [*TRACKER, "serve", "--port", "0", *arguments]
        log = self.path.parent / "serve.log"
        with log.open("w", encoding="utf-8") as errors:
            process = subprocess.Popen(command, env=self.environ, stderr=errors)
        while process.poll() is None:
            if found := re.search(r"http://\S+/", log.read_text(encoding="utf-8")):
                return Served(self, process, found[0].rstrip("/"), log)
            time.sleep(0.02)  # a tester that asks without end takes a processor from the server
        raise AssertionError(f"the server did not start: {log.read_text(encoding='utf-8')}")


@dataclass
class Served:
    """A running server."""

    folder: Folder
    process: subprocess.Popen
    address: str
    log: Path
    looked_at: int = 0  # characters of the log whose errors a test called for

    def visit(self, role: str = "") -> "Visitor":
        """Return somebody at the pages, signed in with a password of their own where a role is named."""
        visitor = Visitor(self.address)
        if role:
            visitor.sign_in(LOGINS[role], self.folder.once)
        return visitor

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)

    def errors(self) -> str:
        """Return what the server wrote of unexpected errors."""
        return self.log.read_text(encoding="utf-8")[self.looked_at :].partition("Traceback")[2]

    def expect_errors(self) -> None:
        """Leave out what was written until now: the test took the database away."""
        self.looked_at = len(self.log.read_text(encoding="utf-8"))


class Seen(HTMLParser):
    """The links, images and forms of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[Shown] = []
        self._select: list | None = None
        self._area: str | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list) -> None:
        values = dict(attrs)
        if tag in ("a", "link") and values.get("href"):
            self.links.append(values["href"])
        if tag in ("img", "script") and values.get("src"):
            self.links.append(values["src"])
        if tag == "form":
            self.forms.append(Shown(values.get("action", ""), values.get("method", "get").lower()))
        if self.forms and not self.forms[-1].done:
            self._field(tag, values)

    def _field(self, tag: str, values: dict) -> None:
        form, name = self.forms[-1], values.get("name")
        self._named(form, tag, name, values)
        if tag == "button" or values.get("type") == "submit":
            form.button = form.button or values.get("type", "submit") == "submit"

    def _named(self, form: "Shown", tag: str, name: str | None, values: dict) -> None:
        if tag == "select":
            self._select = [name, []]
        elif tag == "option" and self._select:
            self._select[1].append((values.get("value", ""), "selected" in values))
        elif tag == "textarea" and name:
            form.fields.append((name, "", "textarea"))
            self._area = name
        elif tag in ("input", "button") and name:
            kind = values.get("type", "text" if tag == "input" else "submit")
            if kind == "submit" and form.button:
                return  # Enter sends the first button alone
            if kind not in ("checkbox", "radio") or "checked" in values:
                form.fields.append((name, values.get("value") or "", kind))

    def handle_data(self, data: str) -> None:
        if self._area:
            name, before, kind = self.forms[-1].fields[-1]
            self.forms[-1].fields[-1] = (name, before + data, kind)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = None
        if tag == "select" and self._select and self.forms:
            name, options = self._select
            chosen = [value for value, selected in options if selected] or [v for v, _ in options[:1]]
            if name:
                values = [value for value, _ in options]
                self.forms[-1].fields.append((name, chosen[0] if chosen else "", "select"))
                self.forms[-1].options[name] = values
            self._select = None
        if tag == "form" and self.forms:
            self.forms[-1].done = True


@dataclass
class Shown:
    """A form as a page shows it: where it leads, and its fields as (name, value, kind)."""

    action: str
    method: str
    fields: list[tuple[str, str, str]] = field(default_factory=list)
    options: dict[str, list[str]] = field(default_factory=dict)
    button: bool = False  # one that sends was seen: the first, which Enter presses
    done: bool = False


class Visitor:
    """A person's browser without scripts: keeps cookies, follows links, sends forms with their tokens."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.session = requests.Session()
        self.session.trust_env = False

    def get(self, path: str, **more) -> requests.Response:
        return self.session.get(urljoin(self.address, path), **{"timeout": 60, **more})

    def post(self, path: str, data=None, **more) -> requests.Response:
        """Send a form that was not opened: it lacks its token."""
        return self.session.post(urljoin(self.address, path), data, **{"timeout": 60, **more})

    def send(self, at: str, shown: Shown, values: dict[str, str] | None = None, **more) -> requests.Response:
        """Send a form of a page with the fields it shows and those that were typed."""
        typed = dict(values or {})
        data = [(name, typed.pop(name, value)) for name, value, kind in shown.fields if kind != "file"]
        data += typed.items()
        headers = {"Referer": urljoin(self.address, at), "Origin": self.address}
        return self.post(urljoin(at, shown.action) if shown.action else at, data, headers=headers, **more)

    def form(self, path: str, action: str = "") -> Shown:
        """Return the form of a page that leads to an address; the first that sends where none is named."""
        forms = [each for each in Seen(self.get(path).text).forms if each.method == "post"]
        return next(each for each in forms if (action or path.partition("?")[0]) in (each.action or path))

    def fill(self, path: str, values: dict[str, str], action: str = "", **more) -> requests.Response:
        """Open a page and send its form."""
        return self.send(path, self.form(path, action), values, **more)

    def sign_in(self, login: str, once: dict[str, str]) -> None:
        """Sign in; change the one-time password where it still is one."""
        self.fill("/sign-in", {"login": login, "password": once.get(login, PASSWORD)})
        if "/account/password" in self.get("/handbook").url:
            words = {"old": once[login], "new": PASSWORD, "again": PASSWORD}
            answer = self.fill("/account/password", words)
            assert answer.status_code == 200, answer.text
            once[login] = PASSWORD
        assert urlsplit(self.get("/handbook").url).path == "/handbook"


def make_demo(path: Path, url: str = "") -> Folder:
    """Make a sample office by the commands that a person would type."""
    folder = Folder(path, url)
    made = folder.run("init", "--agency", "示范区城市管理局")
    assert made.returncode == 0, made.stderr
    filled = folder.run("demo")
    assert filled.returncode == 0, filled.stderr
    folder.once = dict(ONCE.findall(filled.stdout + filled.stderr))
    folder.once["admin"] = FIRST.search(made.stdout)[0]
    return folder


def made_once(factory: pytest.TempPathFactory, worker_id: str, name: str, url: Callable[[], str]) -> Folder:
    """Return a sample office that the first worker of the run to ask for it makes; the others wait for it."""
    base = factory.getbasetemp()
    place = (base if worker_id == "master" else base.parent) / name
    ready, passwords = place / "ready", place / "passwords.json"
    try:
        place.mkdir()
    except FileExistsError:
        while not ready.exists():
            time.sleep(0.1)
        kept = json.loads(passwords.read_text(encoding="utf-8"))
        return Folder(place / "office", kept["url"], kept["once"])
    try:
        made = make_demo(place / "office", url())
        passwords.write_text(json.dumps({"url": made.url, "once": made.once}), encoding="utf-8")
    finally:
        ready.touch()  # where it failed the others fail too, for want of the passwords
    return made


@pytest.fixture(scope="session")
def demo_template(tmp_path_factory, worker_id) -> Folder:
    """A sample office on SQLite, to be copied."""
    return made_once(tmp_path_factory, worker_id, "demo", lambda: "")


@pytest.fixture(scope="session")
def postgres_demo(tmp_path_factory, worker_id) -> Callable[[Path, str], Folder]:
    """Make a copy of a sample office on PostgreSQL: its folder, and the name of its database."""

    def copied(path: Path, name: str) -> Folder:
        template = made_once(tmp_path_factory, worker_id, "demo-pg", lambda: make_empty("demo"))
        shutil.copytree(template.path, path)
        return Folder(path, make_copy(f"{name}_{worker_id}", "demo"), dict(template.once))

    return copied


@pytest.fixture
def demo_folder(tmp_path, demo_template) -> Folder:
    """A copy of the sample office that a test may spoil."""
    shutil.copytree(demo_template.path, tmp_path / "office")
    return Folder(tmp_path / "office", "", dict(demo_template.once))


@pytest.fixture
def demo(demo_folder) -> Iterator[Served]:
    """The sample office, served; nothing unexpected may stand in the server's log at the end."""
    yield from serving(demo_folder)


@pytest.fixture(scope="module")
def open_demo(tmp_path_factory, demo_template) -> Iterator[Served]:
    """The sample office, served to the tests of a module that only look at it."""
    path = tmp_path_factory.mktemp("open-demo") / "office"
    shutil.copytree(demo_template.path, path)
    yield from serving(Folder(path, "", dict(demo_template.once)))


@pytest.fixture(scope="module")
def demo_on_postgresql(tmp_path_factory, postgres_demo) -> Iterator[Served]:
    """A sample office on PostgreSQL, served."""
    yield from serving(postgres_demo(tmp_path_factory.mktemp("demo-pg") / "office", "demo"))


def eventually(holds: Callable[[], object], seconds: float = 120) -> None:
    """Wait until something holds, as long as a busy machine may take."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


def serving(folder: Folder, *arguments: str) -> Iterator[Served]:
    served = folder.serve(*arguments)
    yield served
    assert served.stop() == 0
    assert served.errors() == ""


def kept_form(answer: requests.Response, action: str) -> Shown:
    """Return the form that a page offers to send again, all that was typed in it."""
    return next(each for each in Seen(answer.text).forms if each.action == action)
