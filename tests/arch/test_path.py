"""The path of one request goes one way: each file of docs/architecture.md calls the next and none above it."""

import ast
import re
from itertools import combinations, pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STOP = re.compile(r"^\d+\. `(?P<file>[\w/.]+)`(?: `(?P<symbol>\w+)`)?: ", re.MULTILINE)
FORM, *PATH = [stop.groups() for stop in STOP.finditer((ROOT / "docs/architecture.md").read_text("utf-8"))]
FILES = [file for file, _symbol in PATH]


def imported(file: str) -> set[str]:
    """Return the modules that a file imports, a name taken from a module as the module with it."""
    found = set()
    for node in ast.walk(ast.parse((ROOT / file).read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            found |= {node.module or "", *(f"{node.module}.{name.name}" for name in node.names)}
        elif isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
    return found


def module(file: str) -> str:
    return file.removesuffix(".py").replace("/", ".")


def test_it_begins_at_a_form_and_ends_at_the_clock():
    view = (ROOT / PATH[0][0]).read_text("utf-8")

    assert FORM[0].removeprefix("templates/") in view
    assert PATH[-1] == ("tracker/domain/case/clock.py", "due")


@pytest.mark.parametrize(("file", "symbol"), PATH, ids=FILES)
def test_each_stop_is_there(file, symbol):
    body = ast.parse((ROOT / file).read_text("utf-8")).body

    assert symbol in {getattr(node, "name", "") for node in body}


@pytest.mark.parametrize(("upper", "lower"), list(pairwise(FILES)))
def test_each_stop_calls_the_next(upper, lower):
    assert module(lower) in imported(upper)


@pytest.mark.parametrize(("upper", "lower"), list(combinations(FILES, 2)))
def test_no_stop_calls_one_above_it(upper, lower):
    assert module(upper) not in imported(lower)


def test_one_use_case_makes_cases_of_requests():
    made = "intake.add("
    files = [path for path in (ROOT / "tracker").rglob("*.py") if made in path.read_text("utf-8")]

    assert [path.relative_to(ROOT).as_posix() for path in files] == [PATH[1][0]]
