"""How a command ends: its status, one sentence in the program's words, and nothing half written."""

import os
import re
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import click
import pytest

from tests.histories import line, text
from tracker.cli import case, ending, frame, history
from tracker.services.operations import backup as operations_backup

RECEIVED = {"step": "receive", "on": "2026-03-02"}
COMMAND = [sys.executable, "-c", "from tracker.app import main; main()"]


@pytest.fixture
def run(app):
    return lambda *arguments: app.test_cli_runner().invoke(args=["tracker", *map(str, arguments)])


@pytest.fixture
def alone(tmp_path):
    """Start a command as a process of its own, in an empty folder."""

    def start(*arguments: str, io: str = "utf-8", **more):
        env = {"TRACKER_INSTANCE": str(tmp_path / "office"), "PATH": "", "PYTHONIOENCODING": io}
        return subprocess.Popen(
            [*COMMAND, *arguments], env=env, cwd=tmp_path, stderr=subprocess.PIPE, encoding="utf-8", **more
        )

    return start


def _paths(group, ctx):
    """Yield how each command is called, the groups too."""
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        yield [name]
        if isinstance(command, click.Group):
            yield from ([name, *more] for more in _paths(command, ctx))


def test_the_help_of_every_command_is_chinese(run):
    paths = [[], *_paths(frame.tracker, click.Context(frame.tracker))]
    pages = {" ".join(path): run(*path, "--help").stdout for path in paths}

    assert len(pages) > 30
    english = re.compile(r"Usage|Options|Commands|Show this|required|default|OPTIONS|COMMAND|TEXT|INTEGER")
    assert {path: english.findall(page) for path, page in pages.items() if english.search(page)} == {}
    assert all(page.startswith("用法：tracker") and "显示这份说明。" in page for page in pages.values())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nosuch"], "没有命令“nosuch”"),
        (["--version"], "没有选项“--version”"),
        (["due", "a.jsonl"], "没有写--on，应为日期，如 2026-03-02。用法："),
        (["due", "a.jsonl", "--on", "2026-13-01"], "--on写得不对（2026-13-01），应为日期"),
        (["calendar", "show", "soon"], "YEAR写得不对（soon），应为整数"),
        (["report", "2026", "--format", "odt"], "之一。用法："),
        (["due", "a.jsonl", "--on"], "选项“--on”后面没有写值"),
        (["init", "extra"], "多写了参数"),
        (["serve", "--port", "99999"], "--port写得不对（99999），应为0到65535的整数"),
    ],
)
def test_a_command_that_is_typed_wrongly_is_told_in_one_sentence_of_chinese(run, arguments, said):
    answer = run(*arguments)

    assert (answer.exit_code, answer.stdout) == (2, "")
    assert said in answer.stderr
    assert "Error" not in answer.stderr
    assert len(answer.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    "command",
    [
        "due {} --on 2026-03-02",
        "import {}.jsonl",
        "import {}.csv",
        "import {}.csv --book contacts",
        "report check {}",
        "calendar import {} --yes",
        "restore {}",
        "anchor --check {}",
    ],
)
@pytest.mark.parametrize(("make", "said"), [(False, "没有这个文件"), (True, "这是文件夹，不是文件")])
def test_a_file_that_is_missing_or_a_folder_is_told_in_chinese(
    run, tmp_path, monkeypatch, command, make, said
):
    monkeypatch.chdir(tmp_path)
    arguments = command.format("what").split()
    if make:
        for word in arguments:
            (tmp_path / word).mkdir(exist_ok=True)

    answer = run(*arguments)

    assert answer.exit_code == 2
    assert said in answer.stderr
    assert "Error" not in answer.stderr


def test_an_empty_register_is_refused_by_its_name(run, tmp_path):
    (tmp_path / "empty.xlsx").touch()

    answer = run("import", tmp_path / "empty.xlsx")

    assert answer.exit_code == 2
    assert "empty.xlsx：文件是空的" in answer.stderr


def test_histories_are_in_no_other_book(run, tmp_path):
    path = tmp_path / "cases.jsonl"
    path.write_text(text([line("business", "A-1", [RECEIVED])]), encoding="utf-8")

    answer = run("import", path, "--book", "contacts")

    assert answer.exit_code == 2
    assert "--book 只用于表格文件" in answer.stderr
    assert "A-1" not in run("export").stdout


