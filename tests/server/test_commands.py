"""Each command as a person at the machine runs it: a process of its own, nothing opened for it."""

import pytest

COMMANDS = (
    "--help",
    "calendar show 2026",
    "check",
    "export",
    "jobs list",
    "practice show",
    "practice show --on 2026-01-01",
    "practice history",
    "practice history supplement_days",
    "report 2025",
    "init",
    "practice set delay_days 50 --from 2026-01-01 --why 局务会 --dry-run",
    "practice set delay_days 50 --from 2026-01-01 --why 局务会",
    "jobs once sweep",
    "anchor",
    "backup",
    "user add lin --name 林某 --role handler",
)


@pytest.mark.parametrize("words", COMMANDS)
def test_a_command_ends_well_in_a_process_of_its_own(demo_folder, words):
    done = demo_folder.run(*words.split())

    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
