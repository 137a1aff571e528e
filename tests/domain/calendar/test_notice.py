"""Reading notices: whole ones as the shipped calendar has them, and every oddity by itself."""

import re
from datetime import date, timedelta
from itertools import groupby

import pytest

from tracker.domain.calendar.calendar import Notice, WorkCalendar, shipped, shipped_notices
from tracker.domain.calendar.notice import read
from tracker.domain.errors import UnreadableNoticeError

OPENING = "各省、自治区、直辖市人民政府：现把这一年的放假安排告诉你们。"
WEEKDAYS = "一二三四五六日"

YEAR_2017 = """首页 > 政策 > 文件
国务院办公厅关于2017年部分节假日安排的通知
国办发明电〔2016〕17号
各省、自治区、直辖市人民政府:
假期安排如下.
一、元旦:1月1日放假,1月2日(星期一)补休。
二、春节:1月27日至2月2日放假调休,共7天。1月22日(星期日)、2月4日(星期六)上班。
三、清明节:4月2日-4日放假调休,共3天。4月1日(星期六)上班。
四、劳动节:5月1日放假,与周末连休。
五、端午节:5月28日~30日放假调休,共3天。5月27日(星期六)上班。
六、中秋节、国庆节:10月1日至8日放假调休,共8天。9月30日(星期六)上班。
请大家过节期间轮流值班。
国务院办公厅
2016年12月1日
责任编辑:某某 打印 2016-12-01 10:00"""

YEAR_2019 = """国务院办公厅关于2019年部分节假日安排的通知
国办发明电〔2018〕15号
一、元旦：2018年12月30日至2019年1月1日放假调休，共3天。2018年12月29日（星期六）上班。
二、春节：2月4日至10日放假调休，共7天。2月2日（星期六）、2月3日（星期日）上班。
三、清明节：4月5日放假，与周末连休。
四、劳动节：5月1日放假。
五、端午节：6月7日放假，与周末连休。
六、中秋节：9月13日放假，与周末连休。
七、国庆节：10月1日至7日放假调休，共7天。9月29日（星期日）、10月12日（星期六）上班。
国务院办公厅
2018年12月4日"""

LABOUR_DAY_2019 = """国务院办公厅关于调整2019年劳动节假期安排的通知
国办发明电〔2019〕3号
各省、自治区、直辖市人民政府：劳动节的假期改为：
一、2019年5月1日至4日放假调休，共4天。4月28日（星期日）、5月5日（星期日）上班。
二、请抓紧落实劳动节假期的调整，增加运力。
三、劳动节期间，请安排值班。
国务院办公厅
2019年3月22日"""

YEAR_2020 = """国务院办公厅关于2020年部分节假日安排的通知
国办发明电〔2019〕16号
一、元旦：2020年1月1日放假，共1天。
二、春节：1月24日至30日放假调休，共7天。1月19日（星期日）、2月1日（星期六）上班。
三、清明节：4月4日至6日放假调休，共3天。
四、劳动节：5月1日至5日放假调休，共5天。4月26日（星期日）、5月9日（星期六）上班。
五、端午节：6月25日至27日放假调休，共3天。6月28日（星期日）上班。
六、国庆节、中秋节：10月1日至8日放假调休，共8天。9月27日（星期日）、10月10日（星期六）上班。
国务院办公厅
2019年11月21日"""

LENGTHENED_2020 = """国务院办公厅关于延长2020年春节假期的通知
国办发明电〔2020〕1号
各省、自治区、直辖市人民政府：为防控疫情，决定：
一、延长2020年春节假期至2月2日（农历正月初九，星期日），2月3日（星期一）起正常上班。
二、学校何时开学，由教育部门另行通知。
三、2月2日前不能休假的职工，以后补休。
国务院办公厅
2020年1月26日"""

YEAR_2023 = """国务院办公厅关于2023年部分节假日安排的通知
国办发明电〔2022〕16号
一、元旦：2022年12月31日至2023年1月2日放假调休，共3天。
二、春节：1月21日至27日放假调休，共7天。1月28日（星期六）、1月29日（星期日）上班。
三、清明节：4月5日放假，共1天。
四、劳动节：4月29日至5月3日放假调休，共5天。4月23日（星期日）、5月6日（星期六）上班。
五、端午节：6月22日至24日放假调休，共3天。6月25日（星期日）上班。
六、中秋节、国庆节：9月29日至10月6日放假调休，共8天。10月7日（星期六）、10月8日（星期日）上班。
国务院办公厅
2022年12月8日"""

