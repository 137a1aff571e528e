"""Reads a letter as the program does, and tells whether anything asked for the network meanwhile."""

import sys
from typing import Any

from tracker.reading.file import scan

ASKING = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "subprocess.Popen")


def read(content: bytes, mime: str) -> tuple[scan.ScanReading, list[str]]:
    asked: list[str] = []

    def listen(event: str, _args: tuple[Any, ...]) -> None:
        if event in ASKING:
            asked.append(event)

    sys.addaudithook(listen)
    return scan.read(content, mime), asked
