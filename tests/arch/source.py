"""The modules of the project as Python reads them: each is parsed once, when a test asks for it."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def named(path: Path) -> str:
    """Return a path as one types it at the root of the project."""
    return str(path.relative_to(ROOT))
