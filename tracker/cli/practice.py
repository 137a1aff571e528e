"""The practice: what is in force and why, set a value from a day on, every row that was set."""

import sys
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import click

from tracker import now as wall
from tracker.cli.ending import say, show
from tracker.cli.frame import DAY, FINDINGS, office_open, tracker
from tracker.domain.case.rules import KEYS, written
from tracker.domain.office.practice import BY_SETTING

if TYPE_CHECKING:
    from tracker.services.calendar.practice import PracticeEffect


@tracker.group()
def practice() -> None:
    """没有文本规定的做法：自某日起收到的申请照此办理，以前收到的照旧。"""


@practice.command("show")
@click.option("--on", "on", type=DAY, default=None, help="某一天的做法（默认今天）")
@click.option("--agency", default=None, help="某个机关的做法，写机关代码")
def practice_show(on: datetime | None, agency: str | None) -> None:
    """显示一天的全部做法：现行的值、从哪一天起、谁设置的、为什么，默认值，理由。"""
    from tracker.services.calendar import practice as practices
    from tracker.services.office import office

    with office_open():
        day = on.date() if on else wall.today()
        office_practice = office.practice_of(practices.agency_id_of(agency) if agency else None)
        values, rows = office_practice.on(day), office_practice.rows_on(day)
        for key, default in KEYS.items():
            row = rows.get(key)
            show(f"{key} = {written(getattr(values, key))}")
            show(f"  {f'{_since(row.valid_from)}，{row.set_by}：{row.why}' if row else '默认，没有设置过'}")
            if row:
                show(f"  默认：{written(default.default)}")
            for rule in BY_SETTING.get(key, ()):
                show(f"  {rule.asks}？{rule.does}。{rule.reason}。")
        for message in practices.words(today=wall.today()):
            say(message)
        doubtful = practices.misnamed() or practices.differs(today=wall.today()) or any(practices.damaged())
    sys.exit(FINDINGS if doubtful else 0)


def _since(day: date) -> str:
    return "一直" if day == date.min else f"自{day}起"


@practice.command("set")
@click.argument("key")
@click.argument("value")
@click.option("--from", "valid_from", type=DAY, required=True, help="从哪一天起收到的申请照此办理")
@click.option("--why", required=True, help="理由或者依据")
@click.option("--agency", default=None, help="只为一个机关设置，写机关代码（层级、复议机关、法院）")
@click.option("--dry-run", is_flag=True, help="只说会改变什么，不设置")
def practice_set(key: str, value: str, **more: Any) -> None:
    """设置一项做法。此前收到的申请不变；已收到而在其后的，在同一事务中重新计算，逐件留下记录。"""
    from tracker.services.calendar import practice as practices
    from tracker.services.office.actor import COMMAND, system
    from tracker.services.office.agency import default_agency

    with office_open():
        agency, today = default_agency(), wall.today()
        actor = system(agency.id if agency else 0, COMMAND)
        details = {"valid_from": more["valid_from"].date(), "why": more["why"], "agency": more["agency"]}
        row = practices.row_of(key, value, **details, actor=actor, now=wall.now())
        setting = f"{key} = {row.value}，{_since(row.valid_from)}"
        if more["dry_run"]:
            effect = practices.effect(row, today=today)
            say(f"没有设置。如果设置 {setting}：{len(effect.moves)}件的日期会改变。")
        else:
            effect = practices.set_to(row, actor=actor, today=today, now=wall.now())
            say(f"已设置 {setting}；{len(effect.moves)}件的日期随之重算。")
        _end(_doubts(effect))


def _doubts(effect: "PracticeEffect") -> list[str]:
    """Return what a person should look at: closed cases that move, published years that count otherwise."""
    doubts = []
    if effect.closed:
        doubts.append(f"请注意：其中{effect.closed}件已经办结，改变写在各件的台账里。")
    if effect.published:
        years = "、".join(f"{year}年" for year in effect.published)
        doubts.append(
            f"请注意：{years}的年度报告已经发布，已公布的数字不变；与现在的统计不同的，在报告页面上另列。"
        )
    return doubts


@practice.command("history")
@click.argument("key", required=False)
def practice_history(key: str | None) -> None:
    """显示设置过的每一行，按设置的先后。"""
    from tracker.services.calendar import practice as practices

    with office_open():
        for row, code in practices.history(key):
            of = f"（{code}）" if code else ""
            set_at = f"{row.set_at:%Y-%m-%d %H:%M}"
            show(f"{row.key}{of} = {row.value}，{_since(row.valid_from)}；{set_at} {row.set_by}：{row.why}")
        damaged = list(practices.damaged_rows())
    _end(damaged)


def _end(doubts: Any) -> None:
    """Say what is doubtful, and end with status 1 where there is anything."""
    messages = [*doubts]
    for message in messages:
        say(message)
    sys.exit(FINDINGS if messages else 0)
