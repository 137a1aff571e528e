"""The day of receipt by channel (条例第31条)."""

from datetime import date

import pytest

from tracker.domain.case.channel import RULES, Channel, receipt
from tracker.domain.errors import InvalidDetailError

ARRIVED, SIGNED, CONFIRMED = date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 3)


@pytest.mark.parametrize(
    ("channel", "expected", "law"),
    [
        (Channel.IN_PERSON, ARRIVED, "第31条第（一）项"),
        (Channel.ORAL, ARRIVED, "第29、31条"),
        (Channel.REGISTERED_MAIL, SIGNED, "第31条第（二）项"),
        (Channel.ORDINARY_MAIL, CONFIRMED, "第31条第（二）项"),
        (Channel.ONLINE, CONFIRMED, "第31条第（三）项"),
        (Channel.EMAIL, CONFIRMED, "第31条第（三）项"),
        (Channel.FAX, CONFIRMED, "第31条第（三）项"),
        (Channel.OTHER, CONFIRMED, "207号"),
    ],
)
def test_the_day_of_receipt(channel, expected, law):
    found = receipt(channel, arrived_on=ARRIVED, signed_on=SIGNED, confirmed_on=CONFIRMED)

    assert found.on == expected
    assert law in found.law
    assert found.words == RULES[channel].words


@pytest.mark.parametrize(
    ("channel", "missing"),
    [
        (Channel.REGISTERED_MAIL, "签收日期"),
        (Channel.ORDINARY_MAIL, "确认日期"),
        (Channel.ONLINE, "确认日期"),
        (Channel.EMAIL, "确认日期"),
        (Channel.FAX, "确认日期"),
        (Channel.OTHER, "确认日期"),
    ],
)
def test_no_day_is_guessed_where_the_one_that_counts_is_missing(channel, missing):
    with pytest.raises(InvalidDetailError, match=f"请填写{missing}"):
        receipt(channel, arrived_on=ARRIVED)


@pytest.mark.parametrize("channel", [Channel.IN_PERSON, Channel.ORAL])
def test_a_request_handed_in_needs_no_other_day(channel):
    assert receipt(channel, arrived_on=ARRIVED).on == ARRIVED


@pytest.mark.parametrize("channel", [Channel.ORDINARY_MAIL, Channel.ONLINE, Channel.OTHER])
def test_a_confirmation_is_not_before_the_arrival(channel):
    assert receipt(channel, arrived_on=ARRIVED, confirmed_on=ARRIVED).on == ARRIVED

    with pytest.raises(InvalidDetailError, match="不能早于来件日期"):
        receipt(channel, arrived_on=CONFIRMED, confirmed_on=SIGNED)


def test_a_letter_signed_for_at_the_gate_counts_before_it_reaches_the_office():  # 第31条第2项
    found = receipt(Channel.REGISTERED_MAIL, arrived_on=date(2026, 4, 17), signed_on=date(2026, 4, 13))

    assert found.on == date(2026, 4, 13)


def test_every_channel_has_its_rule_and_its_own_name():
    assert set(RULES) == set(Channel)
    assert len({channel.label for channel in Channel}) == len(Channel)


def test_the_codes_are_those_of_the_exchange_format():
    assert [channel.value for channel in Channel] == [
        "in_person", "oral", "registered_mail", "ordinary_mail", "online", "email", "fax", "other",
    ]  # fmt: skip
