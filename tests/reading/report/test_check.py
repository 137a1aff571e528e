"""Published reports in every form that offices publish: what breaks is found, what is sound is left alone."""

import json
import zipfile
from io import BytesIO

import pytest

from tests.report_forms import FORMS, NAMES, as_docx, as_html, as_json, as_text, as_xlsx, figures
from tracker.domain.errors import UnreadableReportError
from tracker.domain.report import format as report_format
from tracker.domain.report.table3 import COLUMNS, ROWS
from tracker.reading.report import reader
from tracker.services.report import check as report_check

# What was not read or not printed is no contradiction: held against the figures by a test of its own.
UNREAD = {"incomplete", "blank"}
# The same contradiction under another name: a figure of the text that the table does not bear out.
SAME = {"section1_self": {"section1_self", "section1_vs_table"}}


def printed(table: dict) -> dict:
    """Return the rows and cells that hold a figure."""
    rows = {row: {c: n for c, n in cells.items() if n is not None} for row, cells in table.items()}
    return {row: cells for row, cells in rows.items() if cells}


@pytest.fixture(scope="module", params=FORMS)
def checked(request):
    """All reports in one form, checked together."""
    files = [(name, FORMS[request.param](figures(name))) for name in NAMES]
    return {one.name: one for one in report_check.check(files)}


@pytest.mark.parametrize("name", NAMES)
def test_a_report_is_read_cell_by_cell_in_every_form(checked, name):
    given, read = figures(name), checked[name].read
    report = read.report

    assert printed(report.table3) == printed(given["table3"])
    assert printed(report.table4) == printed(given.get("table4", {}))
    assert {key: str(cell) for key, cell in report.table2.items() if cell is not None} == flat(given)
    assert (report.year, report.agency) == (given["year"], given["agency"])
    texts = {key: text.replace(" ", "") for key, text in report.sections.items()}
    assert all(given["sections"][key].replace(" ", "") in texts[key] for key in given["sections"])


def flat(given: dict) -> dict:
    found = {}
    for key, value in given.get("table2", {}).items():
        inner = value.items() if isinstance(value, dict) else [("", value)]
        found |= {f"{key}.{name}".strip("."): str(cell) for name, cell in inner if cell is not None}
    return found


@pytest.mark.parametrize("name", NAMES)
def test_every_known_break_is_found_and_no_other_report_is_accused(checked, name):
    known = figures(name)["known_breaks"]
    found = [finding.check for finding in checked[name].findings if finding.check not in UNREAD]

    assert all(SAME.get(check, {check}) & set(found) for check in known)
    assert bool(found) == bool(known), checked[name].findings
    assert found.count("table4_sum") == known.count("table4_sum")


def test_a_break_between_two_years_needs_both_reports():
    name = "hongqiao_office_2024"

    alone = report_check.check([(name, as_json(figures(name)))])

    assert {finding.check for finding in alone[0].findings} <= UNREAD


# -- forms of the year -----------------------------------------------------------------------------


def whole(**more: object) -> dict:
    """Return a sound report in full."""
    return {**figures("jinhu_county_2023"), "table4": {}, "known_breaks": [], **more}


def trial() -> dict:
    """Return a sound report of 2020 in the form of 60号, its closings in one row."""
    given = whole(year=2020, format="60号/2019", sections={})
    table = {row: cells for row, cells in given["table3"].items() if not row.startswith("3.6")}
    table["3.6"] = {c: sum(given["table3"][f"3.6.{n}"][c] for n in (1, 2, 3)) for c in COLUMNS}
    table2 = {
        "regulations": {"made": 0, "newly_public": 0, "public_total": 0},
        "normative_documents": {"made": 3, "newly_public": 3, "public_total": 14},
        "licences_items": {"last_year": 68, "change": -2},
        "licences": 54408,
        "procurement": {"projects": 7, "wan_yuan": "310.5"},
    }
    return {**given, "table3": table, "table2": table2}


@pytest.mark.parametrize("make", [as_text, as_html, as_docx, as_xlsx], ids=lambda make: make.__name__)
def test_the_form_is_told_by_its_labels_and_not_by_the_year(make):
    old, late = trial(), {**trial(), "year": 2023}

    for given in (old, late):
        read = reader.read(make(given))
        assert read.report.form is report_format.FORMATS[0]
        assert printed(read.report.table3) == printed(given["table3"])
        assert {k: str(v) for k, v in read.report.table2.items() if v is not None} == flat(given)
        assert report_check.findings(read.report) == []
        assert read.missing == ()


def test_a_broken_row_of_the_trial_form_is_found():
    given = trial()
    given["table3"]["3.6"] = {**given["table3"]["3.6"], "total": 9}

    found = report_check.check([("2020.docx", as_docx(given))])[0].findings

    assert {(f.check, f.where) for f in found} >= {("row_sum", "（六）其他处理"), ("result_sum", "总计")}


# -- what people do to tables ----------------------------------------------------------------------


