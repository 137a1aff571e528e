"""Old registers from Excel: whole or not at all, once however often, each refusal with its cell."""

from datetime import date, datetime
from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import func, select

from tests.services.register.test_importing import file_of
from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.case.request import ApplicantData
from tracker.domain.errors import DomainError
from tracker.domain.permission import Role
from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.evidence import Evidence
from tracker.reading.spreadsheet.reader import REASON
from tracker.services.case import applicant
from tracker.services.case.applicant import ApplicantChange
from tracker.services.exchange import exporting, spreadsheet
from tracker.services.exchange.spreadsheet import SpreadsheetRefusedError
from tracker.services.operations import inspection

HEADERS = (
    "收到日期", "申请人", "申请人类型", "申请方式", "申请内容", "补正告知日", "补正收到日", "延期天数", "答复类型", "答复日期",
)  # fmt: skip
PLAIN = ["2025/1/6", "张三", "自然人", "当面", "某规划图", None, None, None, "予以公开", "2025年1月20日"]
OPEN = ["2026-03-02", "李四", "公民", "网上", "某批复", None, None, None, "办理中", None]


@pytest.fixture
def take_in(app, clock):
    """Import the bytes of a workbook, or rows under the usual headers."""

    def run(*rows, content: bytes | None = None, **options):
        found = content if content is not None else file_of(("台账", [HEADERS, *rows]))
        return spreadsheet.import_spreadsheet(found, today=clock.today, now=clock(), **options)

    return run


def cases() -> int:
    return db.session.scalar(select(func.count()).select_from(Case))


def histories(clock) -> list[dict]:
    return [value for value in exporting.histories(now=clock()) if "events" in value]


def refused(take_in, *rows, **options) -> list[str]:
    before = cases()
    with pytest.raises(SpreadsheetRefusedError) as caught:
        take_in(*rows, **options)
    db.session.rollback()
    assert cases() == before
    return [f"{problem.where}：{problem.message}" for problem in caught.value.taken.problems]


def but(row: list, **cells) -> list:
    """Return the row with other cells, by their header."""
    return [cells.get(header, value) for header, value in zip(HEADERS, row, strict=True)]


def sheets_of(content: bytes) -> dict[str, list[tuple]]:
    book = openpyxl.load_workbook(BytesIO(content))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


def test_a_register_as_an_office_keeps_it_is_read(take_in, clock):
    book, stream = openpyxl.Workbook(), BytesIO()
    sheet = book.active
    sheet.merge_cells("A1:H1")
    sheet["A1"] = "某局2025年政府信息公开申请登记台账"
    sheet.append([])
    sheet.append(
        [
            "序号",
            "办结时间",
            "申请渠道",
            "收件时间",
            "申请人类别",
            "申请人姓名",
            "办理结果",
            "受理编号",
            "延期（工作日）",
        ]
    )
    sheet.append([1, "2025年1月20日", "EMS", 45663, "企业", "某公司", "不予公开（商业秘密）", "YSQ-1", None])
    sheet.append(
        [
            2,
            datetime(2025, 4, 15, tzinfo=None),  # noqa: DTZ001
            "邮箱",
            date(2025, 2, 20),
            "公民",
            "李四",
            "信息不存在",
            "YSQ-2",
            "20个工作日",
        ]
    )
    sheet.append(["合计", 2])
    book.save(stream)

    taken = take_in(content=stream.getvalue())

    assert (taken.result.added, taken.sums, taken.ignored, taken.problems) == (2, 1, ["序号"], [])
    first, second = histories(clock)
    assert (first["number"], first["applicant"]["kind"], first["channel"]) == (
        "YSQ-1",
        "business",
        "registered_mail",
    )
    assert first["events"] == [
        {"step": "receive", "on": "2025-01-06"},
        {"step": "answer", "on": "2025-01-20", "outcome": "refused_third_party_rights"},
    ]
    assert [event["step"] for event in second["events"]] == ["receive", "extend", "answer"]
    assert db.session.scalar(select(Case.due_on).where(Case.number == "YSQ-2")) == date(2025, 4, 18)
    assert list(inspection.inspect(today=clock.today)) == []


