"""The jobs: run them all, run one for a day, list them."""

import json
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from tracker import now as wall
from tracker.cli.ending import REFUSED, RefusedError, say, show
from tracker.cli.frame import DAY, FILE, FINDINGS, office_open, tracker
from tracker.config import Settings
from tracker.jobs import runner
from tracker.jobs.schedule import JOBS
from tracker.models import in_use
from tracker.models.base import ZONE, db
from tracker.services.calendar import practice
from tracker.services.job import job as jobs
from tracker.services.job import timekeeping
from tracker.services.office import office
from tracker.services.office.actor import COMMAND, system
from tracker.services.office.agency import default_agency
from tracker.services.operations import setup


@tracker.group("jobs")
def jobs_group() -> None:
    """定时任务。"""


@jobs_group.command("run")
@click.option("--clock", type=FILE, default=None, help="从文件读取时刻（仅用于测试）")
def jobs_run(clock: Path | None) -> None:
    """运行全部定时任务，直到停止；可以同时启动多个，只有一个在工作。"""
    with office_open() as app:
        settings: Settings = app.extensions["tracker.settings"]
        if clock is not None:
            if not settings.testing:
                say("--clock 只能用于测试（testing = true）。")
                sys.exit(REFUSED)
            app.extensions["tracker.now"] = office.clocks["now"] = clock_of(clock)
        moment = app.extensions["tracker.now"]()
        database = db.engine
        setup.recount(now=moment)
        if jump := timekeeping.jump(now=moment):
            say(jump.words)
        for message in practice.words(today=moment.astimezone(ZONE).date()):
            say(message)
    say("定时任务已启动（Ctrl+C 停止）。")
    with in_use.present(database):
        runner.alone(app, from_file=clock is not None)
    say("定时任务已停止。")


def clock_of(path: Path) -> Callable[[], datetime]:
    """Return a clock that reads its moment from a file; end with status 2 where there is none."""

    def read() -> datetime:
        moment = datetime.fromisoformat(path.read_text(encoding="utf-8").strip())
        return moment if moment.tzinfo else moment.replace(tzinfo=ZONE)

    try:
        read()
    except (OSError, ValueError) as error:
        say(f"{clock_words(path)}：{error}")
        sys.exit(REFUSED)
    return read


def clock_words(path: Path) -> str:
    """Say what the clock's file should hold."""
    return f"{path}：应写有一个时刻，如 2026-03-02T09:00:00+08:00"


@jobs_group.command("once")
@click.argument("name")
@click.option("--on", "on", type=DAY, default=None, help="为这一天运行（默认今天）")
def jobs_once(name: str, on: Any) -> None:
    """运行一个任务一次；同一天再运行，结果相同。"""
    with office_open():
        agency = default_agency()
        if agency is None:
            raise RefusedError("这里还没有机关：请先运行 tracker init。")
        day = on.date() if on else wall.today()
        row = jobs.run_by_hand(JOBS, name, on=day, actor=system(agency.id, COMMAND), now=wall.now())
        status, result = row.status, row.result
    show(result)
    sys.exit({jobs.DONE: 0, jobs.ALARM: FINDINGS, jobs.FAILED: REFUSED}[status])


@jobs_group.command("confirm-clock")
@click.option("--yes", is_flag=True, help="不再询问")
def jobs_confirm_clock(*, yes: bool) -> None:
    """确认服务器时钟无误：时钟与最近一次运行相隔太久时，任务要等这一确认才继续。"""
    with office_open():
        jump, agency = timekeeping.jump(now=wall.now()), default_agency()
        if jump is None or agency is None:
            say("时钟没有需要确认的跳变。")
            return
        say(jump.words)
        if not yes and not click.confirm("服务器时钟正确，继续运行任务？", err=True):
            raise RefusedError("没有确认，定时任务仍在等待。")
        timekeeping.confirm(actor=system(agency.id, COMMAND), now=wall.now())
    say("已经确认，定时任务继续运行。")


@jobs_group.command("list")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def jobs_list(form: str) -> None:
    """列出任务：何时运行、上次结果、下次时间。"""
    with office_open():
        rows = [line_of(each, wall.now()) for each in JOBS]
    if form == "json":
        show(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for row in rows:
        last = f"{row['last_day']} {row['status']} {row['result']}" if row["last_day"] else "从未运行"
        show(f"{row['name']}\t{row['label']}\t{row['when']}\t下次 {row['next']}\t{last}")


def line_of(job: jobs.Job, now: datetime) -> dict[str, Any]:
    """Return what is to say of a job."""
    last = jobs.last_run(job.name)
    return {
        "name": job.name,
        "label": job.label,
        "when": job.trigger.words,
        "next": jobs.next_moment(job, now).isoformat(timespec="minutes"),
        "last_day": last and last.day.isoformat(),
        "last_run": last and last.ran_at.isoformat(timespec="seconds"),
        "seconds": last and round(last.seconds, 2),
        "status": last and last.status,
        "result": last and last.result,
    }
