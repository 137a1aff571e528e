"""The outbox against a real SMTP server: once, or not at all with the server's words."""

import json
import threading
from dataclasses import replace
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from sqlalchemy import select, update

from tests import mail_server, settings
from tracker.domain.errors import InvalidDetailError, NotFoundError
from tracker.domain.permission import Role
from tracker.mail import address
from tracker.models.base import db, transaction
from tracker.models.outbox import SENDING, Message
from tracker.services.job import job
from tracker.services.mail import mailbox, outbox, overtaken
from tracker.services.mail.recipient import Recipient
from tracker.services.office import office

pytestmark = pytest.mark.both  # claims and uniqueness

ANNA = Recipient("user:1", "安娜", "anna@example.org")
BELA = Recipient("user:2", "Bela", "bela@example.org", "en")


@pytest.fixture
def boxes():
    return mail_server.Mailboxes()


@pytest.fixture
def set_to(app):
    return settings.set_to


@pytest.fixture
def server(boxes, set_to):
    running = mail_server.start(boxes)
    set_to(smtp_host="127.0.0.1", smtp_port=running.port, smtp_security="none", mail_from="gov@example.org")
    yield running
    if running._thread is not None:
        running.stop(no_assert=True)


@pytest.fixture
def put(agency_id, clock):
    def write(*to, job="calendar", title="2027年放假安排尚未导入", **more):
        with transaction():
            words = {"paragraphs": ["请导入。"], "on": clock.today, "now": clock(), **more}
            return outbox.put(agency_id=agency_id, job=job, to=to, title=title, **words)

    return write


def deliver(clock) -> str:
    return outbox.deliver(on=clock.today, now=clock())


def rows() -> list[Message]:
    db.session.rollback()
    return list(
        db.session.scalars(select(Message).order_by(Message.id).execution_options(populate_existing=True))
    )


def test_a_message_is_written_once_and_sent_once(server, boxes, put, clock):
    assert put(ANNA, BELA) == 2
    assert put(ANNA, BELA) == 0

    assert deliver(clock) == "发出2封"
    assert deliver(clock) == "没有待发的邮件"

    assert boxes.recipients == ["anna@example.org", "bela@example.org"]
    first = boxes.taken[0]
    assert first["Subject"] == "2027年放假安排尚未导入"
    assert first["To"] == "安娜 <anna@example.org>"
    assert first["Auto-Submitted"] == "auto-generated"
    assert "请导入。" in first.get_body(("plain",)).get_content()
    assert "<p>请导入。</p>" in first.get_body(("html",)).get_content()
    assert boxes.ids == [row.message_id for row in rows()]


def test_what_fails_with_its_cause_is_not_written(app, put, agency_id, clock):
    words = {"title": "x", "paragraphs": [], "on": clock.today, "now": clock()}

    def cause() -> None:
        with transaction():
            outbox.put(agency_id=agency_id, job="j", to=[ANNA], **words)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        cause()

    assert rows() == []


def test_a_greylisted_message_is_tried_again_after_a_pause_that_grows(server, boxes, put, clock):
    put(ANNA)
    boxes.refuse["anna@example.org"] = "450 4.2.0 Greylisted, come back later"

    pauses = []
    for _ in range(4):
        assert "稍后再试1封" in deliver(clock)
        row = rows()[0]
        assert (row.status, row.why) == ("waiting", "450 4.2.0 Greylisted, come back later")
        pauses.append(row.next_at - clock())
        assert deliver(clock) == "没有待发的邮件"
        clock.moment = row.next_at
    assert pauses == sorted(set(pauses))

    boxes.refuse.clear()
    assert deliver(clock) == "发出1封"


def test_a_refused_recipient_is_kept_with_the_servers_words_and_stops_nobody_else(
    server, boxes, put, clock, actor
):
    put(ANNA, BELA)
    boxes.refuse["anna@example.org"] = "550 5.1.1 No such user here"

    assert deliver(clock) == "发出1封；不能送达1封"

    failed = next(row for row in rows() if row.status == "failed")
    assert failed.why == "550 5.1.1 No such user here"
    boxes.refuse.clear()
    mailbox.retry(failed.id, actor=actor(Role.ADMINISTRATOR), now=clock())
    assert deliver(clock) == "发出1封"
    assert boxes.recipients == ["bela@example.org", "anna@example.org"]


def test_a_message_refused_after_its_data_is_treated_by_its_code(server, boxes, put, clock):
    put(ANNA)
    boxes.data = "452 4.3.1 Insufficient storage"
    assert "稍后再试" in deliver(clock)
    boxes.data = "554 5.7.1 Looks like spam"
    clock.forward(minutes=2)
    assert "不能送达" in deliver(clock)
    assert rows()[0].why == "554 5.7.1 Looks like spam"


