"""The day of receipt and its evidence: channels of rulebook 1.4, edge cases 14 to 16, dates of contacts."""

from datetime import date

import pytest

from tracker.domain.calendar.calendar import shipped
from tracker.domain.case import evidence
from tracker.domain.case.channel import Channel, awaits, confirm_by, receipt
from tracker.domain.case.check import irregularities
from tracker.domain.case.event import Entry
from tracker.domain.case.evidence import Fact
from tracker.domain.case.history import fold
from tracker.domain.errors import InvalidDetailError


def day(text):
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("channel", "waits"),
    [
        (Channel.IN_PERSON, False),
        (Channel.ORAL, False),
        (Channel.REGISTERED_MAIL, False),
        (Channel.ORDINARY_MAIL, True),
        (Channel.ONLINE, True),
        (Channel.EMAIL, True),
        (Channel.FAX, True),
        (Channel.OTHER, True),
    ],
)
def test_what_both_sides_must_confirm_has_no_day_of_receipt_before(channel, waits):
    assert awaits(channel, None) is waits
    assert awaits(channel, day("2026-03-02")) is False


def test_a_letter_to_the_director_counts_from_the_signing_at_the_mailroom():
    """Edge case 16: signed for on 04-13, at the disclosure unit on 04-17: the earlier day counts."""
    found = receipt(
        Channel.REGISTERED_MAIL,
        arrived_on=day("2026-04-13"),
        signed_on=day("2026-04-13"),
        forwarded_on=day("2026-04-17"),
    )

    assert found.on == day("2026-04-13")


def test_a_letter_is_not_passed_on_before_it_was_signed_for():
    with pytest.raises(InvalidDetailError, match="转到公开机构"):
        receipt(
            Channel.REGISTERED_MAIL,
            arrived_on=day("2026-04-13"),
            signed_on=day("2026-04-13"),
            forwarded_on=day("2026-04-10"),
        )


@pytest.mark.parametrize(
    ("law", "channel", "arrived_on", "days", "expected"),
    [
        ("第31条第（二）项: the same day", Channel.ORDINARY_MAIL, "2026-03-06", 1, "2026-03-06"),
        ("practice: the next working day", Channel.ONLINE, "2026-03-02", 1, "2026-03-03"),
        ("edge case 14: sent on a Sunday", Channel.ONLINE, "2026-03-01", 1, "2026-03-02"),
        ("over the Spring Festival", Channel.EMAIL, "2026-02-14", 1, "2026-02-24"),
        ("as the office sets it", Channel.FAX, "2026-03-02", 3, "2026-03-05"),
    ],
)
def test_a_request_is_to_be_confirmed_without_delay(law, channel, arrived_on, days, expected):
    assert str(confirm_by(channel, day(arrived_on), shipped(), days)) == expected, law


@pytest.mark.parametrize(
    ("channel", "confirmed_on", "codes"),
    [
        ("ordinary_mail", "2026-03-02", []),
        ("ordinary_mail", "2026-03-03", ["late_confirmation"]),
        ("online", "2026-03-03", []),
        ("online", "2026-03-04", ["late_confirmation"]),
    ],
)
def test_a_late_confirmation_shows_on_the_case(channel, confirmed_on, codes):
    details = {"channel": channel, "arrived_on": "2026-03-02", "confirmed_on": confirmed_on}
    standing = fold([Entry("receive", day(confirmed_on), details, 1)], shipped())

    assert [i.code for i in irregularities(standing, day("2026-03-05"))] == codes


# -- evidence ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\xff\xd8\xff\xe0rest", evidence.JPEG),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDRrest", evidence.PNG),
        (b"RIFF\x00\x00\x00\x00WEBPrest", evidence.WEBP),
        (b"%PDF-1.7 rest", evidence.PDF),
        (b"<html><script>", None),
        (b"MZ\x90\x00", None),
        (b"GIF89a", None),
        (b"\x89PNG\r\n\x1a\n<script>", None),
        (b"", None),
    ],
)
def test_a_file_is_what_its_content_says(content, kind):
    assert evidence.file_type(content) == kind


TRIED = Fact(kind="attempt", on=date(2026, 3, 3), way="phone", result="no_answer")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"kind": "gossip"}, "种类"),
        ({"on": date(2026, 3, 17)}, "晚于今天"),
        ({"on": date(2026, 3, 1)}, "不能早于来件日期"),
        ({"way": "pigeon"}, "方式和结果"),
        ({"result": "perhaps"}, "方式和结果"),
        ({"way": ""}, "方式和结果"),
        ({"result": ""}, "方式和结果"),
    ],
)
def test_what_is_no_evidence_is_refused(change, said):
    evidence.check(TRIED, date(2026, 3, 16), arrived_on=date(2026, 3, 2))
    words = {name: getattr(TRIED, name) for name in ("kind", "on", "way", "result")}

    with pytest.raises(InvalidDetailError, match=said):
        evidence.check(Fact(**{**words, **change}), date(2026, 3, 16), arrived_on=date(2026, 3, 2))
