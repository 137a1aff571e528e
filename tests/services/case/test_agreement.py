"""What is agreed with an applicant, and what he is told by mail or a real gateway of text messages on loopback."""

import json
import threading
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs

import pytest
from sqlalchemy import select, update

from tests import mail_server, settings
from tests.letters import set_up, stated, worked
from tracker.domain.case import basis
from tracker.domain.case.event import Entry
from tracker.domain.errors import InvalidDetailError, NotPermittedError
from tracker.domain.letter import index
from tracker.domain.permission import Role
from tracker.mail import compose
from tracker.models.applicant import Applicant
from tracker.models.base import db, transaction
from tracker.models.outbox import SENDING, Message
from tracker.services.case import agreement, step
from tracker.services.job import sending
from tracker.services.mail import outbox, overtaken
from tracker.services.mail.carrier import without
from tracker.services.office import office

pytestmark = pytest.mark.both  # what is counted in SQL against what is folded

PHONE, BOX = "13800000000", "wang@example.org"
ANSWER = index.BY_KEY["refused_internal_affairs.internal"]


class Gateway(BaseHTTPRequestHandler):
    """A gateway that notes what it is asked, and answers as it is told."""

    asked: list[tuple[dict, dict]] = []
    answer = (200, "queued")

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        is_json = "json" in self.headers["Content-Type"]
        said = json.loads(body) if is_json else {k: v[0] for k, v in parse_qs(body).items()}
        type(self).asked.append((said, dict(self.headers)))
        if not self.answer[0]:
            return  # it falls silent
        self.send_response(self.answer[0])
        self.end_headers()
        self.wfile.write(self.answer[1].encode())

    def log_message(self, *words):
        pass


@pytest.fixture
def gateway(app):
    server = HTTPServer(("127.0.0.1", 0), Gateway)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    Gateway.asked, Gateway.answer = [], (200, "queued")
    where = f"127.0.0.1:{server.server_port}"
    settings.set_to(channel_sms_url=f"http://{where}/send", channel_sms_token="secret-2", channel_hosts=where)
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def boxes(app):
    boxes = mail_server.Mailboxes()
    running = mail_server.start(boxes)
    where = {"smtp_host": "127.0.0.1", "smtp_port": running.port, "smtp_security": "none"}
    settings.set_to(**where, mail_from="gov@example.org")
    yield boxes
    running.stop(no_assert=True)


@pytest.fixture
def head(app, actor, clock):
    set_up()
    return actor(Role.HEAD, Role.REGISTRAR)


@pytest.fixture
def case(head, clock):
    case = worked(ANSWER, by=head, today=clock.today, now=clock())
    with transaction():
        case.applicant.email = BOX
    return case


@pytest.fixture
def agree(case, head, clock):
    def act(told_by="", *, electronic=False, who=None, known_from="3月3日电话确认"):
        words = {"electronic": electronic, "told_by": told_by, "known_from": known_from}
        return agreement.record(case, **words, actor=who or head, now=clock())

    return act


@pytest.fixture
def answer(case, head, clock):
    def act(on=date(2026, 3, 16)):
        facts = {key: fact for key, fact in stated(ANSWER).items() if key in basis.KEYS}
        details = {
            "basis": {"end": "internal", **facts},
            "reason": "内部管理",
            "method": "post",
            "document_number": "测1号",
            "decided_on": on.isoformat(),
        }
        words = {"actor": head, "today": clock.today, "now": clock(), "override": "照此登记"}
        step.take(case.id, Entry(ANSWER.outcome, on, details), **words)
        db.session.expire_all()

    return act


@pytest.fixture
def take(case, head, clock):
    def act(name, details):
        words = {"actor": head, "today": clock.today, "now": clock(), "override": "照此登记"}
        step.take(case.id, Entry(name, clock.today, details), **words)
        db.session.expire_all()

    return act


def deliver(clock) -> str:
    return sending.run(on=clock.today, now=clock())


