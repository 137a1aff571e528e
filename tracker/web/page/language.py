"""The reader's language: asked for in the address, remembered in a cookie, Chinese unless chosen."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, request
from jinja2 import pass_eval_context
from jinja2.filters import do_join
from jinja2.nodes import EvalContext
from markupsafe import Markup

from tracker.domain.case.sentence import holiday
from tracker.domain.message import (
    CHINESE,
    LANGUAGES,
    Citation,
    Language,
    Phrase,
    Statutory,
    counted,
    translate,
)

HTML: dict[Language, str] = {"zh": "zh-CN", "en": "en"}
KEY = "language"
A_YEAR = 365 * 24 * 3600  # seconds
MESSAGES = 8192  # of templates, in either language: more than there are

settled: ContextVar[Language | None] = ContextVar("language", default=None)  # of the running request


def language() -> Language:
    """Return the language of this request: as asked for, else as remembered, else Chinese.

    A page asks three hundred times: it is settled as the request begins.
    """
    return settled.get() or (_asked_for() if request else "zh")


@contextmanager
def chinese() -> Iterator[None]:
    """Let messages be Chinese, whatever the reader chose: of what leaves the office."""
    token = settled.set("zh")
    try:
        yield
    finally:
        settled.reset(token)


def _asked_for() -> Language:
    asked, kept = request.args.get(KEY), request.cookies.get(KEY)
    return "en" if (asked if asked in LANGUAGES else kept) == "en" else "zh"


def other() -> tuple[str, str, str]:
    """Return the other language: its code for HTML, its name, the address of this page in it."""
    wanted: Language = "zh" if language() == "en" else "en"
    path = request.path if request.method == "GET" else "/"
    asked = [(key, value) for key, value in request.args.items(multi=True) if key != KEY]
    return HTML[wanted], LANGUAGES[wanted], f"{path}?{urlencode([*asked, (KEY, wanted)])}"


def message_of_template(message: str, /, **values: object) -> Markup:
    """Return a template's message in the reader's language; what is put into it is escaped."""
    text = _marked(language(), message)
    if not values:
        return text
    placed = Markup(counted(language(), str(text), values))  # noqa: S704  (of the catalogue too)
    return placed % {key: shown(value) for key, value in values.items()}


def shown(value: Any) -> Any:
    """Return a message in the reader's language; anything else, as what a person typed, as it is."""
    return value.said(language()) if isinstance(value, Phrase) else value


@pass_eval_context
def _joined(context: EvalContext, value: Any, between: str = "", attribute: str | int | None = None) -> Any:
    """Join as Jinja does, messages in the reader's language, and with its signs."""
    values = list(value) if attribute is None else [_part(one, attribute) for one in value]
    if language() != "zh":
        between = translate(language(), between)
    return do_join(context, [shown(one) for one in values], between)


def _part(one: Any, attribute: str | int) -> Any:
    return one[attribute] if isinstance(attribute, int) else getattr(one, attribute)


def _language_of(text: str) -> str:
    """Return in which language a mail was written, as HTML names it."""
    return HTML["zh" if CHINESE.search(text) else "en"]


@lru_cache(maxsize=MESSAGES)
def _marked(wanted: Language, message: str) -> Markup:
    return Markup(translate(wanted, message))  # noqa: S704  (the catalogue holds no markup of others)


def install(app: Flask) -> None:
    """Give the language and its words to every page; remember the language that an address asked for."""
    app.before_request(_settle)
    app.teardown_request(_unsettle)
    app.jinja_env.globals["_"] = message_of_template
    app.jinja_env.finalize = shown  # whatever a page shows: what is no message passes as it is
    filters = {
        "join": _joined,
        "language_of": _language_of,
        "law": Citation,
        "letter_title": Statutory,
    }
    app.jinja_env.filters.update({**filters, "holiday": lambda why: holiday(why, language())})
    app.context_processor(lambda: {"html_language": HTML[language()], "other_language": other()})
    app.after_request(_remember)


def _settle() -> None:
    settled.set(_asked_for())


def _unsettle(_error: BaseException | None) -> None:
    settled.set(None)


def _remember(response: Response) -> Response:
    if request.args.get(KEY) in LANGUAGES:
        secure = bool(request.is_secure)
        response.set_cookie(KEY, language(), max_age=A_YEAR, samesite="Lax", httponly=True, secure=secure)
    return response
