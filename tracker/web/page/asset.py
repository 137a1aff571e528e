"""Static files under addresses that change with their content, and compression of pages."""

import hashlib
from functools import cache, lru_cache
from http import HTTPStatus
from pathlib import Path

from flask import Flask, Response, current_app, request, url_for
from flask_compress import Compress

FOR_GOOD = "public, max-age=31536000, immutable"  # a year; the address changes with the content
DIGITS = 12  # of the digest in an address
ENCODINGS = ["br", "gzip"]
ADDRESSES = 64  # of static files, under each place at which the office is served


def install(app: Flask) -> None:
    """Give the templates ``asset``, and compress what a browser says it can read."""
    app.config.update(COMPRESS_ALGORITHM=ENCODINGS, COMPRESS_ALGORITHM_STREAMING=ENCODINGS)
    Compress(app)
    app.add_template_global(address, "asset")
    app.after_request(_keep)


def address(name: str) -> str:
    """Return the address of a static file, with the digest of its content."""
    return _address(request.script_root, current_app.static_url_path or "", _file(name), name)


@lru_cache(maxsize=ADDRESSES)
def _address(_root: str, _folder: str, path: Path, name: str) -> str:
    return url_for("static", filename=name, v=_digest(path))


def _file(name: str) -> Path:
    return Path(current_app.static_folder or "") / name


@cache
def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:DIGITS]


def _keep(response: Response) -> Response:
    """Let a browser keep a file for good where it was asked for by the digest of what it is."""
    if request.endpoint == "static" and response.status_code == HTTPStatus.OK and "v" in request.args:
        named = str((request.view_args or {}).get("filename"))
        if request.args["v"] == _digest(_file(named)):
            response.headers["Cache-Control"] = FOR_GOOD
    return response
