"""One catalogue turns what is said into the reader's language."""

import pytest

from tracker.domain.case import sentence
from tracker.domain.message import translate


def test_chinese_is_the_message_itself_with_its_values():
    assert translate("zh", "还有%(count)s个工作日", count=3) == "还有3个工作日"


def test_the_same_chinese_has_another_english_where_a_mail_says_it():
    assert translate("en", "答复期限") == "Answer due"
    assert translate("en", "答复期限", context="mail") == "Reply due"


def test_a_value_is_put_in_as_it_is():
    assert translate("en", "还有%(count)s个工作日", count="50%(x)s") == "50%(x)s working days left"


@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_has_no_translation_stays_chinese(language):
    assert translate(language, "没有译文的话") == "没有译文的话"


def test_nothing_said_is_nothing_in_any_language():
    assert translate("en", "") == ""


def test_every_message_of_an_explanation_has_its_english():
    said = sentence.messages()

    assert [text for text in said if translate("en", text, context=sentence.CONTEXT) == text] == []
