"""Registers of many rows come in by bulk statements: nothing that a row by row import kept is lost."""

from datetime import date

import pytest
from sqlalchemy import func, select

from tests.services.register.test_importing import NEEDED, SAMPLES, by
from tests.services.register.test_register_undoing import undo
from tests.workbooks import file_of
from tracker.domain.register.index import BY_NAME
from tracker.models.base import db
from tracker.models.duty import OpenDuty
from tracker.models.imported import ImportedFile, ImportedRow
from tracker.models.reads.publication import media_in_use
from tracker.models.reads.register import MODELS, values_of_rows
from tracker.models.register import RegisterAct
from tracker.rendering import workbook
from tracker.services.operations import inspection
from tracker.services.register import importing
from tracker.services.register import register as registers

__all__ = ["by", "undo"]
DOCUMENTS, DECISIONS, REVIEWS = (
    BY_NAME[name] for name in ("normative-documents", "decision-counts", "refusal-reviews")
)
HEADS = ["标题", "文号", "发布（制发）日期"]


def documents(*numbers: int) -> bytes:
    rows = [[f"办法{n}", f"某规〔2025〕{n}号", "2025-03-04"] for n in numbers]
    return file_of(("文件", [HEADS, *rows]))


def count(model, *where) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model).where(*where))


@pytest.mark.parametrize("name", BY_NAME)
def test_what_a_file_brings_stands_as_if_it_were_typed_and_is_taken_back_whole(app, by, undo, name):
    who, register = by(), BY_NAME[name]
    for of, needed in NEEDED.get(name, ()):
        registers.keep(BY_NAME[of], needed, by=who)
    typed = [{one.label: raw.get(one.name, "") for one in register.fields} for raw in SAMPLES[name]]
    raw = [[row[head] for head in registers.headers(register)] for row in typed]
    before = count(OpenDuty)

    plan = importing.keep(
        register, workbook.table(register.title, registers.headers(register), raw), by=who, name="旧.xlsx"
    )

    assert (len(plan.rows), plan.problems) == (len(raw), [])
    db.session.rollback()
    wanted = [registers.parse(register, one, registers.blank(register))[0] for one in SAMPLES[name]]
    assert list(values_of_rows(register, who.actor.agency_id)) == wanted
    assert count(RegisterAct, RegisterAct.book == name, RegisterAct.act == "imported") == len(raw)
    assert list(inspection.inspect(today=who.today)) == []
    undo(who)
    assert count(MODELS[name], MODELS[name].withdrawn_at.is_(None)) == 0
    assert count(OpenDuty) == before
    assert list(inspection.inspect(today=who.today)) == []


def test_a_long_file_of_documents_is_kept_a_portion_at_a_time(app, by, monkeypatch):
    monkeypatch.setattr(importing, "PORTION", 2)
    who = by()

    plan = importing.keep(DOCUMENTS, documents(1, 2, 3, 4, 5, 3), by=who, keep_going=True)

    assert (len(plan.rows), [problem.row for problem in plan.problems]) == (5, [7])
    assert "相同的记录" in plan.problems[0].message
    assert count(MODELS[DOCUMENTS.name]) == 5
    file = db.session.scalars(select(ImportedFile)).one()
    assert (file.added, file.unchanged, file.refused) == (5, 0, 1)


def test_a_row_that_a_clerk_registered_since_it_was_looked_at_does_not_come_twice(app, by, monkeypatch):
    monkeypatch.setattr(importing, "PORTION", 2)
    who, looked = by(), importing._looked

    def and_somebody_registers(wanted, *args):
        plan = looked(wanted, *args)
        typed = {"title": "办法3", "number": "某规〔2025〕3号", "made_on": "2025-03-04"}
        registers.keep(DOCUMENTS, typed, by=who)
        return plan

    monkeypatch.setattr(importing, "_looked", and_somebody_registers)
    importing.keep(DOCUMENTS, documents(1, 2, 3, 4), by=who)

    assert count(MODELS[DOCUMENTS.name]) == 4
    file = db.session.scalars(select(ImportedFile)).one()
    assert (file.added, file.unchanged) == (3, 1)
    assert count(ImportedRow, ImportedRow.file_id == file.id) == 3


def test_a_month_beside_its_whole_year_is_refused_within_one_file_too(app, by):
    content = file_of(
        ("许可", [["年份", "月份", "行政许可"], [2025, "全年", 12], [2025, "3月", 4], [2024, "3月", 1]])
    )

    plan = importing.preview(DECISIONS, content, by=by())

    assert [problem.row for problem in plan.problems] == [3]
    assert "重复计数" in plan.problems[0].message
    assert len(plan.rows) == 2


def test_of_two_reviews_of_one_information_the_later_alone_sets_a_day(app, by):
    rows = [["2024-02-03", "会议纪要", "2026-02-03"], ["2025-02-03", "会议纪要", "2027-02-03"]]

    importing.keep(REVIEWS, file_of(("复查", [["复查日期", "信息内容", "下次复查日期"], *rows])), by=by())

    assert list(db.session.scalars(select(OpenDuty.due_on))) == [date(2027, 2, 3)]


def test_a_medium_whose_name_cannot_be_kept_is_named_at_its_row(app, by):
    who = by()
    heads = ["发布媒体", "信息标题", "发布时间", "拟稿人", "审查人", "审查日期", "审查意见", "依据"]
    done = ["须知", "2025-05-10", "林静", "何法", "2025-05-08", "同意公开", "不涉密"]

    plan = importing.keep(
        BY_NAME["publications"],
        file_of(("台账", [heads, ["媒" * 70, "告示", *done[1:]], ["日报", *done]])),
        by=who,
        keep_going=True,
    )

    assert [(problem.row, problem.column) for problem in plan.problems] == [(2, "发布媒体（A）")]
    assert [medium.name for medium in media_in_use(who.actor.agency_id)] == ["日报"]
