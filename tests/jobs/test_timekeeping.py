"""The machine's clock: hours that change, days of the future, jumps ahead, a clock that is set back."""

import os
import shutil
import sqlite3
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from time import monotonic, sleep

import pytest
from sqlalchemy import func, select

from benchmarks.year import ROOT
from tests import mail_server
from tests.conftest import ZONE
from tests.jobs.test_jobs import at, load, received
from tests.settings import set_to
from tracker.domain.errors import InvalidDetailError
from tracker.domain.permission import Role
from tracker.jobs.schedule import JOBS
from tracker.models.base import db, transaction
from tracker.models.case import CaseEvent
from tracker.models.duty import OpenDuty
from tracker.models.job import JobRun, OverdueFlag
from tracker.models.outbox import Message
from tracker.models.user import AuditEntry, User
from tracker.services.job import job, overdue, reminder, timekeeping
from tracker.services.mail import outbox
from tracker.services.mail.recipient import Recipient
from tracker.services.office import user
from tracker.services.operations import health, inspection
from tracker.services.report import year_end

REMIND, DELIVER, FLAG = (job.find(JOBS, name) for name in ("remind", "deliver", "flag_overdue"))


def person(agency_id: int, clock, *roles: Role, name: str = "陈立") -> None:
    words = {"login": roles[0].value, "email": f"{roles[0].value}@example.org", "now": clock()}
    user.create_by_command(agency_id=agency_id, name=name, roles=roles, **words)


# -- a run keeps the moment for which it was due -------------------------------------------------------


@pytest.mark.parametrize("hour", [6, 10, 14])
def test_another_hour_of_the_morning_runs_no_day_again(on_sqlite, clock, hour):
    clock.set("2026-01-05", 8)
    for _day in range(60):
        job.run(REMIND, on=clock.today, now=clock() + timedelta(minutes=30))
        clock.forward(days=1)
    clock.forward(minutes=40)
    job.run(REMIND, on=clock.today, now=clock())

    set_to(morning_hour=hour)

    assert job.missed_days(REMIND, clock()) == []
    clock.forward(hours=8)
    assert job.missed_days(REMIND, clock()) == []
    assert job.next_moment(REMIND, clock()).date() == clock.today + timedelta(days=1)


def test_the_next_run_is_tomorrow_where_today_s_is_done_and_the_hour_was_made_later(on_sqlite, clock):
    clock.set("2026-03-16", 9)
    job.run(REMIND, on=clock.today, now=clock())

    set_to(morning_hour=12)

    assert job.next_moment(REMIND, clock()) == at("2026-03-17", 12)


# -- a day to come -------------------------------------------------------------------------------------


@pytest.mark.parametrize("each", JOBS, ids=lambda each: each.name)
def test_no_job_runs_for_a_day_to_come(on_sqlite, actor, clock, each):
    load(received("2025-12-22", "A-1"))
    with pytest.raises(InvalidDetailError, match="还没有到"):
        job.run_by_hand(
            JOBS, each.name, on=date(2027, 1, 5), actor=actor(Role.ADMINISTRATOR), now=clock()
        )  # fmt: skip

    assert db.session.scalar(select(func.count()).select_from(JobRun)) == 0


def test_no_year_is_closed_and_no_case_is_flagged_ahead_of_time(app, clock):
    load(received("2026-03-02", "A-1"))
    for act in (year_end.run, overdue.run):
        with pytest.raises(InvalidDetailError, match="还没有到"):
            act(on=date(2027, 1, 5), now=clock())

    marks = select(func.count()).select_from(CaseEvent).where(CaseEvent.step == "carry_forward")
    assert db.session.scalar(marks) == 0
    assert db.session.scalars(select(OverdueFlag)).all() == []


def test_the_command_refuses_a_day_to_come_and_marks_nothing(on_sqlite):
    load(received("2025-12-22", "A-1"))

    answer = on_sqlite.test_cli_runner().invoke(
        args=["tracker", "jobs", "once", "close_year", "--on", "2027-01-05"]
    )

    assert (answer.exit_code, "还没有到" in answer.stderr) == (2, True)
    assert db.session.scalars(select(JobRun)).all() == []