def test_nothing_is_imported_where_the_rest_could_not_be_written_beside(run, tmp_path, monkeypatch):
    path = tmp_path / "cases.jsonl"
    path.write_text(text([line("business", "A-1", [RECEIVED]), {"number": "bad"}]), encoding="utf-8")
    monkeypatch.setattr(history.os, "access", lambda *_: False)  # root may write everywhere

    answer = run("import", path, "--keep-going")

    assert answer.exit_code == 2
    assert "没有导入" in answer.stderr
    assert "A-1" not in run("export").stdout


def test_a_case_file_that_failed_leaves_no_file(tmp_path):
    with pytest.raises(ZeroDivisionError), case._written(tmp_path / "a.zip") as target:
        target.write(b"half" + bytes(1 // 0))

    assert not (tmp_path / "a.zip").exists()


def test_what_is_refused_beside_a_full_disk_is_told_and_leaves_no_file(tmp_path, capsys):
    (tmp_path / "full").symlink_to("/dev/full")

    written = ending.write_beside(tmp_path / "full", b"rows")

    assert not written
    assert "没有写成：磁盘空间已满" in capsys.readouterr().err
    assert not (tmp_path / "full").is_symlink()


def test_a_backup_for_which_the_disk_has_no_room_is_refused_in_words(run, tmp_path, monkeypatch):
    def full(*_):
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(operations_backup, "by_hand", lambda *_args, **_more: full())

    answer = run("backup", tmp_path / "b.zip")

    assert answer.exit_code == 2
    assert "b.zip：备份没有写成：" in answer.stderr


def test_a_fault_of_the_driver_itself_is_no_traceback(monkeypatch):
    error = sqlite3.OperationalError("disk I/O error")
    monkeypatch.setattr(error, "sqlite_errorname", "SQLITE_IOERR_WRITE", raising=False)

    with pytest.raises(SystemExit, match="2"), ending.refusals():
        raise error


def test_output_into_a_file_is_utf_8_whatever_the_system_says(tmp_path, alone):
    with (
        (tmp_path / "out").open("wb") as out,
        alone("calendar", "show", "2026", stdout=out, io="gbk") as process,
    ):
        said = process.stderr.read()

    assert (process.returncode, said) == (0, "")
    assert "国务院办公厅" in (tmp_path / "out").read_text(encoding="utf-8")


def test_output_that_nobody_reads_ends_with_status_2_and_a_sentence(alone):
    with alone("calendar", "show", "2026", stdout=subprocess.PIPE) as process:
        process.stdout.close()
        said = process.stderr.read()

    assert process.returncode == 2
    assert said == "结果没有全部写到标准输出：接收输出的程序已经停止读取。\n"


def test_a_full_disk_behind_standard_output_is_told_as_such(alone):
    with (
        Path("/dev/full").open("wb") as full,
        alone("calendar", "show", "2026", stdout=full) as process,
    ):
        said = process.stderr.read()

    assert process.returncode == 2
    assert said == "结果没有全部写到标准输出：磁盘空间已满。\n"


def test_a_password_that_found_no_output_is_told_to_be_set_again(alone):
    with (
        Path("/dev/full").open("wb") as full,
        alone("init", stdout=full) as process,
    ):
        told = process.stderr.read()
    with (
        Path("/dev/full").open("wb") as full,
        alone("user", "password", "admin", stdout=full) as again,
    ):
        said = again.stderr.read()

    assert (process.returncode, again.returncode) == (2, 2)
    assert told.endswith("办公室已经建立：请运行 tracker user password admin 另设密码。\n")
    assert said.endswith("用户 admin 的密码已经重置，原来的不能再用：请再重置一次。\n")


def test_ctrl_c_ends_with_status_2_and_a_sentence(tmp_path, alone):
    os.mkfifo(tmp_path / "slow.jsonl")
    with (
        alone("due", "slow.jsonl", "--on", "2026-03-02", stdout=subprocess.DEVNULL) as process,
        (tmp_path / "slow.jsonl").open("wb"),  # opened once the command reads
    ):
        process.send_signal(signal.SIGINT)
        said = process.stderr.read()

    assert process.returncode == 2
    assert said == f"{ending.INTERRUPTED}\n"


def test_a_sentence_that_nobody_can_be_told_changes_no_status(monkeypatch):
    def full(*_args, **_more):
        raise OSError(28, "full")

    monkeypatch.setattr(ending.click, "echo", full)

    ending.say("words")
    with pytest.raises(ending.RefusedError, match="磁盘空间已满"):
        ending.show("figures")


def test_a_file_that_may_not_be_read_is_told_in_chinese(tmp_path, monkeypatch):
    def closed(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(frame.Path, "read_bytes", closed)  # root may read everything

    with pytest.raises(ending.RefusedError, match="没有权限"):
        frame.read_lines(tmp_path / "a.jsonl")
