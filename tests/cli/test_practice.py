"""``tracker practice``: what is in force and why, a value from a day on, every row that was set."""

import pytest

from tests.jobs.test_jobs import load, received
from tests.practice import set_practice
from tests.server.conftest import Folder
from tests.services.calendar.test_practice import ANSWERED, APRIL, consulted
from tests.services.office.test_tampering import write
from tracker.services.office import office

FROM_APRIL = ("--from", "2026-04-01", "--why", "会议纪要")


@pytest.fixture
def tracker(app):
    def run(*arguments: str):
        return app.test_cli_runner().invoke(args=["tracker", "practice", *arguments])

    return run


def test_a_value_is_set_from_a_day_on(tracker):
    result = tracker("set", "delay_days", "20", *FROM_APRIL)

    assert (result.exit_code, result.stdout) == (0, "")
    assert "已设置 delay_days = 20，自2026-04-01起；0件的日期随之重算。" in result.stderr
    assert office.rules(APRIL).delay_days == 20


def test_show_names_every_value_since_when_who_why_and_the_default(tracker):
    tracker("set", "delay_days", "20", *FROM_APRIL)

    before, since = (tracker("show", "--on", day).stdout for day in ("2026-03-31", "2026-04-01"))

    assert "delay_days = 60\n  默认，没有设置过\n" in before
    assert "delay_days = 20\n  自2026-04-01起，命令行：会议纪要\n  默认：60\n" in since
    assert "延迟答复的合理期限最长多久（第35条）" in since


def test_show_names_what_an_agency_has_of_its_own(tracker):
    tracker("set", "court", "甲区人民法院", "--agency", "default", *FROM_APRIL)

    assert "court = 甲区人民法院" in tracker("show", "--on", "2026-04-01", "--agency", "default").stdout
    assert "court = \n" in tracker("show", "--on", "2026-04-01").stdout


def test_history_lists_the_rows_in_their_order_of_all_keys_or_of_one(tracker):
    tracker("set", "delay_days", "20", *FROM_APRIL)
    tracker("set", "receipt_days", "3", *FROM_APRIL)
    tracker("set", "delay_days", "30", "--from", "2026-05-01", "--why", "来函")

    every, one = tracker("history").stdout.splitlines(), tracker("history", "delay_days").stdout.splitlines()

    assert [line.split("；")[0] for line in every] == [
        "delay_days = 20，自2026-04-01起", "receipt_days = 3，自2026-04-01起", "delay_days = 30，自2026-05-01起",
    ]  # fmt: skip
    assert [line.rpartition(" ")[2] for line in one] == ["命令行：会议纪要", "命令行：来函"]


def test_a_dry_run_says_how_many_cases_would_move_and_sets_nothing(tracker):
    load(consulted("2026-03", "A-1"), consulted("2026-04", "A-2"), today="2026-04-13")

    result = tracker("set", "union_of_consultations", "false", *FROM_APRIL, "--dry-run")

    assert result.exit_code == 0
    assert (
        "没有设置。如果设置 union_of_consultations = false，自2026-04-01起：1件的日期会改变。"
        in result.stderr
    )
    assert office.practice_rows() == []


def test_closed_cases_that_move_end_with_1_and_are_told(tracker):
    load(received("2026-04-01", "A-1", ANSWERED), today="2026-04-20")

    result = tracker("set", "year_of_result", "decided", *FROM_APRIL)

    assert result.exit_code == 1
    assert "其中1件已经办结" in result.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("set", "prot", "1", *FROM_APRIL), "没有“prot”这一项做法"),
        (("set", "delay_days", "0", *FROM_APRIL), "应在 1 与 250 之间"),
        (("set", "delay_days", "20", "--from", "2026-04-01", "--why", ""), "理由"),
        (("set", "court", "甲区人民法院", "--agency", "othr", *FROM_APRIL), "没有代码为“othr”的机关"),
        (("set", "delay_days", "20", "--from", "1 April", "--why", "x"), "1 April"),
        (("show", "--agency", "othr"), "没有代码为“othr”的机关"),
        (("history", "prot"), "没有“prot”这一项做法"),
    ],
)
def test_what_cannot_be_is_refused_with_2_and_nothing_is_kept(tracker, words, said):
    result = tracker(*words)

    assert (result.exit_code, result.stdout, said in result.stderr) == (2, "", True)
    assert "Traceback" not in result.stderr
    assert office.practice_rows() == []


def test_a_damaged_row_is_told_wherever_a_command_would_count_without_it(app, tracker, tmp_path):
    from tests.histories import text

    set_practice(union_of_consultations=False)
    write("UPDATE practices SET value = 'maybe'")
    file = tmp_path / "cases.jsonl"
    file.write_text(text([consulted("2026-03", "A-1")]), encoding="utf-8")
    run = app.test_cli_runner()

    due = run.invoke(args=["tracker", "due", str(file), "--on", "2026-04-13"])
    report = run.invoke(args=["tracker", "report", "2026"])
    show = tracker("show")

    assert (due.exit_code, due.stdout, "做法有一行已损坏" in due.stderr) == (2, "", True)
    for done in (report, show):
        assert (done.exit_code, "做法第1行不能读取，没有作用" in done.stderr) == (1, True), done.stderr


def test_due_counts_by_the_practice_of_each_day_of_receipt(app, tmp_path):
    from tests.histories import text

    set_practice(union_of_consultations=False, since=APRIL)
    file = tmp_path / "cases.jsonl"
    file.write_text(text([consulted("2026-03", "A-1"), consulted("2026-04", "A-2")]), encoding="utf-8")
    by_rows = app.test_cli_runner().invoke(args=["tracker", "due", str(file), "--on", "2026-04-13"]).stdout
    set_practice(union_of_consultations=True, since=APRIL)

    by_default = app.test_cli_runner().invoke(args=["tracker", "due", str(file), "--on", "2026-04-13"]).stdout

    assert by_rows.splitlines()[0] == by_default.splitlines()[0]
    assert by_rows.splitlines()[1] != by_default.splitlines()[1]


def test_an_office_that_a_file_described_is_upgraded_and_asked_as_a_person_does_it(tmp_path):
    """Each command is a process of its own; a file that is edited later changes nothing and is named."""
    folder = Folder(tmp_path)
    file = tmp_path / "config.toml"
    file.write_text("delay_days = 30\n", encoding="utf-8")

    made = folder.run("init")
    shown = folder.run("practice", "show")
    file.write_text("delay_days = 40\n", encoding="utf-8")
    edited = folder.run("practice", "show")

    assert (made.returncode, "delay_days 已移入数据库" in made.stderr) == (0, True), made.stderr
    assert (shown.returncode, "delay_days = 30\n  一直，升级：自" in shown.stdout) == (0, True), shown.stderr
    assert (edited.returncode, "delay_days = 30\n" in edited.stdout) == (1, True)
    assert "写着 delay_days = 40，没有作用：现行的做法是 30" in edited.stderr
