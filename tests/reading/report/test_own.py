"""What this program prints is read back by the reader of anybody's reports, cell by cell."""

import json

import pytest

from tests.histories import counting_to, text
from tests.report_forms import figures
from tracker.reading.report import reader
from tracker.services.report import check


@pytest.fixture
def tracker(on_sqlite, tmp_path, clock):
    """An office whose cases count to a published report, and its commands."""
    clock.set("2026-11-20")

    def run(*arguments: str):
        return on_sqlite.test_cli_runner().invoke(args=["tracker", *arguments])

    path = tmp_path / "histories.jsonl"
    table = figures("jinhu_county_2023")["table3"]
    path.write_text(text([*counting_to(table, 2023, "A"), *counting_to(table, 2020, "B")]), encoding="utf-8")
    assert run("import", str(path)).exit_code == 0
    return run


def test_every_form_that_is_printed_is_read_back(tracker):
    for year, more in (("2023", {}), ("2020", {"3.6"})):
        given = json.loads(tracker("report", year, "--format", "json").stdout)
        for form in ("html", "xlsx", "docx"):
            read = reader.read(tracker("report", year, "--format", form).stdout_bytes)
            kept = set(given["table3"]) - ({"3.6.1", "3.6.2", "3.6.3"} if more else set())
            assert {row: read.report.table3[row] for row in kept} == {r: given["table3"][r] for r in kept}
            assert (read.report.year, read.report.agency) == (int(year), given["agency"])
            assert read.report.form.code == given["format"]
            assert check.findings(read.report) == []
