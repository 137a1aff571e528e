"""A row of an old register: what its cells say, what of it is unclear, which history it tells."""

from collections import Counter
from datetime import date, datetime

import pytest

from tracker.domain import reading
from tracker.domain.case.channel import Channel
from tracker.domain.exchange import header
from tracker.domain.exchange.request_column import LABELS, READ
from tracker.domain.exchange.request_row import RowUnclearError, told
from tracker.domain.exchange.request_table import is_letter, values
from tracker.domain.exchange.request_words import CHANNEL_WORDS, KIND_WORDS, METHOD_WORDS

ROW = {"received_on": "2025/3/3", "kind": "公民", "channel": "当面"}


def history(**cells):
    found, wrong = values({**ROW, **cells})
    assert wrong == {}
    return told(found, LABELS, lambda day: date(day.year, day.month, 28))


def events(**cells):
    return history(**cells).history["events"]


def unclear(**cells) -> dict[str, str]:
    with pytest.raises(RowUnclearError) as caught:
        history(**cells)
    return caught.value.columns


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("自然人", "natural_person"),
        ("公民", "natural_person"),
        ("公民（自然人）", "natural_person"),
        ("个体工商户", "natural_person"),
        ("企业", "business"),
        ("法人或其他组织（商业企业）", "business"),
        ("法人或者其他组织-科研机构", "research"),
        ("高校", "research"),
        ("社会团体", "ngo"),
        ("律师事务所", "legal_service"),
        ("法人、其他组织：其他", "other"),
        ("村民委员会", "other"),
    ],
)
def test_an_applicant_is_known_by_the_words_of_offices(word, kind):
    assert values({**ROW, "kind": word})[0]["kind"] == kind


@pytest.mark.parametrize("word", ["法人", "法人或其他组织", "组织", "单位", "律师", ""])
def test_a_body_whose_kind_is_not_told_is_asked_for(word):
    words = values({**ROW, "kind": word})[1]["kind"]

    assert (
        "请填写申请人类型" in words or "自然人、商业企业、科研机构、社会公益组织、法律服务机构、其他" in words
    )


def test_a_person_is_no_body():
    assert "自相矛盾" in values({**ROW, "kind": "法人或其他组织（公民）"})[1]["kind"]


@pytest.mark.parametrize(
    ("word", "channel"),
    [
        ("现场", Channel.IN_PERSON),
        ("口头", Channel.ORAL),
        ("EMS", Channel.REGISTERED_MAIL),
        ("信函（挂号）", Channel.REGISTERED_MAIL),
        ("信函", Channel.REGISTERED_MAIL),
        ("平信", Channel.ORDINARY_MAIL),
        ("邮寄(平信)", Channel.ORDINARY_MAIL),
        ("网上 申请", Channel.ONLINE),
        ("在线", Channel.ONLINE),
        ("电子邮件", Channel.EMAIL),
        ("传真", Channel.FAX),
        ("其它", Channel.OTHER),
    ],
)
def test_a_way_of_applying_is_known_by_the_words_of_offices(word, channel):
    assert values({**ROW, "channel": word})[0]["channel"] == channel


def test_a_mail_that_may_be_a_letter_or_an_electronic_one_is_asked_for():
    assert (
        "邮寄（挂号信、EMS，需签收）、平常信函（无需签收）"
        in values({**ROW, "channel": "邮件"})[1]["channel"]
    )


@pytest.mark.parametrize(
    ("word", "letter"), [("信函", True), (" 邮 寄", True), ("挂号信", False), ("平信", False), (None, False)]
)
def test_a_letter_of_which_nobody_says_whether_it_was_signed_for_is_told(word, letter):
    assert is_letter(word) is letter


@pytest.mark.parametrize("table", [KIND_WORDS, CHANNEL_WORDS, METHOD_WORDS])
def test_no_word_of_a_choice_means_two_codes(table):
    said = Counter(word for words in table.values() for word in words.split())

    assert [word for word, times in said.items() if times > 1] == []


def test_every_word_of_a_choice_means_its_code_and_every_label_its_column():
    for column in READ:
        for word in column.also:
            assert reading.choice(word, column.known) == column.also[word]
    for label in LABELS.values():
        assert header.find([[label]], header.Columns.of(READ)).places == {
            next(n for n, own in LABELS.items() if own == label): 0
        }


@pytest.mark.parametrize("cell", ["/", "—", "无", "-", "", None])
def test_a_stroke_in_an_optional_column_is_an_empty_cell(cell):
    assert len(events(asked_on=cell, extension=cell, number=cell)) == 1


def test_an_identity_number_that_lost_its_digits_is_not_kept():
    assert "文本" in values({**ROW, "id_number": 410105199003070000})[1]["id_number"]
    assert values({**ROW, "id_number": "41010519900307123X"})[0]["id_number"] == "41010519900307123X"


def test_a_row_without_its_needed_cells_names_each():
    assert set(values({"name": "张三"})[1]) == {"received_on", "kind", "channel"}


