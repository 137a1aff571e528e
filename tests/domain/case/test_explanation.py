"""The sentences that say why an answer is due when it is."""

from datetime import date

import pytest

from tracker.domain.calendar.calendar import shipped
from tracker.domain.case import explanation
from tracker.domain.case.event import Entry
from tracker.domain.case.history import fold
from tracker.domain.case.sentence import paragraph

RECEIVED = ("receive", "2026-03-02", {"channel": "registered_mail"})
THIRD_PARTY = {"party": "third_party", "name": "甲公司"}
SUPPLEMENT = {"deadline_on": "2026-03-31"}
RECEIPT = (
    "2026年3月2日（周一）收到申请：邮寄（挂号信、EMS，需签收），"
    "以行政机关签收之日为收到申请之日（条例第31条第（二）项）。"
)
LIMIT = "当日不计，自次日起计算20个工作日（条例第33条第2款；民法典第201条）。"
QINGMING = "4月4日、4月5日、4月6日：清明节（国务院办公厅关于2026年部分节假日安排的通知）。"


def standing(*rows):
    return fold(
        [
            Entry(step, date.fromisoformat(on), dict(*details), seq)
            for seq, (step, on, *details) in enumerate(rows, 1)
        ],
        shipped(),
    )


def lines(*rows):
    return explanation.lines(standing(*rows))


def test_a_plain_term_is_its_start_its_limit_and_its_last_day():
    assert lines(RECEIVED) == [
        RECEIPT,
        LIMIT,
        "期限届满日为2026年3月30日（周一）。",
    ]


def test_a_receipt_without_a_known_channel_names_the_article_alone():
    assert lines(("receive", "2026-03-02"))[0] == "2026年3月2日（周一）收到申请（条例第31条）。"


def test_every_pause_extension_and_holiday_is_said_once():
    found = lines(
        RECEIVED,
        ("consult", "2026-03-09", THIRD_PARTY),
        ("extend", "2026-03-16", {"days": 5}),
        ("end_consultation", "2026-03-18", THIRD_PARTY),
    )

    assert found[1:] == [
        LIMIT,
        "2026年3月16日（周一）告知延长5个工作日（条例第33条第2款）。",
        "征求甲公司意见：2026年3月9日（周一）次日至2026年3月18日（周三）不计入期限（条例第33条第3款）。",
        QINGMING,
        "期限届满日为2026年4月16日（周四）。",
    ]


def test_a_late_extension_is_said_to_have_no_effect():
    found = lines(RECEIVED, ("extend", "2026-03-31", {"days": 5}))

    assert "2026年3月31日（周二）的延期告知迟于当时的期限，不发生效力（条例第33条第2款）。" in found
    assert found[-3:] == [
        "期限届满日为2026年3月30日（周一）。",
        "答复期限已于2026年3月30日（周一）届满而未答复；此后的延期告知（3月31日）不使已届满的期限恢复，"
        "本件仍按该日计为超期（实务）。",
        "现在等到2026年4月7日（周二）。",
    ]


@pytest.mark.parametrize(
    ("rows", "start"),
    [
        (
            [("ask_supplement", "2026-03-09", SUPPLEMENT), ("receive_supplement", "2026-03-25")],
            "2026年3月25日（周三）收到补正，期限自次日起重新计算（条例第30条）。",
        ),
        (
            [("charge", "2026-03-09"), ("pay", "2026-03-25")],
            "2026年3月25日（周三）足额缴费，期限自次日起重新计算（国办函〔2020〕109号）。",
        ),
    ],
)
def test_a_term_that_starts_anew_says_why(rows, start):
    assert lines(RECEIVED, *rows) == [RECEIPT, start, LIMIT, QINGMING, "期限届满日为2026年4月23日（周四）。"]


def test_a_delay_takes_the_place_of_the_count():
    assert lines(RECEIVED, ("delay", "2026-03-20", {"until_on": "2026-05-29"}))[1:] == [
        "已告知延迟答复的合理期限至2026年5月29日（周五）（条例第35条），以此代替原期限。"
    ]


def test_holidays_and_made_up_days_are_said_with_their_notice():
    found = lines(("receive", "2026-02-10"))
    notice = "国务院办公厅关于2026年部分节假日安排的通知"

    assert found[2:] == [
        f"2月14日、2月28日：调休上班（{notice}）。",
        "2月15日、2月16日、2月17日、2月18日、2月19日、2月20日、2月21日、2月22日、2月23日："
        f"春节（{notice}）。",
        "期限届满日为2026年3月16日（周一）。",
    ]


def test_a_provisional_day_says_that_its_notice_is_not_out():
    assert lines(("receive", "2026-12-15"))[-2:] == [
        "期限届满日为2027年1月13日（周三）。",
        "2027年放假通知尚未公布，按周末和法定节日推算，此日期为暂定。",
    ]
    assert not any("暂定" in line for line in lines(("receive", "2026-12-03")))


