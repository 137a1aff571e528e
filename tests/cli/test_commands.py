"""The commands: what they print where, and with which status they end."""

import json

import pytest
from sqlalchemy import select

from tests.histories import line, text
from tests.services.calendar.test_calendar import OF_2027
from tracker.config import UNNAMED
from tracker.models.agency import DEFAULT, Agency
from tracker.models.base import db, transaction
from tracker.rendering import workbook

RECEIVED = {"step": "receive", "on": "2026-03-02"}


@pytest.fixture
def tracker(app):
    def run(*arguments: str):
        return app.test_cli_runner().invoke(args=["tracker", *map(str, arguments)])

    return run


@pytest.fixture
def file(tmp_path):
    def write(*lines, name: str = "cases.jsonl"):
        path = tmp_path / name
        path.write_text(text(list(lines)), encoding="utf-8")
        return path

    return write


def test_due_prints_one_line_a_case_and_stores_nothing(tracker, file):
    path = file(
        line("business", "A-1", [RECEIVED]),
        line("business", "A-2", [{"step": "receive", "on": "2026-04-01"}]),
        line(
            "business",
            "A-3",
            [RECEIVED, {"step": "ask_supplement", "on": "2026-03-04", "deadline_on": "2026-03-25"}],
        ),
    )

    result = tracker("due", path, "--on", "2026-03-16")

    lines = [json.loads(row) for row in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert [row["number"] for row in lines] == ["A-1", "A-3"]  # A-2 is not received yet
    assert lines[0] == {
        "number": "A-1",
        "state": "received",
        "due_on": "2026-03-30",
        "provisional": False,
        "overdue": False,
        "next_action": "reply",
        "next_action_on": "2026-03-30",
        "explanation": lines[0]["explanation"],
    }
    assert (lines[1]["due_on"], lines[1]["next_action"]) == (None, "supplement")
    assert "A-1" not in tracker("export").stdout


def test_due_marks_what_is_provisional_and_what_is_overdue(tracker, file):
    path = file(
        line("business", "A-1", [{"step": "receive", "on": "2026-12-15"}]),
        line("business", "A-2", [RECEIVED]),
    )

    first, second = [json.loads(r) for r in tracker("due", path, "--on", "2026-12-16").stdout.splitlines()]

    assert (first["due_on"], first["provisional"]) == ("2027-01-13", True)
    assert second["overdue"] is True


def test_due_refuses_a_bad_file_with_status_2_and_an_empty_output(tracker, file):
    path = file(line("business", "A-1", [RECEIVED, {"step": "pay", "on": "2026-03-03"}]))

    result = tracker("due", path, "--on", "2026-03-16")

    assert (result.exit_code, result.stdout) == (2, "")
    assert "第2行" in result.stderr


def test_import_refuses_with_status_2_and_names_each_line(tracker, file):
    path = file(line("business", "A-1", [RECEIVED]), line("martian", "A-2", [RECEIVED]))

    result = tracker("import", path)

    assert (result.exit_code, result.stdout) == (2, "")
    assert "第3行" in result.stderr
    assert len(tracker("export").stdout.splitlines()) == 1


def test_import_goes_on_where_told_and_writes_the_bad_lines_beside(tracker, file):
    path = file(line("business", "A-1", [RECEIVED]), line("martian", "A-2", [RECEIVED]))

    result = tracker("import", path, "--keep-going")

    rejected = json.loads((path.parent / "cases.rejected.jsonl").read_text(encoding="utf-8"))
    assert result.exit_code == 1
    assert (rejected["line"], "kind" in rejected["reason"]) == (3, True)
    assert len(tracker("export").stdout.splitlines()) == 2


@pytest.mark.parametrize("name", ["missing.jsonl", "missing.xlsx", "register.csv", "register.xls"])
def test_import_says_what_file_it_wants(tracker, tmp_path, name):
    result = tracker("import", tmp_path / name)

    assert result.exit_code == 2
    assert name in result.stderr


@pytest.mark.parametrize("command", [("import",), ("import", "--keep-going"), ("due", "--on", "2026-07-25")])
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "空的"),
        (b" \n\r\n\t\n", "空的"),
        (None, "不是文件"),
        (bytes(range(256)) * 40, "UTF-8"),
        ('{"format": "tracker-history/1"}\n'.encode("utf-16"), "UTF-8"),
        ("第一行\n".encode("gb18030"), "UTF-8"),
        (b'{"format": "tracker-history/1", "by": 1}\n', "by"),
        (b"\x00" * 4096, "JSON"),
    ],
)
def test_a_file_that_holds_no_history_ends_with_status_2_and_words(tracker, tmp_path, command, content, said):
    path = tmp_path / "odd.jsonl"
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)

    result = tracker(command[0], path, *command[1:])

    assert (result.exit_code, result.stdout, said in result.stderr) == (2, "", True)
    assert "Traceback" not in result.stderr
    assert "odd" in result.stderr


