"""An office with a row in every table, made by the program itself, and one person who may see all of it."""

from dataclasses import replace

from sqlalchemy import func, select

from tests import case_files, mails
from tests.conftest import PASSWORD
from tests.jobs.test_jobs import load, received
from tests.practice import set_practice
from tests.services.office.test_tampering import JPEG, NOW, TODAY, fill
from tests.services.report.test_edition import publish, write
from tests.services.report.test_rollup import sent, table_of
from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.case.channel import Channel
from tracker.domain.case.redaction import RedactionBox
from tracker.domain.case.request import ApplicantData, Arrival, RequestData
from tracker.domain.letter.service import Attempt, LaterResult
from tracker.domain.permission import PEOPLE, Role
from tracker.domain.register.index import BY_NAME
from tracker.models.base import db, transaction
from tracker.models.case import Case
from tracker.models.follow_up import PersonalAnswer, PersonalRequest
from tracker.models.imported import REQUESTS
from tracker.models.list_choice import ListChoice
from tracker.models.register import StagedFile
from tracker.models.upload import UploadedFile
from tracker.models.user import User
from tracker.rendering.letter.template import shipped
from tracker.services.case import agreement, ask, file, follow, note, redaction, withdrawal
from tracker.services.case.evidence import Upload
from tracker.services.contact import contact, incoming, registration
from tracker.services.contact.incoming import CameIn
from tracker.services.job import trouble
from tracker.services.letter import delegation, number, service, service_result, sign_off, template
from tracker.services.letter import letter as letters
from tracker.services.letter.letter import Typed
from tracker.services.letter.service import ServiceExtras, Serving
from tracker.services.mail import outbox
from tracker.services.mail.recipient import Recipient
from tracker.services.office import origin, posted, setting, store, unit, user
from tracker.services.office.actor import Actor
from tracker.services.operations import setup
from tracker.services.register import archive
from tracker.services.register import register as registers
from tracker.services.report import year_end

LOGIN, MAILBOX = "quan", "office@127.0.0.1/INBOX"
REVIEWED = {
    "reviewed_by": "何法",
    "reviewed_on": "2026-02-03",
    "conclusion": "publish",
    "basis": "条例第17条",
}
REGISTERS = {
    "media": {"name": "市政府网站", "kind": "website"},
    "publications": {
        "title": "办事指南", "category": "guide", "unit": "规划股", "created_on": "2026-02-02", "drafted_by": "周明",
        **REVIEWED, "published_on": "2026-02-04", "channels": "市政府网站",
    },
    "remedies": {"kind": "reconsideration", "number": "复议9号", "organ": "市政府", "filed_on": "2026-03-02",
                 "result": "annulled", "closed_on": "2026-03-09"},
    "remedy-steps": {
        "remedy_number": "复议9号", "step": "copy_received", "happened_on": "2026-03-03", "procedure": "ordinary",
    },
    "reanswers": {"remedy_number": "复议9号", "received_on": "2026-03-10", "until_on": "2026-03-31"},
    "corrections": {"received_on": "2026-02-03", "record": "本人登记信息", "result": "corrected", "told_on": "2026-02-10"},
    "conversions": {"raised_on": "2026-02-03", "content": "停车场规划", "conclusion": "publish", "assessed_on": "2026-02-10"},
    "refusal-reviews": {"reviewed_on": "2026-02-03", "information": "会议纪要", "next_on": "2027-02-03"},
    "complaints": {"received_on": "2026-02-03", "matter": "没有按期答复", "until_on": "2026-03-31"},
    "guides": {"changed_on": "2026-03-03", "change": "办公地址", "kind": "catalogue"},
    "personal-requests": {"received_on": "2026-03-03", "kind": "access", "asked": "本人申请的登记信息"},
    "normative-documents": {"title": "停车管理办法", "number": "示管〔2025〕2号", "made_on": "2025-06-01"},
    "assessments": {"held_on": "2025-12-10", "subject": "考核", "result": "完成", "unit": "各股室"},
    "accountabilities": {"held_on": "2026-02-05", "matter": "逾期答复", "measure": "notice", "people": "1"},
}  # fmt: skip

FEE = (
    {"step": "charge", "on": "2025-12-12", "received_on": "2025-12-12", "amount": "150.5"},
    {"step": "pay", "on": "2025-12-15"},
)


class Standing:
    """A clock that stands."""

    today = TODAY

    def __call__(self):
        return NOW


