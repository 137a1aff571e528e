"""Registers from Excel as people keep them: shown first, whole or not at all, and twice is once."""

from datetime import date, datetime, timedelta

import pytest

from tests.workbooks import file_of
from tracker.domain import reading
from tracker.domain.errors import DomainError, InvalidDetailError, NotFoundError, UnreadableFileError
from tracker.domain.permission import Role
from tracker.domain.register.index import BY_NAME
from tracker.models.base import ZONE, db
from tracker.models.reads.base import count_rows
from tracker.models.reads.publication import media_in_use
from tracker.models.reads.register import MODELS, register_rows
from tracker.models.register import RegisterAct, StagedFile
from tracker.reading.spreadsheet import grid, reader
from tracker.rendering import register, workbook
from tracker.services.office.actor import Actor
from tracker.services.office.agency import default_agency
from tracker.services.register import importing, staging
from tracker.services.register import register as registers

PUBLICATIONS, DECISIONS = BY_NAME["publications"], BY_NAME["decision-counts"]
DOCUMENTS, TRAININGS = BY_NAME["normative-documents"], BY_NAME["trainings"]
MEDIA = ("驻马店日报", "天中晚报", "驻马店网", "驻马店融媒", "今日驻马店", "今日头条", "映象网", "法政在线")
HEADERS = ("发布媒体", "信息标题", "发布时间", "拟稿人", "审查人", "审查日期", "审查意见", "依据")


@pytest.fixture
def by():
    def make(role: Role = Role.HEAD, day: date = date(2026, 3, 16)) -> registers.By:
        person = Actor("陈立", frozenset({role}), default_agency().id)
        return registers.By(
            actor=person, today=day, now=datetime(day.year, day.month, day.day, 10, tzinfo=ZONE)
        )

    return make


def item(medium, title, on="2023-05-10", reviewer="何法"):
    return [medium, title, on, "林静", reviewer, "2023-05-08", "同意公开", "不涉密"]


# -- how a sheet is read -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "fen"),
    [
        ("0.1", 100_000),
        (0.1, 100_000),
        ("1,234.5万元", 1_234_500_000),
        (7, 7_000_000),
        ("0.000001", 1),
        ("０", 0),
    ],
)
def test_an_amount_is_read_exactly(cell, fen):
    assert reading.fen_of_wan(cell) == fen


@pytest.mark.parametrize("cell", ["0.0000001", "-1", "NaN", "Infinity", "1e400", "一万", "1元", "9" * 40])
def test_an_amount_that_cannot_be_exact_is_refused(cell):
    with pytest.raises(ValueError):  # noqa: PT011
        reading.fen_of_wan(cell)


@pytest.mark.parametrize(("cell", "number"), [("106件", 106), ("1,234", 1234), (106.0, 106), ("１２", 12)])
def test_a_number_is_read_with_its_unit(cell, number):
    assert reading.whole(cell) == number


def test_titles_above_and_blank_rows_between_and_totals_below_are_no_rows(on_sqlite, by):
    rows = [
        ["某局2025年行政决定统计表", None, None],
        [None, None, None],
        ["月份", "行政许可件数", "年度"],
        ["1月", "12件", 2025],
        [None, None, None],
        ["02", 3.0, "2025年"],
        ["合 计", 15, None],
    ]

    plan = importing.keep(DECISIONS, file_of(("统计", rows)), by=by())

    assert (len(plan.rows), plan.sums, plan.problems) == (2, 1, [])
    assert register.table2(by().actor.agency_id, 2025)["licences"] == 15


def test_headers_are_known_by_other_words_and_what_says_nothing_is_named(on_sqlite, by):
    rows = [["序号", "制发机关", "发文字号", "文件名称（全称）", "印发日期*", "效力状态", "废止时间"]]
    rows.append([1, "某局", "某发〔2025〕1号", "某办法", 45717, "有效", None])
    rows.append([2, "某局", "某发〔2019〕3号", "旧办法", "2019年5月1日", "已废止", "2025/3/1"])

    plan = importing.keep(DOCUMENTS, file_of(("Sheet1", rows)), by=by())

    assert plan.ignored == ["序号"]
    assert [values["made_on"] for values in plan.rows] == [date(2025, 3, 1), date(2019, 5, 1)]
    table = register.table2(by().actor.agency_id, 2025)["normative_documents"]
    assert table == {"made": 1, "repealed": 1, "in_force": 1}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"not a workbook", "没有找到"),
        (b"", "文件是空的"),
        (b"PK\x03\x04 broken", "文件已损坏"),
        (file_of(("空", [])), "没有找到"),
        (file_of(("别的", [["甲", "乙"], [1, 2]])), "没有找到"),
        (file_of(("缺列", [["培训形式", "人数"], ["线上", 2]])), "没有培训日期列，也没有培训内容列"),
    ],
)
def test_a_wrong_file_is_refused_in_words(on_sqlite, by, content, words):
    with pytest.raises(DomainError, match=words):
        importing.preview(TRAININGS, content, by=by())


