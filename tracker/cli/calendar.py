"""The working calendar: show a year, import a notice."""

import json
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracker import now as wall
from tracker.cli.ending import REFUSED, say, show
from tracker.cli.frame import FILE, FINDINGS, known_office, office_open, read_text, tracker
from tracker.domain.calendar.notice import Understood
from tracker.domain.case.duty import DUTY_LABELS

if TYPE_CHECKING:
    from tracker.services.calendar.calendar import Effect


@tracker.group()
def calendar() -> None:
    """工作日历。"""


@calendar.command("show")
@click.argument("year", type=int)
@click.option("--format", "form", type=click.Choice(["json"]), default="json")
def calendar_show(year: int, form: str) -> None:
    """显示一年的放假和调休上班日；不需要办公室。"""
    del form
    with known_office() as (known, _rules):
        value = {
            "year": year,
            "status": known.status(year),
            "off": [day.isoformat() for day in known.off_days(year)],
            "work": [day.isoformat() for day in known.work_days(year)],
            "sources": list(known.sources(year)),
        }
    show(json.dumps(value, ensure_ascii=False, indent=1))


@calendar.command("import")
@click.argument("file", type=FILE)
@click.option("--yes", is_flag=True, help="不再询问，直接保存")
@click.option("--in-spite", is_flag=True, help="有“请核对”的，核对之后仍然保存")
def calendar_import(file: Path, yes: bool, in_spite: bool) -> None:
    """导入国务院办公厅放假通知的原文（文本文件）。"""
    from tracker.services.calendar import calendar as calendars
    from tracker.services.office.actor import system
    from tracker.services.office.agency import default_agency

    text = read_text(file)
    with office_open():
        understood = calendars.understand(text)
        notices = [one.notice for one in understood.each]
        effect = calendars.effect(*notices, today=wall.today())
        for one in understood.each:
            tell_understood(one)
        tell_moves(effect)
        if effect.says_nothing_new:
            say("这份通知与现有日历一致，没有变化。")
            sys.exit(FINDINGS if understood.doubts else 0)
        if yes and understood.doubts and not in_spite:
            say("有需要核对的地方，没有保存：核对原文无误后，加 --yes --in-spite 保存。")
            sys.exit(REFUSED)
        if not yes and not (sys.stdin.isatty() and click.confirm("保存吗？", err=True)):
            say("没有保存。核对无误后加 --yes 保存。")
            sys.exit(REFUSED)
        agency = default_agency()
        actor = system(agency.id if agency else 0)
        _, effect = calendars.keep(text, actor=actor, today=wall.today(), now=wall.now())
    say(f"已保存，{len(effect.moves)}件的日期随之重算。")
    sys.exit(FINDINGS if understood.doubts else 0)


def tell_understood(understood: Understood) -> None:
    """Say what was read from a notice."""
    number = f"（{understood.number}）" if understood.number else ""
    say(f"{understood.title}{number}")
    for rule in understood.rules:
        say(
            f"  {rule.holiday}：放假 {days_words(rule.off)}"
            + (f"；上班 {days_words(rule.work)}" if rule.work else "")
        )
    for disagreement in understood.disagreements:
        say(f"  请核对：{disagreement}")
    for sentence in understood.unused:
        say(f"  未采用：{sentence}")


def tell_moves(effect: "Effect") -> None:
    """Say which dates it would move."""
    for move in effect.moves:
        for duty, old, new in move.dates:
            say(f"  {move.number} {DUTY_LABELS[duty]}：{old or '—'} → {new or '—'}")


def days_words(days: Iterable[date]) -> str:
    """Return days in a row as people write them."""
    return "、".join(day.isoformat() for day in sorted(days))
