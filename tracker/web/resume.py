"""Nothing typed is lost: a form whose session or token expired is kept and sent again.

What was typed travels in hidden fields of the page, never on the server. Only a form of our own
pages is kept (same origin); a password never is.
"""

from urllib.parse import urlsplit

from flask import render_template, request

KEPT = "kept-"
NEVER = ("csrf_token", "password", "old", "new", "again")
WORDS_SHOWN = 200


def typed() -> list[tuple[str, str]]:
    """Return what the request's form holds; nothing where another site sent it."""
    sender = request.headers.get("Origin") or request.headers.get("Referer") or ""
    if urlsplit(sender).netloc != request.host:
        return []
    return [(name, value) for name, value in request.form.items(multi=True) if name not in NEVER]


def sign_in_again() -> tuple[str, int]:
    """Ask the person to sign in and keep what the form held."""
    fields = [(f"{KEPT}{name}", value) for name, value in typed()]
    return render_template("account/sign_in.html", to=request.path, fields=fields, expired=True), 401


def send_again(
    path: str, fields: list[tuple[str, str]], status: int, *, title: str = "", message: str = ""
) -> tuple[str, int]:
    """Show what was kept with one button that sends it to where it was meant for.

    title, message: why it was not taken; by default that the page had expired.
    """
    shown = [(name, value[:WORDS_SHOWN]) for name, value in fields if value and name != "token"]
    values = {"path": path, "fields": fields, "shown": shown, "title": title, "message": message}
    return render_template("account/resume.html", **values), status


def kept() -> list[tuple[str, str]]:
    """Return the fields that a sign-in carries along for the form it interrupted."""
    found = request.form.items(multi=True)
    return [(name.removeprefix(KEPT), value) for name, value in found if name.startswith(KEPT)]
