"""An agency tree's reports added up: ledgers here, files from outside, who is missing, what differs."""

import json

import pytest

from tests.histories import line
from tests.histories import text as lines_of
from tests.services.report.test_edition import ANSWERED, OPEN, publish, write
from tracker.domain.errors import DomainError, InvalidDetailError, NotFoundError, NotPermittedError
from tracker.domain.permission import Role
from tracker.domain.report.table3 import ROWS
from tracker.models.agency import Agency
from tracker.models.base import db, transaction
from tracker.rendering.output import OUTPUTS
from tracker.services.exchange import importing
from tracker.services.office.actor import Actor
from tracker.services.report import report as reports
from tracker.services.report import rollup

pytestmark = pytest.mark.both  # counts in SQL


@pytest.fixture
def head(actor):
    return actor(Role.HEAD)


@pytest.fixture
def tree(app, head, clock):
    """A city of two offices in one deployment: one under the other, each with requests of its own."""
    clock.set("2026-02-02")
    with transaction():
        below = Agency(code="west", name="西城分局", parent_id=head.agency_id)
        db.session.add(below)
        db.session.flush()
        deeper = Agency(code="west-station", name="西城分局一所", parent_id=below.id)
        stranger = Agency(code="other", name="别的机关")
        db.session.add_all([deeper, stranger])
    lines = [
        line("natural_person", "A-1", ANSWERED),
        line("business", "A-2", OPEN),
        line("natural_person", "W-1", ANSWERED, agency="west"),
        line("ngo", "S-1", OPEN, agency="west-station"),
        line("ngo", "X-1", OPEN, agency="other"),
    ]
    importing.import_histories(lines_of(lines).splitlines(), today=clock.today, now=clock())
    return app


def of(head, clock, year: int = 2025):
    return rollup.of_year(year, actor=head, today=clock.today)


def sent(head, clock, report: dict, name: str = "report.json", **more):
    arrived = rollup.Arrived(name, json.dumps(report).encode(), **more)
    return rollup.receive(report["year"], arrived, actor=head, now=clock())


def table_of(new: int, done: int, out: int) -> dict:
    """Return a table 3 of natural persons alone."""
    columns = ("natural_person", "business", "research", "ngo", "legal_service", "other", "total")
    rows = {row: dict.fromkeys(columns, 0) for row in ROWS}
    for row, number in (("1", new), ("3.1", done), ("3.7", done), ("4", out)):
        rows[row] |= {"natural_person": number, "total": number}
    return rows


def test_the_offices_of_the_tree_are_added_up_and_a_stranger_is_not(tree, head, clock):
    found = of(head, clock)

    assert [line.name for line in found.lines] == ["测试局", "西城分局", "西城分局一所"]
    assert found.summed.total("1") == 4
    assert found.summed.table3["1"]["ngo"] == 1
    assert (found.summed.total("3.7"), found.summed.total("4"), found.findings) == (2, 2, [])


def test_who_has_not_published_is_missing_and_counts_as_it_stands(tree, head, clock):
    assert [line.name for line in of(head, clock).missing] == ["测试局", "西城分局", "西城分局一所"]

    write(head, clock)
    publish(head, clock)

    assert [line.name for line in of(head, clock).missing] == ["西城分局", "西城分局一所"]
    assert of(head, clock).lines[0].source == "本机关（已发布第1版）"


def test_a_report_sent_in_is_added_and_its_breaks_are_told(tree, head, clock):
    sent(head, clock, {"agency": "东城局", "year": 2025, "table3": table_of(7, 4, 2)})

    found = of(head, clock)

    assert found.summed.total("1") == 11
    east = found.lines[-1]
    assert (east.name, east.final) == ("东城局", True)
    assert "col_balance" in {finding.check for finding in east.findings}
    assert "col_balance" in {finding.check for finding in found.findings}
    sent(head, clock, {"agency": "东城局", "year": 2025, "table3": table_of(7, 5, 2)})  # sent in again
    again = of(head, clock)
    assert (again.summed.total("3.7"), again.lines[-1].findings, again.findings) == (7, [], [])


