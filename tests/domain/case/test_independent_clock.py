"""The program's due dates against an implementation that shares nothing with it."""

import json
from datetime import timedelta
from random import Random

import pytest

from tests.independent_clock import Reading, in_force, lawful_history, the_day, told
from tests.rules import always
from tracker.domain.calendar.calendar import shipped
from tracker.services.exchange.exchange import BadLine, due_line, read

HISTORIES = 500
COMPARED = ("state", "due_on", "provisional", "overdue", "next_action_on")


def disagreement(seed):
    """Return what the program and the independent clock say of one history where they differ, else None."""
    random = Random(seed)
    events = lawful_history(random)
    last = max(the_day(event["on"]) for event in events)
    today = last + timedelta(days=random.randrange(-40, 90))
    line = {"number": str(seed), "applicant": {"kind": "business"}, "channel": "in_person", "events": events}
    (case,) = read([json.dumps(line)])
    assert not isinstance(case, BadLine), (case.reason, events)
    ours, theirs = due_line(case, today, shipped(), always()), told(events, today)
    if ours is None or theirs is None:
        return None if ours is theirs else (events, today, ours, theirs)
    same = all(ours[key] == theirs[key] for key in COMPARED) and ours["next_action"] in theirs["next_actions"]
    return None if same else (events, str(today), ours, theirs)


@pytest.mark.parametrize("first", range(0, HISTORIES, 50))
def test_the_clock_agrees_with_one_written_from_the_law_alone(first):
    assert [found for seed in range(first, first + 50) if (found := disagreement(seed))] == []


def test_the_histories_meet_every_state_and_every_step():
    events = [lawful_history(Random(seed)) for seed in range(HISTORIES)]
    steps = {event["step"] for history in events for event in history}

    assert steps >= {"ask_supplement", "receive_supplement", "consult", "end_consultation", "extend", "charge",
                     "pay", "delay", "ask_reasons", "correct", "answer", "withdraw"}  # fmt: skip


def test_the_histories_meet_late_steps_and_both_laws():
    read = [Reading(in_force(lawful_history(Random(seed)))) for seed in range(HISTORIES)]

    assert sum(case.missed is not None for case in read) > HISTORIES // 20
    assert sum(case.old for case in read) > HISTORIES // 10
    assert any(case.old and case.missed for case in read)
