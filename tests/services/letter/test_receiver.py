"""Each letter names the right person, and is served upon whom the authority covers; the clerk chooses."""

from dataclasses import replace
from datetime import date

import pytest

from tests import registering
from tests.letters import set_up, stated, typed
from tests.services.letter.test_service import DATED, by_hand, posted
from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.case.channel import Channel
from tracker.domain.case.request import ApplicantData, Arrival, RepresentativeData, RequestData
from tracker.domain.case.wish import Wishes
from tracker.domain.errors import InvalidDetailError
from tracker.domain.letter import content, index
from tracker.domain.permission import Role
from tracker.services.case import applicant
from tracker.services.letter import letter as letters
from tracker.services.letter import receiver, served, service
from tracker.services.letter.sender import facts_of, sender
from tracker.services.letter.service import ServiceExtras, Serving

RECEIPT, THIRD = index.BY_KEY["receipt"], index.BY_KEY["third_party"]


def person(name: str, **more) -> ApplicantData:
    return ApplicantData(kind=ApplicantKind.NATURAL_PERSON, name=name, **more)


GUARDIAN = RepresentativeData(role="guardian", person=person("李大四"), place=1)
AGENT = RepresentativeData(
    role="agent",
    person=person("王五五", address="律所街5号", gets_letters=True),
    from_on=date(2026, 1, 1),
    to_on=DATED,
)
SILENT = RepresentativeData(role="agent", person=person("孙七七"))


@pytest.fixture
def head(app, actor, clock):
    set_up()
    clock.set("2026-03-20")
    return actor(Role.HEAD, Role.REGISTRAR)


@pytest.fixture
def ask(head, clock):
    def make(*people: ApplicantData, acting=(), **more):
        first, *further = people
        arrival = Arrival(channel=Channel.IN_PERSON, arrived_on=date(2026, 3, 2))
        request = RequestData(
            applicant=first,
            arrival=arrival,
            subject="规划图",
            further=tuple(further),
            representatives=tuple(acting),
            **more,
        )
        return registering.register(request, actor=head, today=clock.today, now=clock())

    return make


@pytest.fixture
def letter(head, clock):
    def make(case, kind=RECEIPT, **more):
        return letters.make(case.id, typed(kind, **more), actor=head, today=clock.today, now=clock())

    return make


@pytest.fixture
def serve(head, clock):
    def act(made, attempt, **given):
        by = Serving(actor=head, today=clock.today, now=clock())
        return service.record(made.id, attempt, ServiceExtras(**given), case_id=made.case_id, by=by)

    return act


def test_a_letter_names_the_guardian_and_every_joint_applicant(ask, letter):
    case = ask(person("李小四"), person("赵六六"), acting=[GUARDIAN, AGENT])

    assert letter(case).addressee == "李小四（法定代理人李大四）、赵六六"


def test_the_choice_is_of_those_who_may_receive_and_begins_with_the_guardian(ask, letter):
    made = letter(ask(person("李小四"), acting=[GUARDIAN, AGENT, SILENT]))

    assert [each.words for each in receiver.receivers(made)] == [
        "法定代理人李大四",
        "委托代理人王五五（委托书写明可以代收文书，自2026年1月1日至2026年3月16日）",
    ]
    assert receiver.proposed(made) == receiver.receivers(made)[0].key
    assert receiver.not_offered(made) == ["孙七七"]


def test_of_several_the_one_who_gets_letters_is_proposed(ask, letter):
    made = letter(ask(person("李四"), person("赵六六", gets_letters=True), acting=[AGENT]))

    assert next(each.words for each in receiver.receivers(made)) == "代表人赵六六"
    assert receiver.proposed(made) == receiver.receivers(made)[0].key
    alone = letter(ask(person("钱一", gets_letters=True)))
    assert (receiver.receivers(alone), receiver.proposed(alone)) == ([], "")