def fill_all() -> None:
    """Fill an office that was just made; afterwards every table has a row."""
    fill()
    set_practice(delay_days=60, document_code="测", letter_contact="测试路1号")
    load(received("2025-12-10", "B-1", *FEE))
    agency_id = setup.default_agency().id
    head = Actor("陈立", frozenset(PEOPLE), agency_id)
    moment = {"today": TODAY, "now": NOW}
    unit.create(
        name="规划股", kind="股室", liaison_name="联络", liaison_email="l@example.org", actor=head, now=NOW
    )
    for name, fields in REGISTERS.items():
        registers.keep(BY_NAME[name], fields, by=registers.By(actor=head, **moment))
    _people(agency_id, head)
    _waiting_request(head)
    _mail(agency_id)
    _letters(head)
    _files(head)
    _sign_off()
    _imported(agency_id)
    _answered(agency_id)
    _archived(head)
    posted.claim("0" * 64, now=NOW)
    administrator = Actor("安", frozenset({Role.ADMINISTRATOR}), agency_id)
    setting.set_to({"mail_megabytes": "5"}, why="测试", actor=administrator, now=NOW)
    write(head, Standing())
    publish(head, Standing())
    year_end.keep_draft(agency_id, "测试局", 2025, on=TODAY, now=NOW)
    sent(head, Standing(), {"agency": "东城局", "year": 2025, "table3": table_of(7, 4, 3)})
    with transaction():
        own = {"columns": ["number"], "is_dense": True}
        db.session.add(ListChoice(user_id=db.session.scalar(select(func.min(User.id))), name="cases", **own))
        words = {"title": "放假安排尚未导入", "paragraphs": ["请导入。"], "on": TODAY, "now": NOW}
        outbox.put(
            agency_id=agency_id, job="calendar", to=[Recipient("user:1", "安", "a@example.org")], **words
        )
        trouble.failed("backup", "备份", on=TODAY, result="磁盘已满", now=NOW)
        staged = {
            "book": "trainings",
            "name": "a.xlsx",
            "content": b"PK",
            "staged_by": "陈立",
            "staged_at": NOW,
        }
        db.session.add(StagedFile(agency_id=agency_id, **staged))
        db.session.add(UploadedFile(sha256="0" * 64, content=JPEG))


def _letters(head: Actor) -> None:
    """Make a letter that never left and one that came back, leave out a number, keep an own template."""
    case_id = db.session.scalar(select(Case.id).where(Case.number == "B-1"))
    typed = Typed(kind="receipt", on=TODAY, facts={"materials": "申请表1份"})
    letter = letters.make(case_id, typed, actor=head, today=TODAY, now=NOW)
    posted = letters.make(case_id, typed, actor=head, today=TODAY, now=NOW)
    by_post = Attempt(way="post", handed_on=TODAY, carrier="ems", tracking="1012345678901")
    by = Serving(actor=head, today=TODAY, now=NOW)
    row = service.record(posted.id, by_post, ServiceExtras(place="测试路2号"), case_id=case_id, by=by)
    places = {"letter_id": posted.id, "case_id": case_id}
    service_result.add(row.id, LaterResult("returned", TODAY), note="查无此人", by=by, **places)
    agreed = {"electronic": False, "told_by": "", "known_from": "申请表没有勾选"}
    agreement.record(db.session.get_one(Case, case_id), **agreed, actor=head, now=NOW)
    letters.void(letter.id, "没有发出", case_id=letter.case_id, actor=head, now=NOW)
    number.skip("收", TODAY.year, 1, "纸质文号", actor=head, now=NOW)
    template.keep("receipt", "本局.docx", shipped("receipt"), actor=head, now=NOW)


def _files(head: Actor) -> None:
    """Keep a file of a case, and a redacted copy of it."""
    case = db.session.scalar(select(Case).where(Case.number == "B-1"))
    who = {"actor": head, "now": NOW}
    (sent,) = file.keep(case, "information", [Upload("合同.pdf", case_files.pdf())], **who)
    redaction.draw(sent.row, 1, [RedactionBox(1, 1000, 1000, 500, 500, "privacy")], version=0, **who)
    redaction.make(case, sent.row, version=1, **who)
    (wrong,) = file.keep(case, "draft", [Upload("传错.pdf", case_files.pdf())], **who)
    withdrawal.withdraw(wrong.row, case, withdrawal.Withdrawal("mistake", "传错了"), **who)


def _answered(agency_id: int) -> None:
    """Say that a request about one's own data was answered."""
    content = case_files.word()
    with store.ready(content) as stored, transaction():
        store.keep(stored)
        made = {"title": "个人信息查阅答复书", "size": stored.size, "made_by": "陈立", "made_at": NOW}
        key = db.session.scalar(select(PersonalRequest.id))
        db.session.add(
            PersonalAnswer(
                agency_id=agency_id, request_id=key, request_version=1, sha256=stored.digest, **made
            )
        )


