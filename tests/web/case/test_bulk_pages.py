"""Lists with boxes to tick, and what is done with the ticked: results by row, prints, exports, hand-over, undo."""

import re
from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import select

from tests.jobs.test_jobs import load, received
from tracker.domain.permission import Role
from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.case_note import InternalNote
from tracker.services.case import bulk
from tracker.services.office import unit
from tracker.services.office.actor import system


@pytest.fixture
def app(on_sqlite):
    return on_sqlite


@pytest.fixture
def head(sign_in, planning):
    """The head, with a handler of the unit, three open requests and one that is answered."""
    load(
        *(received("2026-03-02", f"A-{n}") for n in range(3)),
        received("2026-03-02", "A-9", {"step": "answer", "outcome": "disclosed", "on": "2026-03-05"}),
    )
    sign_in(Role.HANDLER, unit=planning)
    return sign_in(Role.HEAD)


def boxes(page: str) -> list[str]:
    return re.findall(r'name="case" value="([^"]+)"', page)


def numbers(page: str) -> list[str]:
    return sorted(set(re.findall(r"A-\d", page)))


def test_what_is_ticked_is_assigned_and_the_others_say_why_not(head, planning):
    page = head.get("/cases").text
    answer = head.post("/cases/bulk/assign", {"case": boxes(page), "unit": planning.name, "handler": "周明"})

    assert "3件已指派，1件没有" in answer.text
    assert "A-9" in answer.text[answer.text.index("没有办理的") :]
    undo = re.findall(r'name="entry" value="([^"]+)"', answer.text)
    assert "3件已撤销" in head.post("/cases/bulk/undo", {"entry": undo}).text
    assert db.session.scalars(select(Case.handler).distinct()).all() == [None]


def all_shown(page: str) -> dict[str, str]:
    return {"all": "1", "seen": re.search(r'name="seen" value="([^"]*)"', page)[1]}


def test_all_that_the_filter_shows_are_the_very_cases_that_were_shown(head, planning):
    page = head.get("/cases?state=open").text
    address = re.search(r'action="(/cases/bulk/assign[^"]*)"', page)[1]
    words = {**all_shown(page), "unit": planning.name}
    (other,) = db.session.scalars(select(Case.id).where(Case.number == "A-1"))
    head.step(other, "withdraw", "2026-03-03")
    load(received("2026-03-02", "A-7"))  # as many as before, and not the same

    changed = head.post(address, words)

    assert (changed.status_code, "少了1件，多了1件" in changed.text) == (409, True)
    gone, came, now = re.findall(r"<table.*?</table>", changed.text, re.DOTALL)
    assert [numbers(part) for part in (gone, came, now)] == [["A-1"], ["A-7"], ["A-0", "A-2", "A-7"]]
    assert db.session.scalars(select(Case.unit_id).distinct()).all() == [None]
    again = {"unit": re.search(r'name="unit" value="([^"]+)"', changed.text)[1], "case": boxes(changed.text)}
    assert "3件已指派" in head.post(address, again).text
    assert head.post(address, {"case": ["²:1", f"{10**30}:1"], "unit": planning.name}).status_code == 422
    worklist = head.get("/?only=soon").text
    assert ("list=worklist" in worklist, boxes(worklist)) == (False, [])
    assert "list=worklist" in head.get("/").text


def test_the_ticked_leave_as_a_workbook_and_on_paper_and_nothing_else(head):
    ticked = boxes(head.get("/cases").text)[:2]

    sheet = openpyxl.load_workbook(BytesIO(head.post("/cases/bulk/export", {"case": ticked}).data)).active
    paper = head.post("/cases/bulk/print", {"case": ticked})

    assert sheet.max_row == 3
    assert len(numbers(paper.text)) == 2
    assert "data-print" in paper.text
    assert head.post("/cases/bulk/print", {}).status_code == 422
    assert head.post("/cases/bulk/nothing", {}).status_code == 404


