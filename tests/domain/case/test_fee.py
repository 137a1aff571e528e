"""信息处理费: every figure of 国办函〔2020〕109号, and what is free."""

from decimal import Decimal

import pytest

from tracker.domain.case.fee import PAGE_BANDS, Band, Tariff, bands_of, by_page, by_piece, lines, yuan


@pytest.mark.parametrize(
    ("pieces", "yuan"),
    [
        (0, 0),
        (1, 0),
        (10, 0),
        (11, 100),
        (30, 2000),
        (31, 2200),
        (40, 4000),
        (41, 4300),
        (50, 7000),
        (51, 7400),
        (60, 11000),
    ],
)
def test_by_piece_of_one_month(pieces, yuan):
    """第4条: 10 free, to 30 at 100, from 31 each band of ten 100 more."""
    assert by_piece(0, pieces).amount == yuan


@pytest.mark.parametrize(
    ("pages", "yuan"),
    [(0, 0), (1, 0), (30, 0), (31, 10), (100, 700), (101, 720), (200, 2700), (201, 2740), (300, 6700)],
)
def test_by_page_of_one_request(pages, yuan):
    """第5条: 30 free, to 100 at 10, to 200 at 20, beyond at 40."""
    assert by_page(pages).amount == yuan


@pytest.mark.parametrize(("number", "yuan"), [(10, 0), (11, 100), (30, 100), (31, 200), (41, 300), (51, 400)])
def test_edge_case_19_the_eleventh_thirty_first_and_forty_first_request_of_a_month(number, yuan):
    assert by_piece(number - 1, 1).amount == yuan


@pytest.mark.parametrize("total", [5, 10, 11, 25, 31, 47, 88])
@pytest.mark.parametrize("cut", [0, 1, 4, 5])
def test_pieces_charged_in_two_goes_cost_what_they_cost_at_once(total, cut):
    assert by_piece(0, cut).amount + by_piece(cut, total - cut).amount == by_piece(0, total).amount


def test_an_office_may_read_the_bands_above_31_pieces_otherwise():
    assert by_piece(0, 40, Tariff(step_pieces=20, step_rate=50)).amount == 2000 + 10 * 150


def test_an_office_may_read_the_page_rules_otherwise():
    assert by_page(50, Tariff(page_bands=(Band(1, 40, 0), Band(41, None, 1)))).amount == 10


def test_the_words_name_each_band_the_free_one_and_the_sum():
    said = lines(by_piece(8, 24))

    assert said == [
        "按件计收（国办函〔2020〕109号第4条），两种方式只能选一种（国办函〔2020〕109号第3条）。",
        "第1至10件不收费：2件。",
        "第11至30件每件100元：20件，2000元。",
        "第31至40件每件200元：2件，400元。",
        "合计2400元。",
    ]


def test_what_is_free_says_so():
    assert lines(by_page(12))[-2:] == ["第1至30页不收费：12页。", "不收费。"]


def test_page_bands_can_be_written_as_a_setting():
    assert bands_of("30:0 100:10 200:20 :40") == PAGE_BANDS


@pytest.mark.parametrize(
    "text", ["", "30:0", "30", ":0 40:1", "30:0 20:10 :40", "a:1 :2", "30:-1 :2", "30:0 :x"]
)
def test_page_bands_that_do_not_read_are_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011  (config says it in words)
        bands_of(text)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("120", "120"), ("120元", "120"), ("1,200.50", "1200.5"), ("1，200元", "1200"), (" 0.05 ", "0.05"),
        (30, "30"), (2.5, "2.5"), ("999999999.99", "999999999.99"),
    ],
)  # fmt: skip
def test_an_amount_is_read_as_people_write_it(text, amount):
    assert yuan(text) == Decimal(amount)


@pytest.mark.parametrize(
    "text", ["", "元", "-1", "+1", "1.234", ".5", "1.", "1e3", "1000000000", "一百元", "12 元3", None]
)
def test_what_is_no_amount_is_none(text):
    assert yuan(text) is None
