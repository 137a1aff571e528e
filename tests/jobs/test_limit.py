"""A file given as a copy fills neither memory nor disk, by the real command in a process with little memory."""

import os
import resource
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.conftest import settings_of
from tests.jobs.test_jobs import load, received
from tracker.app import create_app
from tracker.models.base import db
from tracker.services.copy import limit
from tracker.services.operations import backup

NOW = datetime(2026, 3, 16, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
MEGABYTE = 1 << 20
LITTLE = 700 * MEGABYTE  # of addresses: the program itself takes some 300
TRACKER = Path(sys.executable).with_name("tracker")


@pytest.fixture(scope="module")
def home(tmp_path_factory, sqlite_template) -> Path:
    """The folder of an office with a case, and beside it a plain copy of it, with its key."""
    folder = tmp_path_factory.mktemp("bounds")
    shutil.copytree(sqlite_template, folder / "office")
    made = create_app(settings_of(folder / "office"), now=lambda: NOW)
    with made.app_context():
        load(received("2026-03-02", "A-1"))
        backup.make(folder / "copy.zip", now=NOW, with_key=True)
        backup.make(folder / "sealed.zip", now=NOW)
        db.engine.dispose()
    return folder / "office"


def run(home: Path, *words: str) -> tuple[int, str]:
    """Return how a command of the office ends in a process with little memory, and what it says."""
    done = subprocess.run(
        [TRACKER, *words],
        env={**os.environ, "TRACKER_INSTANCE": str(home), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (LITTLE, LITTLE)),
        check=False,
    )
    return done.returncode, done.stderr


def restored(home: Path, file: Path) -> tuple[int, str]:
    """Return how `tracker restore` ends in a process with little memory, and what it says."""
    return run(home, "restore", str(file), "--replace")


def crafted(home: Path, name: str, pieces: Iterator[bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    """Return the plain copy with a part of that name, in the place of its own where it has one."""
    place = home.parent / "crafted.zip"
    with zipfile.ZipFile(home.parent / "copy.zip") as old, zipfile.ZipFile(place, "w") as new:
        for each in old.namelist():
            if each != name:
                new.writestr(each, old.read(each))
        about = zipfile.ZipInfo(name)
        about.compress_type = method
        with new.open(about, "w", force_zip64=True) as part:
            for piece in pieces:
                part.write(piece)
    return place


def much(megabytes: int, piece: bytes = b"\0" * MEGABYTE) -> Iterator[bytes]:
    return (piece for _ in range(megabytes))


MOST_LISTS = b"[" + b"[]," * 200_000 + b"[]]"
MOST_VALUES = b"[" + b'"ab",' * 150_000 + b"0]"


@pytest.mark.parametrize(
    ("name", "pieces", "words"),
    [
        ("manifest.json", lambda: much(1024, b" " * MEGABYTE), "“manifest.json”有1024.0 MB，过大"),
        ("manifest.json", lambda: iter([b"[" * 9_000]), "清单嵌套过深"),
        ("manifest.json", lambda: iter([MOST_LISTS]), "清单过长"),
        ("manifest.json", lambda: iter([MOST_VALUES]), "清单过长"),
        ("secret.key", lambda: much(1), "“secret.key”有1.0 MB，过大"),
        ("config.toml", lambda: much(100), "“config.toml”有100.0 MB，过大"),
        ("uploads/ab/abc", lambda: much(1024), "“uploads/ab/abc”有1024.0 MB，过大"),
        ("tracker.sqlite3", lambda: much(1024), "“tracker.sqlite3”展开后过大"),
        ("else.bin", lambda: much(1024), "“else.bin”展开后过大"),
    ],
)
def test_a_part_that_no_copy_has_is_refused_in_words_and_little_memory(home, name, pieces, words):
    status, said = restored(home, crafted(home, name, pieces()))

    assert (status, words in said) == (2, True), said[-500:]


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_a_part_packed_by_a_method_that_unpacks_without_a_limit_is_refused(home, method):
    status, said = restored(home, crafted(home, "manifest.json", much(1, b" " * MEGABYTE), method))

    assert (status, "的压缩方式不对" in said) == (2, True), said[-500:]


def test_a_table_of_contents_of_half_a_million_parts_is_refused(home):
    place = home.parent / "many.zip"
    with zipfile.ZipFile(place, "w") as archive:
        archive.writestr("x", b"")
    content = place.read_bytes()
    begin, end = content.index(b"PK\x01\x02"), content.index(b"PK\x05\x06")
    table = content[begin:end] * 500_000
    tail = content[end : end + 12] + len(table).to_bytes(4, "little") + content[end + 16 :]
    place.write_bytes(content[:begin] + table + tail)

    status, said = restored(home, place)

    assert (status, "文件过多" in said) == (2, True), said[-500:]


def test_a_part_larger_than_it_says_is_read_to_what_it_says_and_refused(home):
    place = crafted(home, "config.toml", much(200))
    content = place.read_bytes()
    where = content.rindex(b"config.toml") - 46  # in the table of contents
    place.write_bytes(content[: where + 24] + (10).to_bytes(4, "little") + content[where + 28 :])

    status, said = restored(home, place)

    assert (status, "文件与清单不符" in said or "散列不符" in said) == (2, True), said[-500:]


def test_a_part_named_twice_is_refused(home):
    place = home.parent / "twice.zip"
    place.write_bytes((home.parent / "copy.zip").read_bytes())
    with zipfile.ZipFile(place, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("secret.key", b"another")

    status, said = restored(home, place)

    assert (status, "有同名的文件" in said) == (2, True), said[-500:]


def test_a_changed_manifest_is_refused_before_any_other_part_is_unpacked(home):
    place = home.parent / "changed.zip"
    with zipfile.ZipFile(home.parent / "copy.zip") as old, zipfile.ZipFile(place, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            changed = {"manifest.json": content.replace(b'"made_at": "2026', b'"made_at": "2027')}
            new.writestr(name, b"damaged" if name == "tracker.sqlite3" else changed.get(name, content))

    status, said = restored(home, place)

    assert (status, "清单的封印不符" in said) == (2, True), said[-500:]


def test_a_copy_larger_than_the_disk_has_room_for_is_refused_before_it_is_unpacked(home, monkeypatch):
    monkeypatch.setattr(limit.shutil, "disk_usage", lambda _folder: type("Usage", (), {"free": 1000}))
    with (
        zipfile.ZipFile(home.parent / "copy.zip") as archive,
        pytest.raises(backup.BadBackupError, match=r"磁盘只剩0\.0 GB，放不下"),
    ):
        limit.check_room(archive, "copy.zip", home)


@pytest.mark.parametrize("name", ["copy.zip", "sealed.zip"])
def test_a_copy_that_the_program_made_is_restored_in_as_little_memory(home, name):
    again = home.with_name(f"again-{name}")
    shutil.copytree(home, again)  # this process holds the office that the copy came from

    status, said = restored(again, home.parent / name)

    assert (status, "核对无误" in said) == (0, True), said[-500:]


def test_an_office_whose_uploads_are_larger_than_memory_is_copied_into_one_file(home):
    large = home.with_name("large")
    shutil.copytree(home, large)
    for number in range(10):
        upload = large / "uploads" / "ab" / f"{number}"
        upload.parent.mkdir(parents=True, exist_ok=True)
        with upload.open("wb") as content:
            content.truncate(50 * MEGABYTE)

    status, said = run(large, "backup", str(large / "copy.zip"))

    assert (status, "10个上传文件，已核对" in said) == (0, True), said[-500:]