def test_who_acts_for_one_of_several_is_not_served_for_all(ask, letter, serve):
    people = person("赵六六", gets_letters=True), person("李小四")
    made = letter(ask(*people, acting=[replace(GUARDIAN, place=2), replace(AGENT, place=2), AGENT]))

    assert [each.words.split("（")[0] for each in receiver.receivers(made)] == [
        "代表人赵六六",
        "委托代理人王五五",
    ]
    assert receiver.proposed(made) == receiver.receivers(made)[0].key
    guardian = next(one for one in made.case.applicant.representatives if one.role == "guardian")
    with pytest.raises(InvalidDetailError, match="请从列出的受送达人中选择"):
        serve(made, by_hand(DATED), upon=str(guardian.id))


def test_a_long_name_of_who_was_served_is_kept_whole(ask, letter, serve):
    long = replace(AGENT, person=person("王" * 190, gets_letters=True))
    made = letter(ask(person("李四"), acting=[long]))

    assert "王" * 190 in serve(made, by_hand(DATED), upon=receiver.receivers(made)[0].key).upon


def test_a_service_upon_the_agent_says_so_and_goes_to_his_address(ask, letter, serve):
    case = ask(person("李四", address="人民路1号"), acting=[AGENT])
    made = letter(case)
    key = receiver.receivers(made)[0].key

    upon_agent = serve(made, posted(DATED), upon=key)
    himself = serve(letter(case), posted(DATED, tracking="1012345678902"))

    assert (upon_agent.place, himself.place, himself.upon) == ("律所街5号", "人民路1号", "")
    assert upon_agent.upon.startswith("委托代理人王五五")
    assert "向委托代理人王五五" in served.slip(case, upon_agent.id)["remark"]
    assert served.slip(case, upon_agent.id)["name"] == "李四"


def test_a_guardian_without_an_address_is_reached_at_the_applicants(ask, letter, serve):
    made = letter(ask(person("李小四", address="人民路1号"), acting=[GUARDIAN]))

    assert serve(made, posted(DATED), upon=receiver.proposed(made)).place == "人民路1号"


def test_nothing_is_served_upon_an_agent_after_his_authority_or_upon_a_stranger(ask, letter, serve):
    case = ask(person("李四"), acting=[AGENT, SILENT])
    made = letter(case)
    with pytest.raises(InvalidDetailError, match="委托期限"):
        serve(made, by_hand(), upon=receiver.receivers(made)[0].key)
    silent = str(case.applicant.representatives[1].id)
    for key in (silent, "999999", "x"):
        with pytest.raises(InvalidDetailError, match="受送达人"):
            serve(made, by_hand(), upon=key)


def test_a_letter_to_a_third_party_names_neither_applicant_nor_agent(ask, letter):
    case = ask(person("李四"), acting=[AGENT])
    facts = stated(THIRD)
    for name in ("李四", "王五五"):
        with pytest.raises(InvalidDetailError, match="不得写出申请人"):
            letter(case, THIRD, facts={**facts, "concerned": f"{name}申请的合同"})

    made = letter(case, THIRD, facts=facts)
    assert receiver.receivers(made) == receiver.not_offered(made) == []


def test_the_application_form_states_what_is_known_and_prints_no_number(ask):
    wishes = Wishes(form="paper", way="post", filled_by="林静", read_back_on=date(2026, 3, 2))
    number = {"id_kind": "resident_id", "id_number": "11010519491231002X"}
    case = ask(person("李四", **number), acting=[AGENT], wishes=wishes)
    draft = letters.drafted(case, typed(index.BY_KEY["application"]), today=date(2026, 3, 20))
    values = content.values(draft, facts_of(case), sender(case.agency_id, draft.on, today=date(2026, 3, 20)))

    assert (values["申请形式"], values["申请获取方式"], values["证件种类"]) == ("纸质", "邮寄", "居民身份证")
    assert values["代理人"].startswith("王五五（委托代理人")
    assert values["代为填写"] == "林静代为填写，2026年3月2日读给申请人，申请人确认无误"
    assert "11010519491231002X" not in "".join(values.values())
    assert applicant.data_of(case.applicant).id_kind == "resident_id"