# -- the history --------------------------------------------------------------------------------------


def test_the_events_stand_in_the_order_of_their_days():
    found = history(
        received_on=45719,
        asked_on="2025年3月5日",
        supplement_by="2025.3.26",
        supplemented_on=datetime(2025, 3, 10),  # noqa: DTZ001
        consulted_on="2025-03-12",
        opinion_on="2025-03-18",
        third_party="某公司",
        extension="20个工作日",
        extended_on="2025/3/20",
        answer="不予公开",
        ground="商业秘密",
        reason="损害其竞争",
        answered_on="2025/4/28",
        served_on="2025/4/30",
        method="邮寄",
        document_number="某告〔2025〕3号",
    )

    who = {"party": "third_party", "name": "某公司"}
    assert found.history["events"] == [
        {"step": "receive", "on": "2025-03-03"},
        {"step": "ask_supplement", "on": "2025-03-05", "deadline_on": "2025-03-26"},
        {"step": "receive_supplement", "on": "2025-03-10"},
        {"step": "consult", "on": "2025-03-12", **who},
        {"step": "end_consultation", "on": "2025-03-18", **who},
        {"step": "extend", "on": "2025-03-20", "days": 20},
        {
            "step": "answer",
            "on": "2025-04-30",
            "outcome": "refused_third_party_rights",
            "method": "post",
            "document_number": "某告〔2025〕3号",
            "reason": "损害其竞争",
            "decided_on": "2025-04-28",
        },
    ]
    assert found.columns == (
        "received_on", "asked_on", "supplemented_on", "consulted_on", "opinion_on", "extended_on", "served_on",
    )  # fmt: skip


def test_a_register_without_the_day_until_which_to_supplement_takes_the_usual_one_and_says_so():
    notice = events(asked_on="2025/3/5")[1]

    assert notice["deadline_on"] == "2025-03-28"
    assert "台账未记补正期限" in notice["reason"]


@pytest.mark.parametrize(
    ("cells", "place", "on"),
    [
        ({}, 1, "2025-03-03"),
        ({"asked_on": "2025/3/3"}, 1, "2025-03-03"),
        ({"asked_on": "2025/3/3", "supplemented_on": "2025/3/3"}, 3, "2025-03-03"),
        ({"asked_on": "2025/3/5", "supplemented_on": "2025/3/10"}, 3, "2025-03-10"),
        ({"charged_on": "2025/3/5", "paid_on": "2025/3/11"}, 3, "2025-03-11"),
    ],
)
def test_an_extension_without_its_day_stands_where_its_term_begins_and_says_so(cells, place, on):
    extension = events(extension=10, **cells)[place]

    assert (extension["step"], extension["on"], extension["days"]) == ("extend", on, 10)
    assert "台账未记延期告知日" in extension["reason"]


def test_a_withdrawal_is_a_step_and_an_end_of_an_outcome_is_kept():
    assert events(answer="撤回", answered_on="2025/3/9")[-1] == {"step": "withdraw", "on": "2025-03-09"}
    assert events(answer="信息不存在", answered_on="2025/3/9")[-1]["basis"] == {"end": "absent"}


def test_a_row_that_is_carried_forward_or_says_nothing_of_an_answer_is_open():
    assert events() == events(answer="结转下年度") == [{"step": "receive", "on": "2025-03-03"}]


def test_a_ground_alone_is_the_answer():
    assert events(ground="信息不存在", answered_on="2025/3/9")[-1]["outcome"] == "unable_not_held"


@pytest.mark.parametrize(
    ("cells", "column", "said"),
    [
        ({"answer": "公开"}, "answer", "没有答复日期"),
        ({"answered_on": "2025/3/9"}, "answered_on", "答复类型为“空”"),
        ({"served_on": "2025/3/9", "answer": "办理中"}, "served_on", "答复类型为“办理中”"),
        ({"answer": "逾期不补正", "answered_on": "2025/5/9"}, "answer", "没有补正告知日"),
        ({"answer": "逾期未缴费", "answered_on": "2025/5/9"}, "answer", "没有收费通知日"),
        ({"answer": "不予公开", "answered_on": "2025/3/9"}, "answer", "请写明：属于国家秘密"),
        ({"supplemented_on": "2025/3/9"}, "supplemented_on", "有补正收到日而没有补正告知日"),
        (
            {"supplemented_on": "2025/3/9", "asked_on": "2025/3/10"},
            "supplemented_on",
            "早于补正告知日（2025-03-10）",
        ),
        ({"supplement_by": "2025/3/9"}, "supplement_by", "没有补正告知日"),
        ({"extended_on": "2025/3/9"}, "extended_on", "没有延期天数"),
        ({"opinion_on": "2025/3/9"}, "opinion_on", "没有征求意见日期"),
        ({"paid_on": "2025/3/9"}, "paid_on", "没有收费通知日"),
    ],
)
def test_columns_that_contradict_each_other_are_named_with_the_column(cells, column, said):
    assert said in unclear(**cells)[column]
