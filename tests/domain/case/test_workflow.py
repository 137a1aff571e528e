"""Every step from every state: taken or refused as the table of the handbook says."""

import pytest

from tracker.domain.case import workflow
from tracker.domain.case.workflow import BY_NAME, STEPS, advance, is_open, needs_accept, steps_from
from tracker.domain.errors import StepNotAllowedError
from tracker.domain.permission import Action, Role

R, S, P, A = "received", "supplement", "processing", "awaiting_payment"
WORKING = (R, S, P, A)
SAME = "same"

ANSWERS = (
    "disclosed",
    "partially_disclosed",
    "refused_state_secret",
    "refused_prohibited_by_law",
    "refused_safety_and_stability",
    "refused_third_party_rights",
    "refused_internal_affairs",
    "refused_process_information",
    "refused_enforcement_file",
    "refused_administrative_query",
    "unable_not_held",
    "unable_needs_creation",
    "not_processed_petition",
    "not_processed_repeat",
    "not_processed_publication",
    "not_processed_excessive",
    "not_processed_confirmation",
)
ENDS = (
    *ANSWERS,
    "unable_still_unclear",
    "closed_supplement_lapsed",
    "closed_fee_lapsed",
    "closed_other",
)
STATES = (*WORKING, *ENDS, "carried_forward")

TABLE = {  # step: the states it may be taken from, the state it leads to, the article
    "accept": ((R,), P, "第33条"),
    "ask_supplement": ((R, P), S, "第30条"),
    "receive_supplement": ((S,), P, "第30条"),
    "consult": ((P,), SAME, "第32、34条"),
    "end_consultation": (WORKING, SAME, "第32、33、34条"),
    "extend": ((P,), SAME, "第33条第2款"),
    "charge": ((P,), A, "第42条"),
    "pay": ((A,), P, "109号"),
    "ask_reasons": ((P,), SAME, "第35条"),
    "give_reasons": ((P,), SAME, "第35条"),
    "delay": ((P,), SAME, "第35条"),
    "assign": (WORKING, SAME, "第45条"),
    "withdraw": (WORKING, "closed_other", "未规定"),
    "carry_forward": (WORKING, "carried_forward", "第50条"),
    **{code: ((R, P), code, "第") for code in ANSWERS},
    "not_processed_confirmation": ((R, P), "not_processed_confirmation", "30号"),
    "unable_still_unclear": ((P,), "unable_still_unclear", "第30条"),
    "closed_supplement_lapsed": ((S,), "closed_supplement_lapsed", "第30条"),
    "closed_fee_lapsed": ((A,), "closed_fee_lapsed", "109号"),
    "closed_other": (WORKING, "closed_other", "30号"),
}


def reached(state, step):
    try:
        return advance(state, step)
    except StepNotAllowedError:
        return "refused"


def test_the_steps_are_those_of_the_table_each_once():
    assert sorted(step.name for step in STEPS) == sorted(TABLE)


@pytest.mark.parametrize("step", TABLE)
def test_from_every_state_the_step_is_taken_or_refused_as_the_table_says(step):
    sources, dest, _ = TABLE[step]
    expected = dict.fromkeys(STATES, "refused")
    expected |= {state: state if dest == SAME else dest for state in sources}

    assert {state: reached(state, step) for state in STATES} == expected


@pytest.mark.parametrize("step", TABLE)
def test_every_step_names_its_article_and_is_labelled_in_chinese(step):
    found = BY_NAME[step]

    assert TABLE[step][2].removeprefix("第") in found.law
    assert workflow.step_label(step) == found.label
    assert any("一" <= letter <= "鿿" for letter in found.label)


def test_every_state_can_be_reached_from_receipt_and_every_open_one_can_end():
    seen, queue = {R}, [R]
    while queue:
        state = queue.pop()
        after = {reached(state, step) for step in TABLE} - {"refused"} - seen
        seen |= after
        queue += after

    assert seen == set(STATES)
    assert all(any(reached(state, end) == end for end in ENDS) for state in WORKING)


