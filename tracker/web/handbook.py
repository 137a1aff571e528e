"""The handbook: drawn from the same tuples that the program runs on."""

from flask import Blueprint, render_template

from tracker.domain import basis, fee, law, state, term, workflow
from tracker.domain.applicant import HINTS, LABELS
from tracker.domain.channel import RULES
from tracker.domain.outcome import OUTCOMES
from tracker.domain.permission import ACTION_LABELS, GRANTS, PEOPLE, Action
from tracker.domain.practice import PARTS, PRACTICES, Practice
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
        ends=basis.ENDS,
        terms=(*law.newest().terms, *term.TERMS),
        decrees=law.DECREES,
        rules=RULES,
        kinds=LABELS,
        hints=HINTS,
        roles=PEOPLE,
        actions=[(action, ACTION_LABELS[action]) for action in GRANTS if GRANTS[action]],
        grants=GRANTS,
        practice=practice(),
        free=fee.FREE,
        fees=fees(),
    )


def practice() -> list[tuple[str, list[tuple[Practice, str]]]]:
    """Return what is practice and not law, by part, each with what the office has set."""
    return [
        (part, [(rule, chosen(rule.setting)) for rule in PRACTICES if rule.part == part]) for part in PARTS
    ]


def chosen(key: str) -> str:
    """Return what the office has set the key to, in words; empty where there is no key."""
    if not key:
        return ""
    value = getattr(office.settings(), key)
    words = {"True": _("是"), "False": _("否"), "served": _("送达日期"), "decided": _("落款日期")}
    words |= {"confirmed": _("双方确认之日"), "submitted": _("提交成功之日")}
    more = {"lead": _("牵头机关"), "all": _("每个机关"), "case": _("案件"), "instance": _("审级")}
    return {**words, **more}.get(str(value), str(value))


SHOWN_PIECES = 50  # of the bands by piece, which go on for ever


def fees() -> list[tuple[str, str, tuple[fee.Band, ...], str]]:
    """Return what is charged: the way, its unit, its bands, its article."""
    tariff = office.tariff()
    return [
        (
            fee.WAYS[fee.BY_PIECE],
            _("同一申请人一个自然月的件数"),
            tariff.piece_bands(SHOWN_PIECES),
            fee.BY_PIECE_LAW,
        ),
        (fee.WAYS[fee.BY_PAGE], _("一件申请的页数"), tuple(tariff.page_bands), fee.BY_PAGE_LAW),
    ]
