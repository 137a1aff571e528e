"""Nothing stands in the program that nothing calls."""

import ast
import re
from functools import cache
from pathlib import Path

from tests.arch.source import ROOT, tree_of

FILES = sorted((ROOT / "tracker").rglob("*.py"))
OUTSIDE = set(
    re.findall(
        r"\w+",
        "\n".join(
            path.read_text(encoding="utf-8")
            for path in [
                ROOT / "pyproject.toml",
                ROOT / "wsgi.py",
                *sorted((ROOT / "templates").rglob("*.*")),
            ]
        ),
    )
)
# Called by what no import shows.
CALLED = {
    "tracker.models.in_use.leave": "tests end what a process does by ending",
    "tracker.models.journal.UNSEALED": "the reasons; a test holds that every table is sealed or stands there",
    "tracker.domain.case.sentence.messages": "a test holds that every message has its English",
    "tracker.reading.child.main": "the process that reads a foreign file is started by its module's name",
}


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


@cache
def taken_elsewhere() -> set[str]:
    """Return what modules import from one another, or read of a module that they import."""
    taken = set()
    for tree in map(tree_of, FILES):
        modules = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                taken |= {f"{node.module}.{alias.name}" for alias in node.names}
                modules |= {a.asname or a.name: f"{node.module}.{a.name}" for a in node.names}
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id in modules
            ):
                taken.add(f"{modules[node.value.id]}.{node.attr}")
    return taken


def bound_by(node: ast.stmt) -> list[str]:
    """Return the names that a statement at the top of a module binds; what is decorated, its decorator calls."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [] if node.decorator_list and isinstance(node, ast.FunctionDef) else [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return [target.id for target in targets if isinstance(target, ast.Name)]


def idle_in(path: Path) -> list[str]:
    """Return what a module binds at its top and neither it nor another module looks at."""
    tree, module = tree_of(path), module_of(path)
    reads = [n for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)]
    idle = []
    for node in tree.body:
        within = range(node.lineno, node.end_lineno + 1) if isinstance(node, ast.FunctionDef) else ()
        mapped = isinstance(node, ast.ClassDef) and any("Base" in ast.unparse(base) for base in node.bases)
        for name in () if mapped else bound_by(node):
            if f"{module}.{name}" in taken_elsewhere() | CALLED.keys() or name.startswith("__"):
                continue
            if not any(n.id == name and n.lineno not in within for n in reads) and name not in OUTSIDE:
                idle.append(f"{module}.{name}")
    return idle


def test_everything_in_the_program_is_called():
    program = [path for path in FILES if "migrations" not in path.parts]

    assert [name for path in program for name in idle_in(path)] == []


def test_what_is_said_to_be_called_unseen_is_there():
    bound = {
        f"{module_of(path)}.{name}"
        for path in FILES
        for node in tree_of(path).body
        for name in bound_by(node)
    }

    assert CALLED.keys() - bound == set()
