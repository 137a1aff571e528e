"""Prove what takes too long for the tests.

python3 dev.py proof [NAME …]   runs the parts, all of them without names; status 1 where one fails
"""

import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).resolve().parent))

import year

# Each part returns what it saw, in words, and raises where something is not as it should be.
PARTS: dict[str, Callable[[], str]] = {
    "year": year.prove,
}


def main() -> None:
    """Run the parts that are named."""
    names = sys.argv[1:] or list(PARTS)
    unknown = [name for name in names if name not in PARTS]
    if unknown:
        sys.exit(f"no such part: {', '.join(unknown)}; there are: {', '.join(PARTS)}")
    failed = False
    for name in names:
        begin = perf_counter()
        try:
            said = PARTS[name]()
        except (AssertionError, TimeoutError, OSError) as error:
            failed, said = True, f"FAILED: {type(error).__name__}: {error}"
        print(f"{name}: {said} ({perf_counter() - begin:.0f} s)", flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