def test_the_same_register_twice_adds_nothing(take_in):
    first, second = take_in(PLAIN, OPEN), take_in(PLAIN, OPEN)

    assert (first.result.added, second.result.added, second.result.unchanged) == (2, 0, 2)
    assert cases() == 2


def test_two_equal_rows_without_a_number_are_two_requests_and_stay_two(take_in):
    first, second = take_in(PLAIN, PLAIN), take_in(PLAIN, PLAIN)

    assert (first.result.added, second.result.unchanged, cases()) == (2, 2, 2)


def test_a_row_that_was_open_goes_on_with_what_it_says_later(take_in):
    take_in(OPEN)

    result = take_in(but(OPEN, 延期天数=20, 答复类型="公开", 答复日期="2026/3/13")).result

    assert (result.added, result.continued) == (0, 1)
    assert db.session.scalar(select(Case.state)) == "disclosed"


def test_a_dry_run_says_what_would_happen_and_keeps_nothing(take_in):
    assert take_in(PLAIN, dry_run=True).result.added == 1
    assert cases() == 0


@pytest.mark.parametrize(
    ("cells", "where", "said"),
    [
        ({"收到日期": "5月8日"}, "“收到日期（A）”列", "不是有效日期"),
        ({"收到日期": None}, "“收到日期（A）”列", "请填写收到日期"),
        ({"申请人类型": "法人"}, "“申请人类型（C）”列", "商业企业"),
        ({"申请方式": "邮件"}, "“申请方式（D）”列", "电子邮件"),
        ({"延期天数": 30}, "“延期天数（H）”列", "1至20"),
        ({"延期天数": "很久"}, "“延期天数（H）”列", "请填写工作日数"),
        ({"补正收到日": "2025/1/8"}, "“补正收到日（G）”列", "没有补正告知日"),
        ({"答复类型": "不予公开"}, "“答复类型（I）”列", "请写明：属于国家秘密"),
        ({"答复日期": "2025/1/5"}, "“答复日期（J）”列", "早于收到申请之日"),
        ({"答复日期": "2026/3/17"}, "“答复日期（J）”列", "晚于今天"),
        ({"答复类型": "逾期不补正"}, "“答复类型（I）”列", "没有补正告知日"),
        ({"补正告知日": "2025/1/8"}, "“答复日期（J）”列", "案件处于“待补正”，不能"),
        ({"补正告知日": "2025/1/21"}, "“答复日期（J）”列", "2025-01-21"),
        ({"补正告知日": "2099/1/5"}, "“补正告知日（F）”列", "2099"),
    ],
)
def test_what_cannot_be_read_or_kept_is_told_by_sheet_row_and_column(take_in, cells, where, said):
    [words] = refused(take_in, OPEN, but(PLAIN, **cells))

    assert f"工作表“台账”第3行{where}：" in words
    assert said in words


def test_everything_that_is_wrong_is_told_at_once_in_the_order_of_the_rows(take_in):
    wrong = refused(
        take_in,
        but(PLAIN, 答复日期="2025/1/5"),
        but(PLAIN, 申请人类型="", 申请方式="飞鸽"),
        PLAIN,
        but(PLAIN, 答复类型="无法提供"),
    )

    assert [words[7:10] for words in wrong] == ["第2行", "第3行", "第3行", "第5行"]


def test_a_number_with_two_contents_is_refused_and_the_first_row_named(take_in):
    headers = ["受理编号", *HEADERS]
    content = file_of(("一", [headers, ["A-1", *PLAIN]]), ("二", [headers, ["A-1", *PLAIN], ["A-1", *OPEN]]))

    [words] = refused(take_in, content=content)

    assert words.startswith("工作表“二”第3行“受理编号（A）”列：编号A-1在工作表“一”第2行已出现")


