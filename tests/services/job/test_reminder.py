"""Reminders of every duty: on their day, once, to who is there to act, with nothing of the applicant."""

import json
from datetime import date

import pytest
from icalendar import Calendar
from sqlalchemy import select, update

from tests import mail_server, settings
from tests.histories import line, receive
from tests.practice import set_practice
from tracker.domain.permission import Role
from tracker.models.agency import Unit
from tracker.models.base import db, transaction
from tracker.models.duty import OpenDuty
from tracker.models.outbox import Message
from tracker.models.user import User, UserRole
from tracker.services.exchange import importing
from tracker.services.job import reminder, stage
from tracker.services.mail import mailbox, outbox
from tracker.services.office import office, user
from tracker.services.office.agency import default_agency

RECEIVED = receive(date(2026, 3, 2))  # the answer is due on 30 March 2026
ACCEPTED = {"step": "accept", "on": "2026-03-03"}
MINE = {"step": "assign", "on": "2026-03-03", "unit": "规划股", "handler": "周明"}


@pytest.fixture
def take_in(app, planning, clock):
    def run(*events, number="A-1"):
        text = json.dumps(
            line("natural_person", number, list(events), subject="王某的房产"), ensure_ascii=False
        )
        return importing.import_histories([text], today=clock.today, now=clock())

    return run


@pytest.fixture
def people(agency_id, planning, clock):
    """A handler and a head, each with an address."""
    made = {}
    for role, name, unit_id in ((Role.HANDLER, "周明", planning.id), (Role.HEAD, "陈立", None)):
        row, _ = user.create_by_command(
            agency_id=agency_id, login=role.value, name=name, roles=[role], now=clock(),
            email=f"{role.value}@example.org", unit_id=unit_id,
        )  # fmt: skip
        made[role] = row.id
    return made


@pytest.fixture
def set_to(app):
    return settings.set_to


def like(user_id: int, **values) -> None:
    with transaction():
        for key, value in values.items():
            setattr(db.session.get_one(User, user_id), key, value)


def rows() -> list[Message]:
    db.session.rollback()
    found = select(Message).order_by(Message.id).execution_options(populate_existing=True)
    return list(db.session.scalars(found))


def run(clock, *jobs) -> None:
    for job in jobs or (reminder.remind, reminder.escalate, reminder.digest):
        job(on=clock.today, now=clock())


def through(clock, first: str, last: str) -> list[tuple[str, str, str, str]]:
    """Run every day as the scheduler would, twice; return (day, duty, stage, address) of the messages."""
    clock.set(first, 8)
    while clock.today <= date.fromisoformat(last):
        run(clock)
        run(clock)
        clock.forward(days=1)
    return [(row.on.isoformat(), row.duty, row.stage, row.address) for row in rows()]


def test_a_year_of_mornings_reminds_at_each_stage_once(take_in, people, clock):
    take_in(RECEIVED, ACCEPTED, MINE)

    told = through(clock, "2026-03-16", "2026-04-10")

    handler, liaison, head = "handler@example.org", "liaison@example.org", "head@example.org"
    assert told == [
        ("2026-03-23", "reply", "-5", handler),
        ("2026-03-25", "reply", "-3", handler),
        ("2026-03-27", "reply", "-1", handler),
        ("2026-03-30", "reply", "0", handler),
        ("2026-03-31", "reply", "+1", liaison),
        ("2026-03-31", "reply", "+1", head),
        ("2026-04-02", "reply", "+3", liaison),
        ("2026-04-02", "reply", "+3", head),
        ("2026-04-07", "reply", "+5", liaison),  # 6 April is free (清明节)
        ("2026-04-07", "reply", "+5", head),
    ]


def test_every_duty_is_reminded_of_not_only_the_answer(take_in, people, clock):
    got = {"received_on": "2026-03-04"}
    consult = {"step": "consult", "on": "2026-03-04", "party": "third_party", "name": "某公司", **got}
    take_in(RECEIVED, ACCEPTED, MINE, consult)
    ask = {"step": "ask_supplement", "on": "2026-03-04", "deadline_on": "2026-03-25", "items": "文件名称"}
    take_in(RECEIVED, MINE, ask, number="A-2")
    charge = {"step": "charge", "on": "2026-03-04", "amount": "10", **got}
    take_in(RECEIVED, ACCEPTED, MINE, charge, number="A-3")

    told = through(clock, "2026-03-16", "2026-03-25")

    assert {duty for _, duty, _, _ in told} == {"third_party_opinion", "supplement", "payment"}
    assert ("2026-03-25", "supplement", "0", "handler@example.org") in told


