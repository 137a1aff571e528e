"""Which requests are alike: what both say counts by how rare it is."""

import pytest

from tracker.domain.case.likeness import Rarity, grams, keys, likeness, shared

USUAL = [f"申请公开{year}年度本区财政预算执行情况的相关材料，请邮寄纸质件" for year in range(2001, 2021)]
RARITY = Rarity.of(USUAL)
ASKED = "申请公开翠湖路危房改造工程第18号楼的评估报告，请邮寄纸质件"


@pytest.mark.parametrize(
    ("words", "alike"),
    [
        (ASKED, True),
        ("请贵局公开翠湖路危房改造工程第18号楼的评估报告，望邮寄", True),
        ("翠湖路危房改造工程第１８号楼评估报告", True),
        ("本人住在翠湖路，现申请公开危房改造工程第18号楼评估报告，请邮寄纸质件", True),
        ("申请公开幸福里小区停车泊位收费的批复文件，请邮寄纸质件", False),
        ("申请公开2015年度本区财政预算执行情况的相关材料，请邮寄纸质件", False),
        ("翠湖路", False),
        ("", False),
    ],
)
def test_an_edited_repeat_is_alike_and_shared_boiler_plate_is_not(words, alike):
    assert (likeness(grams(ASKED), grams(words), RARITY) >= 60) is alike


def test_candidates_are_looked_up_by_the_rarest_words():
    assert not {"申请公", "请邮寄", "纸质件"} & set(keys(ASKED, RARITY))


def test_a_text_too_short_to_compare_has_no_keys():
    assert keys("翠湖路", RARITY) == []


def test_the_first_request_of_an_office_can_be_compared():
    alone = Rarity.of([ASKED])
    assert likeness(grams(ASKED), grams(ASKED), alone) == 100


def test_what_both_texts_say_is_marked():
    assert shared("翠湖路危房评估", "公开翠湖路停车") == [("公开", False), ("翠湖路", True), ("停车", False)]


def test_marking_loses_no_character():
    words = "①翠湖路㈱危房 改造"
    assert "".join(piece for piece, _mark in shared(ASKED, words)) == words