def test_a_list_that_leaves_says_first_what_is_missing_in_it(head, sign_in, planning, agency_id, clock):
    unit.create(
        name="法规股", kind="股室", liaison_name="", liaison_email="", actor=system(agency_id), now=clock()
    )
    clerk = sign_in(Role.HANDLER, unit=planning)
    seen = boxes(clerk.get("/cases").text)
    head.post("/cases/bulk/assign", {"case": seen[-1:], "unit": "法规股"})
    (gone,) = (row.number for row in db.session.scalars(select(Case)) if row.unit_id)

    for way in ("export", "print"):
        told = clerk.post(f"/cases/bulk/{way}", {"case": [*seen, "99999:1"]})

        assert (told.status_code, "少了2件" in told.text, "另有2件您不能查阅" in told.text) == (
            409,
            True,
            True,
        )
        assert gone not in told.text
        rest = clerk.post(f"/cases/bulk/{way}", {"case": boxes(told.text)})
        assert (rest.status_code, len(boxes(told.text))) == (200, 3)


def test_a_reader_gets_no_acts_and_a_clerk_s_note_is_searched_for_nowhere_outside(head, sign_in):
    case_id = db.session.scalar(select(Case.id).where(Case.number == "A-0"))
    assert head.post(f"/cases/{case_id}/notes", {"body": "口径待定"}).status_code == 303
    assert head.post(f"/cases/{case_id}/notes", {"body": "  "}).status_code == 422
    assert db.session.scalars(select(InternalNote.body)).all() == ["口径待定"]
    auditor = sign_in(Role.AUDITOR)

    page = auditor.get(f"/cases/{case_id}").text

    assert "口径待定" in page
    assert f"/cases/{case_id}/notes" not in page
    assert auditor.post("/cases/bulk/note", {"case": [f"{case_id}:1"], "body": "x"}).status_code == 403
    exported = auditor.get("/cases/export.xlsx").data
    cells = [cell.value for row in openpyxl.load_workbook(BytesIO(exported)).active for cell in row]
    assert "口径待定" not in cells


def test_a_person_s_cases_are_handed_over_but_for_those_unticked(head, planning):
    head.post(
        "/cases/bulk/assign",
        {"case": boxes(head.get("/cases").text), "unit": planning.name, "handler": "周明"},
    )
    assert "/cases/handover?giver=" in head.get("/?handler=周明").text
    page = head.get("/cases/handover?giver=周明").text
    taker = re.search(r'<option value="(\d+)">陈立', page)[1]
    words = {"giver": "周明", "taker": taker, "case": boxes(page)[:2]}

    refused = head.post("/cases/handover", words)
    answer = head.post("/cases/handover", {**words, "reason": "调岗"})

    assert (refused.status_code, "请填写理由" in refused.text) == (422, True)
    assert [value in refused.text for value in boxes(page)] == [True, True, True]
    assert "2件已交接" in answer.text
    back = {
        "giver": "陈立",
        "taker": re.search(r'<option value="(\d+)">周明', head.get("/cases/handover?giver=陈立").text)[1],
        "case": boxes(page),
        "reason": "错给",
    }
    left = head.post("/cases/handover", back).text
    assert "现在由周明承办，没有交接" in left
    assert db.session.scalars(select(Case.handler).where(Case.number == "A-2")).all() == ["周明"]


def test_a_followed_case_stands_on_its_own_list_and_a_step_of_now_can_be_undone(head):
    case_id = db.session.scalar(select(Case.id).where(Case.number == "A-1"))
    head.post(f"/cases/{case_id}/follow", {"on": "1"})
    assert "我关注的" in head.get("/").text
    assert numbers(head.get("/cases?followed=1").text) == ["A-1"]
    head.step(case_id, "accept", "2026-03-03")
    page = head.get(f"/cases/{case_id}").text
    seq = re.search(rf"/cases/{case_id}/undo/(\d+)", page)[1]

    head.act(f"/cases/{case_id}", f"undo/{seq}")

    assert db.session.get(Case, case_id).state == "received"
    after = head.get(f"/cases/{case_id}").text
    assert ("已撤销“受理”" in after, "/undo/" in after) == (True, False)
    head.post(f"/cases/{case_id}/follow", {"on": "0"})
    assert numbers(head.get("/cases?followed=1").text) == []


def test_who_has_more_cases_than_one_act_takes_is_told_that_some_are_left(head, planning, monkeypatch):
    monkeypatch.setattr(bulk, "MOST", 2)
    for ticked in (boxes(head.get("/cases").text)[:2], boxes(head.get("/cases").text)[2:]):
        head.post("/cases/bulk/assign", {"case": ticked, "unit": planning.name, "handler": "周明"})

    page = head.get("/cases/handover?giver=周明").text

    assert ("共3件" in page, "其余的1件" in page, len(boxes(page))) == (True, True, 2)
