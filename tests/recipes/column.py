"""What must hold of a column of the list of requests once its recipe was followed; run in a copy (test_recipes)."""

from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

import tracker
from tests.histories import line, text
from tracker.domain.permission import Role
from tracker.models.base import db
from tracker.models.case import Case
from tracker.services.exchange import importing, spreadsheet

CHARGED = [
    {"step": "receive", "on": "2026-03-02"},
    {"step": "charge", "on": "2026-03-03", "way": "by_piece", "count": 12, "amount": "120"},
]


@pytest.fixture
def app(on_sqlite):
    return on_sqlite


def exported(office) -> bytes:
    return office.get("/cases/export.xlsx").data


def test_this_is_the_copy():
    assert Path(tracker.__file__).parent.parent == Path.cwd()


def test_the_export_has_it_last_with_its_cell(app, sign_in, clock):
    lines = [line("business", "A-1", CHARGED), line("business", "A-2", CHARGED[:1])]
    importing.import_histories(text(lines).splitlines(), today=clock.today, now=clock())

    sheet = openpyxl.load_workbook(BytesIO(exported(sign_in(Role.HEAD)))).active

    assert [cell.value for cell in list(sheet.columns)[-1]] == ["收费件数", 12, None]


def test_what_was_exported_is_read_in_again(app, sign_in, clock):
    importing.import_histories(
        text([line("business", "A-1", CHARGED[:1])]).splitlines(), today=clock.today, now=clock()
    )
    content = exported(sign_in(Role.HEAD))

    spreadsheet.import_spreadsheet(content, today=clock.today, now=clock())

    assert db.session.query(Case).count() == 1
