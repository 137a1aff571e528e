"""The page that checks anybody's report: upload, see what was read, what is wrong and where."""

from io import BytesIO

import pytest
from sqlalchemy import select

from tests.report_forms import as_docx, as_html, figures
from tracker.domain.permission import Role
from tracker.models.base import db
from tracker.models.user import AuditEntry

PAGE = "/reports/check"


@pytest.fixture
def auditor(sign_in):
    browser = sign_in(Role.AUDITOR)
    browser.get(PAGE)
    return browser


def upload(browser, *files: tuple[str, bytes]):
    return browser.post(PAGE, {"reports": [(BytesIO(content), name) for name, content in files]})


def test_the_page_shows_what_was_read_and_what_is_wrong(app, auditor):
    answer = upload(auditor, ("金湖.docx", as_docx(figures("jinhu_county_2023"))))

    assert answer.status_code == 200
    for words in (
        "金湖县人民政府",
        "2023",
        "表四总计",
        "行政诉讼（未经复议直接起诉）",
        "总计为0，前四项之和为3。",
    ):
        assert words in answer.text


def test_a_sound_report_is_called_sound_and_two_years_are_held_together(app, auditor):
    years = ["hongqiao_office_2023", "hongqiao_office_2024"]
    sound = upload(auditor, ("a.html", as_html(figures("unnamed_unit_2023_36req"))))
    both = upload(auditor, *((f"{name}.html", as_html(figures(name))) for name in years))

    assert "没有发现矛盾" in sound.text
    assert "本年上年结转为3，上年结转下年度为7。" in both.text


def test_a_file_that_cannot_be_read_says_why_beside_those_that_can(app, auditor):
    answer = upload(
        auditor,
        ("旧.doc", b"\xd0\xcf\x11\xe0" + b"\0" * 600),
        ("b.docx", as_docx(figures("jinhu_county_2023"))),
    )

    assert answer.status_code == 200
    assert "另存为" in answer.text
    assert "表四总计" in answer.text


def test_sending_no_file_is_told(app, auditor):
    answer = auditor.post(PAGE)

    assert (answer.status_code, "请选择" in answer.text) == (422, True)


def test_a_check_is_a_line_of_the_audit_log_and_nothing_else_is_kept(app, auditor):
    upload(auditor, ("金湖.docx", as_docx(figures("jinhu_county_2023"))))

    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "report_checked")).one()
    assert (entry.target, entry.details["findings"]) == ("金湖.docx", 1)


def test_names_in_a_file_are_shown_as_words(app, auditor):
    given = {**figures("jinhu_county_2023"), "agency": "<script>alert(1)</script>"}
    answer = upload(auditor, ("<b>x</b>.docx", as_docx(given)))

    assert "<script>alert" not in answer.text
    assert "<b>x</b>" not in answer.text


def test_the_page_is_reached_from_the_annual_reports(app, auditor):
    assert f'href="{PAGE}"' in auditor.get("/reports").text
