"""Imports of registers of requests: list them, undo one as a whole."""

import json
import sys

import click

from tracker import now as wall
from tracker.cli.ending import REFUSED, say, show
from tracker.cli.frame import office_open, tracker
from tracker.models.imported import UNDONE
from tracker.services.exchange import undoing
from tracker.services.exchange.undoing import ImportBuiltOnError
from tracker.services.office.actor import COMMAND, system

MOST_TOLD = 200  # rows that stand against an undoing


@tracker.group("imports")
def imports_group() -> None:
    """导入过的申请台账：列出，整体撤销。"""


@imports_group.command("list")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def list_imports(form: str) -> None:
    """列出导入过的文件，各新增、续记多少件，是否已撤销。"""
    with office_open():
        files = [
            {
                "import": file.id,
                "file": file.name,
                "kept_at": file.kept_at.isoformat(timespec="seconds") if file.kept_at else None,
                "by": file.kept_by,
                "added": file.added,
                "continued": file.continued,
                "unchanged": file.unchanged,
                "refused": file.refused,
                "undone": file.state == UNDONE,
            }
            for file in undoing.listed()
        ]
    if form == "json":
        show(json.dumps(files, ensure_ascii=False, indent=1))
        return
    for one in files:
        undone = "，已撤销" if one["undone"] else ""
        counts = f"新增{one['added']}件，续记{one['continued']}件，未变{one['unchanged']}件"
        show(f"{one['import']} {one['file']}（{one['kept_at']}，{one['by']}）：{counts}{undone}")


@imports_group.command("undo")
@click.argument("number", type=int)
@click.option("--why", required=True, help="撤销的理由")
@click.option("--dry-run", is_flag=True, help="只说明能否撤销")
def undo_import(number: int, why: str, dry_run: bool) -> None:
    """整体撤销一次导入：新增的案件作废，续记的内容撤销；已经有以其为依据的，不撤销，逐件说明。"""
    with office_open():
        file = undoing.of_command(number)
        actor = system(file.agency_id, COMMAND)
        name, count = file.name, file.added + file.continued
        try:
            undoing.check(file, None)
            if dry_run:
                if against := undoing.obstacles(file):
                    raise ImportBuiltOnError(against)
                say(f"导入{number}（{name}）可以撤销，涉及{count}件。")
                return
            undoing.undo(number, why, actor=actor, today=wall.today(), now=wall.now())
        except ImportBuiltOnError as error:
            for one in error.obstacles[:MOST_TOLD]:
                say(f"{one.name}：{one.why}")
            say(str(error))
            sys.exit(REFUSED)
    say(f"已撤销导入{number}（{name}），涉及{count}件；同一文件可以再次导入。")
