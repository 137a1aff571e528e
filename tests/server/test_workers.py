"""Several processes behind one address: `serve --workers N`."""

import fcntl
import json
import os
import signal
import socket
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.server.conftest import Served, eventually
from tests.server.test_faults import raw


def workers(served: Served) -> set[int]:
    """Return the processes that serve, by their parent."""
    parent = served.process.pid
    return {int(each) for each in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()}


@pytest.fixture
def served(demo_folder):
    served = demo_folder.serve("--workers", "2")
    eventually(lambda: len(workers(served)) == 2)
    yield served
    if served.process.poll() is None:
        assert served.stop() == 0
    assert served.errors() == ""


def test_a_person_who_signed_in_at_one_process_is_known_to_all(served):
    visitor = served.visit("head")
    answers = set()

    for _ in range(12):
        with closing(socket.create_connection(("127.0.0.1", int(served.address.rpartition(":")[2])))):
            answers.add(visitor.get("/cases", headers={"Connection": "close"}).status_code)

    assert answers == {200}


def test_a_process_that_dies_is_replaced_while_the_other_serves(served):
    before = workers(served)
    os.kill(min(before), signal.SIGKILL)

    eventually(lambda: served.visit().get("/sign-in").status_code == 200)
    eventually(lambda: len(workers(served)) == 2 and workers(served) != before)


def test_a_hang_up_replaces_the_processes_and_the_service_goes_on(served):
    before = workers(served)

    served.process.send_signal(signal.SIGHUP)

    eventually(lambda: len(workers(served)) == 2 and not workers(served) & before)
    assert served.visit().get("/sign-in").status_code == 200


def test_the_jobs_go_on_in_another_process_when_the_one_that_runs_them_dies(served):
    def worker() -> str | None:
        with closing(sqlite3.connect(served.folder.path / "tracker.sqlite3")) as database:
            row = database.execute("SELECT value FROM office_facts WHERE name = 'scheduler'").fetchone()
        return row and json.loads(row[0])["process"]

    eventually(lambda: worker() is not None)
    first = worker()
    os.kill(int(first.rpartition(":")[2]), signal.SIGKILL)

    eventually(lambda: worker() != first)


def test_processes_whose_parent_died_end_by_themselves(served):
    left = workers(served)
    served.process.kill()
    served.process.wait(60)

    eventually(lambda: not any(Path(f"/proc/{each}/task").exists() for each in left))


def test_what_the_server_refuses_gets_a_page_of_our_own_from_each_process(served):
    for _ in range(4):
        answer = raw(served.address, b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n")

        assert answer.startswith(("HTTP/1.1 400 ", "HTTP/1.0 400 "))
        assert "依申请公开办理系统" in answer


def test_a_restore_is_refused_beside_any_of_them(served, tmp_path):
    copy = tmp_path / "copy.zip"
    made = served.folder.run("backup", str(copy))
    assert made.returncode == 0, made.stderr

    refused = served.folder.run("restore", str(copy))

    assert (refused.returncode, "请先停止" in refused.stderr) == (2, True)


def test_beside_a_restore_none_is_started(demo_folder):
    with (demo_folder.path / "tracker.sqlite3.writers").open("w") as restoring:
        fcntl.flock(restoring, fcntl.LOCK_EX)

        refused = demo_folder.run("serve", "--workers", "2", "--port", "0")

    assert (refused.returncode, "正在恢复备份" in refused.stderr) == (2, True)
    assert "Traceback" not in refused.stderr


def test_a_port_in_use_is_one_sentence_and_status_2(demo_folder):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        refused = demo_folder.run("serve", "--workers", "2", "--port", str(port))

    assert refused.returncode == 2
    assert f"端口{port}已被其他程序占用" in refused.stderr
    assert "Traceback" not in refused.stderr