YEAR_2024 = """国务院办公厅关于2024年
部分节假日安排的通知
国办发明电〔2023〕7号
各省、自治区、直辖市人民政府：国庆节自10月1日起放假调休7天，其余如下。
一、元旦：1月1日放假，与周末连休。
二、春节：2月10日至17日放假调休，共8天。2月4日（星期日）、2月18日（星期日）上班。鼓励用人单位让职工在除夕（2月9日）休息。
三、清明节：4月4日至6日放假调休，共3天。4月7日（星期日）上班。
四、劳动节：5月1日至5日放假调休，共5天。4月28日（星期日）、5月11日（星期六）上班。
五、端午节：6月10日放假，与周末连休。
六、中秋节：9月15日至17日放假调休，共3天。9月14日（星期六）上班。
七、国庆节：10月1日至7日放假调休，共7天。9月29日（星期日）、10月12日（星期六）上班。
国庆节自10月1日起放假调休7天，请早作安排。
国务院办公厅
2023年10月25日"""

YEAR_2026 = """国务院办公厅关于2026年部分节假日安排的通知
国办发明电〔2025〕7号
一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。\
2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
国务院办公厅
2025年11月4日"""

WHOLE = (
    YEAR_2017,
    YEAR_2019,
    LABOUR_DAY_2019,
    YEAR_2020,
    LENGTHENED_2020,
    YEAR_2023,
    YEAR_2024,
    YEAR_2026,
)


def day(text: str) -> date:
    """Read 1-27 as of 2026, 2025-12-27 as it stands."""
    parts = [int(part) for part in text.split("-")]
    return date(*parts) if len(parts) == 3 else date(2026, *parts)


def days(text: str) -> tuple[date, ...]:
    """Read 1-27..2-2 10-1 into days in order."""
    found: list[date] = []
    for span in text.split():
        first, _, last = span.partition("..")
        length = (day(last or first) - day(first)).days
        found += [day(first) + timedelta(n) for n in range(length + 1)]
    return tuple(found)


def one(item: str, year: int = 2026) -> str:
    """Put one item into a notice."""
    return f"国务院办公厅关于{year}年部分节假日安排的通知{OPENING}{item}国务院办公厅2025年11月4日"


def about_sentences(disagreements: tuple[str, ...]) -> list[str]:
    """Leave out what is said because these notices are of one item alone."""
    return [said for said in disagreements if not said.startswith(("没有读到", "条目编号"))]


@pytest.mark.parametrize("text", WHOLE)
def test_a_whole_notice_is_the_one_that_is_shipped(text):
    understood = read(text)
    shipped_one = next(n for n in shipped_notices() if n.title == understood.title)

    assert understood.notice == shipped_one
    assert understood.disagreements == ()


@pytest.mark.parametrize("year", [2019, 2020])
def test_a_year_of_two_notices_read_is_the_year_that_is_shipped(year):
    notices = [read(text).notice for text in WHOLE if read(text).year == year]
    calendar = WorkCalendar.from_notices(notices, {})

    assert len(notices) == 2
    assert calendar.off_days(year) == shipped().off_days(year)
    assert calendar.work_days(year) == shipped().work_days(year)


def spell(notice: Notice) -> str:
    """Write a notice out of its days, holiday by holiday."""

    def said(day: date) -> str:
        return f"{day.year}年{day.month}月{day.day}日（星期{WEEKDAYS[day.weekday()]}）"

    items = []
    for number, (name, group) in enumerate(groupby(notice.off.items(), key=lambda entry: entry[1]), 1):
        items.append(f"{'一二三四五六七'[number - 1]}、{name}：")
        off = [day for day, _ in group]
        starts = [day for day in off if day - timedelta(1) not in off]
        ends = [day for day in off if day + timedelta(1) not in off]
        spans = zip(starts, ends, strict=True)
        items.append("、".join(said(a) if a == b else f"{said(a)}至{said(b)}" for a, b in spans))
        items.append(f"放假调休，共{len(off)}天。")
        if number == 1 and notice.work:
            items.append("、".join(map(said, sorted(notice.work))) + "上班。")
    return notice.title + (notice.number or "") + OPENING + "".join(items)