def messages() -> list[Message]:
    db.session.expire_all()
    return list(db.session.scalars(select(Message).order_by(Message.id)))


def test_nobody_is_told_who_did_not_ask_for_it(case, answer):
    answer()

    assert messages() == []


def test_he_is_told_of_receipt_and_answer_once_each_by_mail(boxes, agree, answer, case, clock):
    agree("email")
    agree("email", electronic=True)
    answer()
    assert deliver(clock) == "发出2封"

    texts = [mail.get_body(("plain",)).get_content().strip() for mail in boxes.taken]
    assert texts == [
        f"【测试局】您的政府信息公开申请（受理编号{case.number}）已收到，收到日期为2026年3月2日（周一）。"
        "本消息只作告知，不是答复，也不是送达。",
        f"【测试局】您的政府信息公开申请（受理编号{case.number}）已于2026年3月16日（周一）办结，"
        "文书的送达方式：邮寄送达（邮政企业）。本消息只作告知，不是答复，也不是送达。",
    ]
    assert boxes.recipients == [BOX, BOX]


def test_he_is_told_by_text_message_and_the_outbox_holds_no_number(gateway, agree, case, clock, caplog):
    agree("sms")
    assert "发出1封" in deliver(clock)

    said, headers = Gateway.asked[0]
    assert (said["phone"], headers["Authorization"]) == (PHONE, "Bearer secret-2")
    assert said["text"].startswith(f"【测试局】您的政府信息公开申请（受理编号{case.number}）已收到")
    told = messages()[0]
    kept = f"{told.address}{told.name}{told.title}{told.text}{told.why}{caplog.text}"
    assert all(words not in kept for words in (PHONE, "王一", "桥梁", "secret-2"))


def test_a_gateway_with_fields_of_its_own_is_asked_in_its_words(gateway, agree, clock):
    settings.set_to(channel_sms_format="form", channel_sms_phone="mobile", channel_sms_text="content")
    agree("sms")
    deliver(clock)

    assert Gateway.asked[0][0]["mobile"] == PHONE
    assert "已收到" in Gateway.asked[0][0]["content"]


def test_what_the_gateway_refuses_is_kept_without_the_number_and_what_it_delays_is_tried_again(
    gateway, agree, clock
):
    agree("sms")
    Gateway.answer = (503, f"busy {PHONE}")
    assert "稍后再试1封" in deliver(clock)
    assert messages()[0].why == "503 busy …"
    Gateway.answer = (422, f"unknown {PHONE}")
    clock.forward(minutes=5)
    assert "不能送达1封" in deliver(clock)

    assert (messages()[0].status, messages()[0].why) == ("failed", "422 unknown …")


def test_a_gateway_inside_that_the_office_does_not_list_is_not_reached(gateway, agree, clock):
    agree("sms")
    settings.set_to(channel_hosts="")
    assert "不能送达1封" in deliver(clock)

    assert Gateway.asked == []
    assert "channel_hosts" in messages()[0].why


def test_who_cannot_be_reached_agrees_to_nothing(case, agree, actor):
    with pytest.raises(InvalidDetailError, match="没有设置短信网关"):
        agree("sms")
    with pytest.raises(InvalidDetailError, match="从何得知"):
        agree("email", known_from=" ")
    with transaction():
        case.applicant.email, case.applicant.phone = None, "0396-1234567"
    for words in ({"told_by": "email"}, {"electronic": True}):
        with pytest.raises(InvalidDetailError, match="没有登记邮箱"):
            agree(**words)
    with pytest.raises(InvalidDetailError, match="没有登记手机号码"):
        agree("sms")
    with pytest.raises(NotPermittedError):
        agree(who=actor(Role.AUDITOR))


