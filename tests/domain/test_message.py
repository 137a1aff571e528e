"""One catalogue turns what is said into the reader's language."""

import copy
import json
import pickle

import pytest

from tracker.domain.case import sentence
from tracker.domain.errors import InvalidDetailError
from tracker.domain.message import Citation, Phrase, Statutory, changed, joined, translate
from tracker.domain.packing import as_text, of_text, packed, packed_within, unpacked, unpacked_within
from tracker.web.page.language import message_of_template


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


def test_a_message_is_its_chinese_wherever_a_text_is_wanted():
    said = joined([Phrase("还有%(count)s个工作日", count=3), "100%"], "；")

    assert json.dumps({"why": said}, ensure_ascii=False) == '{"why": "还有3个工作日；100%"}'
    assert type(str(InvalidDetailError("还有%(count)s个工作日", count=3))) is str
    assert str(InvalidDetailError("写作 50%(x)s")) == "写作 50%(x)s"


def test_a_message_says_its_values_in_english_too_and_a_name_of_a_statute_keeps_its_chinese():
    said = Phrase("还有%(count)s个工作日", count=Phrase("答复期限"))

    assert said.said("en") == "Answer due working days left"
    assert Statutory("予以公开").said("en") == "Disclosed (予以公开)"
    assert Statutory("规章").said("en") == "Rules (规章)"
    assert Citation("条例第33条第2款").said("en") == "条例, art. 33(2)"


@pytest.mark.parametrize("again", [copy.deepcopy, lambda said: pickle.loads(pickle.dumps(said))])
def test_a_copy_of_a_message_says_what_it_said(again):
    for said in (Phrase("还有%(count)s个工作日", count=3), joined(["甲", Phrase("答复期限")], "；")):
        assert (again(said), again(said).said("en"), type(again(said))) == (said, said.said("en"), type(said))


@pytest.mark.parametrize(
    ("message", "values", "said"),
    [
        ("%(days)s个工作日", {"days": 1}, "1 working day"),
        ("%(days)s个工作日", {"days": "1"}, "1 working day"),
        ("%(days)s个工作日", {"days": 11}, "11 working days"),
        ("清除%(count)s个未完成的文件", {"count": 1}, "1 unfinished file removed"),
        ("%(name)s：%(year)s年结转%(count)s件%(kept_as)s",
         {"name": "甲局", "year": 2025, "count": 1, "kept_as": ""}, "甲局: 1 request of 2025 carried forward"),
    ],
)  # fmt: skip
def test_what_is_counted_once_is_said_in_the_singular(message, values, said):
    assert translate("en", message, **values) == said


def test_a_template_says_what_is_counted_once_in_the_singular(on_sqlite):
    message = "有%(count)s份文书还没有送达，或者退回后还没有再次送达"

    with on_sqlite.test_request_context("/?language=en"):
        said = [str(message_of_template(message, count=count)) for count in (1, 2)]

    assert said[0].startswith("1 letter is not served yet")
    assert said[1].startswith("2 letters are not served yet")


def test_a_message_that_was_kept_as_data_is_said_again_in_any_language():
    told = joined(
        [
            Phrase("%(name)s：%(why)s", name="甲局", why=Phrase("还有%(count)s封，下次再收", count=3)),
            Citation("条例第33条第2款"),
            "自写的话",
        ],
        "；",
    )

    again = unpacked(json.loads(json.dumps(packed(told))))

    assert (str(again), type(again)) == (str(told), type(told))
    assert again.said("en") == told.said("en")
    assert "条例, art. 33(2)" in again.said("en")
    assert unpacked(packed("自写的话")) == "自写的话"
    assert of_text(as_text(told)).said("en") == told.said("en")


def test_a_text_that_was_kept_without_its_values_is_shown_as_it_is():
    assert of_text("第3行：没有") == of_text("第3行：没有").said("en") == "第3行：没有"
    assert of_text(as_text(Phrase("答复期限"))).said("en") == "Answer due"
    assert of_text('{"kind": "其他"}') == '{"kind": "其他"}'


def test_messages_within_a_list_or_an_object_are_kept_and_come_back():
    told = {"rows": [["甲", Phrase("还有%(count)s封，下次再收", count=3)]], "count": 2}

    again = unpacked_within(json.loads(json.dumps(packed_within(told))))

    assert again == {"rows": [["甲", "还有3封，下次再收"]], "count": 2}
    assert again["rows"][0][1].said("en") == told["rows"][0][1].said("en")


def test_a_message_whose_values_are_hidden_stays_one_and_hides_nothing_less():
    told = joined([Phrase("还有%(count)s个工作日", count="张三"), "张三"], "；")

    hidden = changed(told, lambda text: text.replace("张三", "张＊"))
    through_the_words = changed(told, lambda text: text.replace("工作日；张三", "＊"))

    assert hidden == "还有张＊个工作日；张＊"
    assert hidden.said("en") == "张＊ working days left; 张＊"
    assert (str(through_the_words), type(through_the_words)) == ("还有张三个＊", str)