@pytest.mark.parametrize(
    "step", [("ask_supplement", "2026-03-09", SUPPLEMENT), ("charge", "2026-03-09")], ids=lambda row: row[0]
)
def test_nothing_is_explained_while_the_applicant_must_act(step):
    assert lines(RECEIVED, step) == []
    assert explanation.day_by_day(standing(RECEIVED, step)) == []


def test_the_explanation_stays_after_the_answer():
    assert lines(RECEIVED, ("disclosed", "2026-03-20")) == lines(RECEIVED)


def test_the_days_run_from_the_start_to_the_due_day():
    found = explanation.day_by_day(standing(RECEIVED))

    assert (found[0].on, found[0].number) == (date(2026, 3, 3), 1)
    assert (found[-1].on, found[-1].number) == (date(2026, 3, 30), 20)
    assert len(found) == 28


def english(*rows):
    return explanation.lines(standing(*rows), "en")


def test_the_same_sentences_are_said_in_english_with_the_names_of_notices_as_they_are():
    found = english(
        RECEIVED,
        ("consult", "2026-03-09", THIRD_PARTY),
        ("extend", "2026-03-16", {"days": 5}),
        ("end_consultation", "2026-03-18", THIRD_PARTY),
    )

    assert found == [
        "2 March 2026 (Mon): request received, by registered mail; received on the day the agency signed for "
        "it (条例, art. 31 item 2).",
        "That day is not counted; 20 working days are counted from the next (条例, art. 33(2); 民法典, art. 201).",
        "16 March 2026 (Mon): extension by 5 working days notified (条例, art. 33(2)).",
        "Consultation of 甲公司: the days after 9 March 2026 (Mon) up to 18 March 2026 (Wed) are not counted "
        "(条例, art. 33(3)).",
        "4 Apr, 5 Apr, 6 Apr: Qingming (清明节), 国务院办公厅关于2026年部分节假日安排的通知.",
        "The term ends on 16 April 2026 (Thu).",
    ]


@pytest.mark.parametrize(
    "rows",
    [
        [("receive", "2026-12-15", {"channel": way})]
        for way in ("in_person", "oral", "ordinary_mail", "online", "email", "fax", "other")
    ]
    + [
        [RECEIVED, ("ask_supplement", "2026-03-09", SUPPLEMENT), ("receive_supplement", "2026-03-25")],
        [RECEIVED, ("charge", "2026-03-09"), ("pay", "2026-03-25")],
        [RECEIVED, ("charge", "2026-03-09")],
        [RECEIVED, ("delay", "2026-03-20", {"until_on": "2026-05-29"})],
        [RECEIVED, ("ask_reasons", "2026-03-09", {"deadline_on": "2026-03-20"})],
        [RECEIVED, ("extend", "2026-03-31", {"days": 5})],
    ],
)
def test_every_date_is_said_in_both_languages_sentence_by_sentence(rows):
    found = explanation.every_date(standing(*rows))

    for item in found:
        value = explanation.as_json(item)["explanation"]
        assert len(value["zh"]) == len(value["en"]) == len(item.sentences) > 0
        assert not any("年" in text and "月" in text for text in value["en"])


def test_every_date_of_a_case_says_its_start_its_limit_and_what_is_skipped():
    found = explanation.every_date(
        standing(
            RECEIVED,
            ("ask_supplement", "2026-03-09", SUPPLEMENT),
            ("receive_supplement", "2026-03-25"),
            ("consult", "2026-03-26", {**THIRD_PARTY, "received_on": "2026-03-30"}),
        )
    )

    assert [(item.name, str(item.on)) for item in found] == [
        ("supplement_notice", "2026-03-11"),
        ("supplement", "2026-03-31"),
        ("third_party_opinion", "2026-04-21"),
        ("extension", "2026-05-20"),
        ("reply", "2026-05-20"),
    ]
    assert [str(said) for said in found[2].sentences] == [
        "2026年3月30日（周一）“甲公司”收到征求意见书。",
        "当日不计，自次日起计算15个工作日（条例第32条；民法典第201条）。",
        QINGMING,
        "期限届满日为2026年4月21日（周二）。",
        "逾期未提出意见的，由本机关决定是否公开（条例第32条）。",
    ]


def test_a_date_that_leans_on_an_unpublished_year_is_marked_and_says_so():
    notice, extension, reply = explanation.every_date(standing(("receive", "2026-12-03")))

    assert (notice.provisional, extension.provisional, reply.provisional) == (False, True, False)
    assert str(extension.sentences[-1]).endswith("此日期为暂定。")
    assert str(extension.sentences[1]) == "依法延长20个工作日的，答复期限至2027年1月29日（周五）。"


def test_one_paragraph_holds_every_sentence_in_order():
    said = explanation.reply(standing(RECEIVED))

    assert paragraph(said) == "".join(lines(RECEIVED))
    assert paragraph(said, "en") == " ".join(english(RECEIVED))
