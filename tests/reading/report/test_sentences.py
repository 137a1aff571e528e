"""Sentences of a report: right in words and figure left alone, right in words and wrong in figure found."""

import pytest

from tests.report_forms import as_text
from tests.report_layouts import sound
from tracker.domain.report.completeness import completeness
from tracker.domain.report.identity import findings
from tracker.reading.report import reader

GIVEN = sound()
TABLE = GIVEN["table3"]
for row in ("1", "4"):  # five more were received, and are carried out
    for of in ("natural_person", "total"):
        TABLE[row][of] += 5
NEW, INTO, DONE, OUT = (TABLE[row]["total"] for row in ("1", "2", "3.7", "4"))
HEAD = f"2023年本机关收到政府信息公开申请{NEW}件，上年结转{INTO}件，办结{DONE}件"
SUITS = ("direct_litigation", "litigation_after_reconsideration")
STILL_OPEN = (
    "其余{}件尚未到答复期限", "{}件将于2024年答复", "余{}件在法定期限内正在办理", "剩余{}件未到答复期限",
    "另有{}件尚在法定答复期限内", "{}件尚在答复期内", "还有{}件尚未到期", "剩{}件将在法定期限内答复",
    "其余{}件将在2024年1月答复", "{}件计划于2024年办结", "{}件于2024年1月答复完毕", "{}件仍在办理期限内",
    "其余{}件在法定期限内办理中", "{}件待2024年办结", "{}件进入下年度办理程序", "{}件将于次年答复", "余下{}件次年办结",
    "其他{}件正按程序办理", "其余{}件按程序办理中", "{}件结转", "结转{}件", "其余{}件依法结转", "{}件滚动至2024年",
    "{}件因涉及第三方，将结转至2024年继续办理", "{}件申请因申请时间接近年底，将于2024年办理",
    "其余申请（{}件）结转下年办理", "{}件办理周期跨年", "未到期{}件", "未到答复期的{}件", "办理中{}件",
)  # fmt: skip
LEFT_ALONE = (
    "均在办理期限内办结", "均在答复期限内答复", "其中逾期答复1件，其余{less}件在法定期限内", "其中1件于2023年12月31日答复",
    "其中2件将申请转送有关部门处理", "含上年结转{into}件", "1件正在补正，{open_less}件正在办理",
    "结转下年{out}件，其中1件已于2024年1月办结", "{less}件按期答复，1件逾期答复",
    "其中不予处理{refused}件、结转下年{out}件", "2021年、2022年、2023年分别收到政府信息公开申请1件、2件、{new}件",
    "新增行政复议1件，上年结转1件", "行政复议1件已审结，1件未审结",
)  # fmt: skip


def told(sentence: str) -> set[str]:
    report = reader.read(as_text({**GIVEN, "sections": {"1": sentence}})).report
    return {finding.check for finding in [*completeness(report, {"2", "3", "4"}), *findings(report)]}


@pytest.mark.parametrize("words", STILL_OPEN)
def test_what_was_open_at_the_years_end_is_held_against_what_is_carried_out(words):
    assert told(f"{HEAD}，{words.format(OUT)}。") == set()
    assert told(f"{HEAD}，{words.format(OUT + 3)}。") & {"section1_vs_table", "section1_self"}


@pytest.mark.parametrize(
    ("words", "figure"),
    [
        ("2023年收到申请{}件。", NEW),
        ("全年共受理申请{}件。", NEW),
        ("2023年予以公开{}件。", TABLE["3.1"]["total"]),
        ("全年办结申请{}件。", DONE),
    ],
)
def test_a_sentence_that_speaks_of_requests_in_one_word_is_held_against_the_tables(words, figure):
    assert told(words.format(figure)) == set()
    assert told(words.format(figure + 40)) == {"section1_vs_table"}


@pytest.mark.parametrize(
    ("words", "figure"),
    [
        ("部分予以公开{}件", TABLE["3.2"]["total"]),
        ("因本机关不掌握相关信息无法提供{}件", TABLE["3.4.1"]["total"]),
        ("因属于国家秘密不予公开{}件", TABLE["3.3.1"]["total"]),
        ("不公开{}件", sum(TABLE[f"3.3.{n}"]["total"] for n in range(1, 9))),
        ("信访投诉举报类申请{}件", TABLE["3.5.1"]["total"]),
        ("其中公民个人申请{}件", TABLE["1"]["natural_person"]),
    ],
)
def test_other_words_for_a_row_are_held_against_that_row_and_no_other(words, figure):
    head = f"2023年收到政府信息公开申请{NEW}件，"

    assert told(f"{head}{words.format(figure)}。") == set()
    assert told(f"{head}{words.format(figure + 90)}。") == {"section1_vs_table"}