def test_where_nobody_handles_the_case_the_liaison_is_told_and_else_the_head(take_in, people, clock):
    take_in(RECEIVED, {**MINE, "handler": "别人"})
    take_in(RECEIVED, ACCEPTED, number="A-2")

    told = through(clock, "2026-03-23", "2026-03-23")

    assert [address for _, _, _, address in told] == ["liaison@example.org", "head@example.org"]


def test_where_nobody_has_an_address_the_outbox_says_so(take_in, clock):
    take_in(RECEIVED, ACCEPTED)

    through(clock, "2026-03-23", "2026-03-23")

    assert [(row.status, "没有邮箱" in row.why) for row in rows()] == [("failed", True)]


def test_days_people_and_steps_are_practice(take_in, people, clock):
    set_practice(reminder_days="2", reminder_to="head", escalation_days="2", escalation_to="handler")
    take_in(RECEIVED, ACCEPTED, MINE)

    told = through(clock, "2026-03-16", "2026-04-10")

    assert told == [
        ("2026-03-26", "reply", "-2", "head@example.org"),
        ("2026-04-01", "reply", "+2", "handler@example.org"),
    ]


def test_a_provisional_date_is_reminded_of_earlier_by_a_margin_and_says_so(take_in, people, clock):
    clock.set("2026-12-16")
    take_in(receive(date(2026, 12, 15)), {**MINE, "on": "2026-12-16"})
    kept = select(OpenDuty).where(OpenDuty.name == "reply")
    assert db.session.scalar(kept).provisional
    due_on = db.session.scalar(kept).due_on

    told = [each for each in through(clock, "2026-12-28", due_on.isoformat()) if each[1] == "reply"]

    calendar = office.calendar()
    stages = {name: calendar.count(date.fromisoformat(on), due_on) for on, _, name, _ in told}
    assert stages == {"p-5": 7, "p-3": 5, "p-1": 3, "p0": 2}
    assert all("暂定" in row.title and "暂定" in row.text for row in rows() if row.duty == "reply")


def test_a_day_on_which_nothing_ran_is_kept_as_missed_and_made_up_for_at_once(take_in, people, clock):
    take_in(RECEIVED, ACCEPTED, MINE)
    clock.set("2026-03-26", 9)

    for day in range(23, 27):
        reminder.remind(on=date(2026, 3, day), now=clock())

    assert [(row.stage, row.status) for row in rows()] == [
        ("-5", "missed"),
        ("-3", "missed"),
        ("-3", "waiting"),  # reached and not yet told
    ]
    assert outbox.deliver(on=clock.today, now=clock()).startswith("未设置")


# -- what happened between writing and sending --------------------------------------------------------


@pytest.fixture
def sending(set_to):
    """A server on loopback that takes everything."""
    boxes = mail_server.Mailboxes()
    running = mail_server.start(boxes)
    set_to(smtp_host="127.0.0.1", smtp_port=running.port, smtp_security="none", mail_from="gov@example.org")
    set_to(base_url="http://office.example")
    yield boxes
    running.stop(no_assert=True)


@pytest.mark.parametrize(
    "since",
    [
        {"step": "answer", "on": "2026-03-25", "outcome": "disclosed"},
        {"step": "charge", "on": "2026-03-25", "amount": "10"},  # paused: the applicant must pay
        {"step": "extend", "on": "2026-03-25", "days": 20, "reason": "检索"},  # the day moved
    ],
)
def test_nothing_is_sent_for_a_case_that_closed_paused_or_moved_meanwhile(
    take_in, people, clock, sending, since
):
    take_in(RECEIVED, ACCEPTED, MINE)
    clock.set("2026-03-25", 7)
    run(clock)
    take_in(RECEIVED, ACCEPTED, MINE, since)
    clock.set("2026-03-25", 9)
    outbox.deliver(on=clock.today, now=clock())

    assert sending.taken == []
    assert [(row.status, row.why) for row in rows()] == [("cancelled", "期限已办结、中止或者变动")]