def test_a_money_column_in_yuan_is_not_taken_for_wan_yuan(on_sqlite, by):
    content = file_of(("收费", [["年度", "收费金额（元）"], [2025, 1200]]))

    plan = importing.preview(DECISIONS, content, by=by())

    assert "万元" in plan.problems[0].message
    assert plan.rows == []


# -- what is kept ---------------------------------------------------------------------------------------


def test_the_year_of_the_seed_485_items_over_eight_media(app, by):
    rows = [
        HEADERS,
        *(item(MEDIA[n % 8], f"城管信息第{n}期", f"2023年{n % 12 + 1}月9日") for n in range(485)),
    ]
    for row in rows[1:]:
        row[5] = "2023-01-05"
    content = file_of(("2023", rows))

    plan = importing.keep(PUBLICATIONS, content, by=by())
    again = importing.keep(PUBLICATIONS, content, by=by())

    assert (len(plan.rows), plan.media, plan.problems) == (485, list(MEDIA), [])
    assert (len(again.rows), again.known) == (0, 485)
    facts = register.facts(by().actor.agency_id, 2023)
    assert (facts.items, facts.channel_items) == (485, 485)
    assert [medium.name for medium in facts.media] == list(MEDIA)


def test_lines_of_one_item_on_several_media_become_one_item(app, by):
    rows = [
        HEADERS,
        item("日报", "须知"),
        item("晚报", "须知"),
        item("网站、公众号", "须知"),
        item("日报", "动态"),
    ]
    content = file_of(("清单", rows))

    plan = importing.keep(PUBLICATIONS, content, by=by())

    assert (len(plan.rows), plan.joined) == (2, 2)
    facts = register.facts(by().actor.agency_id, 2023)
    assert (facts.items, facts.channel_items) == (2, 5)
    assert importing.keep(PUBLICATIONS, content, by=by()).known == 2


def test_two_equal_lines_are_two_and_stay_two(app, by):
    rows = [["培训日期", "培训内容"], ["2025-3-1", "业务学习"], ["2025-3-1", "业务学习"]]
    content = file_of(("培训", rows))

    plan = importing.keep(TRAININGS, content, by=by())
    again = importing.keep(TRAININGS, content, by=by())

    assert (len(plan.rows), again.known, len(again.rows)) == (2, 2, 0)
    assert [(problem.row, "第2行各栏相同" in problem.message) for problem in plan.warnings] == [(3, True)]
    assert again.warnings == []
    assert register.facts(by().actor.agency_id, 2025).trainings == 2


def test_a_look_keeps_nothing_and_says_exactly_what_keeping_does(app, by):
    content = file_of(("清单", [HEADERS, item("日报", "须知"), item("晚报", "动态")]))

    looked = importing.preview(PUBLICATIONS, content, by=by())

    agency_id = by().actor.agency_id
    assert [count_rows(register_rows(BY_NAME[name], agency_id)) for name in ("publications", "media")] == [
        0,
        0,
    ]
    kept = importing.keep(PUBLICATIONS, content, by=by())
    assert (looked.rows, looked.media) == (kept.rows, kept.media)


def test_a_problem_is_named_by_sheet_row_and_column_and_nothing_is_kept(app, by):
    rows = [
        HEADERS,
        item("日报", "好的"),
        item("日报", "没有这一天", "2023-02-30"),
        item("日报", "自己审核", reviewer="林静"),
        ["日报", "未审核", "2026-03-02"],
    ]
    content = file_of(("第一季", rows))

    with pytest.raises(InvalidDetailError, match="整个文件没有导入"):
        importing.keep(PUBLICATIONS, content, by=by())

    plan = importing.preview(PUBLICATIONS, content, by=by())
    assert count_rows(register_rows(PUBLICATIONS, by().actor.agency_id)) == 0
    places = [(p.sheet, p.row, p.column) for p in plan.problems]
    assert places[0] == ("第一季", 3, "发布时间（C）")
    assert ("第一季", 4, "审查人（E）") in places
    assert ("第一季", 5, "审查人（E）") in places
    assert plan.problems[0].where == "工作表“第一季”第3行“发布时间（C）”列"


