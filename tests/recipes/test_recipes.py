"""Each recipe of docs/architecture.md is followed in a copy of the program, which then must hold what was added."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.english import UNTRANSLATED

ROOT = Path(__file__).resolve().parents[2]
DOCS = (ROOT / "docs/architecture.md").read_text("utf-8").partition("## Adding one thing")[2]
EDIT = re.compile(
    r"[Ii]n\s`(?P<file>[\w/.]+)`,\sbelow\sthe\sline\sthat\sbegins\swith\s`(?P<line>[^`]+)`:\n\n"
    r"```text\n(?P<rows>.*?)```",
    re.DOTALL,
)
# Heading of the recipe: the file beside this one that says what must hold afterwards.
FOLLOWED = {
    "An outcome": "outcome",
    "A step": "step",
    "A column of the list of requests": "column",
    "A setting": "setting",
}


def edits(heading: str) -> Iterator[tuple[str, str, str]]:
    """Yield file, line and what is put below it, as the recipe says."""
    recipe = DOCS.partition(f"### {heading}\n")[2].partition("\n### ")[0]
    yield from (match.groups() for match in EDIT.finditer(recipe))


def follow(heading: str, folder: Path) -> None:
    """Make the edits of a recipe in a copy of the program."""
    for file, line, rows in edits(heading):
        path = folder / file
        lines = path.read_text("utf-8").splitlines(keepends=True)
        places = [place for place, text in enumerate(lines) if text.strip().startswith(line)]
        assert len(places) == 1, f"{file}: one line begins with {line}"
        lines.insert(places[0] + 1, rows)
        path.write_text("".join(lines), "utf-8")


@pytest.mark.parametrize(("heading", "name"), FOLLOWED.items(), ids=FOLLOWED.values())
def test_what_a_recipe_adds_is_everywhere(heading, name, tmp_path):
    for part in ("tracker", "templates", "tests", "pyproject.toml"):
        source = ROOT / part
        copy = shutil.copytree if source.is_dir() else shutil.copy2
        copy(source, tmp_path / part)
    follow(heading, tmp_path)

    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"tests/recipes/{name}.py"]
    environ = {key: words for key, words in os.environ.items() if not key.startswith("PYTEST_")}
    environ[UNTRANSLATED] = "1"  # English is the last step of a recipe, which dev.py words asks for
    run = subprocess.run(
        command, cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=240, check=False
    )

    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-2000:]


@pytest.mark.parametrize("heading", FOLLOWED)
def test_a_recipe_touches_two_files_at_most(heading):
    assert 1 <= len({file for file, _line, _rows in edits(heading)}) <= 2
