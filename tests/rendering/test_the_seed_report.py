"""A bureau's whole year as it was published: 106 licences, 485 items on eight media, no request, no fee.

The office is set up through its services; every cell of the printed tables is a figure in tests/data.
"""

import json
from io import BytesIO

import docx
import pytest

from tests.histories import DATA
from tracker.domain.permission import Role
from tracker.domain.register.index import BY_NAME
from tracker.domain.report import section as report_section
from tracker.models.base import db
from tracker.rendering import workbook
from tracker.rendering.output import OUTPUTS
from tracker.services.register import importing
from tracker.services.register import register as registers
from tracker.services.report import edition
from tracker.services.report import report as reports
from tracker.services.report import text as texts
from tracker.services.report.edition import Approval

SEED = json.loads((DATA / "seed_2023.json").read_text(encoding="utf-8"))
PARTS = {
    "主动公开": "健全信息采集、审核、发布、更新机制，各股室明确一名联络员。全年共在{{主动公开.媒体名称}}发表各类信息"
    "{{主动公开.信息条次}}条，作出行政许可决定{{主动公开.行政许可}}件。",
    "政府信息管理": "对来信、来访、来电逐一登记、甄别，不遗漏、不延迟。",
    "政府信息公开平台建设": "用好政府网站、热线电话等平台，机构常在、人员专职。",
    "监督保障": "把信息公开列入岗位培训内容，按制度建设等五个方面进行考核。",
}


@pytest.fixture
def app(on_sqlite):
    """Five hundred rows are enough on one database: what they hold does not hang on it."""
    return on_sqlite


@pytest.fixture
def head(actor):
    return actor(Role.REGISTRAR, Role.REVIEWER, Role.HEAD)


@pytest.fixture
def by(head, clock):
    clock.set("2024-01-15")
    return registers.By(actor=head, today=clock.today, now=clock())


@pytest.fixture
def office(app, by, head, clock):
    """The bureau with the facts of its year: media, items, licences, texts; no request, no fee."""
    for name in SEED["media"]:
        registers.keep(BY_NAME["media"], {"name": name, "kind": "press"}, by=by)
    items = BY_NAME["publications"]
    labels = {one.name: one.label for one in items.fields}
    row = {
        "category": "工作动态",
        "created_on": "2023-05-08",
        "drafted_by": "信息员",
        "reviewed_by": "何法",
        "reviewed_on": "2023-05-09",
        "conclusion": "可以公开",
        "basis": "不涉及国家秘密",
        "published_on": "2023-05-10",
    }
    lines = [
        {**row, "title": f"工作动态第{number}期", "channels": SEED["media"][number % len(SEED["media"])]}
        for number in range(SEED["items"])
    ]
    headers = ["title", "channels", *row]
    content = workbook.table(
        "主动公开", [labels[h] for h in headers], [[one[h] for h in headers] for one in lines]
    )
    importing.keep(items, content, by=by)
    registers.keep(BY_NAME["decision-counts"], {"year": "2023", "licences": "106"}, by=by)
    report = reports.current(head.agency_id, 2023, today=clock.today)
    known = reports.known_figures(head.agency_id, report)
    parts = {**PARTS, "依申请公开": report_section.draft(known)["依申请公开"]}
    whole = {
        "1": report_section.join(parts),
        "5": "一是公开时效不高，下步丰富公开的途径和方式；二是知晓度低，下步多用图表图解。",
        "6": report_section.fee_draft(known),
    }
    for section, words in whole.items():
        texts.save(2023, section, words, base=0, actor=head, now=clock())
    db.session.commit()
    return app


def cells(table) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in table.rows]


def test_every_cell_of_the_three_tables_is_as_the_bureau_printed_it(office, head, clock):
    report = reports.current(head.agency_id, 2023, today=clock.today)
    table2, table3, table4 = map(cells, docx.Document(BytesIO(OUTPUTS["docx"].write(report))).tables)

    heading = ""
    seen: dict[str, dict[str, list[int]]] = {}
    for first, *figures in table2:
        if first.startswith("第二十条"):
            heading = first
        elif first != "信息内容":
            wide = len(SEED["table2"][heading][first])
            assert len(set(figures)) == 1 or wide == len(figures)
            seen.setdefault(heading, {})[first] = [int(figure) for figure in figures[:wide]]
    assert seen == SEED["table2"]
    assert [[labels[2], *map(int, labels[3:])] for labels in table3[3:]] == SEED["table3"]
    assert list(map(int, table4[3])) == SEED["table4"]
    assert report.findings == []


def test_section_one_carries_its_figures_and_says_that_nobody_asked(office, head, clock):
    report = reports.current(head.agency_id, 2023, today=clock.today)

    one = report.sections["1"]
    assert "、".join(SEED["media"]) in one
    assert "发表各类信息485条，作出行政许可决定106件" in one
    assert "本年度未收到政府信息公开申请。" in one
    assert report_section.length(one) <= report_section.LONGEST
    assert report.sections["6"] == "本年度未收取政府信息公开信息处理费。"
    assert reports.missing(report) == []


def test_it_is_published_without_a_word_of_explanation(office, head, clock):
    report = reports.current(head.agency_id, 2023, today=clock.today)
    given = Approval({}, "局长", clock.today, edition.digest_of(report))

    edition.publish(2023, given, actor=head, today=clock.today, now=clock())

    shown = json.loads(OUTPUTS["json"].write(reports.shown(head.agency_id, 2023, today=clock.today)))
    assert (shown["published"], shown["findings"], shown["table2"]["licences"]) == (True, [], 106)
    assert {number for row in shown["table3"].values() for number in row.values()} == {0}
