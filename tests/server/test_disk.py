"""Disks that are full, read-only or damaged: a command says so in one sentence, a page keeps the form."""

import ctypes
import resource  # of another process: the suite runs on Linux
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from tests.server.conftest import Folder, Served, kept_form, serving

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
LETTER = {"form": "letter", "arrived_on": "2026-11-02", "person": "丁某", "summary": "来信内容很长"}
DROP_CAPABILITY, OVERRIDE_MODES = 24, 1  # PR_CAPBSET_DROP, CAP_DAC_OVERRIDE
PAGE = 4096


@pytest.fixture
def demo(demo_folder) -> Iterator[Served]:
    """The sample office, served without its jobs: a copy of the night wants room too."""
    yield from serving(demo_folder, "--no-jobs")


@contextmanager
def room(served: Served, content: int) -> Iterator[None]:
    """Leave room for files of so many bytes on the disk that a server writes to."""
    limit, least = resource.RLIMIT_FSIZE, resource.RLIM_INFINITY
    resource.prlimit(served.process.pid, limit, (content, least))
    try:
        yield
    finally:
        resource.prlimit(served.process.pid, limit, (least, least))


def files(folder: Folder) -> set[str]:
    return {path.name for path in (folder.path / "uploads").rglob("*") if path.is_file()}


def letter(visitor) -> str:
    return visitor.fill("/register", LETTER).url


def test_an_upload_that_the_disk_has_no_room_for_is_a_page_503_and_leaves_nothing(demo):
    visitor = demo.visit("registrar")
    page, before = f"{letter(visitor)}/evidence?kind=file", files(demo.folder)
    shown, typed = visitor.form(page, "/evidence"), {"kind": "file", "on": "2026-11-02", "note": "信封背面"}
    photograph = {"file": ("信封.png", PNG + b"\x00" * 400_000)}
    with closing(sqlite3.connect(demo.folder.path / "tracker.sqlite3")) as database:
        database.execute(
            "PRAGMA wal_checkpoint(TRUNCATE)"
        )  # its journal has room: the picture alone has none

    with room(demo, 300_000):
        full = visitor.send(page, shown, typed, files=photograph)

    assert (full.status_code, "磁盘空间已满" in full.text, "信封背面" in full.text) == (503, True, True)
    assert files(demo.folder) == before
    assert "信封.png" not in visitor.get(page).text
    assert visitor.send(page, visitor.form(page, "/evidence"), typed, files=photograph).status_code == 200


def test_a_form_that_the_disk_has_no_room_for_is_kept_and_can_be_sent_again(demo):
    visitor = demo.visit("registrar")
    shown = visitor.form("/register", "/register")

    with room(demo, 16_000):
        full = visitor.send("/register", shown, LETTER)

    assert (full.status_code, "没有保存" in full.text) == (503, True), full.text
    assert visitor.send("/register", kept_form(full, "/register")).status_code == 200


@pytest.mark.parametrize("command", [("backup",), ("jobs", "once", "backup"), ("user", "password", "admin")])
def test_a_command_that_the_disk_has_no_room_for_is_one_sentence_and_status_2(demo_folder, command):
    def narrow() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (16_000, 16_000))

    before = set(demo_folder.path.rglob("*.zip"))
    refused = demo_folder.run(*command, timeout=300, preexec_fn=narrow)

    assert (refused.returncode, "Traceback" in refused.stderr) == (2, False), refused.stderr
    assert "磁盘" in refused.stderr, refused.stderr
    assert set(demo_folder.path.rglob("*.zip")) == before


def bound_by_modes() -> None:
    """Let the modes of files bind the superuser too: the process to come loses what overrides them."""
    ctypes.CDLL(None).prctl(DROP_CAPABILITY, OVERRIDE_MODES)


@pytest.mark.parametrize(
    "command", [("user", "password", "admin"), ("jobs", "once", "escalate", "--on", "2026-03-16")]
)
def test_a_database_that_can_only_be_read_is_one_sentence_and_status_2(demo_folder, command):
    (demo_folder.path / "tracker.sqlite3").chmod(0o400)

    refused = demo_folder.run(*command, timeout=300, preexec_fn=bound_by_modes)

    assert (refused.returncode, "Traceback" in refused.stderr) == (2, False), refused.stderr
    assert "只能读取" in refused.stderr, refused.stderr


def spoil(folder: Folder, table: str) -> None:
    """Overwrite the page of the database file on which a table begins."""
    with closing(sqlite3.connect(folder.path / "tracker.sqlite3")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        found = "SELECT rootpage FROM sqlite_master WHERE name = ?"
        (number,) = connection.execute(found, (table,)).fetchone()
    with (folder.path / "tracker.sqlite3").open("r+b") as file:
        file.seek((number - 1) * PAGE)
        file.write(b"\x5a" * PAGE)


@pytest.mark.parametrize(
    ("table", "command"),
    [
        ("case_events", ("check",)),
        ("case_events", ("export",)),
        ("publications", ("backup",)),
        ("cases", ("check",)),
    ],
)
def test_a_damaged_page_in_the_middle_is_named_and_no_command_ends_well(demo_folder, table, command):
    spoil(demo_folder, table)

    refused = demo_folder.run(*command, timeout=300)

    assert (refused.returncode in (1, 2), "Traceback" in refused.stderr) == (True, False), refused.stderr
    assert "损坏" in refused.stderr + refused.stdout


def test_a_page_that_meets_a_damaged_one_is_503_and_the_others_go_on(demo_folder):
    spoil(demo_folder, "publications")
    served = demo_folder.serve("--no-jobs")
    visitor = served.visit("head")

    damaged, whole = visitor.get("/books/publications"), visitor.get("/cases")

    assert (damaged.status_code, "数据库已损坏" in damaged.text, whole.status_code) == (503, True, 200)
    assert served.stop() == 0
