"""Readers that do what a crafted file may make a reader do. They are called by name in another process."""

import os
import resource
import socket
import time
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from tracker.domain.case.outcome import Family
from tracker.domain.errors import InvalidDetailError, UnknownYearError
from tracker.domain.message import CHINESE, Phrase, Statutory, joined


@dataclass
class Foreign:
    """A class that is none of the program's."""

    value: int


class Opens:
    """An answer that would run code where it is unpickled."""

    def __reduce__(self):
        return os.mkdir, ("unpickled",)


def plain(content: bytes) -> dict[str, object]:
    return {"size": len(content), "day": date(2026, 1, 5), "sum": Decimal("1.20"), "kind": Family.REFUSED}


def says(content: bytes) -> list[str]:
    parts = [Phrase("第%(line)s行", line=3), Statutory("予以公开")]
    return [*parts, joined(parts, "；")]


def says_a_pattern(content: bytes) -> object:
    return CHINESE


def prints(content: bytes) -> str:
    os.write(1, b"noise of a library")
    return "read"


def hangs(content: bytes) -> None:
    time.sleep(600)


def spins(content: bytes) -> None:
    while True:
        pass


def grows(content: bytes) -> int:
    return len([bytes(1024 * 1024) for _ in range(4096)])


def crashes(content: bytes) -> None:
    os.abort()


def vanishes(content: bytes) -> None:
    os._exit(0)


def answers_too_much(content: bytes) -> str:
    return "x" * (3 * 1024 * 1024)


def fails(content: bytes) -> None:
    raise ZeroDivisionError("a fault of a library")


def recurses(content: bytes) -> None:
    recurses(content)


def refuses(content: bytes) -> None:
    raise InvalidDetailError("第3行没有标题。")


def refuses_a_year(content: bytes) -> None:
    raise UnknownYearError(1968)


def takes_over(content: bytes) -> Opens:
    return Opens()


def foreign(content: bytes) -> Foreign:
    return Foreign(1)


def secrets(content: bytes) -> dict[str, str]:
    return dict(os.environ)


def memory_limit(content: bytes) -> int:
    return resource.getrlimit(resource.RLIMIT_AS)[0] // (1024 * 1024)


def writes(content: bytes) -> str:
    with Path("written").open("wb") as file:
        file.write(b"x" * 4096)
    return socket.gethostname()


def names_its_process(content: bytes) -> tuple[int, bytes]:
    return os.getpid(), content
