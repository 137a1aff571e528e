"""The workflow as a picture, drawn from STEPS: boxes are states, arrows are steps."""

from dataclasses import dataclass

from tracker.domain.case import outcome, workflow
from tracker.domain.case.state import AWAITING_PAYMENT, LABELS, PROCESSING, RECEIVED, SUPPLEMENT
from tracker.web.page.text import _, word

BOX_W, BOX_H = 150, 56
PLACES = {
    RECEIVED: (30, 60),
    SUPPLEMENT: (320, 60),
    PROCESSING: (320, 250),
    AWAITING_PAYMENT: (30, 250),
}
END = (670, 62)
END_W, END_H, END_STEP = 250, 38, 50
EDGE = 14  # of the frame around the ends


@dataclass(frozen=True, slots=True)
class Box:
    """A state: where it stands and what it says."""

    x: int
    y: int
    width: int
    words: str
    code: str
    more: str = ""


@dataclass(frozen=True, slots=True)
class Arrow:
    """One or more steps between two boxes, as a line and its words."""

    points: str
    words: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Diagram:
    """What the page draws."""

    boxes: list[Box]
    arrows: list[Arrow]
    frame: Box
    width: int
    height: int


def draw() -> Diagram:
    """Return the diagram: four working states, six families of ends, every step between them."""
    boxes = [Box(x, y, BOX_W, word(LABELS[code]), code, stays(code)) for code, (x, y) in PLACES.items()]
    for place, family in enumerate(outcome.Family):
        count = sum(o.family is family for o in outcome.OUTCOMES)
        label = f"{word(family.label)} · {count}" if count > 1 else word(family.label)
        boxes.append(Box(END[0], END[1] + place * END_STEP, END_W, label, "end"))
    height = len(outcome.Family) * END_STEP
    frame = Box(END[0] - EDGE, END[1] - 2 * EDGE, END_W + 2 * EDGE, _("办理结果"), "frame")
    return Diagram(boxes, arrows(), frame, END[0] + END_W + 2 * EDGE, END[1] + height + 2 * EDGE)


def stays(code: str) -> str:
    """Return the steps that are recorded in the state without leaving it."""
    names = [word(s.label) for s in workflow.STEPS if s.dest is workflow.SAME and s.sources == (code,)]
    return _("、").join(names)


def between(source: str, dest: str) -> str:
    """Return the steps that lead from one working state to another."""
    return _("、").join(word(s.label) for s in workflow.STEPS if source in s.sources and s.dest == dest)


def ends(source: str) -> bool:
    """Return whether an outcome may end the state."""
    return any(source in s.sources for s in workflow.STEPS if s.is_outcome)


def arrows() -> list[Arrow]:
    """Return an arrow for each pair of states that a step joins, and one to the ends."""
    shapes = {
        (RECEIVED, SUPPLEMENT): ("180,80 320,80", 250, 72),
        (RECEIVED, PROCESSING): ("105,116 105,200 350,200 350,250", 215, 192),
        (SUPPLEMENT, PROCESSING): ("380,116 380,250", 386, 160),
        (PROCESSING, SUPPLEMENT): ("440,250 440,116", 446, 215),
        (PROCESSING, AWAITING_PAYMENT): ("320,268 180,268", 250, 260),
        (AWAITING_PAYMENT, PROCESSING): ("180,292 320,292", 250, 310),
    }
    joining = []
    for (source, dest), (points, x, y) in shapes.items():
        label = between(source, dest)
        if label:
            joining.append(Arrow(points, label, x, y))
    exits = {
        RECEIVED: ("105,60 105,22 600,22 600,80 656,80", _("当场答复等"), 340, 16),
        SUPPLEMENT: ("470,88 560,88 560,324 670,324", _("逾期不补正"), 512, 80),
        PROCESSING: ("470,278 600,278 600,200 656,200", _("答复"), 530, 270),
        AWAITING_PAYMENT: ("105,306 105,352 620,352 620,340 670,340", _("逾期未缴费"), 360, 346),
    }
    return joining + [Arrow(*shape) for source, shape in exits.items() if ends(source)]
