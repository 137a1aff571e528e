"""What docs/architecture.md answers to a newcomer's questions is where it says."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROW = re.compile(
    r"^\| (?P<question>[^|]+) \| `(?P<file>tracker/[\w/]+\.py)` \| `(?P<symbol>\w+)` \| [^|]+ \|$",
    re.MULTILINE,
)
ANSWERS = [
    match.groups() for match in ROW.finditer((ROOT / "docs/architecture.md").read_text(encoding="utf-8"))
]


def test_twelve_questions_are_answered():
    assert len(ANSWERS) == 12


@pytest.mark.parametrize(("question", "file", "symbol"), ANSWERS, ids=[question for question, *_ in ANSWERS])
def test_the_answer_is_in_the_file_that_is_named(question, file, symbol):
    names = set()
    for node in ast.parse((ROOT / file).read_text(encoding="utf-8")).body:
        names |= {getattr(node, "name", "")}
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        names |= {target.id for target in targets if isinstance(target, ast.Name)}
    assert symbol in names, question
