"""An office without a name hands out nothing: on paper, as a file, published or by mail."""

import inspect
import re
from pathlib import Path

import pytest

from tests import case_files, mail_server
from tests.settings import set_to
from tests.web.case.test_file_pages import send
from tests.web.office.test_setting_pages import seen_on
from tests.web.page.test_pages import REQUEST
from tracker.config import UNNAMED, templates
from tracker.domain.permission import Role
from tracker.services.mail import outbox
from tracker.services.operations import setup

HANDS_OUT = re.compile(r"\bdownload\.|send_file\(|Response\(content")
# Why what these hand out is not the office's word to anybody.
INSIDE = {
    "register_file.template": "an empty sheet to be filled in",
    "letter_template.ours": "our own template, with places for the office's name",
    "letter_template.own": "a template, with places for the office's name",
    "case_file.original": "what somebody gave us, as it came; of what is ours it asks itself",
    "case_file.preview": "a picture of what somebody gave us",
    "evidence.file": "what somebody gave us, as it came",
    "contact_mail.original": "a mail that somebody sent us, as it came",
    "letter_service.proof": "what somebody gave us, as it came; of a mail of ours it asks itself",
    "imported.rest": "rows of the office's own file, as they came, to be mended",
    "people.create": "one-time passwords for the office's own people",
    "start.put_in": "one-time passwords of the sample's people",
}


@pytest.fixture
def unnamed(app, clock):
    setup.initialise(UNNAMED, fallback=UNNAMED, now=clock())


def printing() -> set[str]:
    """Return the templates that are made for the printer."""
    folder = templates()
    return {
        str(path.relative_to(folder))
        for path in folder.rglob("*.html")
        if "data-print" in path.read_text(encoding="utf-8")
    }


def test_every_view_that_hands_something_out_asks_for_the_name_or_says_why_not(on_sqlite):
    found = {}
    for endpoint, view in on_sqlite.view_functions.items():
        if Path(inspect.getsourcefile(view) or "").is_relative_to(templates().parent / "tracker"):
            source = inspect.getsource(view)
            if HANDS_OUT.search(source) or any(f'"{name}"' in source for name in printing()):
                found[endpoint] = getattr(view, "is_outward", False)

    assert {endpoint for endpoint, asks in found.items() if not asks} == set(INSIDE)
    assert sum(found.values()) >= 9


@pytest.fixture
def clerk(unnamed, sign_in):
    return sign_in(Role.REGISTRAR, Role.HANDLER, Role.HEAD)


@pytest.mark.parametrize(
    "address",
    [
        "/cases/export.xlsx",
        "/contacts/export.xlsx",
        "/books/trainings/export.xlsx",
        "/reports/2025/report.docx",
        "/reports/2025/report.json",
        "/statistics/2026/months.svg",
    ],
)
def test_it_is_refused_in_words_with_the_way_to_the_name(clerk, address):
    clerk.post("/register", REQUEST)

    answer = clerk.get(address)

    assert answer.status_code == 422
    assert "本机关还没有名称，不能打印、下载、制作文书、发布或者发送邮件。" in answer.text
    assert 'href="/office">填写机关名称' in answer.text


def test_no_letter_is_made_without_it(clerk):
    clerk.post("/register", REQUEST)
    clerk.get("/cases/1/letters/new/receipt")

    answer = clerk.post("/cases/1/letters/new/receipt", {"on": "2026-03-16", "act": "make"})

    assert answer.status_code == 422
    assert "本机关还没有名称，不能打印、下载、制作文书、发布或者发送邮件。" in answer.text


def test_a_draft_of_ours_waits_for_the_name_and_what_came_in_does_not(clerk):
    clerk.post("/register", REQUEST)
    clerk.get("/cases/1")
    answers = {}
    for place, purpose in enumerate(("draft", "application"), start=1):
        send(clerk, (case_files.pdf(f"{place}"), f"{purpose}.pdf"), purpose=purpose)
        answers[purpose] = clerk.get(f"/cases/1/files/{place}/original")

    assert {purpose: answer.status_code for purpose, answer in answers.items()} == {
        "draft": 422,
        "application": 200,
    }
    assert "本机关还没有名称" in answers["draft"].text


def test_a_mail_with_a_letter_is_refused_before_it_is_kept(clerk):
    clerk.post("/register", REQUEST)
    clerk.get("/cases/1")

    answer = clerk.post("/cases/1/letters/1/services/mail", {"version": "1"})

    assert answer.status_code == 422
    assert "本机关还没有名称" in answer.text


def test_who_may_not_name_it_is_told_whom_to_tell(unnamed, sign_in):
    sign_in(Role.HEAD)

    answer = sign_in(Role.AUDITOR).get("/cases/export.xlsx")

    assert answer.status_code == 422
    assert "请告诉系统管理员或者公开机构负责人：陈立、系统管理员。" in answer.text
    assert 'href="/office"' not in answer.text


def test_every_page_says_so_and_prints_nothing_but_that(clerk):
    page = clerk.get("/cases").text

    assert '<body class="unnamed"' in page
    assert '<p class="printonly">本机关还没有名称，不能打印。</p>' in page


def test_once_it_has_its_name_everything_is_handed_out(clerk):
    clerk.post("/register", REQUEST)
    mark = seen_on(clerk, "/office")

    saved = clerk.post("/office", {"name": "测试县城管局", "agency_level": "department", "seen": mark})

    assert saved.status_code == 303
    assert clerk.get("/cases/export.xlsx").mimetype.endswith("sheet")
    assert '<a class="bar__name" href="/">测试县城管局</a>' in clerk.get("/cases").text


def test_mail_waits_for_the_name(unnamed, sign_in, clock):
    boxes = mail_server.Mailboxes()
    running = mail_server.start(boxes)
    set_to(smtp_host="127.0.0.1", smtp_port=running.port, smtp_security="none", mail_from="a@example.org")
    administrator = sign_in(Role.ADMINISTRATOR)
    administrator.get("/settings")
    tested = administrator.post("/settings/test", {"to": "me@example.org"})
    told = outbox.deliver(on=clock.today, now=clock())
    running.stop(no_assert=True)

    assert tested.status_code == 422
    assert "本机关还没有名称" in tested.text
    assert told == outbox.NAMELESS
    assert boxes.taken == []
