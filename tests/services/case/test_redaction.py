"""Redaction of files (第37条): what is under a box comes back in no way; the list of what was withheld."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from tests import case_files
from tests.jobs.test_jobs import load, received
from tracker.domain.case.redaction import GROUNDS, RedactionBox
from tracker.domain.errors import InvalidDetailError, NotPermittedError
from tracker.domain.letter import index
from tracker.domain.permission import Role
from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.case_file import CaseFile
from tracker.models.reads.case_file import files_of
from tracker.models.redaction import Redaction, RedactionDraft
from tracker.models.user import AuditEntry
from tracker.services.case import file, redaction
from tracker.services.case.evidence import Upload
from tracker.services.letter import letter as letters
from tracker.services.office import store

NUMBER = "11010519491231002X"
TEXT = f"关于道路整治的通知\n联系人：王小明\n证件 {NUMBER}\n电话 13912345678"


@pytest.fixture
def case(app):
    load({**received("2026-03-02", "A-1"), "applicant": {"kind": "natural_person", "name": "欧阳一一"}})
    return db.session.scalar(select(Case))


@pytest.fixture
def paper(case, actor, clock):
    (result,) = file.keep(case, "information", [Upload("通知.pdf", case_files.pdf(TEXT))], actor=actor(Role.HEAD), now=clock())  # fmt: skip
    return result.row


@pytest.fixture
def draw(actor, clock):
    def drawing(
        row: CaseFile, *boxes: RedactionBox, page: int = 1, version: int = 0, role: Role = Role.HEAD
    ) -> None:
        redaction.draw(row, page, boxes, version=version, actor=actor(role), now=clock())

    return drawing


def boxes_of(case: Case, row: CaseFile) -> list[RedactionBox]:
    """Return a box over everything that is suggested."""
    return [
        RedactionBox(
            each.page, each.left, each.top, each.right - each.left, each.bottom - each.top, "privacy", "号码"
        )
        for each in redaction.suggested(case, row)
    ]


def test_a_copy_is_made_beside_the_original_and_said_in_the_letter(case, paper, draw, actor, clock):
    before = store.get(paper.sha256)
    draw(paper, *boxes_of(case, paper), RedactionBox(1, 8000, 9000, 500, 300, "process_information"))
    made = redaction.make(case, paper, version=1, actor=actor(Role.HEAD), now=clock())
    copy = store.get(made.output.sha256)

    assert store.get(paper.sha256) == before
    assert (made.output.name, made.output.purpose, made.output.source_id) == (
        "通知（区分处理）.pdf",
        "redacted",
        paper.id,
    )
    assert [row.id for row in files_of(case)] == [made.output_id, paper.id]
    assert NUMBER.encode() not in copy
    lines = redaction.withheld(case).splitlines()
    assert lines == [
        "《通知》第1页第1、2、3处：个人隐私（号码），依据条例第15条。",
        "《通知》第1页第4处：过程性信息，依据条例第16条第2款。",
    ]
    kind = next(kind for kind in index.KINDS if kind.outcome == "partially_disclosed")
    assert letters.proposed(case, kind, actor(Role.HEAD))["withheld"].splitlines() == lines
    (entry,) = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "redacted"))
    assert (entry.target, entry.details["boxes"]) == ("A-1", 4)


def test_what_is_suggested_is_not_suggested_again_under_a_box(case, paper, draw):
    there = boxes_of(case, paper)
    draw(paper, *there[1:])

    assert [each.kind for each in redaction.suggested(case, paper)] == ["name"]


def test_boxes_of_one_page_take_the_place_of_those_that_it_had(case, actor, clock, draw):
    two = Upload("两页.pdf", case_files.pdf("第一页\n" + "行\n" * 90))
    (result,) = file.keep(case, "information", [two], actor=actor(Role.HEAD), now=clock())
    draw(result.row, RedactionBox(1, 0, 0, 100, 100, "privacy"), page=1)
    draw(result.row, RedactionBox(2, 0, 0, 200, 200, "privacy"), page=2, version=1)
    draw(result.row, RedactionBox(1, 0, 0, 300, 300, "internal_affairs"), page=1, version=2)

    boxes, version = redaction.drawn(result.row)

    assert [(box.page, box.width) for box in boxes] == [(1, 300), (2, 200)]
    assert version == 3


@pytest.mark.parametrize(
    ("box", "why"),
    [
        (RedactionBox(1, 9950, 0, 100, 100, "privacy"), "第1页第1处超出了页面"),
        (RedactionBox(1, 0, 0, 5, 100, "privacy"), "太小"),
        (RedactionBox(1, 0, 0, 100, 100, ""), "没有选择依据"),
        (RedactionBox(1, 0, 0, 100, 100, "state_secret"), "没有选择依据"),
        (RedactionBox(1, 0, 0, 100, 100, "privacy", "长" * 61), "不能超过60个字"),
    ],
)
def test_a_box_lies_on_its_page_and_has_a_ground(paper, draw, box, why):
    with pytest.raises(InvalidDetailError, match=why):
        draw(paper, box)

    assert db.session.scalars(select(RedactionDraft)).all() == []


def test_a_state_secret_is_no_ground_of_a_box_and_every_ground_has_its_article():
    """A paper that holds one is not in the system at all (保密法第31条第（三）项)."""
    assert "refused_state_secret" not in {ground.outcome for ground in GROUNDS.values()}
    assert {ground.law for ground in GROUNDS.values()} == {
        "条例第14条",
        "条例第15条",
        "条例第16条第1款",
        "条例第16条第2款",
    }


def test_two_people_who_draw_at_once_are_told(paper, draw, case, actor, clock):
    draw(paper, RedactionBox(1, 0, 0, 100, 100, "privacy"))
    with pytest.raises(StaleDataError):
        draw(paper, RedactionBox(1, 0, 0, 200, 200, "privacy"))
    with pytest.raises(StaleDataError):
        redaction.make(case, paper, version=0, actor=actor(Role.HEAD), now=clock())

    assert redaction.drawn(paper)[0][0].width == 100


def test_nothing_is_made_without_a_box_of_a_copy_or_of_word_or_by_a_registrar(
    case, paper, draw, actor, clock
):
    who = {"actor": actor(Role.HEAD), "now": clock()}
    with pytest.raises(InvalidDetailError, match="还没有画框"):
        redaction.make(case, paper, version=0, **who)
    (word,) = file.keep(case, "information", [Upload("a.docx", case_files.word())], **who)
    with pytest.raises(InvalidDetailError, match="另存为 PDF"):
        draw(word.row, RedactionBox(1, 0, 0, 100, 100, "privacy"))
    with pytest.raises(NotPermittedError):
        draw(paper, RedactionBox(1, 0, 0, 100, 100, "privacy"), role=Role.REGISTRAR)
    draw(paper, RedactionBox(1, 0, 0, 1000, 1000, "privacy"))
    made = redaction.make(case, paper, version=1, **who)
    with pytest.raises(InvalidDetailError, match="已经是区分处理后的副本"):
        draw(made.output, RedactionBox(1, 0, 0, 100, 100, "privacy"))

    assert len(db.session.scalars(select(Redaction)).all()) == 1
