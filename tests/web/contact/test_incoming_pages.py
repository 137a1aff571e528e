"""The mailbox on the pages: set and tried, its letters counted to be sorted, its other mails looked at."""

import re
from datetime import datetime

import pytest
from sqlalchemy import select

from tests import case_files, imap_server, mails
from tests.conftest import ZONE
from tests.jobs.test_jobs import load, received
from tests.settings import set_to
from tests.web.office.test_setting_pages import seen_on
from tracker.domain.permission import Role
from tracker.mail import compose
from tracker.models.base import db, transaction
from tracker.models.case import Case
from tracker.models.contact import Contact
from tracker.models.outbox import TOLD, Message
from tracker.services.case import ask, bulk
from tracker.services.case.bulk import Assignment, Ticked
from tracker.services.contact import incoming
from tracker.services.contact.incoming import CameIn
from tracker.services.job import fetching
from tracker.services.mail import outbox
from tracker.services.mail.recipient import Recipient
from tracker.services.office import user
from tracker.services.office.actor import Actor

ARRIVED = datetime(2026, 3, 14, 9, 30, tzinfo=ZONE)


@pytest.fixture
def box(app):
    with imap_server.running() as server:
        set_to(imap_ports=f"143 {server.port}")
        yield server


def set_up(browser, box, **more):
    words = {
        "imap_on": "on", "imap_host": "127.0.0.1", "imap_port": str(box.port), "imap_security": "none",
        "imap_login": imap_server.LOGIN, "imap_password": imap_server.SECRET, "imap_since": "2026-03-01",
    }  # fmt: skip
    return browser.post("/settings", {"seen": seen_on(browser, "/settings"), **words, **more})


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_the_mailbox_is_set_and_tried_and_its_mails_are_sorted_or_looked_at_by_people(
    app, box, clock, sign_in
):
    administrator = sign_in(Role.ADMINISTRATOR)
    wrong = set_up(administrator, box, imap_password="wrong-1")
    tried = administrator.post("/settings/mailbox")
    assert (wrong.status_code, tried.status_code) == (303, 422)
    assert "AUTHENTICATIONFAILED" in tried.text
    assert "用户名或者密码不对" in tried.text
    assert "wrong-1" not in tried.text
    set_up(administrator, box, why="更正")
    assert "邮箱可以打开" in administrator.post("/settings/mailbox").text

    pdf = case_files.pdf()
    box.put(mails.letter(files=[("表.pdf", pdf), ("表（副本）.pdf", pdf), ("a.zip", b"PK\x03\x04")]), ARRIVED)
    box.put(mails.letter("自动回复", "休假", message_id="<2@x>", Auto_Submitted="auto-replied"), ARRIVED)
    with app.app_context():
        assert fetching.run(on=clock.today, now=clock()) == "来信1封；自动答复1封"
    clerk = sign_in(Role.REGISTRAR)
    worklist = clerk.get("/").text
    assert "有1件来件还没有甄别" in worklist
    assert "有1封退信、自动答复还没有人看过" in worklist
    assert "申请公开2025年预算" in clerk.get("/contacts?triage=none&state=open").text
    page = clerk.get("/contacts/1").text
    listed = clerk.get("/contacts/1/files").text
    assert ("表.pdf" in listed, "表（副本）.pdf" in listed) == (True, True)
    assert "2026-03-14 09:30进入本机关邮箱" in page
    assert "“a.zip”没有保存" in page
    assert 'value="email" selected' in re.sub(r"\s+", " ", clerk.get("/contacts/1/convert").text)

    listed = clerk.get("/mails?only=unlooked").text
    assert "自动回复" in listed
    assert "2025年预算" not in listed
    shown = clerk.get("/mails/2").text
    assert "休假" in shown
    assert clerk.post("/mails/2/look").status_code == 303
    assert "还没有人看过" not in clerk.get("/").text
    assert clerk.post("/mails/2/log").status_code == 303
    assert clerk.post("/mails/2/log").status_code == 422
    assert "有2件来件还没有甄别" in clerk.get("/").text
    original = clerk.get("/mails/1/original.eml")
    assert (original.status_code, original.mimetype) == (200, "message/rfc822")
    assert original.headers["Content-Disposition"].startswith("attachment")
    assert clerk.get("/contacts/1/evidence/1/file").data == original.data
    assert sign_in(Role.ADMINISTRATOR).get("/mails/1").status_code == 403
    head = sign_in(Role.HEAD)
    head.post("/contacts/1/files/1/withdraw", {"why": "secret", "reason": "保密审查发现"})
    assert "邮件原件（第1封）没有改动，其中可能仍有它" in head.get("/contacts/1/files").text
    assert "表（副本）.pdf" in head.get("/mails/1").text
    gone = {"why": "secret", "reason": "保密审查发现", "masked": "1"}
    assert clerk.post("/mails/1/withdraw", gone).status_code == 403
    assert head.post("/mails/1/withdraw", {**gone, "reason": "申请公开2025年预算"}).status_code == 422
    assert head.post("/mails/1/withdraw", gone).status_code == 303
    page = head.get("/mails/1").text
    assert all(told in page for told in ("内容已销毁", "表（副本）.pdf", "邮件原件已于2026-03-16撤回"))
    assert "请公开2025年部门预算" not in page
    assert head.get("/mails/1/original.eml").status_code == 404
    assert head.get("/contacts/1/evidence/1/file").status_code == 404
    assert head.post("/mails/1/withdraw", gone).status_code == 422
    log = sign_in(Role.AUDITOR).get("/audit").text
    assert "查看收到的邮件" in log
    assert "下载收到的邮件" in log