def test_an_answer_that_was_corrected_away_is_not_told_and_the_second_one_is(
    boxes, agree, answer, take, case, clock
):
    agree("email")
    assert deliver(clock) == "发出1封"
    for day, told in ((None, 0), (date(2026, 3, 20), 1), (date(2026, 3, 23), 1)):
        if day is None:
            answer()
        else:
            clock.set(day.isoformat())
            answer(day)
        if told:
            assert deliver(clock) == "发出1封"
            assert compose.day("zh", day) in boxes.taken[-1].get_body(("plain",)).get_content()
        place = max(entry.seq for entry in case.entries if entry.step == ANSWER.outcome)
        take("correct", {"replaces": place, "with": None, "reason": "误录"})
        if not told:
            assert "不能送达1封" in deliver(clock)
            assert "与台账不再相符" in messages()[-1].why
    assert len(boxes.taken) == 3


def test_an_answer_that_was_corrected_while_its_message_waited_is_told_as_it_stands(
    boxes, agree, answer, take, case, clock
):
    agree("email")
    deliver(clock)
    answer()
    stood = next(entry for entry in case.entries if entry.step == ANSWER.outcome)
    new = {"step": stood.step, "on": "2026-03-13", **stood.details, "decided_on": "2026-03-13"}
    take("correct", {"replaces": stood.seq, "with": new, "reason": "日期误录"})
    deliver(clock)

    assert len(boxes.taken) == 2
    assert "2026年3月13日" in boxes.taken[-1].get_body(("plain",)).get_content()


def test_what_failed_is_tried_again_when_the_agreement_is_recorded_anew(boxes, agree, answer, case, clock):
    agree("email")
    with transaction():
        case.applicant.email = "no such"
    assert "不能送达1封" in deliver(clock)
    with transaction():
        case.applicant.email = BOX
    agree("")
    agree("email")
    assert deliver(clock) == "发出1封"

    with transaction():
        case.applicant.email = "no such"
    answer()
    deliver(clock)
    with transaction():
        case.applicant.email = BOX
    agree("email")
    agree("email")
    assert deliver(clock) == "发出1封"
    assert ["已收到" in each.text for each in messages()] == [True, False]


def test_what_waits_leaves_by_the_way_that_is_agreed_now(gateway, boxes, agree, clock):
    agree("email")
    agree("sms")
    deliver(clock)

    assert (boxes.taken, len(Gateway.asked), messages()[0].address) == ([], 1, "sms://applicant")


def test_a_mailbox_that_is_a_channel_is_refused_and_nothing_is_sent_there(gateway, boxes, agree, case, clock):
    agree("email")
    with transaction():
        case.applicant.email = "sms://13911112222"
    assert "不能送达1封" in deliver(clock)
    assert Gateway.asked == []
    assert "不是邮箱地址" in messages()[0].why
    with pytest.raises(InvalidDetailError, match="不是邮箱地址"):
        agree(electronic=True)


def test_what_the_gateway_answered_is_kept_and_a_refusal_in_it_is_one(gateway, agree, clock):
    agree("sms")
    Gateway.answer = (200, f'{{"code":0,"to":"{PHONE}"}}')
    settings.set_to(channel_sms_taken='"code":0')
    deliver(clock)
    assert (messages()[0].status, messages()[0].why) == ("sent", '200 {"code":0,"to":"…"}')

    with transaction():
        db.session.execute(update(Message).values(status="waiting"))
    Gateway.answer = (200, '{"code":40001,"msg":"invalid signature"}')
    deliver(clock)
    assert (messages()[0].status, messages()[0].why) == (
        "failed",
        '200 {"code":40001,"msg":"invalid signature"}',
    )


def test_a_token_that_no_header_can_hold_is_not_shown(gateway, agree, clock):
    settings.set_to(channel_sms_token="secret-2\n")
    agree("sms")
    assert deliver(clock) == "发出1封；未设置邮件服务器，邮件只写入发件箱，不发送。"
    assert Gateway.asked[0][1]["Authorization"] == "Bearer secret-2"

    with transaction():
        db.session.execute(update(Message).values(status="waiting"))
    settings.set_to(channel_sms_token="secret-3\nX: 1")
    deliver(clock)
    assert (messages()[0].status, "secret" in messages()[0].why) == ("waiting", False)
    assert "channel_sms_token" in messages()[0].why


