"""Serving a letter is its step: one act, and the ledger alone says the day; receipts, returned mail, proof."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm.exc import StaleDataError

from tests.letters import set_up, stated, typed, worked
from tests.services.office.test_tampering import JPEG
from tests.statements import listened
from tracker.domain.case import approval, history
from tracker.domain.case.duty import unknown_receipts
from tracker.domain.case.event import Entry
from tracker.domain.errors import GuardError, InvalidDetailError, NotFoundError, NotPermittedError
from tracker.domain.exchange.request_column import EXPORTED
from tracker.domain.letter import index
from tracker.domain.letter.service import Attempt, LaterResult
from tracker.domain.permission import Role
from tracker.models.base import db, transaction
from tracker.models.case import Case
from tracker.models.duty import LETTER, OpenDuty
from tracker.models.reads.letter import letters_of
from tracker.models.reads.service import to_serve
from tracker.models.service import LetterService
from tracker.models.user import AuditEntry
from tracker.services.calendar import calendar
from tracker.services.case import step
from tracker.services.case.evidence import Upload
from tracker.services.letter import duty, kept, served, service, service_result
from tracker.services.letter import letter as letters
from tracker.services.letter.service import ServiceExtras, Serving
from tracker.services.office import store, user
from tracker.services.operations import inspection
from tracker.services.register import listing

ANSWER = index.BY_KEY["refused_internal_affairs.internal"]
SUPPLEMENT, CHARGE, THIRD = (index.BY_KEY[key] for key in ("supplement", "charge", "third_party"))
DATED, POSTED_ON, GOT_ON = date(2026, 3, 16), date(2026, 3, 17), date(2026, 3, 19)
FACTS = {"way": "按件计收", "count": "12", "amount": "200", "deadline_on": "2026-04-10", "days": "20"}
WHY = "已核对，照此登记"


def posted(on: date = POSTED_ON, **more) -> Attempt:
    number = f"10123456789{on:%d}"  # another day, another parcel
    return Attempt(**{"way": "post", "handed_on": on, "carrier": "ems", "tracking": number, **more})


def by_hand(on: date = POSTED_ON) -> Attempt:
    return Attempt(way="in_person", handed_on=on, received_on=on, signer="王一（本人）")


@pytest.fixture
def head(app, actor, clock):
    set_up()
    clock.set("2026-03-20")
    return actor(Role.HEAD, Role.REGISTRAR)


@pytest.fixture
def make(head, clock):
    """Make a letter of a kind of a case that is worked to it."""

    def act(kind, case=None, **more):
        case = case or worked(kind, by=head, today=clock.today, now=clock())
        facts = {key: FACTS.get(key, value) for key, value in stated(kind).items()}
        given = typed(kind, facts=facts, **more)
        return letters.make(case.id, given, actor=head, today=clock.today, now=clock())

    return act


@pytest.fixture
def by(head, clock):
    return lambda who=None: Serving(actor=who or head, today=clock.today, now=clock())


@pytest.fixture
def serve(by):
    def act(letter, attempt, who=None, **given):
        return service.record(
            letter.id,
            attempt,
            ServiceExtras(**{"override": WHY, **given}),
            case_id=letter.case_id,
            by=by(who),
        )

    return act


@pytest.fixture
def came(by):
    def act(row, kind, on, who=None, **more):
        places = {"letter_id": row.letter_id, "case_id": row.case_id}
        return service_result.add(row.id, LaterResult(kind, on), by=by(who), **places, **more)

    return act


def test_serving_the_answer_closes_the_case_on_the_day_it_was_posted(make, serve):  # 235号
    letter = make(ANSWER)
    row = serve(letter, posted())
    case, entry = letter.case, letter.case.entries[-1]

    assert (case.state, case.served_on, case.decided_on) == ("refused_internal_affairs", POSTED_ON, DATED)
    assert (entry.details["document_number"], entry.details["method"]) == (letter.number, "post")
    assert (row.seq, row.stands.counts_on) == (entry.seq, POSTED_ON)


def test_the_list_of_requests_names_the_units_deadline_each_day_that_moved_and_what_shows_the_service(
    make, serve, head, clock
):
    asked = make(index.BY_KEY["assistance"])
    day = calendar.local_day([date(2026, 3, 20)], "停电", "县政府决定", works=False, today=clock.today)
    calendar.keep_local(day, "县政府决定", actor=head, today=clock.today, now=clock())
    letter = make(ANSWER, case=asked.case)
    serve(letter, posted())

    (row,) = listing.case_rows(select(Case), clock.today)

    cells = {column.label: cell for column, cell in zip(EXPORTED, row, strict=True)}
    assert cells["科室反馈期限"].endswith("2026-04-10前反馈")
    assert "答复期限由2026-03-30改为2026-03-31" in cells["期限的历史"]
    assert cells["送达凭证"].startswith(
        f"{letter.title}，邮寄送达（邮政企业），{POSTED_ON}送出，1012345678917"
    )


def test_what_speaks_against_the_answer_is_said_before_and_then_nothing_was_kept(make, by, head):
    letter = make(index.BY_KEY["refused_third_party_rights.third_party"])
    with pytest.raises(GuardError, match="尚未书面征求第三方意见"):
        service.record(letter.id, posted(), ServiceExtras(), case_id=letter.case_id, by=by())

    assert letter.case.served_on is None
    assert db.session.scalars(select(LetterService)).all() == []


def test_a_late_answer_is_said_to_be_late_before_it_is_recorded(make, by, clock):
    letter = make(ANSWER)
    clock.set("2026-04-10")
    with pytest.raises(GuardError, match="已超期"):
        service.record(letter.id, posted(date(2026, 4, 9)), ServiceExtras(), case_id=letter.case_id, by=by())


def test_a_service_that_contradicts_the_ledger_is_refused_and_one_that_agrees_is_kept(
    make, serve, head, clock
):
    letter = make(ANSWER)
    told = letters.told(letter.id, letter.case, head)
    words = {"actor": head, "today": clock.today, "now": clock(), "override": WHY}
    step.take(letter.case_id, Entry(told.step, POSTED_ON, {**told.details, "method": "post"}), **words)

    with pytest.raises(InvalidDetailError, match="先更正台账"):
        serve(letter, posted(date(2026, 3, 18)))
    entries = len(letter.case.entries)
    serve(letter, posted())
    assert len(letter.case.entries) == entries
    assert letter.case.served_on == POSTED_ON


def test_a_ledger_that_was_corrected_beside_its_service_is_found(make, serve, head, clock):
    letter = make(ANSWER)
    serve(letter, posted())
    seq = letter.case.entries[-1].seq
    assert list(served.disagreeing()) == []

    put = {"replaces": seq, "with": None, "reason": "误录"}
    words = {"actor": head, "today": clock.today, "now": clock()}
    step.take(letter.case_id, Entry("correct", clock.today, put), **words)
    assert [number for number, _message in served.disagreeing()] == [letter.case.number]


def test_mail_that_came_back_is_served_again_and_the_day_stays(make, serve, came):  # 235号; practice
    letter = make(ANSWER)
    came(serve(letter, posted()), "returned", date(2026, 3, 19), note="查无此人")

    assert letter.case.served_on == POSTED_ON
    assert list(db.session.scalars(to_serve(letter.agency_id, None))) == [letter]
    serve(letter, by_hand(date(2026, 3, 20)))
    assert letter.case.served_on == POSTED_ON
    assert list(db.session.scalars(to_serve(letter.agency_id, None))) == []


def test_mail_that_bounced_was_no_service_and_its_day_is_corrected_before_the_next(
    make, serve, came, head, clock
):  # practice: what did not enter the addressee's system is not served
    letter = make(ANSWER)
    mailed = serve(letter, Attempt(way="email", handed_on=POSTED_ON, received_on=POSTED_ON))
    came(mailed, "bounced", date(2026, 3, 18), note="退信")
    with pytest.raises(InvalidDetailError, match="先更正台账"):
        serve(letter, posted(date(2026, 3, 19)))

    answered = history.in_force(letter.case.entries)[-1]
    put = {**history.flat(answered), "on": "2026-03-19"}
    correction = Entry("correct", clock.today, {"replaces": answered.seq, "with": put, "reason": "退信"})
    step.take(letter.case_id, correction, actor=head, today=clock.today, now=clock())
    serve(letter, posted(date(2026, 3, 19)))
    assert letter.case.served_on == date(2026, 3, 19)
    assert list(served.disagreeing()) == []


@pytest.mark.parametrize(
    ("law", "kind", "name"),
    [("第30条", SUPPLEMENT, "ask_supplement"), ("109号", CHARGE, "charge"), ("第32条", THIRD, "consult")],
)
def test_the_receipt_of_a_letter_lets_its_term_run(make, serve, came, law, kind, name):  # rulebook L2
    letter = make(kind)
    row = serve(letter, posted(), place="测试路2号")
    sent = letter.case.entries[-1]

    assert (sent.step, sent.on, sent.details.get("received_on")) == (name, POSTED_ON, None), law
    assert [each.seq for each in unknown_receipts(step.standing(letter.case))] == [sent.seq]
    came(row, "received", GOT_ON, note="EMS 查询")
    assert unknown_receipts(step.standing(letter.case)) == []
    assert letter.case.entries[-1].details["with"]["received_on"] == GOT_ON.isoformat()


def test_an_earlier_receipt_of_a_notice_is_not_lost_but_asks_for_a_correction(
    make, serve, came, head, clock
):  # rulebook L2: the term runs from the first
    letter = make(SUPPLEMENT)
    first = serve(letter, posted())
    serve(letter, by_hand(date(2026, 3, 20)))
    with pytest.raises(InvalidDetailError, match="先更正台账"):
        came(first, "received", GOT_ON, note="EMS 查询")

    asked = history.in_force(letter.case.entries)[-1]
    put = {**history.flat(asked), "received_on": GOT_ON.isoformat()}
    correction = Entry("correct", clock.today, {"replaces": asked.seq, "with": put, "reason": "更早收到"})
    step.take(letter.case_id, correction, actor=head, today=clock.today, now=clock())
    came(first, "received", GOT_ON, note="EMS 查询")
    assert first.stands.got_on == GOT_ON


def test_a_letter_that_was_signed_for_lets_its_term_run_at_once(make, serve):
    letter = make(SUPPLEMENT)
    serve(letter, by_hand())

    assert letter.case.entries[-1].details["received_on"] == POSTED_ON.isoformat()


def test_the_second_supplement_is_a_step_of_its_own(make, serve, head, clock):
    first = make(SUPPLEMENT)
    serve(first, by_hand())
    words = {"actor": head, "today": clock.today, "now": clock()}
    step.take(first.case_id, Entry("receive_supplement", date(2026, 3, 18), {}), **words)
    second = make(SUPPLEMENT, first.case, on="2026-03-19")
    serve(second, by_hand(date(2026, 3, 19)))

    asked = [entry.on for entry in first.case.entries if entry.step == "ask_supplement"]
    assert asked == [POSTED_ON, date(2026, 3, 19)]


def test_a_correction_is_served_without_moving_the_day_of_the_answer(make, serve):
    letter = make(ANSWER)
    serve(letter, posted())
    entries = len(letter.case.entries)
    corrected = make(ANSWER, letter.case, on="2026-03-18", corrects=letter.id, why="姓名有误")
    serve(corrected, by_hand(date(2026, 3, 19)))

    assert (letter.case.served_on, len(letter.case.entries)) == (POSTED_ON, entries)


def test_the_letters_of_a_case_are_read_by_as_many_statements_however_many_they_are(make):
    receipt, asked = index.BY_KEY["receipt"], []
    case = make(receipt).case
    for _letter in range(3):
        make(receipt, case)
        db.session.expire_all()
        db.session.refresh(case)
        with listened(db.engine) as statements:
            assert [letter.corrected_by for letter in letters_of(case)] == [[]] * (len(asked) + 2)
        asked.append(len(statements.asked))

    assert asked[0] == asked[-1]


def test_a_letter_without_a_step_is_served_too_and_moves_nothing(make, serve):
    letter = make(index.BY_KEY["receipt"])
    before = len(letter.case.entries)
    serve(letter, by_hand())

    assert len(letter.case.entries) == before


def test_two_clicks_keep_one_service_and_one_result_also_where_neither_is_a_step(make, by):
    letter = make(index.BY_KEY["receipt"])
    places, clicked = {"case_id": letter.case_id}, replace(by(), version=letter.case.version)
    row = service.record(letter.id, posted(), ServiceExtras(), by=clicked, **places)
    with pytest.raises(StaleDataError):
        service.record(letter.id, posted(), ServiceExtras(), by=clicked, **places)
    clicked = replace(clicked, version=letter.case.version)
    back = LaterResult("returned", GOT_ON)
    service_result.add(row.id, back, note="查无此人", letter_id=letter.id, by=clicked, **places)
    with pytest.raises(StaleDataError):
        service_result.add(row.id, back, note="查无此人", letter_id=letter.id, by=clicked, **places)

    assert [len(row.results) for row in db.session.scalars(select(LetterService))] == [1]


def test_proof_is_kept_sealed_shown_and_missed_when_it_is_gone(make, serve, head, clock, monkeypatch):
    letter = make(ANSWER)
    row = serve(letter, by_hand(), upload=Upload("回证.jpg", JPEG))
    words = {"of_result": False, "case_id": letter.case_id, "actor": head, "now": clock()}

    assert served.proof(row.id, **words) == ("回证.jpg", "image/jpeg", JPEG)
    monkeypatch.setattr(store, "get", lambda _digest: None)
    with pytest.raises(NotFoundError):
        served.proof(row.id, **words)
    assert "文件“回证.jpg”已丢失或被改动。" in [message for _where, message in kept.broken()]


def test_what_came_of_a_service_is_kept_with_its_proof(make, serve, came, head, clock):
    letter = make(ANSWER)
    result = came(
        serve(letter, posted()), "returned", GOT_ON, note="查无此人", upload=Upload("退件.jpg", JPEG)
    )

    words = {"of_result": True, "case_id": letter.case_id, "actor": head, "now": clock()}
    assert served.proof(result.id, **words) == ("退件.jpg", "image/jpeg", JPEG)


def test_a_service_cannot_be_changed_but_its_place_sealed_anew(make, serve):
    row = serve(make(ANSWER), posted(), place="测试路2号")
    with pytest.raises(Exception, match="only ever added to"), transaction() as session:
        session.get_one(LetterService, row.id).tracking = "1099999999999"
    with pytest.raises(Exception, match="only ever added to"), transaction() as session:
        session.execute(delete(LetterService))
    with transaction() as session:
        session.get_one(LetterService, row.id).place = "测试路3号"


def test_what_was_entered_by_mistake_is_voided_by_the_head_and_entered_anew(make, serve, came, actor):
    letter = make(ANSWER)
    row = serve(letter, posted(tracking="1012345678902"))
    with pytest.raises(NotPermittedError):
        came(row, "void", POSTED_ON, who=actor(Role.REGISTRAR), note="邮件号有误")
    came(row, "void", POSTED_ON, note="邮件号有误")

    assert list(db.session.scalars(to_serve(letter.agency_id, None))) == [letter]
    serve(letter, posted())
    assert list(served.disagreeing()) == []
    assert letter.case.served_on == POSTED_ON


def test_a_letter_is_asked_for_until_it_is_served_and_the_check_counts_again(make, serve, came, clock):
    letter = make(ANSWER)
    asked = select(OpenDuty.name, OpenDuty.due_on).where(OpenDuty.kind == LETTER)

    assert db.session.execute(asked).tuples().all() == [("service", date(2026, 3, 18))]
    with transaction() as session:
        session.execute(delete(OpenDuty).where(OpenDuty.kind == LETTER))
    assert list(duty.misstated()) == [letter.number]
    with transaction():
        duty.restate_all()
    assert list(duty.misstated()) == []
    row = serve(letter, posted())
    assert db.session.execute(asked).all() == []
    came(row, "returned", date(2026, 3, 19), note="查无此人")
    assert db.session.execute(asked).tuples().all() == [("service", date(2026, 3, 23))]
    assert [each.message for each in inspection.inspect(today=clock.today)] == []


def test_mail_that_came_back_is_listed_although_another_letter_was_served_since(make, serve, came, head):
    returned = make(ANSWER)
    row = serve(returned, posted())
    came(row, "returned", row.handed_on, note="查无此人")
    other = make(ANSWER)
    serve(other, posted(tracking="1012345678918"))

    listed = db.session.scalars(to_serve(head.agency_id, None)).unique()
    assert [letter.id for letter in listed] == [returned.id]


def test_a_void_or_corrected_letter_is_not_asked_for(make, head, clock):
    void, corrected = make(ANSWER), make(SUPPLEMENT)
    letters.void(void.id, "没有发出", case_id=void.case_id, actor=head, now=clock())
    instead = make(SUPPLEMENT, corrected.case, corrects=corrected.id, why="期限有误")

    assert list(db.session.scalars(to_serve(void.agency_id, None))) == [instead]
    assert list(db.session.scalars(select(OpenDuty.subject_id).where(OpenDuty.kind == LETTER))) == [
        instead.id
    ]


def test_a_letter_that_left_is_not_voided_and_a_void_one_not_served(make, serve, head, clock):
    served, void = make(SUPPLEMENT), make(ANSWER)
    serve(served, posted())
    words = {"actor": head, "now": clock()}
    with pytest.raises(InvalidDetailError, match="已登记送达"):
        letters.void(served.id, "没有发出", case_id=served.case_id, **words)
    letters.void(void.id, "没有发出", case_id=void.case_id, **words)
    with pytest.raises(InvalidDetailError, match="已作废"):
        serve(void, posted())


def test_forms_of_the_file_are_not_served(make, serve):
    slip = make(index.BY_KEY["service"])
    with pytest.raises(NotFoundError):
        serve(slip, posted())


def test_who_may_not_answer_cannot_close_a_case_by_serving_its_letter(make, serve, actor):
    letter = make(ANSWER)
    with pytest.raises(NotPermittedError):
        serve(letter, posted(), who=actor(Role.REGISTRAR))
    with pytest.raises(NotPermittedError):
        serve(letter, posted(), who=actor(Role.AUDITOR))


def test_the_slip_of_service_states_the_service(make, serve, came):
    letter = make(ANSWER)
    row = serve(letter, posted())
    came(row, "returned", GOT_ON, note="查无此人")

    slip = served.slip(letter.case, row.id)
    assert slip["concerned"] == f"{letter.title} {letter.number}"
    assert (slip["service_way"], slip["tracking"]) == ("邮寄送达（邮政企业）", "邮政 EMS 1012345678917")
    assert (slip["handed_on"], slip["remark"]) == ("2026-03-17", "2026-03-19退回")
    assert served.slip(letter.case, row.id + 1) == {}


def test_every_act_is_in_the_audit_log(make, serve, came):
    came(serve(make(ANSWER), posted()), "returned", GOT_ON, note="查无此人")

    acts = [entry.act for entry in db.session.scalars(select(AuditEntry).order_by(AuditEntry.id))]
    assert acts[-2:] == ["letter_served", "service_returned"]


def test_information_is_given_only_with_the_review_that_no_letter_states(make, by):  # 第17条
    letter = make(index.BY_KEY["disclosed.given"])
    assert [ask.key for ask in service.asks_review(letter)] == ["reviewer", "reviewed_on", "review"]
    with pytest.raises(GuardError, match="审查人"):
        service.record(letter.id, posted(), ServiceExtras(), case_id=letter.case_id, by=by())

    reviewed = {"reviewer": "何法", "reviewed_on": "2026-03-15", "review": "可以公开"}
    service.record(letter.id, posted(), ServiceExtras(reviewed=reviewed), case_id=letter.case_id, by=by())
    assert letter.case.entries[-1].details["basis"]["reviewer"] == "何法"


# -- one number, one parcel ---------------------------------------------------------------------------


def test_a_postal_number_is_one_parcel_and_letters_of_one_envelope_say_so(make, serve, head):
    first, other = make(ANSWER), make(THIRD)
    row = serve(first, posted())
    with pytest.raises(
        GuardError, match=f"1012345678917已经登记在{first.case.number}.*2026-03-17.*不是同一天"
    ):
        serve(other, posted(GOT_ON, tracking="1012345678917"), override="同封")
    with pytest.raises(GuardError, match="不是同一天寄给同一人"):
        serve(other, posted(), override="同封")  # to a third party
    same = make(SUPPLEMENT)
    assert same.addressee == first.addressee
    with pytest.raises(GuardError, match="写明“同封”"):
        serve(same, posted())
    assert "同封" in serve(same, posted(), override="与答复同封寄出").reason
    with pytest.raises(GuardError, match="再次邮寄的有新的邮件号"):
        serve(first, posted(), override="同封")
    assert row.tracking == "1012345678917"


def test_an_extension_names_the_head_or_says_why_another(make, serve, head, actor, clock, app):
    case = worked(index.BY_KEY["extension"], by=head, today=clock.today, now=clock())
    entry = Entry(
        "extend", clock.today, {"days": 5, "reason": f"量大（批准日：{clock.today}）", "approved_by": "周明"}
    )
    words = {"actor": head, "today": clock.today, "now": clock()}
    with pytest.raises(GuardError, match=r"“周明”在本系统中不是.*负责人"):
        step.take(case.id, entry, **words)
    assert (
        step.objections(case, Entry("extend", clock.today, {**entry.details, "approved_by": head.name}), head)
        == []
    )
    step.take(case.id, entry, override="周明主持工作，书面同意见纸质审批单", **words)

    assert "纸质审批单" in history.in_force(case.entries)[-1].details["reason"]


def test_an_extension_that_nobody_signed_here_tells_the_day_of_its_approval_or_why_not(
    make, head, clock, app
):
    """条例第33条第2款; who records his own consent gives it by that."""
    case = worked(index.BY_KEY["extension"], by=head, today=clock.today, now=clock())
    user.create_by_command(
        agency_id=head.agency_id, login="zhao", name="赵立", roles=[Role.HEAD], now=clock()
    )
    details = {"days": 5, "reason": "量大", "approved_by": "赵立"}
    words = {"actor": head, "today": clock.today, "now": clock()}

    own = Entry("extend", clock.today, {**details, "approved_by": head.name})
    assert step.objections(case, own, head) == []
    with pytest.raises(GuardError, match="没有批准日"):
        step.take(case.id, Entry("extend", clock.today, details), **words)
    early = approval.noted(details, case.received_on - timedelta(days=1))
    with pytest.raises(GuardError, match="早于收到日期"):
        step.take(case.id, Entry("extend", clock.today, early), **words)
    step.take(case.id, Entry("extend", clock.today, approval.noted(details, clock.today)), **words)

    kept = history.in_force(case.entries)[-1].details
    assert (kept["reason"], approval.day_of(kept)) == (f"量大（批准日：{clock.today}）", clock.today)
    assert approval.noted(kept, clock.today) == kept