def test_an_office_without_a_mail_server_has_nothing_waiting_for_ever(take_in, people, clock):
    take_in(RECEIVED, ACCEPTED, MINE)
    take_in(RECEIVED, ACCEPTED, MINE, number="A-2")
    clock.set("2026-03-30", 9)
    run(clock)
    take_in(RECEIVED, ACCEPTED, MINE, {"step": "answer", "outcome": "disclosed", "on": "2026-03-30"})

    said = []
    for _day in range(2):
        said.append(outbox.deliver(on=clock.today, now=clock()))
        clock.forward(days=1)

    assert [(row.number, row.status) for row in rows()] == [("A-1", "cancelled"), ("A-2", "missed")]
    assert (said[0][:4], said[1][:4]) == ("取消1封", "错过1封")


def test_a_reminder_that_could_not_leave_before_its_day_passed_is_missed(take_in, people, clock, sending):
    take_in(RECEIVED, ACCEPTED, MINE)
    clock.set("2026-03-30", 8)
    run(clock)
    clock.set("2026-03-31", 9)
    outbox.deliver(on=clock.today, now=clock())

    assert sending.taken == []
    assert [row.status for row in rows()] == ["missed"]


# -- what a mail says ---------------------------------------------------------------------------------


def sent(take_in, people, clock, sending):
    take_in(RECEIVED, ACCEPTED, MINE)
    clock.set("2026-03-25", 9)
    run(clock)
    outbox.deliver(on=clock.today, now=clock())
    return sending.taken[0]


def test_a_mail_says_number_and_date_first_links_to_the_case_and_holds_nothing_of_the_applicant(
    take_in, people, clock, sending
):
    mail = sent(take_in, people, clock, sending)

    assert mail["Subject"] == "A-1 2026-03-30 答复期限：还有3个工作日"
    text, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
    for body in (text, html):
        assert "http://office.example/cases/" in body
        assert "2026年3月30日（周一）" in body
        assert "如需延长答复期限" in body
    whole = mail.as_string() + text + html
    for word in ("申请人A-1", "王某的房产", "13900000000"):
        assert word not in whole


def test_a_person_who_reads_english_gets_english(take_in, people, clock, sending):
    like(people[Role.HANDLER], language="en")

    mail = sent(take_in, people, clock, sending)

    assert mail["Subject"] == "A-1 2026-03-30 Reply due: 3 working days left"
    assert "2026-03-30 (Monday)" in mail.get_body(("plain",)).get_content()


def entry(mail) -> tuple[str, dict]:
    part = next(part for part in mail.walk() if part.get_content_type() == "text/calendar")
    calendar = Calendar.from_ical(part.get_payload(decode=True))
    return str(calendar["METHOD"]), calendar.walk("VEVENT")[0]


def test_a_calendar_entry_moves_when_the_date_moves(take_in, people, clock, sending):
    method, before = entry(sent(take_in, people, clock, sending))
    assert (method, before["DTSTART"].dt) == ("PUBLISH", date(2026, 3, 30))

    extend = {"step": "extend", "on": "2026-03-25", "days": 5, "reason": "检索"}
    take_in(RECEIVED, ACCEPTED, MINE, extend)
    clock.set("2026-04-01", 9)
    run(clock)
    outbox.deliver(on=clock.today, now=clock())

    _, after = entry(sending.taken[-1])
    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after["DTSTART"].dt > before["DTSTART"].dt


