"""Commands about one case: its file, archived and written as a ZIP."""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import click
from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from tracker import now as wall
from tracker.cli.ending import RefusedError, say, why
from tracker.cli.frame import DAY, FILE, FINDINGS, office_open, tracker
from tracker.domain.register import archive
from tracker.models.base import db
from tracker.models.case import Case
from tracker.services.office import agency as office_agency
from tracker.services.office.actor import COMMAND, Actor, system
from tracker.services.register import archive as archives
from tracker.services.register import package
from tracker.web.page.display import details_words


@tracker.group("case")
def case_group() -> None:
    """一件申请：归档，把案卷写成 ZIP。"""


@case_group.command("archive")
@click.argument("number")
@click.option("--archive-number", default="", help="归档号；写了就归档，不写只取出已经归档的案卷")
@click.option("--on", "on", type=DAY, default=None, help="归档日（默认今天）")
@click.option("--retention", type=click.Choice(list(archive.RETENTIONS)), default=None, help="保管期限")
@click.option("--reason", default="", help="保管期限短于设置的理由")
@click.option("--despite", default="", help="缺少材料仍然归档的理由")
@click.option("--to", "to", type=FILE, default=None, help="案卷（ZIP）写到哪个文件")
@click.option("--why", default="", help="取出案卷的事由，记入审计日志")
@click.option("--originals", is_flag=True, help="同时取出遮盖前的原件")
@click.option("--agency", default=None, help="哪个机关的申请，写机关代码")
def case_archive(
    number: str,
    archive_number: str,
    on: datetime | None,
    retention: str | None,
    reason: str,
    despite: str,
    to: Path | None,
    why: str,
    *,
    originals: bool,
    agency: str | None,
) -> None:
    """归档一件已经办结的申请，或者把案卷写成 ZIP；缺少材料的逐项说明，退出码为 1。"""
    if to is None and not archive_number:
        raise RefusedError("请写归档号（--archive-number），或者写案卷写到哪个文件（--to）。")
    if to is not None:
        _check_target(to, why)
    told: list[str] = []
    with office_open(), _written(to) as target:
        case, actor = _find(number, agency)
        archives.check_closed(case)
        if archive_number:
            typed = archives.ToArchive(
                number=archive_number,
                on=on.date() if on else wall.today(),
                retention=retention or archives.proposed(case, wall.today()).code,
                reason=reason,
                despite=despite,
            )
            _archive(case, typed, actor)
            say(f"{case.number}已归档，归档号{archive_number}。")
        if target is not None:
            wished = {"reason": why, "unsealed": originals, "actor": actor, "now": wall.now()}
            if problem := _packed(case, target, wished):
                if not archive_number:
                    raise RefusedError(f"{to}：{problem}")
                told.append(f"{to}：{problem}再取一次：去掉 --archive-number。")
            else:
                say(f"案卷已写入：{to}")
        told += _to_look_at(case)
    for message in told:
        say(message)
    sys.exit(FINDINGS if told else 0)


def _to_look_at(case: Case) -> list[str]:
    """Return what was missing as the case was archived, and what came to it since."""
    state = archives.state_of(case)
    lacking = [f"归档时缺少：{each}" for each in state.act.missing] if state.act else []
    return lacking + [f"归档以后有变动：{each}" for each in state.changes]


def _packed(case: Case, target: BinaryIO, wished: dict[str, Any]) -> str:
    """Write the case file; return in words why it could not be written, and leave no half of it."""
    try:
        with package.make(case, details_words, **wished) as packed:
            shutil.copyfileobj(packed, target)
        target.flush()
    except OSError as error:
        Path(target.name).unlink(missing_ok=True)
        return f"案卷没有写成：{why(error)}。"
    return ""


@contextmanager
def _written(to: Path | None) -> Iterator[BinaryIO | None]:
    """Open the file that the case file goes into before anything is archived; take it away where it fails."""
    if to is None:
        yield None
        return
    try:
        target = to.open("xb")
    except OSError as error:
        raise RefusedError(f"{to}：不能写入：{why(error)}。没有归档，也没有取出案卷。") from error
    try:
        with target:
            yield target
    except BaseException:
        to.unlink(missing_ok=True)
        raise


def _check_target(to: Path, why: str) -> None:
    """Raise RefusedError where the file could not be taken out: before anything is kept or logged."""
    if to.exists():
        raise RefusedError(f"{to}：已有这个文件，没有覆盖：请换一个文件名。")
    if not to.parent.is_dir():
        raise RefusedError(f"{to.parent}：没有这个文件夹，没有归档，也没有取出案卷。")
    if not why.strip():
        raise RefusedError(package.NO_REASON)


def _archive(case: Case, typed: archives.ToArchive, actor: Actor) -> None:
    """Archive the file. Raises RefusedError where something came to the case meanwhile."""
    when: dict[str, Any] = {"today": wall.today(), "now": wall.now()}
    try:
        archives.archived(case.id, typed, details=details_words, actor=actor, **when)
    except StaleDataError as error:
        raise RefusedError(f"{case.number}：刚刚有人办理过，没有归档：请再试一次。") from error


def _find(number: str, code: str | None) -> tuple[Case, Actor]:
    """Return the case of that number with who acts. Raises RefusedError where there is none."""
    mine = office_agency.by_code(code) if code else office_agency.default_agency()
    if mine is None:
        raise RefusedError(f"没有代码为“{code}”的机关。" if code else "还没有机关：请先运行 tracker init。")
    case = db.session.scalar(select(Case).where(Case.agency_id == mine.id, Case.number == number))
    if case is None:
        raise RefusedError(f"没有受理编号为“{number}”的申请。")
    return case, system(mine.id, COMMAND)
