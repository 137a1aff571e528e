"""Figures in the text: bound ones are put in, typed ones are held against the register they name."""

import pytest

from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.report import figure, section
from tracker.domain.report.table3 import cells

PERSON, BUSINESS = ApplicantKind.NATURAL_PERSON, ApplicantKind.BUSINESS
TABLE3 = cells(
    {
        ("1", PERSON): 90,
        ("1", BUSINESS): 5,
        ("2", PERSON): 2,
        ("3.1", PERSON): 40,
        ("3.3.4", PERSON): 3,
        ("3.3.6", BUSINESS): 4,
        ("3.4.1", PERSON): 48,
        ("4", BUSINESS): 1,
        ("4", PERSON): 1,
    }
)
TABLE2 = {"licences": 106, "penalties": 0, "coercion": 0, "normative_documents": {"made": 2}}
TABLE4 = {"reconsideration": {"total": 3}}
FACTS = {"items": 300, "publications": 485, "media": 8, "trainings": 4}


@pytest.fixture
def known():
    return figure.figures(TABLE2, TABLE3, TABLE4, FACTS)


@pytest.mark.parametrize(
    ("text", "reads"),
    [
        ("新收{{依申请公开.新收}}件", "新收95件"),
        ("不予公开{{ 依申请公开.不予公开 }}件", "不予公开7件"),
        ("许可{{主动公开.行政许可}}件", "许可106件"),
        ("自然人{{表三.3.1.自然人}}件", "自然人40件"),
        ("复议{{行政复议.总计}}件、维持{{行政复议.结果维持}}件", "复议3件、维持0件"),
        ("没有这个{{依申请公开.别的}}", "没有这个{{依申请公开.别的}}"),
    ],
)
def test_a_bound_figure_reads_as_the_table_says(known, text, reads):
    assert figure.rendered(text, known) == reads


def test_a_name_that_nobody_knows_is_told(known):
    assert figure.unknown("{{依申请公开.新收}}{{别的}}", known) == ["别的"]


@pytest.mark.parametrize(
    "text",
    [
        "发表各类信息484条",
        "全年主动公开政府信息 1,485 条",
        "举办培训9期",
    ],
)
def test_a_typed_figure_that_contradicts_its_register_is_found(known, text):
    assert [f.check for f in figure.contradictions(text, known, "一")] == [figure.CHECK]


@pytest.mark.parametrize(
    "text",
    [
        "发表各类信息485条",
        "公开信息300条",
        "全年公开信息{{主动公开.信息条数}}条",
        "开展考核4次",
        "对12个重点领域逐一核对，回复网民留言53条",
    ],
)
def test_what_agrees_or_names_no_register_is_left_alone(known, text):
    assert figure.contradictions(text, known, "一") == []


def test_an_office_with_requests_gets_a_draft_in_five_parts_bound_to_the_tables(known):
    draft = section.draft(known)

    assert tuple(draft) == section.PARTS
    whole = section.join(draft)
    assert section.split(whole) == draft
    assert "新收政府信息公开申请95件，上年结转2件；办结95件，结转下年度继续办理2件" in figure.rendered(
        whole, known
    )
    assert "予以公开40件、不予公开7件、无法提供48件" in figure.rendered(whole, known)
    assert not any(char.isdigit() for char in figure.BOUND.sub("", whole))
    assert figure.contradictions(figure.rendered(whole, known), known, "一") == []


def test_an_office_without_a_request_says_so():
    nothing = figure.figures({}, cells({}), {}, {})

    assert section.draft(nothing)["依申请公开"] == "本年度未收到政府信息公开申请。"
    assert section.fee_draft(nothing) == "本年度未收取政府信息公开信息处理费。"


def test_a_paragraph_of_last_year_is_told_and_a_short_one_is_not():
    long = "一是公开时效有待提高，部分股室报送信息不够及时，个别栏目更新较慢，工作机制还要理顺。"
    before = f"存在问题\n{long}\n无。"

    assert [f.check for f in section.copied(f"存在问题\n  {long} \n无。", before, "五")] == ["copied"]
    assert section.copied(long.replace("一是", "首先"), before, "五") == []


@pytest.mark.parametrize(
    ("text", "charged", "sound"),
    [
        ("", False, True),  # not written yet: another check says so
        ("无依申请公开收费情况。", False, True),
        ("本年度未收取信息处理费。", True, False),
        ("本年度依法收取信息处理费120元。", True, True),
        ("没有其他需要报告的事项。", False, False),
    ],
)
def test_section_six_must_say_what_was_charged_or_that_nothing_was(text, charged, sound):
    assert (section.fees(text, charged, "六") == []) is sound


def test_the_length_counts_characters_without_blanks_and_headings():
    assert section.length("（一）主动公开\n 公开 12 条。\n（二）依申请公开\n\n无。") == 8
