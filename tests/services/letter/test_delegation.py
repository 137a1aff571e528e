"""Signing for somebody who is away: from a day to a day, at some stations, along no chain that leads back."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.letters import set_up, typed, worked
from tracker.domain.errors import InvalidDetailError, NotPermittedError
from tracker.domain.letter import index
from tracker.domain.permission import Role
from tracker.models.base import db
from tracker.services.letter import delegation, sign_off
from tracker.services.office import user
from tracker.services.office.actor import Actor

GIVEN = index.BY_KEY["disclosed.given"]
DAY = date(2026, 3, 16)


@pytest.fixture
def office(app, agency_id, clock):
    set_up()

    def person(name: str, *roles: Role) -> Actor:
        words = {"login": f"u-{name}", "name": name, "roles": roles, "now": clock(), "email": "a@example.org"}
        row, _once = user.create_by_command(agency_id=agency_id, **words)
        return Actor(name, frozenset(roles), agency_id, user_id=row.id)

    return {
        "handler": person("周明", Role.HANDLER, Role.REGISTRAR),
        "reviewer": person("何法", Role.REVIEWER),
        "head": person("陈立", Role.HEAD),
        "registrar": person("林静", Role.REGISTRAR),
        "auditor": person("许审", Role.AUDITOR),
        "moment": {"today": clock.today, "now": clock()},
    }


def give(office, principal, deputy, *stations, by=None, first=DAY, last=DAY):
    return delegation.give(
        office[principal].user_id, office[deputy].user_id, stations or ["head"], first, last, "出差",
        actor=office[by or principal], **office["moment"],
    )  # fmt: skip


def waiting_for_the_head(office, by="handler"):
    case = worked(
        GIVEN, by=replace(office["head"], roles=frozenset({Role.HEAD, Role.REGISTRAR})), **office["moment"]
    )
    row = sign_off.submit(case.id, typed(GIVEN), note="", actor=office[by], **office["moment"])
    return say(office, row, "secrecy", "reviewer")


def say(office, row, station, by):
    return sign_off.sign(row.id, station, "agreed", "", actor=office[by], **office["moment"])


def test_a_deputy_is_asked_signs_and_is_named_with_the_one_in_whose_place(office):
    give(office, "head", "registrar")
    row = waiting_for_the_head(office)

    assert [turn.row.id for turn in sign_off.mine(office["registrar"], today=DAY)] == [row.id]
    assert sign_off.mine(office["head"], today=DAY) == []
    say(office, row, "head", "registrar")
    assert (row.opinions[-1].signed_by, row.opinions[-1].for_name) == ("林静", "陈立")


def test_a_chain_of_deputies_reaches_its_end_and_an_ended_link_breaks_it_at_once(office):
    give(office, "head", "reviewer")
    second = give(office, "reviewer", "registrar")
    row = waiting_for_the_head(office)
    assert [turn.in_place_of for turn in sign_off.mine(office["registrar"], today=DAY)] == ["陈立"]

    delegation.end(second.id, actor=office["reviewer"], **office["moment"])
    with pytest.raises(NotPermittedError):
        say(office, row, "head", "registrar")
    say(office, row, "head", "reviewer")


def test_nobody_signs_his_own_draft_as_somebody_elses_deputy(office):
    give(office, "head", "handler")
    row = waiting_for_the_head(office)

    with pytest.raises(NotPermittedError):
        say(office, row, "head", "handler")
    assert [turn.row.id for turn in sign_off.mine(office["head"], today=DAY)] == [row.id]


def test_a_head_who_drafted_is_not_signed_for_by_his_deputy(office):
    give(office, "head", "registrar")

    with pytest.raises(InvalidDetailError, match="没有人可以签“负责人意见”"):
        waiting_for_the_head(office, by="head")


@pytest.mark.parametrize("day", [DAY - timedelta(days=1), DAY + timedelta(days=2)])
def test_a_deputy_signs_on_the_days_of_the_delegation_alone(office, day):
    give(office, "head", "registrar", last=DAY + timedelta(days=1))
    row = waiting_for_the_head(office)

    with pytest.raises(NotPermittedError):
        sign_off.sign(
            row.id, "head", "agreed", "", actor=office["registrar"], today=day, now=office["moment"]["now"]
        )


def test_a_delegation_that_leads_back_is_refused(office):
    give(office, "head", "reviewer", "head", "secrecy")
    give(office, "reviewer", "registrar", "head")

    with pytest.raises(InvalidDetailError, match="转回委托人"):
        give(office, "registrar", "head", "head")
    give(office, "registrar", "head", "secrecy")
    with pytest.raises(InvalidDetailError, match="不能委托本人"):
        give(office, "head", "head")


@pytest.mark.parametrize(
    ("first", "last"),
    [(DAY - timedelta(days=1), DAY), (DAY + timedelta(days=1), DAY), (DAY, DAY + timedelta(days=400))],
)
def test_days_that_are_none_are_refused(office, first, last):
    with pytest.raises(InvalidDetailError, match="委托的日期"):
        give(office, "head", "registrar", first=first, last=last)


def test_who_gives_for_somebody_else_is_the_head_and_never_to_himself(office):
    with pytest.raises(NotPermittedError):
        give(office, "reviewer", "registrar", by="handler")
    with pytest.raises(InvalidDetailError, match="委托给自己"):
        give(office, "reviewer", "head", by="head")
    give(office, "reviewer", "registrar", "secrecy", by="head")


def test_who_only_reads_is_nobodys_deputy(office):
    with pytest.raises(InvalidDetailError, match="角色不能签批"):
        give(office, "head", "auditor")


def test_a_deputy_of_somebody_who_lost_the_role_signs_nothing(office, clock):
    give(office, "reviewer", "registrar", "secrecy")
    case = worked(
        GIVEN, by=replace(office["head"], roles=frozenset({Role.HEAD, Role.REGISTRAR})), **office["moment"]
    )
    row = sign_off.submit(case.id, typed(GIVEN), note="", actor=office["handler"], **office["moment"])
    words = {"name": "何法", "email": "", "unit_id": None, "roles": [Role.AUDITOR], "active": True}
    boss = replace(office["head"], roles=frozenset({Role.ADMINISTRATOR}))
    user.create_by_command(
        agency_id=boss.agency_id, login="adm", name="管", roles=[Role.ADMINISTRATOR], now=clock()
    )
    user.update(office["reviewer"].user_id, actor=boss, now=clock(), **words)

    with pytest.raises(NotPermittedError):
        say(office, row, "secrecy", "registrar")


@pytest.mark.parametrize("table", ["delegations", "delegation_ends"])
@pytest.mark.parametrize("act", ["UPDATE {} SET {} = {}", "DELETE FROM {}"])
def test_who_signed_for_whom_is_only_ever_added_to(office, table, act):
    row = give(office, "head", "registrar")
    delegation.end(row.id, actor=office["head"], **office["moment"])
    key = "id" if table == "delegations" else "delegation_id"

    with pytest.raises(DBAPIError, match="only ever added to"):
        db.session.execute(text(act.format(table, key, key)))
    db.session.rollback()
