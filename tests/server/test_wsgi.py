"""Started by any WSGI server the office is held to its key and its tables as ``tracker serve`` holds it."""

import secrets
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from tests.server.conftest import ROOT, Folder

SERVER = (
    "from wsgiref.simple_server import make_server; import wsgi; server = make_server('127.0.0.1', 0, wsgi.app);"
    "print(server.server_port, flush=True); server.serve_forever()"
)


def start(folder: Folder) -> subprocess.Popen[str]:
    """Serve by a server that knows nothing of the program but its WSGI application."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "encoding": "utf-8"}
    return subprocess.Popen([sys.executable, "-c", SERVER], env=folder.environ, cwd=ROOT, **pipes)


def write(folder: Folder, statement: str) -> None:
    with closing(sqlite3.connect(folder.path / "tracker.sqlite3")) as connection, connection:
        connection.execute(statement)


def other_key(folder: Folder) -> None:
    (folder.path / "secret.key").write_bytes(secrets.token_bytes(32))


def no_key(folder: Folder) -> None:
    (folder.path / "secret.key").unlink()


def newer(folder: Folder) -> None:
    write(folder, "UPDATE alembic_version SET version_num = '9999'")


def older(folder: Folder) -> None:
    write(folder, "UPDATE alembic_version SET version_num = '0018'")


def no_version(folder: Folder) -> None:
    write(folder, "DELETE FROM alembic_version")


def two_versions(folder: Folder) -> None:
    write(folder, "INSERT INTO alembic_version VALUES ('0018')")


def damaged_identity(folder: Folder) -> None:
    write(folder, "UPDATE office_facts SET value = '{broken' WHERE name = 'identity'")


def other_identity(folder: Folder) -> None:
    write(folder, "UPDATE office_facts SET value = '[1]' WHERE name = 'identity'")


def damaged_file(folder: Folder) -> None:
    (folder.path / "tracker.sqlite3").write_bytes(b"\x5a" * 4096 * 4)


def empty(folder: Folder) -> None:
    (folder.path / "tracker.sqlite3").unlink()
    (folder.path / "secret.key").unlink()


FAULTS = {
    other_key: "密钥不符",
    no_key: "密钥文件不见了",
    newer: "请安装新版本",
    older: "请先运行 tracker init",
    no_version: "请从备份恢复",
    two_versions: "请从备份恢复",
    damaged_identity: "请从备份恢复",
    other_identity: "请从备份恢复",
    damaged_file: "损坏",
    empty: "请先运行 tracker init",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_wsgi_server_is_refused_in_words_where_serve_is(demo_folder, fault):
    fault(demo_folder)

    server = start(demo_folder)
    told = server.communicate(timeout=300)[1]

    assert (server.returncode, FAULTS[fault] in told, "Traceback" in told) == (2, True, False), told
    served = demo_folder.run("serve", "--port", "0", timeout=300)
    assert (served.returncode, FAULTS[fault] in served.stderr) == (2, True), served.stderr


def test_a_restore_refuses_beside_a_wsgi_server(demo_folder, tmp_path):
    assert demo_folder.run("backup", str(tmp_path / "copy.zip")).returncode == 0
    server = start(demo_folder)
    try:
        port = server.stdout.readline().strip()
        answer = subprocess.run(
            [
                sys.executable,
                "-c",
                f"import urllib.request as u; u.urlopen('http://127.0.0.1:{port}/sign-in')",
            ],
            check=False,
        )
        refused = demo_folder.run("restore", str(tmp_path / "copy.zip"), "--replace")
    finally:
        server.kill()
        server.communicate()

    assert answer.returncode == 0
    assert (refused.returncode, "请先停止" in refused.stderr) == (2, True), refused.stderr


def test_commands_of_flask_make_the_office_that_is_missing(tmp_path):
    folder = Folder(tmp_path / "office")
    flask = [sys.executable, "-m", "flask", "--app", "wsgi", "tracker", "init"]

    made = subprocess.run(
        flask, env=folder.environ, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False
    )

    assert made.returncode == 0, made.stderr