def test_import_takes_a_register_from_excel_and_names_the_cell_that_it_cannot_read(tracker, tmp_path):
    headers = ["收到日期", "申请人类型", "申请方式", "答复类型", "答复日期"]
    path = tmp_path / "台账.XLSX"
    good, bad = (
        ["2025/1/6", "公民", "信函", "公开", "2025/1/20"],
        ["2025/1/7", "公民", "当面", "不予公开", "2025/1/20"],
    )
    path.write_bytes(workbook.table("2025", headers, [good, bad]))

    refused = tracker("import", path)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "台账.XLSX 工作表“2025”第3行“答复类型（D）”列：“不予公开”没有写明属于哪一种情形" in refused.stderr
    assert "有1处不能导入，未作任何改动。" in refused.stderr

    tried = tracker("import", path, "--keep-going", "--dry-run")
    assert tried.exit_code == 1
    assert "将新增1件，续记0件，未变0件，拒绝1行。" in tried.stderr
    assert not (tmp_path / "台账.rejected.xlsx").exists()

    taken = tracker("import", path, "--keep-going")
    assert taken.exit_code == 1
    assert "1行的申请方式只写信函或者邮寄" in taken.stderr
    assert (tmp_path / "台账.rejected.xlsx").exists()
    assert len(tracker("export").stdout.splitlines()) == 2


@pytest.mark.parametrize(("header", "said"), [("受理日期", True), ("收到日期", False)])
def test_import_says_where_it_took_the_day_of_acceptance_for_that_of_receipt(tracker, tmp_path, header, said):
    path = tmp_path / "register.xlsx"
    path.write_bytes(
        workbook.table("2025", [header, "申请人类型", "申请方式"], [["2025/1/6", "公民", "当面"]])
    )

    result = tracker("import", path, "--dry-run")

    assert result.exit_code == (1 if said else 0)
    assert ("以受理日期为收到申请之日" in result.stderr) is said


def test_a_line_separator_inside_a_text_does_not_cut_a_line(tracker, file):
    odd = line("business", "A-1", [RECEIVED], subject="一\u2028二\x85三")
    path = file(odd)

    assert tracker("import", path).exit_code == 0


def test_report_prints_175_cells_and_ends_with_0(tracker):
    result = tracker("report", "2026", "--format", "json")

    report = json.loads(result.stdout)
    assert result.exit_code == 0
    assert (report["format"], report["year"], report["published"]) == ("30号/2021", 2026, False)
    assert sum(len(row) for row in report["table3"].values()) == 175


@pytest.mark.parametrize(
    ("form", "begins"), [("xlsx", b"PK"), ("docx", b"PK"), ("pdf", b"%PDF"), ("html", b"<!doctype html>")]
)
def test_report_has_other_forms(tracker, form, begins):
    result = tracker("report", "2026", "--format", form)

    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout_bytes.startswith(begins)


