"""Files to keep."""

from io import BytesIO

from flask import send_file
from werkzeug.wrappers import Response

from tracker.reporting import workbook


def excel(content: bytes, name: str) -> Response:
    """Return a workbook under its name."""
    stream = BytesIO(content)
    return send_file(stream, mimetype=workbook.MIME, as_attachment=True, download_name=name)
