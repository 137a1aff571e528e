"""Two ways to type one name or number are one when they are compared."""

import pytest

from tracker.domain.folding import fold, words


@pytest.mark.parametrize(
    ("typed", "known"),
    [
        ("ＹＳＱ－２０２６", "YSQ-2026"),
        ("ysq-2026", "YSQ-2026"),
        ("YSQ–2026", "YSQ-2026"),
        ("YSQ——2026", "YSQ-2026"),
        ("YSQ‐2026", "YSQ-2026"),
        ("YSQ−2026", "YSQ-2026"),
        ("YSQ - 2026", "YSQ-2026"),
        ("张　三", "张三"),
        ("张\u00a0三", "张三"),
        ("张\u200b三", "张三"),
        (" 张 三 ", "张三"),
        ("买买提•吐尔逊", "买买提·吐尔逊"),
        ("买买提・吐尔逊", "买买提·吐尔逊"),
        ("信公开（2026）7号", "信公开(2026)7号"),
        ("信公开〔2026〕7号", "信公开[2026]7号"),
        ("信公开【2026】7号", "信公开［2026］7号"),
        ("ＡＢＣ公司", "abc公司"),
        ("STRASSE", "straße"),
    ],
)
def test_two_ways_to_type_one_thing_are_equal(typed, known):
    assert fold(typed) == fold(known)


@pytest.mark.parametrize(("one", "other"), [("张三", "张三丰"), ("2026-1", "2026-11"), ("李四", "李肆")])
def test_what_differs_stays_apart(one, other):
    assert fold(one) != fold(other)


def test_folding_twice_is_folding_once():
    for code in (*range(1, 0xD800), *range(0xE000, 0x11000), *range(0x20000, 0x20100)):
        once = fold(f"甲{chr(code)}乙")
        assert fold(once) == once, hex(code)


def test_a_search_is_split_at_blanks_of_every_width():
    assert words("张　三\u00a0ＹＳＱ－７") == ["张", "三", "ysq-7"]
    assert words(" \u200b ") == []