def test_a_row_that_differs_from_the_kept_case_is_refused(take_in):
    take_in(PLAIN)

    [words] = refused(take_in, but(PLAIN, 答复类型="部分公开"))

    assert "第2行：" in words
    assert "不一致" in words


def test_a_sheet_that_lacks_a_needed_column_is_not_passed_over(take_in):
    content = file_of(("2024", [HEADERS, PLAIN]), ("2025", [(*HEADERS[:3], "怎么来的", *HEADERS[4:]), OPEN]))

    taken = take_in(content=content)

    assert (taken.result.added, taken.is_in_doubt) == (1, True)
    assert [(sheet.name, sheet.rows, sheet.read, sheet.why) for sheet in taken.sheets] == [
        ("2024", 1, 1, ""),
        ("2025", 2, 0, "没有申请方式列，未读取"),
    ]


def test_a_sheet_of_figures_beside_the_register_is_left_alone(take_in):
    content = file_of(
        ("台账", [HEADERS, PLAIN]), ("统计", [("申请人类型", "答复类型", "件数"), ("自然人", "公开", 1)])
    )

    assert take_in(content=content).result.added == 1


@pytest.mark.parametrize(
    "content", [b"no workbook", file_of(("台账", [["姓名", "电话"], ["张三", "1"]])), file_of(("空", []))]
)
def test_a_file_that_is_no_register_is_refused(take_in, content):
    with pytest.raises(DomainError):
        take_in(content=content)


def left_out(taken):
    """Return the sheets of the workbook of the rows that were not taken."""
    return sheets_of(spreadsheet.rejected(taken.lines, taken.problems, spreadsheet.SAME))


def test_the_rows_that_were_not_taken_stand_in_a_workbook_that_can_be_mended(take_in, tmp_path):
    headers = [*HEADERS, "经办人"]
    bad = [*but(PLAIN, 申请内容="+1+1", 答复类型="不予公开", 收到日期=datetime(2025, 1, 6)), "林静"]  # noqa: DTZ001
    content = file_of(("台账", [["2025年"], headers, [*PLAIN, "林静"], bad]))

    taken = take_in(content=content, keep_going=True)
    sheets = left_out(taken)

    assert (taken.result.added, len(taken.rejected)) == (1, 1)
    first, row = sheets["台账"]
    assert first == (*headers, REASON)
    assert row[0] == datetime(2025, 1, 6)  # noqa: DTZ001
    assert row[10] == "林静"
    assert "“答复类型（I）”列：“不予公开”没有写明" in row[11]
    mended = [*row[:8], "不予公开（国家秘密）", *row[9:]]
    again = take_in(content=file_of(("台账", [first, mended])))
    assert (again.result.added, again.problems, again.ignored) == (1, [], [REASON])
    assert again.lines[0].notes == {"经办人": "林静"}


def test_a_mended_row_does_not_pass_for_an_equal_one_that_was_taken(take_in):
    taken = take_in(but(PLAIN, 答复类型="不予公开"), PLAIN, OPEN, keep_going=True)

    headers, twin, bad = left_out(taken)["台账"]
    again = take_in(content=file_of(("台账", [headers, twin, [*bad[:8], "予以公开", *bad[9:]]])))

    assert "请一起保留再导入" in twin[10]
    assert (again.result.unchanged, again.result.added, cases()) == (1, 1, 3)


def test_rows_rejected_twice_carry_the_newest_reason_alone(take_in):
    content = file_of(("台账", [(*HEADERS, REASON), [*but(PLAIN, 答复类型="不予公开"), "旧的原因"]]))

    headers, row = left_out(take_in(content=content, keep_going=True))["台账"]

    assert headers == (*HEADERS, REASON)
    assert "旧的原因" not in row


def test_letters_of_which_nobody_says_whether_they_were_signed_for_are_counted(take_in, clock):
    taken = take_in(but(PLAIN, 申请方式="信函"), but(OPEN, 申请方式="平信"))

    assert taken.letters == 1
    assert [value["channel"] for value in histories(clock)] == ["registered_mail", "ordinary_mail"]
    assert all("signed_on" not in value["events"][0] for value in histories(clock))


