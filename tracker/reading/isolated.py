"""Run the reader of a foreign file in a process of its own, with limits of memory, time and size.

A file from outside may be made to exhaust memory, to take hours or to crash a library. Here that ends
one short-lived process and becomes a sentence; the server neither parses the file nor grows. What comes
back is plain data: answers are unpickled with a list of allowed classes, so that a reader that was taken
over cannot run code in the server.

The limits of memory and of processor time hold where the system has them (POSIX); elsewhere those of size
and of waiting time.
"""

import hashlib
import importlib
import logging
import os
import pickle
import signal
import subprocess
import sys
import threading
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from io import BytesIO
from pathlib import Path
from typing import IO, Any, TypeVar

from tracker.domain.errors import DomainError, UnreadableFileError

T = TypeVar("T")
MEGABYTE = 1024 * 1024
BOOT = (
    "import pickle, sys; sys.path[:] = pickle.load(sys.stdin.buffer); "
    "from tracker.reading.child import main; main()"
)
ROOT = Path(__file__).resolve().parents[2]
LOG = logging.getLogger(__name__)
PATIENCE = 15  # seconds that a reader waits for its turn
PASSED_ON = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "TZ")  # no settings, no secrets
PLAIN = {("datetime", name) for name in ("date", "datetime", "time", "timedelta", "timezone")} | {
    ("decimal", "Decimal"),
    ("collections", "Counter"),
}
PLAIN |= {("tracker.domain.message", name) for name in ("Citation", "Phrase", "Statutory", "anew", "joined")}

DAMAGED = "文件不能读取，可能已损坏：请用 Word、Excel 或 WPS 打开，另存一份再试。"
TOO_SLOW = "文件过于复杂，读取超过了时限，已停止：请删去多余的内容或分成几个文件，另存一份再试。"
TOO_LARGE = "文件展开后太大，读取已停止：请删去多余的内容或分成几个文件，另存一份再试。"
BUSY = "正在读取的文件太多，请稍等片刻再试；没有作任何改动。"


@dataclass(frozen=True, slots=True)
class Limits:
    """What the reader of one file may use. Memory and processor time are those of its process.

    memory: MB. seconds: waiting time; half of it is the processor's. size: MB of the file. answer: MB
    of what is read from it. at_once: readers that run side by side.
    """

    memory: int = 512
    seconds: int = 60
    size: int = 50
    answer: int = 48
    at_once: int = 2


class _Turns:
    """The limits of this process, and how many readers run."""

    def __init__(self) -> None:
        self.limits = Limits()
        self.free = threading.BoundedSemaphore(self.limits.at_once)


_turns = _Turns()


class _Last:
    """The last answer that somebody will ask for again, packed, with the digest of its question."""

    def __init__(self) -> None:
        self.kept: tuple[bytes, bytes] | None = None

    def take(self, question: bytes) -> bytes | None:
        """Return the answer to a question and forget it; None where another one was the last."""
        kept = self.kept
        if kept is None or kept[0] != question:
            return None
        self.kept = None
        return zlib.decompress(kept[1])


_last = _Last()


def read_twice(reader: Callable[..., T], *args: Any) -> T:
    """Return ``read``; the same question asked again as the next one is answered without reading again.

    A long file is looked at, and then kept as it was seen. The answer is let go where it is given, or where
    another question comes; in another process the file is read again.
    """
    question = hashlib.sha256(pickle.dumps((reader.__module__, reader.__qualname__, args))).digest()
    answer = _last.take(question)
    if answer is not None:
        kept: T = _understood(reader, 0, answer, _turns.limits)
        return kept
    status, answer = _answer(reader, args, _turns.limits)
    result: T = _understood(reader, status, answer, _turns.limits)
    _last.kept = (question, zlib.compress(answer, 1))
    return result


def configure(limits: Limits) -> None:
    """Set the limits that readers have where none are given."""
    _turns.limits = limits
    _turns.free = threading.BoundedSemaphore(limits.at_once)


def read(reader: Callable[..., T], *args: Any, limits: Limits | None = None) -> T:
    """Return what ``reader(*args)`` returns, called in a process of its own.

    reader: a function of a module of the program, by its name; its result is made of plain values and of
            dataclasses and enumerations of the program.

    Raises the DomainError that the reader raises, and UnreadableFileError with a sentence for a person
    where the file is too large, the reader goes over a limit, hangs, fails or ends by itself.
    """
    allowed = limits or _turns.limits
    result: T = _understood(reader, *_answer(reader, args, allowed), allowed)
    return result


