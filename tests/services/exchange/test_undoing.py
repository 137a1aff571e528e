"""An import is undone as one act: nothing counts it, everything stays, and the file can be taken again."""

import pytest
from sqlalchemy import func, select

from tests.jobs.test_jobs import load, received
from tests.services.exchange.test_spreadsheet import HEADERS, OPEN, PLAIN, but
from tests.services.register.test_importing import file_of
from tracker.domain.case.event import Entry
from tracker.domain.case.state import VOID
from tracker.domain.errors import InvalidDetailError, NotFoundError, StepNotAllowedError
from tracker.domain.permission import Role
from tracker.models.agency import Agency
from tracker.models.base import db, transaction
from tracker.models.case import Case, CaseEvent
from tracker.models.imported import KEPT, UNDONE, ImportedFile
from tracker.models.reads import tally
from tracker.models.reads.table3 import table3_counts
from tracker.models.user import AuditEntry
from tracker.services.case import step
from tracker.services.exchange import importing, spreadsheet, undoing
from tracker.services.exchange.undoing import ImportBuiltOnError
from tracker.services.office import portions
from tracker.services.office.origin import Origin, digest_of
from tracker.services.operations import inspection

pytestmark = pytest.mark.both  # transactions

NUMBERED = (*HEADERS, "受理编号", "备注")
ROWS = (
    [*PLAIN, "旧-1", "归档"],
    [*OPEN, "旧-2", None],
    [*but(PLAIN, 申请人="王五"), None, None],
)


@pytest.fixture
def take_in(app, clock):
    """Take rows in, and return the import; content: of a file that was made before."""

    def run(*rows, content: bytes | None = None, headers=NUMBERED, **options) -> ImportedFile:
        found = content or file_of(("台账", [headers, *rows]))
        origin = Origin("旧台账.xlsx", digest_of(found))
        spreadsheet.import_spreadsheet(
            found, today=clock.today, now=clock(), origin=origin, keep_going=True, **options
        )
        return db.session.scalars(select(ImportedFile).order_by(ImportedFile.id.desc())).first()

    return run


@pytest.fixture
def undo(actor, clock):
    def run(file: ImportedFile, reason: str = "列错了", **options) -> ImportedFile:
        who = {"actor": actor(Role.HEAD), "today": clock.today, "now": clock()}
        return undoing.undo(file.id, reason, **who, **options)

    return run


def states() -> dict[str, str]:
    db.session.rollback()
    return dict(db.session.execute(select(Case.number, Case.state).order_by(Case.id)).tuples().all())


def flaws(clock) -> list[str]:
    db.session.rollback()
    return [f"{each.where} {each.message}" for each in inspection.inspect(today=clock.today)]


def counted(agency_id: int) -> list:
    db.session.rollback()
    cells = [table3_counts(agency_id, year) for year in (2025, 2026)]
    return [{cell: number for cell, number in one.items() if number} for one in cells]


def test_what_a_file_brought_is_void_and_counted_nowhere_and_the_file_can_be_taken_again(
    take_in, undo, clock, agency_id
):
    before = counted(agency_id)
    content = file_of(("台账", [NUMBERED, *ROWS]))
    file = take_in(content=content)
    taken = counted(agency_id)
    assert (file.state, file.added, taken != before) == (KEPT, 3, True)

    undo(file)

    assert (counted(agency_id), flaws(clock)) == (before, [])
    assert states() == {
        "旧-1": VOID,
        "旧-2": VOID,
        "YSQ-2025-0001": VOID,
    }
    again = take_in(content=content)
    assert (again.id, again.added, counted(agency_id), flaws(clock)) == (2, 3, taken, [])
    assert states() == {
        "旧-1（撤销导入1）": VOID,
        "旧-2（撤销导入1）": VOID,
        "YSQ-2025-0001": VOID,
        "旧-1": "disclosed",
        "旧-2": "received",
        "YSQ-2025-0002": "disclosed",
    }


