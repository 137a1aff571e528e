"""The handbook: drawn from the same tuples that the program runs on."""

from flask import Blueprint, render_template

from tracker.domain import state, term, workflow
from tracker.domain.applicant import HINTS, LABELS
from tracker.domain.channel import RULES
from tracker.domain.outcome import OUTCOMES
from tracker.domain.permission import ACTION_LABELS, GRANTS, PEOPLE, Action
from tracker.services import office
from tracker.web import diagram
from tracker.web.guard import requires
from tracker.web.text import _

bp = Blueprint("handbook", __name__, url_prefix="/handbook")


@bp.get("")
@requires(Action.SIGNED_IN)
def show() -> str:
    return render_template(
        "handbook/show.html",
        diagram=diagram.draw(),
        states=[(code, state.LABELS[code], state.WHO_ACTS[code]) for code in state.WORKING],
        steps=[step for step in workflow.STEPS if not step.is_outcome],
        same=workflow.SAME,
        outcomes=OUTCOMES,
        terms=term.TERMS,
        rules=RULES,
        kinds=LABELS,
        hints=HINTS,
        roles=PEOPLE,
        actions=[(action, ACTION_LABELS[action]) for action in GRANTS if GRANTS[action]],
        grants=GRANTS,
        practice=practice(),
    )


def practice() -> list[tuple[str, str, str]]:
    """Return what no text fixes: the question, the office's setting, its key."""
    set_to = office.settings()
    yes = {True: _("是"), False: _("否")}
    days = {"served": _("送达日期"), "decided": _("落款日期")}
    return [
        (_("多个征求意见重叠的日子只扣除一次"), yes[set_to.union_of_consultations], "union_of_consultations"),
        (_("缴费后期限重新计算（109号，原文待核）"), yes[set_to.payment_restarts], "payment_restarts"),
        (
            _("期限重新计算时，已延长的天数随之失效"),
            yes[set_to.extension_ends_on_restart],
            "extension_ends_on_restart",
        ),
        (_("给申请人的补正期限（工作日）"), str(set_to.supplement_days), "supplement_days"),
        (_("办理结果计入哪一年，依据"), days[set_to.year_of_result], "year_of_result"),
        (_("接受电话口头申请"), yes[set_to.oral_by_telephone], "oral_by_telephone"),
    ]
