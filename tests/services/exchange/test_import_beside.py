"""An import in a process of its own beside clerks who work: nobody is locked out, what was begun is finished."""

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests import registering
from tests.histories import line
from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.case.channel import Channel
from tracker.domain.case.request import ApplicantData, Arrival, RequestData
from tracker.domain.permission import Role
from tracker.models.base import db
from tracker.models.case import Case
from tracker.now import wall_clock
from tracker.services.exchange import importing
from tracker.services.operations import inspection

pytestmark = pytest.mark.both  # locks

TRACKER = Path(sys.executable).with_name("tracker")
LINES = 1200


@pytest.fixture
def importing_process(app, tmp_path):
    """Start the command on a file of many cases, in another process on the same office."""
    path = tmp_path / "many.jsonl"
    events = [
        {"step": "receive", "on": "2026-01-05"},
        {"step": "answer", "on": "2026-01-12", "outcome": "disclosed"},
    ]
    path.write_text("".join(json.dumps(line("other", f"G-{n}", events)) + "\n" for n in range(LINES)))
    settings = app.extensions["tracker.settings"]
    office = {"TRACKER_INSTANCE": str(settings.instance), "TRACKER_DATABASE_URL": settings.database_url}
    started = []

    def start() -> subprocess.Popen:
        command = [TRACKER, "import", path]
        words = {"stderr": subprocess.PIPE, "stdout": subprocess.DEVNULL, "text": True}
        started.append(subprocess.Popen(command, env={**os.environ, **office}, **words))
        return started[-1]

    db.session.remove()
    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stderr.close()


def imported() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Case).where(Case.number.like("G-%")))


def read_until(process: subprocess.Popen, said: str) -> None:
    for words in process.stderr:
        if said in words:
            return


def test_clerks_register_and_read_while_another_process_imports(app, importing_process, actor, clock):
    registrar, seen = actor(Role.REGISTRAR), set()
    process, registered = importing_process(), 0
    while process.poll() is None:
        applicant = ApplicantData(kind=ApplicantKind.OTHER, name="申请人")
        arrival = Arrival(channel=Channel.IN_PERSON, arrived_on=date(2026, 3, 2))
        request = RequestData(applicant=applicant, arrival=arrival, subject=f"事项{registered}")
        registering.register(request, actor=registrar, today=clock.today, now=clock())  # or it were too busy
        registered += 1
        seen.add(imported())

    assert process.returncode == 0
    assert registered > 5
    assert seen - {0, LINES}  # between two portions
    assert seen <= {0, importing.PORTION, 2 * importing.PORTION, LINES}
    assert imported() == LINES
    assert list(inspection.inspect(today=wall_clock().date())) == []


def test_an_import_that_is_killed_while_it_writes_is_finished_by_the_next_command(app, importing_process):
    process = importing_process()
    while not imported():
        assert process.poll() is None
    process.kill()
    process.wait()

    assert imported() in (importing.PORTION, 2 * importing.PORTION)
    assert list(inspection.inspect(today=wall_clock().date())) == []

    again = importing_process()
    read_until(again, f"已写完上次中断的导入：新增{LINES}件")
    read_until(again, f"未变{LINES}件")
    assert again.wait() == 0
    assert imported() == LINES
