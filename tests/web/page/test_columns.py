"""Each person sees a list with the columns that the person chose, as close as chosen; its print says what it holds."""

import re

import pytest

from tests.conftest import Browser
from tests.jobs.test_jobs import load, received
from tracker.domain.permission import Role
from tracker.domain.register.index import BY_NAME
from tracker.models.base import transaction
from tracker.models.case_file import CaseFile
from tracker.services.case import file
from tracker.services.contact import registration
from tracker.services.contact.contact import ContactData
from tracker.services.office import store
from tracker.services.register import register as registers

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
CHOSEN = {"column-number": "1", "column-handler": "1", "column-served_on": "1", "dense": "1"}
NO_LIST = 404


def heads(browser: Browser, at: str) -> list[str]:
    """Return the words over the columns of a list."""
    cells = re.findall(r"<th\b[^>]*>(.*?)</th>", browser.get(at).text, re.DOTALL)
    return [re.sub(r"<[^>]*>|[▾▲▼]", "", cell).strip() for cell in cells]


def test_a_list_has_the_columns_that_its_reader_chose_and_the_usual_ones_for_another(app, sign_in):
    load(received("2026-03-02", "A-1"))
    head, handler = sign_in(Role.HEAD), sign_in(Role.HANDLER)
    usual = heads(head, "/cases")

    kept = head.post("/account/lists/cases", {**CHOSEN, "to": "/cases?year=2026"})

    assert kept.headers["Location"] == "/cases?year=2026"
    assert heads(head, "/cases") == ["选择", "受理编号", "承办人", "送达日期"]
    assert "list--dense" in head.get("/cases").text
    assert heads(handler, "/cases") == usual
    head.post("/account/lists/cases", {"column-handler": "1", "to": "/cases"})
    assert heads(head, "/cases") == ["选择", "受理编号", "承办人"]
    head.post("/account/lists/cases", {"to": "/cases"})
    assert "请至少选择一列" in head.get("/cases").text
    head.post("/account/lists/cases", {"usual": "1", "to": "/cases"})
    assert heads(head, "/cases") == usual


def test_a_column_of_the_export_is_shown_in_the_list_and_printed_in_the_readers_language(app, sign_in):
    extended = {"step": "extend", "on": "2026-03-10", "days": 10, "approved_by": "陈立"}
    on_paper = {**extended, "reason": "量大（批准日：2026-03-09）"}
    load(received("2026-03-02", "A-1", extended), received("2026-03-02", "A-2", on_paper))
    head = sign_in(Role.HEAD)
    head.post(
        "/account/lists/cases", {"column-extensions": "1", "column-moves": "1", "column-signed_on": "1"}
    )

    page, paper = head.get("/cases").text, head.get("/cases?paper=1").text
    english = head.get("/cases?language=en").text

    assert heads(head, "/cases?language=zh") == ["选择", "受理编号", "签收日期", "延期情况", "期限的历史"]
    assert "2026-03-10告知，10个工作日，陈立批准" in page
    assert "2026-03-10告知，10个工作日，陈立批准" in paper
    assert "2026-03-10告知，10个工作日，陈立2026-03-09批准" in page
    assert "told 2026-03-10, 10 working days, approved by 陈立" in english


def test_the_files_of_a_letter_are_shown_where_they_are_chosen(app, sign_in, actor, clock):
    by = {"actor": actor(Role.HEAD), "today": clock.today, "now": clock()}
    visit = ContactData(form="visit", arrived_on=clock.today, person="丁一", summary="询问")
    row = registration.register(visit, **by)
    photograph = CaseFile(purpose="other", name="现场照片.pdf", type="application/pdf", told=[])
    with store.ready(b"%PDF-1.4") as stored, transaction():
        file.add(row, photograph, stored, actor=by["actor"], now=clock())
    head = sign_in(Role.HEAD)
    head.post("/account/lists/contacts", {"column-files": "1", "column-case_number": "1"})

    assert heads(head, "/contacts") == ["登记编号", "附件", "关联受理编号"]
    assert "现场照片.pdf" in head.get("/contacts").text


def test_the_columns_of_a_register_are_chosen_among_all_its_fields(app, sign_in, actor, clock):
    row = {"held_on": "2026-03-02", "topic": "条例培训", "attendees": "12"}
    by = registers.By(actor=actor(Role.HEAD), today=clock.today, now=clock())
    registers.keep(BY_NAME["trainings"], row, by=by)
    head = sign_in(Role.HEAD)

    head.post("/account/lists/book-trainings", {"column-note": "1", "column-topic": "1"})

    assert heads(head, "/books/trainings") == ["培训内容", "备注"]
    for name in ("nothing", "trainings", "book-nothing"):
        assert head.post(f"/account/lists/{name}", CHOSEN).status_code == NO_LIST


def test_the_print_of_a_list_holds_every_row_and_says_so(app, sign_in, monkeypatch):
    monkeypatch.setitem(app.config, "PAGE_SIZE", 2)
    load(*(received("2026-03-02", f"A-{number}") for number in range(5)))
    head = sign_in(Role.HEAD)

    page, paper = head.get("/cases?year=2026").text, head.get("/cases?year=2026&paper=1").text

    assert page.count(">A-") == 2
    assert "第1—2条，共5条（只列符合所选条件的）" in page
    assert paper.count(">A-") == 5
    assert "第1—5条，共5条" in paper
