"""The reader's language: asked for in the address, remembered in a cookie, Chinese unless chosen."""

from gettext import ngettext
from urllib.parse import urlencode

from flask import Flask, Response, request

from tracker.domain.message import LANGUAGES, Language, translate

HTML: dict[Language, str] = {"zh": "zh-CN", "en": "en"}
KEY = "language"
A_YEAR = 365 * 24 * 3600  # seconds


def language() -> Language:
    """Return the language of this request: as asked for, else as remembered, else Chinese."""
    if not request:
        return "zh"
    asked, kept = request.args.get(KEY), request.cookies.get(KEY)
    return "en" if (asked if asked in LANGUAGES else kept) == "en" else "zh"


def other() -> tuple[str, str, str]:
    """Return the other language: its code for HTML, its name, the address of this page in it."""
    wanted: Language = "zh" if language() == "en" else "en"
    path = request.path if request.method == "GET" else "/"
    asked = [(key, value) for key, value in request.args.items(multi=True) if key != KEY]
    return HTML[wanted], LANGUAGES[wanted], f"{path}?{urlencode([*asked, (KEY, wanted)])}"


def install(app: Flask) -> None:
    """Give the language and its words to every page; remember the language that an address asked for.

    What is put into a message of a template is escaped there.
    """
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda message: translate(language(), message), ngettext, newstyle=True
    )
    app.context_processor(lambda: {"html_language": HTML[language()], "other_language": other()})
    app.after_request(_remember)


def _remember(response: Response) -> Response:
    if request.args.get(KEY) in LANGUAGES:
        secure = bool(request.is_secure)
        response.set_cookie(KEY, language(), max_age=A_YEAR, samesite="Lax", httponly=True, secure=secure)
    return response
