"""A mail is read whichever way it was written; what cannot be read is told, and nothing stops for it."""

import base64

import pytest

from tests import mails
from tracker.reading import isolated
from tracker.reading.mail.message import MOST_TEXT, mark, read, read_head
from tracker.reading.mail.plain import plain

GB = "关于堃镕路征地的申请"  # of GB 18030, and not of GB 2312, which senders name


def gb_word(text: str) -> bytes:
    return b"=?gb2312?B?" + base64.b64encode(text.encode("gb18030")) + b"?="


def test_chinese_charsets_are_read_in_head_and_body_named_or_not():
    body = GB.encode("gb18030")
    named = b"From: " + gb_word("李四") + b" <li@example.org>\nSubject: " + gb_word(GB)
    named += b"\nContent-Type: text/plain; charset=gb2312\nContent-Transfer-Encoding: 8bit\n\n" + body
    bare = b"From: li@example.org\nSubject: " + body + b"\n\n" + body
    unknown = (
        b"Subject: =?x-none?B?"
        + base64.b64encode(GB.encode())
        + b"?=\nContent-Type: text/plain; charset=x-none\n\n"
        + GB.encode()
    )

    for raw in (named, bare, unknown):
        mail = read(raw)
        assert (mail.signs.subject, mail.text) == (GB, GB)
    assert (read(named).name, read(named).signs.address) == ("李四", "li@example.org")


def test_rare_characters_of_names_and_wide_spaces_stay_and_what_nobody_sees_goes():
    """GB 18030 writes names by private and newly assigned characters, which no older list of signs knows."""
    name = "\U000323b0\ue123"
    mail = read(mails.letter(text=f"申请人：张{name}　电话：1\u202e\x07", sender=f"张{name} <a@example.org>"))

    assert (mail.name, mail.text) == (f"张{name}", f"申请人：张{name}　电话：1")


def test_a_page_is_read_as_its_words_and_no_script_of_it():
    page = (
        "<html><head><title>t</title><style>p{color:red}</style></head><body><p>甲<br>乙<b>丙</b></p>"
        "<script>steal()</script><!-- c --><table><tr><td>名称</td><td>预算</td></tr></table>丁</body></html>"
    )

    text = plain(page)

    assert [line.strip() for line in text.splitlines() if line.strip()] == ["甲", "乙丙", "名称\t预算", "丁"]
    assert read(mails.letter(text="", html=page)).text == text
    assert read(mails.letter(text="甲", html=page)).text == "甲"


def test_files_keep_their_names_and_a_forwarded_mail_gives_its_words_and_files():
    inner = mails.letter("原申请", "请公开规划图。", files=[("附图.png", b"PNG")])
    outer = (
        b"Subject: Fw\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nsee\n--b\nContent-Type: message/rfc822\n\n"
        + inner
        + b"\n--b--\n"
    )

    mail = read(outer)

    assert "请公开规划图。" in mail.text
    assert [(each.name, each.content) for each in mail.files] == [("附图.png", b"PNG")]


def test_every_copy_of_a_mail_has_one_mark_and_another_mail_another():
    first = mails.letter()
    copy = b"Received: from a by b\r\nDelivered-To: x@y\r\n" + first

    assert mark(copy) == mark(first)
    assert (
        len({mark(first), mark(mails.letter(text="另一件")), mark(mails.letter("另")), mark(b""), mark(b"x")})
        == 5
    )


def test_a_long_text_is_cut_and_that_is_told():
    mail = read(mails.letter(text="长" * (MOST_TEXT + 5)))

    assert len(mail.text) == MOST_TEXT
    assert "只保存了前面的" in mail.told[0]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff\xfe",
        b"Content-Type: multipart/mixed; boundary=\n\n--",
        b"Content-Type: multipart/mixed\n\nno boundary",
        b"Subject: =?utf-8?B?!!!?=\nFrom: <<>>,,\nMessage-ID: none\n\nx",
        b"Content-Type: text/plain; charset*0*=x'y'%ff\nContent-Transfer-Encoding: base64\n\n@@@@",
        b"Content-Type: message/rfc822\n\nContent-Type: message/rfc822\n\nx",
        b"Content-Type: message/delivery-status\n\n\n\n",
        b"Subject: " + b"\n ".join([b"x"] * 5000) + b"\n\nx",
    ],
)
def test_what_is_broken_is_read_as_far_as_it_goes(raw):
    assert read(raw).same == mark(raw)
    assert not read_head(raw).is_whole


def test_a_mail_nested_without_end_costs_its_own_process_alone():
    raw = b"Subject: deep\n" + b"Content-Type: message/rfc822\n\n" * 50_000

    with pytest.raises(isolated.UnreadableFileError):
        isolated.read(read, raw)
    assert isolated.read(read_head, raw).signs.subject == "deep"