# -- a clock that stood in the future and was set right ------------------------------------------------


def test_a_day_that_a_clock_ran_ahead_of_time_is_run_on_its_day(app, clock):
    clock.set("2026-03-16", 9)
    job.catch_up((REMIND,), clock, lambda: True)
    clock.set("2026-03-20", 9)
    job.catch_up((REMIND,), clock, lambda: True)
    ran = []
    for day in (17, 18, 19, 20):
        clock.set(f"2026-03-{day}", 10)
        ran.append(job.catch_up((REMIND,), clock, lambda: True))

    assert ran == [1, 1, 1, 1]


@pytest.mark.parametrize("ahead", [timedelta(hours=3), timedelta(days=3), timedelta(days=3650)])
def test_mail_goes_on_when_a_clock_that_ran_ahead_is_set_right(app, clock, ahead):
    boxes = mail_server.Mailboxes()
    server = mail_server.start(boxes)
    try:
        set_to(smtp_host="127.0.0.1", smtp_port=server.port, smtp_security="none", mail_from="g@example.org")
        right = clock()
        clock.moment = right + ahead
        clock.moment = clock.moment.replace(hour=10)
        with transaction():
            one = Recipient("user:1", "安娜", "anna@example.org")
            outbox.put(
                agency_id=1, job="j", to=[one], title="t", paragraphs=["x"], on=clock.today, now=clock(),
                urgent=True,
            )  # fmt: skip
        boxes.refuse["anna@example.org"] = "450 later"
        for _try in range(4):
            job.run(DELIVER, on=clock.today, now=clock())
            clock.forward(minutes=40)
        boxes.refuse.clear()

        clock.moment = right + timedelta(minutes=1)
        assert job.catch_up((DELIVER,), clock, lambda: True) == 1
    finally:
        server.stop(no_assert=True)

    assert boxes.recipients == ["anna@example.org"]


def test_a_claim_of_the_future_is_given_up_and_a_claim_of_now_is_not(app, clock):
    with transaction():
        for name in ("past", "now", "future"):
            to = [Recipient(name, "某", f"{name}@example.org")]
            outbox.put(agency_id=1, job="j", to=to, title="t", paragraphs=[], on=clock.today, now=clock())
        for row in db.session.scalars(select(Message)):
            away = {"past": -1, "now": 29, "future": 24 * 60}[row.recipient]
            row.status, row.next_at = "sending", clock() + timedelta(minutes=away)

    outbox.deliver(on=clock.today, now=clock())

    found = db.session.execute(select(Message.recipient, Message.status)).all()
    assert dict(map(tuple, found)) == {"past": "waiting", "now": "sending", "future": "waiting"}


def test_the_morning_s_digest_comes_on_its_true_day_though_one_was_written_ahead(app, agency_id, clock):
    person(agency_id, clock, Role.HEAD)
    with transaction():
        db.session.scalars(select(User).where(User.email != "")).unique().one().digest = True
    load(received("2026-03-02", "A-1"))
    digest = job.find(JOBS, "digest")
    clock.set("2026-03-25", 9)
    job.run(digest, on=clock.today, now=clock())
    clock.set("2026-03-24", 9)
    job.catch_up((digest,), clock, lambda: True)
    clock.set("2026-03-25", 9)
    job.catch_up((digest,), clock, lambda: True)

    rows = db.session.execute(select(Message.on, Message.status).order_by(Message.id)).all()
    assert list(map(tuple, rows)) == [
        (date(2026, 3, 25), "cancelled"),
        (date(2026, 3, 24), "waiting"),
        (date(2026, 3, 25), "waiting"),
    ]


def test_what_a_clock_ahead_took_for_too_late_is_sent_after_all(app, agency_id, clock):
    person(agency_id, clock, Role.HEAD)
    load(received("2026-03-02", "A-1"))
    clock.set("2026-03-25", 9)
    job.run(REMIND, on=clock.today, now=clock())
    clock.set("2026-04-02", 9)
    job.run(DELIVER, on=clock.today, now=clock())
    assert db.session.scalars(select(Message.status)).all() == ["missed"]

    clock.set("2026-03-25", 11)
    job.catch_up((DELIVER,), clock, lambda: True)

    assert db.session.scalars(select(Message.status)).all() == ["waiting"]