@pytest.mark.parametrize("notice", [n for n in shipped_notices() if n.annual])
def test_every_shipped_notice_spelled_out_is_read_back(notice):
    understood = read(spell(notice))

    assert understood.notice.off == notice.off
    assert understood.notice.work == notice.work
    assert understood.number == notice.number
    assert understood.disagreements == ()


@pytest.mark.parametrize(
    ("why", "item", "off", "work"),
    [
        ("half width", "一、元旦:1月1日(周四)至3日(周六)放假,共3天.", "1-1..1-3", ""),
        ("full width digits", "一、元旦：１月１日至３日放假，共３天。", "1-1..1-3", ""),
        ("spaces inside", "一、 元 旦： 1 月 1 日 至 3 日 放 假 。", "1-1..1-3", ""),
        ("other spaces", "一、元旦：1\u00a0月\u3000 1\u200b日\ufeff放\t假。", "1-1", ""),
        ("radicals of a PDF", "⼀、元旦：1⽉1⽇放假。", "1-1", ""),
        ("a dash", "二、春节：1月27日—2月2日放假。", "1-27..2-2", ""),
        ("two dashes", "二、春节：1月27日——2月2日放假。", "1-27..2-2", ""),
        ("a tilde", "二、春节：1月27日~2月2日放假。", "1-27..2-2", ""),
        (
            "a wide tilde",
            "二、春节：1月27日～2月3日放假。",
            "1-27..2-3",
            "",
        ),
        ("a hyphen", "二、春节：1月27日-2月2日放假。", "1-27..2-2", ""),
        ("到", "二、春节：1月27日到2月2日放假。", "1-27..2-2", ""),
        ("the first 日 left out", "七、国庆节：10月1至7日放假。", "10-1..10-7", ""),
        ("号", "七、国庆节：10月1号至7号放假。", "10-1..10-7", ""),
        ("自……起至", "七、国庆节：自10月1日起至7日放假。", "10-1..10-7", ""),
        ("起 and a count", "七、国庆节：10月1日起放假调休7天。", "10-1..10-7", ""),
        ("years", "一、元旦：2025年12月31日至2026年1月2日放假。", "2025-12-31..1-2", ""),
        ("one year", "一、元旦：2025年12月31日至1月2日放假。", "2025-12-31..1-2", ""),
        ("the other year", "一、元旦：12月31日至2026年1月2日放假。", "2025-12-31..1-2", ""),
        (
            "no year",
            "一、元旦：12月31日至1月2日放假。12月28日（周日）上班。",
            "2025-12-31..1-2",
            "2025-12-28",
        ),
        ("a year in the label", "一、2026年元旦：1月1日放假。", "1-1", ""),
        ("补休", "五、端午节：6月19日放假，6月22日（星期一）补休。", "6-19 6-22", ""),
        ("连休 on a Friday", "五、端午节：6月19日放假，与周末连休。", "6-19..6-21", ""),
        ("连休 on a Monday", "三、清明节：4月6日（周一）放假，与周末连休。", "4-4..4-6", ""),
        ("连休, counted", "五、端午节：6月19日放假，与周末连休，共3天。", "6-19..6-21", ""),
        ("不调休", "五、端午节：6月19日放假，不调休。", "6-19", ""),
        ("放假N天", "五、端午节：6月19日放假1天。", "6-19", ""),
        ("放假公休", "五、端午节：6月19日至21日放假公休，共三天。", "6-19..6-21", ""),
        ("共计", "五、端午节：6月19日至21日放假，共计3天。", "6-19..6-21", ""),
        (
            "a list with 和 and a day without a month",
            "七、国庆节：10月1日至7日放假。10月10日和11日上班。",
            "10-1..10-7",
            "10-10 10-11",
        ),
        (
            "days apart, joined by commas",
            "七、国庆节：10月1日至7日放假，9月20日（周日），10月10日（周六）上班。",
            "10-1..10-7",
            "9-20 10-10",
        ),
        ("照常上班", "四、劳动节：5月1日放假。5月9日照常上班。", "5-1", "5-9"),
        ("为工作日", "四、劳动节：5月1日放假，5月9日（周六）为工作日。", "5-1", "5-9"),
        ("a semicolon", "四、劳动节：5月1日放假；5月9日（周六）上班。", "5-1", "5-9"),
        ("起正常上班", "四、劳动节：5月1日放假。5月6日起正常上班。", "5-1", ""),
        ("no colon", "四、劳动节5月1日放假。", "5-1", ""),
        ("五一", "四、“五一”国际劳动节：5月1日放假。", "5-1", ""),
        ("十一", "七、“十一”：10月1日放假。", "10-1", ""),
        ("放假时间", "七、国庆节放假安排：10月1日放假。", "10-1", ""),
        ("Arabic number", "7. 国庆节：10月1日放假。", "10-1", ""),
        ("number in brackets", "（七）国庆节：10月1日放假。", "10-1", ""),
        (
            "a moon date in a remark",
            "二、春节：2月15日（腊月二十八，星期日）至17日放假。",
            "2-15..2-17",
            "",
        ),
        ("a name in a remark", "四、劳动节：5月1日（周五、“五一”劳动节）放假。", "5-1", ""),
        ("初一 in a remark", "二、春节：2月17日（正月初一、春节）放假。", "2-17", ""),
        ("only encouraged", "二、春节：2月17日放假。2月16日（除夕）鼓励休息。", "2-17", ""),
        ("nested remark", "二、春节：2月15日（腊月二十八（周日））放假。", "2-15", ""),
        ("weekday without brackets", "四、劳动节：5月1日星期五放假。", "5-1", ""),
        ("a holiday of its own", "八、抗战胜利纪念日：9月3日放假。", "9-3", ""),
        (
            "the wording of 2008",
            "四、劳动节：5月1日—3日放假，共3天。其中，5月1日为法定节假日，5月3日为公休日，"
            "5月9日（星期六）公休日调至5月2日（星期六），5月9日（星期六）上班。",
            "5-1..5-3",
            "5-9",
        ),
        (
            "encouraged after the rule",
            "二、春节：2月15日至23日放假，共9天，鼓励职工在2月14日休息。",
            "2-15..2-23",
            "",
        ),
        ("a page number", "二、春节：2月15日至23日放假，共\n— 2 —\n9天。", "2-15..2-23", ""),
    ],
)
def test_an_item(why, item, off, work):
    understood = read(one(item))

    assert understood.rules[0].off == days(off), why
    assert understood.rules[0].work == days(work), why
    assert about_sentences(understood.disagreements) == []