def _answer(reader: Callable[..., Any], args: tuple[Any, ...], allowed: Limits) -> tuple[int | None, bytes]:
    """Return how the process that reads ended, and what it wrote; raise where it is not begun."""
    if any(isinstance(arg, bytes | str) and len(arg) > allowed.size * MEGABYTE for arg in args):
        raise UnreadableFileError(
            "文件超过%(size)s MB：请删去图片等无关内容，或分成几个文件再试。",
            size=allowed.size,
        )
    question = pickle.dumps([str(ROOT), *(entry for entry in sys.path if entry)]) + pickle.dumps(
        (
            reader.__module__,
            reader.__qualname__,
            args,
            allowed.memory,
            allowed.seconds,
            allowed.answer,
        )
    )
    turn = _turns.free
    if not turn.acquire(timeout=PATIENCE):
        raise UnreadableFileError(BUSY)
    try:
        return _run(question, allowed)
    finally:
        turn.release()


def _run(question: bytes, limits: Limits) -> tuple[int | None, bytes]:
    """Return how the process ended, None where it had to be ended, and what it wrote."""
    with subprocess.Popen(  # noqa: S603  (our own interpreter, our own words)
        [sys.executable, "-I", "-S", "-X", "utf8", "-c", BOOT],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={name: os.environ[name] for name in PASSED_ON if name in os.environ},
        start_new_session=True,
    ) as process:
        late = threading.Event()

        def end() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(limits.seconds, end)
        writer = threading.Thread(target=_write, args=(process.stdin, question), daemon=True)
        timer.start()
        writer.start()
        try:
            answer = process.stdout.read(limits.answer * MEGABYTE + 1) if process.stdout else b""
            if len(answer) > limits.answer * MEGABYTE:
                process.kill()
            status = process.wait()
        finally:
            timer.cancel()
            process.kill()
            writer.join()
    return (None if late.is_set() else status), answer


def _write(pipe: IO[bytes], question: bytes) -> None:
    try:
        pipe.write(question)
        pipe.close()
    except OSError:  # the process ended before it had read all: its status says how
        pass


def _understood(reader: Callable[..., Any], status: int | None, answer: bytes, limits: Limits) -> Any:
    """Return the reader's result; raise what it refused, or why there is none."""
    if status is None or status == -getattr(signal, "SIGXCPU", 0):
        LOG.warning("%s went over %s seconds", reader.__qualname__, limits.seconds)
        raise UnreadableFileError(TOO_SLOW)
    if status or len(answer) > limits.answer * MEGABYTE:
        LOG.warning("%s ended with status %s", reader.__qualname__, status)
        raise UnreadableFileError(TOO_LARGE)
    try:
        kind, value = _Unpickler(BytesIO(answer)).load()
    except Exception as error:  # whatever a damaged answer raises, the file is not read
        LOG.warning("%s gave no answer: %s", reader.__qualname__, type(error).__name__)
        raise UnreadableFileError(DAMAGED) from error
    if kind == "read":
        return value
    if kind == "refused":
        raise _refusal(*value)
    LOG.warning("%s failed: %s", reader.__qualname__, value)
    raise UnreadableFileError(TOO_LARGE if kind == "memory" else DAMAGED)


def _refusal(module: str, name: str, args: tuple[Any, ...]) -> DomainError:
    """Return the error that the reader raised, as its own class where that is one of the domain."""
    error_class = (
        getattr(importlib.import_module(module), name, None) if module.startswith("tracker.domain") else None
    )
    if isinstance(error_class, type) and issubclass(error_class, DomainError):
        error = error_class.__new__(error_class, *args)
        error.args = args
        return error
    return UnreadableFileError(*args)


class _Unpickler(pickle.Unpickler):
    """Unpickles plain values, and dataclasses and enumerations of the program."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in PLAIN:
            return super().find_class(module, name)
        if module.split(".")[0] == "tracker":
            program_class = super().find_class(module, name)
            if isinstance(program_class, type) and (
                hasattr(program_class, "__dataclass_fields__") or issubclass(program_class, Enum)
            ):
                return program_class
        raise pickle.UnpicklingError(f"{module}.{name}")