def test_a_server_that_is_down_for_a_day_loses_nothing(server, boxes, put, clock):
    put(ANNA, BELA)
    server.stop(no_assert=True)
    for _ in range(24):
        deliver(clock)
        clock.forward(hours=1)
    assert {row.status for row in rows()} == {"waiting"}
    assert "Refused" in rows()[0].why

    again = mail_server.start(boxes, port=server.port)
    for _ in range(24):
        deliver(clock)
        clock.forward(hours=1)
    again.stop(no_assert=True)

    assert sorted(boxes.recipients) == ["anna@example.org", "bela@example.org"]


def test_a_dropped_line_sends_once_when_the_server_is_back(server, boxes, put, clock):
    put(ANNA)
    boxes.drop = True
    assert "邮件服务器：" in deliver(clock)

    boxes.drop = False
    clock.forward(minutes=2)
    deliver(clock)

    assert len(boxes.taken) == 1


def test_a_hundred_that_fail_again_and_again_hold_up_nobody(server, boxes, put, clock):
    """Half are put off by the server; the mail of the others makes it drop the line."""
    bad = [Recipient(f"user:{n}", f"人{n}", f"bad{n}@example.org") for n in range(10, 110)]
    boxes.refuse = {person.address: "451 later" for person in bad[:50]}
    boxes.poison = {person.address for person in bad[50:]}
    put(*bad)
    for _run in range(6):  # ten lines may break in a row
        deliver(clock)
    assert {row.tries for row in rows()} == {1}
    clock.moment += timedelta(hours=2)  # all are due again, longer than anything new
    put(BELA, job="other")

    assert "发出1封" in deliver(clock)

    assert boxes.recipients == ["bela@example.org"]
    for _run in range(6):
        deliver(clock)
    assert {row.tries for row in rows()[:-1]} == {2}


def test_nobody_is_written_to_at_night_and_on_rest_days_urgent_messages_apart(server, boxes, put, clock):
    clock.set("2026-03-20", 20)
    put(ANNA)
    put(BELA, job="alarm", urgent=True)
    deliver(clock)
    assert boxes.recipients == ["bela@example.org"]

    for day in ("2026-03-21", "2026-03-22"):
        clock.set(day)
        deliver(clock)
    assert boxes.recipients == ["bela@example.org"]

    clock.set("2026-03-23", 8)
    deliver(clock)
    assert boxes.recipients == ["bela@example.org", "anna@example.org"]


def test_without_a_server_messages_wait_and_the_job_says_so(app, put, clock):
    put(ANNA)

    assert "未设置邮件服务器" in deliver(clock)
    assert [row.status for row in rows()] == ["waiting"]


def test_a_process_that_died_before_the_stamp_sends_again_with_the_same_message_id(server, boxes, put, clock):
    put(ANNA)
    deliver(clock)
    with transaction():  # as the process that was killed after sending left it
        later = clock() + overtaken.LEASE
        db.session.execute(update(Message).values(status=SENDING, sent_at=None, next_at=later))

    deliver(clock)
    assert len(boxes.ids) == 1
    clock.forward(minutes=31)
    deliver(clock)
    clock.forward(days=1)
    deliver(clock)

    assert len(boxes.ids) == 2
    assert len(set(boxes.ids)) == 1


def test_two_processes_never_send_the_same_message(app, server, boxes, put, clock):
    put(*(Recipient(f"user:{n}", "某", f"p{n}@example.org") for n in range(20)))
    errors = []

    def work():
        with app.app_context():
            try:
                outbox.deliver(on=clock.today, now=clock())
            except Exception as error:  # noqa: BLE001  (the thread must tell)
                errors.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    assert sorted(boxes.recipients) == sorted({f"p{n}@example.org" for n in range(20)})


# -- encryption and login -----------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["starttls", "ssl"])
def test_mail_leaves_encrypted_and_signed_in(tmp_path, boxes, put, clock, set_to, way):
    public, context = mail_server.certificate(tmp_path)
    words = {"tls_context": context, "require_starttls": True, "auth_required": True}
    if way == "ssl":
        words = {"ssl_context": context, "auth_require_tls": False}
    running = mail_server.start(boxes, authenticator=mail_server.sign_in, **words)
    try:
        set_to(smtp_host="127.0.0.1", smtp_port=running.port, smtp_security=way, mail_from="gov@example.org")
        set_to(smtp_login="office", smtp_password="wrong", smtp_ca_file=str(public))
        put(ANNA)
        assert "535" in deliver(clock)
        set_to(smtp_password="secret-1", smtp_ca_file="")
        clock.forward(minutes=2)
        assert "certificate verify failed" in deliver(clock)
        set_to(smtp_ca_file=str(public))
        clock.forward(minutes=10)
        assert deliver(clock) == "发出1封"
    finally:
        running.stop(no_assert=True)


def test_the_password_of_the_server_is_in_no_text_of_the_settings(app, set_to):
    set_to(smtp_password="secret-1")

    assert "secret-1" not in repr(office.settings())
    assert "secret-1" not in repr(outbox.server_of(office.settings()))


# -- what must not get into a header ------------------------------------------------------------------


