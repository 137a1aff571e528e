"""The addresses that people write down, on every page that takes one, and what the server does with old ones."""

import socket

import pytest
from sqlalchemy import select, update

from tests import mail_server
from tests.settings import set_to
from tracker.domain.permission import Role
from tracker.models.agency import Unit
from tracker.models.base import db, transaction
from tracker.models.outbox import Message
from tracker.models.user import User
from tracker.services.mail import outbox
from tracker.services.mail.recipient import Recipient


@pytest.fixture
def listener():
    """A place inside the office's network; it tells whether anybody came."""
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(0.5)
    yield server
    server.close()


def came(listener: socket.socket) -> bool:
    try:
        listener.accept()[0].close()
    except TimeoutError:
        return False
    return True


def second(listener: socket.socket) -> str:
    """Return an address that a library would read as two."""
    return f"wecombot://abcdefgh-1234,json://127.0.0.1:{listener.getsockname()[1]}/x?method=PUT&+X-Evil=1"


def test_no_page_takes_an_address_with_a_second_one_behind_it(app, sign_in, planning, listener):
    administrator = sign_in(Role.ADMINISTRATOR)
    row = db.session.scalars(select(User).where(User.login == "administrator0")).one()
    person = {"login": "neu", "name": "新", "roles": "head", "email": second(listener)}
    unit = {"name": "新股", "kind": "股室", "liaison_name": "x", "liaison_email": second(listener)}
    same = {**unit, "name": planning.name, "active": "1"}
    prefer = {"email": second(listener), "language": "zh"}
    for page, words in (
        ("/users/new", person),
        (f"/users/{row.id}", person),
        ("/units/new", unit),
        (f"/units/{planning.id}", same),
        ("/account/preferences", prefer),
        ("/outbox/test", {"to": second(listener), "language": "zh"}),
    ):
        administrator.get("/outbox" if page == "/outbox/test" else page)
        answer = administrator.post(page, words)
        assert answer.status_code == 422, page
        assert "渠道地址只写一个收件处" in answer.text, page

    addresses = [*db.session.scalars(select(User.email)), *db.session.scalars(select(Unit.liaison_email))]
    assert [each for each in addresses if "://" in each] == []
    assert not came(listener)


def test_an_address_from_before_is_asked_again_as_something_is_sent_to_it(
    app, planning, listener, agency_id, clock
):
    with transaction():
        db.session.execute(update(Unit).values(liaison_email=second(listener)))
        old = Recipient("unit:1", "规划股", second(listener))
        outbox.put(
            agency_id=agency_id, job="x", to=[old], title="t", paragraphs=["p"], on=clock.today, now=clock()
        )

    assert "不能送达1封" in outbox.deliver(on=clock.today, now=clock())

    row = db.session.scalars(select(Message)).one()
    assert (row.status, "只写一个收件处" in row.why) == ("failed", True)
    assert not came(listener)


@pytest.mark.parametrize("name", ["Anna\r\nBcc: everybody@example.org", "安娜\nBcc: everybody@example.org"])
@pytest.mark.parametrize("to", ["anna@example.org", "anna@example.org\nBcc: everybody@example.org"])
def test_no_name_and_no_address_writes_a_header_of_its_own(on_sqlite, agency_id, clock, name, to):
    boxes = mail_server.Mailboxes()
    running = mail_server.start(boxes)
    words = {"smtp_port": running.port, "smtp_security": "none", "mail_from": "gov@example.org"}
    set_to(smtp_host="127.0.0.1", **words)
    with transaction():
        outbox.put(
            agency_id=agency_id,
            job="x",
            to=[Recipient("user:1", name, to)],
            title="t",
            paragraphs=["p"],
            on=clock.today,
            now=clock(),
        )
    outbox.deliver(on=clock.today, now=clock())
    running.stop(no_assert=True)

    assert [mail for mail in boxes.taken if mail["Bcc"] or "everybody" in str(mail["X-RcptTo"])] == []


def test_a_name_with_a_line_break_is_not_kept_by_any_page(app, sign_in, planning):
    administrator = sign_in(Role.ADMINISTRATOR)
    person = {"login": "neu", "name": "新\nBcc: x@y.z", "roles": "head", "email": ""}
    unit = {"name": "新股", "kind": "股室", "liaison_name": "x\r\nBcc: x@y.z", "liaison_email": ""}
    for page, words in (("/users/new", person), ("/units/new", unit)):
        administrator.get(page)
        answer = administrator.post(page, words)
        assert (answer.status_code, "控制字符" in answer.text) == (422, True), page
