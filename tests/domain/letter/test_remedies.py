"""The remedies of a letter: terms, organ, court and order by the law of the day on which it is dated."""

from datetime import date

import pytest

from tracker.domain.case import basis, mixed
from tracker.domain.case.outcome import BY_CODE
from tracker.domain.law import forum
from tracker.domain.letter import remedies

BEFORE, SINCE = date(2023, 12, 31), date(2024, 1, 1)


def said(kinds, level="department", on=SINCE, organ="某区人民政府", court="某区人民法院", **more):
    return remedies.paragraph(kinds, forum.of(level, organ, court, on), **more)


def test_a_refusal_names_reconsideration_first_and_the_suit_after_its_decision():
    """复议法第20条第1款、第23条第1款第4项、第2款; 行诉法第45条."""
    text = said(["P"])

    assert "自收到本文书之日起60日内向某区人民政府申请行政复议" in text
    assert "第二十三条第一款第（四）项，应当先申请行政复议" in text
    assert "自收到行政复议决定书之日起15日内向某区人民法院提起行政诉讼" in text
    assert "直接" not in text


def test_any_other_answer_names_both_ways_with_their_terms():
    """复议法第20条第1款; 行诉法第46条第1款."""
    text = said(["G"])

    assert "60日内向某区人民政府申请行政复议，也可以自收到本文书之日起6个月内直接向某区人民法院" in text
    assert "应当先" not in text


def test_an_answer_of_both_kinds_says_which_part_goes_which_way():
    """Edge case 2."""
    text = said(["P", "G"])

    assert text.index("对不予公开的部分不服的") < text.index("应当先") < text.index("对其余部分不服的")


def test_a_letter_on_the_way_names_none():
    assert said(["N"]) == ""


def test_the_suit_is_left_out_where_the_office_leaves_it_out():
    assert "诉讼" not in said(["G"], suit=False)
    assert "60日" in said(["G"], suit=False)


def test_a_letter_that_is_served_online_names_the_online_way():
    """复议法第22条第2款."""
    assert said(["P"], online="某平台").endswith("可以通过互联网渠道提交行政复议申请书：某平台。")


@pytest.mark.parametrize(
    ("level", "on", "organ", "law"),
    [
        ("department", SINCE, "本级人民政府", "第24条第1款第（一）项"),
        ("department", BEFORE, "本级人民政府或者上一级主管部门", "第12条第1款"),
        ("government", SINCE, "上一级人民政府", "第24条第1款第（二）项"),
        ("government", BEFORE, "上一级人民政府", "第13条"),
        ("vertical", SINCE, "上一级主管部门", "第27条"),
        ("vertical", BEFORE, "上一级主管部门", "第12条第2款"),
        ("province", SINCE, "本机关", "第24条第2款"),
        ("province", BEFORE, "本机关", "第14条"),
    ],
)
def test_the_organ_is_that_of_the_law_of_the_day(level, on, organ, law):
    found = forum.of(level, "", "", on)

    assert found.organ == organ
    assert law in found.law
    assert f"向{organ}申请行政复议" in said(["G"], level, on, organ="")


def test_a_departments_superior_is_not_named_since_2024():
    assert "主管部门" not in said(["P"])


def test_a_province_may_be_ruled_upon_by_the_state_council():
    """复议法第26条."""
    assert "向国务院申请裁决" in said(["P"], "province")
    assert "国务院" not in said(["P"])


@pytest.mark.parametrize(
    ("withheld", "expected"),
    [("refused_internal_affairs", ["P", "G"]), ("unable_not_held", ["G"])],
)
def test_a_partial_answer_follows_what_it_withholds(withheld, expected):
    parts = [{"content": "甲", "outcome": "disclosed"}, {"content": "乙", "outcome": withheld}]

    assert mixed.remedies("partially_disclosed", {"parts": parts}, SINCE) == expected


@pytest.mark.parametrize("code", [code for code in BY_CODE if basis.remedy_of(code) == "P"])
def test_what_was_refused_before_2024_had_a_choice(code):
    assert mixed.remedies(code, {}, BEFORE) == ["G"]
    assert mixed.remedies(code, {}, SINCE) == ["P"]