@pytest.mark.parametrize(
    ("item", "holiday"),
    [
        ("六、中秋节、国庆节：10月1日至8日放假。", "中秋节、国庆节"),
        ("六、国庆节和中秋节：10月1日至8日放假。", "国庆节、中秋节"),
        ("三、清明：4月5日放假。", "清明节"),
        ("六、国庆节、州庆：10月1日放假。", "国庆节、州庆"),
        ("八、抗战胜利纪念日：9月3日放假。", "抗战胜利纪念日"),
    ],
)
def test_the_holiday_bears_its_statutory_name(item, holiday):
    assert read(one(item)).rules[0].holiday == holiday


@pytest.mark.parametrize(
    ("item", "words"),
    [
        ("一、元旦：1月1日（周五）放假。", "2026年1月1日（星期四），原文写作星期五"),
        ("二、春节：2月15日至23日放假。2月14日（周日）上班。", "2月14日（星期六），原文写作星期日"),
        ("二、春节：2月15日至23日放假，共8天。", "原文写作8天，列出的是9天"),
        ("五、端午节：6月19日至21日放假4天。", "原文写作4天，列出的是3天"),
        ("四、劳动节：5月1日放假。5月6日上班。", "5月6日（星期三）不是周末"),
        ("五、端午节：6月17日放假，与周末连休。", "与周末不相连"),
        ("四、劳动节：5月1日至5日放假。5月3日上班。", "5月3日（星期日）既放假又上班"),
        ("四、劳动节：5月1日至5日放假。5月4日起正常上班。", "恢复上班的日子在假期之内"),
        ("四、劳动节：2028年5月1日放假。", "2028年5月1日（星期一）不在2026年"),
    ],
)
def test_a_contradiction_is_named_with_its_sentence_and_not_refused(item, words):
    said = about_sentences(read(one(item)).disagreements)

    assert len(said) == 1
    assert words in said[0]
    assert re.search("“.*[放上].*”", said[0])


