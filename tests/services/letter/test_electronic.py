"""A letter that is served by mail: what leaves, what comes back as proof, and the day that nobody guesses."""

import hashlib
from datetime import date
from email import message_from_bytes, policy
from io import BytesIO
from random import Random

import pytest
from docx import Document
from PIL import Image
from sqlalchemy import delete, select, update

from tests import mail_server, settings
from tests.case_files import pdf, picture
from tests.letters import set_up, stated, typed, worked
from tests.services.letter.test_service import FACTS, WHY
from tracker.domain.case.duty import unknown_receipts
from tracker.domain.case.event import Entry
from tracker.domain.errors import GuardError, InvalidDetailError, NotPermittedError
from tracker.domain.letter import index
from tracker.domain.letter.service import Attempt, LaterResult
from tracker.domain.permission import Role
from tracker.models.base import db, transaction
from tracker.models.case_file import CaseFile
from tracker.models.outbox import SENDING, Message
from tracker.models.reads.service import to_serve
from tracker.models.service import LetterService
from tracker.models.upload import UploadedFile
from tracker.models.user import AuditEntry
from tracker.rendering.letter.template import shipped
from tracker.services.case import agreement, file, redaction, step
from tracker.services.case.evidence import Upload
from tracker.services.job import sending
from tracker.services.letter import electronic, kept, served, service, service_result, template
from tracker.services.letter import letter as letters
from tracker.services.letter.service import ServiceExtras, Serving
from tracker.services.mail import mailbox, overtaken
from tracker.services.office import store
from tracker.services.operations import backup, restore

ANSWER, SUPPLEMENT = index.BY_KEY["refused_internal_affairs.internal"], index.BY_KEY["supplement"]
GIVEN, PARTIAL = index.BY_KEY["disclosed.given"], index.BY_KEY["partially_disclosed.separated"]
GROUND = next(iter(redaction.redaction.GROUNDS))
BOX, TODAY = "wang@example.org", date(2026, 3, 20)
REVIEWED = {"reviewer": "何法", "reviewed_on": "2026-03-16", "review": "可以公开"}


@pytest.fixture
def boxes():
    return mail_server.Mailboxes()


@pytest.fixture
def server(app, boxes):
    running = mail_server.start(boxes)
    where = {"smtp_host": "127.0.0.1", "smtp_port": running.port, "smtp_security": "none"}
    settings.set_to(**where, mail_from="gov@example.org")
    yield running
    if running._thread is not None:
        running.stop(no_assert=True)


@pytest.fixture
def head(app, actor, clock):
    set_up()
    clock.set("2026-03-20")
    return actor(Role.HEAD, Role.REGISTRAR)


@pytest.fixture
def by(head, clock):
    return lambda who=None: Serving(actor=who or head, today=clock.today, now=clock())


@pytest.fixture
def make(head, clock):
    """Make a letter of a case whose applicant has a mailbox, and agreed to be served by it."""

    def act(kind=ANSWER, *, agreed=True):
        case = worked(kind, by=head, today=clock.today, now=clock())
        with transaction():
            case.applicant.email = BOX
        if agreed:
            words = {"electronic": True, "told_by": "", "known_from": "申请表勾选"}
            agreement.record(case, **words, actor=head, now=clock())
        facts = {key: FACTS.get(key, value) for key, value in stated(kind).items()}
        return letters.make(case.id, typed(kind, facts=facts), actor=head, today=clock.today, now=clock())

    return act


@pytest.fixture
def send(by):
    def act(letter, *chosen, who=None, **given):
        extras = ServiceExtras(**given)
        return electronic.send(letter.id, chosen, extras, case_id=letter.case_id, by=by(who))

    return act


@pytest.fixture
def deliver(clock):
    return lambda: sending.run(on=clock.today, now=clock())


@pytest.fixture
def came(by):
    def act(row, kind, on=TODAY, **more):
        places = {"letter_id": row.letter_id, "case_id": row.case_id}
        return service_result.add(row.id, LaterResult(kind, on), by=by(), **places, **more)

    return act


