"""Answers as offices write them: each word means one row of table 3, and a heading alone means none."""

from collections import Counter

import pytest

from tracker.domain.case import basis
from tracker.domain.case.outcome import OUTCOMES, Family
from tracker.domain.exchange import outcome_words
from tracker.domain.exchange.outcome_words import HEADINGS, WITHDRAWN, WORDS, Ending, ending


@pytest.mark.parametrize(
    ("words", "code", "end"),
    [
        ("公开", "disclosed", ""),
        ("予以公开", "disclosed", ""),
        ("（一）予以公开", "disclosed", ""),
        ("予以公开告知书", "disclosed", ""),
        ("已主动公开", "disclosed", "published"),
        ("部分公开", "partially_disclosed", ""),
        ("部分公开（个人隐私部分不予公开）", "partially_disclosed", ""),
        ("不予公开（国家秘密）", "refused_state_secret", ""),
        ("不予公开-其他法律、行政法规禁止公开", "refused_prohibited_by_law", ""),
        ("不予公开：危及“三安全一稳定”", "refused_safety_and_stability", ""),
        ("不公开，涉及商业秘密", "refused_third_party_rights", ""),
        ("不予公开 个人隐私", "refused_third_party_rights", ""),
        ("（三）不予公开 5.属于三类内部事务信息", "refused_internal_affairs", ""),
        ("过程性信息", "refused_process_information", ""),
        ("属于行政执法案卷", "refused_enforcement_file", ""),
        ("行政查询事项", "refused_administrative_query", ""),
        ("本机关不掌握", "unable_not_held", ""),
        ("无法提供（政府信息不存在）", "unable_not_held", "absent"),
        ("政府信息不存在告知书", "unable_not_held", "absent"),
        ("非本机关负责公开", "unable_not_held", "others"),
        ("没有现成信息，需要另行制作", "unable_needs_creation", ""),
        ("补正后申请内容仍不明确", "unable_still_unclear", ""),
        ("信访举报投诉类申请", "not_processed_petition", ""),
        ("不予处理——重复申请", "not_processed_repeat", ""),
        ("公开出版物", "not_processed_publication", ""),
        ("无正当理由大量反复申请", "not_processed_excessive", ""),
        ("3.5.5 要求行政机关确认或重新出具已获取信息", "not_processed_confirmation", ""),
        ("逾期不补正", "closed_supplement_lapsed", ""),
        ("其他处理：逾期未缴费", "closed_fee_lapsed", ""),
        ("其他", "closed_other", ""),
        ("其他处理-其他", "closed_other", ""),
        ("不属于政府信息", "closed_other", "no_information"),
        ("申请人主动撤回", WITHDRAWN, ""),
        ("撤回申请", WITHDRAWN, ""),
        ("refused_state_secret", "refused_state_secret", ""),
    ],
)
def test_an_answer_is_known_by_the_words_of_offices(words, code, end):
    assert ending(words) == Ending(code, end)


@pytest.mark.parametrize("outcome", OUTCOMES, ids=lambda outcome: outcome.code)
def test_every_outcome_is_known_by_its_label_alone_and_under_its_heading(outcome):
    assert ending(outcome.label).code == outcome.code
    if outcome.family in HEADINGS:
        assert ending(f"{outcome.family.value}{outcome.label}").code == outcome.code


@pytest.mark.parametrize("words", ["结转下年度继续办理", "结转", "办理中", "尚未答复", "在办。"])
def test_what_is_carried_forward_or_under_way_is_still_open(words):
    assert ending(words) is None


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("不予公开", ["属于国家秘密", "保护第三方合法权益", "属于行政查询事项"]),
        ("不公开", ["属于四类过程性信息"]),
        ("无法提供", ["本机关不掌握相关政府信息"]),
        ("不予处理", ["信访举报投诉类申请", "重复申请"]),
        ("其他处理", ["逾期不补正", "其他"]),
        ("不予公开（领导不同意）", ["“领导不同意”不是不予公开的情形", "属于国家秘密"]),
        ("不予公开-信息不存在", ["“信息不存在”不是不予公开的情形"]),
        ("不予公开、部分公开", ["部分公开"]),
        ("不予公开第14条", ["“不予公开第14条”没有写明属于哪一种情形，请写明"]),
        ("告知", ["不认识答复类型“告知”", "予以公开", "不予公开（写明情形）", "撤回"]),
        ("公开了一半", ["不认识"]),
    ],
)
def test_a_heading_alone_and_an_unknown_word_ask_for_the_ground_and_never_guess_it(words, named):
    with pytest.raises(ValueError, match=r"请写明|可以写") as caught:
        ending(words)
    assert [part for part in named if part not in str(caught.value)] == []


def test_the_ground_of_a_heading_may_stand_in_other_columns():
    assert ending("不予公开", "涉及个人隐私", "").code == "refused_third_party_rights"
    assert ending("不予公开", "", "属于内部事务信息").code == "refused_internal_affairs"
    assert ending("不予公开（国家秘密）", "涉及个人隐私").code == "refused_state_secret"
    with pytest.raises(ValueError, match="“按条例第14条”不是不予公开的情形"):
        ending("不予公开", "按条例第14条")


def test_no_word_means_two_things_and_no_ground_begins_with_another_heading():
    said = Counter(outcome_words._bare(word) for words in WORDS.values() for word in words.split())
    headings = [outcome_words.squeezed(word) for words in HEADINGS.values() for word in words.split()]

    assert [word for word, times in said.items() if times > 1] == []
    assert set(said) & set(headings) == set()
    assert len(headings) == len(set(headings))


def test_every_outcome_has_words_and_every_end_is_one_of_its_outcome():
    told = {ending.code for ending in WORDS} | {
        outcome.code for outcome in OUTCOMES if outcome.family is Family.PARTIALLY_DISCLOSED
    }

    assert told == {outcome.code for outcome in OUTCOMES} | {WITHDRAWN}
    for word in WORDS:
        assert not word.end or word.end in {end.key for end in basis.ENDS[word.code]}