def test_what_a_notice_of_the_whole_year_lacks_is_named():
    understood = read(YEAR_2026.replace("三、清明节：4月4日（周六）至6日（周一）放假，共3天。", ""))

    assert understood.disagreements == ("没有读到清明节的安排", "条目编号不连续：1、2、4、5、6、7")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (one("五、端午节：放假，与周末连休。"), "五、端午节：放假，与周末连休。"),
        (one("五、端午节放假1天。六、中秋节：9月25日放假。"), "五、端午节放假1天。"),
        (one("五、端午节：另行通知。"), "五、端午节：另行通知。"),
        (one("二、春节：2月28日上班。"), "二、春节：2月28日上班。"),
        (one("二、春节：2月15日至2月30日放假。"), "2月15日至2月30日放假。"),
        (one("七、国庆节：10月7日至1日放假。"), "10月7日至1日放假。"),
        (one("七、国庆节：7日放假。"), "7日放假。"),
        (one("七、国庆节：10月1日不放假。"), "10月1日不放假。"),
        (one("七、国庆节：10月1日放假，10月2日下午放假。"), "10月2日下午放假"),
        (one("七、国庆节：10月1日放假，以后再补休。"), "以后再补休"),
        (one("七、国庆节：10月1日放假，10月2日。"), "10月2日。"),
        (one("国庆节自10月1日起放假调休7天。"), "没有读到放假安排"),
        ("", "没有写明是哪一年"),
        ("一、元旦：1月1日放假。", "没有写明是哪一年"),
        (LENGTHENED_2020.replace("2月2日（农历", "1月2日（农历"), "延长2020年春节假期至1月2日"),
    ],
)
def test_what_cannot_be_read_is_refused_by_its_sentence(text, words):
    with pytest.raises(UnreadableNoticeError, match=re.escape(words)):
        read(text)


def test_sentences_that_are_no_rule_are_shown_even_where_they_hold_days():
    unused = read(YEAR_2024).unused

    assert unused == (
        "各省、自治区、直辖市人民政府：国庆节自10月1日起放假调休7天，其余如下。",
        "鼓励用人单位让职工在除夕（2月9日）休息。",
        "国庆节自10月1日起放假调休7天，请早作安排。",
    )


def test_the_rule_quotes_its_sentences():
    rule = read(YEAR_2024).rules[1]

    assert rule.holiday == "春节"
    assert rule.sentence == (
        "二、春节：2月10日至17日放假调休，共8天。2月4日（星期日）、2月18日（星期日）上班。"
    )


def test_a_make_up_day_after_an_encouragement_is_still_read():
    text = YEAR_2024.replace("鼓励用人单位", "鼓励用人单位休息。2月25日（星期日）上班。鼓励用人单位")

    assert date(2024, 2, 25) in read(text).notice.work


def test_a_page_around_the_notice_changes_nothing():
    page = (
        "※。上一篇：国务院办公厅关于2025年部分节假日安排的通知 一、元旦：1月9日放假。\n"
        + YEAR_2023.replace("一、元旦", OPENING + "\n一、元旦")
        + "\n相关：国务院办公厅关于2021年部分节假日安排的通知（国办发明电〔2020〕27号）"
        "一、元旦：1月1日至3日放假。国务院办公厅2020年11月25日"
    )

    assert read(page).notice == read(YEAR_2023).notice


@pytest.mark.parametrize("text", [YEAR_2017, LENGTHENED_2020, YEAR_2024])
@pytest.mark.parametrize("space", ["\n", " ", "\r\n\u3000"])
def test_a_line_may_break_anywhere(text, space):
    text = "".join(text.split())
    whole = read(text)

    for place in range(0, len(text), 7):
        assert read(text[:place] + space + text[place:]) == whole


