"""A job that fails is as loud as an alarm: mail, the address for a monitor, the pages; never a flood."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests import mail_server
from tests.settings import set_to
from tracker.domain.message import CHINESE, Phrase
from tracker.domain.permission import Role
from tracker.jobs.schedule import JOBS
from tracker.models.base import db, transaction
from tracker.models.job import JobRun, JobTrouble
from tracker.models.outbox import Message
from tracker.models.user import User
from tracker.services.job import job, trouble
from tracker.services.job.job import AlarmError
from tracker.services.mail import outbox
from tracker.services.office import user
from tracker.services.operations import backup, health
from tracker.services.operations.inspection import InspectionFinding

BACKUP = job.find(JOBS, "backup")


@pytest.fixture
def boxes(app):
    """A mail server on loopback that the office uses."""
    taken = mail_server.Mailboxes()
    running = mail_server.start(taken)
    words = {"smtp_host": "127.0.0.1", "smtp_port": running.port, "smtp_security": "none"}
    set_to(mail_from="gov@example.org", **words)
    yield taken
    running.stop(no_assert=True)


@pytest.fixture
def people(agency_id, clock):
    for login, role in (("root", Role.ADMINISTRATOR), ("head", Role.HEAD), ("clerk", Role.REGISTRAR)):
        user.create_by_command(
            agency_id=agency_id, login=login, name=login, roles=[role], email=f"{login}@example.org",
            now=clock(),
        )  # fmt: skip


@pytest.fixture
def no_room(app):
    """Make the folder of copies a file: as a lost mount or a full disk, nothing can be written there."""
    folder = backup.folder()
    folder.parent.mkdir(parents=True, exist_ok=True)
    if folder.exists():
        folder.rmdir()
    folder.write_text("")
    return folder


def night(clock) -> str:
    """Let the scheduler work through a night and the day after it, as it does: often."""
    clock.forward(days=1)
    clock.moment = clock.moment.replace(hour=2, minute=0)
    for _hour in range(8):
        job.catch_up((BACKUP,), clock, lambda: True)
        outbox.deliver(on=clock.today, now=clock())
        job.beat(now=clock(), process="p", caught_up=True)
        clock.forward(hours=1)
    return db.session.get(JobRun, ("backup", clock.today), populate_existing=True).status


def told(boxes) -> list[tuple[str, str]]:
    """Return (recipient, subject without its day) of what the server took, in order."""
    subjects = [str(mail["Subject"]).partition(" ")[2] for mail in boxes.taken]
    return list(zip(boxes.recipients, subjects, strict=True))


def test_seven_nights_without_a_copy_are_told_again_and_again_to_more_people_and_never_at_each_try(
    app, people, no_room, boxes, clock
):
    assert {night(clock) for _night in range(8)} == {"failed"}

    first, later = "任务失败：备份", "任务失败：备份，已持续{}天"
    assert told(boxes) == [
        ("root@example.org", first),
        *[(f"{who}@example.org", later.format(days)) for days in (1, 3, 7) for who in ("root", "head")],
    ]
    text = boxes.taken[-1].get_body(("plain",)).get_content()
    assert "尚未恢复" in text
    assert "backups" in text  # what the system said


def test_the_address_for_a_monitor_and_the_pages_name_the_job_until_it_runs_well(
    app, people, no_room, clock, sign_in
):
    administrator, head, clerk = sign_in(Role.ADMINISTRATOR), sign_in(Role.HEAD), sign_in(Role.REGISTRAR)
    job.run(BACKUP, on=clock.today, now=clock())
    job.beat(now=clock(), process="p", caught_up=True)

    answer = administrator.get("/health")
    assert (answer.status_code, answer.json["status"]) == (503, "failing")
    assert answer.json["jobs"] == {"state": "failing", "failing": ["backup"]}
    assert str(no_room) not in answer.text
    assert "任务失败：备份" in administrator.get("/jobs").text
    assert "失败1次" in administrator.get("/users").text
    assert "任务失败：备份" in head.get("/").text
    assert "任务失败" not in clerk.get("/").text

    no_room.unlink()
    job.run(BACKUP, on=clock.today, now=clock())
    answer = administrator.get("/health")
    assert (answer.status_code, answer.json["jobs"]["failing"]) == (200, [])
    assert "任务失败" not in administrator.get("/jobs").text


def test_the_end_of_the_trouble_is_told_to_those_who_were_told_of_it(app, people, no_room, boxes, clock):
    for _night in range(2):
        night(clock)
    no_room.unlink()
    assert night(clock) == "done"

    assert told(boxes)[-2:] == [
        ("root@example.org", "任务恢复正常：备份"),
        ("head@example.org", "任务恢复正常：备份"),
    ]
    assert trouble.failing() == []


def test_a_job_that_fails_and_recovers_all_day_is_told_of_once_a_day(app, people, clock):
    def fail(*, on, now):
        raise OSError(28, "No space left on device")

    often = job.Job("often", job.Every(5), fail, "常跑")
    well = replace(often, run=lambda *, on, now: "好")
    for _time in range(10):
        job.run(often, on=clock.today, now=clock())
        job.run(well, on=clock.today, now=clock())
        clock.forward(minutes=5)

    titles = db.session.scalars(select(Message.title).order_by(Message.id)).all()
    assert [title.partition(" ")[2] for title in titles] == ["任务失败：常跑", "任务恢复正常：常跑"]


def test_who_reads_english_is_told_of_failures_and_of_findings_in_english(app, people, clock):
    with transaction():
        db.session.execute(update(User).values(language="en"))
        trouble.failed("backup", BACKUP.label, on=clock.today, result=Phrase("没有发现问题"), now=clock())
    finding = InspectionFinding(Phrase("检索索引 %(table)s", table="cases"), Phrase("没有台账记录。"))

    def alarm(*, on, now):
        raise AlarmError("发现问题，请运行 tracker check：%(named)s%(value)s", named=finding.said, value="")

    job.run(job.Job("verify", job.Every(5), alarm, "核对"), on=clock.today, now=clock())

    mails = db.session.execute(select(Message.title, Message.text)).all()
    assert len(mails) == 3
    assert [text for mail in mails for text in mail if CHINESE.search(text)] == []
    assert any("Search index cases: There is no ledger entry." in text for _title, text in mails)


def test_a_good_run_by_hand_for_another_day_ends_no_trouble_of_a_job_of_each_day(app, people, clock, actor):
    bad = {clock.today}

    def run(*, on, now):
        if on in bad:
            raise RuntimeError("x")
        return "好"

    daily = (job.Job("daily", job.Daily(8), run, "每天"),)
    administrator = actor(Role.ADMINISTRATOR)
    job.catch_up(daily, clock, lambda: True)
    before, day = clock.today - timedelta(days=1), clock.today
    job.run_by_hand(daily, "daily", on=before, actor=administrator, now=clock())
    assert [row.job for row in trouble.failing()] == ["daily"]

    bad.clear()
    job.run_by_hand(daily, "daily", on=day, actor=administrator, now=clock())
    assert trouble.failing() == []


def test_a_failure_is_kept_and_shown_where_nobody_has_an_address(app, clock):
    def fail(*, on, now):
        raise OSError("x")

    assert job.run(job.Job("a", job.Daily(2), fail, "甲"), on=clock.today, now=clock()) == job.FAILED
    assert [(row.job, row.times) for row in db.session.scalars(select(JobTrouble))] == [("a", 1)]


def test_a_mail_that_reaches_nobody_shows_on_the_pages_and_at_the_address_for_a_monitor(
    app, people, boxes, agency_id, clock, sign_in
):
    boxes.refuse["root@example.org"] = "550 5.1.1 No such user here"
    with transaction():
        to = trouble.of_roles(agency_id, Role.ADMINISTRATOR)
        words = {"title": "x", "paragraphs": ["x"], "on": clock.today, "now": clock()}
        outbox.put(agency_id=agency_id, job="j", to=to, **words)
    outbox.deliver(on=clock.today, now=clock())
    job.beat(now=clock(), process="p", caught_up=True)
    administrator = sign_in(Role.ADMINISTRATOR)

    answer = administrator.get("/health")
    assert (answer.status_code, answer.json["mail"]["state"]) == (503, "undelivered")
    assert "有1封邮件未能送达" in administrator.get("/jobs").text

    clock.forward(days=4)
    job.beat(now=clock(), process="p", caught_up=True)
    assert health.state(now=clock()).parts["mail"]["state"] == "ok"


def test_a_scheduler_that_lives_and_finishes_nothing_is_said_to_stand_still(app, clock):
    job.beat(now=clock(), process="p", caught_up=True)
    clock.forward(hours=7)
    job.beat(now=clock(), process="p", caught_up=False)

    assert health.state(now=clock()).parts["scheduler"]["state"] == "stalled"


def test_a_scheduler_that_has_been_away_for_a_day_is_named_on_the_head_s_pages(app, clock, sign_in):
    job.beat(now=clock(), process="p", caught_up=True)
    clock.forward(days=2)

    assert "定时任务没有在运行" in sign_in(Role.HEAD).get("/").text
