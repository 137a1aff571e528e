"""A file that was read into a register is taken back as one act, until something stands on its rows."""

import pytest
from sqlalchemy import select

from tests.services.register.test_importing import HEADERS, PUBLICATIONS, by, item
from tests.services.report.test_edition import publish, write
from tests.workbooks import file_of
from tracker.domain.permission import Role
from tracker.models.base import db
from tracker.models.imported import UNDONE, ImportedFile
from tracker.models.reads.base import count_rows
from tracker.models.reads.register import register_rows
from tracker.services.exchange import undoing
from tracker.services.exchange.undoing import ImportBuiltOnError
from tracker.services.operations import inspection
from tracker.services.register import importing
from tracker.services.register import register as registers

__all__ = ["by"]
ROWS = (HEADERS, item("驻马店日报", "整治公告"), item("驻马店网", "征集意见"))


def there(agency_id: int) -> int:
    db.session.rollback()
    return count_rows(register_rows(PUBLICATIONS, agency_id))


@pytest.fixture
def undo(clock):
    def run(who: registers.By, reason: str = "列错了") -> ImportedFile:
        file_id = db.session.scalar(select(ImportedFile.id).order_by(ImportedFile.id.desc()))
        return undoing.undo(file_id, reason, actor=who.actor, today=who.today, now=who.now)

    return run


def test_the_rows_of_a_file_are_withdrawn_together_and_the_file_comes_in_again(app, by, undo, clock):
    who, content = by(), file_of(("台账", ROWS))
    importing.keep(PUBLICATIONS, content, by=who, name="公开.xlsx")
    assert there(who.actor.agency_id) == 2

    file = undo(who)

    assert (file.state, file.book, file.added) == (UNDONE, "publications", 2)
    assert there(who.actor.agency_id) == 0
    assert list(inspection.inspect(today=clock.today)) == []
    assert len(importing.keep(PUBLICATIONS, content, by=who).rows) == 2
    assert there(who.actor.agency_id) == 2


def test_a_large_file_too_is_taken_back_whole(app, by, undo, monkeypatch):
    monkeypatch.setattr(importing, "PORTION", 1)
    who = by()
    importing.keep(PUBLICATIONS, file_of(("台账", ROWS)), by=who, name="公开.xlsx")

    assert undo(who).added == 2
    assert there(who.actor.agency_id) == 0


def test_a_row_that_was_changed_since_stands_against_it_by_name(app, by, undo):
    who = by()
    importing.keep(PUBLICATIONS, file_of(("台账", ROWS)), by=who)
    registers.keep(PUBLICATIONS, {"title": "整治公告（修改）"}, by=who, row_id=1)

    with pytest.raises(ImportBuiltOnError, match="整治公告（修改）：后来的修改或者撤销"):
        undo(who)

    assert there(who.actor.agency_id) == 2


def test_a_report_that_was_published_since_stands_against_it(app, by, undo, actor, clock):
    who = by()
    importing.keep(PUBLICATIONS, file_of(("台账", ROWS)), by=who)
    head = actor(Role.REGISTRAR, Role.HEAD)
    write(head, clock)
    publish(head, clock)

    with pytest.raises(ImportBuiltOnError, match="2025年度报告：导入以后已经公布"):
        undo(who)
