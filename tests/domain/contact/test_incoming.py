"""What a mail is taken for: an application is never lost to a rule (RFC 3464, RFC 3834)."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from tracker.domain.contact.incoming import (
    AUTO_REPLY,
    BOUNCE,
    KINDS,
    LETTER,
    OWN,
    Failure,
    MailSigns,
    arrival,
    doubts_of,
    kind_of,
)

OURS, SENDER = "<ours@gov.example.org>", "ysq@example.org"


@pytest.mark.parametrize(
    ("kind", "signs"),
    [
        (LETTER, {"subject": "申请公开预算"}),
        (BOUNCE, {"is_report": True, "auto": "auto-replied"}),
        (BOUNCE, {"address": "postmaster@qq.com", "subject": "系统退信/Systems bounce"}),
        (LETTER, {"address": "postmaster@qq.com", "subject": "申请公开"}),
        (LETTER, {"address": "z@qq.com", "subject": "申请公开退信的处理"}),
        (AUTO_REPLY, {"auto": "auto-replied (vacation)"}),
        (AUTO_REPLY, {"is_answer": True}),
        (AUTO_REPLY, {"subject": "自动回复：告知书", "answers": (OURS,)}),
        (AUTO_REPLY, {"subject": "Automatic reply: x", "answers": (OURS,)}),
        (LETTER, {"subject": "自动回复：我的申请"}),
        (LETTER, {"subject": "回复：自动回复：告知书", "answers": (OURS,)}),
        (LETTER, {"auto": "auto-generated", "subject": "网站申请"}),
        (OWN, {"message_id": OURS, "address": "YSQ@example.org"}),
        (LETTER, {"message_id": OURS, "address": "z@qq.com"}),
    ],
)
def test_a_mail_that_is_not_surely_another_kind_is_a_letter(kind, signs):
    assert kind_of(MailSigns(**signs), {OURS}, SENDER) == kind
    assert kind in KINDS


def test_what_is_doubtful_of_a_letter_is_said():
    assert "像是自动答复" in doubts_of(LETTER, MailSigns(subject="自动答复：x"))[0]
    assert "由系统自动发出" in doubts_of(LETTER, MailSigns(auto="auto-generated"))[0]
    assert doubts_of(LETTER, MailSigns(auto="no")) == doubts_of(BOUNCE, MailSigns(auto="auto-replied")) == []


def test_a_mail_arrives_when_it_enters_the_mailbox_and_never_in_the_future():
    zone = ZoneInfo("Asia/Shanghai")
    now = datetime(2026, 3, 16, 10, tzinfo=zone)

    assert arrival(datetime(2026, 3, 14, 23, 59, tzinfo=zone), now) == (
        date(2026, 3, 14),
        "23:59",
        "",
    )  # a Saturday
    on, time, odd = arrival(datetime(2026, 3, 17, 8, tzinfo=zone), now)
    assert (on, time) == (date(2026, 3, 16), "")
    assert "2026-03-17 08:00" in odd


def test_a_report_is_final_where_it_says_failed_for_good():
    assert Failure("a@b", "failed", "5.1.1", "").is_final
    assert not Failure("a@b", "delayed", "4.4.1", "").is_final
    assert not Failure("a@b", "failed", "4.4.7", "").is_final