def test_the_next_mail_ends_the_entry_of_a_duty_that_is_over(take_in, people, clock, sending):
    ask = {"step": "ask_supplement", "on": "2026-03-04", "deadline_on": "2026-03-20", "items": "名称"}
    take_in(RECEIVED, MINE, ask)
    clock.set("2026-03-19", 9)
    run(clock)
    outbox.deliver(on=clock.today, now=clock())
    take_in(RECEIVED, MINE, ask, {"step": "receive_supplement", "on": "2026-03-19"})
    due_on = db.session.scalar(select(OpenDuty.due_on).where(OpenDuty.name == "reply"))
    clock.set(due_on.isoformat(), 9)
    run(clock)
    outbox.deliver(on=clock.today, now=clock())

    mail = sending.taken[-1]
    calendars = [
        Calendar.from_ical(p.get_payload(decode=True))
        for p in mail.walk()
        if p.get_content_type() == "text/calendar"
    ]
    over = next(c for c in calendars if c["METHOD"] == "CANCEL").walk("VEVENT")[0]
    assert over["UID"].startswith("case-")
    assert "-supplement@" in over["UID"]
    assert over["STATUS"] == "CANCELLED"


# -- the digest ---------------------------------------------------------------------------------------


def test_who_chose_the_digest_gets_one_mail_and_the_case_shows_that_it_arrived(
    take_in, people, clock, sending
):
    like(people[Role.HANDLER], digest=True)
    for number in ("A-1", "A-2", "A-3"):
        take_in(RECEIVED, ACCEPTED, MINE, number=number)
    clock.set("2026-03-25", 9)
    run(clock)
    run(clock)
    outbox.deliver(on=clock.today, now=clock())

    (mail,) = sending.taken
    assert mail["Subject"] == "2026-03-25 每日汇总：已超期0件，近期届满3件"
    assert all(number in mail.get_body(("plain",)).get_content() for number in ("A-1", "A-2", "A-3"))
    reminded = next(row for row in rows() if row.number == "A-2")
    ((told, carried),) = mailbox.of_case(reminded.subject_id)
    assert (told.status, carried.status) == ("digest", "sent")


def test_a_digest_lists_as_many_as_a_mail_of_many_and_says_how_many_more(
    take_in, people, clock, monkeypatch, sending
):
    monkeypatch.setattr(reminder, "LISTED", 3)
    like(people[Role.HANDLER], digest=True)
    for n in range(8):
        take_in(RECEIVED, ACCEPTED, MINE, number=f"A-{n}")
    clock.set("2026-03-25", 9)
    run(clock)
    outbox.deliver(on=clock.today, now=clock())

    (mail,) = sending.taken
    text = mail.get_body(("plain",)).get_content()
    assert [f"A-{n} " in text for n in range(8)] == [True] * 3 + [False] * 5
    assert ("近期届满8件" in mail["Subject"], "另有5件" in text) == (True, True)


def test_a_digest_that_did_not_leave_on_its_day_is_missed(take_in, people, clock, sending):
    like(people[Role.HANDLER], digest=True)
    take_in(RECEIVED, ACCEPTED, MINE)
    clock.set("2026-03-25", 8)
    run(clock)
    clock.set("2026-03-26", 9)
    outbox.deliver(on=clock.today, now=clock())

    assert sending.taken == []
    assert {row.status for row in rows()} == {"digest", "missed"}


def test_the_look_ahead_is_what_the_day_then_writes(take_in, people, agency_id, clock):
    take_in(RECEIVED, ACCEPTED, MINE)
    for day in ("2026-03-25", "2026-03-31", "2026-04-05", "2026-04-08"):
        clock.set(day, 8)
        planned = {(p.number, p.stage, p.to.address) for p in reminder.planned(agency_id, on=clock.today)}
        run(clock)
        assert planned == {(r.number, r.stage, r.address) for r in rows() if r.on == clock.today}


# -- cost ------------------------------------------------------------------------------------------


def test_what_is_due_is_found_by_the_index_of_duties(on_sqlite):
    on, calendar = date(2026, 3, 25), office.calendar()
    for span in (*stage.all_early(on, calendar), *stage.overdue(on, calendar)):
        found = stage.spanned(default_agency().id, [span])
        statement = found.compile(db.engine, compile_kwargs={"literal_binds": True})
        plan = " ".join(str(row) for row in db.session.execute(db.text(f"EXPLAIN QUERY PLAN {statement}")))
        assert "ix_duties_due" in plan, plan


# -- reached and not yet told -------------------------------------------------------------------------