# -- what is in doubt --------------------------------------------------------------------------------


def doubts(taken) -> str:
    assert taken.is_in_doubt
    return "".join(problem.message for problem in taken.warnings)


def test_a_request_carried_over_to_the_sheet_of_the_next_year_is_one_case(take_in, clock):
    begun = but(PLAIN, 收到日期="2024/12/20", 答复类型="结转下年度", 答复日期=None)
    ended = but(PLAIN, 收到日期="2024/12/20")

    taken = take_in(content=file_of(("2024", [HEADERS, begun]), ("2025", [HEADERS, ended])))

    assert "按上年结转的同一件登记一次" in doubts(taken)
    assert [event["step"] for event in histories(clock)[0]["events"]] == ["receive", "answer"]
    assert cases() == 1


def test_a_request_carried_over_with_other_punctuation_and_width_is_one_case_still(take_in):
    begun = but(
        PLAIN, 收到日期="2024/12/20", 申请内容="《道路》施工合同（A）。", 答复类型=None, 答复日期=None
    )
    ended = but(PLAIN, 收到日期="2024/12/20", 申请内容="道路施工合同(Ａ)", 申请人="张　三")

    taken = take_in(content=file_of(("2024", [HEADERS, begun]), ("2025", [HEADERS, ended])))

    assert "按上年结转的同一件登记一次" in doubts(taken)
    assert cases() == 1


def test_a_receipt_that_the_rule_of_its_channel_would_not_give_is_told_with_both_due_days(take_in):
    headers = (*HEADERS, "签收日期")
    row = [*but(PLAIN, 申请方式="EMS", 收到日期="2025/1/10"), "2025/1/6"]

    taken = take_in(content=file_of(("台账", [headers, row])))

    assert "答复期限2025-02-13" in doubts(taken)
    assert "答复期限2025-02-08" in doubts(taken)


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("延期至", "2025/3/7"),
        ("延期答复期限", "2025年3月7日"),
        ("是否延期", "延期20个工作日"),
        ("延期天数", "延期至2025年3月7日"),
        ("延期天数", "延期20个工作日，至2025年3月7日"),
        ("延期天数", "2月3日告知，延期二十日"),
        ("延期天数", "二十"),
    ],
)
def test_an_extension_to_a_day_becomes_its_working_days(take_in, clock, column, cell):
    row = [*but(PLAIN, 答复日期="2025/3/5"), cell]

    take_in(content=file_of(("台账", [(*HEADERS, column), row])))

    assert histories(clock)[0]["events"][1]["days"] == 20


@pytest.mark.parametrize("cell", ["延期至3月1日", "先延10天，再延10天", "3月1日前"])
def test_an_extension_that_may_be_read_in_two_ways_is_refused(take_in, cell):
    """条例第33条第2款 allows one of 20 working days: a day of a month is no number of days."""
    taken = take_in(content=file_of(("台账", [(*HEADERS, "延期天数"), [*PLAIN, cell]])), keep_going=True)

    assert "不能读作延期天数" in taken.problems[0].message
    assert cases() == 0


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        ("是否延期", "是", "没有登记延期"),
        ("是否补正", "是", "没有登记补正"),
        ("是否征求第三方意见", "有", "没有登记征求意见"),
        ("备注", "申请人1月10日撤回", "写有“撤回”"),
        ("备注", "延期20个工作日", "写有“延期”"),
        ("备注", "申请人已病故", "写有“病故”"),
        ("备注", "与第3件一并答复", "写有“一并答复”"),
        ("备注", "申请单位已吊销", "写有“吊销”"),
        ("复议诉讼", "是", "复议诉讼"),
    ],
)
def test_an_act_that_is_said_without_its_day_is_told_and_never_taken(take_in, clock, column, cell, said):
    taken = take_in(content=file_of(("台账", [(*HEADERS, column), [*PLAIN, cell]])))

    assert said in doubts(taken)
    assert [event["step"] for event in histories(clock)[0]["events"]] == ["receive", "answer"]


