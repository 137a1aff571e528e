"""Every job is a use case of a legal day: run for any day, twice is once, missed days are caught up."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from tests.histories import line, text
from tracker.domain.errors import InvalidDetailError
from tracker.domain.permission import Role
from tracker.domain.report.table3 import TOTAL
from tracker.jobs.schedule import JOBS
from tracker.models.base import db, transaction
from tracker.models.case import Case, CaseEvent
from tracker.models.job import JobRun, OverdueFlag
from tracker.models.outbox import Message
from tracker.models.user import AuditEntry
from tracker.services.case import ledger
from tracker.services.exchange import importing
from tracker.services.job import job, overdue
from tracker.services.job.job import Daily, Every, Job
from tracker.services.office import user
from tracker.services.office.actor import system
from tracker.services.operations import inspection
from tracker.services.report import year_end

ZONE = ZoneInfo("Asia/Shanghai")


def at(day: str, hour: int = 9, minute: int = 0) -> datetime:
    return datetime.fromisoformat(day).replace(hour=hour, minute=minute, tzinfo=ZONE)


def load(*lines, today: str = "2026-03-16") -> None:
    importing.import_histories(text(list(lines)).splitlines(), today=date.fromisoformat(today), now=at(today))


def received(on: str, number: str, *more) -> dict:
    return line("business", number, [{"step": "receive", "on": on}, *more])


# -- overdue --------------------------------------------------------------------------------------


def flags() -> list[tuple[str, date, date]]:
    found = select(Case.number, OverdueFlag.due_on, OverdueFlag.flagged_on).join(Case)
    return [tuple(row) for row in db.session.execute(found.order_by(Case.number, OverdueFlag.due_on))]


def test_a_case_is_flagged_on_the_day_after_its_last_day_and_once(app):
    load(received("2026-03-02", "A-1"))  # 第33条第2款: 20 working days, 2026-03-30

    for day in ("2026-03-30", "2026-03-31", "2026-03-31", "2026-04-01"):
        overdue.run(on=date.fromisoformat(day), now=at(day))

    assert flags() == [("A-1", date(2026, 3, 30), date(2026, 3, 31))]


def test_a_new_last_day_that_passes_is_a_flag_of_its_own(app, agency_id):
    load(received("2026-03-02", "A-1"), today="2026-04-10")
    overdue.run(on=date(2026, 3, 31), now=at("2026-03-31"))
    case = db.session.scalars(select(Case)).unique().one()
    entry = ledger.Entry("extend", date(2026, 3, 30), {"days": 5, "reason": "检索"})
    ledger.record(case, entry, actor=system(agency_id), today=date(2026, 4, 10), now=at("2026-04-10"))
    db.session.commit()

    overdue.run(on=date(2026, 4, 7), now=at("2026-04-07"))
    overdue.run(on=date(2026, 4, 8), now=at("2026-04-08"))

    assert flags() == [
        ("A-1", date(2026, 3, 30), date(2026, 3, 31)),
        ("A-1", date(2026, 4, 7), date(2026, 4, 8)),
    ]


def test_what_was_answered_late_while_the_machine_was_off_is_flagged_for_its_day(app):
    answer = {"step": "answer", "outcome": "disclosed", "on": "2026-04-03"}
    load(
        received("2026-03-02", "LATE", answer), received("2026-03-10", "IN-TIME", answer), today="2026-04-10"
    )

    for day in (30, 31):
        overdue.run(on=date(2026, 3, day), now=at("2026-04-10"))

    assert flags() == [("LATE", date(2026, 3, 30), date(2026, 3, 31))]


def test_nothing_is_flagged_while_the_applicant_must_act_and_no_state_changes(app):
    ask = {"step": "ask_supplement", "on": "2026-03-04", "deadline_on": "2026-03-25", "items": "名称"}
    load(received("2026-03-02", "A-1", ask), received("2026-03-02", "A-2"))
    before = db.session.execute(select(Case.state, Case.version).order_by(Case.id)).all()

    overdue.run(on=date(2026, 5, 6), now=at("2026-05-06"))

    assert [number for number, *_ in flags()] == ["A-2"]
    assert db.session.execute(select(Case.state, Case.version).order_by(Case.id)).all() == before


# -- the year's end -------------------------------------------------------------------------------


def marks() -> list[tuple]:
    columns = (Case.number, CaseEvent.from_state, CaseEvent.to_state, CaseEvent.effective_on)
    found = select(*columns, CaseEvent.details).join(Case).where(CaseEvent.step == "carry_forward")
    return [tuple(row) for row in db.session.execute(found.order_by(Case.number, CaseEvent.effective_on))]


ACCEPT = {"step": "accept", "on": "2025-12-24"}
ANSWER = {"step": "answer", "outcome": "disclosed"}


def test_every_case_open_at_the_end_of_the_year_bears_one_mark_of_it(app, agency_id):
    load(
        received("2025-12-22", "OPEN", ACCEPT),
        received("2025-12-22", "NEW"),
        received("2025-12-22", "CLOSED", {**ANSWER, "on": "2025-12-31"}),
        received("2025-12-22", "LATER", {**ANSWER, "on": "2026-01-05"}),
        received("2026-01-04", "NEXT"),
        today="2026-01-20",
    )

    said = [year_end.run(on=date(2026, 1, day), now=at("2026-01-20")) for day in (1, 2, 1)]

    end = date(2025, 12, 31)
    assert marks() == [
        ("LATER", "received", "received", end, {"year": 2025}),
        ("NEW", "received", "received", end, {"year": 2025}),
        ("OPEN", "processing", "processing", end, {"year": 2025}),
    ]
    assert ["3件" in words for words in said] == [True, False, False]
    draft = year_end.draft(agency_id, 2025)
    assert (draft.table3["4"][TOTAL], draft.made_on) == (3, date(2026, 1, 1))
    assert list(inspection.inspect(today=date(2026, 1, 20))) == []


def test_a_letter_entered_late_is_marked_by_a_later_run_and_an_answer_entered_late_ends_the_year(
    app, agency_id
):
    load(received("2025-12-22", "A-1"), today="2026-01-01")
    year_end.run(on=date(2026, 1, 1), now=at("2026-01-01"))
    load(received("2025-12-30", "A-2"), today="2026-01-05")
    case = db.session.scalars(select(Case).where(Case.number == "A-1")).unique().one()
    entry = ledger.Entry("disclosed", date(2025, 12, 31), {})
    with transaction():
        ledger.record(case, entry, actor=system(agency_id), today=date(2026, 1, 5), now=at("2026-01-05"))

    year_end.run(on=date(2026, 1, 5), now=at("2026-01-05"))

    assert [number for number, *_ in marks()] == ["A-1", "A-2"]
    assert year_end.draft(agency_id, 2025).table3["4"][TOTAL] == 1  # as it stood when the year was closed
    assert list(inspection.inspect(today=date(2026, 1, 5))) == []


def test_a_year_before_the_office_was_there_is_not_closed(app, agency_id):
    year_end.run(on=date(2026, 1, 1), now=at("2026-01-01"))

    assert year_end.draft(agency_id, 2025) is None


def test_many_open_cases_are_marked_in_windows_with_one_whole_chain(app, monkeypatch):
    load(*[received("2025-12-22", f"A-{n}") for n in range(25)], today="2026-01-01")
    monkeypatch.setattr(ledger, "WINDOW", 7)

    year_end.run(on=date(2026, 1, 1), now=at("2026-01-01"))

    assert len(marks()) == 25
    assert list(inspection.inspect(today=date(2026, 1, 1))) == []


# -- what was missed ------------------------------------------------------------------------------


class Diary:
    """A job that writes down the days it was run for; it fails on those in ``bad``."""

    def __init__(self) -> None:
        self.days: list[str] = []
        self.bad: set[str] = set()

    def __call__(self, *, on: date, now: datetime) -> str:
        self.days.append(f"{on:%m-%d}")
        if f"{on:%m-%d}" in self.bad:
            raise RuntimeError("no disk")
        return "written"


@pytest.fixture
def diary() -> Diary:
    return Diary()


def work(jobs: tuple[Job, ...], moment: datetime) -> int:
    return job.catch_up(jobs, lambda: moment, lambda: True)


def test_days_missed_over_the_spring_festival_are_run_in_order_on_return(on_sqlite, diary):
    daily = (Job("diary", Daily(8), diary, "日记"),)

    work(daily, at("2026-02-13", 7, 59))
    assert diary.days == []
    work(daily, at("2026-02-13"))
    work(daily, at("2026-02-13", 23))
    work(daily, at("2026-02-17", 7))
    work(daily, at("2026-02-17", 8))

    assert diary.days == ["02-13", "02-14", "02-15", "02-16", "02-17"]


def test_of_copies_and_inspections_missed_the_newest_alone_is_made(on_sqlite, diary):
    nightly = (Job("diary", Daily(2), diary, "日记", each_day=False),)
    work(nightly, at("2026-02-13"))

    work(nightly, at("2026-02-24"))

    assert diary.days == ["02-13", "02-24"]


def test_two_jobs_are_caught_up_in_the_order_of_their_hours_day_by_day(on_sqlite, diary):
    def run(name: str):
        return lambda *, on, now: diary.days.append(f"{name}{on:%d}") or name

    both = (Job("second", Daily(8), run("s"), "后"), Job("first", Daily(1), run("f"), "先"))
    work(both, at("2026-02-13"))

    work(both, at("2026-02-15", 5))

    assert diary.days == ["f13", "s13", "f14", "s14", "f15"]


def test_a_day_that_failed_is_tried_again_before_the_days_after_it(on_sqlite, diary):
    daily = (Job("diary", Daily(8), diary, "日记"),)
    work(daily, at("2026-02-13"))
    diary.bad = {"02-14"}

    work(daily, at("2026-02-16"))
    failed = db.session.get(JobRun, ("diary", date(2026, 2, 14)))
    assert (failed.status, failed.result) == ("failed", "RuntimeError：no disk")
    diary.bad = set()
    work(daily, at("2026-02-16", 10))

    assert diary.days == ["02-13", "02-14", "02-14", "02-15", "02-16"]
    assert db.session.get(JobRun, ("diary", date(2026, 2, 14))).runs == 2


def test_a_run_by_hand_for_another_day_moves_no_other_day(app, diary, actor):
    daily = (Job("diary", Daily(8), diary, "日记"),)
    administrator = actor(Role.ADMINISTRATOR)
    work(daily, at("2026-02-13"))
    by_hand = {"actor": administrator, "now": at("2026-02-16", 7)}
    for day in ("2025-06-01", "2026-02-15", "2026-02-11"):
        job.run_by_hand(daily, "diary", on=date.fromisoformat(day), **by_hand)
    with pytest.raises(InvalidDetailError, match="2027-01-01还没有到"):
        job.run_by_hand(daily, "diary", on=date(2027, 1, 1), **by_hand)
    diary.days.clear()

    work(daily, at("2026-02-16"))

    assert diary.days == ["02-14", "02-16"]  # the 15th was done by hand after its hour
    notes = db.session.scalars(select(AuditEntry.target).where(AuditEntry.act == "job_run")).all()
    assert notes == ["日记 2025-06-01", "日记 2026-02-15", "日记 2026-02-11"]


def test_a_clock_that_once_stood_in_the_future_stops_nothing(on_sqlite, diary):
    daily = (Job("diary", Daily(8), diary, "日记"),)
    work(daily, at("2026-02-13"))
    work(daily, at("2031-01-01"))
    diary.days.clear()

    work(daily, at("2026-02-15"))

    assert diary.days == ["02-14", "02-15"]


def test_a_job_of_minutes_waits_for_its_minutes(on_sqlite, diary):
    often = (Job("diary", Every(5), diary, "日记"),)

    for minute in (0, 3, 5, 9, 11):
        work(often, at("2026-02-13", 9, minute))

    row = db.session.get(JobRun, ("diary", date(2026, 2, 13)))
    assert (len(diary.days), row.runs) == (3, 3)


def test_runs_are_kept_for_a_year(on_sqlite, diary):
    daily = (Job("diary", Daily(8), diary, "日记"),)
    work(daily, at("2025-02-13"))
    work(daily, at("2025-02-14"))

    job.tidy(on=date(2026, 2, 15), now=at("2026-02-15"))

    assert db.session.scalars(select(JobRun.day)).all() == [date(2025, 2, 14)]


def test_a_night_that_finds_something_says_what_and_is_done(on_sqlite):
    load(received("2026-03-02", "A-1"))
    db.session.execute(Case.__table__.update().values(due_on=date(2026, 3, 31)))
    db.session.commit()
    verify = job.find(JOBS, "verify")

    status = job.run(verify, on=date(2026, 3, 16), now=at("2026-03-16"))

    words = db.session.get(JobRun, ("verify", date(2026, 3, 16))).result
    assert (status, "A-1" in words, "tracker check" in words) == (job.ALARM, True, True)
    assert work((verify,), at("2026-03-16", 10)) == 0


@pytest.mark.parametrize("each", JOBS, ids=lambda each: each.name)
def test_every_job_of_the_table_runs_on_an_empty_office_and_on_a_rest_day(app, each):
    day = date(2026, 10, 1)  # 国庆节
    for _time in range(2):
        assert job.run(each, on=day, now=at("2026-10-01")) == job.DONE
        db.session.expire_all()
    assert db.session.scalar(select(func.sum(JobRun.runs))) == 2


def test_hours_are_of_the_office_wherever_the_machine_stands(on_sqlite, diary):
    daily = (Job("diary", Daily(8), diary, "日记"),)
    in_london = at("2026-02-13", 8, 1).astimezone(ZoneInfo("Europe/London"))

    assert job.next_moment(daily[0], in_london - timedelta(minutes=2)) == at("2026-02-13", 8)
    work(daily, in_london)

    assert diary.days == ["02-13"]


# -- what the year asks by itself -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "told"),
    [  # the last day is Friday the 29th: 31 January 2027 is a Sunday (第49条 has no rule for rest days)
        ("2027-01-08", True),  # 15 working days before
        ("2027-01-11", False),
        ("2027-01-22", True),  # 5 before
        ("2027-01-29", True),
        ("2027-01-30", False),  # a Saturday
        ("2027-02-01", True),  # past it
        ("2027-04-01", False),
    ],
)
def test_the_report_is_called_for_before_on_and_after_its_last_day(on_sqlite, on, told):
    load(received("2026-03-02", "A-1"))

    status = job.run(job.find(JOBS, "report_dates"), on=date.fromisoformat(on), now=at(on))

    assert (status == job.ALARM) == told, db.session.get(
        JobRun, ("report_dates", date.fromisoformat(on))
    ).result


@pytest.mark.parametrize(
    ("on", "told"),
    [("2026-10-31", False), ("2026-11-01", True), ("2026-12-31", True), ("2025-11-10", False)],
)
def test_the_calendar_of_the_next_year_is_called_for_from_november_until_it_is_there(on_sqlite, on, told):
    missing = job.run(job.find(JOBS, "calendar_missing"), on=date.fromisoformat(on), now=at(on))

    assert (missing == job.ALARM) == told


# -- who is told ----------------------------------------------------------------------------------


@pytest.fixture
def told(app, agency_id):
    """A head and an administrator with addresses; returns what was written to whom."""
    for login, role in (("head", Role.HEAD), ("root", Role.ADMINISTRATOR), ("clerk", Role.REGISTRAR)):
        user.create_by_command(
            agency_id=agency_id, login=login, name=login, roles=[role], email=f"{login}@example.org",
            now=at("2025-06-02"),
        )  # fmt: skip

    def read() -> list[tuple[str, str]]:
        columns = select(Message.address, Message.title).order_by(Message.id)
        return [tuple(row) for row in db.session.execute(columns)]

    return read


def test_the_head_gets_the_year_s_draft_with_its_findings_once(told):
    load(received("2025-12-22", "A-1"), today="2026-01-01")

    for day in (1, 2, 5):
        year_end.run(on=date(2026, 1, day), now=at(f"2026-01-0{day}"))

    assert told() == [("head@example.org", "2025年度 表三草稿")]
    (text_,) = db.session.scalars(select(Message.text)).all()
    assert "第49条" in text_
    assert "A-1" not in text_


def test_the_calendar_and_the_report_are_called_for_once_a_day_and_never_late(told):
    missing, report = job.find(JOBS, "calendar_missing"), job.find(JOBS, "report_dates")
    for _time in range(2):
        job.run(missing, on=date(2026, 11, 2), now=at("2026-11-02"))
    job.run(missing, on=date(2026, 11, 1), now=at("2026-11-02"))  # caught up: the page of the jobs says it
    job.run(report, on=date(2026, 1, 30), now=at("2026-01-30"))

    assert [(who, title[:10]) for who, title in told()] == [
        ("head@example.org", "2026-11-02"),
        ("root@example.org", "2026-11-02"),
        ("head@example.org", "2026-01-30"),
        ("root@example.org", "2026-01-30"),
    ]
