"""Letters are made of a case that was worked through its steps; another reader finds every element in them.

One office for all kinds: each has a case of its own.
"""

import re
import shutil
from datetime import datetime

import pytest

from tests.conftest import ZONE, running, settings_of
from tests.letters import APPLICANT, PRACTICE, SUBJECT, set_up, text_of, typed, worked
from tracker.app import create_app
from tracker.domain.letter import index
from tracker.domain.letter.fact import NAMES, day_of
from tracker.domain.letter.kind import Addressee
from tracker.domain.permission import Role
from tracker.services.letter import letter as letters
from tracker.services.office.actor import Actor
from tracker.services.office.agency import default_agency

NOW = datetime(2026, 3, 16, 10, tzinfo=ZONE)


@pytest.fixture(scope="module")
def make(tmp_path_factory, sqlite_template):
    """Make a letter of a kind of a case that is worked to it; return it with its text."""
    folder = tmp_path_factory.mktemp("letters") / "office"
    shutil.copytree(sqlite_template, folder)

    def act(kind, **more):
        head = Actor("陈立", frozenset({Role.HEAD, Role.REGISTRAR}), default_agency().id)
        words = {"today": NOW.date(), "now": NOW}
        case = worked(kind, by=head, **words)
        letter = letters.make(case.id, typed(kind, **more), actor=head, **words)
        return letter, text_of(letters.read(letter.id, actor=head, now=NOW)[1])

    for _app in running(create_app(settings_of(folder), now=lambda: NOW)):
        set_up()
        yield act


@pytest.mark.parametrize("kind", index.KINDS, ids=lambda kind: kind.key)
def test_a_letter_holds_every_element_of_its_kind(kind, make):
    letter, text = make(kind)

    facts = [day_of(value) for key, value in letter.facts.items() if key in NAMES]
    assert [fact for fact in facts if fact not in text] == []
    assert kind.label in text
    assert "测试局" in text
    assert "{{" not in text
    if kind.is_form:
        assert letter.number == ""
        return
    # rulebook 6.2: number, law, contact, seal, day
    assert letter.number in text
    assert re.fullmatch(r"测城管\w+〔2026〕第\d+号", letter.number)
    assert kind.wording.basis in text
    assert PRACTICE["letter_contact"] in text
    assert "（印章）" in text
    assert "2026年3月16日" in text
    if kind.to is Addressee.APPLICANT:
        assert APPLICANT in text
        assert (f"{APPLICANT}：" in text) is not kind.is_record  # who died is told nothing
        assert SUBJECT in text
        assert "2026年3月2日" in text
        assert "当面提交" in text
        assert letter.case.number in text
    else:
        assert APPLICANT not in text
    assert ("某区人民政府" in text) is kind.names_remedies
    for sentence in kind.says.values():
        assert sentence in text


@pytest.mark.parametrize(
    ("law", "key", "sentences"),
    [
        ("第30条", "supplement", ["重新计算20个工作日", "视为放弃申请", "2026年3月31日前补正"]),
        (
            "第32条",
            "third_party",
            ["15个工作日", "由本机关依照", "□ 同意公开　　□ 不同意公开", "不同意公开的理由"],
        ),
        ("第34条", "co_maker", ["15个工作日", "视为同意公开"]),
        ("第33条第3款", "other_organ", ["由本机关依法决定"]),
        ("109号", "charge", ["收到本通知次日起20个工作日内", "视为放弃申请"]),
        ("第33条第2款", "extension", ["20个工作日", "2026年4月28日", "工作机构负责人"]),
        ("第33条第3款", "consultation_told", ["不计算在答复期限内", "第三方", "2026年3月3日"]),
        ("第31、33条", "receipt", ["20个工作日内答复", "2026年3月30日"]),
        ("第30条", "closed_supplement_lapsed.lapsed", ["2026年3月4日送达", "补正期限至2026年3月10日"]),
    ],
)
def test_a_letter_states_what_its_article_asks_for(law, key, sentences, make):
    text = make(index.BY_KEY[key])[1]

    assert [sentence for sentence in sentences if sentence not in text] == [], law


def test_a_co_makers_silence_alone_is_consent(make):

    assert "视为同意" not in make(index.BY_KEY["other_organ"])[1]
    assert "视为同意" not in make(index.BY_KEY["third_party"])[1]