def replaced(old: str, new: str) -> list:
    return reader.read(as_text(whole()).decode().replace(old, new).encode())


@pytest.mark.parametrize("sign", ["", "—", "/", "－", "-"])
def test_a_blank_or_a_dash_breaks_nothing(sign):
    text = as_text(whole()).decode()
    read = reader.read(text.replace("\t0", f"\t{sign}").encode())

    assert report_check.findings(read.report) == []
    assert len(read.report.table3) == len(ROWS)


def test_the_word_none_is_zero():
    read = reader.read(as_text(whole()).decode().replace("\t0", "\t无").encode())

    assert printed(read.report.table3) == printed(whole()["table3"])


def test_an_office_that_leaves_its_zeros_out_is_still_held_to_its_sums():
    given = whole()
    given["table3"]["1"] = {**given["table3"]["1"], "natural_person": 139}
    table = {row: {c: n or None for c, n in cells.items()} for row, cells in given["table3"].items()}

    found = report_check.check([("x", as_docx({**given, "table3": table}))])[0].findings

    assert {f.check for f in found} - UNREAD == {"row_sum", "col_balance"}


def test_words_in_a_cell_are_named_and_a_remark_behind_a_number_is_none():
    noted = whole(
        agency="上海市人民政府", table2={"regulations": {"made": "22（其中修订 16 件）"}, "licences": "1,234"}
    )
    read = reader.read(as_docx(noted))
    assert (read.report.table2["regulations.made"], read.report.table2["licences"]) == (22, 1234)
    assert report_check.findings(read.report) == []

    worded = whole()
    worded["table3"]["3.1"] = {**worded["table3"]["3.1"], "natural_person": "见附件"}
    found = report_check.findings(reader.read(as_docx(worded)).report)

    assert [(f.check, f.where) for f in found] == [("cell", "（一）予以公开 自然人")]
    assert "见附件" in found[0].message


def test_a_row_that_is_printed_twice_with_other_figures_is_a_finding_also_where_the_sums_hold():
    lines = as_text(whole()).decode().split("\n")
    place = next(at for at, line in enumerate(lines) if "重复申请" in line and "\t" in line)
    head, *cells = lines[place].rsplit("\t", 7)
    lines.insert(place, "\t".join([head, *(str(int(cell) + 1) for cell in cells)]))

    found = report_check.findings(reader.read("\n".join(lines).encode()).report)

    assert {finding.check for finding in found} == {"cell"}
    assert len(found) == len(cells)


def test_a_copy_with_every_cell_on_its_own_line_is_read():
    text = as_text(whole()).decode().replace("\t", "\n")

    assert printed(reader.read(text.encode()).report.table3) == printed(whole()["table3"])


def test_a_copy_with_blanks_between_its_cells_is_read():
    text = as_text(whole()).decode().replace("\t", "  ")

    read = reader.read(text.encode())

    assert printed(read.report.table3) == printed(whole()["table3"])
    assert read.report.table2["licences"] == 54408


BLOCKS = ("行政复议", "未经复议直接起诉", "复议后起诉")


@pytest.mark.parametrize(
    "rows",
    [
        [f"{block}\t{numbers}" for block, numbers in zip(BLOCKS, ("10\t1\t0\t0\t0", "0\t0\t0\t0\t0", "5\t0\t0\t0\t0"), strict=True)],
        ["行政复议 10 1 0 0 0", "行政诉讼（未经复议直接起诉） 0 0 0 0 0", "行政诉讼（复议后起诉） 5 0 0 0 0"],
        ["行政复议\t\t\t\t", "结果维持\t结果纠正\t其他结果\t尚未审结\t总计", "10\t1\t0\t0\t0", "0\t0\t0\t0\t0\t5\t0\t0\t0\t0"],
    ],
    ids=["tabs", "blanks", "in turn"],
)  # fmt: skip
def test_table_4_in_parts_is_read(rows):
    text = as_text({**whole(), "table4": {}}).decode()
    heading = "四、政府信息公开行政复议、行政诉讼情况\n"
    given = figures("hongze_district_2023")["table4"]
    before, _, after = text.partition(heading)

    read = reader.read(
        (
            before + heading + "\n".join(rows) + "\n五、存在的主要问题及改进情况" + after.partition("五、")[2]
        ).encode()
    )

    assert printed(read.report.table4) == given
    assert printed(read.report.table3) == printed(whole()["table3"])


def test_a_misprinted_label_still_finds_its_row():
    text = as_text(whole()).decode().replace("其他法律行政法规禁止公开", "其他法律行政止公开")

    assert "3.3.2" in reader.read(text.encode()).report.table3


def test_columns_are_found_by_their_headings():
    given = whole()
    turned = {
        row: {**cells, "business": cells["other"], "other": cells["business"]}
        for row, cells in given["table3"].items()
    }
    page = as_html({**given, "table3": turned}).decode("gb18030")
    head = page.replace("商业企业", "@").replace("<p>其他&nbsp;", "<p>商业企业&nbsp;", 1).replace("@", "其他")

    assert printed(reader.read(head.encode("gb18030")).report.table3) == printed(given["table3"])


