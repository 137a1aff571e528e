"""Files to keep: their bytes under a name that every browser reads (RFC 6266)."""

from io import BytesIO

from flask import send_file
from werkzeug.wrappers import Response

from tracker.rendering import workbook


def kept(content: bytes, name: str, mime: str) -> Response:
    """Return a file to be kept under its name; a Chinese name travels encoded as RFC 5987 says."""
    return send_file(BytesIO(content), mimetype=mime, as_attachment=True, download_name=name)


def excel(content: bytes, name: str) -> Response:
    """Return a workbook under its name."""
    return kept(content, name, workbook.MIME)