HANDLER_, LIAISON_, HEAD_ = "handler@example.org", "liaison@example.org", "head@example.org"


def told_of(number: str = "A-1") -> list[tuple[str, str]]:
    return [(row.stage, row.address) for row in rows() if row.number == number]


def test_a_case_typed_weeks_after_its_day_is_told_to_handler_liaison_and_head_the_same_morning_once(
    take_in, people, clock
):
    clock.set("2026-04-29", 8)  # 21 working days after 30 March
    take_in(RECEIVED, ACCEPTED, MINE)

    for _time in range(2):
        run(clock)
    clock.forward(days=1)
    run(clock)

    assert told_of() == [("+20", HANDLER_), ("+20", LIAISON_), ("+20", HEAD_)]
    assert all("已超期" in row.title for row in rows())


def test_who_is_handler_and_head_is_told_of_a_late_case_once(take_in, people, clock):
    like(people[Role.HEAD], active=False)
    with transaction():
        handler = db.session.get_one(User, people[Role.HANDLER])
        handler.roles.append(UserRole(role=Role.HEAD.value))
    clock.set("2026-04-29", 8)
    take_in(RECEIVED, ACCEPTED, MINE)

    run(clock)

    assert told_of() == [("+20", HANDLER_), ("+20", LIAISON_)]


@pytest.mark.parametrize(
    ("on", "expected"), [("2026-03-26", "-3"), ("2026-03-24", "-5"), ("2026-03-27", "-1")]
)
def test_a_case_typed_between_two_stages_is_told_of_the_one_that_was_reached(
    take_in, people, clock, on, expected
):
    clock.set(on, 8)
    take_in(RECEIVED, ACCEPTED, MINE)

    run(clock)
    run(clock)

    assert told_of() == [(expected, HANDLER_)]


def test_many_at_once_become_one_mail_for_each_person_and_each_case_names_it(take_in, people, clock, sending):
    clock.set("2026-04-29", 9)
    for n in range(12):
        take_in(RECEIVED, ACCEPTED, MINE, number=f"A-{n}")
    for _time in range(2):
        run(clock)
    outbox.deliver(on=clock.today, now=clock())

    assert sorted(sending.recipients) == [HANDLER_, HEAD_, LIAISON_]
    text = sending.taken[0].get_body(("plain",)).get_content()
    assert all(f"A-{n} " in text for n in range(12))
    reminded = next(row for row in rows() if row.number == "A-7")
    assert {carried.status for _, carried in mailbox.of_case(reminded.subject_id)} == {"sent"}


def test_a_mail_of_many_lists_two_hundred_and_says_how_many_more(
    take_in, people, clock, monkeypatch, sending
):
    monkeypatch.setattr(reminder, "LISTED", 3)
    clock.set("2026-04-29", 9)
    for n in range(8):
        take_in(RECEIVED, ACCEPTED, MINE, number=f"A-{n}")
    run(clock)
    outbox.deliver(on=clock.today, now=clock())

    assert "另有5件" in sending.taken[0].get_body(("plain",)).get_content()
    assert "另有5件" in sending.taken[0].get_body(("html",)).get_content()


def test_what_an_older_version_told_is_not_told_again(take_in, people, clock):
    take_in(RECEIVED, ACCEPTED, MINE)
    through(clock, "2026-03-16", "2026-04-08")
    before = len(rows())
    with transaction():  # as the version before left its rows
        db.session.execute(update(Message).values(carried_by=""))
        db.session.execute(update(Message).where(Message.id % 2 == 0).values(status="sent"))
    clock.set("2026-04-09", 9)

    for _day in range(3):
        run(clock)
        clock.forward(days=1)

    assert len(rows()) == before


def test_a_reminder_cancelled_by_an_answer_is_written_again_when_the_answer_is_corrected(
    take_in, people, clock, agency_id
):
    take_in(RECEIVED, ACCEPTED, MINE)
    clock.set("2026-03-25", 7)
    run(clock)
    with transaction():
        db.session.execute(update(Message).values(status="cancelled", why="期限已办结、中止或者变动"))

    run(clock)

    assert [row.status for row in rows()] == ["cancelled", "waiting"]