def test_check_names_what_a_clock_of_the_future_left_and_init_takes_it_back(app, agency_id, clock):
    person(agency_id, clock, Role.HEAD)
    consult = {"step": "consult", "on": "2026-03-04", "party": "third_party", "name": "某公司"}
    load(received("2026-03-02", "A-1", {"step": "accept", "on": "2026-03-03"}, consult))
    load(received("2025-12-15", "B-1"))
    before = db.session.execute(select(OpenDuty.name, OpenDuty.due_on).order_by(OpenDuty.id)).all()
    wrong = datetime(2027, 1, 5, 9, tzinfo=ZONE)
    for each in JOBS[:2]:
        job.run(each, on=wrong.date(), now=wrong)
    job.run(job.find(JOBS, "calendar_missing"), on=date(2026, 11, 3), now=at("2026-11-03"))

    found = [f"{each.where}：{each.message}" for each in inspection.inspect(today=clock.today)]
    assert any("写于将来的运行记录3条" in words and "超期标记2个、年度草稿1份" in words for words in found)
    assert any("录入时刻晚于" in words for words in found)
    assert any(words.startswith("A-1：年末结转的标记写在年末之前") for words in found)

    timekeeping.heal(now=clock())
    left = [f"{each.where}：{each.message}" for each in inspection.inspect(today=clock.today)]
    assert [words for words in left if "结转" not in words and "录入时刻" not in words] == []
    after = db.session.execute(select(OpenDuty.name, OpenDuty.due_on).order_by(OpenDuty.due_on)).all()
    assert sorted(map(tuple, after)) == sorted(map(tuple, before))
    assert "clock_healed" in db.session.scalars(select(AuditEntry.act)).all()
    overdue.run(on=date(2026, 3, 16), now=clock())
    assert db.session.scalars(select(OverdueFlag.flagged_on)).all() == [date(2026, 3, 16)]


def test_a_flag_set_by_a_clock_ahead_becomes_that_of_its_day(app, clock):
    load(received("2026-03-02", "A-1"))
    overdue.run(on=date(2026, 5, 4), now=at("2026-05-04"))

    overdue.run(on=date(2026, 3, 31), now=at("2026-03-31"))

    assert db.session.scalars(select(OverdueFlag.flagged_on)).all() == [date(2026, 3, 31)]


# -- a clock that jumps ---------------------------------------------------------------------------------


def test_a_clock_weeks_past_the_last_sign_of_life_stops_every_job_until_a_person_confirms(
    app, agency_id, clock, actor, sign_in
):
    person(agency_id, clock, Role.ADMINISTRATOR, name="系统管理员")
    load(received("2026-03-02", "A-1"))
    job.beat(now=clock(), process="p", caught_up=True)
    clock.set("2026-05-20", 9)
    for _time in range(3):
        assert job.catch_up(JOBS, clock, lambda: True) == 0
        job.beat(now=clock(), process="p", caught_up=False)
        clock.forward(minutes=10)

    assert db.session.scalars(select(JobRun)).all() == []
    rows = db.session.execute(select(Message.title, Message.urgent)).all()
    assert [("定时任务已停止" in title, urgent) for title, urgent in rows] == [(True, True)]
    assert health.state(now=clock()).parts["clock"]["state"] == "jumped"
    with pytest.raises(InvalidDetailError, match="核对服务器时间"):
        job.run_by_hand(
            JOBS, "flag_overdue", on=clock.today, actor=actor(Role.ADMINISTRATOR), now=clock()
        )  # fmt: skip
    assert "定时任务已停止" in sign_in(Role.HEAD).get("/").text

    browser = sign_in(Role.ADMINISTRATOR)
    assert "服务器时间正确，继续运行任务" in browser.get("/jobs").text
    assert browser.post("/jobs/confirm-clock").status_code == 303
    assert "服务器时间正确" not in browser.get("/jobs").text
    assert "clock_confirmed" in db.session.scalars(select(AuditEntry.act)).all()
    assert browser.post("/jobs/confirm-clock").status_code == 422
    assert job.catch_up((FLAG,), clock, lambda: True) == 1