@pytest.mark.parametrize("year", ["1999", "99999", "0", "²"])
def test_a_year_that_has_no_report_is_refused(tracker, year):
    result = tracker("report", year)

    assert (result.exit_code, result.stdout) == (2, "")


def test_report_of_an_unknown_agency_is_refused(tracker):
    assert tracker("report", "2026", "--agency", "nowhere").exit_code == 2


def test_a_report_of_somebody_else_is_checked(tracker, tmp_path):
    report = json.loads(tracker("report", "2026").stdout)
    sound, broken = tmp_path / "sound.json", tmp_path / "broken.json"
    sound.write_text(json.dumps(report), encoding="utf-8")
    report["table3"]["1"]["business"] = 4
    broken.write_text(json.dumps(report), encoding="utf-8")

    assert tracker("report", "check", sound).exit_code == 0
    found = tracker("report", "check", broken, "--format", "json")
    assert found.exit_code == 1
    assert {"col_balance", "row_sum"} <= {finding["check"] for finding in json.loads(found.stdout)}


def test_calendar_shows_a_year_with_its_sources(tracker):
    shown = json.loads(tracker("calendar", "show", "2026", "--format", "json").stdout)

    assert shown["status"] == "published"
    assert "2026-02-14" in shown["work"]
    assert "2026-02-17" in shown["off"]
    assert shown["sources"]
    assert json.loads(tracker("calendar", "show", "2027").stdout)["status"] == "provisional"


def test_a_year_that_nobody_knows_is_refused_with_status_2(tracker):
    result = tracker("calendar", "show", "2090")

    assert (result.exit_code, result.stdout) == (2, "")


def test_init_again_changes_nothing_and_shows_no_password(tracker):
    result = tracker("init")

    assert (result.exit_code, result.stdout) == (0, "")


def test_an_office_without_a_name_hands_its_data_to_programs_with_a_word_and_makes_no_paper(tracker, file):
    tracker("import", file(line("business", "A-1", [RECEIVED])))
    with transaction():
        db.session.scalars(select(Agency).where(Agency.code == DEFAULT)).one().name = UNNAMED

    exported, figures = tracker("export"), tracker("report", "2026")
    refused = {form: tracker("report", "2026", "--format", form) for form in ("docx", "pdf", "html", "xlsx")}

    assert [row.get("number") for row in map(json.loads, exported.stdout.splitlines())] == [None, "A-1"]
    assert json.loads(figures.stdout)["agency"] == UNNAMED
    for data in (exported, figures):
        assert data.exit_code == 0
        assert "还没有名称" in data.stderr
    for paper in refused.values():
        assert (paper.exit_code, paper.stdout) == (2, "")
        assert "本机关还没有名称" in paper.stderr


def test_a_person_is_added_with_a_password_shown_once(tracker):
    made = tracker("user", "add", "zhou", "--name", "周明", "--role", "handler")
    again = tracker("user", "add", "zhou", "--name", "周明", "--role", "handler")
    reset = tracker("user", "password", "zhou")

    assert made.exit_code == reset.exit_code == 0
    assert again.exit_code == 2
    assert made.stdout.strip() != reset.stdout.strip()


def test_the_sample_office_is_sound_and_made_once(tracker, clock):
    clock.set("2026-11-20")

    first, second = tracker("demo"), tracker("demo")

    assert (first.exit_code, second.exit_code) == (0, 2)
    assert tracker("check").exit_code == 0
    assert tracker("report", "2025").exit_code == tracker("report", "2026").exit_code == 0