def test_a_handler_meets_no_mail_about_a_case_of_another_unit(agency_id, planning, clock, sign_in):
    """A report on what the applicant was told, and a letter that became a request."""
    load(received("2026-03-02", "A-1"))
    told = outbox.row(
        agency_id=agency_id, key="told|1", kind=TOLD, to=Recipient("applicant", "申请人", "applicant"),
        written=compose.plain("zh", "进度", ["正文"], ""), on=clock.today, now=clock(), subject_id=1,
    )  # fmt: skip
    with transaction():
        outbox.keep([told])
        db.session.get_one(Case, 1).unit_id = planning.id
    for number, raw in enumerate([mails.bounce(told["message_id"], "zhang@example.org"), mails.letter()]):
        place = (1, number, len(raw), "")
        incoming.keep(CameIn(raw, len(raw), "box", place, ARRIVED), agency_id=agency_id, now=clock())
    with transaction():
        db.session.get_one(Contact, 1).case_id = 1

    own, stranger = sign_in(Role.HANDLER, unit=planning), sign_in(Role.HANDLER)
    subjects = ("Undelivered Mail", "申请公开2025年预算")
    for reader, status in ((own, 200), (stranger, 403)):
        listed = reader.get("/mails").text
        assert [each in listed for each in subjects] == [status == 200] * 2
        assert [reader.get(f"/mails/{n}").status_code for n in (1, 2)] == [status] * 2
        assert ("有1封退信" in reader.get("/").text) is (status == 200)


def test_a_bounce_of_what_was_written_to_a_colleague_is_read_by_who_may_read_the_case(
    agency_id, planning, clock, sign_in
):
    """Of a step that is asked for: of that case; of a hand-over of many: the addressee's alone."""
    load(received("2026-03-02", "A-1", {"step": "accept", "on": "2026-03-03"}))
    with transaction():
        db.session.get_one(Case, 1).unit_id = planning.id
    common = {"agency_id": agency_id, "unit_id": planning.id, "email": "a@example.org", "now": clock()}
    zhou, _once = user.create_by_command(login="zhou", name="周一", roles=[Role.HANDLER], **common)
    wu, _once = user.create_by_command(login="wu", name="吴新", roles=[Role.HEAD], **common)
    moment = {"today": clock.today, "now": clock()}
    asks = Actor("周一", frozenset({Role.HANDLER}), agency_id, user_id=zhou.id, unit_id=planning.id)
    ask.ask(1, "extend", "对方未回函", actor=asks, **moment)
    head = Actor("吴新", frozenset({Role.HEAD}), agency_id, user_id=wu.id)
    bulk.assign([Ticked(1)], Assignment(handler="吴新"), actor=head, **moment)
    bulk.hand_over([Ticked(1)], "吴新", zhou, "调岗", actor=head, **moment)
    mails_of = db.session.scalars(select(Message).order_by(Message.id)).all()
    assert [row.subject_id for row in mails_of] == [1, None]
    title = mails_of[0].title
    for number, row in enumerate(mails_of):
        raw = mails.bounce(row.message_id, "a@example.org", status=f"5.1.{number}")
        came = CameIn(raw, len(raw), "box", (1, number, len(raw), ""), ARRIVED)
        incoming.keep(came, agency_id=agency_id, now=clock())

    readers = {"own": sign_in(Role.HANDLER, unit=planning), "other": sign_in(Role.HANDLER)}
    readers["registrar"] = sign_in(Role.REGISTRAR)

    seen = {name: [reader.get(f"/mails/{n}").status_code for n in (1, 2)] for name, reader in readers.items()}
    assert seen == {"own": [200, 403], "other": [403, 403], "registrar": [200, 200]}
    listed = {name: reader.get("/mails").text.count("Undelivered") for name, reader in readers.items()}
    assert listed == {"own": 1, "other": 0, "registrar": 2}
    told = {name: reader.get("/").text for name, reader in readers.items()}
    assert "有1封退信" in told["own"]
    assert "封退信" not in told["other"]
    card = readers["registrar"].get("/cases/1").text
    assert "对方未回函" not in card[card.index('id="reminders"') :].partition("</section>")[0]
    assert title in card
