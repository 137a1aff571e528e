"""Every end of a request has its letter (rulebook 5), and every kind asks for what its article does."""

import pytest

from tracker.domain.case import basis
from tracker.domain.case.outcome import OUTCOMES
from tracker.domain.letter import index
from tracker.domain.letter.kind import ANSWER_KINDS, Addressee, lines, names_in, names_of, needed, placed
from tracker.domain.letter.template import faults, label_of

# The ends of a request, in the order of the rulebook: the letters that tell of each, by their keys.
ENDS = {
    1: ("disclosed.given",), 2: ("disclosed.told",), 3: ("disclosed.published",),
    4: ("disclosed.given", "third_party_told"), 5: ("partially_disclosed.separated",),
    6: ("refused_state_secret.secret",), 7: ("refused_prohibited_by_law.prohibited",),
    8: ("refused_safety_and_stability.safety",), 9: ("refused_third_party_rights.third_party",),
    10: ("refused_internal_affairs.internal",), 11: ("refused_process_information.process",),
    12: ("refused_enforcement_file.enforcement",), 13: ("refused_administrative_query.query",),
    14: ("unable_not_held.absent",), 15: ("unable_not_held.others",), 16: ("unable_not_held.joint",),
    17: ("unable_not_held.archived",), 18: ("unable_needs_creation.creation",),
    19: ("unable_still_unclear.unclear",), 20: ("not_processed_petition.petition",),
    21: ("not_processed_repeat.repeat",), 22: ("not_processed_publication.publication",),
    23: ("reasons", "not_processed_excessive.excessive"), 24: ("not_processed_confirmation.confirmation",),
    25: ("closed_supplement_lapsed.lapsed",), 26: ("closed_fee_lapsed.lapsed",), 27: ("withdrawal",),
    28: ("closed_other.ended",), 29: ("closed_other.no_information",), 30: ("unable_needs_creation.question",),
    31: ("closed_other.correction",), 32: ("disclosed.given",), 33: ("disclosed.given",), 34: ("assistance",),
    35: (), 36: (), 37: (),  # a duplicate entry is void; what goes on into the next year is told of nowhere
}  # fmt: skip


def test_every_end_of_a_request_has_its_letter():
    assert list(ENDS) == list(range(1, 38))
    assert {key for keys in ENDS.values() for key in keys} <= index.BY_KEY.keys()
    answered = {(kind.outcome, kind.end) for kind in ANSWER_KINDS}
    assert answered == {(o.code, end.key) for o in OUTCOMES for end in basis.ENDS[o.code]}


@pytest.mark.parametrize(
    "label",
    [
        "政府信息公开申请接收回执", "补正告知书", "说明理由告知书", "延期答复告知书", "征求意见书", "征求意见告知书",
        "征求意见函", "协办函", "告知第三方书", "收费通知书", "予以公开告知书", "部分公开告知书", "不予公开告知书",
        "政府信息不存在告知书", "非本机关负责公开告知书", "无法提供告知书", "依照有关规定查询告知书", "不予重复处理告知书",
        "不予处理告知书", "公开出版物获取途径告知书", "终止办理告知书", "撤回确认书", "更正告知书", "送达回证", "邮寄登记单",
        "政府信息公开审批单", "政府信息公开保密审查表", "政府信息公开申请表", "政府信息公开申请登记表",
    ],
)  # fmt: skip
def test_every_form_of_the_rulebook_is_there(label):
    assert label in {kind.label for kind in index.KINDS}


@pytest.mark.parametrize("kind", ANSWER_KINDS, ids=lambda kind: kind.key)
def test_an_answer_names_the_remedies_of_its_end(kind):
    assert kind.remedies == basis.remedy_of(kind.outcome, kind.end)
    assert kind.names_remedies is ("救济途径" in needed(kind))


@pytest.mark.parametrize(
    ("law", "key", "names"),
    [
        ("第36条第2项", "disclosed.given", {"公开内容", "提供形式", "附件"}),
        ("第37条", "partially_disclosed.separated", {"提供形式", "不予提供部分"}),
        ("第16条第2款", "refused_process_information.process", {"信息类别", "应公开规定", "理由"}),
        ("第15、32条", "refused_third_party_rights.third_party", {"涉及权益", "第三方意见", "理由"}),
        ("第36条第4项", "unable_not_held.absent", {"检索范围", "检索方式", "检索人"}),
        ("第36条第5项", "unable_not_held.others", {"负责机关", "理由"}),
        ("第36条第6项", "not_processed_repeat.repeat", {"先前文号", "先前日期"}),
        ("第30条", "supplement", {"补正内容", "补正方式", "截止日期", "期限说明", "逾期后果"}),
        ("第35条", "reasons", {"件数频次", "截止日期", "逾期后果"}),
        ("第33条第2款", "extension", {"理由", "批准人", "延长天数", "延长后期限"}),
        ("第32条", "third_party", {"涉及信息", "期限说明", "逾期后果"}),
        ("109号", "charge", {"计收方式", "计收数量", "金额", "计收标准", "缴费方式", "期限说明", "逾期后果"}),
        ("第32条", "third_party_told", {"涉及信息", "公开理由", "救济途径"}),
        ("第31条", "receipt", {"收到的材料", "答复期限"}),
    ],
)
def test_a_letter_cannot_be_without_what_its_article_asks_for(law, key, names):
    common = {"机关名称", "文书名称", "文号", "收件人", "依据", "决定", "联系方式", "落款日期"}

    assert names | common <= needed(index.BY_KEY[key]), law


@pytest.mark.parametrize("kind", index.KINDS, ids=lambda kind: kind.key)
def test_every_name_of_a_letter_is_known_and_has_its_words(kind):
    names = {name for line in lines(kind) for name in names_in(line.text)}

    assert names <= names_of(kind)
    assert all(label_of(kind, name) for name in names)
    assert list(faults(kind, dict.fromkeys(names, "第1段"))) == []


@pytest.mark.parametrize(
    "kind", [k for k in index.KINDS if k.to is Addressee.THIRD_PARTY], ids=lambda k: k.key
)
def test_a_third_partys_letter_has_no_place_for_the_applicant(kind):
    """个人信息保护法第6条."""
    assert not {"申请内容", "申请渠道", "称呼"} & names_of(kind)


def test_a_template_with_an_unknown_name_or_without_a_needed_one_is_told_where():
    kind = index.BY_KEY["supplement"]
    places = dict.fromkeys(placed(kind) - {"逾期后果"}, "第1段")

    said = list(faults(kind, {**places, "没有的": "第3段“请于{{没有的}}”"}))
    assert said[0].startswith("第3段“请于{{没有的}}”：没有“没有的”这个字段")
    assert "缺少必备要素“逾期后果”" in said[1]
