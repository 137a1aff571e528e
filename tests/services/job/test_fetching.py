"""The office's mailbox on a real server: every mail once, none lost in silence, sorted by nobody but a person."""

import zipfile
from datetime import date, datetime
from io import BytesIO

import pytest
from sqlalchemy import select

from tests import case_files, imap_server, mails, settings
from tests.conftest import ZONE
from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.case.channel import Channel
from tracker.domain.case.request import ApplicantData, Arrival, RequestData
from tracker.domain.permission import Role
from tracker.jobs.schedule import JOBS
from tracker.models.base import db
from tracker.models.contact import Contact
from tracker.models.incoming import IncomingMail
from tracker.models.job import JobRun
from tracker.models.reads.case_file import files_of
from tracker.models.reads.contact import unsorted_contacts
from tracker.models.user import AuditEntry
from tracker.services.case import evidence, file
from tracker.services.contact import contact, incoming, registration
from tracker.services.contact.incoming import CameIn
from tracker.services.job import fetching, job
from tracker.services.mail import received
from tracker.services.office import store
from tracker.services.operations import inspection

SATURDAY = datetime(2026, 3, 14, 9, 30, tzinfo=ZONE)
MONDAY = datetime(2026, 3, 16, 9, 30, tzinfo=ZONE)


@pytest.fixture
def box(app):
    with imap_server.running() as server:
        where = {"imap_host": "127.0.0.1", "imap_port": server.port, "imap_security": "none", "imap_on": "on"}
        who = {"imap_login": imap_server.LOGIN, "imap_password": imap_server.SECRET}
        settings.set_to(**where, **who, imap_since="2026-03-01", mail_from="gov@example.org")
        yield server


@pytest.fixture
def fetch(box, clock):
    return lambda: fetching.run(on=clock.today, now=clock())


def kept() -> list[IncomingMail]:
    db.session.rollback()
    db.session.expire_all()
    return list(db.session.scalars(select(IncomingMail).order_by(IncomingMail.id)).unique())


def archive() -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archived:
        archived.writestr("a.txt", "x")
    return packed.getvalue()


def test_a_mail_is_a_contact_that_nobody_sorted_with_the_day_of_its_arrival_and_comes_once(
    box, fetch, actor, clock, agency_id
):
    raw = mails.letter(files=[("申请表.pdf", case_files.pdf()), ("材料.zip", archive())])
    box.put(raw, SATURDAY)
    asked = "怎样申请？电话：13900001234，身份证11010519491231002X"
    box.put(mails.letter("咨询", asked, message_id="<2@example.org>"), MONDAY)

    assert fetch() == "来信2封"
    assert box.seen() == [True, True]
    assert fetch() == "没有新邮件"
    box.number_anew()
    box.put(b"Received: from elsewhere by here\r\n" + raw, MONDAY)  # a copy, by another way
    assert fetch() == "没有新邮件"
    assert fetch() == "没有新邮件"

    first, second = kept()
    row = first.contact
    assert (row.form, row.arrived_on, row.arrived_time) == ("online", date(2026, 3, 14), "09:30")
    assert (row.person, row.address, row.triage, row.received_by) == (
        "张三",
        "zhang@example.org",
        None,
        "邮箱",
    )
    assert row.summary == "申请公开2025年预算\n请公开2025年部门预算。"
    assert second.contact.summary == "咨询\n怎样申请？电话：＊＊＊＊，身份证＊＊＊＊"
    assert second.text == asked  # sealed, and each look is logged
    assert [each.name for each in files_of(row)] == ["申请表.pdf"]
    (proof,) = evidence.of_contact(row)
    assert (proof.note, proof.file_type, proof.sha256) == (incoming.EVIDENCE, incoming.EML, first.sha256)
    assert "“材料.zip”没有保存：这是压缩包" in "".join(first.messages)
    who = actor(Role.REGISTRAR)
    assert received.original(first.id, actor=who, now=clock()).replace(b"\r\n", b"\n") == raw
    assert len(db.session.scalars(unsorted_contacts(agency_id)).unique().all()) == 2
    contact.triage(second.contact_id, "consultation", actor=who, today=clock.today, now=clock())
    assert len(db.session.scalars(unsorted_contacts(agency_id)).unique().all()) == 1
    _becomes_a_request_that_waits_to_be_confirmed(row.id, who, clock)
    assert not list(inspection.inspect(today=clock.today))


