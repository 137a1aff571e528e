"""Asking for a step that only another role may take: who is told, what is open, how it ends."""

from datetime import date

import pytest
from sqlalchemy import select

from tests.letters import worked
from tracker.domain.case.event import Entry
from tracker.domain.errors import InvalidDetailError, NotFoundError, NotPermittedError
from tracker.domain.letter import index
from tracker.domain.permission import Role
from tracker.models.base import db
from tracker.models.outbox import Message
from tracker.services.case import ask, step
from tracker.services.office import user
from tracker.services.office.actor import Actor


@pytest.fixture
def office(app, agency_id, clock):
    def person(name: str, *roles: Role) -> Actor:
        words = {"login": f"u-{name}", "name": name, "roles": roles, "now": clock(), "email": "a@example.org"}
        row, _once = user.create_by_command(agency_id=agency_id, **words)
        return Actor(name, frozenset(roles), agency_id, user_id=row.id)

    people = {
        "handler": person("周明", Role.HANDLER, Role.REGISTRAR),
        "head": person("陈立", Role.HEAD),
        "reviewer": person("何法", Role.REVIEWER),
        "auditor": person("许审", Role.AUDITOR),
        "moment": {"today": clock.today, "now": clock()},
    }
    case = worked(index.BY_KEY["disclosed.given"], by=people["handler"], **people["moment"])
    step.take(case.id, Entry("accept", date(2026, 3, 3), {}), actor=people["handler"], **people["moment"])
    return {**people, "case": case}


def asked(office, name="extend", by="handler"):
    return ask.ask(office["case"].id, name, "对方未回函", actor=office[by], **office["moment"])


def others(office, who):
    return {
        one.step: one for one in ask.of_others(office["case"], step.standing(office["case"]), office[who])
    }


def test_a_clerk_sees_what_only_the_head_may_do_and_who_that_is(office):
    assert {name: one.people for name, one in others(office, "handler").items()} == {
        "extend": ["陈立"],
        "delay": ["陈立"],
    }
    assert others(office, "head") == {}
    assert others(office, "auditor") == {}
    seen = others(office, "reviewer")
    assert seen["answer"].people == ["周明", "陈立"]
    assert seen["assign"].people == ["周明", "陈立"]


def test_who_may_is_written_to_and_finds_it_on_the_worklist_until_the_step_is_taken(office, clock):
    row = asked(office)

    assert [each.id for each in ask.mine(office["head"])] == [row.id]
    assert ask.mine(office["handler"]) == ask.mine(office["reviewer"]) == []
    mail = db.session.scalars(select(Message)).all()
    assert [(each.name, each.title) for each in mail] == [
        ("陈立", f"{office['case'].number} 周明请您办理：延长期限")
    ]
    clock.forward(minutes=1)
    words = {"days": 5, "reason": "对方未回函", "approved_by": "陈立"}
    step.take(office["case"].id, Entry("extend", date(2026, 3, 16), words), actor=office["head"],
              today=clock.today, now=clock())  # fmt: skip
    assert ask.mine(office["head"]) == []


def test_what_is_asked_for_is_not_asked_twice_and_is_declined_with_a_reason(office):
    row = asked(office)
    with pytest.raises(InvalidDetailError, match="周明已于2026-03-16请求办理"):
        asked(office)
    with pytest.raises(InvalidDetailError, match="写明理由"):
        ask.decline(row.id, " ", actor=office["head"], now=office["moment"]["now"])
    with pytest.raises(NotPermittedError):
        ask.decline(row.id, "x", actor=office["reviewer"], now=office["moment"]["now"])
    ask.decline(row.id, "期限足够", actor=office["head"], now=office["moment"]["now"])

    assert ask.mine(office["head"]) == []
    assert asked(office).id != row.id


def test_one_s_own_step_and_what_is_none_are_not_asked_for(office):
    with pytest.raises(InvalidDetailError, match="您自己就可以办理"):
        asked(office, "ask_supplement")
    with pytest.raises(InvalidDetailError, match="现在不能办理"):
        asked(office, "pay", "reviewer")
    for name in ("nonsense", "disclosed"):
        with pytest.raises(NotFoundError):
            asked(office, name)


def test_an_answer_that_was_asked_for_is_over_once_the_case_is_closed(office):
    asked(office, "answer", "reviewer")
    assert len(ask.mine(office["head"])) == len(ask.mine(office["handler"])) == 1
    step.take(
        office["case"].id,
        Entry("withdraw", date(2026, 3, 16), {}),
        actor=office["handler"],
        **office["moment"],
    )

    assert ask.mine(office["head"]) == []
