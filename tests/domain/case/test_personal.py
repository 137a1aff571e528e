"""Personal data in a text: what is suggested for redaction, by check digits, shapes and names."""

import pytest

from tracker.domain.case.personal import is_card, is_id_number, personal

NUMBER, CARD = "11010519491231002X", "4111111111111111"


def seen(text: str, *names: str) -> list[tuple[str, str]]:
    return [(span.kind, text[span.start : span.end]) for span in personal(text, names)]


@pytest.mark.parametrize(
    ("text", "kind", "what"),
    [
        (f"证件{NUMBER}。", "id_number", NUMBER),
        ("证件11010519491231002x。", "id_number", "11010519491231002x"),
        ("证件 110105 19491231 002X", "id_number", "110105 19491231 002X"),
        ("证件１１０１０５１９４９１２３１００２Ｘ", "id_number", "１１０１０５１９４９１２３１００２Ｘ"),
        ("证件110105\r\n19491231002X", "id_number", "110105\r\n19491231002X"),
        ("电话13912345678", "phone", "13912345678"),
        ("电话139 1234\n5678", "phone", "139 1234\n5678"),
        ("电话0396-2345678", "phone", "0396-2345678"),
        ("电话（0396）2345678", "phone", "（0396）2345678"),
        ("账号4111 1111 1111 1111", "card", "4111 1111 1111 1111"),
        ("车牌豫Q·12345", "plate", "豫Q·12345"),
        ("车牌豫QD12345。", "plate", "豫QD12345"),
        ("联系人：王小明，男", "name", "王小明"),
        ("法定代表人 李 四", "name", "李 四"),
        ("找张某某同志", "name", "张某某"),
    ],
)
def test_numbers_plates_and_names_are_suggested(text, kind, what):
    assert seen(text) == [(kind, what)]


@pytest.mark.parametrize(
    "text",
    [
        "证件110105194912310021",  # a wrong check digit
        "证件11010519491331002X",  # a month that is none
        f"文号{NUMBER}7",
        "账号4111111111111112",
        "账号4444444444444444",
        "编号23912345678",
        "申请人提出申请",
        "联系人：单位",
        "工期九十日，造价1234567元",
        "豫政办〔2026〕12号",
        "",
    ],
)
def test_what_only_looks_like_it_is_not(text):
    assert seen(text) == []


def test_the_parties_of_the_case_are_suggested_wherever_they_stand():
    assert seen("致欧阳一一：您好", "欧阳一一", "某公司") == [("party", "欧阳一一")]
    assert seen("某 公 司的报价", "某公司") == [("party", "某 公 司")]


def test_the_surer_kind_is_taken_where_two_lie_over_one_another():
    assert seen("申请人：王小明", "王小明") == [("party", "王小明")]


def test_check_digits_are_those_of_the_standards():
    """GB 11643 (ISO 7064, MOD 11-2) and Luhn."""
    assert [is_id_number(text) for text in (NUMBER, "110105194912310021", "000000")] == [True, False, False]
    assert [is_card(text) for text in (CARD, "6222021234567890128", "1" * 16, "4" * 3)] == [
        True,
        True,
        False,
        False,
    ]
