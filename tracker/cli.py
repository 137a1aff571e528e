"""The commands of docs/exchange.md: ``tracker …`` and ``flask --app wsgi tracker …``.

Machine-readable output goes to standard output alone, progress and words to standard error.
Exit status: 0 done, 1 findings, 2 refused or bad input, and then nothing was changed.
"""

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import click
from flask import Flask, current_app

from tracker import now as wall
from tracker.config import Settings, load
from tracker.domain.calendar import WorkCalendar, shipped
from tracker.domain.duty import DUTY_LABELS
from tracker.domain.errors import DomainError
from tracker.domain.notice import Understood
from tracker.domain.permission import PEOPLE, Role
from tracker.models import migrate
from tracker.reporting import annual, html, workbook
from tracker.services import calendar as calendars
from tracker.services import demo as demonstration
from tracker.services import (
    exchange,
    exporting,
    importing,
    inspection,
    office,
    report_check,
    setup,
    user,
)
from tracker.services.actor import system

FINDINGS, REFUSED = 1, 2
DAY = click.DateTime(formats=["%Y-%m-%d"])


class Refusing(click.Group):
    """A group whose commands end with status 2 and words where the domain refuses."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except DomainError as error:
            say(str(error))
            sys.exit(REFUSED)


def say(words: str) -> None:
    """Tell the person something: standard error, so that output stays readable to machines."""
    click.echo(words, err=True)


@contextmanager
def office_open(*, migrated: bool = True) -> Iterator[Flask]:
    """Give the office to a command: the running application, or one made for it."""
    make = click.get_current_context().find_root().obj
    app = current_app._get_current_object() if current_app else make()  # type: ignore[attr-defined]
    with app.app_context():
        if migrated and not migrate.is_current():
            say("这里还没有建立办公室，或数据库不是最新版本：请先运行 tracker init。")
            sys.exit(REFUSED)
        yield app


@click.group("tracker", cls=Refusing)
def tracker() -> None:
    """政府信息公开申请办理系统。"""


def show_password(password: str | None) -> None:
    """Print the administrator's one-time password; it is kept nowhere in the clear."""
    if password:
        say("系统管理员用户名：admin")
        say("一次性密码（仅显示这一次，首次登录须修改）：")
        click.echo(password)


@tracker.command()
@click.option("--agency", default=None, help="机关名称")
def init(agency: str | None) -> None:
    """建立或升级办公室，不询问任何问题。"""
    with office_open(migrated=False) as app:
        settings: Settings = app.extensions["tracker.settings"]
        password = setup.initialise(agency, fallback=settings.agency_name, now=wall.now())
        say(f"办公室已就绪：{settings.instance}")
        show_password(password)


@tracker.command()
@click.option("--host", default=None, help="监听地址（默认 127.0.0.1）")
@click.option("--port", type=int, default=None, help="端口（默认 8000）")
def serve(host: str | None, port: int | None) -> None:
    """启动网页服务。"""
    from waitress.server import create_server  # only this command needs a server

    with office_open() as app:
        settings: Settings = app.extensions["tracker.settings"]
        setup.recount(now=wall.now())
    server = create_server(
        app,
        host=host or settings.host,
        port=settings.port if port is None else port,
        threads=settings.threads,
    )
    say(f"服务已启动：http://{server.effective_host}:{server.effective_port}/ （Ctrl+C 停止）")
    server.run()


@tracker.command()
def demo() -> None:
    """填入一个示例机关的数据。"""
    with office_open():
        for line in demonstration.fill(today=wall.today(), now=wall.now()):
            say(line)


# -- histories -----------------------------------------------------------------------------------


@tracker.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="只说明会发生什么")
@click.option("--keep-going", is_flag=True, help="导入可用的行，其余写入旁边的文件")
def import_(file: Path, dry_run: bool, keep_going: bool) -> None:
    """导入案件历史（.jsonl）。"""
    if file.suffix.lower() != ".jsonl":
        say(f"{file}：请提供 .jsonl 案件历史文件。")
        sys.exit(REFUSED)
    lines = read_lines(file)
    with office_open():
        try:
            result = importing.import_histories(
                lines,
                today=wall.today(),
                now=wall.now(),
                dry_run=dry_run,
                keep_going=keep_going,
                progress=lambda done: say(f"已处理 {done}／{len(lines)} 行"),
            )
        except importing.ImportRefusedError as error:
            tell_bad(file, error.result.bad)
            say(str(error))
            sys.exit(REFUSED)
    tell_bad(file, result.bad)
    if result.bad and not dry_run:
        write_rejected(file, result.bad)
    verb = "将" if dry_run else "已"
    say(
        f"{verb}新增{result.added}件，续记{result.continued}件，未变{result.unchanged}件，拒绝{len(result.bad)}行。"
    )
    sys.exit(REFUSED if result.bad and dry_run and not keep_going else 0)


