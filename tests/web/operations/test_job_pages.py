"""The page of the jobs, and the address for a monitor."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from tests.conftest import Browser
from tests.jobs.test_jobs import at, load, received
from tests.postgres import on_server
from tracker.domain.permission import Role
from tracker.jobs.schedule import JOBS
from tracker.models.base import db, transaction
from tracker.models.job import JobRun
from tracker.models.user import AuditEntry
from tracker.services.job import job
from tracker.services.report import year_end


def test_every_job_is_listed_with_its_hour_and_next_run(app, sign_in):
    page = sign_in(Role.ADMINISTRATOR).get("/jobs").text

    assert [each.label for each in JOBS if each.label not in page] == []
    assert page.count("从未运行") == len(JOBS)
    assert "定时任务从未启动过" in page
    assert "还没有备份" in page


def test_a_job_is_run_by_hand_for_a_day_twice_and_leaves_its_history(app, sign_in):
    browser = sign_in(Role.ADMINISTRATOR)
    browser.get("/jobs/flag_overdue")

    for _click in range(2):
        answer = browser.post("/jobs/flag_overdue/run", {"on": "2026-03-13"})
        assert answer.status_code == 303
    page = browser.get(answer.location).text

    assert "新标记超期0件" in page
    assert re.search(r"2026-03-13</td>.*<td>2</td>\s*<td>管理员</td>", page, re.DOTALL)
    acts = db.session.scalars(select(AuditEntry.target).where(AuditEntry.act == "job_run")).all()
    assert acts == ["标记超期案件 2026-03-13"] * 2
    assert "完成" in browser.get("/jobs").text


def test_what_a_job_did_is_said_in_the_readers_language(app, sign_in):
    load(received("2026-01-05", "A-1"))
    browser = sign_in(Role.ADMINISTRATOR)
    for name in ("flag_overdue", "fetch_mail", "deliver"):
        browser.post(f"/jobs/{name}/run", {"on": "2026-03-16"})

    chinese, english = browser.get("/jobs").text, browser.get("/jobs?language=en").text

    assert "新标记超期1件，重列下一步0件" in chinese
    assert "newly flagged as overdue: 1; next step restated: 0" in english
    assert "No mailbox is fetched" in english
    assert (
        db.session.get(JobRun, ("flag_overdue", date(2026, 3, 16))).result == "新标记超期1件，重列下一步0件"
    )


def test_a_run_of_before_shows_the_result_that_it_kept(app, sign_in):
    browser = sign_in(Role.ADMINISTRATOR)
    browser.post("/jobs/flag_overdue/run", {"on": "2026-03-16"})
    with transaction():
        db.session.execute(update(JobRun).values(said=[]))

    assert "新标记超期0件" in browser.get("/jobs?language=en").text


@pytest.mark.parametrize("on", ["2026-02-30", "soon", "1999-01-01", "2031-01-01"])
def test_a_day_that_cannot_be_is_refused_beside_its_field(app, sign_in, on):
    browser = sign_in(Role.ADMINISTRATOR)
    browser.get("/jobs/flag_overdue")

    answer = browser.post("/jobs/flag_overdue/run", {"on": on})

    assert (answer.status_code, "日期" in answer.text) == (422, True)
    assert db.session.scalars(select(JobRun)).all() == []


def test_there_is_no_page_of_a_job_that_there_is_not(app, sign_in):
    browser = sign_in(Role.ADMINISTRATOR)

    assert browser.get("/jobs/nothing").status_code == 404
    assert browser.post("/jobs/nothing/run", {"on": ""}).status_code == 404


def test_a_backup_run_from_the_page_is_shown_with_the_end_of_its_chain(on_sqlite, sign_in):
    browser = sign_in(Role.ADMINISTRATOR)
    browser.get("/jobs")

    browser.post("/jobs/backup/run")

    assert "backup-2026-03-16.zip" in browser.get("/jobs").text


def test_the_health_address_says_well_while_the_scheduler_lives_and_503_after(app, browser, clock):
    answer = browser.get("/health")
    assert (answer.status_code, answer.json["scheduler"]["state"]) == (503, "never_started")

    job.beat(now=clock(), process="machine:1", caught_up=True)
    answer = browser.get("/health")
    assert (answer.status_code, answer.json["status"]) == (200, "ok")
    assert answer.json["database"] == {"state": "ok"}

    clock.moment += timedelta(minutes=6)
    answer = browser.get("/health")
    assert (answer.status_code, answer.json["scheduler"]["state"]) == (503, "silent")
    assert "machine" not in answer.text


def test_the_health_address_answers_503_and_no_more_where_there_is_no_database(on_postgres):
    name = db.engine.url.database
    db.session.remove()
    db.engine.dispose()
    on_server(f"DROP DATABASE {name} WITH (FORCE)")

    answer = Browser(on_postgres).get("/health")

    assert answer.status_code == 503
    assert answer.json == {"status": "failing", "database": {"state": "unreachable"}}


def test_the_report_s_page_names_the_draft_that_closing_the_year_kept(app, sign_in):
    load(received("2025-12-22", "A-1"), received("2025-12-23", "A-2"), today="2026-01-01")
    year_end.run(on=date(2026, 1, 1), now=at("2026-01-01"))

    page = sign_in(Role.HEAD).get("/reports/2025").text

    assert "2026-01-01保存的表三草稿结转2件" in page
