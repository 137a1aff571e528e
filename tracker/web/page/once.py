"""A form that is sent twice is one act: the second is led to where the first led, with a word.

Its mark is the token of the page it was filled in on, which every form bears, with all that was sent. A page
that was opened anew, a second later or more, has another token: who means to do the same again does it there.
"""

import hashlib
import logging
from typing import IO

from flask import Flask, Response, flash, g, redirect, request
from sqlalchemy.exc import DBAPIError
from werkzeug.wrappers import Response as BaseResponse

from tracker.now import now
from tracker.services.office import posted
from tracker.web.page import partial, resume
from tracker.web.page.text import _

logger = logging.getLogger(__name__)
OF_PAGE = "csrf_token"
# Of forms that are guarded already: they find the row of their first sending, or are refused as stale (409).
GUARDED = ("token", "version")
CONFLICT = 409
BLOCK = 1024 * 1024


def install(app: Flask) -> None:
    """Hang the claim before every form, after the door and the check of its token."""
    app.before_request(_claim)
    app.after_request(_settle)


def _claim() -> BaseResponse | tuple[str, int] | None:
    g.posted = None
    form = request.form if request.method == "POST" and g.get("actor") else {}
    if OF_PAGE not in form or any(map(form.get, GUARDED)) or partial.is_asked():
        return None
    mark = _mark()
    try:
        led_to = posted.claim(mark, now=now())
    except posted.StillLookedAtError:
        message = _("刚才送来的同一份表单还没有办完，或者中途断了：请先查看记录，没有保存的再提交。")
        title = _("同一份表单正在办理")
        return resume.send_again(request.path, resume.typed(), CONFLICT, title=title, message=message)
    if led_to:
        flash(_("这份表单已经提交过，没有重复办理。确实要再办理一次的，请重新打开页面填写。"))
        return redirect(led_to, code=303)
    g.posted = mark
    return None


def _mark() -> str:
    """Return a digest of everything that was sent, the content of files among it."""
    digest = hashlib.sha256(request.full_path.encode())
    for name, value in request.form.items(multi=True):
        digest.update(f"\x00{len(name)}{name}{len(value)}{value}".encode())
    for name, file in request.files.items(multi=True):
        digest.update(f"\x00{name}{file.filename}".encode())
        _read_into(digest, file.stream)
    return digest.hexdigest()


def _read_into(digest: "hashlib._Hash", stream: IO[bytes]) -> None:
    while block := stream.read(BLOCK):
        digest.update(block)
    stream.seek(0)


def _settle(response: Response) -> Response:
    mark = g.get("posted")
    if mark is None:
        return response
    is_kept = response.status_code in (302, 303)
    try:
        posted.settle(mark, response.location or "" if is_kept else "")
    except DBAPIError:
        logger.warning("what became of a form could not be kept: sent again, it is said to be unfinished")
    return response