def test_a_notice_is_shown_and_kept_only_when_told_to(tracker, tmp_path):
    path = tmp_path / "notice.txt"
    path.write_text(OF_2027, encoding="utf-8")

    shown = tracker("calendar", "import", path)
    assert (shown.exit_code, "没有保存" in shown.stderr) == (2, True)
    assert json.loads(tracker("calendar", "show", "2027").stdout)["status"] == "provisional"

    kept = tracker("calendar", "import", path, "--yes")
    said = json.loads(tracker("calendar", "show", "2027").stdout)
    assert (kept.exit_code, kept.stdout) == (0, "")
    assert (said["status"], "2027-01-31" in said["work"]) == ("published", True)
    assert tracker("calendar", "import", path, "--yes").exit_code == 0


def test_a_year_in_doubt_is_never_kept_by_yes_alone(tracker, tmp_path):
    path = tmp_path / "notice.txt"
    path.write_text(OF_2027.replace("1月31日（周日）", "1月31日（周一）"), encoding="utf-8")

    refused = tracker("calendar", "import", path, "--yes")
    assert (refused.exit_code, "请核对" in refused.stderr) == (2, True)
    assert json.loads(tracker("calendar", "show", "2027").stdout)["status"] == "provisional"

    kept = tracker("calendar", "import", path, "--yes", "--in-spite")
    assert kept.exit_code == 1
    assert json.loads(tracker("calendar", "show", "2027").stdout)["status"] == "published"


def test_a_notice_in_doubt_that_changes_nothing_is_still_no_sound_one(tracker, tmp_path):
    path = tmp_path / "notice.txt"
    path.write_text(OF_2027, encoding="utf-8")
    tracker("calendar", "import", path, "--yes")
    path.write_text(OF_2027.replace("1月31日（周日）", "1月31日（周一）"), encoding="utf-8")

    again = tracker("calendar", "import", path, "--yes")

    assert (again.exit_code, "没有变化" in again.stderr, "请核对" in again.stderr) == (1, True, True)


def test_a_later_notice_of_one_holiday_replaces_what_the_office_kept_of_it(tracker, tmp_path):
    path = tmp_path / "notice.txt"
    path.write_text(OF_2027, encoding="utf-8")
    tracker("calendar", "import", path, "--yes")
    path.write_text(
        "国务院办公厅关于调整2027年劳动节假期安排的通知\n各省、自治区、直辖市人民政府：\n"
        "一、2027年5月1日（周六）至4日（周二）放假调休，共4天。4月25日（周日）上班。\n国务院办公厅\n2027年3月12日",
        encoding="utf-8",
    )

    assert tracker("calendar", "import", path, "--yes").exit_code == 0

    shown = json.loads(tracker("calendar", "show", "2027").stdout)
    assert ("2027-05-05" in shown["off"], "2027-05-08" in shown["work"]) == (False, False)
    assert ("2027-05-04" in shown["off"], "2027-04-25" in shown["work"]) == (True, True)


def test_a_notice_saved_by_an_older_windows_is_read_too(tracker, tmp_path):
    path = tmp_path / "notice.txt"
    path.write_bytes(OF_2027.encode("gb18030"))

    assert tracker("calendar", "import", path, "--yes").exit_code == 0


def test_a_text_that_is_no_notice_is_refused_with_its_sentence(tracker, tmp_path):
    path = tmp_path / "notice.txt"
    path.write_text("国务院办公厅关于2027年部分节假日安排的通知\n一、元旦：放假若干。", encoding="utf-8")

    result = tracker("calendar", "import", path, "--yes")

    assert (result.exit_code, "一、元旦：放假若干。" in result.stderr) == (2, True)


def test_due_counts_by_the_notices_that_the_office_keeps(tracker, file, tmp_path):
    path = tmp_path / "notice.txt"
    path.write_text(OF_2027, encoding="utf-8")
    case = file(line("business", "A-1", [{"step": "receive", "on": "2026-12-15"}]))
    assert '"provisional": true' in tracker("due", case, "--on", "2026-12-16").stdout

    tracker("calendar", "import", path, "--yes")

    assert '"provisional": false' in tracker("due", case, "--on", "2026-12-16").stdout
