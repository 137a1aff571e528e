"""The service of letters at the pages: the form, what is said before, the results, the list, the worklist."""

import io
import re

import pytest

from tests.letters import set_up, stated, worked
from tests.services.office.test_tampering import JPEG
from tracker.domain.letter import index
from tracker.domain.permission import Role
from tracker.models.base import db, transaction
from tracker.models.case import Case
from tracker.models.outbox import Message

ANSWER, SUPPLEMENT = index.BY_KEY["refused_internal_affairs.internal"], index.BY_KEY["supplement"]
POSTED = {"way": "post", "handed_on": "2026-03-17", "carrier": "ems", "tracking": "1012 3456 78901"}


@pytest.fixture
def app(on_sqlite):
    """What differs between the databases is tested below the pages."""
    return on_sqlite


@pytest.fixture
def case(app, actor, clock) -> int:
    clock.set("2026-03-20")
    set_up()
    return worked(ANSWER, by=actor(Role.HEAD, Role.REGISTRAR), today=clock.today, now=clock()).id


@pytest.fixture
def head(case, sign_in):
    return sign_in(Role.HEAD)


def version(browser, address: str) -> str:
    return re.search(r'name="version" value="(\d+)"', browser.get(address).text)[1]


@pytest.fixture
def letter(head, case):
    """Make a letter and return the address of its service."""

    def make(kind=ANSWER, **more) -> str:
        address = f"/cases/{case}/letters/new/{kind.key}"
        words = {"version": version(head, address), "act": "make", "on": "2026-03-16"}
        head.post(address, {**words, **stated(kind), **more})
        return re.findall(rf"/cases/{case}/letters/\d+/services", head.get(f"/cases/{case}/letters").text)[0]

    return make


def serve(browser, address: str, **given):
    words = {"version": version(browser, address), "act": "keep", **POSTED, **given}
    return browser.post(address, words)


def result(browser, address: str, **given):
    page = browser.get(address).text
    to = re.findall(rf"{address}/\d+/results", page)[0]
    return browser.post(to, {"version": version(browser, address), **given})


def test_the_answer_is_served_by_post_with_its_proof_and_the_case_is_closed(head, case, letter):
    address = letter()
    assert serve(head, address, file=(io.BytesIO(JPEG), "交寄单.jpg")).status_code == 303

    told = db.session.get_one(Case, case)
    assert (told.served_on.isoformat(), told.state) == ("2026-03-17", "refused_internal_affairs")
    page = head.get(address).text
    assert "1012345678901" in page
    proof = re.findall(rf"/cases/{case}/services/\d+/proof", page)[0]
    assert head.get(proof).data == JPEG
    assert "2026-03-17" in head.get(f"/cases/{case}/letters").text


@pytest.mark.parametrize(
    ("law", "given", "words"),
    [
        ("邮政法第55条", {"carrier": "courier"}, "邮政法第55条"),
        ("235号 二", {"on_delivery": "1"}, "不得到付"),
        ("235号", {"way": "in_person"}, "签收之日为准"),
    ],
)
def test_what_the_law_refuses_is_said_and_what_was_typed_is_kept(head, case, letter, law, given, words):
    answer = serve(head, letter(), place="测试路9号", **given)

    assert answer.status_code == 422
    assert words in answer.text, law
    assert 'value="测试路9号"' in answer.text
    assert db.session.get_one(Case, case).served_on is None


def test_two_years_are_said_before_and_kept_with_a_reason(case, letter, clock, sign_in):
    address = letter()
    clock.set("2027-01-05")
    head = sign_in(Role.HEAD)
    late = {"handed_on": "2027-01-04"}
    preview = serve(head, address, act="preview", **late).text
    assert "送达在2027年" in preview
    assert "已超期" in preview
    assert serve(head, address, **late).status_code == 422
    assert serve(head, address, override="已电话说明", **late).status_code == 303
    assert "已电话说明；落款在2026年" in head.get(address).text


def test_returned_mail_is_recorded_listed_and_served_again(head, case, letter):
    address = letter()
    assert address in head.get("/letters-to-serve").text
    assert "有1份文书还没有送达" in head.get("/").text
    serve(head, address)
    assert "没有待送达的文书" in head.get("/letters-to-serve").text
    assert "有1份文书还没有送达" not in head.get("/").text

    refused = result(head, address, kind="returned", on="2026-03-19", signer="传达室王某")
    assert refused.status_code == 422
    assert 'value="传达室王某"' in refused.text  # nothing typed is lost
    assert '<option value="returned" selected>' in refused.text
    assert result(head, address, kind="returned", on="2026-03-19", note="查无此人").status_code == 303
    page = head.get(address).text
    assert "送达日期不变（235号）" in page
    assert "2026-03-19退回" in head.get("/letters-to-serve").text
    again = {"way": "in_person", "handed_on": "2026-03-20", "received_on": "2026-03-20", "signer": "王一"}
    assert serve(head, address, **again).status_code == 303
    assert db.session.get_one(Case, case).served_on.isoformat() == "2026-03-17"