def row() -> LetterService:
    db.session.expire_all()
    return db.session.scalars(select(LetterService).order_by(LetterService.id.desc())).first()


def message() -> Message:
    db.session.expire_all()
    return db.session.scalars(select(Message).order_by(Message.id.desc())).first()


def test_the_frozen_letter_leaves_once_and_what_the_server_said_is_its_proof(
    server, boxes, make, send, deliver, head, clock
):
    letter = make()
    send(letter)
    assert deliver() == "发出1封"
    assert deliver() == "没有待发的邮件"

    assert boxes.recipients == [BOX]
    mail = boxes.taken[0]
    attached = list(mail.iter_attachments())
    content = attached[0].get_content()
    assert content.startswith(b"%PDF")
    assert row().sent[0]["sha256"] == hashlib.sha256(content).hexdigest()
    assert letter.number in mail["Subject"]
    came = row().results[0]
    assert (came.kind, came.on, came.recorded_by) == ("accepted", TODAY, "系统")
    assert "127.0.0.1 接收：250 taken" in came.note
    assert BOX not in came.note
    words = {"of_result": True, "case_id": letter.case_id, "actor": head, "now": clock()}
    name, kind, raw = served.proof(came.id, **words)
    assert (name, kind) == ("已发出的邮件.eml", "message/rfc822")
    assert hashlib.sha256(raw).hexdigest() in came.note
    assert message_from_bytes(raw, policy=policy.default)["Message-ID"] == message().message_id
    assert list(kept.broken()) == []
    lost = row().sent[0]
    with transaction():
        db.session.execute(delete(UploadedFile).where(UploadedFile.sha256 == lost["sha256"]))
    store.path_of(lost["sha256"]).unlink(missing_ok=True)
    assert [what for _where, what in kept.broken()] == [f"发出的文件“{lost['name']}”已丢失或被改动。"]


def test_that_a_server_took_it_over_is_no_service_and_the_day_is_said_by_a_person(
    server, make, send, deliver, came
):
    letter = make()
    send(letter)
    deliver()
    assert (letter.case.served_on, row().stands.counts_on, row().stands.left_on) == (None, None, TODAY)
    assert list(db.session.scalars(to_serve(letter.agency_id, None))) == [letter]

    came(row(), "received", note="申请人回复邮件")
    case, entry = letter.case, letter.case.entries[-1]
    assert (case.state, case.served_on) == ("refused_internal_affairs", TODAY)
    assert (entry.details["method"], row().entry_seq) == ("email", entry.seq)
    assert list(db.session.scalars(to_serve(letter.agency_id, None))) == []
    assert list(served.disagreeing()) == []


def test_a_mail_that_was_sent_otherwise_gets_its_day_later_too(make, by, came):
    letter = make(SUPPLEMENT)
    attempt = Attempt(way="email", handed_on=date(2026, 3, 17))
    service.record(letter.id, attempt, ServiceExtras(), case_id=letter.case_id, by=by())
    assert letter.case.entries[-1].step != "ask_supplement"

    came(row(), "received", date(2026, 3, 18), note="系统回执")
    entry = letter.case.entries[-1]
    assert (entry.step, entry.on, entry.details["received_on"]) == (
        "ask_supplement", date(2026, 3, 18), "2026-03-18",
    )  # fmt: skip
    assert unknown_receipts(step.standing(letter.case)) == []


def test_a_day_that_is_late_is_said_before_the_step_is_taken(server, make, send, deliver, came, clock):
    letter = make()
    send(letter)
    deliver()
    clock.set("2026-04-10")
    with pytest.raises(GuardError, match="已超期"):
        came(row(), "received", date(2026, 4, 9), note="系统回执")

    came(row(), "received", date(2026, 4, 9), note="系统回执", override="对方系统故障")
    assert letter.case.served_on == date(2026, 4, 9)
    assert "对方系统故障；答复期限为" in row().results[-1].note


