"""Long acts that a page begins: they go on when the browser is gone, and the page tells what came of them."""

import logging
from collections.abc import Callable
from threading import Thread

from flask import Flask, current_app, request

from tracker.models.base import db
from tracker.services.office import audit

logger = logging.getLogger(__name__)


def begin(act: Callable[[], None], *, long: bool) -> None:
    """Do the act before the page is answered; a long one beside it, in a thread of its own."""
    if not long:
        act()
        return
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    Thread(target=_run, args=(app, act, request.remote_addr or ""), daemon=True).start()


def _run(app: Flask, act: Callable[[], None], address: str) -> None:
    audit.asked_from.set(address)
    with app.app_context():
        try:
            act()
        except Exception:  # nobody waits for it any more: the file says that it failed, the log says how
            logger.exception("a long act of a page failed")
        finally:
            db.session.remove()