@pytest.mark.parametrize(
    ("text", "number", "published_on"),
    [
        (YEAR_2026, "国办发明电〔2025〕7号", date(2025, 11, 4)),
        (YEAR_2026.replace("〔2025〕", "[2025]"), "国办发明电〔2025〕7号", date(2025, 11, 4)),
        (YEAR_2026.replace("国办发明电〔2025〕7号", ""), None, date(2025, 11, 4)),
        (YEAR_2026.replace("\n2025年11月4日", ""), "国办发明电〔2025〕7号", None),
        (YEAR_2026.replace("2025年11月4日", "2025年11月31日"), "国办发明电〔2025〕7号", None),
        (
            YEAR_2026.replace("2025年11月4日", "二○二五年十一月十四日"),
            "国办发明电〔2025〕7号",
            date(2025, 11, 14),
        ),
        (
            "发文字号：国办发明电〔2025〕7号 成文日期：2025年11月04日"
            + YEAR_2026.replace("国办发明电〔2025〕7号", "").replace("\n2025年11月4日", ""),
            "国办发明电〔2025〕7号",
            date(2025, 11, 4),
        ),
    ],
)
def test_number_and_date(text, number, published_on):
    understood = read(text)

    assert (understood.number, understood.published_on) == (number, published_on)


def test_a_text_without_its_title_says_what_was_assumed():
    text = "现将2026年的安排通知如下。" + YEAR_2026.split("7号", 1)[1]
    understood = read(text)

    assert understood.title == "国务院办公厅关于2026年部分节假日安排的通知"
    assert understood.disagreements == ("原文没有标题，按“现将2026年”认定年份",)
    assert understood.notice.off == read(YEAR_2026).notice.off


def test_a_title_below_the_items_is_found():
    items, _, date_line = YEAR_2026.partition("号\n")[2].partition("国务院办公厅\n")
    text = items + date_line + "国务院办公厅关于2026年部分节假日安排的通知"

    assert read(text).notice.off == read(YEAR_2026).notice.off


def test_a_lengthening_to_a_saturday_may_go_back_to_work_on_monday():
    text = LENGTHENED_2020.replace("2月2日（农历正月初九，星期日），2月3日", "2月1日，2月3日")

    assert read(text).disagreements == ()


def test_an_item_that_names_no_holiday_and_no_day_off_is_not_used():
    text = LABOUR_DAY_2019.replace("二、请", "二、4月20日前请")
    understood = read(text)

    assert understood.notice == read(LABOUR_DAY_2019).notice
    assert understood.unused[1] == "二、4月20日前请抓紧落实劳动节假期的调整，增加运力。"


def test_a_lengthening_that_leaves_a_gap_before_work_is_named():
    text = LENGTHENED_2020.replace("2月3日（星期一）起", "2月5日（星期三）起")

    assert "不相接" in read(text).disagreements[0]


@pytest.mark.parametrize(
    "words",
    ["2027年春节假期延长至2月14日", "延长2027年春节假期至2月14日", "延长春节假期到2月14日（周日）"],
)
def test_a_lengthening_runs_from_the_first_day_that_is_known(words):
    text = f"国务院办公厅关于延长2027年春节假期的通知{OPENING}一、{words}。"
    understood = read(text)

    assert understood.rules[0].off == days("2027-2-5..2027-2-14")
    assert not understood.annual


# -- whose notice it is, and how many -------------------------------------------------------------

SHORTER_2026 = """国务院办公厅关于调整2026年劳动节假期安排的通知
国办发明电〔2026〕2号
各省、自治区、直辖市人民政府：现将2026年劳动节假期调整如下。
一、2026年5月1日（周五）至3日（周日）放假，共3天。
国务院办公厅
2026年3月12日"""


@pytest.mark.parametrize(
    ("title", "signed"),
    [
        ("某自治区人民政府办公厅关于2026年民族传统节日放假的通知", "某自治区人民政府办公厅"),
        ("某省人民政府办公厅关于2026年部分节假日安排的通知", "某省人民政府办公厅"),
        ("某省人民政府办公厅转发国务院办公厅关于2026年部分节假日安排的通知", "某省人民政府办公厅"),
        ("", "某市人民政府办公室"),
    ],
)
def test_another_organs_notice_is_refused_with_the_way_to_the_page_of_local_holidays(title, signed):
    body = YEAR_2026.split("\n", 2)[2].replace("国务院办公厅\n", f"{signed}\n")

    with pytest.raises(UnreadableNoticeError, match=f"{signed}.*地方假日"):
        read(f"{title}\n现将2026年放假安排通知如下。\n{body}")