def test_what_forbids_the_answer_is_said_before_it_leaves(server, make, send, boxes, deliver, actor):
    letter = make(GIVEN)
    with pytest.raises(GuardError, match="审查人"):
        send(letter)
    with pytest.raises(NotPermittedError):
        send(letter, who=actor(Role.REGISTRAR), reviewed=REVIEWED)
    assert db.session.scalars(select(LetterService)).all() == []

    send(letter, reviewed=REVIEWED)
    deliver()
    assert len(boxes.taken) == 1


def test_the_review_that_was_typed_as_it_left_stands_in_the_ledger(server, make, send, deliver, came):
    letter = make(GIVEN)
    send(letter, reviewed=REVIEWED)
    deliver()
    came(row(), "received", note="申请人回复邮件")

    assert letter.case.entries[-1].details["basis"]["reviewer"] == "何法"


def test_without_consent_it_is_objected_to_and_leaves_with_a_reason(server, make, send):
    letter = make(agreed=False)
    with pytest.raises(GuardError, match="没有记载申请人同意电子送达"):
        send(letter)

    send(letter, override=WHY)
    assert "没有记载申请人同意" in row().reason


def test_nothing_personal_stands_in_the_outbox_or_in_the_log(server, boxes, make, send, deliver, caplog):
    boxes.refuse[BOX] = f"550 5.1.1 <{BOX}> no such user"
    make_and_send = send(make())
    deliver()

    told = message()
    everything = f"{told.address}{told.name}{told.title}{told.text}{told.html}{told.why}{told.attachments}"
    for words in (BOX, "王一"):
        assert words not in everything
        assert words not in caplog.text
        assert all(words not in str(each.details) for each in db.session.scalars(select(AuditEntry)))
    assert make_and_send.place == BOX


def test_a_rejection_is_kept_with_its_words_seen_on_the_worklist_and_served_again(
    server, boxes, make, send, deliver, actor, clock
):
    letter = make()
    boxes.refuse[BOX] = "550 5.1.1 No such user here"
    send(letter)
    assert "不能送达1封" in deliver()

    bounced = row().results[0]
    assert (bounced.kind, bounced.note) == ("bounced", "没有发出：550 5.1.1 No such user here")
    assert list(db.session.scalars(to_serve(letter.agency_id, None))) == [letter]
    with pytest.raises(InvalidDetailError, match="再次送达"):
        mailbox.retry(message().id, actor=actor(Role.ADMINISTRATOR), now=clock())
    boxes.refuse.clear()
    send(letter)
    assert deliver() == "发出1封"
    assert row().stands.left_on == TODAY


def test_a_greylisted_mail_is_tried_again_and_leaves_once(server, boxes, make, send, deliver, clock):
    send(make())
    boxes.refuse[BOX] = "450 4.2.0 come back later"
    for _ in range(3):
        assert "稍后再试1封" in deliver()
        clock.forward(hours=1)
    assert row().results == []

    boxes.refuse.clear()
    assert deliver() == "发出1封"
    assert len(boxes.taken) == 1


def test_a_mail_whose_server_fell_silent_is_not_sent_again(server, boxes, make, send, deliver, clock):
    send(make())
    boxes.drop = True
    assert "不能送达1封" in deliver()
    boxes.drop = False
    clock.forward(days=3)
    assert "发出" not in deliver()

    assert message().status == "failed"
    assert "不能确定是否已经发出" in message().why
    assert row().results == []  # a person finds out


def test_a_mail_whose_process_died_is_not_sent_again(server, boxes, make, send, deliver, clock):
    send(make())
    with transaction():
        db.session.execute(update(Message).values(status=SENDING, next_at=clock() + overtaken.LEASE))
    clock.forward(hours=1)
    assert "发出" not in deliver()

    assert (message().status, boxes.taken) == ("failed", [])
    assert "不能确定是否已经发出" in message().why


