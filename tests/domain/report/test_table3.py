"""Table 3: its rows and columns, its four identities, and what a person reads where one breaks."""

from datetime import date

import pytest

from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.case.outcome import BY_CODE, OUTCOMES
from tracker.domain.report import table3

SOUND = {("1", "business"): 3, ("2", "business"): 1, ("3.1", "business"): 2, ("4", "business"): 2}


def test_the_table_has_25_rows_and_7_columns():
    table = table3.empty()

    assert sum(len(row) for row in table.values()) == 175
    assert table3.ROWS[:3] == ("1", "2", "3.1")
    assert table3.ROWS[-2:] == ("3.7", "4")


@pytest.mark.parametrize(
    ("family", "rows"),
    [("refused_", 8), ("unable_", 3), ("not_processed_", 5), ("closed_", 3)],
)
def test_each_family_has_the_rows_of_the_form(family, rows):  # 国办公开办函〔2021〕30号
    assert len([code for code in BY_CODE if code.startswith(family)]) == rows


def test_every_outcome_has_a_row_of_its_own_an_article_and_a_notice():
    assert len({outcome.row for outcome in OUTCOMES}) == len(OUTCOMES) == 21
    assert all(outcome.law and outcome.letter and outcome.label for outcome in OUTCOMES)


def test_totals_are_sums():
    table = table3.cells({("3.1", "business"): 2, ("3.3.8", "ngo"): 5})

    assert table["3.7"] == {**dict.fromkeys(ApplicantKind, 0), "business": 2, "ngo": 5, "total": 7}


def test_a_sound_table_has_no_finding():
    assert table3.identities(table3.cells(SOUND)) == []


@pytest.mark.parametrize(
    ("row", "column", "check"),
    [("1", "business", "col_balance"), ("3.1", "business", "result_sum"), ("3.3.1", "total", "row_sum")],
)
def test_a_broken_identity_is_named_with_its_place(row, column, check):
    table = table3.cells(SOUND)
    table[row][column] += 1

    found = table3.identities(table)

    assert check in [finding.check for finding in found]
    assert all(finding.where and finding.message.endswith("。") for finding in found)


def test_what_was_carried_out_last_year_is_carried_in_this_year():
    this_year, last_year = table3.cells(SOUND), table3.cells({("1", "ngo"): 1, ("4", "ngo"): 1})

    found = [f for f in table3.identities(this_year, last_year) if f.check == "cross_year"]

    assert {finding.where for finding in found} == {"商业企业", "社会公益组织"}


# -- the form as printed (国办公开办函〔2021〕30号) ------------------------------------------------------

PRINTED_ROWS = [
    ("1", "一、本年新收政府信息公开申请数量"),
    ("2", "二、上年结转政府信息公开申请数量"),
    ("3.1", "（一）予以公开"),
    ("3.2", "（二）部分公开（区分处理的，只计这一情形，不计其他情形）"),
    ("3.3.1", "1.属于国家秘密"),
    ("3.3.2", "2.其他法律行政法规禁止公开"),
    ("3.3.3", "3.危及“三安全一稳定”"),
    ("3.3.4", "4.保护第三方合法权益"),
    ("3.3.5", "5.属于三类内部事务信息"),
    ("3.3.6", "6.属于四类过程性信息"),
    ("3.3.7", "7.属于行政执法案卷"),
    ("3.3.8", "8.属于行政查询事项"),
    ("3.4.1", "1.本机关不掌握相关政府信息"),
    ("3.4.2", "2.没有现成信息需要另行制作"),
    ("3.4.3", "3.补正后申请内容仍不明确"),
    ("3.5.1", "1.信访举报投诉类申请"),
    ("3.5.2", "2.重复申请"),
    ("3.5.3", "3.要求提供公开出版物"),
    ("3.5.4", "4.无正当理由大量反复申请"),
    ("3.5.5", "5.要求行政机关确认或重新出具已获取信息"),
    ("3.6.1", "1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请"),
    ("3.6.2", "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请"),
    ("3.6.3", "3.其他"),
    ("3.7", "（七）总计"),
    ("4", "四、结转下年度继续办理"),
]
PRINTED_COLUMNS = [
    ("natural_person", "自然人"),
    ("business", "商业企业"),
    ("research", "科研机构"),
    ("ngo", "社会公益组织"),
    ("legal_service", "法律服务机构"),
    ("other", "其他"),
    ("total", "总计"),
]
RESULTS = [row for row, _ in PRINTED_ROWS if row not in ("1", "2", "3.7", "4")]