def test_the_good_rows_may_be_taken_alone(app, by):
    rows = [
        HEADERS,
        item("日报", "好的"),
        item("日报", "坏的", "无"),
        item("晚报", "自己审核", reviewer="林静"),
    ]
    content = file_of(("清单", rows))

    plan = importing.keep(PUBLICATIONS, content, by=by(), keep_going=True)

    assert [medium.name for medium in media_in_use(by().actor.agency_id)] == ["日报"]

    assert [values["title"] for values in plan.rows] == ["好的"]
    assert count_rows(register_rows(PUBLICATIONS, by().actor.agency_id)) == 1


def test_a_row_that_differs_from_the_kept_one_is_no_second_row(app, by):
    first = file_of(("表", [["年度", "月份", "行政许可"], [2025, "1月", 12]]))
    changed = file_of(("表", [["年度", "月份", "行政许可"], [2025, "1月", 13]]))
    importing.keep(DECISIONS, first, by=by())

    plan = importing.preview(DECISIONS, changed, by=by())

    assert "“12”" in plan.problems[0].message
    assert "“13”" in plan.problems[0].message
    assert register.table2(by().actor.agency_id, 2025)["licences"] == 12


def test_a_registrar_does_not_bring_in_reviews(on_sqlite, by):
    content = file_of(("清单", [HEADERS, item("日报", "须知")]))

    plan = importing.preview(PUBLICATIONS, content, by=by(Role.REGISTRAR))

    assert "审核人或负责人" in plan.problems[0].message


@pytest.mark.parametrize("name", BY_NAME)
def test_what_was_exported_is_known_when_it_comes_back(app, by, name):
    register = BY_NAME[name]
    for raw in SAMPLES[name]:
        for of, needed in NEEDED.get(name, ()):
            registers.keep(BY_NAME[of], needed, by=by())
        registers.keep(register, raw, by=by())
    rows = db.session.query(MODELS[name]).all()
    content = workbook.table(register.title, registers.headers(register), registers.cells(register, rows))

    plan = importing.preview(register, content, by=by())

    assert (plan.known, plan.rows, plan.problems, plan.ignored) == (len(SAMPLES[name]), [], [], [])


NEEDED = {
    "publications": [("media", {"name": "网站"}), ("media", {"name": "日报"})],
    "reanswers": [
        ("remedies", {"kind": "reconsideration", "number": "复议1号", "organ": "区政府", "filed_on": "2025-01-02",
                      "result": "annulled", "closed_on": "2025-03-01"}),
    ],
    "remedy-steps": [
        ("remedies", {"kind": "reconsideration", "number": "复议1号", "organ": "区政府", "filed_on": "2025-01-02"}),
    ],
}  # fmt: skip
SAMPLES = {
    "publications": [
        {
            "title": "须知", "channels": "网站、日报", "created_on": "2025-02-03", "drafted_by": "甲",
            "reviewed_by": "乙", "reviewed_on": "2025-02-04", "conclusion": "redacted", "basis": "已遮盖",
            "published_on": "2025-02-05", "link": "http://www.example.org/1",
        },
    ],
    "media": [{"name": "网站", "kind": "website"}],
    "normative-documents": [
        {"title": "办法", "made_on": "2025-01-02", "status": "amended", "ended_on": "2025-06-01", "leads": "no"},
    ],
    "decision-counts": [{"year": "2025", "month": "3", "licences": "7", "fees": "12.3456"}, {"year": "2024"}],
    "remedies": [
        {
            "kind": "direct_litigation", "organ": "法院", "filed_on": "2025-01-02", "result": "claim_rejected",
            "closed_on": "2025-03-01", "second_filed_on": "2025-03-10", "second_organ": "中院",
            "second_result": "as_before", "second_closed_on": "2025-06-01",
        },
        {"kind": "reconsideration", "organ": "区政府", "filed_on": "2025-01-02"},
    ],
    "remedy-steps": [
        {
            "remedy_number": "复议1号", "step": "copy_received", "happened_on": "2025-01-06", "procedure": "simplified",
            "note": "专人送达",
        },
    ],
    "reanswers": [
        {
            "remedy_number": "复议1号", "received_on": "2025-03-03", "until_on": "2025-03-31", "outcome": "disclosed",
            "decided_on": "2025-03-10", "method": "post", "served_on": "2025-03-12",
            "reviewer": "何法", "reviewed_on": "2025-03-09", "review": "可以公开",
        },
    ],
    "corrections": [{"received_on": "2025-02-03", "record": "本人登记信息", "result": "corrected", "told_on": "2025-02-10"}],
    "conversions": [{"raised_on": "2025-02-03", "content": "停车场规划", "conclusion": "publish", "assessed_on": "2025-02-10"}],
    "refusal-reviews": [{"reviewed_on": "2025-02-03", "information": "会议纪要", "next_on": "2027-02-03"}],
    "complaints": [{"received_on": "2025-02-03", "matter": "没有按期答复", "until_on": "2026-03-31"}],
    "guides": [{"changed_on": "2025-03-03", "change": "办公地址", "kind": "catalogue"}],
    "personal-requests": [{"received_on": "2025-03-03", "kind": "copy", "asked": "本人的申请"}],
    "trainings": [{"held_on": "2025-01-02", "topic": "业务", "form": "video", "people": "3"}],
    "assessments": [{"held_on": "2025-01-02", "subject": "考核", "result": "良好"}],
    "accountabilities": [{"held_on": "2025-01-02", "matter": "迟延", "measure": "talk", "people": "1"}],
}  # fmt: skip