# -- files that are refused ------------------------------------------------------------------------


def archive(parts: dict[str, bytes]) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return stream.getvalue()


ENTITIES = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "空的"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 64, "另存为"),
        (b"{\\rtf1 x}", "RTF"),
        (b"\x89PNG\r\n", "图片"),
        (b"PK\x03\x04 cut off", "损坏"),
        (archive({"a.txt": b"x"}), "先解压"),
        (archive({"word/document.xml": b"<w:document"}), "损坏"),
        (archive({"word/document.xml": ENTITIES}), "XML"),
        (archive({"xl/workbook.xml": b"<workbook/>"}), "损坏"),
        (b'{"year": 2023', "JSON"),
        (b'{"year": 2023}', "table3"),
        (b'{"year": "2023", "table3": {}}', "year"),
        (b"[1]", "table3"),
        (b"\x00\x01\x02\xff\xfe", "文本"),
        ("关于召开会议的通知\n一、总体情况".encode(), "表三"),
        (b"<html><body></body></html>", "表三"),
        (as_docx({"agency": "某局", "year": 2023, "table3": {}}), "表三"),
    ],
)  # fmt: skip
def test_what_is_no_report_is_refused_with_what_to_do(content, words):
    with pytest.raises(UnreadableReportError, match=words):
        reader.read(content)


def test_a_package_that_unpacks_to_more_than_50_mb_is_refused():
    bomb = archive({"word/document.xml": b" " * (51 * 1024 * 1024)})

    assert len(bomb) < 100_000
    with pytest.raises(UnreadableReportError, match="50 MB"):
        reader.read(bomb)


@pytest.mark.parametrize("make", [as_docx, as_xlsx], ids=lambda make: make.__name__)
def test_a_file_saved_in_the_strict_form_is_read(make):
    with zipfile.ZipFile(BytesIO(make(whole()))) as made:
        parts = {name: made.read(name) for name in made.namelist()}
    for name in parts:
        for kind in ("wordprocessingml", "spreadsheetml", "officeDocument"):
            old, new = (
                f"http://schemas.openxmlformats.org/{kind}/2006/",
                f"http://purl.oclc.org/ooxml/{kind}/",
            )
            parts[name] = parts[name].replace(old.encode(), new.encode())

    assert printed(reader.read(archive(parts)).report.table3) == printed(whole()["table3"])


@pytest.mark.parametrize(
    "words", ["<table>" * 3000, "<td colspan=999999999>1" * 50, "(" * 5000, "1件" * 5000]
)
def test_a_hostile_page_takes_no_time(words):
    page = as_html(whole()).decode("gb18030").replace("<h1>", f"{words}<h1>")

    try:
        reader.read(page.encode("gb18030"))
    except UnreadableReportError as error:
        assert str(error)  # noqa: PT017 - either is right; what must not happen is another error


# -- the command -----------------------------------------------------------------------------------


@pytest.fixture
def command(tmp_path, monkeypatch, on_sqlite):
    """Run the command on files written from {name: content}."""

    def run(**files: bytes):
        paths = []
        for name, content in files.items():
            path = tmp_path / name.replace("_", ".", 1)
            path.write_bytes(content)
            paths.append(str(path))
        return on_sqlite.test_cli_runner().invoke(
            args=["tracker", "report", "check", *paths, "--format", "json"]
        )

    return run


def test_the_command_says_what_it_finds_as_json_and_by_its_status(command):
    sound, broken = as_docx(figures("unnamed_unit_2023_36req")), as_html(figures("jinhu_county_2023"))

    assert command(a_docx=sound).exit_code == 0
    result = command(a_docx=sound, b_html=broken)

    found = json.loads(result.stdout)
    assert result.exit_code == 1
    assert [finding["check"] for finding in found] == ["table4_sum"]
    assert set(found[0]) == {"file", "check", "where", "message"}
    assert found[0]["file"].endswith("b.html")


def test_a_file_that_cannot_be_read_is_named_and_the_others_are_still_checked(command):
    result = command(a_pdf=b"%PDF-1.4", b_html=as_html(figures("jinhu_county_2023")))

    assert (result.exit_code, "a.pdf" in result.stderr, "PDF" in result.stderr) == (2, True, True)
    assert [finding["check"] for finding in json.loads(result.stdout)] == ["table4_sum"]


def test_a_file_that_is_not_there_is_refused(on_sqlite):
    result = on_sqlite.test_cli_runner().invoke(args=["tracker", "report", "check", "nowhere.docx"])

    assert (result.exit_code, "nowhere.docx" in result.stderr) == (2, True)


@pytest.mark.parametrize("table", [{"rows": {"new": {"total": 3}}}, {"9": {"total": 1}}])
def test_an_object_without_a_single_known_row_is_no_report(table):
    with pytest.raises(UnreadableReportError, match="行次"):
        reader.read(json.dumps({"year": 2025, "table3": table}).encode(), "a.json")
