"""What a letter states of its case, and what it lacks."""

from datetime import date

import pytest

from tests.letters import stated
from tests.rules import always
from tracker.domain.calendar.calendar import shipped
from tracker.domain.case import history
from tracker.domain.case.event import Entry
from tracker.domain.law import forum
from tracker.domain.letter import content, index
from tracker.domain.letter.content import CaseFacts, Draft, Sender

FORUM = forum.of("department", "某区人民政府", "某区人民法院")
RECEIPT = {"channel": "in_person", "applicant_kind": "natural_person"}


def sender(**more):
    values = {
        "name": "测试局",
        "named": True,
        "code": "测",
        "contact": "测试路1号",
        "online": "",
        "suit": True,
    }
    return Sender(**{**values, "forum": FORUM, **more})


def case(received="2026-03-02", *entries, applicants=("王一",), kind="natural_person"):
    ledger = [Entry("receive", date.fromisoformat(received), RECEIPT, 1), *entries]
    standing = history.fold(ledger, shipped(), always())
    return CaseFacts(number="YSQ-2026-0001", subject="规划图", applicants=applicants, applicant_kind=kind,
                     channel="in_person", standing=standing)  # fmt: skip


def draft(key, on="2026-03-16", **more):
    kind = index.BY_KEY[key]
    return Draft(**{"kind": kind, "typed": stated(kind), "on": date.fromisoformat(on), **more})


def lacks(key, *, of=None, by=None, **more):
    return [lack.name for lack in content.lacking(draft(key, **more), of or case(), by or sender())]


def test_a_complete_letter_lacks_nothing():
    assert [key for key in index.BY_KEY if key.startswith("refused") and lacks(key)] == []


@pytest.mark.parametrize(
    ("gone", "name", "place"),
    [
        ({"code": ""}, "文号", "practice"),
        ({"contact": ""}, "联系方式", "practice"),
        ({"named": False}, "机关名称", "office"),
    ],
)
def test_what_the_office_has_not_set_is_lacking_with_its_place(gone, name, place):
    found = list(content.lacking(draft("supplement"), case(), sender(**gone)))

    assert [(lack.name, lack.place) for lack in found] == [(name, place)]


def test_an_office_without_its_organ_and_court_tells_no_remedies():
    """行政复议法第20条第3款."""
    bare = sender(forum=forum.of("department", "", ""))

    assert lacks("refused_internal_affairs.internal", by=bare) == ["救济途径"]
    assert lacks("supplement", by=bare) == []


def test_an_answer_served_online_needs_the_online_way():
    """行政复议法第22条第2款."""
    key = "refused_internal_affairs.internal"

    assert lacks(key, method="online") == ["救济途径"]
    assert lacks(key, method="post") == []
    assert lacks(key, method="email", by=sender(online="某平台")) == []


@pytest.mark.parametrize("key", ["third_party", "third_party_told"])
def test_a_third_party_is_not_told_who_applied(key):
    """个人信息保护法第6条."""
    kind = index.BY_KEY[key]
    named = {**stated(kind), "concerned": "王一申请的规划图"}

    assert lacks(key, typed=named) == ["涉及信息"]
    assert lacks(key) == []


def test_a_case_of_an_earlier_decree_is_told_by_no_letter_of_this_one():
    assert "依据" in lacks("refused_internal_affairs.internal", of=case("2018-03-02"))


def test_a_provisional_day_says_that_it_is_one():
    """Rulebook 2.4(4)."""
    late = case("2027-12-20")

    told = content.values(draft("receipt", "2027-12-20"), late, sender())["答复期限"]
    assert "暂定：2028年放假通知公布前" in told
    assert "暂定" not in content.values(draft("receipt"), case(), sender())["答复期限"]


def test_an_extension_states_the_day_to_which_it_leads():
    """Rulebook 2.6: received 2026-05-11, full extension 2026-07-07."""
    of = case("2026-05-11")
    twenty = draft("extension", "2026-06-08", typed={"days": "20", "reason": "量大", "approved_by": "陈立"})

    assert content.values(twenty, of, sender())["延长后期限"] == "2026年7月7日"


@pytest.mark.parametrize(
    ("applicants", "kind", "word"),
    [
        (("王一",), "natural_person", "您"),
        (("某公司",), "business", "你单位"),
        (("王一", "李二"), "natural_person", "你们"),
    ],
)
def test_the_addressee_is_addressed_as_one_does(applicants, kind, word):
    facts = content.values(draft("supplement"), case(applicants=applicants, kind=kind), sender())

    assert (facts["收件人"], facts["称呼"]) == ("、".join(applicants), word)


def test_a_letter_before_2024_has_a_choice_and_one_since_has_not():
    """复议法第23条, in force 2024-01-01."""
    of = case("2023-12-01")
    before = draft("refused_internal_affairs.internal", "2023-12-29")
    since = draft("refused_internal_affairs.internal", "2024-01-02")

    assert "直接向某区人民法院" in content.values(before, of, sender())["救济途径"]
    assert "应当先申请行政复议" in content.values(since, of, sender())["救济途径"]


def test_a_letter_tells_the_step_that_is_typed_from_it():
    kind = index.BY_KEY["charge"]
    typed = {
        "way": "按量计收",
        "count": "31",
        "amount": "10",
        "standard": "31页以上每页10元",
        "pay_to": "财政专户",
    }

    entry = content.told(kind, typed, date(2026, 3, 16), number="测费〔2026〕第1号", method="")
    assert (entry.step, entry.details) == (
        "charge", {"way": "by_page", "count": 31, "amount": "10", "reason": "31页以上每页10元"})  # fmt: skip