def test_a_gateway_that_falls_silent_is_not_asked_again_and_one_that_is_down_is(gateway, agree, clock):
    agree("sms")
    url = office.settings().channel.sms_url
    settings.set_to(channel_sms_url="http://127.0.0.1:1/", channel_hosts="127.0.0.1:1")
    assert "稍后再试1封" in deliver(clock)
    settings.set_to(channel_sms_url=url, channel_hosts=url.split("/")[2])
    Gateway.answer = (0, "")
    clock.forward(hours=1)
    assert "不能送达1封" in deliver(clock)
    clock.forward(days=1)
    deliver(clock)

    assert (len(Gateway.asked), messages()[0].status) == (1, "failed")
    assert "不能确定是否已经发出" in messages()[0].why


def test_a_text_message_whose_process_died_is_not_sent_again(gateway, agree, clock):
    agree("sms")
    with transaction():
        db.session.execute(update(Message).values(status=SENDING, next_at=clock() + overtaken.LEASE))
    clock.forward(hours=1)
    deliver(clock)

    assert (Gateway.asked, messages()[0].status) == ([], "failed")
    assert "不能确定是否已经发出" in messages()[0].why


def test_who_takes_his_wish_back_is_not_told(boxes, agree, clock):
    agree("email")
    agree("")
    assert "不能送达1封" in deliver(clock)
    assert boxes.taken == []


def test_messages_to_applicants_wait_where_nobody_knows_their_kind(boxes, agree, clock):
    agree("email")
    assert outbox.deliver(on=clock.today, now=clock()) == "没有待发的邮件"

    assert messages()[0].status == "waiting"


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("550 5.1.1 WANG@example.org: user Wang unknown", "550 5.1.1 〈收件人〉: user 〈收件人〉 unknown"),
        ("550 5.1.1 <wang@example.org> wangwei", "550 5.1.1 <〈收件人〉> wangwei"),
    ],
)
def test_what_a_server_repeats_of_an_address_is_not_kept(words, kept):
    assert without(words, BOX) == kept
    assert without("550 no", "550@qq.com") == "550 no"


def acting(case, name: str, **more) -> None:
    with transaction():
        row = {"agency_id": case.agency_id, "kind": "natural_person", "first_id": case.applicant_id}
        db.session.add(Applicant(name=name, **row, **more))
    db.session.expire_all()


def test_who_is_authorised_to_receive_is_told_in_the_applicants_place_while_the_authority_holds(
    case, boxes, agree, clock, answer
):
    agent = {"role": "agent", "gets_letters": True, "email": "agent@example.org"}
    acting(case, "王律", **agent, from_on=date(2026, 3, 1), to_on=date(2026, 3, 18))
    acting(case, "未授权", role="agent", email="silent@example.org")
    agree("email")
    deliver(clock)
    clock.set("2026-03-20")
    answer(date(2026, 3, 20))
    deliver(clock)

    assert [mail["To"] for mail in boxes.taken] == ["agent@example.org", BOX]
    assert "agent@example.org" not in repr([(row.key, row.address) for row in messages()])


def test_of_several_who_ask_the_one_who_stands_for_them_then_the_first_who_can_be_reached_is_told(
    case, boxes, agree, clock
):
    acting(case, "李二", email="second@example.org")
    acting(
        case, "代人", role="agent", gets_letters=True, email="x@example.org", acts_for_id=case.applicant_id
    )
    assert [who.name for who in agreement.told_people(case, clock.today)][:2] == [case.applicant.name, "李二"]
    with transaction():
        case.applicant.email = None
    agree("email")
    deliver(clock)
    assert [mail["To"] for mail in boxes.taken] == ["second@example.org"]

    with transaction():
        for row in case.applicant.further:
            row.email = None
    with pytest.raises(InvalidDetailError, match="没有登记邮箱"):
        agree("email")
