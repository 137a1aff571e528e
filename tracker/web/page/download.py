"""Files to keep: their bytes under a name that every browser reads (RFC 6266)."""

import os
from io import BytesIO
from typing import IO

from flask import send_file
from werkzeug.wrappers import Response

from tracker.rendering import workbook


def kept(content: bytes | IO[bytes], name: str, mime: str) -> Response:
    """Return a file to be kept under its name; a Chinese name travels encoded as RFC 5987 says.

    content: its bytes, or an open file from which they are sent a piece at a time.
    """
    source = BytesIO(content) if isinstance(content, bytes) else content
    answer = send_file(source, mimetype=mime, as_attachment=True, download_name=name)
    if not isinstance(content, bytes):
        answer.content_length = content.seek(0, os.SEEK_END)
        content.seek(0)
    return answer


def excel(content: bytes, name: str) -> Response:
    """Return a workbook under its name."""
    return kept(content, name, workbook.MIME)
