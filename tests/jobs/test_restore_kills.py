"""A restore or a backup that is killed leaves the office as it was or as the copy says, and loses nothing.

PROOF_KILLS sets how many times each is killed; ``dev.py proof kills`` sets more.
"""

import os
import random
import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep

import pytest

from tests.jobs.test_jobs import load, received
from tracker import now as wall
from tracker.models import in_use
from tracker.models.base import db
from tracker.services.exchange import exporting
from tracker.services.office import office
from tracker.services.operations import backup, inspection, restore

ROOT = Path(__file__).resolve().parents[2]
KILLS = int(os.environ.get("PROOF_KILLS", "2"))


def command(*words: str) -> subprocess.Popen:
    """Start a command of the office as a process of its own."""
    environ = {
        "TRACKER_INSTANCE": str(office.settings().instance),
        "TRACKER_DATABASE_URL": db.engine.url.render_as_string(hide_password=False),
        "PYTHONPATH": str(ROOT),
        "PYTHONUTF8": "1",
    }
    line = [sys.executable, "-c", "from tracker.app import main; main()", *words]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "text": True, "encoding": "utf-8"}
    return subprocess.Popen(line, env={**os.environ, **environ}, **quiet)


def let_go() -> None:
    """Give back what this process holds of the office, so that it is no writer beside a restore."""
    db.session.remove()
    in_use.leave(db.engine)
    db.engine.dispose()


def numbers() -> list[str]:
    return [line["number"] for line in exporting.histories(now=wall.now()) if "number" in line]


def found() -> list[str]:
    return [f"{each.where} {each.message}" for each in inspection.inspect(today=wall.today())]


@pytest.mark.parametrize("act", ["restore", "backup", "night"])
def test_nothing_is_lost_where_it_is_killed(app, tmp_path, clock, act):
    load(received("2026-03-02", "A-1"), received("2026-03-03", "A-2"))
    copy = backup.make(tmp_path / "copy.zip", now=clock()).path
    of_copy = numbers()
    words = {
        "restore": ["restore", str(copy), "--replace"],
        "backup": ["backup"],
        "night": ["jobs", "once", "backup"],
    }[act]
    let_go()
    begin = monotonic()
    whole = command(*words)
    told = whole.communicate()[1]
    assert whole.returncode == 0, told
    seconds = monotonic() - begin
    draw = random.Random(KILLS)

    for n in range(KILLS):
        load(received("2026-03-04", f"K-{n}"))
        before = numbers()
        let_go()
        process = command(*words)
        sleep(draw.uniform(0.3, 1.0) * seconds)
        process.kill()
        process.communicate()

        assert numbers() in ([before, of_copy] if act == "restore" else [before])
        ran_today = "时钟"  # the command ran by the machine's clock, this test by its own
        assert [each for each in found() if not each.startswith(ran_today)] == []
        assert list(backup.unreadable()) == []
        assert all(path.suffix == ".zip" for path in backup.folder().glob("[!.]*") if path.is_file())
    let_go()


def test_a_restore_refuses_beside_a_process_that_only_serves_pages(app, tmp_path, clock):
    load(received("2026-03-02", "A-1"))
    copy = backup.make(tmp_path / "copy.zip", now=clock()).path
    load(received("2026-03-03", "A-2"))
    let_go()
    server = command("serve", "--no-jobs", "--port", "0")
    try:
        assert any("http://" in line for line in server.stderr)
        refused = command("restore", str(copy), "--replace")
        words = refused.communicate()[1]
    finally:
        server.kill()
        server.communicate()

    assert (refused.returncode, "请先停止" in words) == (2, True), words
    assert numbers() == ["A-1", "A-2"]


def test_a_key_of_a_copy_comes_into_place_where_the_restore_was_killed_before_that(on_sqlite, clock):
    home = office.settings().instance
    (home / restore.COMING_KEY).write_bytes((home / "secret.key").read_bytes())
    (home / "secret.key").write_bytes(b"x" * 32)

    said = restore.settle_key(clock())

    assert "密钥已更换，原有密钥在" in said
    assert not (home / restore.COMING_KEY).exists()
    assert (home / "secret.key").read_bytes() == office.settings().secret_key
