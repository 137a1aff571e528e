"""The device of a person: a long-lived signed cookie by which it is known at the next sign-in.

It opens nothing. It keeps the tries of strangers apart from those of the person (services/office/attempt).
"""

import secrets

from flask import Response, current_app, request
from itsdangerous import BadData, URLSafeSerializer

COOKIE = "device"
SECONDS = 400 * 24 * 3600  # the longest that browsers keep a cookie
MOST_PEOPLE = 8  # at one device


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key, salt="device")  # type: ignore[arg-type]


def known() -> dict[int, str]:
    """Return the numbers of this device, by the people who signed in on it; none where it is new."""
    try:
        kept = _signer().loads(request.cookies.get(COOKIE, ""))
    except BadData:
        return {}
    return {int(person): str(number) for person, number in kept}


def remember(response: Response, user_id: int, before: dict[int, str]) -> None:
    """Give the device a number of the person's, or keep the one that it has."""
    number = before.get(user_id) or secrets.token_hex(16)
    people = [*((person, each) for person, each in before.items() if person != user_id), (user_id, number)]
    response.set_cookie(
        COOKIE,
        str(_signer().dumps(people[-MOST_PEOPLE:])),
        max_age=SECONDS,
        path="/sign-in",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
