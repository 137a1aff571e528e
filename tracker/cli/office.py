"""Make, serve, fill, check and describe the office."""

import os
import sys
from contextlib import nullcontext

import click

from tracker import now as wall
from tracker.cli.ending import RefusedError, say, show
from tracker.cli.frame import FINDINGS, office_open, tracker
from tracker.config import Settings
from tracker.jobs import runner
from tracker.models import in_use
from tracker.models.base import db
from tracker.services.calendar import practice
from tracker.services.case import search_text
from tracker.services.job import timekeeping
from tracker.services.office import searched
from tracker.services.office.actor import COMMAND
from tracker.services.operations import acknowledgement, inspection, opening, setup
from tracker.services.operations import demo as operations_demo


def show_password(password: str | None) -> None:
    """Print the administrator's one-time password; it is kept nowhere in the clear."""
    if password:
        say("系统管理员用户名：admin")
        say("一次性密码（仅显示这一次，首次登录须修改）：")
        show(password, done="办公室已经建立：请运行 tracker user password admin 另设密码。")


@tracker.command()
@click.option("--agency", default=None, help="机关名称")
def init(agency: str | None) -> None:
    """建立或升级办公室，不询问任何问题。"""
    with office_open(migrated=False) as app:
        settings: Settings = app.extensions["tracker.settings"]
        password = setup.initialise(agency, fallback=settings.agency_name, now=wall.now())
        healed = timekeeping.heal(now=wall.now())
        if healed.count:
            say(f"已清除服务器时钟走快时留下的：{healed.words}。")
        if count := searched.mend(now=wall.now()) + search_text.mend(now=wall.now()):
            say(f"已重做{count}行的检索文字。")
        for message in practice.words(today=wall.today()):
            say(message)
        say(f"办公室已就绪：{settings.instance}")
        show_password(password)


@tracker.command()
@click.option("--host", default=None, help="监听地址（默认 127.0.0.1）")
@click.option("--port", type=click.IntRange(0, 65535), default=None, help="端口（默认 8000）")
@click.option(
    "--workers", type=click.IntRange(1, 64), default=1, help="几个进程一起服务（默认1个，只用一个处理器核）"
)
@click.option("--no-jobs", is_flag=True, help="不在本进程运行定时任务")
def serve(host: str | None, port: int | None, workers: int, *, no_jobs: bool) -> None:
    """启动网页服务和定时任务。"""
    if workers > 1 and not hasattr(os, "fork"):
        raise RefusedError("这个系统不能由一个命令启动几个服务进程：请去掉 --workers。")
    with office_open(pages=True) as app:
        settings: Settings = app.extensions["tracker.settings"]
        database = db.engine
        for message in opening.ready(now=wall.now()):
            say(message)
    address, number = host or settings.server.host, settings.server.port if port is None else port
    if workers > 1:
        from tracker.cli.workers import Pool

        with in_use.present(database):
            pass  # beside a restore no process of them could serve: each would be replaced without end
        pool = Pool(
            app,
            host=address,
            port=number,
            workers=workers,
            threads=settings.server.threads,
            jobs=not no_jobs,
        )
        say(f"服务已启动：{' '.join(pool.addresses)} （{workers}个进程，Ctrl+C 停止）")
        pool.run()
    else:
        from tracker.cli.server import Server  # only this command needs one

        server = Server(app, host=address, port=number, threads=settings.server.threads)
        with in_use.present(database), nullcontext() if no_jobs else runner.beside(app):
            say(f"服务已启动：{' '.join(server.addresses)} （Ctrl+C 停止）")
            server.run()
    say("服务已停止。")


@tracker.command()
def demo() -> None:
    """填入一个示例机关的数据。"""
    with office_open():
        for line in operations_demo.fill(today=wall.today(), now=wall.now()):
            say(line)


@tracker.command()
@click.option("--acknowledge", "reason", default=None, help="确认不能修复、原因已查明的发现，写明原因")
def check(reason: str | None) -> None:
    """核对台账、重述列、各年度；有发现时退出码为 1。"""
    with office_open():
        count, known = tell_findings()
        if reason is not None:
            done = acknowledge(reason)
            say(f"已确认{done}处，记入审计日志；以后仍会列出，不再算作发现。")
            count, known = tell_findings() if done else (count, known)
    if known:
        say(f"另有{known}处已经查明并确认。")
    say(f"发现{count}处问题。" if count else "核对完毕，没有发现问题。")
    sys.exit(FINDINGS if count else 0)


def tell_findings() -> tuple[int, int]:
    """Write every finding; return how many are new, and how many were acknowledged before."""
    counts = [0, 0]
    for finding in inspection.inspect(today=wall.today()):
        counts[finding.known] += 1
        show(f"{'（已确认）' if finding.known else ''}{finding.where}：{finding.message}")
    return counts[0], counts[1]


ROUNDS = 2  # the entry itself may show a moved end of the journal in other words


def acknowledge(reason: str) -> int:
    """Acknowledge what nothing mends; return how many findings that were."""
    done = 0
    for _ in range(ROUNDS):
        lasting = [each for each in inspection.inspect(today=wall.today()) if each.lasting and not each.known]
        findings = [(each.where, each.message) for each in lasting]
        done += acknowledgement.take(findings, reason, actor=COMMAND, now=wall.now())
    return done
