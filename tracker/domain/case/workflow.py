"""The workflow of a case, declared as data.

STEPS is the only list of moves there is. The state machine, the buttons, the permission asked
for, the forms, the diagram in the handbook and the tests are all read from it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache

from transitions import Machine, MachineError

from tracker.domain import misfit
from tracker.domain.case.fee import WAYS
from tracker.domain.case.outcome import BY_CODE, FINAL, OUTCOMES
from tracker.domain.case.state import (
    AWAITING_PAYMENT,
    CARRIED_FORWARD,
    LABELS,
    PROCESSING,
    RECEIVED,
    SUPPLEMENT,
    VOID,
    WORKING,
)
from tracker.domain.case.step_field import CLOSING, OPINIONS, REASON, UNKNOWN, StepField
from tracker.domain.errors import StepNotAllowedError
from tracker.domain.law import law, party
from tracker.domain.message import Spoken, joined
from tracker.domain.permission import Action, Role, may

SAME = None  # the step is recorded and the state stays: what changes is the clock


@dataclass(frozen=True, slots=True)
class Step(Spoken):
    """A move: ``name`` from any of ``sources`` to ``dest``, asking for ``action``.

    on_words: which day the legal day of the step is. effect: what it does to the clock.
    fields:   what its form asks for and its entry keeps.
    """

    name: str
    sources: tuple[str, ...]
    dest: str | None
    action: Action
    label: str
    law: str
    on_words: str = "日期"
    effect: str = ""
    fields: tuple[StepField, ...] = ()

    @property
    def is_outcome(self) -> bool:
        return self.name in BY_CODE


_ANEW = f"自次日起重新计算{law.newest().reply.days}个工作日"
_STOPS = "答复送达即停止计时（国办公开办函〔2016〕235号）。"

STEPS = (
    Step(
        "accept", (RECEIVED,), PROCESSING, Action.HANDLE, "受理", "条例第33条", "受理日期",
        "不改变答复期限：期限自收到申请之日的次日起算。",
    ),
    Step(
        "ask_supplement", (RECEIVED, PROCESSING), SUPPLEMENT, Action.HANDLE, "告知补正", "条例第30条",
        "补正告知书发出日期", f"期限停止；收到补正后{_ANEW}。期限已经届满的，不使它恢复。",
        (
            StepField("items", "需要补正的内容（一次性告知）", "area", required=True),
            StepField(
                "deadline_on", "补正期限", "day", required=True, needed=True, ahead=True,
                hint="条例只要求“合理的补正期限”，长短由本机关定（实务）。",
            ),
            StepField("received_on", "申请人收到补正告知书日期", "day", hint=UNKNOWN),
        ),
    ),
    Step(
        "receive_supplement", (SUPPLEMENT,), PROCESSING, Action.REGISTER, "收到补正", "条例第30条",
        "收到补正日期", f"收到补正之日的{_ANEW}；补正告知发出时期限已经届满的，仍按原期限计为超期。",
    ),
    Step(
        "consult", (PROCESSING,), SAME, Action.HANDLE, "征求意见", "条例第32、34条",
        "征求意见书发出日期", "征求意见所需时间不计入答复期限（第33条第3款）；期限已经届满的，不使它恢复。",
        (
            StepField(
                "party", "征求对象", "choice", required=True, needed=True, choices=party.LABELS,
                hint="共同制作机关是一同制作该信息的机关，逾期不答复视为同意公开；"
                "其他机关、保密行政管理部门不答复不视为同意。",
            ),
            StepField("name", "对象名称", required=True, needed=True),
            StepField("received_on", "对方收到日期", "day", hint=UNKNOWN),
        ),
    ),
    Step(
        "end_consultation", WORKING, SAME, Action.HANDLE, "征求意见结束", "条例第32、33、34条",
        "收到意见日期", "自次日起恢复计算答复期限。",
        (
            StepField(
                "consultation", "哪一次征求意见", "consultation", required=True, needed=True,
                keys=("party", "name"),
            ),
            StepField(
                "opinion", "意见", "choice", required=True, choices=OPINIONS,
                hint="逾期未答复：第三方的由本机关决定（第32条），只有共同制作机关的视为同意公开（第34条）；"
                "其他机关的由本机关决定。",
            ),
            REASON,
        ),
    ),
    Step(
        "extend", (PROCESSING,), SAME, Action.EXTEND, "延长期限", "条例第33条第2款",
        "延期告知书发出日期",
        f"答复期限顺延，合计最多{law.newest().extension.days}个工作日；应当在期限届满前告知（实务）。",
        (
            StepField(
                "days", "延长的工作日数", "whole", required=True, needed=True,
                hint="1至20，同一期限内合计最多20。",
            ),
            StepField("reason", "延期理由", "area", required=True),
            StepField("approved_by", "批准人（政府信息公开工作机构负责人）", required=True),
        ),
    ),
    Step(
        "charge", (PROCESSING,), AWAITING_PAYMENT, Action.HANDLE, "收费通知",
        "条例第42条、国办函〔2020〕109号",
        "收费通知发出日期", f"期限停止；缴费后{_ANEW}。期限已经届满的，不使它恢复。",
        (
            StepField("received_on", "申请人收到通知日期", "day", hint=UNKNOWN),
            StepField("way", "计收方式", "choice", hint="一件申请只选一种（109号第3条）。", choices=WAYS),
            StepField("count", "件数或者页数", "whole", hint="按件：本件拆分后的件数；按量：页数。"),
            StepField("amount", "金额（元）", required=True, hint="可以不收或者少收，不能超过标准。"),
            REASON,
        ),
    ),
    Step(
        "pay", (AWAITING_PAYMENT,), PROCESSING, Action.REGISTER, "收到缴费", "国办函〔2020〕109号",
        "足额缴费日期", f"缴费之日的{_ANEW}；收费通知发出时期限已经届满的，仍按原期限计为超期。",
        (StepField("amount", "金额（元）"),),
    ),
    Step(
        "ask_reasons", (PROCESSING,), SAME, Action.HANDLE, "要求说明理由", "条例第35条",
        "说明理由告知书发出日期", "条例未规定停止计时，期限照常计算（实务）。",
        (StepField("deadline_on", "说明理由的期限", "day", ahead=True), REASON),
    ),
    Step(
        "give_reasons", (PROCESSING,), SAME, Action.HANDLE, "收到说明理由", "条例第35条",
        "收到理由日期", "期限照常计算。",
        (REASON,),
    ),
    Step(
        "delay", (PROCESSING,), SAME, Action.EXTEND, "确定延迟答复期限", "条例第35条",
        "延迟答复告知日期",
        "以告知的合理期限代替原期限；须先要求并收到说明的理由，期限已经届满的，不使它恢复。",
        (
            StepField(
                "until_on", "延迟答复至", "day", required=True, needed=True, ahead=True,
                hint="应当晚于现在的答复期限。",
            ),
            StepField("reason", "认定申请人的理由合理、需要延迟的情况", "area", required=True),
        ),
    ),
    Step(
        "assign", WORKING, SAME, Action.REGISTER, "转办", "条例第45条", "转办日期", "内部转办不影响期限。",
        (
            StepField("unit", "承办单位", "unit", required=True),
            StepField("handler", "承办人", "handler"),
        ),
    ),
    Step(
        "withdraw", WORKING, "closed_other", Action.HANDLE, "申请人撤回", "条例未规定（实务：书面撤回）",
        "收到书面撤回日期", "结案，计入（六）3.其他。",
        (REASON,),
    ),
    Step("carry_forward", WORKING, CARRIED_FORWARD, Action.CLOSE_YEAR, "结转下年度", "条例第50条"),
    *(
        Step(
            o.code, o.sources, o.code, Action.ANSWER, o.label, o.law, "送达日期", _STOPS,
            (*CLOSING, replace(REASON, required=o.needs_reason)),
        )
        for o in OUTCOMES
    ),
)  # fmt: skip

BY_NAME = {step.name: step for step in STEPS}

MACHINE = Machine(
    model=None,
    states=[*WORKING, *({"name": code, "final": True} for code in (*FINAL, CARRIED_FORWARD))],
    transitions=[{"trigger": step.name, "source": list(step.sources), "dest": step.dest} for step in STEPS],
    initial=RECEIVED,
    auto_transitions=False,
)


@dataclass(slots=True)
class Position:
    """What the machine moves: a state and nothing else."""

    state: str


def label(state: str) -> str:
    """Return the Chinese name of a working or final state; what is damaged is shown as such."""
    return BY_CODE[state].label if state in BY_CODE else misfit.label(LABELS, state)


def short_label(state: str) -> str:
    """Return how lists and pages call a state: a final one shorter than the annual report words it."""
    return BY_CODE[state].short if state in BY_CODE else label(state)


def step_label(name: str) -> str:
    """Return the Chinese name of an entry of the ledger."""
    extra = {"receive": "收到申请", "correct": "更正", "recompute": "期限重算"}
    return extra.get(name) or BY_NAME[name].label


@cache
def advance(state: str, name: str) -> str:
    """Return the state after the step; raise StepNotAllowedError where there is none."""
    if state == VOID:
        raise StepNotAllowedError("案件已作废，不能再办理。")
    position = Position(state)
    try:
        MACHINE.events[name].trigger(position)
    except KeyError as error:
        raise StepNotAllowedError("没有“%(name)s”这一步骤。", name=name) from error
    except MachineError as error:
        step = BY_NAME[name]
        allowed = joined((label(source) for source in step.sources), "、")
        raise StepNotAllowedError(
            "案件处于“%(label)s”，不能“%(label2)s”；这一步只能在“%(allowed)s”时进行。",
            label=label(state),
            label2=step.label,
            allowed=allowed,
        ) from error
    return position.state


def needs_accept(state: str, name: str) -> bool:
    """Return whether the step, taken now, first accepts the request on the same day."""
    step = BY_NAME.get(name)
    return (
        step is not None and state == RECEIVED and RECEIVED not in step.sources and PROCESSING in step.sources
    )


@cache
def move(state: str, name: str) -> tuple[bool, str]:
    """Return whether the step first accepts the request, and the state after it.

    The machine is asked once for each state and step: it answers from these two alone, and every
    reading of every ledger asks.

    Raises StepNotAllowedError where it cannot be taken.
    """
    accepts = needs_accept(state, name)
    return accepts, advance(advance(state, "accept") if accepts else state, name)


def steps_from(state: str, roles: Iterable[Role]) -> list[Step]:
    """Return the steps that a page may offer: allowed by the workflow and by the roles."""
    held = tuple(roles)
    return [
        step
        for step in STEPS
        if (state in step.sources or needs_accept(state, step.name)) and may(held, step.action)
    ]


def is_open(state: str) -> bool:
    """Return whether the case still waits for its end."""
    return state in WORKING
