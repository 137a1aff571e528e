"""A key and a database are made by ``init`` alone: what only looks leaves an empty folder empty."""

import pytest
from click.testing import CliRunner

from tests.histories import line, text
from tracker import cli
from tracker.app import create_app

NOT_YET = "请先运行 tracker init"
LOOKING = {
    "anchor": NOT_YET,
    "backup": NOT_YET,
    "calendar import 通知.txt": "",
    "calendar show 2026": "",
    "check": NOT_YET,
    "demo": NOT_YET,
    "due cases.jsonl --on 2026-03-16": "",
    "export": NOT_YET,
    "import cases.jsonl": NOT_YET,
    "jobs confirm-clock --yes": NOT_YET,
    "jobs list": NOT_YET,
    "jobs once overdue --on 2026-03-16": NOT_YET,
    "jobs run": NOT_YET,
    "report 2025": NOT_YET,
    "report check 报告.json": "",
    "restore copy.zip": "没有这个文件",
    "rotate-chain-key": NOT_YET,
    "rotate-key": NOT_YET,
    "serve --port 0": NOT_YET,
    "user add lin --name 林静 --role handler": NOT_YET,
    "user password admin": NOT_YET,
}


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run a command as a person does who has made no office yet."""
    monkeypatch.setenv("TRACKER_INSTANCE", str(tmp_path / "office"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cases.jsonl").write_text(
        text([line("business", "A-1", [{"step": "receive", "on": "2026-03-02"}])]), encoding="utf-8"
    )
    return lambda command: CliRunner().invoke(cli.tracker, command.split(), obj=create_app)


@pytest.mark.parametrize("command", LOOKING)
def test_a_command_makes_no_key_and_no_database_where_there_is_no_office(run, tmp_path, command):
    answer = run(command)

    assert LOOKING[command] in answer.stderr, answer.stderr
    assert answer.exit_code == (2 if LOOKING[command] else answer.exit_code)
    assert [path.name for path in tmp_path.rglob("office/*") if path.name != "jobs.lock"] == []