def test_a_mail_that_waits_is_taken_back_and_one_that_left_is_not(server, boxes, make, send, deliver, came):
    letter = make()
    send(letter)
    with pytest.raises(InvalidDetailError, match="还没有发出"):
        came(row(), "received", note="申请人回复邮件")
    came(row(), "void", note="收件地址有误")
    assert deliver() == "没有待发的邮件"

    send(letter)
    assert deliver() == "发出1封"
    with pytest.raises(InvalidDetailError, match="已经发出"):
        came(row(), "void", note="误录")
    came(row(), "bounced", note="退信：邮箱已满")
    assert row().stands.returned_on == TODAY


def test_a_letter_that_was_corrected_while_it_waited_does_not_leave(
    server, boxes, make, send, deliver, head, clock
):
    letter = make()
    send(letter)
    more = {"corrects": letter.id, "why": "文号有误", "on": "2026-03-20"}
    letters.make(letter.case_id, typed(ANSWER, **more), actor=head, today=clock.today, now=clock())

    assert "不能送达1封" in deliver()
    assert boxes.taken == []
    assert "更正" in row().results[0].note


def test_a_second_mail_waits_for_the_first(server, boxes, make, send, deliver, came):
    letter = make()
    send(letter)
    with pytest.raises(InvalidDetailError, match="已有一封邮件在发件箱中（等待发送）"):
        send(letter)
    deliver()
    assert (boxes.recipients, len(db.session.scalars(select(LetterService)).all())) == ([BOX], 1)

    came(row(), "bounced", note="退信：邮箱已满")
    send(letter)
    assert deliver() == "发出1封"


def test_an_answer_whose_case_was_withdrawn_while_it_waited_does_not_leave(
    server, boxes, make, send, deliver, head, clock
):
    letter = make()
    boxes.refuse[BOX] = "450 4.2.0 come back later"
    send(letter)
    deliver()
    words = {"actor": head, "today": clock.today, "now": clock(), "override": WHY}
    step.take(letter.case_id, Entry("withdraw", clock.today, {"reason": "撤回"}), **words)
    db.session.expire_all()
    boxes.refuse.clear()
    clock.forward(hours=1)

    assert "不能送达1封" in deliver()
    assert boxes.taken == []
    assert "案件现在不能有这次送达" in row().results[0].note


def test_a_mail_that_left_after_the_copy_was_made_is_not_sent_again_by_a_restore(
    on_sqlite, server, boxes, make, send, deliver, clock
):
    letter = make()
    boxes.refuse[BOX] = "450 4.2.0 come back later"
    send(letter)
    deliver()
    copy = backup.folder() / "copy.zip"
    backup.make(copy, now=clock())
    boxes.refuse.clear()
    clock.forward(hours=1)
    assert deliver() == "发出1封"

    db.session.remove()
    restored = restore.restore(copy, replace=True, actor="t", now=clock())
    clock.forward(hours=1)
    deliver()
    assert boxes.recipients == [BOX]
    assert (message().status, row().results) == ("failed", [])
    assert "从备份恢复" in message().why
    assert any("1封给申请人的邮件、短信" in remark for remark in restored.remarks)


def put(case, head, clock, purpose, name, content):
    kept_file = file.keep(case, purpose, [Upload(name, content)], actor=head, now=clock())[0]
    assert kept_file.row is not None, kept_file.why
    return kept_file.row


def test_files_to_be_provided_go_with_it_and_of_a_redacted_one_the_copy_alone(
    server, boxes, make, send, deliver, head, clock
):
    letter = make(PARTIAL)
    case = letter.case
    whole = put(case, head, clock, "information", "报告.pdf", pdf())
    source = put(case, head, clock, "information", "名单.png", picture())
    draft = put(case, head, clock, "draft", "底稿.png", picture(text="draft"))
    copy = redact(case, source, head, clock)

    assert {each.id for each in electronic.attachable(letter)} == {whole.id, copy.id}
    for other in (source, draft):
        with pytest.raises(InvalidDetailError, match="不能随这份文书发出"):
            send(letter, other.id, reviewed=REVIEWED)
    with pytest.raises(GuardError, match="没有作过区分处理，将整份发出"):
        send(letter, whole.id, copy.id, reviewed=REVIEWED)
    send(
        letter,
        whole.id,
        copy.id,
        reviewed=REVIEWED,
        override="逐页看过，没有不予公开的内容",
        upload=Upload("盖章.png", picture(text="seal")),
    )
    deliver()
    names = [part.get_filename() for part in boxes.taken[0].iter_attachments()]
    assert names == [f"{letter.title}{letter.number}.pdf", "盖章.png", "报告.pdf", copy.name]
    digests = [hashlib.sha256(part.get_content()).hexdigest() for part in boxes.taken[0].iter_attachments()]
    assert digests == [each["sha256"] for each in row().sent]
    assert "逐页看过，没有不予公开的内容；部分公开的答复所附的“报告.pdf”" in row().reason


