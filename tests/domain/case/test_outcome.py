"""The catalogue of outcomes against the leaves of table 3 (国办公开办函〔2021〕30号)."""

import pytest

from tracker.domain.case.outcome import BY_CODE, FINAL, OUTCOMES, Family
from tracker.domain.report.table3 import ROW_OF_STATE

R, S, P, A = "received", "supplement", "processing", "awaiting_payment"

CATALOGUE = [  # row, code, label as printed, article, word of the notice, remedy
    ("3.1", "disclosed", "（一）予以公开", "第36条第（一）、（二）项", "予以公开告知书", "G"),
    (
        "3.2",
        "partially_disclosed",
        "（二）部分公开（区分处理的，只计这一情形，不计其他情形）",
        "第37条",
        "部分公开告知书",
        "P",
    ),
    ("3.3.1", "refused_state_secret", "1.属于国家秘密", "第14条", "不予公开告知书", "P"),
    ("3.3.2", "refused_prohibited_by_law", "2.其他法律行政法规禁止公开", "第14条", "不予公开告知书", "P"),
    ("3.3.3", "refused_safety_and_stability", "3.危及“三安全一稳定”", "第14条", "不予公开告知书", "P"),
    ("3.3.4", "refused_third_party_rights", "4.保护第三方合法权益", "第15、32条", "不予公开告知书", "P"),
    ("3.3.5", "refused_internal_affairs", "5.属于三类内部事务信息", "第16条第1款", "不予公开告知书", "P"),
    ("3.3.6", "refused_process_information", "6.属于四类过程性信息", "第16条第2款", "不予公开告知书", "P"),
    ("3.3.7", "refused_enforcement_file", "7.属于行政执法案卷", "第16条第2款", "不予公开告知书", "P"),
    ("3.3.8", "refused_administrative_query", "8.属于行政查询事项", "第36条第（七）项", "查询告知书", "G"),
    (
        "3.4.1",
        "unable_not_held",
        "1.本机关不掌握相关政府信息",
        "第36条第（四）、（五）项",
        "不存在告知书",
        "G",
    ),
    ("3.4.2", "unable_needs_creation", "2.没有现成信息需要另行制作", "第38条", "无法提供告知书", "G"),
    ("3.4.3", "unable_still_unclear", "3.补正后申请内容仍不明确", "第30条", "无法提供告知书", "G"),
    ("3.5.1", "not_processed_petition", "1.信访举报投诉类申请", "第39条第1款", "不予处理告知书", "G"),
    ("3.5.2", "not_processed_repeat", "2.重复申请", "第36条第（六）项", "不予重复处理告知书", "G"),
    ("3.5.3", "not_processed_publication", "3.要求提供公开出版物", "第39条第2款", "公开出版物", "G"),
    ("3.5.4", "not_processed_excessive", "4.无正当理由大量反复申请", "第35条", "不予处理告知书", "G"),
    (
        "3.5.5",
        "not_processed_confirmation",
        "5.要求行政机关确认或重新出具已获取信息",
        "30号",  # no article names it
        "不予处理告知书",
        "G",
    ),
    (
        "3.6.1",
        "closed_supplement_lapsed",
        "1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请",
        "第30条",
        "终止办理告知书",
        "G",
    ),
    (
        "3.6.2",
        "closed_fee_lapsed",
        "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请",
        "第42条",
        "终止办理告知书",
        "G",
    ),
    ("3.6.3", "closed_other", "3.其他", "30号", "终止办理告知书", "N"),
]
SOURCES = {
    "unable_still_unclear": (P,),
    "closed_supplement_lapsed": (S,),
    "closed_fee_lapsed": (A,),
    "closed_other": (R, S, P, A),
}
WITHOUT_REASON = {"disclosed", "closed_supplement_lapsed", "closed_fee_lapsed"}
FAMILIES = {
    "3.1": "（一）予以公开",
    "3.2": "（二）部分公开",
    "3.3": "（三）不予公开",
    "3.4": "（四）无法提供",
    "3.5": "（五）不予处理",
    "3.6": "（六）其他处理",
}


def test_the_outcomes_are_the_leaves_of_the_official_table_in_its_order():
    assert [(o.row, o.code) for o in OUTCOMES] == [(row, code) for row, code, *_ in CATALOGUE]


@pytest.mark.parametrize(("row", "code", "label", "law", "letter", "remedy"), CATALOGUE)
def test_an_outcome_is_worded_as_printed_with_its_article_and_letter(row, code, label, law, letter, remedy):
    outcome = BY_CODE[code]

    assert (outcome.row, outcome.label, outcome.remedy) == (row, label, remedy)
    assert law in outcome.law
    assert letter in outcome.letter


@pytest.mark.parametrize("outcome", OUTCOMES, ids=FINAL)
def test_an_outcome_stands_under_the_heading_of_its_row(outcome):
    assert outcome.family.value == FAMILIES[outcome.row[:3]]


def test_every_heading_has_an_outcome():
    assert {outcome.family for outcome in OUTCOMES} == set(Family)


@pytest.mark.parametrize("outcome", OUTCOMES, ids=FINAL)
def test_an_outcome_ends_the_states_of_the_table(outcome):
    assert set(outcome.sources) == set(SOURCES.get(outcome.code, (R, P)))


@pytest.mark.parametrize("outcome", OUTCOMES, ids=FINAL)
def test_a_reason_is_owed_unless_all_is_given_or_the_applicant_let_it_lapse(outcome):  # 第36条第3项
    assert outcome.needs_reason is (outcome.code not in WITHOUT_REASON)


def test_reconsideration_comes_first_for_a_refusal_under_14_to_16_and_a_part_of_one():  # 复议法第23条
    first = {outcome.row for outcome in OUTCOMES if outcome.remedy == "P"}

    assert first == {"3.2", *(f"3.3.{number}" for number in range(1, 8))}


def test_every_final_state_has_exactly_one_row():
    rows = [ROW_OF_STATE[code] for code in FINAL]

    assert len(set(rows)) == len(rows) == 21