def test_the_rows_and_columns_are_those_of_the_official_form():
    assert [(row, table3.ROW_LABELS[row]) for row in table3.ROWS] == PRINTED_ROWS
    assert [(column, table3.COLUMN_LABELS[column]) for column in table3.COLUMNS] == PRINTED_COLUMNS
    assert table3.CORNER == "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"


def test_a_year_without_a_request_is_zeros_and_sound():
    table = table3.cells({})

    assert {value for row in table.values() for value in row.values()} == {0}
    assert table3.identities(table, table3.empty()) == []


@pytest.mark.parametrize("row", RESULTS)
def test_every_result_enters_the_total_once(row):
    table = table3.cells({("1", "ngo"): 3, (row, "ngo"): 3})

    assert (table["3.7"]["ngo"], table["3.7"]["total"]) == (3, 3)
    assert table3.identities(table) == []


@pytest.mark.parametrize(
    ("row", "column", "findings"),
    [
        ("1", "business", {("col_balance", "商业企业"), ("row_sum", "一、本年新收政府信息公开申请数量")}),
        ("2", "business", {("col_balance", "商业企业"), ("row_sum", "二、上年结转政府信息公开申请数量")}),
        ("4", "business", {("col_balance", "商业企业"), ("row_sum", "四、结转下年度继续办理")}),
        ("3.1", "business", {("result_sum", "商业企业"), ("row_sum", "（一）予以公开")}),
        ("3.5.2", "total", {("result_sum", "总计"), ("row_sum", "2.重复申请")}),
        ("1", "total", {("col_balance", "总计"), ("row_sum", "一、本年新收政府信息公开申请数量")}),
        (
            "3.7",
            "ngo",
            {("col_balance", "社会公益组织"), ("result_sum", "社会公益组织"), ("row_sum", "（七）总计")},
        ),
    ],
)
def test_one_wrong_cell_breaks_the_identities_it_stands_in_and_no_other(row, column, findings):
    table = table3.cells(SOUND)
    table[row][column] += 1

    assert {(finding.check, finding.where) for finding in table3.identities(table)} == findings


def test_a_finding_says_the_figures():
    table = table3.cells(SOUND)
    table["1"]["business"] = 4
    words = {finding.check: finding.message for finding in table3.identities(table)}

    assert words["col_balance"] == "第一项4加第二项1等于5，第三项2加第四项2等于4，两者不等。"
    assert words["row_sum"] == "总计为3，六列之和为4。"


@pytest.mark.parametrize(
    ("received", "finals", "expected"),
    [
        ("2026-05-11", [(2026, "disclosed")], [(2026, "1"), (2026, "3.1")]),
        (
            "2025-12-30",
            [(2025, "carried_forward"), (2026, "refused_state_secret")],
            [(2025, "1"), (2025, "4"), (2026, "2"), (2026, "3.3.1")],
        ),
        (
            "2024-12-30",
            [(2024, "carried_forward"), (2025, "carried_forward")],
            [(2024, "1"), (2024, "4"), (2025, "2"), (2025, "4")],
        ),
        ("2026-05-11", [], []),
    ],
)
def test_every_year_of_a_case_gives_how_it_came_in_and_how_the_year_ended(received, finals, expected):
    assert table3.row_of_years(date.fromisoformat(received), finals) == expected


def test_every_final_state_has_a_row_of_the_form():
    assert sorted(table3.ROW_OF_STATE.values()) == sorted([*RESULTS, "4"])


def test_a_report_year_is_the_calendar_year():
    assert (table3.first_day(2026), table3.last_day(2026)) == (date(2026, 1, 1), date(2026, 12, 31))
