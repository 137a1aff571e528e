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
    language,
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
    what_if,
    worklist,
)

NOUNS = (
    publishing, rollup,
    book, book_file,
    account, audit, calendar, case, contact, correction, evidence, fee, handbook, register, report,
    report_check, report_text, statistics, step, unit, user, worklist,
    health, job,
    outbox,
    what_if,
)  # fmt: skip


def install(app: Flask) -> None:
    """Put the door, the words, the error pages and every noun on the application."""
    guard.install(app)  # before the tokens are checked: an expired session keeps what was typed
    CSRFProtect(app)
    Babel(app, locale_selector=language.locale)
    language.install(app)
    display.install(app)
    error.install(app)
    for noun in NOUNS:
        app.register_blueprint(noun.bp)