def _becomes_a_request_that_waits_to_be_confirmed(contact_id, who, clock):
    """条例第31条第（三）项: it keeps the day of its arrival, and the day that both confirm is that of receipt."""
    arrival = Arrival(channel=Channel.EMAIL, arrived_on=date(2026, 3, 14))
    applicant = ApplicantData(kind=ApplicantKind.NATURAL_PERSON, name="张三")
    request = RequestData(applicant=applicant, arrival=arrival, subject="2025年预算")
    assert registration.convert(contact_id, request, actor=who, today=clock.today, now=clock()) is None
    row = db.session.get_one(Contact, contact_id)
    assert (row.next_action, row.next_action_on) == ("confirmation", date(2026, 3, 16))
    assert (row.pending.applicant.email, row.pending.applicant.address) == ("zhang@example.org", None)


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_what_was_kept_before_the_process_ended_is_found_and_marked(box, fetch, clock, agency_id):
    box.put(mails.letter(), MONDAY)
    fetching._since(fetching.place_of(), clock())
    listed = fetching.Mailbox(fetching.place_of())
    (each,) = listed.listed(date(2026, 3, 1))
    came = CameIn(
        listed.content(each.uid), each.size, listed.place.name, fetching._place(listed, each), MONDAY
    )
    listed.close()
    assert incoming.keep(came, agency_id=agency_id, now=clock()) == "letter"  # and then the power fails
    assert box.seen() == [False]

    assert fetch() == "没有新邮件"
    assert box.seen() == [True]
    assert len(kept()) == 1


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_nothing_that_bears_a_mark_of_secrecy_is_kept(box, fetch, actor, clock):
    """保密法第31条第（三）项."""
    marked = case_files.pdf("机密★10年")
    box.put(mails.letter("材料", files=[("通知.pdf", marked), ("附图.png", case_files.picture())]), MONDAY)
    box.put(mails.letter("转发", "秘密★5年\n关于某事的通知", message_id="<2@example.org>"), MONDAY)
    box.put(
        mails.letter("名称", files=[("机密★材料.pdf", case_files.pdf())], message_id="<3@example.org>"),
        MONDAY,
    )

    fetch()

    by_file, by_text, by_name = kept()
    assert [each.sha256 for each in (by_file, by_text, by_name)] == [None] * 3
    assert [each.name for each in files_of(by_file.contact)] == ["附图.png"]
    assert "第1个附件没有保存" in "".join(by_file.messages)
    assert (by_text.subject, by_text.text, by_text.contact.summary) == ("", None, incoming.NOTHING)
    assert "机密★材料" not in "".join(by_name.messages)
    assert all("停止在本机上处理" in "".join(each.messages) for each in kept())
    refused = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "file_refused")).all()
    assert len(refused) == 3


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_a_broken_or_enormous_mail_is_a_contact_with_the_reason_and_holds_none_up(box, fetch, monkeypatch):
    monkeypatch.setattr(fetching, "MOST_MEGABYTES", 1)
    deep = b"From: deep@example.org\r\nSubject: deep\r\n" + b"Content-Type: message/rfc822\r\n\r\n" * 30_000
    box.put(deep, SATURDAY)
    box.put(
        mails.letter("大", files=[("大.pdf", b"%PDF-" + bytes(1_200_000))], message_id="<2@example.org>"),
        MONDAY,
    )
    box.put(mails.letter(message_id="<3@example.org>"), MONDAY)

    assert fetch() == "来信3封"

    broken, large, whole = kept()
    assert (broken.contact.summary, broken.contact.address) == ("deep", "deep@example.org")
    assert "邮件没有读完" in "".join(broken.messages)
    assert large.contact.summary == "大"
    assert "附件没有保存：原件在邮箱里" in "".join(large.messages)
    assert whole.told == []
    assert store.get(broken.sha256) == deep


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_an_automatic_answer_is_kept_apart_until_a_person_says_it_is_a_letter(box, fetch, actor, clock):
    box.put(
        mails.letter(
            "自动回复：告知书",
            "我在休假。",
            Auto_Submitted="auto-replied",
            files=[("a.pdf", case_files.pdf())],
        ),
        SATURDAY,
    )

    assert fetch() == "自动答复1封"
    (mail,) = kept()
    assert (mail.contact_id, mail.looked_at) == (None, None)
    who = actor(Role.REGISTRAR)
    received.look(mail.id, actor=who, now=clock())
    made = incoming.log_as_letter(mail.id, actor=who, now=clock())

    assert (made.arrived_on, made.triage, made.received_by) == (date(2026, 3, 14), None, "林静")
    assert [each.name for each in files_of(made)] == ["a.pdf"]
    assert file.content_of(files_of(made)[0]) == case_files.pdf()
    with pytest.raises(incoming.InvalidDetailError, match="已经登记"):
        incoming.log_as_letter(mail.id, actor=who, now=clock())


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_mails_of_before_stay_out_and_those_of_an_absence_are_fetched(box, fetch, clock):
    settings.set_to(imap_since="")
    box.put(mails.letter("以前的"), SATURDAY)
    box.put(mails.letter("今天的", message_id="<2@example.org>"), MONDAY)
    fetch()
    assert [mail.subject for mail in kept()] == ["今天的"]

    box.put(mails.letter("关机时的", message_id="<3@example.org>"), datetime(2026, 4, 2, 9, tzinfo=ZONE))
    clock.set("2026-06-30")
    fetch()
    assert [mail.subject for mail in kept()] == ["今天的", "关机时的"]
    assert kept()[1].contact.arrived_on == date(2026, 4, 2)


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_who_mistyped_the_mailbox_or_took_its_first_day_away_misses_nothing_of_it(box, fetch, clock):
    clock.set("2026-03-10")
    fetch()
    box.put(mails.letter("晚上的"), datetime(2026, 3, 10, 18, tzinfo=ZONE))
    clock.set("2026-03-12")
    settings.set_to(imap_login="other", imap_password="wrong-1")
    with pytest.raises(fetching.MailboxGoneError):
        fetch()
    settings.set_to(imap_login=imap_server.LOGIN, imap_password=imap_server.SECRET, imap_since="")
    fetch()
    assert [mail.subject for mail in kept()] == ["晚上的"]


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_a_sender_of_half_signs_is_a_contact_too(box, fetch):
    box.put(b"From: x <[=?utf-7?Q?+2AA-?=@=?utf-7?Q?+2AA-?=>\r\nSubject: x\r\n\r\nx\r\n", MONDAY)
    assert fetch() == "来信1封"


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_a_mail_of_the_same_number_and_other_words_is_kept_and_that_is_told(box, fetch):
    box.put(mails.letter(), SATURDAY)
    box.put(mails.letter(text="内容不同。"), MONDAY)

    assert fetch() == "来信2封"
    first, second = kept()
    assert first.contact.number in second.messages[0]


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_a_mailbox_that_is_away_fails_the_job_in_words_and_off_is_off(box, clock):
    fetch_mail = job.find(JOBS, "fetch_mail")
    settings.set_to(imap_password="wrong-1")

    assert job.run(fetch_mail, on=clock.today, now=clock()) == job.FAILED

    told = db.session.scalars(select(JobRun.result)).one()
    assert "AUTHENTICATIONFAILED" in told
    assert "用户名或者密码不对" in told
    assert "wrong-1" not in told
    settings.set_to(imap_on="off")
    assert fetching.run(on=clock.today, now=clock()) == fetching.OFF
    assert fetch_mail.trigger.words == "每10分钟"
