"""Pages of the outbox, of one's own preferences, and the reminders on the page of a case."""

import json
from datetime import date

import pytest
from sqlalchemy import select, update

from tests import mail_server
from tests.histories import line, receive
from tests.practice import set_practice
from tests.settings import set_to
from tracker.domain.permission import Role
from tracker.models.base import db, transaction
from tracker.models.case import Case
from tracker.models.outbox import Message
from tracker.models.user import User
from tracker.services.exchange import importing
from tracker.services.job import reminder
from tracker.services.mail import outbox


@pytest.fixture
def reminded(app, planning, clock):
    """A case whose liaison was written to; its subject and applicant are nobody's business here."""
    events = [receive(date(2026, 3, 2)), {"step": "accept", "on": "2026-03-03"}]
    events.append({"step": "assign", "on": "2026-03-03", "unit": planning.name})
    text = json.dumps(line("natural_person", "A-1", events, subject="王某的房产"), ensure_ascii=False)
    importing.import_histories([text], today=clock.today, now=clock())
    clock.set("2026-03-25", 9)
    reminder.remind(on=clock.today, now=clock())
    case_id = db.session.scalar(select(Case.id))
    db.session.rollback()
    return case_id


@pytest.fixture
def server(app):
    boxes = mail_server.Mailboxes()
    running = mail_server.start(boxes)
    words = {"smtp_port": running.port, "smtp_security": "none", "mail_from": "gov@example.org"}
    set_to(smtp_host="127.0.0.1", **words)
    yield boxes
    running.stop(no_assert=True)


def test_the_page_says_that_mail_is_off_and_shows_nothing_of_a_case_but_its_number(reminded, sign_in):
    page = sign_in(Role.ADMINISTRATOR).get("/outbox").text

    assert "邮件未开通" in page
    assert "A-1" in page
    assert "期限前3个工作日" in page
    assert "liaison@example.org" in page
    for word in ("王某的房产", "申请人A-1", f"/cases/{reminded}"):
        assert word not in page


def test_what_the_server_refused_is_tried_again_by_a_button(reminded, sign_in, server, clock):
    server.refuse["liaison@example.org"] = "550 5.1.1 No such user"
    outbox.deliver(on=clock.today, now=clock())
    administrator = sign_in(Role.ADMINISTRATOR)

    page = administrator.get("/outbox?status=failed").text
    assert "550 5.1.1 No such user" in page
    message_id = db.session.scalar(select(Message.id))
    server.refuse.clear()
    assert administrator.post(f"/outbox/{message_id}/retry").status_code == 303
    outbox.deliver(on=clock.today, now=clock())

    assert server.recipients == ["liaison@example.org"]
    again = administrator.post(f"/outbox/{message_id}/retry")
    assert (again.status_code, "可以再试" in again.text) == (422, True)
    assert administrator.get("/outbox?page=99&status=x").status_code == 200


def test_a_test_mail_from_the_page(sign_in, server):
    administrator = sign_in(Role.ADMINISTRATOR)
    administrator.get("/outbox")

    assert administrator.post("/outbox/test", {"to": "me@example.org"}).status_code == 303
    server.refuse["me@example.org"] = "550 not here"
    refused = administrator.post("/outbox/test", {"to": "me@example.org"})
    assert (refused.status_code, "550 not here" in refused.text) == (422, True)
    wrong = administrator.post("/outbox/test", {"to": "me@example.org\nBcc: x@y.z"})
    assert (wrong.status_code, "不是有效的邮箱地址" in wrong.text) == (422, True)
    assert len(server.taken) == 1


def test_the_preview_shows_what_a_day_would_bring(reminded, sign_in):
    administrator = sign_in(Role.ADMINISTRATOR)

    page = administrator.get("/outbox/preview?on=2026-03-30").text
    assert "A-1" in page
    assert "期限当日" in page
    assert "王某的房产" not in page
    assert "休息日" in administrator.get("/outbox/preview?on=2026-03-28").text
    assert administrator.get("/outbox/preview?on=9999-99-99").status_code == 200
    assert administrator.get("/outbox/preview?on=9999-01-01").status_code == 200


def test_the_preview_names_the_practice_of_its_day(sign_in):
    set_practice(reminder_days="7 2", reminder_to="head", since=date(2026, 3, 31))
    administrator = sign_in(Role.ADMINISTRATOR)

    before, since = (administrator.get(f"/outbox/preview?on=2026-03-{day}").text for day in (30, 31))

    assert "届满前5、3、1、0个工作日，发给 承办人、单位联络员、公开机构负责人 中" in before
    assert "届满前7、2个工作日，发给 公开机构负责人 中" in since


def test_the_case_says_who_was_reminded_when_and_whether_it_arrived(reminded, sign_in, server, clock):
    head = sign_in(Role.HEAD)
    assert "等待发送" in head.get(f"/cases/{reminded}").text

    outbox.deliver(on=clock.today, now=clock())

    page = head.get(f"/cases/{reminded}").text
    assert "已发送 2026-03-25 09:00" in page
    assert "联络员" in page


def test_one_chooses_the_language_and_the_digest_oneself(sign_in, app):
    handler = sign_in(Role.HANDLER)
    handler.get("/account/preferences")

    wrong = handler.post("/account/preferences", {"email": "a b", "language": "zh"})
    assert (wrong.status_code, "不是有效的邮箱地址" in wrong.text) == (422, True)
    done = handler.post("/account/preferences", {"email": "me@example.org", "language": "en", "digest": "1"})
    assert done.status_code == 303

    user = db.session.scalar(select(User).where(User.login == "handler0"))
    assert (user.email, user.language, user.digest) == ("me@example.org", "en", True)
    assert "checked" in handler.get("/account/preferences").text


def test_a_channels_key_is_not_shown(reminded, sign_in):
    with transaction():
        db.session.execute(update(Message).values(address="wecombot://secret-key"))

    page = sign_in(Role.ADMINISTRATOR).get("/outbox").text

    assert "wecombot://…" in page
    assert "secret-key" not in page
