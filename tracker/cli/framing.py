"""HTTP framing: refuse a request that two servers could cut differently (RFC 9112, request smuggling).

Waitress takes a few such requests. Behind a server in front that reads them otherwise, the rest of one
person's request would be taken for the beginning of the next person's.
"""

import re

from waitress.parser import HTTPRequestParser, ParsingError
from waitress.receiver import ChunkedReceiver
from waitress.utilities import BadRequest

HOST = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+;=%-]+|\[[0-9A-Fa-f:.]+\])(?::\d{0,5})?")
LONGEST_LENGTH = 18  # digits of a Content-Length
LONGEST_LINE = 16 * 1024  # bytes of the line before a chunk, and of what follows the last


class Framed(HTTPRequestParser):  # type: ignore[misc]  # waitress has no types
    """One request as it arrives."""

    completed: bool

    def parse_header(self, header_plus: bytes) -> None:
        """Read the first line and the headers. Raises ParsingError where the request's end is in doubt."""
        try:
            super().parse_header(header_plus)
        except ValueError as error:  # a length of more digits than are read
            raise ParsingError("Content-Length is invalid") from error
        if "TRANSFER_ENCODING" in self.headers or (self.chunked and "CONTENT_LENGTH" in self.headers):
            raise ParsingError("Length of the request is in doubt")
        if len(self.headers.get("CONTENT_LENGTH", "")) > LONGEST_LENGTH:
            raise ParsingError("Content-Length is invalid")
        host = self.headers.get("HOST", None if self.version == "1.1" else "-")
        if host is None or not HOST.fullmatch(host):
            raise ParsingError("Host is missing or invalid")

    def received(self, data: bytes) -> int:
        """Take what arrived. A chunk's line without an end is not kept until there is one."""
        consumed: int = super().received(data)
        if not self.completed and self._unended() > LONGEST_LINE:
            self.error = BadRequest("Line of a chunk is too long")
            self.completed = True
        return consumed

    def _unended(self) -> int:
        """Return the bytes of a line whose end has not arrived."""
        body = self.body_rcv
        return max(len(body.control_line), len(body.trailer)) if isinstance(body, ChunkedReceiver) else 0
