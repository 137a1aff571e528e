"""Who may what, against a table of its own."""

import pytest

from tracker.domain.permission import ACTION_LABELS, GRANTS, PEOPLE, Action, Role, may, own_unit_only

TABLE = {
    "signed_in": {"registrar", "handler", "reviewer", "head", "auditor", "administrator"},
    "read": {"registrar", "handler", "reviewer", "head", "auditor"},
    "register": {"registrar", "handler", "head"},
    "note": {"registrar", "handler", "reviewer", "head"},
    "handle": {"handler", "head"},
    "answer": {"handler", "head"},
    "extend": {"head"},  # 第33条第2款: 经政府信息公开工作机构负责人同意
    "correct": {"head"},
    "import": {"registrar", "head"},
    "report": {"registrar", "head"},
    "publish": {"head"},
    "letters": {"head"},
    "rollup": {"head", "auditor"},
    "opinion": {"reviewer", "head"},
    "approve": {"head"},
    "sign": {"registrar", "handler", "reviewer", "head"},
    "office": {"administrator", "head"},
    "practice": {"administrator", "head"},
    "archive": {"registrar", "head"},
    "unseal": {"head"},
    "personal": {"registrar", "head"},
    "settings": {"administrator"},
    "users": {"administrator"},
    "jobs": {"administrator"},
    "outbox": {"administrator"},
    "calendar": {"administrator", "head"},
    "audit": {"administrator", "auditor"},
    "close_year": set(),  # the year closes by itself: no person
}


def test_every_action_is_in_the_table_and_granted_nowhere_else():
    assert {action.value for action in Action} == {action.value for action in GRANTS} == set(TABLE)


@pytest.mark.parametrize("action", Action)
def test_a_role_may_what_the_table_says_and_nothing_more(action):
    assert {role.value for role in PEOPLE if may([role], action)} == TABLE[action.value]


@pytest.mark.parametrize("action", Action)
def test_an_import_or_a_job_may_everything_and_nobody_nothing(action):
    assert may([Role.SYSTEM], action)
    assert not may([], action)


@pytest.mark.parametrize("action", Action)
def test_two_roles_may_what_either_may(action):
    both = may(iter([Role.REVIEWER, Role.ADMINISTRATOR]), action)

    assert both is bool({"reviewer", "administrator"} & TABLE[action.value])


def test_an_administrator_touches_no_case():
    cases = [Action.READ, Action.REGISTER, Action.HANDLE, Action.ANSWER, Action.EXTEND, Action.CORRECT]

    assert [action for action in cases if may([Role.ADMINISTRATOR], action)] == []


@pytest.mark.parametrize(
    ("roles", "own_unit"),
    [
        ([Role.HANDLER], True),
        ([Role.HANDLER, Role.ADMINISTRATOR], True),
        ([Role.HANDLER, Role.REGISTRAR], False),
        ([Role.HANDLER, Role.AUDITOR], False),
        ([Role.REVIEWER], False),
        ([Role.HEAD], False),
        ([Role.SYSTEM], False),
    ],
)
def test_a_handler_alone_sees_the_cases_of_the_own_unit(roles, own_unit):
    assert own_unit_only(roles) is own_unit


def test_roles_and_actions_are_named_in_chinese_and_system_is_no_person():
    assert len({role.label for role in Role}) == len(Role)
    assert set(ACTION_LABELS) == set(Action)
    assert set(PEOPLE) == set(Role) - {Role.SYSTEM}
