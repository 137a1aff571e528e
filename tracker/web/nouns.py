"""Every noun's pages, and what all of them need, put on the application."""

from flask import Flask
from flask_wtf.csrf import CSRFProtect
from werkzeug.routing import IntegerConverter, Map

from tracker.web import guard
from tracker.web.calendar import calendar
from tracker.web.case import (
    agreement,
    applicant,
    ask,
    bulk,
    case,
    correction,
    delivery,
    evidence,
    fee,
    follow,
    handover,
    note,
    redaction,
    step,
    what_if,
    worklist,
)
from tracker.web.case import file as case_file
from tracker.web.contact import contact, incoming, registration
from tracker.web.exchange import imported
from tracker.web.letter import delegation, leaflet, letter, number, service, sign_off, template
from tracker.web.mail import outbox
from tracker.web.office import (
    account,
    audit,
    handbook,
    particulars,
    people,
    practice,
    search,
    setting,
    unit,
    user,
)
from tracker.web.operations import health, job, start
from tracker.web.page import asset, display, failure, language, link, once
from tracker.web.page import office as page_office
from tracker.web.page.form import GREATEST
from tracker.web.register import archive, bundle, file, personal, refusal_review, register
from tracker.web.report import check, edition, report, rollup, statistics, text

NOUNS = (
    edition, rollup,
    register, file, bundle, imported, archive, personal, refusal_review,
    leaflet, letter, number, service, sign_off, delegation, template,
    account, agreement, applicant, ask, audit, bulk, calendar, case, case_file, contact, correction, delivery,
    evidence, fee, follow, handbook, handover, incoming, note, redaction, registration, report, search, check,
    text, statistics, step, unit, user, worklist,
    health, job, start, particulars, practice, setting, people,
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
    once.install(app)
    display.install(app)
    page_office.install(app)
    link.install(app)
    asset.install(app)
    app.context_processor(job.worries)
    app.context_processor(handbook.of_this_page)
    failure.install(app)
    for noun in NOUNS:
        app.register_blueprint(noun.bp)
