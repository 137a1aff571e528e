"""The process that reads one foreign file: it takes its limits upon itself, reads, writes one answer, ends.

Started by isolated.py with nothing but the question on its standard input.
"""

import gc
import importlib
import os
import pickle
import signal
import sys
import warnings
from typing import Any

from tracker.domain.errors import DomainError

MEGABYTE = 1024 * 1024
GRACE = 5  # seconds after which the process ends itself where nobody else did
OPEN_FILES = 64


def main() -> None:
    """Answer the question on standard input: ("read", result), ("refused", …), ("memory" or "failed", …)."""
    gc.disable()  # what is read is kept to the end, and is no cycles
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what a library prints is no answer
    module, name, args, memory, seconds, most = pickle.load(sys.stdin.buffer)  # noqa: S301  (from us)
    limit(memory, seconds)
    answer = pickle.dumps(_answer(module, name, args), protocol=pickle.HIGHEST_PROTOCOL)
    if len(answer) > most * MEGABYTE:
        answer = pickle.dumps(("memory", "answer"))
    out.write(answer)
    out.flush()
    os._exit(0)  # nothing is left to tidy up, and a library's own ending might crash


def limit(memory: int, seconds: int) -> None:
    """Take on the limits that this system has; memory in MB, seconds of waiting."""
    try:
        import resource  # absent on Windows
    except ImportError:
        return
    signal.alarm(seconds + GRACE)
    processor = max(1, seconds // 2)
    for name, most in (
        ("RLIMIT_AS", memory * MEGABYTE),
        ("RLIMIT_CPU", processor),
        ("RLIMIT_CORE", 0),
        ("RLIMIT_FSIZE", 0),
        ("RLIMIT_NOFILE", OPEN_FILES),
    ):
        kind = getattr(resource, name, None)
        if kind is not None:
            _take_on(resource, kind, most)


def _take_on(resource: Any, kind: int, most: int) -> None:
    _soft, hard = resource.getrlimit(kind)
    if hard != resource.RLIM_INFINITY and most >= hard:
        return
    ending = most + 1 if kind == resource.RLIMIT_CPU else most  # a second in which the signal may say why
    try:
        resource.setrlimit(kind, (most, ending))
    except (ValueError, OSError):  # a system that knows the limit and does not keep it
        return


def _answer(module: str, name: str, args: tuple[Any, ...]) -> tuple[str, Any]:
    warnings.simplefilter("ignore")  # of what a file has besides what is read
    try:
        reader: Any = importlib.import_module(module)
        for part in name.split("."):
            reader = getattr(reader, part)
        return "read", reader(*args)
    except DomainError as error:
        error_args = tuple(arg if isinstance(arg, str | int) else str(arg) for arg in error.args)
        return "refused", (type(error).__module__, type(error).__qualname__, error_args)
    except MemoryError:
        return "memory", ""
    except Exception as error:  # noqa: BLE001  (any fault of any library is a file that cannot be read)
        return "failed", f"{type(error).__name__}: {error}"[:500]
