"""Pages: one module per noun, named as its service. ``guard`` is the door to all of them."""

from flask import Flask
from flask_babel import Babel
from flask_wtf.csrf import CSRFProtect

from tracker.web import (
    account,
    audit,
    book,
    book_file,
    calendar,
    case,
    contact,
    correction,
    display,
    error,
    evidence,
    fee,
    guard,
    handbook,
    health,
    job,
    outbox,
    publishing,
    register,
    report,
    report_check,
    report_text,
    rollup,
    statistics,
    step,
    unit,
    user,
    worklist,
)

NOUNS = (
    publishing, rollup,
    book, book_file,
    account, audit, calendar, case, contact, correction, evidence, fee, handbook, register, report,
    report_check, report_text, statistics, step, unit, user, worklist,
    health, job,
    outbox,
)  # fmt: skip


def install(app: Flask) -> None:
    """Put the door, the words, the error pages and every noun on the application."""
    guard.install(app)  # before the tokens are checked: an expired session keeps what was typed
    CSRFProtect(app)
    Babel(app)
    display.install(app)
    error.install(app)
    for noun in NOUNS:
        app.register_blueprint(noun.bp)
