"""The handbook: chapters drawn from the same tuples that the program runs on."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, abort, render_template

from tracker.domain.case import basis, fee, state, workflow
from tracker.domain.case.applicant import HINTS, LABELS
from tracker.domain.case.channel import RULES
from tracker.domain.case.outcome import OUTCOMES
from tracker.domain.case.rules import PracticeValue, Rules
from tracker.domain.case.sign_off import LEAVE, STATION_LABELS
from tracker.domain.law import law, term
from tracker.domain.letter.index import KINDS
from tracker.domain.letter.kind import needed
from tracker.domain.office.practice import PARTS, PRACTICES, Practice
from tracker.domain.permission import ACTION_LABELS, GRANTS, PEOPLE, Action
from tracker.now import today
from tracker.services.office import office
from tracker.web.guard import current_actor, requires
from tracker.web.page import diagram
from tracker.web.page.text import _, _l

bp = Blueprint("handbook", __name__, url_prefix="/handbook")

CHAPTERS = {
    "workflow": _l("流程"),
    "steps": _l("步骤"),
    "outcomes": _l("办理结果"),
    "letters": _l("文书"),
    "terms": _l("期限"),
    "decrees": _l("收到申请之日的法"),
    "channels": _l("申请方式与收到申请之日"),
    "kinds": _l("申请人类型"),
    "fees": _l("信息处理费"),
    "roles": _l("角色与权限"),
    "practice": _l("条例没有规定的做法"),
}


@bp.get("")
@requires(Action.SIGNED_IN)
def show() -> str:
    return render_template("office/handbook/show.html", chapters=CHAPTERS)


@bp.get("/<chapter>")
@requires(Action.SIGNED_IN)
def read(chapter: str) -> str:
    if chapter not in CHAPTERS:
        abort(404)
    around = [None, *CHAPTERS, None]
    place = around.index(chapter)
    return render_template(
        "office/handbook/chapter.html",
        chapter=chapter,
        chapters=CHAPTERS,
        before=around[place - 1],
        after=around[place + 1],
        **SHOWN[chapter](),
    )


def workflow_shown() -> dict[str, Any]:
    """Return what the chapter of the workflow shows: the diagram, and who acts in each state."""
    states = [(code, state.LABELS[code], state.WHO_ACTS[code]) for code in state.WORKING]
    return {"diagram": diagram.draw(), "states": states}


def roles_shown() -> dict[str, Any]:
    """Return what the chapter of the roles shows: who is granted what."""
    actions = [(action, ACTION_LABELS[action]) for action in GRANTS if GRANTS[action]]
    return {"roles": PEOPLE, "actions": actions, "grants": GRANTS}


SHOWN: dict[str, Callable[[], dict[str, Any]]] = {
    "workflow": workflow_shown,
    "steps": lambda: {"steps": [step for step in workflow.STEPS if not step.is_outcome]},
    "outcomes": lambda: {"outcomes": OUTCOMES, "ends": basis.ENDS},
    "letters": lambda: {
        "kinds": [(kind, sorted(needed(kind))) for kind in KINDS],
        "remedies": {"P": _("先复议"), "G": _("复议或者诉讼"), "N": _("不写")},
        "stations": [
            (label, [role.label for role in PEOPLE if role in GRANTS[LEAVE[station]]])
            for station, label in STATION_LABELS.items()
        ],
    },
    "terms": lambda: {"terms": (*law.newest().terms, *term.TERMS)},
    "decrees": lambda: {"decrees": law.DECREES},
    "channels": lambda: {"rules": RULES},
    "kinds": lambda: {"kinds": LABELS, "hints": HINTS},
    "fees": lambda: {"free": fee.FREE, "fees": fees()},
    "roles": roles_shown,
    "practice": lambda: {"practice": practice(), "always": date.min},
}


def practice() -> list[tuple[str, list[tuple[Practice, str, PracticeValue | None]]]]:
    """Return what is practice and not law, by part, each with what is in force and the row that says so."""
    actor = current_actor()
    values = office.rules_of(actor.agency_id, today())
    rows = office.practice_of(actor.agency_id).rows_on(today())
    return [
        (
            part,
            [
                (rule, chosen(rule.setting, values), rows.get(rule.setting))
                for rule in PRACTICES
                if rule.part == part
            ],
        )
        for part in PARTS
    ]


def chosen(key: str, values: Rules) -> str:
    """Return the value of a key in words; empty where there is no key."""
    if not key:
        return ""
    labels = {"True": _("是"), "False": _("否"), "served": _("送达日期"), "decided": _("落款日期")}
    labels |= {"confirmed": _("双方确认之日"), "submitted": _("提交成功之日")}
    more = {
        "lead": _("牵头机关"),
        "all": _("每个机关"),
        "case": _("案件"),
        "instance": _("审级"),
        "": _("未设置"),
        "paper": _("可以在纸上审批"),
        "required": _("必须在系统中审批"),
    }
    value = str(getattr(values, key))
    return {**labels, **more}.get(value, value)


SHOWN_PIECES = 50  # of the bands by piece, which go on for ever


def fees() -> list[tuple[str, str, tuple[fee.Band, ...], str]]:
    """Return what is charged: the way, its unit, its bands, its article."""
    tariff = office.rules(today()).tariff
    return [
        (
            fee.WAYS[fee.BY_PIECE],
            _("同一申请人一个自然月的件数"),
            tariff.piece_bands(SHOWN_PIECES),
            fee.BY_PIECE_LAW,
        ),
        (fee.WAYS[fee.BY_PAGE], _("一件申请的页数"), tuple(tariff.page_bands), fee.BY_PAGE_LAW),
    ]
