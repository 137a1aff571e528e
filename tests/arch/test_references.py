"""What docs, docstrings and comments name is there: files, folders, and what stands in them."""

import ast
import io
import re
import tokenize
from functools import cache
from pathlib import Path

from tests.arch.source import ROOT, tree_of

FILES = sorted(path for path in (ROOT / "tracker").rglob("*.py") if "migrations" not in path.parts)
TESTS = [path for folder in ("tests", "benchmarks") for path in sorted((ROOT / folder).rglob("*.py"))]
TEXTS = [ROOT / "docs" / name for name in ("architecture.md", "decisions.md", "exchange.md", "proof.md")]
TEXTS += [ROOT / "SECURITY.md", ROOT / "benchmarks" / "README.md"]
FLOORS = "app|cli|domain|jobs|mail|models|reading|rendering|services|static|web|tracker|templates|tests|benchmarks|docs"
PATH = re.compile(rf"(?<![\w./-])(?:{FLOORS})/[\w/-]*[\w](?:\.\w+)*")
DOTTED = re.compile(r"``?([a-z_]\w*(?:\.(?!py\b)\w+)+)``?")


@cache
def named_in(path: Path) -> set[str]:
    """Return what a module binds at its top, and in its classes."""
    names = set()
    for node in ast.walk(tree_of(path)):
        names |= {getattr(node, "name", "")}
        names |= {node.id} if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) else set()
        names |= {node.attr} if isinstance(node, ast.Attribute) else set()
    return names


@cache
def modules() -> dict[str, list[Path]]:
    """Return the modules of each name: a room may hold a module of another room's name."""
    found: dict[str, list[Path]] = {}
    for path in (*FILES, *TESTS, ROOT / "dev.py"):
        found.setdefault(path.parent.name if path.stem == "__init__" else path.stem, []).append(path)
    return found


def is_there(path: str) -> bool:
    """Return whether a path is one of a file or a folder, or of a module with a name that stands in it."""
    for root in (ROOT, ROOT / "tracker"):
        whole = root / path
        if whole.exists() or whole.with_name(f"{whole.name}.py").exists():
            return True
        *above, name = path.split("/")
        stem, *inner = name.split(".")
        module = root.joinpath(*above, f"{stem}.py")
        if module.exists() and inner and set(inner) <= named_in(module):
            return True
    return False


def said_by(path: Path) -> str:
    """Return the docstrings and comments of a module."""
    source = path.read_text(encoding="utf-8")
    told = [
        ast.get_docstring(node) or ""
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
    ]
    told += [
        t.string for t in tokenize.generate_tokens(io.StringIO(source).readline) if t.type == tokenize.COMMENT
    ]
    return "\n".join(told)


def stale(text: str) -> list[str]:
    """Return what a text names and is not there."""
    gone = [path for path in PATH.findall(text) if not is_there(path.rstrip("/"))]
    for dotted in DOTTED.findall(text):
        module, *inner = dotted.split(".")
        held = [named_in(path) for path in modules().get(module, ())]
        if held and not any(inner[0] in names or inner[0] in modules() for names in held):
            gone.append(dotted)
    return gone


def test_what_modules_speak_of_is_there():
    assert {str(path.relative_to(ROOT)): gone for path in FILES if (gone := stale(said_by(path)))} == {}


def test_what_documents_speak_of_is_there():
    assert {path.name: gone for path in TEXTS if (gone := stale(path.read_text(encoding="utf-8")))} == {}
