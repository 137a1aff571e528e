"""The mark of a state secret (保密法第31条第（三）项): what bears one, and what only sounds like it."""

import pytest

from tracker.domain.law.secrecy import mark_at_edge, mark_in, mark_of_name


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("机密★10年", "机密"),
        ("绝密★启用前\n试卷", "绝密"),
        ("秘 密 ★ 1 年", "秘密"),
        ("机\n密\n★", "机密"),
        ("機密☆", "机密"),
        ("机密*10年", "机密"),
        ("密级：机密", "机密"),
        ("密级\n秘密\n", "秘密"),
        ("密级：☑机密 □秘密", "机密"),
        ("机密\n关于某事的通知", "机密"),
        ("份号：000001\n机密级\n特急", "机密"),
        ("特急 机密★5年", "机密"),
    ],
)
def test_a_level_with_a_star_a_filled_field_or_alone_at_the_head_is_a_mark(text, level):
    assert mark_in(text) == level


@pytest.mark.parametrize(
    "text",
    [
        "特急",
        "加急\n关于某事的通知",
        "商业秘密★",
        "属于国家秘密的，不予公开",
        "涉及商业秘密、个人隐私",
        "密级：□绝密 □机密 □秘密",
        "密级：绝密、机密、秘密",
        "密级：无",
        "一\n二\n三\n四\n五\n六\n七\n秘密\n",
        "",
    ],
)
def test_urgency_speech_of_secrets_and_an_empty_field_are_none(text):
    assert mark_in(text) == ""


def test_at_the_edge_of_pages_a_level_may_stand_alone_in_any_line():
    assert mark_at_edge("一\n二\n三\n四\n五\n六\n七\n秘密\n") == "秘密"
    assert mark_at_edge("第1页\n商业秘密") == ""


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("【机密】通知.pdf", "机密"),
        ("（绝密）.jpg", "绝密"),
        ("机密-通知.docx", "机密"),
        ("秘密★5年通知.pdf", "秘密"),
        ("报告_秘密.doc", "秘密"),
        ("机密.pdf", "机密"),
        ("关于商业秘密的说明.pdf", ""),
        ("国家秘密范围目录.pdf", ""),
        ("保密承诺书.pdf", ""),
        ("特急-通知.pdf", ""),
    ],
)
def test_the_name_of_a_file_may_bear_the_mark(name, level):
    assert mark_of_name(name) == level
