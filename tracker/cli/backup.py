"""Back up the office to a file, and restore it from one."""

import sqlite3
import sys
from pathlib import Path

import click

from tracker import now as wall
from tracker.cli.ending import REFUSED, RefusedError, say, show, why
from tracker.cli.frame import FILE, FINDINGS, check_readable, office_open, tracker
from tracker.config import Settings
from tracker.jobs import lock
from tracker.models import fault
from tracker.models.base import db
from tracker.services.office.actor import COMMAND, system
from tracker.services.office.agency import default_agency
from tracker.services.operations import backup as operations_backup
from tracker.services.operations import inspection, setup
from tracker.services.operations import restore as operations_restore


@tracker.command()
@click.argument("file", type=FILE, required=False)
@click.option("--with-key", is_flag=True, help="把密钥也放进备份（备份落入他人之手即可解密）")
def backup(file: Path | None, *, with_key: bool) -> None:
    """备份数据库、上传文件和设置；可在运行中进行。"""
    with office_open():
        agency = default_agency()
        actor = system(agency.id if agency else 0, COMMAND)
        try:
            made, doubts = operations_backup.by_hand(file, with_key=with_key, actor=actor, now=wall.now())
        except OSError as error:
            raise RefusedError(f"{error.filename or file}：备份没有写成：{why(error)}。") from error
        except sqlite3.Error as error:  # the copy is made by the driver itself, beside the file wanted
            sentence = fault.sentence(error) or str(error)
            raise RefusedError(f"{file or operations_backup.folder()}：备份没有写成：{sentence}") from error
    say(
        f"已备份：{made.path}"
        f"（{made.size / operations_backup.CHUNK:.1f} MB，{made.uploads}个上传文件，已核对）"
    )
    if not with_key:
        say("备份不含密钥：请另行保存 secret.key，没有它加密的字段不能读取。")
    if doubts:
        say("核对发现问题，这份备份存疑，已另取名保存，没有替换任何文件。请运行 tracker check：")
        for doubt in doubts:
            say(f"  {doubt}")
        sys.exit(FINDINGS)


@tracker.command()
@click.argument("file", type=FILE)
@click.option("--replace", is_flag=True, help="替换现有的办公室（现有数据另存）")
def restore(file: Path, *, replace: bool) -> None:
    """从备份恢复；请先停止服务。恢复后核对全部台账。"""
    check_readable(file)
    with office_open(migrated=False, held=False) as app:
        settings: Settings = app.extensions["tracker.settings"]
        settings.instance.mkdir(parents=True, exist_ok=True)  # of a new machine
        alone = lock.of(db.engine, settings.instance)
        if not alone.take():
            say("服务或定时任务正在运行：请先停止，再恢复。")
            sys.exit(REFUSED)
        try:
            done = operations_restore.restore(file, replace=replace, actor=COMMAND, now=wall.now())
        finally:
            alone.release()
        setup.fill(today=wall.today())
        for place in done.aside:
            say(f"原有数据另存于：{place}")
        for remark in done.remarks:
            say(remark)
        findings = [each for each in inspection.inspect(today=wall.today()) if not each.known]
    for each in findings:
        show(f"{each.where}：{each.message}")
    say(
        f"已恢复 {done.copy.made_at:%Y-%m-%d %H:%M} 的备份，"
        + (f"核对发现{len(findings)}处问题。" if findings else "核对无误。")
    )
    sys.exit(FINDINGS if findings else 0)