@pytest.mark.parametrize(
    "to",
    [
        "a@b.c\nBcc: x@y.z",
        "a@b.c\r\n\r\nbody",
        "a b@c.d",
        "a@b.c,x@y.z",
        "a@b.c;x@y.z",
        "a@b.c\x00",
        "a%x@b.c",
        "a@b.c\u2028Bcc: x@y.z",
        "<a@b.c>",
        "nobody",
        "@",
        "a" * 200 + "@b.c",
    ],
)
def test_an_address_that_could_write_headers_is_refused(on_sqlite, to):
    with pytest.raises(InvalidDetailError):
        address.checked(to, office.settings())


def test_a_title_with_a_line_break_never_leaves(server, boxes, put, clock):
    put(ANNA, title="x\nBcc: everybody@example.org")

    assert deliver(clock) == "不能送达1封"
    assert boxes.taken == []


# -- other channels -----------------------------------------------------------------------------------


class _Hook(BaseHTTPRequestHandler):
    said: list[bytes] = []
    status = 200

    def do_POST(self):
        type(self).said.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(type(self).status)
        self.end_headers()

    def log_message(self, *words):
        pass


@pytest.fixture
def hook():
    _Hook.said, _Hook.status = [], 200
    server = HTTPServer(("127.0.0.1", 0), _Hook)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_channel_of_an_allowed_scheme_gets_the_message_without_any_mail_server(hook, put, clock, set_to):
    set_to(channel_schemes="json", channel_hosts=f"127.0.0.1:{hook.server_port}")
    put(Recipient("unit:1", "规划股", f"json://127.0.0.1:{hook.server_port}/key"))
    _Hook.status = 500
    assert "稍后再试1封" in deliver(clock)

    _Hook.status = 200
    clock.forward(minutes=2)
    assert "发出1封" in deliver(clock)
    assert "请导入。" in json.loads(_Hook.said[-1])["message"]


def test_a_channel_of_any_other_scheme_gets_nothing(hook, put, clock, set_to):
    to = f"json://127.0.0.1:{hook.server_port}/key"
    put(Recipient("unit:1", "规划股", to))

    assert "不能送达1封" in deliver(clock)
    assert _Hook.said == []
    with pytest.raises(InvalidDetailError, match="json"):
        address.checked(to, office.settings())


# -- what a person does -------------------------------------------------------------------------------


def test_a_test_mail_is_sent_at_once_and_returns_the_servers_words(server, boxes, actor, clock):
    administrator = actor(Role.ADMINISTRATOR)
    clock.set("2026-03-21", 23)

    sent, replies = mailbox.send_test("anna@example.org", language="en", actor=administrator, now=clock())
    assert (sent.status, boxes.taken[0]["Subject"]) == ("sent", "Test mail")
    assert [each.command for each in replies] == ["connect", "ehlo", "mail", "rcpt", "data", "content"]
    assert replies[-1].code == 250

    boxes.refuse["anna@example.org"] = "550 no"
    refused, _replies = mailbox.send_test("anna@example.org", language="zh", actor=administrator, now=clock())
    assert (refused.status, refused.why) == ("failed", "550 no")


def test_another_agencys_message_is_not_there_to_be_tried_again(server, put, actor, clock):
    put(ANNA)
    stranger = replace(actor(Role.ADMINISTRATOR), agency_id=999)

    with pytest.raises(NotFoundError):
        mailbox.retry(rows()[0].id, actor=stranger, now=clock())


def test_the_state_for_a_monitor_says_what_waits_and_what_failed(server, boxes, put, agency_id, clock):
    put(ANNA, BELA)
    boxes.refuse.update({"anna@example.org": "550 no", "bela@example.org": "450 later"})
    deliver(clock)

    found = mailbox.state(agency_id)

    assert (found["configured"], found["waiting"], found["failed"]) == (True, 1, 1)
    assert found["trying_since"] is not None


def test_what_waited_too_long_is_given_up_with_its_last_words(server, boxes, put, clock):
    put(ANNA)
    boxes.refuse["anna@example.org"] = "450 never"
    for _ in range(len(overtaken.PAUSES) + 1):
        clock.moment = max(clock(), rows()[0].next_at)
        while outbox.is_quiet(clock()):
            clock.forward(hours=1)
        deliver(clock)

    row = rows()[0]
    assert (row.status, row.tries) == ("failed", len(overtaken.PAUSES) + 1)
    assert "450 never" in row.why
    assert clock.today - date(2026, 3, 16) > timedelta(days=2)


def test_the_text_of_a_mail_of_more_than_a_year_ago_goes_and_who_was_told_what_stays(
    server, boxes, put, clock
):
    put(ANNA)
    put(BELA, on=date(2027, 3, 16))
    deliver(clock)
    put(BELA, job="waiting")

    for _time in range(2):
        job.tidy(on=date(2027, 3, 18), now=clock())

    old, recent, unsent = rows()
    assert (old.text, old.html, old.attachments) == ("", "", [])
    assert (old.title, old.address, old.status) == ("2027年放假安排尚未导入", "anna@example.org", "sent")
    assert "请导入。" in recent.text
    assert "请导入。" in unsent.text