def test_a_receipt_is_recorded_with_the_service_of_a_letter_that_was_made_here(head, case, letter):
    address = letter(SUPPLEMENT, deadline_on="2026-04-10")
    serve(head, address)
    seq = db.session.get_one(Case, case).events[-1].seq
    db.session.expire_all()
    assert head.get(f"/cases/{case}/deliveries/{seq}").location == address

    assert result(head, address, kind="received", on="2026-03-19", note="EMS 查询").status_code == 303
    assert "收到日期没有记录" not in head.get(f"/cases/{case}").text


def test_the_form_of_a_step_leads_to_the_letter_that_was_made_of_it(head, case, letter):
    address = letter()

    assert address in head.get(f"/cases/{case}/steps/{ANSWER.outcome}").text
    assert head.get(f"/letters/{address.split('/')[-2]}").location == address


def test_the_slip_of_service_is_filled_from_the_service(head, case, letter):
    address = letter()
    serve(head, address)
    slip = re.search(rf"/cases/{case}/letters/new/service\?of=\d+", head.get(address).text)[0]

    page = head.get(slip).text
    assert "邮政 EMS 1012345678901" in page
    assert "不予公开告知书 测城管公开告〔2026〕第1号" in page


def test_a_service_typed_beside_another_persons_step_is_told_so(head, case, letter):
    address = letter()
    seen = version(head, address)
    head.step(case, "accept", "2026-03-16")

    answer = head.post(address, {"version": seen, "act": "keep", **POSTED})
    assert answer.status_code == 409
    assert "1012 3456 78901" in answer.text


def test_only_the_head_voids_a_service_and_who_reads_alone_sees_no_form(head, case, letter, sign_in):
    address = letter()
    serve(head, address)

    reader = sign_in(Role.AUDITOR).get(address).text
    assert "1012345678901" in reader
    assert "登记结果" not in reader
    handler = sign_in(Role.HANDLER)
    void = {"kind": "void", "on": "2026-03-18", "note": "误录"}
    assert result(handler, address, **void).status_code == 422
    assert "2026年3月17日" in head.get(address).text
    assert result(head, address, **void).status_code == 303


def mailed(browser, address: str, **given):
    words = {"version": version(browser, address), "place": "wang@example.org", **given}
    return browser.post(f"{address}/mail", words)


def test_the_answer_leaves_by_mail_after_the_agreement_and_waits_for_its_day(head, case, letter):
    address = letter()
    assert "没有记载申请人同意电子送达" in head.get(address).text
    refused = mailed(head, address)
    assert refused.status_code == 422
    assert 'value="wang@example.org"' in refused.text
    assert "仍要发出的理由" in refused.text

    agreement = f"/cases/{case}/agreement"
    assert agreement in head.get(address).text
    assert (
        head.post(agreement, {"electronic": "1", "known_from": "申请表勾选"}).status_code == 422
    )  # no mailbox
    assert mailed(head, address, override="电话同意").status_code == 303
    page = head.get(address).text
    assert "等待发送" in page
    assert "电话同意；没有记载申请人同意电子送达" in page
    with transaction():
        db.session.query(Message).update({"status": "sent"})
    page = head.get(address).text
    assert '<option value="received">进入对方系统' in page
    assert "对方收到" not in page
    assert "不是打开、阅读、回复之日" in page
    late = {"kind": "received", "on": "2026-03-20", "note": "申请人回复邮件"}
    assert result(head, address, **late).status_code == 303
    assert db.session.get_one(Case, case).served_on.isoformat() == "2026-03-20"


@pytest.mark.parametrize("ticked", ["abc", "9" * 5000, "-1", "٣", "99999999999999999"])
def test_a_file_that_is_none_is_refused_and_nothing_leaves(head, letter, ticked):
    address = letter()
    refused = mailed(head, address, override="电话同意", files=ticked)

    assert refused.status_code == 422
    assert 'value="wang@example.org"' in refused.text
    assert db.session.query(Message).all() == []


def test_what_was_agreed_is_recorded_with_what_shows_it(head, case):
    address = f"/cases/{case}/agreement"
    assert "没有登记送达约定" in head.get(address).text
    with transaction():
        who = db.session.get_one(Case, case).applicant
        who.email, who.way_wanted = "wang@example.org", "email"
    assert "申请要求的获取方式：电子邮件" in head.get(address).text
    refused = head.post(address, {"electronic": "1", "told_by": "sms", "known_from": "申请表勾选"})
    assert refused.status_code == 422
    assert 'value="申请表勾选"' in refused.text

    words = {"electronic": "1", "told_by": "email", "known_from": "申请表勾选"}
    assert head.post(address, words).status_code == 303
    page = head.get(address).text
    assert "申请表勾选" in page
    assert "电子邮件" in page
    assert "送达约定" in head.get(f"/cases/{case}/letters").text
