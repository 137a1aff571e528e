"""The pages of redaction: boxes without a script, suggestions that a person confirms, the copy, the letter."""

import re
from io import BytesIO

import pypdf
import pytest
from sqlalchemy import select

from tests import case_files
from tests.jobs.test_jobs import load, received
from tests.web.case.test_file_pages import FILES, send
from tracker.domain.permission import Role
from tracker.models.base import db
from tracker.models.redaction import Redaction, RedactionDraft

NUMBER = "11010519491231002X"
AT = f"{FILES}/1/redaction"
BOX = {
    "left-0": "10",
    "top-0": "20.5",
    "width-0": "30",
    "height-0": "4",
    "ground-0": "privacy",
    "what-0": "证件号码",
}


@pytest.fixture
def office(sign_in):
    load(received("2026-03-02", "A-1", {"step": "accept", "on": "2026-03-03"}))
    browser = sign_in(Role.HEAD)
    send(browser, (case_files.pdf(f"通知\n证件 {NUMBER}\n" + "行\n" * 60), "通知.pdf"))
    return browser


def draw(office, **fields: str):
    """Send the form of the first page as it is shown, with what is typed into it."""
    page = office.get(AT).text
    version = re.search(r'name="version" value="(\d+)"', page)[1]
    return office.post(AT, {"page": "1", "version": version, "rows": "1", **BOX, "use-0": "1", **fields})


def test_a_box_is_drawn_without_a_script_and_shown_with_its_ground(office):
    answer = draw(office, act="save")
    page = office.get(AT).text

    assert answer.status_code == 303
    assert "第1页已保存1处。" in page
    assert '<rect x="10.00" y="20.50" width="30.00" height="4.00"' in page
    assert "个人隐私（条例第15条）" in page
    assert "证件号码" in page


def test_the_thousandth_box_of_a_page_is_kept_too_and_more_than_may_be_are_refused(office):
    def boxes(count: int) -> dict[str, str]:
        row = {name.partition("-")[0]: value for name, value in BOX.items()} | {"use": "1"}
        return {f"{name}-{place}": value for place in range(count) for name, value in row.items()}

    assert draw(office, act="save", rows="1000", **boxes(1000)).status_code == 303
    assert len(db.session.scalar(select(RedactionDraft.boxes))) == 1000
    refused = draw(office, act="save", rows="2001", **boxes(2001))
    assert (refused.status_code, "最多2000处" in refused.text) == (422, True)


def test_a_box_that_is_not_ticked_is_taken_away(office):
    draw(office, act="save")
    draw(office, act="save", **{"use-0": ""})

    assert db.session.scalar(select(RedactionDraft.boxes)) == []


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"left-0": "x"}, "位置应写百分数"),
        ({"width-0": ""}, "位置应写百分数"),
        ({"left-0": "90"}, "超出了页面"),
        ({"ground-0": ""}, "没有选择依据"),
        ({"ground-0": "state_secret"}, "没有选择依据"),
    ],
)
def test_what_is_wrong_with_a_box_is_said_and_nothing_typed_is_lost(office, wrong, why):
    answer = draw(office, act="save", **wrong)

    assert answer.status_code == 422
    assert why in answer.text
    assert "证件号码" in answer.text
    assert db.session.scalars(select(RedactionDraft)).all() == []


def test_suggestions_are_dashed_and_unticked_until_a_person_ticks_them(office):
    page = office.get(f"{AT}?suggest=1").text

    assert "第1页1处" in page
    assert 'class="suggested"' in page
    assert 'name="use-0" value="1">' in page
    assert "公民身份号码" in page
    assert NUMBER not in page


def test_a_copy_is_made_after_the_suggestions_that_stay_visible_are_confirmed(office):
    asked = draw(office, act="make")
    made = draw(office, act="make", confirmed="1")

    assert asked.status_code == 422
    assert "还有第1页1处疑似个人信息没有遮盖" in asked.text
    assert made.status_code == 303
    (row,) = db.session.scalars(select(Redaction))
    copy = office.get(f"{FILES}/{row.output_id}/original").data
    assert "".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(copy)).pages) == ""
    assert "通知（区分处理）.pdf" in office.get(AT).text
    assert "由文件1区分处理而成" in office.get(FILES).text


def test_the_letter_and_the_step_of_a_partial_disclosure_state_what_was_withheld(office):
    draw(office, act="make", confirmed="1")
    line = "《通知》第1页第1处：个人隐私（证件号码），依据条例第15条。"

    kind = re.search(
        r"/cases/1/letters/new/(partially_disclosed[\w.]*)", office.get("/cases/1/letters").text
    )[1]
    assert line in office.get(f"/cases/1/letters/new/{kind}").text
    assert line in office.get("/cases/1/steps/partially_disclosed").text


def test_who_drew_second_is_told_and_keeps_what_was_drawn(office):
    stale = {"page": "1", "version": "0", "rows": "1", **BOX, "use-0": "1", "act": "save"}
    draw(office, act="save")

    answer = office.post(AT, {**stale, "what-0": "我画的"})

    assert answer.status_code == 409
    assert "别人刚刚也在这个文件上画了框" in answer.text
    assert "我画的" in answer.text


def test_word_is_sent_back_with_what_to_do_and_a_reader_draws_nothing(office, sign_in):
    send(office, (case_files.word(), "a.docx"))
    office.get(f"{FILES}/2/redaction")

    assert "另存为 PDF" in office.get(f"{FILES}/2").text
    assert sign_in(Role.AUDITOR).get(AT).status_code == 403
    assert sign_in(Role.REGISTRAR).post(AT, {}).status_code == 403
