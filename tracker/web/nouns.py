"""Every noun's pages, and what all of them need, put on the application."""

from flask import Flask
from flask_wtf.csrf import CSRFProtect
from werkzeug.routing import IntegerConverter, Map

from tracker.web import guard
from tracker.web.calendar import calendar
from tracker.web.case import (
    applicant,
    ask,
    case,
    correction,
    delivery,
    evidence,
    fee,
    redaction,
    step,
    what_if,
    worklist,
)
from tracker.web.case import file as case_file
from tracker.web.contact import contact, registration
from tracker.web.letter import delegation, letter, number, service, sign_off, template
from tracker.web.mail import outbox
from tracker.web.office import account, audit, handbook, unit, user
from tracker.web.operations import health, job
from tracker.web.page import asset, display, failure, language, link
from tracker.web.page.form import GREATEST
from tracker.web.register import bundle, file, register
from tracker.web.report import check, edition, report, rollup, statistics, text

NOUNS = (
    edition, rollup,
    register, file, bundle,
    letter, number, service, sign_off, delegation, template,
    account, applicant, ask, audit, calendar, case, case_file, contact, correction, delivery, evidence,
    fee, handbook, redaction, registration, report, check, text, statistics, step, unit, user, worklist,
    health, job,
    outbox,
    what_if,
)  # fmt: skip


class RowNumber(IntegerConverter):
    """A whole number of an address that both databases can hold; a larger one is no page."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=GREATEST)


def install(app: Flask) -> None:
    """Put the door, the words, the error pages and every noun on the application."""
    app.url_map.converters["int"] = RowNumber
    language.install(app)
    guard.install(app)  # before the tokens are checked: an expired session keeps what was typed
    CSRFProtect(app)
    display.install(app)
    link.install(app)
    asset.install(app)
    app.context_processor(job.worries)
    failure.install(app)
    for noun in NOUNS:
        app.register_blueprint(noun.bp)
