"""Files go into the store before a transaction opens: who writes meanwhile waits for no disk."""

import hashlib
import sqlite3
import sys
from contextlib import closing
from datetime import date, timedelta

import pytest

from tests.case_files import picture
from tests.letters import set_up, typed, worked
from tests.services.office.test_tampering import JPEG
from tracker.domain.case.evidence import Fact
from tracker.domain.errors import InvalidDetailError
from tracker.domain.letter import index
from tracker.domain.permission import Role
from tracker.models.base import db, transaction
from tracker.services.case import evidence, file
from tracker.services.case.evidence import Upload
from tracker.services.letter import letter as letters
from tracker.services.office import office, store
from tracker.services.operations import leftover

WATCHED: list = []


def _opened(event: str, arguments: tuple) -> None:
    if event == "open" and WATCHED and str(arguments[0]).endswith(".part"):
        WATCHED[0](str(arguments[0]))


sys.addaudithook(_opened)


@pytest.fixture
def others(on_sqlite):
    """Whether somebody else could write at each moment at which a file of the store was begun."""
    free: list[bool] = []

    def ask(path: str) -> None:
        del path
        with closing(sqlite3.connect(db.engine.url.database, timeout=0)) as other:
            try:
                other.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                free.append(False)
            else:
                free.append(True)
                other.rollback()

    WATCHED.append(ask)
    yield free
    WATCHED.clear()


@pytest.fixture
def head(app, actor, clock):
    set_up()
    clock.set("2026-03-20")
    return actor(Role.HEAD, Role.REGISTRAR)


@pytest.fixture
def case(head, clock):
    return worked(index.BY_KEY["supplement"], by=head, today=clock.today, now=clock())


def parts() -> list:
    return list((office.settings().instance / store.FOLDER).rglob("*.part"))


@pytest.fixture
def app(on_sqlite):
    return on_sqlite


def test_a_proof_and_a_file_are_written_while_others_may_write(others, case, head, clock):
    upload, when = Upload("信封.jpg", JPEG), {"today": clock.today, "now": clock()}
    row = evidence.add(case, Fact(kind="file", on=date(2026, 3, 18), note="信封"), upload, actor=head, **when)
    again = Upload("证据.png", picture())
    kept = file.keep(case, "evidence", [again], actor=head, now=clock())

    assert kept[0].row is not None, kept[0].why
    assert store.get(row.sha256) == JPEG
    assert others == [True, True]
    assert parts() == []


def test_a_letter_is_sealed_and_written_while_others_may_write(others, case, head, clock):
    kind = index.BY_KEY["receipt"]
    letter = letters.make(case.id, typed(kind), actor=head, today=clock.today, now=clock())

    assert others == [True]
    assert hashlib.sha256(store.get(letter.sha256)).hexdigest() == letter.sha256
    assert parts() == []


def test_a_letter_that_is_refused_leaves_no_file(case, head, clock):
    kind = index.BY_KEY["receipt"]
    with pytest.raises(InvalidDetailError, match="缺少"):
        letters.make(case.id, typed(kind, facts={}), actor=head, today=clock.today, now=clock())

    assert parts() == []


def test_what_is_written_in_a_transaction_holds_others_up(others, head):
    """The test above sees what it is there to see."""
    with transaction():
        store.put("5994471abb01112afcc18159f6cc74b4f511b99806da59b3caf5a9c173cacfc5", b"12345")

    assert others == [False]


def test_what_is_refused_in_its_transaction_leaves_nothing(case, head, clock):
    with pytest.raises(InvalidDetailError):
        evidence.add(
            case,
            Fact(kind="file", on=date(2027, 1, 1)),
            Upload("a.jpg", JPEG),
            actor=head,
            today=clock.today,
            now=clock(),
        )

    assert parts() == []


def test_what_a_killed_process_had_made_ready_is_swept_by_the_night(app, clock):
    store.write_beside(store.path_of("ab" * 32), b"sealed")

    assert leftover.sweep(now=clock() + timedelta(days=365)) == 1
    assert parts() == []


def test_a_file_that_was_swept_before_its_row_came_is_written_again(app):
    with store.ready(b"12345") as stored:
        for path in parts():
            path.unlink()
        with transaction():
            store.keep(stored)

    assert store.get(stored.digest) == b"12345"
