"""An answer that leaves by mail, in a real browser and by a real mail server, until its day is recorded."""

import os

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from tests import mail_server, settings
from tests.browser.test_browser import address, people, signed_in
from tests.letters import set_up, stated, typed, worked
from tracker.domain.letter import index
from tracker.domain.permission import Role
from tracker.models.base import db, transaction
from tracker.models.case import Case
from tracker.models.letter import Letter
from tracker.services.job import sending
from tracker.services.letter import letter as letters

__all__ = ["address", "people"]
ANSWER = index.BY_KEY["refused_internal_affairs.internal"]
PICTURES = os.environ.get("PICTURES", "")


@pytest.fixture
def app(on_sqlite):
    """What differs between the databases is tested below the pages."""
    return on_sqlite


@pytest.fixture
def boxes(on_sqlite):
    boxes = mail_server.Mailboxes()
    running = mail_server.start(boxes)
    where = {"smtp_host": "127.0.0.1", "smtp_port": running.port, "smtp_security": "none"}
    settings.set_to(**where, mail_from="gov@example.org")
    yield boxes
    running.stop(no_assert=True)


@pytest.fixture
def letter(on_sqlite, people, actor, clock) -> int:
    set_up()
    head = actor(Role.HEAD, Role.REGISTRAR)
    case = worked(ANSWER, by=head, today=clock.today, now=clock())
    with transaction():
        case.applicant.email = "wang@example.org"
    made = letters.make(
        case.id, typed(ANSWER, facts=stated(ANSWER)), actor=head, today=clock.today, now=clock()
    )
    letter_id = made.id
    db.session.remove()
    return letter_id


def shown(page, name: str) -> None:
    for width in (1280, 390) if PICTURES else ():
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=f"{PICTURES}/{name}-{width}.png", full_page=True)


def test_an_answer_is_agreed_on_sent_proved_and_recorded(chromium, address, boxes, letter, clock):
    case_id = db.session.scalar(select(Letter.case_id).where(Letter.id == letter))
    db.session.remove()
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    signed_in(page, address)

    page.goto(f"{address}/cases/{case_id}/agreement")
    page.check("input[name=electronic]")
    page.fill("#known_from", "2026年3月2日申请表勾选")
    shown(page, "agreement")
    page.get_by_role("button", name="登记送达约定").click()
    page.goto(f"{address}/cases/{case_id}/letters/{letter}/services")
    shown(page, "form")
    page.get_by_role("button", name="以电子邮件送达").click()
    expect(page.get_by_text("等待发送")).to_be_visible()
    sending.run(on=clock.today, now=clock())
    assert boxes.recipients == ["wang@example.org"]

    page.reload()
    expect(page.get_by_text("已发出的邮件.eml")).to_be_visible()
    expect(page.get_by_text("登记后才计")).to_be_visible()
    page.get_by_text("登记结果：收到、退件、退信、误录").click()
    shown(page, "sent")
    page.select_option("select[name=kind]", "received")
    page.fill("form[action*=results] input[name=on]", clock.today.isoformat())
    page.fill("form[action*=results] input[name=note]", "申请人回复邮件")
    page.get_by_role("button", name="登记结果").click()
    expect(page.get_by_text("尚未送达")).to_have_count(0)
    shown(page, "received")
    db.session.remove()
    assert db.session.get_one(Case, case_id).state == "refused_internal_affairs"
    assert troubles == []