# -- a file that waits --------------------------------------------------------------------------------------


def test_a_file_that_was_shown_waits_a_day_for_its_rows_to_be_kept(app, by):
    older = file_of(("培训", [["培训日期", "培训内容"], ["2025-3-1", "旧文件"]]))
    content = file_of(("培训", [["培训日期", "培训内容"], ["2025-3-1", "业务学习"]]))
    digest = importing.digest_of(content)
    first = staging.stage(TRAININGS, older, "甲.xlsx", by=by())
    second = staging.stage(TRAININGS, content, "乙.xlsx", by=by())

    def take(register, file_id, wanted):
        with staging.staged(register, file_id, wanted, by=by()) as file:
            return file.name, file.content

    for wrong in (
        (TRAININGS, first, importing.digest_of(older)),  # another look took its place
        (DECISIONS, second, digest),
        (TRAININGS, second, "0" * 64),
    ):
        with pytest.raises(NotFoundError):
            take(*wrong)
    assert take(TRAININGS, second, digest) == ("乙.xlsx", content)
    with pytest.raises(NotFoundError):
        take(TRAININGS, second, digest)
    staging.stage(DECISIONS, content, "丙.xlsx", by=by())
    staging.stage(TRAININGS, content, "丁.xlsx", by=by(day=by().today + timedelta(days=2)))
    assert [file.name for file in db.session.query(StagedFile)] == ["丁.xlsx"]


def test_every_row_that_was_read_in_says_so_in_its_history(app, by):
    content = file_of(("培训", [["培训日期", "培训内容"], ["2025-3-1", "业务学习"]]))

    importing.keep(TRAININGS, content, by=by(), name="培训.xlsx")

    assert [(act.act, act.actor) for act in db.session.query(RegisterAct)] == [("imported", "陈立")]


def test_a_sheet_of_too_many_rows_is_refused(monkeypatch):
    monkeypatch.setattr(grid, "MOST_ROWS", 3)
    rows = [["培训日期", "培训内容"], *(["2025-3-1", f"学习{n}"] for n in range(4))]
    columns = reader.Columns({"held_on": "培训日期", "topic": "培训内容"})

    with pytest.raises(UnreadableFileError, match="一直到第5行"):
        reader.read(file_of(("培训", rows)), columns)


def test_a_catalogue_of_an_earlier_year_without_reviews_is_kept_and_marked(on_sqlite, by):
    content = file_of(("2023年目录", [HEADERS, ["日报", "旧目录一条", "2023-05-10"]]))

    plan = importing.keep(PUBLICATIONS, content, by=by())
    again = importing.preview(PUBLICATIONS, content, by=by())

    assert plan.rows[0]["note"] == "【历史数据：无审核记录】"
    assert "历史数据" in plan.warnings[0].message
    assert (again.known, again.problems) == (1, [])


def test_a_proposal_to_amend_ends_no_document_and_is_told(on_sqlite, by):
    rows = [["文件名称", "发文日期", "清理意见", "有效期"]]
    rows += [["甲办法", "2019年5月1日", "拟修改", "长期有效"], ["乙办法", "2020-5-1", "保留", None]]

    plan = importing.keep(DOCUMENTS, file_of(("清理", rows)), by=by())

    assert [values["status"] for values in plan.rows] == ["in_force", "in_force"]
    assert ["拟修改" in problem.message for problem in plan.warnings] == [True]
    assert plan.sheets[0].read == 2
