"""The handbook: the guide by task, and chapters drawn from the same tuples that the program runs on."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from html import unescape
from http import HTTPStatus
from typing import Any, NamedTuple

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker.domain.case import basis, fee, state, workflow
from tracker.domain.case.applicant import HINTS, LABELS
from tracker.domain.case.channel import RULES
from tracker.domain.case.outcome import OUTCOMES
from tracker.domain.case.rules import PracticeValue
from tracker.domain.case.sign_off import LEAVE, STATION_LABELS
from tracker.domain.law import law, term
from tracker.domain.letter.index import KINDS
from tracker.domain.letter.kind import needed
from tracker.domain.office.practice import PARTS, PRACTICES, Practice
from tracker.domain.permission import ACTION_LABELS, GRANTS, PEOPLE, Action
from tracker.now import today
from tracker.services.office import list_choice, office, particulars
from tracker.web.guard import current_actor, outward, requires
from tracker.web.office.guide import BY_KEY, TASKS, TOUR, task_of
from tracker.web.page import diagram
from tracker.web.page.practice import value_words
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


TAGS = re.compile(r"<[^>]*>")
AROUND = 40  # characters shown beside what was looked for
LONGEST = 100  # characters of what is looked for


@bp.get("")
@requires(Action.SIGNED_IN)
def show() -> str:
    typed = " ".join(request.args.get("text", "").split())[:LONGEST]
    places = list(search(typed)) if typed else None
    return render_template(
        "office/handbook/show.html", chapters=CHAPTERS, tasks=TASKS, typed=typed, places=places
    )


@bp.get("/tasks/<task>")
@requires(Action.SIGNED_IN)
def task(task: str) -> str:
    if task not in BY_KEY:
        abort(404)
    return render_template("office/handbook/task.html", task=BY_KEY[task], tasks=TASKS, chapters=CHAPTERS)


@bp.get("/desk")
@requires(Action.SIGNED_IN)
@outward
def desk() -> str:
    terms = (*law.newest().terms, *term.TERMS)
    known = particulars.values(current_actor().agency_id, today())
    return render_template("office/handbook/desk.html", tasks=TASKS, terms=terms, known=known)


@bp.get("/tour")
@requires(Action.SIGNED_IN)
def tour() -> str:
    stops = [(title, endpoint) for title, endpoint, action in TOUR if current_actor().may(action)]
    return render_template("office/handbook/tour.html", tour=stops)


@bp.post("/tour")
@requires(Action.SIGNED_IN)
def end_tour() -> Response:
    list_choice.end_tour(current_actor())
    return redirect(url_for("worklist.index"), code=HTTPStatus.SEE_OTHER)


def of_this_page() -> dict[str, Any]:
    """Return what every page says of the handbook: its own task, and how to ask whether the tour is over."""
    key = task_of(request.endpoint or "", request.view_args or {})
    where = url_for("handbook.task", task=key) if key else url_for("handbook.show")
    return {"help_address": where, "tour_is_over": lambda: list_choice.tour_is_over(current_actor())}


class HandbookPlace(NamedTuple):
    """A place of the handbook where what was looked for stands."""

    address: str
    title: str
    before: str
    here: str
    after: str


def search(typed: str) -> Iterator[HandbookPlace]:
    """Yield where the words stand, tasks before chapters: the first place in each."""
    for one in TASKS:
        text = " ".join(map(str, (one.title, one.when, *one.steps)))
        yield from _passage(url_for("handbook.task", task=one.key), str(one.title), text, typed)
    for chapter, title in CHAPTERS.items():
        page = render_template(f"office/handbook/_{chapter}.html", **SHOWN[chapter]())
        text = f"{title} {' '.join(unescape(TAGS.sub(' ', page)).split())}"
        yield from _passage(url_for("handbook.read", chapter=chapter), str(title), text, typed)


def _passage(address: str, title: str, text: str, typed: str) -> Iterator[HandbookPlace]:
    if match := re.search(re.escape(typed), text, re.IGNORECASE):
        start, end = match.span()
        before, after = text[max(0, start - AROUND) : start], text[end : end + AROUND]
        yield HandbookPlace(address, title, before, match[0], after)


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
                (rule, value_words(rule.setting, values), rows.get(rule.setting))
                for rule in PRACTICES
                if rule.part == part
            ],
        )
        for part in PARTS
    ]


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
