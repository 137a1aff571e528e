"""The sign-off of a draft: its stations (第17条), where a round stands, and that nobody signs what he drafted."""

from datetime import date
from itertools import chain, combinations, product

import pytest

from tracker.domain.case.sign_off import (
    LEAVE,
    Delegation,
    Signatory,
    Stand,
    Station,
    asked,
    closes_loop,
    gives_unreviewed,
    is_reviewed,
    signers,
    standing,
    stations_for,
    stations_of,
)
from tracker.domain.permission import PEOPLE, Action, Role, may

DAY = date(2026, 3, 16)
ALL = frozenset(Station)
ROLE_SETS = [frozenset(held) for size in range(1, len(PEOPLE) + 1) for held in combinations(PEOPLE, size)]


def subsets(members):
    return chain.from_iterable(combinations(members, size) for size in range(len(members) + 1))


def delegated(principal, deputy, stations=ALL, first=DAY, last=DAY):
    return Delegation(principal, deputy, frozenset(stations), first, last)


def test_nobody_signs_his_own_draft_under_any_roles_and_any_delegations():
    """Every set of roles of the drafter × every set of delegations among three people × every station."""
    ways = [(a, b) for a in range(3) for b in range(3) if a != b]
    networks = [tuple(delegated(a, b) for a, b in some) for some in subsets(ways)]
    others = [frozenset({Role.REVIEWER}), frozenset({Role.HEAD}), frozenset({Role.HANDLER, Role.REVIEWER})]
    tried = 0
    for own, second, third in product(ROLE_SETS, others, others):
        people = {i: Signatory(i, roles) for i, roles in enumerate((own, second, third))}
        for network, station in product(networks, Station):
            found = signers(
                station, people, unit_id=None, drafters=frozenset({0}), delegations=network, on=DAY
            )
            tried += 1
            assert 0 not in found
            assert all(0 not in in_place_of for in_place_of in found.values())
    assert tried == len(ROLE_SETS) * len(others) ** 2 * 2 ** len(ways) * len(Station)


def test_whoever_drafted_an_earlier_round_signs_no_later_one():
    people = {i: Signatory(i, frozenset({Role.HEAD})) for i in range(3)}

    for drafters in map(frozenset, subsets(range(3))):
        found = signers(Station.HEAD, people, unit_id=None, drafters=drafters)
        assert set(found) == set(range(3)) - drafters


@pytest.mark.parametrize("station", Station)
@pytest.mark.parametrize("roles", ROLE_SETS)
def test_who_signs_in_his_own_right_has_the_leave_of_the_station(station, roles):
    found = signers(station, {1: Signatory(1, roles)}, unit_id=None, drafters=frozenset())

    assert bool(found) is may(roles, LEAVE[station])


def test_a_deputy_signs_along_a_chain_on_the_days_and_at_the_stations_that_he_was_given():
    people = {
        1: Signatory(1, frozenset({Role.HEAD})),
        2: Signatory(2, frozenset({Role.HANDLER})),
        3: Signatory(3, frozenset({Role.REGISTRAR})),
        4: Signatory(4, frozenset({Role.AUDITOR})),
    }
    given = [delegated(1, 2), delegated(2, 3, {Station.HEAD}), delegated(1, 4)]

    def found(station, on=DAY):
        return signers(station, people, unit_id=None, drafters=frozenset(), delegations=given, on=on)

    assert found(Station.HEAD) == {1: (), 2: (1,), 3: (1, 2)}  # an auditor only reads
    assert found(Station.SECRECY) == {1: (), 2: (1,)}
    assert found(Station.HEAD, date(2026, 3, 17)) == {1: ()}
    assert asked(Station.HEAD, people, found(Station.HEAD)) == [3]


def test_a_draft_of_a_deputy_is_not_signed_along_a_chain_through_him():
    people = {i: Signatory(i, frozenset({Role.HEAD if i == 1 else Role.HANDLER})) for i in (1, 2, 3)}
    given = [delegated(1, 2), delegated(2, 3)]

    found = signers(Station.HEAD, people, unit_id=None, drafters=frozenset({2}), delegations=given, on=DAY)
    assert found == {1: ()}


