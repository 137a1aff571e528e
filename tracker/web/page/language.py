"""The reader's language: asked for in the address, remembered in a cookie, Chinese unless chosen."""

from urllib.parse import urlencode

from flask import Flask, Response, request

from tracker.domain.case.sentence import Language

LOCALES: dict[Language, str] = {"zh": "zh_Hans_CN", "en": "en"}
NAMES: dict[Language, str] = {"zh": "中文", "en": "English"}
HTML: dict[Language, str] = {"zh": "zh-CN", "en": "en"}
KEY = "language"
A_YEAR = 365 * 24 * 3600  # seconds


def language() -> Language:
    """Return the language of this request: as asked for, else as remembered, else Chinese."""
    asked, kept = request.args.get(KEY), request.cookies.get(KEY)
    return "en" if (asked if asked in LOCALES else kept) == "en" else "zh"


def locale() -> str:
    """Return the locale that the words of the page are looked up in."""
    return LOCALES[language()] if request else LOCALES["zh"]


def other() -> tuple[str, str, str]:
    """Return the other language: its code for HTML, its name, the address of this page in it."""
    wanted: Language = "zh" if language() == "en" else "en"
    path = request.path if request.method == "GET" else "/"
    asked = [(key, value) for key, value in request.args.items(multi=True) if key != KEY]
    return HTML[wanted], NAMES[wanted], f"{path}?{urlencode([*asked, (KEY, wanted)])}"


def install(app: Flask) -> None:
    """Give the language to every page; remember the one that an address asked for."""
    app.context_processor(lambda: {"html_language": HTML[language()], "other_language": other()})
    app.after_request(_remember)


def _remember(response: Response) -> Response:
    if request.args.get(KEY) in LOCALES:
        secure = bool(request.is_secure)
        response.set_cookie(KEY, language(), max_age=A_YEAR, samesite="Lax", httponly=True, secure=secure)
    return response