def test_a_note_is_kept_with_its_case_once_however_often_it_comes(take_in):
    content = file_of(("台账", [(*HEADERS, "归档号"), [*PLAIN, "D-1"]]))

    take_in(content=content)
    again = take_in(content=content)

    assert (again.result.unchanged, again.is_in_doubt) == (1, False)
    assert list(db.session.scalars(select(Evidence.note))) == ["归档号：D-1"]


@pytest.mark.parametrize("word", ["已办结", "已答复", "咨询事项", "历史信息", "查阅案卷", "未按要求补正"])
def test_an_outcome_without_a_safe_reading_is_refused_with_what_it_may_mean(take_in, word):
    [said] = refused(take_in, but(PLAIN, 答复类型=word))

    assert "可能是：" in said


# -- several people in one cell -------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["张三、李四", "张三，李四", "张三等2人", "张三\n李四", "张三 李四"])
def test_a_cell_of_several_names_is_one_request_in_doubt_and_never_one_person_in_silence(take_in, name):
    taken = take_in(but(PLAIN, 申请人=name))

    [doubt] = taken.warnings
    assert (doubt.row, doubt.column, taken.is_in_doubt) == (2, "申请人（B）", True)
    assert "像是几个人共同申请：按一件登记" in doubt.message
    assert cases() == 1
    assert [case.applicant.name for case in db.session.scalars(select(Case))] == [name.strip()]


def test_a_cell_of_one_name_is_in_no_doubt(take_in):
    assert take_in(but(PLAIN, 申请人="张 三"), but(OPEN, 申请人="买买提·阿不都")).warnings == []


def test_a_register_comes_again_after_its_people_were_told_apart(take_in, clock, actor):
    rows = file_of(("台账", [("受理编号", *HEADERS), ["A-1", *but(PLAIN, 申请人="张三、李四")]]))
    take_in(content=rows)
    case = db.session.scalars(select(Case)).one()
    first, second = (ApplicantData(kind=ApplicantKind.NATURAL_PERSON, name=name) for name in ("张三", "李四"))
    person = {"actor": actor(Role.REGISTRAR), "now": clock()}
    applicant.correct(case.id, first, [ApplicantChange(second)], reason="台账一格写了两人", **person)

    again = take_in(content=rows)

    assert (again.result.unchanged, again.result.added) == (1, 0)
    assert [who.name for who in db.session.get_one(Case, case.id).applicant.people] == ["张三", "李四"]


def test_a_column_of_further_applicants_is_a_note_that_is_pointed_out(take_in):
    content = file_of(("台账", [(*HEADERS, "共同申请人"), [*PLAIN, "李四"], [*OPEN, None]]))

    taken = take_in(content=content)

    assert [(doubt.row, doubt.column, doubt.value) for doubt in taken.warnings] == [(2, "共同申请人", "李四")]
    assert [row.note for row in db.session.scalars(select(Evidence))] == ["共同申请人：李四"]
    assert sorted(case.applicant.name for case in db.session.scalars(select(Case))) == ["张三", "李四"]


def test_a_row_that_says_less_than_the_ledger_and_nothing_else_is_unchanged(take_in, clock):
    headers = [*HEADERS, "受理编号", "答复理由", "第三方", "征求意见日期", "收到意见日期"]
    full = [*but(PLAIN, 答复类型="信息不存在"), "旧-1", "经检索", "某公司", "2025-01-08", "2025-01-15"]
    take_in(content=file_of(("台账", [headers, full])))

    def again(**cells):
        row = [*but(PLAIN, **{"答复类型": "本机关不掌握相关政府信息", **cells}), "旧-1"]
        return take_in(content=file_of(("台账", [[*HEADERS, "受理编号"], row])), keep_going=True)

    assert again().result.unchanged == 1
    for other in ({"答复日期": "2025-01-21"}, {"答复类型": "重复申请"}, {"延期天数": 10}):
        told = again(**other)
        assert (told.result.unchanged, len(told.problems)) == (0, 1), other
