"""Import the other books of an office from the command line: letters and visits, the registers."""

from pathlib import Path
from typing import Any

from tracker import now as wall
from tracker.cli import spreadsheet
from tracker.cli.ending import REFUSED, say, write_beside
from tracker.cli.frame import FINDINGS
from tracker.cli.spreadsheet import Wish
from tracker.domain.errors import NotFoundError
from tracker.services.exchange import book
from tracker.services.office.actor import COMMAND, system
from tracker.services.office.agency import default_agency
from tracker.services.office.origin import Origin, digest_of
from tracker.services.register.register import By


def take(file: Path, name: str, wish: Wish) -> tuple[dict[str, Any], int]:
    """Import a register; return what was done, and the exit status."""
    content = spreadsheet.content_of(file)
    if (office := default_agency()) is None:
        raise NotFoundError("这里还没有机关：请先运行 tracker init。")
    actor = system(office.id, COMMAND)
    by = By(actor=actor, today=wall.today(), now=wall.now())
    plan = book.planned(name, content, by=by)
    for sheet in plan.sheets:
        say(spreadsheet.told(sheet))
    spreadsheet.tell_problems(file, plan.warnings, plan.problems)
    value = spreadsheet.told_as_json(
        {"continued": 0, **plan.counts}, plan.sheets, plan.warnings, plan.problems
    )
    if plan.problems and not wish.keep_going:
        say(f"有{len(plan.problems)}处不能导入，未作任何改动。")
        return value, REFUSED
    if not wish.dry_run:
        _keep(file, name, content, by)
    in_doubt = plan.problems or plan.warnings or any(sheet.doubt for sheet in plan.sheets)
    return value, FINDINGS if in_doubt else 0


def _keep(file: Path, name: str, content: bytes, by: By) -> None:
    source = Origin(file.name, digest_of(content))
    _look, rest = book.kept(name, content, source, book.AS_FOUND, by=by)
    if rest is not None:
        beside = file.with_name(f"{file.stem}.rejected.xlsx")
        if write_beside(beside, rest):
            say(f"被拒绝的行写入：{beside}（最后一列为原因，改好后可直接导入）")