def test_an_own_unit_signs_where_its_case_is_handled_and_the_head_stands_in():
    handler = frozenset({Role.HANDLER})
    people = {
        1: Signatory(1, handler, 7),
        2: Signatory(2, handler, 8),
        3: Signatory(3, frozenset({Role.HEAD})),
    }

    found = signers(Station.UNIT, people, unit_id=7, drafters=frozenset())
    assert set(found) == {1, 3}
    assert asked(Station.UNIT, people, found) == [1]
    alone = signers(Station.UNIT, people, unit_id=7, drafters=frozenset({1}))
    assert asked(Station.UNIT, people, alone) == [3]


def test_a_delegation_that_leads_back_on_any_of_its_days_closes_a_loop():
    later = date(2026, 3, 20)
    given = [delegated(1, 2, last=later), delegated(2, 3, {Station.HEAD}, first=later, last=later)]

    assert closes_loop(delegated(2, 1), given)
    assert closes_loop(delegated(3, 1, {Station.HEAD}, last=later), given)
    assert not closes_loop(delegated(3, 1, {Station.HEAD}), given)
    assert not closes_loop(delegated(3, 1, {Station.LEGAL}, last=later), given)
    assert closes_loop(delegated(1, 1), [])


@pytest.mark.parametrize("network", list(subsets([(a, b) for a in range(3) for b in range(3) if a != b])))
def test_a_loop_that_is_there_anyway_ends_and_gives_nobody_more(network):
    people = {0: Signatory(0, frozenset({Role.HEAD})), 1: Signatory(1, frozenset({Role.HANDLER})),
              2: Signatory(2, frozenset({Role.HANDLER}))}  # fmt: skip
    given = [delegated(a, b) for a, b in network]

    found = signers(Station.HEAD, people, unit_id=None, drafters=frozenset(), delegations=given, on=DAY)
    assert found[0] == ()
    assert all(len(set(way)) == len(way) for way in found.values())


# -- stations -------------------------------------------------------------------------------------------


def test_the_secrecy_review_of_what_is_given_cannot_be_left_out():
    """第17条"""
    assert stations_for("head", "disclosed", "given") == (Station.SECRECY, Station.HEAD)
    assert stations_for("unit head", "partially_disclosed", "separated") == (
        Station.UNIT, Station.SECRECY, Station.HEAD,
    )  # fmt: skip
    assert stations_for("head", "disclosed", "published") == (Station.HEAD,)
    assert stations_for("legal head", "refused_state_secret", "secret") == (Station.LEGAL, Station.HEAD)
    assert stations_for("head", "", "") == (Station.HEAD,)


@pytest.mark.parametrize("text", ["", "secrecy", "head legal", "head head", "head boss"])
def test_stations_end_with_the_head_and_are_each_there_once(text):
    with pytest.raises(ValueError, match=r"stations|boss"):
        stations_of(text)


def test_an_item_that_gives_information_is_no_part_of_an_answer_without_review():
    assert is_reviewed("disclosed", "told")
    assert gives_unreviewed("unable_not_held", [("disclosed", "")])
    assert not gives_unreviewed("unable_not_held", [("disclosed", "published"), ("unable_not_held", "")])
    assert not gives_unreviewed("partially_disclosed", [("disclosed", "given")])


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ([], (Stand.PENDING, Station.LEGAL)),
        ([("legal", "agreed")], (Stand.PENDING, Station.HEAD)),
        ([("legal", "agreed"), ("head", "agreed")], (Stand.SIGNED, None)),
        ([("legal", "returned")], (Stand.RETURNED, None)),
        ([("legal", "returned"), ("drafter", "withdrawn")], (Stand.WITHDRAWN, None)),
        ([("legal", "agreed"), ("drafter", "withdrawn")], (Stand.WITHDRAWN, None)),
    ],
)
def test_a_round_stands_where_its_opinions_leave_it(said, expected):
    assert standing(["legal", "head"], said) == expected


def test_only_who_works_with_cases_signs_at_all():
    assert {role for role in PEOPLE if may([role], Action.SIGN)} == set(PEOPLE) - {
        Role.AUDITOR, Role.ADMINISTRATOR,
    }  # fmt: skip
