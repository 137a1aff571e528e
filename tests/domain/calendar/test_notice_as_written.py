"""Notices as people write and pass them on: other words for the same days, days that fit no holiday."""

import re

import pytest

from tracker.domain.calendar.notice import read
from tracker.domain.errors import UnreadableNoticeError

WHOLE = """国务院办公厅关于2027年部分节假日安排的通知
各省、自治区、直辖市人民政府：
一、元旦：1月1日（周五）至3日（周日）放假，共3天。
二、春节：2月5日（周五）至11日（周四）放假调休，共7天。1月31日（周日）、2月13日（周六）上班。
三、清明节：4月3日（周六）至5日（周一）放假，共3天。
四、劳动节：5月1日（周六）至5日（周三）放假调休，共5天。4月25日（周日）、5月8日（周六）上班。
五、端午节：6月9日（周三）放假1天。
六、中秋节：9月15日（周三）放假1天。
七、国庆节：10月1日（周五）至7日（周四）放假调休，共7天。9月26日（周日）、10月9日（周六）上班。
国务院办公厅
2026年11月10日
"""
TWO_ITEMS = "五、端午节：6月9日（周三）放假1天。\n六、中秋节：9月15日（周三）放假1天。\n七、"
CHANGE = """国务院办公厅关于调整2027年劳动节假期安排的通知
各省、自治区、直辖市人民政府：
一、2027年5月1日（周六）至4日（周二）放假调休，共4天。4月25日（周日）上班。
国务院办公厅
2027年3月12日
"""


def in_chinese(text: str) -> str:
    """Write the months and days of a notice in Chinese numerals."""
    signs = "零一二三四五六七八九"

    def spelled(found: re.Match[str]) -> str:
        tens, units = divmod(int(found[1]), 10)
        before = "" if tens == 0 else "十" if tens == 1 else f"{signs[tens]}十"
        return before + (signs[units] if units else "")

    return re.sub(r"(?<!\d)(\d{1,2})(?=[月日天])", spelled, text)


@pytest.mark.parametrize(
    "text",
    [
        in_chinese(WHOLE),
        WHOLE.replace(TWO_ITEMS, "五、端午节、中秋节：6月9日（周三）、9月15日（周三）分别放假1天。\n六、"),
        WHOLE.replace(TWO_ITEMS, "五、端午节和中秋节：6月9日（周三）、9月15日（周三）各放假1天。\n六、"),
        WHOLE.replace(
            TWO_ITEMS, "五、端午节、中秋节：端午节6月9日（周三）放假1天，中秋节9月15日（周三）放假1天。\n六、"
        ),
        in_chinese(WHOLE).replace("2027年", "二〇二七年"),
        WHOLE.replace("至3日（周日）放假，共3天", "放假，与周末连休").replace(
            "4月3日（周六）至5日（周一）放假，共3天", "4月5日（星期一）放假，与周末连休"
        ),
        f"首页 > 政策　字号：大 中 小\n{WHOLE.replace('一、元旦：', '一、元旦：2027年')}\n相关稿件\n国务院办公厅关于2026年部分节假日安排的通知",
    ],
    ids=[
        "numerals",
        "in turn",
        "each",
        "named one by one",
        "year in numerals",
        "with the weekend",
        "years, page around",
    ],
)
def test_a_notice_in_other_words_is_the_same_notice(text):
    told, plain = read(text), read(WHOLE)

    assert told.doubts == ()
    assert (told.notice.off, told.notice.work) == (plain.notice.off, plain.notice.work)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("6月9日（周三）放假1天", "5月3日（周一）放假1天", "5月3日（星期一）在两条里都有安排"),
        ("6月9日（周三）放假1天", "8月9日（周一）放假1天", "8月9日（星期一）不在端午节前后"),
        ("4月25日（周日）、5月8日", "2月13日（周六）、5月8日", "2月13日（星期六）在两条里都有安排"),
    ],
)
def test_a_day_that_fits_no_holiday_or_two_is_named(old, new, words):
    assert any(words in told for told in read(WHOLE.replace(old, new)).doubts)


def test_a_change_before_the_whole_year_is_in_doubt_where_they_have_no_days():
    undated = [text.rpartition("国务院办公厅\n")[0] for text in (CHANGE, WHOLE)]

    assert read(CHANGE + WHOLE).doubts == ()
    assert any("不能判断哪一份在后" in told for told in read("".join(undated)).doubts)


ITEMS = WHOLE[WHOLE.index("一、") : WHOLE.index("国务院办公厅\n")]
FORWARDED = "《国务院办公厅关于2027年部分节假日安排的通知》"


@pytest.mark.parametrize(
    ("issuer", "text"),
    [
        ("某省人民政府办公厅", f"某省人民政府办公厅关于转发{FORWARDED}的通知\n各市：\n现将{FORWARDED}转发给你们。\n{ITEMS}八、三月三：4月9日（周五）至11日（周日）放假，共3天。\n"),
        ("某县教育局", f"某县教育局关于贯彻{FORWARDED}的通知\n各学校：\n{ITEMS}某县教育局\n2026年11月12日\n"),
        ("某某大学", f"某某大学关于2027年部分节假日安排的通知\n各学院：\n现将2027年放假安排通知如下。\n{ITEMS}"),
        ("某集团有限公司", "某集团有限公司关于2027年元旦放假的通知\n一、元旦：2027年1月1日（周五）至4日（周一）放假，共4天。\n"),
        ("某自治区人民政府", "某自治区人民政府关于2027年藏历新年放假的通知\n一、藏历新年：2月8日（周一）至14日（周日）放假，共7天。2月20日（周六）上班。\n"),
    ],
    ids=lambda value: value[:8],
)  # fmt: skip
def test_a_notice_of_another_organ_is_refused_with_its_name_whatever_it_quotes(issuer, text):
    with pytest.raises(UnreadableNoticeError, match=f"这是{issuer}的通知"):
        read(text)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("2月13日（周六）上班", "2月13日（周六）上午上班"),
        ("共7天。9月26日", "共7天，其中10月4日至6日为调休。9月26日"),
        ("1月1日（周五）至3日（周日）", "12月31日（周四）至次年1月2日（周六）"),
        ("三、清明节", "三、妇女节：3月8日妇女放假半天。\n四、清明节"),
    ],
)
def test_a_sentence_that_is_not_understood_refuses_the_notice_with_its_words(old, new):
    with pytest.raises(UnreadableNoticeError, match="读不懂这一句"):
        read(WHOLE.replace(old, new))


def test_a_text_too_long_for_a_notice_is_refused_in_words():
    with pytest.raises(UnreadableNoticeError, match="不像放假通知"):
        read(WHOLE + "一" * 100_000)
