"""Who acts for an applicant: how letters name him, what his authority covers, what contradicts itself."""

from datetime import date

import pytest

from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.case.representative import Representative, addressed, names_in
from tracker.domain.case.request import (
    ApplicantData,
    RepresentativeData,
    check_documents,
    check_people,
)
from tracker.domain.errors import InvalidDetailError

JANUARY, DECEMBER = date(2026, 1, 1), date(2026, 12, 31)


def person(name: str, **more) -> ApplicantData:
    return ApplicantData(kind=ApplicantKind.NATURAL_PERSON, name=name, **more)


def test_a_letter_names_the_applicant_with_the_guardian_and_never_with_the_agent():
    guardian, agent = Representative("guardian", "李大四", 2), Representative("agent", "王五")

    assert addressed(["张三", "李小四"], [guardian, agent]) == ("张三", "李小四（法定代理人李大四）")
    assert addressed(["李小四"], [Representative("guardian", "李大四")]) == ("李小四（法定代理人李大四）",)


def test_an_agent_is_named_with_what_the_authority_says():
    agent = Representative("agent", "王五", 0, "special", JANUARY, DECEMBER, gets_letters=True)

    assert agent.words == "王五（委托代理人，特别授权，自2026年1月1日至2026年12月31日，可以代收文书）"
    assert Representative("agent", "王五").words == "王五（委托代理人）"
    assert Representative("agent", "王五", from_on=JANUARY).words == "王五（委托代理人，自2026年1月1日起）"
    assert Representative("agent", "王五", to_on=DECEMBER).words == "王五（委托代理人，至2026年12月31日）"
    assert Representative("guardian", "李大四").words == "李大四（法定代理人）"


def test_an_authority_covers_its_first_and_last_day():
    agent = Representative("agent", "王五", from_on=JANUARY, to_on=DECEMBER)

    days = [date(2025, 12, 31), JANUARY, DECEMBER, date(2027, 1, 1)]
    assert [agent.covers(day) for day in days] == [False, True, True, False]
    assert Representative("agent", "王五").covers(JANUARY)


@pytest.mark.parametrize(
    ("data", "people", "words"),
    [
        (RepresentativeData(role="friend", person=person("王五")), 1, "代理身份"),
        (RepresentativeData(role="agent", person=person("王五"), scope="all"), 1, "授权范围"),
        (RepresentativeData(role="agent", person=person(" ")), 1, "请填写委托代理人的姓名"),
        (RepresentativeData(role="agent", person=person("王五"), place=2), 1, "不在本件申请人中"),
        (RepresentativeData(role="guardian", person=person("王五")), 2, "哪一位申请人"),
        (
            RepresentativeData(role="agent", person=person("王五"), from_on=DECEMBER, to_on=JANUARY),
            1,
            "不能早于起始日期",
        ),
    ],
)
def test_what_contradicts_itself_is_refused(data, people, words):
    with pytest.raises(InvalidDetailError, match=words):
        data.check(people)


def test_a_wrong_number_is_refused_by_place_until_it_is_said_why_it_is_kept():
    wrong = {"id_kind": "resident_id", "id_number": "110105194912310021"}
    with pytest.raises(InvalidDetailError, match="第2申请人的证件号码"):
        check_documents([person("张三"), person("李四", **wrong)])
    agent = RepresentativeData(role="agent", person=person("王五", id_number="110105194912310021"))
    with pytest.raises(InvalidDetailError, match="委托代理人的证件号码"):
        check_documents([person("张三")], [agent])

    check_documents([person("张三"), person("李四", **wrong, id_kept="证件如此")])


def test_letters_go_to_one_of_several_at_most():
    with pytest.raises(InvalidDetailError, match="只能是一人"):
        check_people([person("张三", gets_letters=True), person("李四", gets_letters=True)])


def test_every_name_of_an_addressee_is_known_and_no_part_of_one():
    people = addressed(["李小四", "赵六六"], [Representative(role="guardian", name="李大四", place=1)])

    assert names_in("、".join(people)) == {"李小四", "李大四", "赵六六"}
    assert names_in("委托代理人王五五（委托书写明可以代收文书，自2026年1月1日起）") >= {"王五五"}
    assert "王五" not in names_in("委托代理人王五五")
