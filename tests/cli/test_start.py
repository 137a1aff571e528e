"""What a command loads before it does anything: no more than it runs."""

import importlib
import json
import subprocess
import sys
from datetime import date

import pytest

from tests.histories import line, receive
from tracker.cli import frame

CASE = line("natural_person", "1", [receive(date(2026, 3, 2))])


def loaded(tmp_path, *arguments: str) -> tuple[str, set[str]]:
    """Return what a command writes in an empty folder, and the packages that it loaded."""
    code = (
        "import atexit, sys\n"
        "atexit.register(lambda: print(*{name.partition('.')[0] for name in sys.modules}, file=sys.stderr))\n"
        "from tracker.app import main; main()"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env={"TRACKER_INSTANCE": str(tmp_path), "PATH": "", "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout, set(run.stderr.split())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--help"], "建立或升级办公室"),
        (["calendar", "show", "2026"], '"published"'),
        (["due", "one.jsonl", "--on", "2026-03-02"], "due_on"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else None,
)
def test_a_command_that_needs_no_office_loads_no_database_and_no_pages(
    tmp_path, monkeypatch, arguments, said
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "one.jsonl").write_text(json.dumps(CASE), encoding="utf-8")
    written, packages = loaded(tmp_path, *arguments)
    assert said in written
    assert not packages & {"flask", "sqlalchemy", "alembic", "jinja2", "docx", "xlsxwriter", "apscheduler"}


@pytest.mark.parametrize("name", frame.MODULES)
def test_the_list_of_commands_says_of_each_what_the_command_says_itself(name):
    module, words = frame.MODULES[name]
    importlib.import_module(f"tracker.cli.{module}")
    assert frame.tracker.commands[name].get_short_help_str(200) == words


def test_the_list_of_commands_is_whole():
    for module, _ in frame.MODULES.values():
        importlib.import_module(f"tracker.cli.{module}")
    assert set(frame.tracker.commands) == set(frame.MODULES)
