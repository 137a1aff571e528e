"""What a register records although a form would have objected: taken, and said on the case."""

from datetime import date

import pytest

from tracker.domain.calendar.calendar import shipped
from tracker.domain.case import silence
from tracker.domain.case.check import irregularities, objections
from tracker.domain.case.event import Entry
from tracker.domain.case.history import fold

RECEIVED = ("receive", "2026-03-02")
FIRM = {"party": "third_party", "name": "甲公司"}
BUREAU = {"party": "co_maker", "name": "规划局"}
CHARGED = ("charge", "2026-03-09", {"received_on": "2026-03-09", "amount": "300"})  # to be paid by 7 April
ASKED = ("ask_supplement", "2026-03-09", {"deadline_on": "2026-03-30", "received_on": "2026-03-10"})
SENT = ("consult", "2026-03-09", {**FIRM, "received_on": "2026-03-09"})  # its term: to 30 March
LONGER = ("extend", "2026-03-10", {"days": 20})


def day(text):
    return date.fromisoformat(text)


def standing(*rows):
    return fold(
        [Entry(step, day(on), dict(*more), seq) for seq, (step, on, *more) in enumerate(rows, 1)], shipped()
    )


def codes(*rows, on="2026-03-30"):
    return [found.code for found in irregularities(standing(*rows), day(on))]


@pytest.mark.parametrize(
    ("law", "receipt", "says"),
    [
        ("第31条第（二）项", ("registered_mail", {"signed_on": "2026-02-27"}), "签收日期（2026-02-27）"),
        ("第31条第（二）项", ("registered_mail", {"signed_on": "2026-03-03"}), "签收日期（2026-03-03）"),
        ("第31条第（一）项", ("in_person", {"arrived_on": "2026-02-27"}), "来件日期（2026-02-27）"),
        (
            "第31条第（三）项",
            ("email", {"arrived_on": "2026-02-28", "confirmed_on": "2026-02-28"}),
            "确认日期",
        ),
    ],
)
def test_a_receipt_on_another_day_than_the_rule_of_its_channel_gives_is_said_on_the_case(law, receipt, says):
    channel, days = receipt
    found = irregularities(
        standing(("receive", "2026-03-02", {"channel": channel, **days})), day("2026-03-30")
    )
    (said,) = [one for one in found if one.code == "receipt_day"]

    assert says in said.message
    assert "（2026-03-02）" in said.message
    assert law in said.law


@pytest.mark.parametrize(
    "days",
    [
        {"arrived_on": "2026-03-02", "confirmed_on": "2026-03-03"},  # 指导案例26号
        {"arrived_on": "2026-03-01", "confirmed_on": "2026-03-02"},  # 第31条第（三）项
        {},
    ],
)
def test_either_reading_of_an_online_receipt_is_regular(days):
    assert codes(("receive", "2026-03-02", {"channel": "online", **days})) == []


def test_an_old_receipt_on_another_day_than_its_signing_is_said_under_the_old_law():
    found = irregularities(
        standing(("receive", "2018-03-02", {"channel": "registered_mail", "signed_on": "2018-03-01"})),
        day("2018-03-05"),
    )

    assert [(one.code, "492号" in one.law) for one in found] == [("receipt_day", True)]


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([ASKED, ("receive_supplement", "2026-03-31")], "supplement_after_its_term"),
        ([CHARGED, ("pay", "2026-04-08", {"amount": "300"})], "payment_after_its_term"),
        ([CHARGED, ("pay", "2026-04-07", {"amount": "299.99"})], "short_payment"),
        ([SENT, ("end_consultation", "2026-03-30", {**FIRM, "opinion": "none"})], "early_silence"),
        (
            [
                ("consult", "2026-03-09", FIRM),
                ("end_consultation", "2026-04-20", {**FIRM, "opinion": "none"}),
            ],
            "early_silence",
        ),
        ([SENT, ("disclosed", "2026-03-30", {"method": "post"})], "opinion_awaited"),
        (
            [LONGER, ("consult", "2026-03-11", BUREAU), ("disclosed", "2026-04-27", {"method": "post"})],
            "opinion_awaited",
        ),
        ([("consult", "2026-03-30", FIRM)], "last_day_consultation"),
        ([("accept", "2026-03-03"), ("give_reasons", "2026-03-10")], "no_reasons_asked"),
        ([("ask_supplement", "2026-03-09", {"deadline_on": "2026-03-09"})], "short_supplement"),
        (
            [
                (
                    "ask_supplement",
                    "2026-03-09",
                    {"deadline_on": "2026-03-16", "received_on": "2026-03-13"},
                )
            ],
            "short_supplement",
        ),
        ([("extend", "2026-03-08", {"days": 5})], "rest_day"),
        ([("disclosed", "2026-03-08", {"method": "post"})], "rest_day"),
    ],
    ids=lambda row: row if isinstance(row, str) else "",
)
def test_what_a_form_would_have_objected_to_is_said_of_a_history_that_was_read_in(rows, code):
    assert code in codes(RECEIVED, *rows, on=rows[-1][1])


@pytest.mark.parametrize(
    "rows",
    [
        [ASKED, ("receive_supplement", "2026-03-30")],
        [CHARGED, ("pay", "2026-04-07", {"amount": "300"})],
        [("charge", "2026-03-09", {"amount": "300"}), ("pay", "2026-05-11", {"amount": "300.00"})],
        [SENT, ("end_consultation", "2026-03-31", {**FIRM, "opinion": "none"})],
        [SENT, ("end_consultation", "2026-03-11", {**FIRM, "opinion": "agrees"})],
        [("consult", "2026-03-27", {**FIRM, "received_on": "2026-03-27"})],
        [(*ASKED[:2], {"deadline_on": "2026-03-16", "received_on": "2026-03-11"})],
        [SENT, ("withdraw", "2026-03-12")],
        [("disclosed", "2026-02-14", {"method": "post"})],  # a Saturday that was worked
    ],
)
def test_a_history_in_good_order_has_nothing_said_of_it(rows):
    found = codes(("receive", "2026-02-13") if rows[0][1] < RECEIVED[1] else RECEIVED, *rows, on=rows[-1][1])

    assert [code for code in found if code != "incomplete_answer"] == []


def test_an_answer_by_the_internet_on_a_rest_day_is_no_slip():
    assert "rest_day" not in codes(RECEIVED, ("disclosed", "2026-03-08", {"method": "online"}))


def test_nobody_lapses_whose_supplement_term_was_over_when_the_notice_came():
    """第30条: an applicant who got the notice on its last day had no term at all."""
    notice = ("ask_supplement", "2026-03-09", {"deadline_on": "2026-03-16", "received_on": "2026-03-16"})
    lapse = Entry("closed_supplement_lapsed", day("2026-03-20"), {"method": "none"}, 3)

    assert silence.proposals(standing(RECEIVED, notice)) == []
    assert any("已无余日" in one.message for one in objections(standing(RECEIVED, notice), lapse))
    assert "no_lapse" in codes(
        RECEIVED, notice, ("closed_supplement_lapsed", "2026-03-20", {"method": "none"})
    )