def test_a_handler_of_now_is_told_though_the_one_before_was(take_in, people, clock, agency_id, planning):
    user.create_by_command(
        agency_id=agency_id, login="new", name="新人", roles=[Role.HANDLER], now=clock(),
        email="new@example.org", unit_id=planning.id,
    )  # fmt: skip
    take_in(RECEIVED, ACCEPTED, MINE)
    clock.set("2026-03-25", 8)
    run(clock)
    take_in(RECEIVED, ACCEPTED, MINE, {**MINE, "on": "2026-03-25", "handler": "新人"})
    clock.set("2026-03-26", 8)
    run(clock)

    assert told_of() == [("-3", HANDLER_), ("-3", "new@example.org")]


# -- a handler who is gone ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gone", "told"),
    [
        ({"active": False}, LIAISON_),
        ({"email": ""}, LIAISON_),
    ],
)
def test_a_handler_who_lost_the_account_is_replaced_by_the_liaison_and_the_mail_says_so(
    take_in, people, clock, gone, told
):
    take_in(RECEIVED, ACCEPTED, MINE)
    like(people[Role.HANDLER], **gone)
    clock.set("2026-03-25", 8)

    run(clock)

    assert told_of() == [("-3", told)]
    assert "承办人周明没有可用的账户或邮箱" in rows()[0].text


def test_a_handler_who_became_administrator_alone_is_told_of_no_case(take_in, people, clock):
    take_in(RECEIVED, ACCEPTED, MINE)
    with transaction():
        row = db.session.get_one(User, people[Role.HANDLER])
        row.roles = [UserRole(role=Role.ADMINISTRATOR.value)]
    clock.set("2026-03-25", 8)

    run(clock)

    assert told_of() == [("-3", LIAISON_)]
    assert "承办人周明没有可用的账户或邮箱" in rows()[0].text


def test_a_handler_who_left_after_being_told_is_followed_by_those_who_stand_in(take_in, people, clock):
    take_in(RECEIVED, ACCEPTED, MINE)
    clock.set("2026-03-25", 8)
    run(clock)
    like(people[Role.HANDLER], active=False)
    clock.set("2026-03-26", 8)
    run(clock)

    assert told_of() == [("-3", HANDLER_), ("-3", LIAISON_)]


def test_down_to_the_administrator_somebody_is_told(take_in, people, clock, planning, agency_id):
    take_in(RECEIVED, ACCEPTED, MINE)
    for role in (Role.HANDLER, Role.HEAD):
        like(people[role], active=False)
    with transaction():
        db.session.get_one(Unit, planning.id).liaison_email = ""
    user.create_by_command(
        agency_id=agency_id, login="root", name="赵管", roles=[Role.ADMINISTRATOR], now=clock(),
        email="root@example.org",
    )  # fmt: skip
    clock.set("2026-03-25", 8)
    run(clock)
    clock.set("2026-03-31", 8)
    run(clock)

    assert told_of() == [("-3", "root@example.org"), ("+1", "root@example.org")]


def test_where_the_handler_s_mail_comes_back_the_liaison_is_told(take_in, people, clock, sending):
    take_in(RECEIVED, ACCEPTED, MINE)
    sending.refuse[HANDLER_] = "550 5.1.1 No such user here"
    clock.set("2026-03-25", 9)
    run(clock)
    outbox.deliver(on=clock.today, now=clock())
    clock.set("2026-03-26", 9)
    for _time in range(2):
        run(clock)
        outbox.deliver(on=clock.today, now=clock())

    assert [(row.address, row.status) for row in rows()] == [(HANDLER_, "failed"), (LIAISON_, "sent")]


def test_the_case_s_page_says_that_its_handler_cannot_be_reached(take_in, people, clock, sign_in):
    take_in(RECEIVED, ACCEPTED, MINE)
    case_id = db.session.scalar(select(OpenDuty.subject_id))
    head = sign_in(Role.HEAD)
    assert "没有可用的账户" not in head.get(f"/cases/{case_id}").text

    like(people[Role.HANDLER], active=False)

    page = head.get(f"/cases/{case_id}").text
    assert "承办人周明没有可用的账户或邮箱，提醒改送：联络员" in page