def test_a_clock_that_jumped_and_is_set_right_goes_on_by_itself(app, clock):
    job.beat(now=clock(), process="p", caught_up=True)
    clock.forward(days=400)
    job.catch_up((FLAG,), clock, lambda: True)
    job.beat(now=clock(), process="p", caught_up=False)
    clock.forward(days=-399)

    assert job.catch_up((FLAG,), clock, lambda: True) == 1
    assert health.state(now=clock()).parts["clock"]["state"] == "ok"


@pytest.mark.parametrize(("days", "stops"), [(9, False), (14, False), (15, True)])
def test_no_holiday_is_taken_for_a_jump(on_sqlite, clock, days, stops):
    job.beat(now=clock(), process="p", caught_up=True)
    clock.forward(days=days)

    assert timekeeping.stops(now=clock()) is stops


def test_days_before_a_long_stop_are_caught_up_however_long_it_was(app, clock):
    close = job.find(JOBS, "close_year")
    clock.set("2024-11-20")
    job.catch_up((close,), clock, lambda: True)
    clock.set("2026-03-01")

    job.tidy(on=clock.today, now=clock())

    assert {date(2025, 1, 1), date(2026, 1, 1)} <= set(job.missed_days(close, clock()))


# -- real processes -------------------------------------------------------------------------------------


def test_a_scheduler_process_whose_clock_jumps_by_weeks_waits_for_the_command(tmp_path, sqlite_template):
    office_, clock = tmp_path / "office", tmp_path / "clock"
    shutil.copytree(sqlite_template, office_)
    environ = {
        **os.environ, "TRACKER_INSTANCE": str(office_), "TRACKER_TESTING": "true",
        "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1",
    }  # fmt: skip
    command = [sys.executable, "-c", "from tracker.app import main; main()"]
    write(clock, "2026-03-16T09:00:00+08:00")
    scheduler = subprocess.Popen([*command, "jobs", "run", "--clock", str(clock)], env=environ)
    try:
        wait_until(lambda: flagged_days(office_) == ["2026-03-16"])
        write(clock, "2026-05-20T09:00:00+08:00")
        wait_until(lambda: "2026-05-20" in alarms(office_))
        sleep(1)
        assert flagged_days(office_) == ["2026-03-16"]
        write(clock, "2026-03-17T09:00:00+08:00")
        wait_until(lambda: flagged_days(office_) == ["2026-03-16", "2026-03-17"])
    finally:
        scheduler.terminate()
        scheduler.wait(60)


def write(path: Path, words: str) -> None:
    coming = path.with_suffix(".new")
    coming.write_text(words, encoding="utf-8")
    coming.replace(path)


def wait_until(holds) -> None:
    begin = monotonic()
    while not holds():
        assert monotonic() - begin < 180
        sleep(0.1)


def rows_of(folder: Path, statement: str) -> list[str]:
    with sqlite3.connect(folder / "tracker.sqlite3") as connection:
        return [row[0] for row in connection.execute(statement)]


def flagged_days(folder: Path) -> list[str]:
    return rows_of(folder, "SELECT day FROM job_runs WHERE job = 'flag_overdue' ORDER BY day")


def alarms(folder: Path) -> str:
    fact = rows_of(folder, "SELECT value FROM office_facts WHERE name = 'scheduler'")
    return fact[0] if fact and "trusted_at" in fact[0] else ""


def test_reminders_written_ahead_are_told_again_on_their_true_day(app, agency_id, clock):
    person(agency_id, clock, Role.HEAD)
    load(received("2026-03-02", "A-1"))
    clock.set("2026-03-25", 9)
    reminder.remind(on=clock.today, now=clock())
    job.run(FLAG, on=clock.today, now=clock())
    clock.set("2026-03-17", 9)
    job.catch_up((FLAG,), clock, lambda: True)
    clock.set("2026-03-25", 9)
    reminder.remind(on=clock.today, now=clock())

    rows = db.session.execute(select(Message.stage, Message.status).order_by(Message.id)).all()
    assert list(map(tuple, rows)) == [("-3", "cancelled"), ("-3", "waiting")]