def test_who_sent_in_once_or_is_expected_is_missing_until_it_sends(tree, head, clock):
    sent(head, clock, {"agency": "东城局", "year": 2024, "table3": table_of(1, 1, 0)})
    office = rollup.expect("南城局", actor=head, now=clock())

    assert [line.name for line in of(head, clock).missing][-2:] == ["东城局", "南城局"]
    rollup.release(office.id, actor=head, now=clock())
    assert [line.name for line in of(head, clock).missing][-1] == "东城局"


@pytest.mark.parametrize("ending", ["docx", "xlsx", "html", "json"])
def test_a_report_of_our_own_making_is_read_from_its_file(on_sqlite, head, clock, ending, request):
    request.getfixturevalue("tree")
    other = Actor("外", frozenset({Role.HEAD}), head.agency_id + 3)
    report = reports.current(other.agency_id, 2025, today=clock.today)
    content = OUTPUTS[ending].write(report)

    rollup.receive(2025, rollup.Arrived(f"别的.{ending}", content, "东城局"), actor=head, now=clock())

    east = of(head, clock).lines[-1]
    assert (east.name, east.total("1"), east.total("4"), east.findings) == ("东城局", 1, 1, [])


def test_where_the_sum_differs_from_what_the_parent_printed_is_named_cell_by_cell(tree, head, clock):
    summed = of(head, clock).summed
    printed = {row: dict(cells) for row, cells in summed.table3.items()}
    printed["1"]["total"] = 5

    sent(
        head,
        clock,
        {"agency": "测试局", "year": 2025, "table3": printed, "table2": {"licences": 3}},
        whole=True,
    )

    found = of(head, clock)
    told = [(each.where, each.summed, each.printed) for each in found.differences]
    assert told == [
        ("表二 行政许可 本年处理决定数量", "0", "3"),
        ("表三 一、本年新收政府信息公开申请数量 总计", "4", "5"),
    ]
    assert len(found.lines) == 3  # it is no office


@pytest.mark.parametrize(
    ("report", "more"),
    [
        ({"agency": "西城分局", "year": 2025}, {}),  # counted from its ledgers already
        ({"agency": "", "year": 2025}, {}),
        ({"agency": "东" * 101, "year": 2025}, {}),
    ],
)
def test_what_cannot_be_taken_is_refused_in_words(tree, head, clock, report, more):
    with pytest.raises(InvalidDetailError):
        sent(head, clock, {**report, "table3": table_of(1, 1, 0)}, **more)
    assert rollup.offices(head.agency_id) == []


def test_a_report_of_another_year_is_refused(tree, head, clock):
    content = json.dumps({"agency": "东城局", "year": 2024, "table3": table_of(1, 1, 0)}).encode()

    with pytest.raises(InvalidDetailError, match="2024年的报告"):
        rollup.receive(2025, rollup.Arrived("a.json", content), actor=head, now=clock())


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"{}", b"\x00\x01\x02", b"PK\x03\x04broken"])
def test_a_file_that_is_no_report_is_refused(tree, head, clock, content):
    with pytest.raises(DomainError):
        rollup.receive(2025, rollup.Arrived("a.bin", content, "东城局"), actor=head, now=clock())


def test_the_children_see_themselves_and_what_is_below_them_alone(tree, head, clock):
    child = Actor("西", frozenset({Role.HEAD}), head.agency_id + 1)

    assert [line.name for line in of(child, clock).lines] == ["西城分局", "西城分局一所"]
    office = rollup.expect("南城局", actor=head, now=clock())
    with pytest.raises(NotFoundError):
        rollup.release(office.id, actor=child, now=clock())


@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.HANDLER, Role.REVIEWER])
def test_the_head_and_the_auditor_alone_read_the_sum(tree, actor, clock, role):
    with pytest.raises(NotPermittedError):
        of(actor(role), clock)
    assert of(actor(Role.AUDITOR), clock).summed.total("1") == 4
