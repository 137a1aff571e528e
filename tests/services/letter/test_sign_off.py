"""Sign-offs in an office: rounds, opinions, what is made and recorded after them, on both databases."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.exc import StaleDataError

from tests.letters import set_up, stated, typed, worked
from tests.practice import set_practice
from tests.statements import listened
from tracker.domain.case.event import Entry
from tracker.domain.case.sign_off import Stand
from tracker.domain.errors import GuardError, InvalidDetailError, NotPermittedError
from tracker.domain.letter import index
from tracker.domain.permission import Role
from tracker.models.base import db
from tracker.models.duty import SIGN_OFF, OpenDuty
from tracker.models.outbox import Message
from tracker.services.case import review, step
from tracker.services.letter import letter, sign_off
from tracker.services.office import user
from tracker.services.office.actor import Actor

GIVEN = index.BY_KEY["disclosed.given"]
REFUSED = index.BY_KEY["refused_internal_affairs.internal"]
FORM = stated(GIVEN)["form"]
REVIEWED = {"reviewer": "何法", "reviewed_on": "2026-03-16", "review": "可以公开"}


@pytest.fixture
def person(agency_id, clock):
    """Make somebody who can sign in: ``person("周明", Role.HANDLER)``."""

    def make(name: str, *roles: Role) -> Actor:
        words = {"login": f"u-{name}", "name": name, "roles": roles, "now": clock(), "email": "a@example.org"}
        row, _once = user.create_by_command(agency_id=agency_id, **words)
        return Actor(name, frozenset(roles), agency_id, user_id=row.id)

    return make


@pytest.fixture
def office(app, person, clock):
    set_up()
    return {
        "handler": person("周明", Role.HANDLER, Role.REGISTRAR),
        "reviewer": person("何法", Role.REVIEWER),
        "head": person("陈立", Role.HEAD),
        "moment": {"today": clock.today, "now": clock()},
    }


def case_of(office, kind=GIVEN):
    return worked(
        kind, by=replace(office["head"], roles=frozenset({Role.HEAD, Role.REGISTRAR})), **office["moment"]
    )


def submitted(office, case, kind=GIVEN, by="handler", **more):
    return sign_off.submit(
        case.id, typed(kind, **more), note="拟予公开", actor=office[by], **office["moment"]
    )


def say(office, row, station, by, verdict="agreed", words="可以公开"):
    return sign_off.sign(row.id, station, verdict, words, actor=office[by], **office["moment"])


def signed(office, case, kind=GIVEN, by="handler"):
    row = submitted(office, case, kind, by)
    say(office, row, "secrecy", "reviewer")
    return say(office, row, "head", "head", words="")


def answer(office, case, by="handler", kind=GIVEN, override="", **more):
    told = letter.content.told(kind, stated(kind), date(2026, 3, 16), number="", method="post").details
    details = {**told, "basis": {**told["basis"], **REVIEWED}, **more}
    return step.take(case.id, Entry(kind.outcome, date(2026, 3, 16), details), actor=office[by],
                     override=override, **office["moment"])  # fmt: skip


def test_a_small_office_signs_by_two_opinions_and_makes_and_serves_what_was_signed(office):
    case = case_of(office)
    row = signed(office, case)

    assert review.stand_of(row)[0] is Stand.SIGNED
    made = sign_off.make(row.id, date(2026, 3, 16), actor=office["handler"], **office["moment"])
    told = letter.told(made.id, case, office["handler"])
    assert told.details["basis"] | REVIEWED == told.details["basis"]
    served = Entry(told.step, told.on, {**told.details, "method": "post"})
    step.take(case.id, served, actor=office["handler"], **office["moment"])
    assert case.state == "disclosed"


def test_an_extension_whose_draft_was_signed_here_needs_no_day_of_approval(office, person):
    """条例第33条第2款; nobody signs his own draft, so that a second head drafted it."""
    office["second"] = person("赵立", Role.HEAD)
    kind = index.BY_KEY["extension"]
    case = case_of(office, kind)
    entry = Entry(
        "extend", date(2026, 3, 16), {"days": 5, "reason": "量大", "approved_by": office["head"].name}
    )

    before = [each.message for each in step.objections(case, entry, office["second"])]
    signed(office, case, kind, "second")
    after = [each.message for each in step.objections(case, entry, office["second"])]

    assert [message for message in before if "没有批准日" in message]
    assert not [message for message in after if "没有批准日" in message]


@pytest.mark.parametrize("by", ["handler", "head"])
def test_nothing_leaves_while_it_is_being_signed_and_no_reason_stands_in_for_that(office, by):
    case = case_of(office)
    row = submitted(office, case)

    with pytest.raises(GuardError, match="正在审批，等待“保密审查意见”"):
        answer(office, case, by, override="领导催办")
    with pytest.raises(InvalidDetailError, match="正在审批"):
        letter.make(case.id, typed(GIVEN), actor=office[by], **office["moment"])
    say(office, row, "secrecy", "reviewer", "returned", "第三页有个人隐私")
    with pytest.raises(GuardError, match="审批已退回"):
        answer(office, case, by, override="领导催办")


@pytest.mark.parametrize("key", ["form", "given"])
def test_what_is_changed_after_a_signature_asks_for_a_new_one(office, key):
    case = case_of(office)
    signed(office, case)

    with pytest.raises(InvalidDetailError, match="与签批的内容不同"):
        letter.make(case.id, typed(GIVEN, facts={**stated(GIVEN), key: "另一些"}), actor=office["handler"],
                    **office["moment"])  # fmt: skip


def test_the_step_states_what_was_signed_or_is_refused(office):
    case = case_of(office)
    signed(office, case)

    with pytest.raises(GuardError, match="与签批的内容不同：提供的形式"):
        answer(office, case, override="x",
               basis={"end": "given", **REVIEWED, "form": "光盘"})  # fmt: skip
    with pytest.raises(GuardError, match="与签批的内容不同：审查结论"):
        answer(office, case, basis={"end": "given", "form": FORM, **REVIEWED, "review": "不宜公开"})
    with pytest.raises(GuardError, match="与本步骤不同"):
        answer(office, case, kind=REFUSED, reason="内部事务")


def test_an_office_template_that_changes_after_a_signature_asks_for_a_new_one(office):
    case = case_of(office)
    row = signed(office, case)
    sign_off.template.keep(
        GIVEN.key,
        "本局.docx",
        sign_off.template.shipped(GIVEN.key),
        actor=office["head"],
        now=office["moment"]["now"],
    )

    with pytest.raises(InvalidDetailError, match="与签批的内容不同"):
        sign_off.make(row.id, date(2026, 3, 16), actor=office["handler"], **office["moment"])


def test_a_returned_draft_comes_back_as_a_new_round_that_keeps_the_old_one(office):
    case = case_of(office)
    first = submitted(office, case)
    with pytest.raises(InvalidDetailError, match="写明理由"):
        say(office, first, "secrecy", "reviewer", "returned", " ")
    say(office, first, "secrecy", "reviewer", "returned", "缺页数")
    second = submitted(office, case, facts={**stated(GIVEN), "form": "纸质2页"})

    assert [(each.row.round, each.stand) for each in sign_off.of_case(case, office["head"], today=date(2026, 3, 16))] == [
        (1, Stand.RETURNED), (2, Stand.PENDING)
    ]  # fmt: skip
    assert second.text["提供形式"] == "纸质2页"
    assert first.opinions[0].words == "缺页数"


def test_who_drafted_any_round_signs_none_of_the_matter(office, person):
    office["second"] = person("王代", Role.HEAD, Role.REVIEWER)
    case = case_of(office)
    say(office, submitted(office, case, by="second"), "secrecy", "reviewer", "returned", "改")
    again = submitted(office, case)

    with pytest.raises(NotPermittedError):
        say(office, again, "secrecy", "second")
    say(office, again, "secrecy", "reviewer")
    with pytest.raises(NotPermittedError):
        say(office, again, "head", "second")


def test_a_second_account_of_the_same_name_is_the_same_person(office, agency_id, clock):
    row, _once = user.create_by_command(
        agency_id=agency_id, login="u-2", name="周 明", roles=[Role.REVIEWER], now=clock()
    )
    office["again"] = Actor("周 明", frozenset({Role.REVIEWER}), agency_id, user_id=row.id)

    with pytest.raises(NotPermittedError):
        say(office, submitted(office, case_of(office)), "secrecy", "again")


@pytest.mark.parametrize("roles", [(Role.HANDLER,), (Role.HANDLER, Role.REVIEWER, Role.HEAD)])
def test_a_draft_that_nobody_could_sign_is_refused_at_once(app, person, clock, roles):
    set_up()
    alone = person("孤", *roles, Role.REGISTRAR)
    moment = {"today": clock.today, "now": clock()}
    case = worked(GIVEN, by=alone, **moment)

    with pytest.raises(InvalidDetailError, match="没有人可以签“保密审查意见”"):
        sign_off.submit(case.id, typed(GIVEN), note="", actor=alone, **moment)
    assert sign_off.of_case(case, alone, today=clock.today) == []


def test_two_who_sign_at_once_make_one_opinion(office):
    row = submitted(office, case_of(office))
    say(office, row, "secrecy", "reviewer")

    with pytest.raises(StaleDataError):
        say(office, row, "secrecy", "reviewer")
    with pytest.raises(StaleDataError):
        say(office, row, "legal", "reviewer")


def test_a_draft_is_taken_back_by_its_drafter_until_its_answer_left(office):
    case = case_of(office)
    row = submitted(office, case)
    with pytest.raises(NotPermittedError):
        sign_off.withdraw(row.id, "x", actor=office["reviewer"], **office["moment"])
    sign_off.withdraw(row.id, "申请人改变了请求", actor=office["handler"], **office["moment"])

    assert db.session.scalars(select(OpenDuty).where(OpenDuty.kind == SIGN_OFF)).all() == []
    answer(office, case)
    with pytest.raises(InvalidDetailError):
        sign_off.withdraw(row.id, "x", actor=office["handler"], **office["moment"])


def test_the_turn_is_a_duty_a_message_and_an_entry_of_the_worklist_until_it_is_over(office):
    case = case_of(office)
    row = submitted(office, case)

    def turns(who):
        return [turn.row.id for turn in sign_off.mine(office[who], today=office["moment"]["today"])]

    duties = select(OpenDuty.name, OpenDuty.due_on).where(OpenDuty.kind == SIGN_OFF)
    assert (turns("reviewer"), turns("head"), turns("handler")) == ([row.id], [], [])
    assert db.session.execute(duties).tuples().all() == [("sign_off", date(2026, 3, 17))]
    say(office, row, "secrecy", "reviewer")
    assert (turns("reviewer"), turns("head"), turns("handler")) == ([], [row.id], [])
    say(office, row, "head", "head", "returned", "再改")
    assert (turns("head"), turns("handler")) == ([], [row.id])
    assert db.session.execute(duties).tuples().all() == [("redraft", date(2026, 3, 17))]
    told = db.session.scalars(select(Message).where(Message.title.contains(case.number)).order_by(Message.id))
    assert [message.name for message in told] == ["何法", "陈立", "周明"]
    assert list(review.misstated()) == []


def test_a_case_that_ends_otherwise_waits_for_no_signature(office):
    case = case_of(office)
    submitted(office, case)
    step.take(case.id, Entry("withdraw", date(2026, 3, 16), {}), actor=office["handler"], **office["moment"])

    assert db.session.scalars(select(OpenDuty).where(OpenDuty.kind == SIGN_OFF)).all() == []
    assert sign_off.mine(office["reviewer"], today=date(2026, 3, 16)) == []
    assert list(review.misstated()) == []


# -- what cannot be switched off, and what an office may set --------------------------------------------


@pytest.mark.parametrize("lacking", ["reviewer", "reviewed_on", "review"])
def test_no_reason_stands_in_for_the_review_of_what_is_given(office, lacking):
    """第17条"""
    case = case_of(office)

    with pytest.raises(GuardError, match="审查"):
        answer(office, case, override="赶时间",
               basis={"end": "given", "form": FORM, **REVIEWED, lacking: ""})  # fmt: skip


@pytest.mark.parametrize("reviewer", ["周明", " 周明 ", "周　明"])
def test_whoever_answers_or_made_the_letter_is_not_its_reviewer(office, reviewer):
    case = case_of(office)
    letter.make(case.id, typed(GIVEN), actor=office["handler"], **office["moment"])

    for by in ("handler", "head"):
        with pytest.raises(GuardError, match="审查人不能是拟稿人自己"):
            answer(office, case, by, override="x",
                   basis={"end": "given", "form": FORM, **REVIEWED, "reviewer": reviewer})  # fmt: skip


def test_an_item_that_gives_information_is_not_hidden_in_another_answer(office):
    case = case_of(office)
    told = {"reason": "x", "basis": {"end": "absent", "search_scope": "a", "search_means": "b", "searched_by": "c"},
            "parts": [{"content": "甲", "outcome": "disclosed", "end": "given"}]}  # fmt: skip

    with pytest.raises(GuardError, match="分项中有提供政府信息的"):
        step.take(case.id, Entry("unable_not_held", date(2026, 3, 16), told), actor=office["handler"],
                  override="x", **office["moment"])  # fmt: skip


def test_a_refusal_keeps_its_ground_and_the_answer_of_the_authority_that_was_asked(office):
    """第14—16条, 第17条第3款"""
    case = case_of(office)
    basis = {"end": "internal"}

    with pytest.raises(GuardError, match="缺少“人事管理"):
        answer(office, case, kind=REFUSED, override="x", reason="内部", basis=basis)
    basis |= {"category": "人事管理", "authority": "市国家保密局"}
    with pytest.raises(GuardError, match="该部门的答复"):
        answer(office, case, kind=REFUSED, override="x", reason="内部", basis=basis)
    answer(
        office,
        case,
        kind=REFUSED,
        reason="内部",
        basis={**basis, "authority_answer": "2026年3月10日函复：不予公开"},
    )
    assert case.state == REFUSED.outcome


def test_a_correction_makes_no_unreviewed_disclosure_of_another_answer(office):
    case = case_of(office)
    answer(office, case, kind=REFUSED, reason="内部", basis={"end": "internal", "category": "人事管理"})
    put = {"step": "disclosed", "on": "2026-03-16", "basis": {"end": "given", "form": "纸质"}}
    words = {"replaces": case.entries[-1].seq, "with": put, "reason": "误录"}

    with pytest.raises(GuardError, match="审查人"):
        step.take(
            case.id, Entry("correct", date(2026, 3, 16), words), actor=office["head"], **office["moment"]
        )


def test_where_the_office_signs_here_alone_nothing_else_is_an_answer(office):
    set_practice(sign_off="required")
    case = case_of(office)

    with pytest.raises(GuardError, match="须先在系统中审批签发"):
        answer(office, case, "head", override="x")
    with pytest.raises(InvalidDetailError, match="须先在系统中审批签发"):
        letter.make(case.id, typed(GIVEN), actor=office["head"], **office["moment"])
    signed(office, case)
    answer(office, case)
    assert case.state == "disclosed"


def test_the_stations_are_those_of_the_practice_as_it_was_drafted(office):
    set_practice(sign_off_stations="unit legal head")
    row = submitted(office, case_of(office))
    set_practice(sign_off_stations="head")

    assert row.stations == "unit legal secrecy head"
    say(office, row, "unit", "head")
    for station, by in (("legal", "reviewer"), ("secrecy", "reviewer"), ("head", "head")):
        say(office, row, station, by)
    assert review.stand_of(row)[0] is Stand.SIGNED


@pytest.mark.parametrize("table", ["sign_offs", "sign_off_opinions"])
@pytest.mark.parametrize("act", ["UPDATE {} SET agency_id = agency_id", "DELETE FROM {}"])
def test_what_was_drafted_and_said_is_only_ever_added_to(office, table, act):
    say(office, submitted(office, case_of(office)), "secrecy", "reviewer")

    with pytest.raises(DBAPIError, match="only ever added to"):
        db.session.execute(text(act.format(table)))
    db.session.rollback()


def test_what_waits_for_somebody_is_found_by_as_many_statements_however_much_it_is(office):
    asked = []
    for _round in range(3):
        submitted(office, case_of(office))
        db.session.expire_all()
        with listened(db.engine) as statements:
            assert len(sign_off.mine(office["reviewer"], today=office["moment"]["today"])) == len(asked) + 1
        asked.append(len(statements.asked))

    assert asked[0] == asked[-1]


def test_whose_turn_it_is_is_found_by_as_many_statements_for_more_people(office, person):
    submitted(office, case_of(office))
    asked = []
    for name in ("甲一", "甲二", "甲三"):
        person(name, Role.REVIEWER)
        db.session.expire_all()
        with listened(db.engine) as statements:
            sign_off.mine(office["reviewer"], today=office["moment"]["today"])
        asked.append(len(statements.asked))

    assert asked[0] == asked[-1]