def test_the_undoing_is_one_act_of_the_log_with_its_reason_and_is_done_once(take_in, undo):
    file = take_in(*ROWS)

    undone = undo(file)

    assert (undone.state, undone.reason, undone.undone_by) == (UNDONE, "列错了", "陈立")
    entry = db.session.scalar(select(AuditEntry).where(AuditEntry.act == "import_undone"))
    assert (entry.target, entry.details["rows"], entry.details["reason"]) == ("导入1", 3, "列错了")
    with pytest.raises(StepNotAllowedError, match="已经撤销"):
        undo(file)


def test_nothing_is_undone_on_which_a_later_entry_stands_and_each_such_row_is_named(
    take_in, undo, clock, actor
):
    file = take_in(*ROWS)
    case = db.session.scalar(select(Case).where(Case.number == "旧-2"))
    step.take(
        case.id, Entry("accept", clock.today, {}), actor=actor(Role.HEAD), today=clock.today, now=clock()
    )
    entries = db.session.scalar(select(func.count(CaseEvent.id)))

    with pytest.raises(ImportBuiltOnError, match=r"有1处.*旧-2：后来的办理记录") as caught:
        undo(file)

    assert [(one.name, one.why) for one in caught.value.obstacles] == [("旧-2", "后来的办理记录")]
    db.session.rollback()
    assert db.session.scalar(select(func.count(CaseEvent.id))) == entries


def test_what_a_file_added_to_a_case_that_was_there_is_taken_back_alone(take_in, undo, clock):
    first = take_in([*OPEN, "旧-2", None])
    answered = [*but(OPEN, 答复类型="予以公开", 答复日期="2026-03-10"), "旧-2", None]
    second = take_in(answered)
    assert (second.added, second.continued, states()) == (0, 1, {"旧-2": "disclosed"})

    with pytest.raises(ImportBuiltOnError):
        undo(first)
    undo(second)

    assert (states(), flaws(clock)) == ({"旧-2": "received"}, [])
    third = take_in(answered)
    assert (third.continued, states(), flaws(clock)) == (1, {"旧-2": "disclosed"}, [])
    undo(third)
    undo(first)
    assert (states(), flaws(clock)) == ({"旧-2": VOID}, [])


def test_a_large_import_is_undone_whole_and_the_tallies_are_right(
    take_in, undo, clock, agency_id, monkeypatch
):
    monkeypatch.setattr(importing, "PORTION", 2)
    monkeypatch.setattr(portions, "PAUSE", 0)
    monkeypatch.setattr(undoing, "BATCH", 2)
    before = counted(agency_id)
    file = take_in(*([*but(PLAIN, 申请人=f"甲{n}"), f"旧-{n}", None] for n in range(5)))
    assert file.added == 5

    undo(file)

    assert (set(states().values()), counted(agency_id), flaws(clock)) == ({VOID}, before, [])
    assert list(tally.differences()) == []


def test_a_reason_is_asked_for_and_another_office_finds_no_such_import(take_in, undo, actor, clock):
    file = take_in(*ROWS)
    with pytest.raises(InvalidDetailError, match="理由"):
        undo(file, " ")
    with transaction():
        db.session.add(Agency(code="other", name="别的机关"))
    other = db.session.scalar(select(Agency.id).where(Agency.code == "other"))
    head = actor(Role.HEAD)
    with pytest.raises(NotFoundError):
        undoing.find(file.id, type(head)(head.name, head.roles, other))


def test_an_import_whose_cases_a_repeat_answer_names_stands(take_in, undo, clock):
    file = take_in([*PLAIN, "旧-1", None])
    load(
        received(
            "2026-03-02",
            "R-1",
            {
                "step": "answer",
                "on": "2026-03-10",
                "outcome": "not_processed_repeat",
                "basis": {"end": "", "earlier_number": "旧-1", "earlier_on": "2025-01-20"},
            },
        )
    )

    assert [one.name for one in undoing.obstacles(file)] == ["旧-1"]