def read_lines(file: Path) -> list[str]:
    """Return the lines of a UTF-8 file; end with status 2 where it cannot be read."""
    return read_text(file, ("utf-8-sig",)).split("\n")


def read_text(file: Path, encodings: tuple[str, ...] = ("utf-8-sig", "gb18030")) -> str:
    """Return the text of a file in the first encoding that fits; end with status 2 where none does."""
    try:
        content = file.read_bytes()
        for encoding in encodings[:-1]:
            with suppress(UnicodeDecodeError):
                return content.decode(encoding)
        return content.decode(encodings[-1])
    except (OSError, UnicodeDecodeError) as error:
        say(f"{file}：不能读取（应为 UTF-8 文本）：{error}")
        sys.exit(REFUSED)


def tell_bad(file: Path, bad: list[exchange.BadLine]) -> None:
    """Name each refused line with its number and reason."""
    for line in bad:
        say(f"{file.name} 第{line.line}行：{line.reason}")


def write_rejected(file: Path, bad: list[exchange.BadLine]) -> None:
    """Write the refused lines, each with its reason, to a file beside the one imported."""
    beside = file.with_name(f"{file.stem}.rejected.jsonl")
    rows = ({"line": b.line, "reason": b.reason, "text": b.text.strip()} for b in bad)
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    beside.write_text(text, encoding="utf-8")
    say(f"被拒绝的行写入：{beside}")


@tracker.command()
def export() -> None:
    """导出全部案件历史（JSON Lines，标准输出）。"""
    with office_open():
        for value in exporting.histories(now=wall.now()):
            click.echo(json.dumps(value, ensure_ascii=False))


@tracker.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--on", "on", type=DAY, required=True, help="以这一天为今天")
@click.option("--format", "form", type=click.Choice(["json"]), default="json")
def due(file: Path, on: Any, form: str) -> None:
    """计算期限而不保存；不需要办公室。"""
    del form
    with known_calendar() as known:
        good, bad = due_lines(read_lines(file), on.date(), known)
    if bad:
        tell_bad(file, bad)
        sys.exit(REFUSED)
    for line in good:
        click.echo(json.dumps(line, ensure_ascii=False))


def due_lines(
    lines: list[str], on: date, known: WorkCalendar
) -> tuple[list[dict[str, Any]], list[exchange.BadLine]]:
    """Return the due line of each case, and the lines that cannot be read."""
    rules, good, bad = office.rules_of(load()), [], []
    for case in exchange.read(lines):
        if isinstance(case, exchange.BadLine):
            bad.append(case)
            continue
        try:
            line = exchange.due_line(case, on, known, rules)
        except DomainError as error:
            bad.append(exchange.BadLine(case.line, str(error), case.text))
            continue
        if line is not None:
            good.append(line)
    return good, bad


# -- report, check, calendar ---------------------------------------------------------------------


@tracker.command()
@click.argument("what")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(["json", "xlsx", "html"]), default="json")
@click.option("--agency", default=setup.DEFAULT, help="机关代码")
def report(what: str, files: tuple[Path, ...], form: str, agency: str) -> None:
    """年度报告：tracker report 年份；或检查他人的报告：tracker report check 文件…"""
    if what == "check":
        sys.exit(check_reports(files, form))
    if not what.isdecimal() or files:
        say("用法：tracker report 年份 --format json|xlsx|html，或 tracker report check 文件…")
        sys.exit(REFUSED)
    with office_open():
        found = setup.by_code(agency)
        if found is None:
            say(f"没有代码为“{agency}”的机关。")
            sys.exit(REFUSED)
        compiled = annual.compile_report(found.id, found.name, int(what), compiled_on=wall.today())
        print_report(compiled, form)
    for finding in compiled.findings:
        say(f"{finding.where}：{finding.message}")
    sys.exit(FINDINGS if compiled.findings else 0)


def print_report(compiled: annual.AnnualReport, form: str) -> None:
    """Write the report to standard output in the form asked for."""
    if form == "json":
        click.echo(json.dumps(annual.as_json(compiled), ensure_ascii=False, indent=1))
    elif form == "html":
        click.echo(html.page(compiled))
    else:
        sys.stdout.buffer.write(workbook.annual_report(compiled))


