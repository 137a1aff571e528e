"""Real processes: they are started, killed and stopped, and no day is lost or done twice."""

import re
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from datetime import date
from pathlib import Path
from time import monotonic, sleep

import psycopg
import pytest

from benchmarks.year import ROOT, Year, office
from tests.conftest import give_key
from tests.postgres import make_copy
from tracker.app import create_app
from tracker.config import load
from tracker.jobs import lock, runner
from tracker.models.base import db
from tracker.services.job import job


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request, worker_id, tmp_path) -> str:
    """The address of an empty database; empty text for the SQLite file of the office."""
    if request.param == "sqlite":
        return ""
    template = request.getfixturevalue("postgres_template")
    give_key(request.getfixturevalue("postgres_folder"), tmp_path / "office")
    return make_copy(f"year_{worker_id}", template)


def test_processes_killed_at_random_over_new_year_flag_on_the_day_and_close_the_year_once(tmp_path, database):
    first, kills = (date(2025, 12, 26), 0.3) if database else (date(2025, 12, 31), 0.3)
    year = Year(tmp_path, first, date(2026, 1, 4), 2, kills, database, a_day=(0, 1, 1, 2))
    with office(year):
        year.run()

        assert list(year.failures()) == []
    assert year.killed >= 1
    assert year.running == []


def serving(folder: Path, *more: str) -> tuple[subprocess.Popen[str], str]:
    """Start the web server of an office; return it and its address."""
    command = [sys.executable, "-c", "from tracker.app import main; main()", "serve", "--port", "0", *more]
    environ = {"TRACKER_INSTANCE": str(folder), "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    server = subprocess.Popen(command, env=environ, stderr=subprocess.PIPE, text=True, encoding="utf-8")
    for line in server.stderr:
        if found := re.search(r"http://\S+/", line):
            return server, found[0]
    raise AssertionError("the server did not start")


def health(address: str) -> int:
    try:
        with urllib.request.urlopen(f"{address}health") as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def test_serve_runs_the_jobs_beside_the_pages_and_gives_everything_back_on_sigterm(tmp_path, sqlite_template):
    folder = tmp_path / "office"
    shutil.copytree(sqlite_template, folder)
    server, address = serving(folder)
    other = lock.FileLock(folder / "jobs.lock")
    try:
        begin = monotonic()
        while health(address) != 200:
            assert monotonic() - begin < 90
            sleep(0.05)
        assert not other.take()
        server.send_signal(signal.SIGTERM)
        assert server.wait(60) == 0
    finally:
        server.kill()
        server.stderr.close()
    assert other.take()
    other.release()


def test_serve_without_jobs_leaves_them_to_another_process(tmp_path, sqlite_template):
    folder = tmp_path / "office"
    shutil.copytree(sqlite_template, folder)
    server, address = serving(folder, "--no-jobs")
    other = lock.FileLock(folder / "jobs.lock")
    try:
        assert (health(address), other.take()) == (503, True)
    finally:
        other.release()
        server.kill()
        server.wait()
        server.stderr.close()


def test_another_process_looks_for_the_lock_several_times_a_minute():
    assert runner.PULSE_SECONDS * 3 <= 60
    assert runner.OPTIONS == {"misfire_grace_time": 3600, "coalesce": True, "max_instances": 1}


def test_a_scheduler_that_is_killed_is_replaced_within_a_minute(on_postgres, tmp_path):
    environ = {
        "TRACKER_INSTANCE": str(tmp_path / "office"),
        "TRACKER_DATABASE_URL": url_of(db.engine),
        "PYTHONPATH": str(ROOT),
        "PYTHONUTF8": "1",
    }
    command = [sys.executable, "-c", "from tracker.app import main; main()", "jobs", "run"]
    running = {}
    try:
        for _process in range(2):
            process = subprocess.Popen(command, env=environ, stderr=subprocess.DEVNULL)
            running[process.pid] = process
        first = working(running)
        begin = monotonic()
        dead = running.pop(first)
        dead.kill()
        dead.wait()
        second = working(running)
    finally:
        for process in running.values():
            process.kill()
            process.wait()

    assert second != first
    assert monotonic() - begin < 60


def working(running: dict[int, subprocess.Popen[bytes]]) -> int:
    """Wait until one of the processes says that it works; return its number."""
    begin = monotonic()
    while True:
        db.session.rollback()
        seen = job.heartbeat()
        process = int(seen["process"].rpartition(":")[2]) if seen else 0
        if process in running:
            return process
        assert monotonic() - begin < 90
        sleep(0.1)


def test_one_holds_the_lock_and_another_gets_it_when_its_connection_dies(on_postgres, tmp_path):
    first, second = lock.of(db.engine, tmp_path), lock.of(db.engine, tmp_path)
    assert (first.take(), second.take(), first.take()) == (True, False, True)

    with psycopg.connect(url_of(db.engine), autocommit=True) as connection:
        held = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = 712"
        connection.execute(held)

    assert (second.take(), first.take()) == (True, False)
    first.release()
    second.release()
    assert first.take()
    first.release()


def url_of(engine) -> str:
    return engine.url.set(drivername="postgresql").render_as_string(hide_password=False)


def test_a_clock_from_a_file_is_for_tests_alone(tmp_path):
    (tmp_path / "clock").write_text("2026-03-02T09:00:00", encoding="utf-8")
    app = create_app(load({"TRACKER_INSTANCE": str(tmp_path / "office")}))
    with app.app_context():
        run = app.test_cli_runner()
        assert run.invoke(args=["tracker", "init"]).exit_code == 0
        answer = run.invoke(args=["tracker", "jobs", "run", "--clock", str(tmp_path / "clock")])
        db.session.remove()
        db.engine.dispose()

    assert (answer.exit_code, "testing = true" in answer.stderr) == (2, True)


@pytest.mark.parametrize("content", ["", "soon", "2026-13-01"])
def test_a_clock_that_says_no_moment_is_refused(on_sqlite, tmp_path, content):
    (tmp_path / "clock").write_text(content, encoding="utf-8")

    answer = on_sqlite.test_cli_runner().invoke(
        args=["tracker", "jobs", "run", "--clock", str(tmp_path / "clock")]
    )

    assert (answer.exit_code, "时刻" in answer.stderr) == (2, True)
