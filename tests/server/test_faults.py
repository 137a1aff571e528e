"""What machines do to an office: every fault is one sentence and status 2, a page 503 that keeps the form."""

import os
import signal
import socket
import sqlite3
import subprocess
import threading
import time
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from tests.postgres import on_server
from tests.server.conftest import TRACKER, Served, Visitor, eventually, kept_form

LETTER = {"form": "letter", "arrived_on": "2026-11-02", "person": "丁某", "summary": "来信内容很长"}


def test_a_port_in_use_is_one_sentence_and_status_2(demo_folder):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        refused = demo_folder.run("serve", "--port", str(port))

    assert refused.returncode == 2
    assert f"端口{port}已被其他程序占用" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize(
    "command", [("check",), ("export",), ("serve", "--port", "0"), ("init",), ("jobs", "list")]
)
def test_a_damaged_database_is_one_sentence_and_status_2(demo_folder, command):
    database = demo_folder.path / "tracker.sqlite3"
    content = bytearray(database.read_bytes())
    content[: 4096 * 3] = b"\x5a" * (4096 * 3)
    database.write_bytes(content)

    refused = demo_folder.run(*command, timeout=300)

    assert refused.returncode == 2
    assert "损坏" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_file_in_the_place_of_the_folder_is_one_sentence_and_status_2(demo_folder):
    demo_folder.path = demo_folder.path / "config.toml"
    demo_folder.path.write_text("")

    refused = demo_folder.run("init")

    assert refused.returncode == 2
    assert "config.toml" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_locked_database_keeps_the_form_and_ends_a_command_with_words(demo):
    visitor = demo.visit("registrar")
    shown = visitor.form("/register", "/register")
    held = sqlite3.connect(demo.folder.path / "tracker.sqlite3", isolation_level=None)
    held.execute("BEGIN IMMEDIATE")
    words = {"env": demo.folder.environ, "stderr": subprocess.PIPE, "text": True, "encoding": "utf-8"}

    command = subprocess.Popen([*TRACKER, "user", "password", "admin"], **words)
    busy = visitor.send("/register", shown, LETTER)
    told = command.communicate(timeout=300)[1]
    held.execute("ROLLBACK")
    held.close()

    assert (command.returncode, "数据库正忙" in told, "Traceback" in told) == (2, True, False), told
    assert busy.status_code == 503
    assert "什么也没有丢失" in busy.text
    again = visitor.send("/register", kept_form(busy, "/register"))
    assert again.status_code == 200
    assert "来信内容很长" in again.text


def test_a_reader_never_waits_for_a_writer(demo):
    visitor = demo.visit("head")
    held = sqlite3.connect(demo.folder.path / "tracker.sqlite3", isolation_level=None)
    held.execute("BEGIN IMMEDIATE")

    answers = [visitor.get(at).status_code for at in ("/cases", "/contacts", "/reports/2025", "/statistics")]
    held.execute("ROLLBACK")
    held.close()

    assert answers == [200] * 4


def cut(served) -> None:
    """End every connection to the office's database, as a restarted server does."""
    name = psycopg.conninfo.conninfo_to_dict(served.folder.url.replace("+psycopg", ""))["dbname"]
    on_server(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")


def test_a_lost_connection_to_postgresql_is_not_seen_by_a_reader(demo_on_postgresql):
    visitor = demo_on_postgresql.visit("head")
    cut(demo_on_postgresql)

    assert visitor.get("/cases").status_code == 200
    demo_on_postgresql.expect_errors()


def test_a_database_that_is_away_is_a_page_503_in_the_reader_s_language(demo_on_postgresql):
    visitor = demo_on_postgresql.visit("registrar")
    shown = visitor.form("/register", "/register")
    name = psycopg.conninfo.conninfo_to_dict(demo_on_postgresql.folder.url.replace("+psycopg", ""))["dbname"]
    on_server(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    try:
        cut(demo_on_postgresql)
        away = visitor.get("/cases")
        sent = visitor.send("/register", shown, LETTER)
    finally:
        on_server(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        demo_on_postgresql.expect_errors()

    assert (away.status_code, "数据库连接中断" in away.text) == (503, True)
    assert sent.status_code == 503
    assert "来信内容很长" in sent.text
    assert visitor.send("/register", kept_form(sent, "/register")).status_code == 200


# -- what never reaches the application ------------------------------------------------------------


def raw(address: str, request: bytes) -> str:
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(request)
        received = b""
        with suppress(ConnectionResetError):  # the server does not read what is too long to its end
            while more := connection.recv(65536):
                received += more
    return received.decode()


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 300_000 + b"\r\n\r\n", 431),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999\r\n\r\n", 413),
    ],
)
def test_what_the_server_itself_refuses_gets_a_page_of_our_own(open_demo, request_line, status):
    answer = raw(open_demo.address, request_line)

    assert answer.startswith((f"HTTP/1.1 {status} ", f"HTTP/1.0 {status} "))
    assert "依申请公开办理系统" in answer
    assert "waitress" not in answer


def test_a_page_that_is_not_there_says_so_in_the_language_that_was_chosen(open_demo):
    visitor = open_demo.visit("head")

    assert "没有这一页" in visitor.get("/nothing").text
    assert "No such page" in visitor.get("/nothing?language=en").text


def test_a_file_beyond_the_limit_is_refused_in_words(open_demo):
    visitor = open_demo.visit("head")
    shown = visitor.form("/reports/check")

    answer = visitor.send("/reports/check", shown, files={"file": ("big.docx", b"x" * (17 * 1024 * 1024))})

    assert answer.status_code == 413
    assert "文件太大" in answer.text


# -- the end -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("processes", ["1", "2"])
def test_the_word_to_stop_lets_a_running_request_finish_and_refuses_new_ones(demo_folder, processes):
    served = demo_folder.serve("--no-jobs", "--workers", processes)
    visitor = served.visit("head")
    running: list = []
    idle = worked(served)
    slow = threading.Thread(target=lambda: running.append(visitor.get("/reports/2025/report.pdf")))
    slow.start()
    eventually(lambda: worked(served) > idle + 0.1)

    served.process.send_signal(signal.SIGTERM)
    eventually(lambda: refuses(served))
    assert slow.is_alive()
    slow.join(60)

    assert served.process.wait(60) == 0
    assert running[0].status_code == 200
    assert running[0].content.startswith(b"%PDF")


def worked(served: Served) -> float:
    """Return the seconds that the server and its processes have had of the processor."""
    parent, ticks = served.process.pid, 0
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii").split()
    for process in (parent, *children):
        fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def refuses(served: Served) -> bool:
    """Return whether no new connection is taken."""
    try:
        socket.create_connection(("127.0.0.1", int(served.address.rpartition(":")[2])), timeout=60).close()
    except ConnectionRefusedError:
        return True
    return False


def test_an_idle_connection_does_not_keep_a_stopped_server_alive(demo_folder):
    served = demo_folder.serve("--no-jobs")
    visitor: Visitor = served.visit("head")
    assert visitor.get("/cases").status_code == 200

    began = time.monotonic()
    assert served.stop() == 0
    assert time.monotonic() - began < 20
