"""No function decides more than a reader can hold: branches, loops and every ``and`` and ``or`` are counted."""

import ast

from tests.arch.source import ROOT, named, tree_of

MOST = 12
FILES = sorted(path for path in (ROOT / "tracker").rglob("*.py") if "migrations" not in path.parts)
BRANCHES = ast.If | ast.IfExp | ast.For | ast.While | ast.ExceptHandler | ast.match_case


def decisions(function: ast.FunctionDef) -> int:
    """Return one more than the branches of a function, an ``and`` of three words being two."""
    found = list(ast.walk(function))
    words = sum(len(node.values) - 1 for node in found if isinstance(node, ast.BoolOp))
    return 1 + words + sum(isinstance(node, BRANCHES) for node in found)


def test_no_function_decides_more_than_twelve_things():
    functions = [
        (path, n) for path in FILES for n in ast.walk(tree_of(path)) if isinstance(n, ast.FunctionDef)
    ]

    assert {f"{named(path)}: {f.name}": decisions(f) for path, f in functions if decisions(f) > MOST} == {}
