"""Addresses in templates: that of a kind of page is made once, and the numbers of a row are put into it."""

from typing import Any

import flask
from flask import Flask, current_app, request
from werkzeug.routing import BuildError

MARK = 987_650_000  # numbers that stand in a pattern for those of a row
Pattern = str | None


def install(app: Flask) -> None:
    """Give the templates ``url_for``, which answers as Flask's does."""
    app.extensions["tracker.patterns"] = {}
    app.add_template_global(url_for)


def url_for(endpoint: str, **values: object) -> str:
    """Return the address of a page as ``flask.url_for`` does; of numbers and names from a pattern."""
    if all(map(_is_plain, values.values())):
        patterns: dict[tuple[object, ...], Pattern] = current_app.extensions["tracker.patterns"]
        key = (request.script_root, endpoint, *values, *map(type, values.values()))
        if key not in patterns and _has_all(endpoint, values):
            patterns[key] = _pattern(endpoint, values)
        if pattern := patterns.get(key):
            return pattern % values
    return flask.url_for(endpoint, **values)  # type: ignore[arg-type]


def _is_plain(value: object) -> bool:
    """Return whether a value stands in an address as it is."""
    return type(value) is int or (type(value) is str and value.isascii() and value.isidentifier())


def _has_all(endpoint: str, values: dict[str, object]) -> bool:
    """Return whether the path of the page takes all values: then its patterns are few."""
    return any(set(values) == rule.arguments for rule in current_app.url_map.iter_rules(endpoint))


def _pattern(endpoint: str, values: dict[str, object]) -> Pattern:
    """Return the address with places for the values; None where one of them must be of a list."""
    marks: dict[str, Any] = {
        name: MARK + place if type(value) is int else f"x{MARK + place}"
        for place, (name, value) in enumerate(values.items())
    }
    try:
        address = flask.url_for(endpoint, **marks).replace("%", "%%")
    except (ValueError, BuildError):
        return None
    for name, mark in marks.items():
        address = address.replace(f"{mark}", f"%({name})s")
    return address