def _imported(agency_id: int) -> None:
    """Say that a file brought a case."""
    with transaction():
        file_id = origin.begin(origin.Origin("旧台账.xlsx", "0" * 64), REQUESTS, agency_id=agency_id, now=NOW)
        case_id = db.session.scalar(select(Case.id).where(Case.number == "B-1"))
        origin.note_rows(file_id, REQUESTS, [(case_id, 1, 1)])
        origin.end(file_id, now=NOW, added=1)


def _archived(head: Actor) -> None:
    """Archive the file of a request that was answered."""
    load(received("2025-11-10", "B-2", {"step": "answer", "on": "2025-11-20", "outcome": "disclosed"}))
    case = db.session.scalar(select(Case).where(Case.number == "B-2"))
    typed = archive.ToArchive(number="归-1", on=TODAY, retention="30", despite="示例")
    archive.archived(case.id, typed, details=lambda *_: [], actor=head, today=TODAY, now=NOW)


def _sign_off() -> None:
    """Draft a letter for signature, take it back, and draft it again."""
    row = user.by_login(LOGIN)
    drafter = Actor(row.name, row.role_set, row.agency_id, row.id)
    words = {
        "agency_id": row.agency_id,
        "login": "signs",
        "name": "何法",
        "roles": [Role.REVIEWER, Role.HEAD],
    }
    user.create_by_command(**words, now=NOW)
    case_id = db.session.scalar(select(Case.id).where(Case.number == "B-1"))
    typed = Typed(kind="receipt", on=TODAY, facts={"materials": "申请表1份"})
    drafted = sign_off.submit(case_id, typed, note="", actor=drafter, today=TODAY, now=NOW)
    sign_off.withdraw(drafted.id, "改写", actor=drafter, today=TODAY, now=NOW)
    sign_off.submit(case_id, typed, note="", actor=drafter, today=TODAY, now=NOW)
    _asked_and_delegated(case_id, drafter, user.by_login("signs").id)


def _asked_and_delegated(case_id: int, drafter: Actor, other: int) -> None:
    """Ask for a step that another role takes, twice, the first time in vain; let somebody sign, twice too."""
    clerk = replace(drafter, roles=frozenset({Role.REVIEWER}))
    for first in (True, False):
        asked = ask.ask(case_id, "assign", "", actor=clerk, today=TODAY, now=NOW)
        note.write(case_id, f"备注{first}", actor=clerk, now=NOW)
        if first:
            ask.decline(asked.id, "不必", actor=clerk, now=NOW)
    follow.change(db.session.get_one(Case, case_id), on=True, actor=clerk, now=NOW)
    days = {"first": TODAY, "last": TODAY, "reason": "休假"}
    for first in (True, False):
        row = delegation.give(drafter.user_id, other, ["head"], **days, actor=drafter, today=TODAY, now=NOW)
        if first:
            delegation.end(row.id, actor=drafter, today=TODAY, now=NOW)


def _people(agency_id: int, head: Actor) -> None:
    """Make the one who may see all, under another name than at first."""
    words = {"agency_id": agency_id, "login": LOGIN, "roles": list(PEOPLE), "now": NOW}
    row, once = user.create_by_command(name="全能", **words)
    actor = Actor(row.name, row.role_set, agency_id, row.id)
    user.change_password(row.id, once, PASSWORD, actor=actor, now=NOW)
    words = {"email": "q@example.org", "unit_id": None, "roles": list(PEOPLE), "active": True}
    user.update(row.id, name="全才", actor=head, now=NOW, **words)


def _mail(agency_id: int) -> None:
    """Keep a mail that came into the mailbox."""
    raw = mails.letter(files=[("申请表.pdf", case_files.pdf("申请表"))])
    place = (1, 1, len(raw), NOW.isoformat())
    incoming.keep(CameIn(raw, len(raw), MAILBOX, place, NOW), agency_id=agency_id, now=NOW)


def _waiting_request(head: Actor) -> None:
    """Keep a request that came by electronic mail and waits to be confirmed."""
    data = contact.ContactData(
        form="online", arrived_on=TODAY, person="赵六", phone="13900005678", summary="申请"
    )
    who = ApplicantData(kind=ApplicantKind.NATURAL_PERSON, name="赵六", phone="13900005678")
    arrival = Arrival(channel=Channel.EMAIL, arrived_on=TODAY)
    request = RequestData(applicant=who, arrival=arrival, subject="预算")
    registration.register(data, actor=head, triage="request", request=request, today=TODAY, now=NOW)
