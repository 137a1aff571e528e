"""Writers of one process to an SQLite file: first come, first served, and nobody who reads among them."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from tracker.models import fault
from tracker.models.agency import Agency
from tracker.models.base import db, transaction
from tracker.models.turn import line_of

CLERKS = 8


@pytest.fixture
def line(on_sqlite):
    return line_of(db.engine)


@contextmanager
def writing(app):
    """Let somebody of the same process write until the block ends."""
    begun, ended = Event(), Event()

    def hold() -> None:
        with app.app_context():
            with transaction():
                begun.set()
                assert ended.wait(60)
            db.session.remove()

    with ThreadPoolExecutor(1) as other:
        held = other.submit(hold)
        assert begun.wait(60)
        try:
            yield
        finally:
            ended.set()
        held.result()


def in_line(line, count: int) -> None:
    """Wait until so many stand in line."""
    turns = Event()
    assert any(len(line) == count or turns.wait(0.005) for _ in range(12_000)), (
        f"{len(line)} wait, not {count}"
    )


def test_those_who_wait_write_in_the_order_in_which_they_came(on_sqlite, line):
    wrote = []

    def write(clerk: int) -> None:
        with on_sqlite.app_context():
            with transaction():
                wrote.append(clerk)
            db.session.remove()

    with ThreadPoolExecutor(CLERKS) as clerks, writing(on_sqlite):
        for clerk in range(CLERKS):
            clerks.submit(write, clerk)
            in_line(line, clerk + 1)
        assert wrote == []

    assert wrote == list(range(CLERKS))
    assert len(line) == 0


def test_who_waits_too_long_is_told_that_the_office_is_busy_and_leaves_the_line(on_sqlite, line):
    with writing(on_sqlite):
        with pytest.raises(OperationalError) as told, transaction(patience=0.1):
            pass
        assert fault.kind(told.value) is fault.Kind.BUSY
        assert len(line) == 0

    with transaction(patience=0.1) as session:
        assert session.scalar(select(Agency.code)) == "default"


def test_who_reads_waits_for_no_turn(on_sqlite, line):
    with writing(on_sqlite):
        assert db.session.scalar(select(Agency.code)) == "default"


def test_a_writer_who_fails_gives_the_turn_to_the_next(on_sqlite, line):
    with pytest.raises(ZeroDivisionError), transaction():
        raise ZeroDivisionError

    with transaction(patience=0.1) as session:
        assert session.scalar(select(Agency.code)) == "default"
