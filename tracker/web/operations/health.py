"""For a monitor: whether database, scheduler and mail work. Without sign-in, without secrets."""

from flask import Blueprint, Response, jsonify

from tracker.now import now
from tracker.services.operations import health
from tracker.web.guard import public

bp = Blueprint("health", __name__)
UNWELL = 503


@bp.get("/health")
@public
def show() -> tuple[Response, int]:
    state = health.state(now=now())
    return jsonify(status="ok" if state.well else "failing", **state.parts), 200 if state.well else UNWELL