@pytest.mark.parametrize(
    "words",
    [
        "政府信息公开申请{}件，均已按时答复",
        "2023年，我局政府信息公开申请总量为{}件",
        "依申请公开数量{}件",
        "新收政府信息公开申请数：{}件",
    ],
)
def test_all_requests_are_counted_without_a_verb(words):
    assert told(f"{words.format(NEW)}。") == set()
    assert told(f"{words.format(NEW + 9)}。") == {"section1_vs_table"}


@pytest.mark.parametrize(
    "words",
    [
        "区分处理4件",
        f"因不掌握等原因无法提供{sum(TABLE[f'3.4.{n}']['total'] for n in (1, 2, 3))}件",
        "主动公开300件、不予主动公开5件",
    ],
)
def test_what_no_row_is_named_for_is_left_alone(words):
    assert told(f"{HEAD}，{words}。") == set()


@pytest.mark.parametrize(
    "words", ["全年受理许可申请900件", "答复留言900条", "主动公开信息3000条", "受理低保申请900件，办结900件"]
)
def test_figures_of_other_things_are_left_alone(words):
    assert told(f"{HEAD}。\n{words}。") == set()


@pytest.mark.parametrize("words", LEFT_ALONE)
def test_a_part_or_another_years_figure_is_no_contradiction(words):
    refused = sum(TABLE[f"3.5.{n}"]["total"] for n in range(1, 6))
    given = {"less": DONE - 1, "open_less": OUT - 1, "refused": refused, "into": INTO, "out": OUT, "new": NEW}

    assert told(f"{HEAD}，{words.format(**given)}。") == set()


@pytest.mark.parametrize(
    ("label", "column"),
    [("商业企业", "business"), ("科研机构", "research"), ("法律服务机构", "legal_service")],
)
def test_what_each_kind_of_applicant_asked_is_held_against_its_column(label, column):
    count = TABLE["1"][column]

    assert told(f"2023年收到政府信息公开申请{NEW}件，其中{label}{count}件。") == set()
    assert told(f"2023年收到政府信息公开申请{NEW}件，其中{label}{count + 40}件。") == {"section1_vs_table"}


REVIEWS, DIRECT, AFTER = (GIVEN["table4"][block] for block in ("reconsideration", *SUITS))


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("行政复议{}件", REVIEWS["total"]),
        ("行政诉讼（未经复议直接起诉{}件）", DIRECT["total"]),
        ("复议后起诉{}件", AFTER["total"]),
        (
            f"行政复议{REVIEWS['total']}件、行政诉讼{DIRECT['total'] + AFTER['total']}件，其中复议维持{{}}件",
            REVIEWS["upheld"],
        ),
    ],
)
def test_disputes_are_held_against_their_own_half_of_table_4(words, count):
    head = f"{HEAD}。因政府信息公开发生"

    assert told(f"{head}{words.format(count)}。") == set()
    assert "section1_vs_table" in told(f"{head}{words.format(count + 30)}。")


def test_what_citizens_and_what_citizens_and_bodies_asked_are_told_apart():
    natural = TABLE["1"]["natural_person"]

    assert told(f"2023年收到公民政府信息公开申请{natural}件，法人和其他组织申请{NEW - natural}件。") == set()
    assert told(f"2023年收到公民、法人和其他组织的政府信息公开申请{NEW}件。") == set()
    assert told(f"2023年收到公民、法人和其他组织的政府信息公开申请{NEW + 1}件。") == {"section1_vs_table"}


def test_a_counter_of_two_signs_does_not_swallow_the_year_behind_it():
    assert told(f"{HEAD}，{OUT + 1}件次年办理。") != set()


@pytest.mark.parametrize(
    "words",
    [
        "上半年收到申请{less}件，下半年收到申请1件", "近三年共收到申请{more}件", "三年来受理申请{more}件",
        "历年收到申请{more}件", "指导基层受理申请{more}件", "下级单位收到申请{more}件",
    ],
)  # fmt: skip
def test_a_figure_of_another_span_or_of_other_offices_is_no_contradiction(words):
    assert told(f"{HEAD}。{words.format(less=NEW - 1, more=NEW + 50)}。") == set()