def check_reports(files: tuple[Path, ...], form: str) -> int:
    """Check reports in the exchange format; return the exit status."""
    if not files:
        say("请给出要检查的报告文件。")
        return REFUSED
    found = []
    for file in files:
        text = "\n".join(read_lines(file))
        found += [{"file": str(file), **asdict(f)} for f in report_check.check_json(text)]
    if form == "json":
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
    for finding in found:
        say(f"{finding['file']} {finding['where']}：{finding['message']}")
    return FINDINGS if found else 0


@tracker.command()
def check() -> None:
    """核对台账、重述列、各年度；有发现时退出码为 1。"""
    count = 0
    with office_open():
        for found in inspection.inspect(today=wall.today()):
            count += 1
            click.echo(f"{found.where}：{found.message}")
    say(f"发现{count}处问题。" if count else "核对完毕，没有发现问题。")
    sys.exit(FINDINGS if count else 0)


@tracker.group()
def calendar() -> None:
    """工作日历。"""


@calendar.command("show")
@click.argument("year", type=int)
@click.option("--format", "form", type=click.Choice(["json"]), default="json")
def calendar_show(year: int, form: str) -> None:
    """显示一年的放假和调休上班日；不需要办公室。"""
    del form
    with known_calendar() as known:
        value = {
            "year": year,
            "status": known.status(year),
            "off": [day.isoformat() for day in known.off_days(year)],
            "work": [day.isoformat() for day in known.work_days(year)],
            "sources": list(known.sources(year)),
        }
    click.echo(json.dumps(value, ensure_ascii=False, indent=1))


@calendar.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="不再询问，直接保存")
def calendar_import(file: Path, yes: bool) -> None:
    """导入国务院办公厅放假通知的原文（文本文件）。"""
    text = read_text(file)
    with office_open():
        understood = calendars.understand(text)
        effect = calendars.effect(understood.notice, today=wall.today())
        tell_understood(understood, effect)
        if effect.says_nothing_new:
            say("这份通知与现有日历一致，没有变化。")
            return
        if not yes and not (sys.stdin.isatty() and click.confirm("保存吗？", err=True)):
            say("没有保存。核对无误后加 --yes 保存。")
            sys.exit(REFUSED)
        agency = setup.default_agency()
        actor = system(agency.id if agency else 0)
        _, effect = calendars.keep(text, actor=actor, today=wall.today(), now=wall.now())
    say(f"已保存，{len(effect.moves)}件的日期随之重算。")


def tell_understood(understood: Understood, effect: calendars.Effect) -> None:
    """Say what was read from a notice and what it would move."""
    number = f"（{understood.number}）" if understood.number else ""
    say(f"{understood.title}{number}")
    for rule in understood.rules:
        say(
            f"  {rule.holiday}：放假 {days_words(rule.off)}"
            + (f"；上班 {days_words(rule.work)}" if rule.work else "")
        )
    for words in understood.disagreements:
        say(f"  请核对：{words}")
    for words in understood.unused:
        say(f"  未采用：{words}")
    for move in effect.moves:
        for duty, old, new in move.dates:
            say(f"  {move.number} {DUTY_LABELS[duty]}：{old or '—'} → {new or '—'}")


def days_words(days: Iterable[date]) -> str:
    """Return days in a row as people write them."""
    return "、".join(day.isoformat() for day in sorted(days))


@contextmanager
def known_calendar() -> Iterator[WorkCalendar]:
    """Give the office's calendar; where there is no office, the shipped one."""
    settings = load()
    path = settings.database_url.removeprefix("sqlite:///")
    if current_app or settings.database_url != f"sqlite:///{path}" or Path(path).exists():
        with office_open(migrated=False):
            yield office.calendar() if migrate.is_current() else shipped()
    else:
        yield shipped()


# -- people --------------------------------------------------------------------------------------


@tracker.group("user")
def user_group() -> None:
    """用户。"""


@user_group.command("add")
@click.argument("login")
@click.option("--name", required=True, help="姓名")
@click.option(
    "--role", "roles", multiple=True, required=True, type=click.Choice([role.value for role in PEOPLE])
)
@click.option("--email", default="")
def user_add(login: str, name: str, roles: tuple[str, ...], email: str) -> None:
    """新增用户并显示一次性密码。"""
    with office_open():
        agency = setup.default_agency()
        if agency is None:
            sys.exit(REFUSED)
        held = [Role(role) for role in roles]
        _, password = user.create_by_command(
            agency_id=agency.id, login=login, name=name, roles=held, email=email, now=wall.now()
        )
        say(f"用户 {login} 的一次性密码（仅显示这一次）：")
        click.echo(password)


@user_group.command("password")
@click.argument("login")
def user_password(login: str) -> None:
    """重置一个用户的密码并显示一次性密码。"""
    with office_open():
        click.echo(user.set_password(login, now=wall.now()))
