"""What a script asks for to show it in the page that is open: a part of a page, and no page."""

from flask import Response, request

ASKED = "X-Partial"
ANSWERED = "X-Results"


def is_asked() -> bool:
    """Return whether a script asks for its part alone."""
    return bool(request.headers.get(ASKED))


def answer(part: str, status: int) -> Response:
    """Return the part of a page that a script asked for."""
    return Response(part, status, {ANSWERED: "1"}, content_type="text/html; charset=utf-8")
