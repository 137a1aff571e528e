"""A mail that served a letter and comes back (RFC 3464): known, tied to its service, and no service any more."""

from datetime import datetime

import pytest
from sqlalchemy import select

from tests import mails, settings
from tests.conftest import ZONE
from tests.services.letter.test_electronic import (  # noqa: F401
    BOX,
    boxes,
    by,
    came,
    deliver,
    head,
    make,
    message,
    row,
    send,
    server,
)
from tracker.models.base import db
from tracker.models.incoming import IncomingMail
from tracker.models.outbox import FAILED, SENT
from tracker.models.reads.service import to_serve
from tracker.services.contact import incoming
from tracker.services.contact.incoming import CameIn
from tracker.services.letter import served

CAME = datetime(2026, 3, 20, 11, tzinfo=ZONE)


@pytest.fixture
def come(agency_id, clock):
    def act(raw: bytes) -> IncomingMail:
        clock.set("2026-03-20", 12)
        came_in = CameIn(raw, len(raw), "box", (1, len(raw), len(raw), CAME.isoformat()), CAME)
        assert incoming.keep(came_in, agency_id=agency_id, now=clock()) == "bounce"
        db.session.expire_all()
        return db.session.scalars(select(IncomingMail).order_by(IncomingMail.id.desc())).unique().first()

    return act


@pytest.fixture
def left(server, make, send, deliver):  # noqa: F811
    """Return a letter whose mail has left."""
    letter = make()
    send(letter)
    deliver()
    return letter


def test_a_final_report_on_the_address_that_was_served_is_its_return_with_the_report_as_proof(
    left,
    come,
    head,  # noqa: F811
    clock,
):
    mail = come(mails.bounce(message().message_id, BOX.upper(), why=f"550 5.1.1 <{BOX}> unknown"))

    result = row().results[-1]
    assert (result.kind, result.on, result.recorded_by) == ("bounced", CAME.date(), "系统")
    assert BOX not in result.note
    assert "5.1.1" in result.note
    places = {"case_id": left.case_id, "actor": head, "now": clock()}
    assert b"delivery-status" in served.proof(result.id, of_result=True, **places)[2]
    assert row().stands.counts_on is None
    assert left.id in [each.id for each in db.session.scalars(to_serve(left.agency_id, None))]
    assert (mail.service_id, mail.contact_id, mail.looked_at) == (row().id, None, None)
    assert (message().status, BOX in message().why) == (FAILED, False)
    assert "已登记送达被退回" in "".join(mail.told)


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_a_report_that_is_not_final_or_of_another_address_or_against_a_person_s_word_is_shown_alone(
    left,
    come,
    came,  # noqa: F811
):
    ours = message().message_id
    delayed = come(mails.bounce(ours, BOX, status="4.4.1", action="delayed"))
    assert message().status == SENT
    other = come(mails.bounce(ours, "else@example.org", status="5.0.0"))
    assert [result.kind for result in row().results] == ["accepted"]
    came(row(), "received", note="系统记载", override="已经签收")
    received = come(mails.bounce(ours, BOX, status="5.7.1"))

    assert [result.kind for result in row().results] == ["accepted", "received"]
    assert [mail.service_id for mail in (delayed, other, received)] == [row().id] * 3
    assert all("请核对" in "".join(mail.told) for mail in (delayed, other, received))


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_a_report_of_no_mail_of_ours_is_kept_and_touches_nothing(left, come):
    settings.set_to(mail_from="gov@example.org")

    mail = come(mails.bounce("<someone@else>", BOX))

    assert (mail.message, mail.service_id) == ("", None)
    assert [result.kind for result in row().results] == ["accepted"]