def test_a_step_that_does_not_exist_is_refused_by_its_name():
    with pytest.raises(StepNotAllowedError, match="teleport"):
        advance(R, "teleport")


def test_a_refusal_says_the_state_the_step_and_where_it_is_possible():
    with pytest.raises(StepNotAllowedError) as refusal:
        advance(R, "pay")

    assert str(refusal.value) == "案件处于“已收到”，不能“收到缴费”；这一步只能在“待缴费”时进行。"


def test_a_refusal_after_the_end_names_the_outcome():
    with pytest.raises(StepNotAllowedError, match=r"（一）予以公开.*不能“延长期限”"):
        advance("disclosed", "extend")


@pytest.mark.parametrize("step", TABLE)
def test_a_request_is_accepted_first_by_a_step_that_only_processing_allows(step):
    sources = TABLE[step][0]

    assert needs_accept(R, step) is (R not in sources and P in sources)
    assert not any(needs_accept(state, step) for state in (S, P, A, "disclosed"))


def test_an_unknown_step_accepts_nothing():
    assert not needs_accept(R, "teleport")


@pytest.mark.parametrize("state", STATES)
def test_only_the_working_states_are_open(state):
    assert is_open(state) is (state in WORKING)


@pytest.mark.parametrize(
    ("state", "label"),
    [
        (R, "已收到"),
        (S, "待补正"),
        (P, "办理中"),
        (A, "待缴费"),
        ("carried_forward", "结转下年度继续办理"),
        ("void", "已作废"),
        ("refused_state_secret", "1.属于国家秘密"),
    ],
)
def test_a_state_is_named_in_the_words_of_the_office(state, label):
    assert workflow.label(state) == label


@pytest.mark.parametrize(
    ("entry", "label"), [("receive", "收到申请"), ("correct", "更正"), ("recompute", "期限重算")]
)
def test_entries_that_are_no_steps_have_names_too(entry, label):
    assert workflow.step_label(entry) == label


REGISTERED = {"receive_supplement", "pay"}  # by a registrar too
HEAD_ONLY = {"extend", "delay"}  # 第33条第2款, 第35条
UNDECIDED = {"assign"}  # no text says who; asked in no test


@pytest.mark.parametrize(
    ("role", "offered"),
    [
        (Role.REGISTRAR, REGISTERED),
        (Role.HANDLER, set(TABLE) - HEAD_ONLY - {"carry_forward"}),
        (Role.HEAD, set(TABLE) - {"carry_forward"}),
        (Role.REVIEWER, set()),
        (Role.AUDITOR, set()),
        (Role.ADMINISTRATOR, set()),
        (Role.SYSTEM, set(TABLE)),
    ],
)
@pytest.mark.parametrize("state", WORKING)
def test_a_page_offers_what_the_state_and_the_role_allow(state, role, offered):
    possible = {step for step, (sources, _, _) in TABLE.items() if state in sources}
    possible |= {step for step in TABLE if needs_accept(state, step)}

    found = {step.name for step in steps_from(state, [role])}

    assert found - UNDECIDED == (offered & possible) - UNDECIDED


def test_one_person_with_two_roles_is_offered_what_either_allows():
    both = {step.name for step in steps_from(S, iter([Role.REGISTRAR, Role.HEAD]))}

    assert {"receive_supplement", "closed_supplement_lapsed"} <= both


@pytest.mark.parametrize("end", [*ENDS, "carried_forward", "void"])
def test_nothing_is_offered_after_the_end(end):
    assert steps_from(end, [Role.SYSTEM]) == []


def test_only_the_outcomes_are_outcomes_and_they_ask_leave_to_answer():
    outcomes = [step for step in STEPS if step.is_outcome]

    assert {step.name for step in outcomes} == set(ENDS)
    assert {step.action for step in outcomes} == {Action.ANSWER}
