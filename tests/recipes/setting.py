"""What must hold of a setting once its recipe was followed; run in a copy of the program (test_recipes)."""

from pathlib import Path

import pytest

import tracker
from tracker.config import ConfigError, load


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path


def test_this_is_the_copy():
    assert Path(tracker.__file__).parent.parent == Path.cwd()


def test_it_has_its_default_is_set_by_the_file_and_by_the_environment(folder):
    here = {"TRACKER_INSTANCE": str(folder)}
    assert load(here).server.letters_at_once == 20

    (folder / "config.toml").write_text("letters_at_once = 30\n", encoding="utf-8")

    assert load(here).server.letters_at_once == 30
    assert load({**here, "TRACKER_LETTERS_AT_ONCE": "40"}).server.letters_at_once == 40


@pytest.mark.parametrize("value", ["0", "201", '"many"'])
def test_what_is_out_of_its_bounds_stops_the_start_by_its_name(folder, value):
    (folder / "config.toml").write_text(f"letters_at_once = {value}\n", encoding="utf-8")

    with pytest.raises(ConfigError, match="letters_at_once"):
        load({"TRACKER_INSTANCE": str(folder)})
