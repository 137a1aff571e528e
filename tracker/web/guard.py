"""The door: every view names the action it asks for; a view that names none is refused.

Who comes in is on ``g``: the actor that services are given, and the session.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, redirect, request, session, url_for
from werkzeug.exceptions import BadRequest, Forbidden, NotFound, UnprocessableEntity
from werkzeug.wrappers import Response as BaseResponse

from tracker.config import UNNAMED
from tracker.domain.errors import UnnamedOfficeError
from tracker.domain.permission import Action
from tracker.models.base import db
from tracker.models.user import User
from tracker.now import now
from tracker.services.office import audit
from tracker.services.office import session as sessions
from tracker.services.office.actor import Actor
from tracker.web.page import resume

View = TypeVar("View", bound=Callable[..., Any])
Asked = Action | Callable[[Mapping[str, Any]], Action]
PUBLIC = "public"
TOKEN = "token"  # noqa: S105  (the name of the cookie's field)
WITH_FILES = "multipart/form-data"
FORM_BYTES = 1_500_000  # of a form without files, whose fields are read into memory many times their size
LARGE_FILE_BYTES = 51 * 1024 * 1024  # of an old register, as by the command
SENDERS = ("Origin", "Referer")
HTTPS_ALONE = "max-age=31536000"  # a year (RFC 6797)
CHANGE_PASSWORD = ("account.password", "account.change_password", "account.sign_out")
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def requires(action: Asked) -> Callable[[View], View]:
    """Name what a view asks for: an action, or a function of the address's parts that says it."""

    def mark(view: View) -> View:
        view.action = action  # type: ignore[attr-defined]
        return view

    return mark


def public(view: View) -> View:
    """Let anybody in: signing in alone."""
    view.action = PUBLIC  # type: ignore[attr-defined]
    return view


def outward(view: View) -> View:
    """Say of a view that what it hands out leaves the office: on paper, as a file, published.

    An office without a name hands out nothing.
    """
    view.is_outward = True  # type: ignore[attr-defined]
    return view


def takes_large_files(view: View) -> View:
    """Say of a view that a file may be as large as a reader takes."""
    view.takes_large_files = True  # type: ignore[attr-defined]
    return view


def current_actor() -> Actor:
    """Return who is acting in this request."""
    actor: Actor = g.actor
    return actor


def current_user() -> User:
    """Return the row of the person of this request."""
    return db.session.get_one(User, current_actor().user_id)


def unit_scope() -> int | None:
    """Return the unit that the actor's reading is narrowed to; None for the whole office."""
    return current_actor().unit_scope


def asked_of(view: Callable[..., Any], parts: Mapping[str, Any]) -> Action | str | None:
    """Return the action that a view asks for; None where it names none."""
    asked: Asked | str | None = getattr(view, "action", None)
    if asked is None or isinstance(asked, str):
        return asked
    return asked(parts)


def install(app: Flask) -> None:
    """Hang the door before every request and the headers on every answer."""
    app.before_request(_door)
    app.after_request(_headers)
    app.teardown_request(_leave)


def _door() -> BaseResponse | str | tuple[str, int] | None:
    g.actor = g.signed_in = None
    audit.asked_from.set(request.remote_addr or "")
    _limit_size()
    if request.endpoint in (None, "static"):
        return None
    _check_address()
    view = current_app.view_functions[str(request.endpoint)]
    asked = asked_of(view, request.view_args or {})
    if asked == PUBLIC:
        return None
    signed_in = _signed_in()
    if signed_in is None:
        return _to_sign_in()
    g.actor, g.session_id, g.signed_in = signed_in.actor, signed_in.session_id, signed_in
    if signed_in.must_change_password and request.endpoint not in CHANGE_PASSWORD:
        return redirect(url_for("account.password"))
    _check_asked(asked)
    if getattr(view, "is_outward", False) and signed_in.office == UNNAMED:
        raise UnnamedOfficeError
    return None


def _limit_size() -> None:
    """Let a form be small, one with files larger, and an old register as large as by the command."""
    if request.mimetype != WITH_FILES:
        request.max_content_length = FORM_BYTES
    elif getattr(current_app.view_functions.get(str(request.endpoint)), "takes_large_files", False):
        request.max_content_length = LARGE_FILE_BYTES


def _check_address() -> None:
    """Raise where an address holds what none can, or a header names a sender that is none."""
    if _holds_nul(request.args, request.view_args or {}):
        raise NotFound
    if not all(_is_address(request.headers.get(name, "")) for name in SENDERS):
        raise BadRequest


def _check_asked(asked: Action | str | None) -> None:
    """Raise Forbidden where the person may not do it, UnprocessableEntity where no row can hold the form."""
    if not isinstance(asked, Action) or not g.actor.may(asked):
        raise Forbidden
    names = {f"{place}": file.filename for place, (_, file) in enumerate(request.files.items(multi=True))}
    if _holds_nul(request.form, names):
        raise UnprocessableEntity


def _leave(_error: BaseException | None) -> None:
    audit.asked_from.set("")


def _holds_nul(*parts: Mapping[str, Any]) -> bool:
    """Return whether an address or a form holds NUL characters, which no database takes as text."""
    return any("\x00" in f"{name}{value}" for part in parts for name, value in part.items())


def _is_address(sender: str) -> bool:
    """Return whether a header that names the page a form came from can be read as an address."""
    try:
        urlsplit(sender)
    except ValueError:
        return False
    return True


def sign_in(user: User) -> None:
    """Open a session for the person; the cookie carries its secret."""
    origin = {"address": request.remote_addr or "", "browser": request.user_agent.string}
    token = sessions.start(user.id, now=now(), **origin)
    session.clear()
    session[TOKEN] = token


def sign_out() -> None:
    """End the session of this request."""
    sessions.end(str(session.get(TOKEN, "")), now=now())
    session.clear()


def _signed_in() -> sessions.SignedIn | None:
    """Return who is signed in; None where nobody is or the session has ended."""
    if TOKEN not in session:
        return None
    signed_in = sessions.of(str(session[TOKEN]), now=now())
    if signed_in is None:
        session.clear()
    return signed_in


def current_session_id() -> int:
    """Return the session of this request."""
    session_id: int = g.session_id
    return session_id


def _to_sign_in() -> BaseResponse | tuple[str, int]:
    if request.method == "POST":
        return resume.sign_in_again()
    return redirect(url_for("account.sign_in", to=request.full_path.rstrip("?")))


def _headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure and current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers.setdefault("Strict-Transport-Security", HTTPS_ALONE)
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"  # files too: they hold names
    return response