def redact(case, source, head, clock, left=100):
    box = redaction.RedactionBox(page=1, left=left, top=100, width=400, height=400, ground=GROUND)
    redaction.draw(source, 1, [box], version=redaction.drawn(source)[1], actor=head, now=clock())
    made = redaction.make(case, source, version=redaction.drawn(source)[1], actor=head, now=clock())
    return db.session.get_one(CaseFile, made.output_id)


def test_of_several_copies_of_a_file_the_newest_alone_is_offered(make, head, clock):
    letter = make(PARTIAL)
    source = put(letter.case, head, clock, "information", "名单.png", picture())
    redact(letter.case, source, head, clock)
    newest = redact(letter.case, source, head, clock, left=500)

    assert [each.id for each in electronic.attachable(letter)] == [newest.id]


def test_a_file_that_was_redacted_while_its_mail_waited_does_not_leave(
    server, boxes, make, send, deliver, head, clock
):
    letter = make(PARTIAL)
    source = put(letter.case, head, clock, "information", "名单.png", picture())
    boxes.refuse[BOX] = "450 4.2.0 come back later"
    for ticked in (source.id, None):
        send(letter, ticked or electronic.attachable(letter)[0].id, reviewed=REVIEWED, override=WHY)
        deliver()
        redact(letter.case, source, head, clock, left=100 if ticked else 500)
        boxes.refuse.clear()
        clock.forward(hours=1)
        assert "不能送达1封" in deliver()
        boxes.refuse[BOX] = "450 4.2.0 come back later"
        assert "（新的）区分处理，没有发出" in row().results[0].note
    assert boxes.taken == []


def noise() -> bytes:
    into = BytesIO()
    Image.frombytes("RGB", (700, 700), Random(1).randbytes(3 * 700 * 700)).save(into, "PNG")
    return into.getvalue()


def test_a_refusal_carries_no_file(make, head, clock):
    letter = make()
    put(letter.case, head, clock, "information", "图.png", picture())

    assert electronic.attachable(letter) == []


def test_more_than_a_mail_carries_is_refused_with_the_limit(server, boxes, make, send, deliver, head, clock):
    letter = make(GIVEN)
    large = put(letter.case, head, clock, "information", "图.png", noise())
    settings.set_to(mail_megabytes=1)
    with pytest.raises(InvalidDetailError, match="上限1MB"):
        send(letter, large.id, reviewed=REVIEWED)

    settings.set_to(mail_megabytes=2)
    send(letter, large.id, reviewed=REVIEWED)
    deliver()
    assert [len(part.get_content()) for part in boxes.taken[0].iter_attachments()][1] == large.size


def test_a_letter_whose_pictures_a_pdf_would_leave_out_is_sent_as_the_frozen_word_file(
    server, boxes, make, send, deliver, head, clock
):
    document, into = Document(BytesIO(shipped(ANSWER.key))), BytesIO()
    document.add_picture(BytesIO(picture()))
    document.save(into)
    template.keep(ANSWER.key, "本局.docx", into.getvalue(), actor=head, now=clock())
    letter = make()
    send(letter)
    deliver()

    attached = next(boxes.taken[0].iter_attachments())
    assert attached.get_filename() == f"{letter.title}{letter.number}.docx"
    assert hashlib.sha256(attached.get_content()).hexdigest() == letter.sha256