def test_a_notice_of_a_local_festival_is_refused_even_without_an_item():
    text = "某自治区人民政府办公厅关于2028年民族传统节日放假的通知\n各市人民政府：\n“三月三”期间，3月27日（周一）放假。"

    with pytest.raises(UnreadableNoticeError, match="地方假日"):
        read(text)


def test_two_notices_in_one_text_are_both_read_in_their_order():
    both = read(f"{YEAR_2020}\n\n{LENGTHENED_2020}")

    assert [one.notice for one in both.each] == [read(YEAR_2020).notice, read(LENGTHENED_2020).notice]


def test_a_title_of_another_year_than_the_text_is_named():
    text = YEAR_2026.replace("一、元旦", "现将2027年放假安排通知如下。\n一、元旦", 1)

    assert "标题写2026年，正文写“现将2027年”" in read(text).disagreements


def test_a_later_notice_replaces_the_arrangement_of_the_holiday_that_it_names():
    calendar = WorkCalendar.from_notices([read(SHORTER_2026).notice, read(YEAR_2026).notice], {})

    assert calendar.is_working_day(day("5-4"))
    assert not calendar.is_working_day(day("5-9"))  # the Saturday made up for what is no longer off
    assert calendar.is_working_day(day("10-10"))


def test_a_notice_of_the_year_that_is_issued_again_replaces_the_year():
    again = YEAR_2026.replace("2025年11月4日", "2025年12月4日").replace("2月28日（周六）", "3月7日（周六）")
    again = again.replace(
        "七、国庆节：10月1日（周四）至7日（周三）", "七、国庆节：10月1日（周四）至6日（周二）"
    )
    calendar = WorkCalendar.from_notices([read(YEAR_2026).notice, read(again).notice], {})

    assert not calendar.is_working_day(day("2-28"))
    assert calendar.is_working_day(day("3-7"))
    assert calendar.is_working_day(day("10-7"))


def test_a_correction_replaces_its_holiday_and_not_the_year():
    text = SHORTER_2026.replace("调整2026年劳动节假期安排", "更正2026年部分节假日安排").replace(
        "一、", "一、劳动节："
    )
    calendar = WorkCalendar.from_notices([read(YEAR_2026).notice, read(text).notice], {})

    assert calendar.is_working_day(day("5-4"))
    assert calendar.work_days(2026) == days("1-4 2-14 2-28 9-20 10-10")


def test_a_notice_that_lengthens_a_holiday_leaves_its_make_up_days():
    calendar = WorkCalendar.from_notices([read(YEAR_2020).notice, read(LENGTHENED_2020).notice], {})

    assert calendar.is_working_day(date(2020, 1, 19))
    assert not calendar.is_working_day(date(2020, 2, 1))


VICTORY_DAY = """国务院关于某纪念日调休放假的通知
各省、自治区、直辖市人民政府：
经国务院批准，2026年9月3日（周四）放假1天，9月6日（周日）上班。
国务院
2026年5月13日"""


@pytest.mark.parametrize(
    "second",
    [
        VICTORY_DAY,
        "某自治区人民政府办公厅关于2026年古尔邦节放假的通知\n2026年古尔邦节放假1天，5月27日（周三）。",
        "附：国务院办公厅关于调整2026年国庆节假期的说明\n国庆节假期缩短，10月8日起照常上班。",
        "取消10月17日（周六）上班的安排。",
    ],
)
def test_a_second_notice_without_items_is_named_and_not_left_out_in_silence(second):
    understood = read(YEAR_2026.replace("7号\n", "7号\n各省、自治区、直辖市人民政府：\n") + "\n" + second)

    assert len(understood.each) == 1
    assert [said.partition("：")[0] for said in understood.doubts] == ["没有读入的一句里有放假、上班的日子"]


@pytest.mark.parametrize(
    "words", ["国庆节自10月1日起放假调休7天。", "10月1日前请安排好值班和补休。", "2026年放假时间早知道。"]
)
def test_a_sentence_that_arranges_no_day_but_those_read_is_no_doubt(words):
    assert read(f"{YEAR_2026}\n\n{words}").doubts == ()
