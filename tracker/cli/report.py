"""The annual report, and checks of anybody's (docs/exchange.md section 2)."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from tracker import now as wall
from tracker.cli.ending import REFUSED, say, show, why
from tracker.cli.frame import FILE, FINDINGS, NAMELESS, office_open, tracker
from tracker.config import UNNAMED
from tracker.domain.report.published import NEWEST, OLDEST
from tracker.models.agency import DEFAULT, Agency
from tracker.reading.report.assembly import Read
from tracker.reading.report.package import MOST_BYTES
from tracker.rendering.output import OUTPUTS
from tracker.services.calendar import practice
from tracker.services.office.agency import by_code, require_name
from tracker.services.report import check
from tracker.services.report import report as reports

FIGURES = "json"  # figures for another program (docs/exchange.md section 2), and no paper of the office


@tracker.command()
@click.argument("what")
@click.argument("files", nargs=-1, type=FILE)
@click.option("--format", "form", type=click.Choice(list(OUTPUTS)), default=FIGURES)
@click.option("--agency", default=DEFAULT, help="机关代码")
def report(what: str, files: tuple[Path, ...], form: str, agency: str) -> None:
    """年度报告：tracker report 年份；或检查他人的报告：tracker report check 文件…"""
    if what == "check":
        sys.exit(check_reports(files, form))
    if not (what.isascii() and what.isdecimal()) or files:
        say("用法：tracker report 年份 --format json|xlsx|html|docx|pdf，或 tracker report check 文件…")
        sys.exit(REFUSED)
    if not OLDEST <= int(what) <= NEWEST:
        say(f"没有{what}年的年度报告：年份应在{OLDEST}与{NEWEST}之间。")
        sys.exit(REFUSED)
    with office_open():
        reporting_agency = by_code(agency)
        if reporting_agency is None:
            say(f"没有代码为“{agency}”的机关。")
            sys.exit(REFUSED)
        notes = _notes_on_the_name(reporting_agency, form)
        compiled = reports.shown(reporting_agency.id, int(what), today=wall.today())
        content = OUTPUTS[form].write(compiled)
        doubts = list(practice.damaged_rows())
    show(content, nl=False)
    findings = [f"{finding.where}：{finding.message}" for finding in compiled.findings]
    for message in (*notes, *findings, *doubts):
        say(message)
    sys.exit(FINDINGS if findings or doubts else 0)


def _notes_on_the_name(agency: Agency, form: str) -> list[str]:
    """Return what is said of an agency without a name. Raises UnnamedOfficeError for a paper."""
    if form != FIGURES:
        require_name(agency.id)
    return [NAMELESS] if agency.name == UNNAMED else []


def check_reports(files: tuple[Path, ...], form: str) -> int:
    """Check anybody's reports, needing no office; return the exit status."""
    if not files:
        say("请给出要检查的报告文件。")
        return REFUSED
    checked = [_checked(file) for file in files]
    readable = check.check([(name, content) for name, content, _ in checked if content is not None])
    refusals = [(name, reason) for name, _, reason in checked if reason]
    refusals += [(one.name, one.refusal) for one in readable if one.refusal]
    findings = [{"file": one.name, **asdict(finding)} for one in readable for finding in one.findings]
    if form == "json":
        show(json.dumps(findings, ensure_ascii=False, indent=1))
    for one in readable:
        for read in one.reads:
            say(f"{one.name}：读到{what_was_read(read)}。")
    for finding in findings:
        say(f"{finding['file']} {finding['where']}：{finding['message']}")
    for name, reason in refusals:
        say(f"{name}：{reason}")
    return REFUSED if refusals else FINDINGS if findings else 0


def _checked(file: Path) -> tuple[str, bytes | None, str]:
    """Return a file's name and content, or why it cannot be opened."""
    try:
        if file.stat().st_size > MOST_BYTES:
            return str(file), None, "文件超过50 MB：请删去图片等无关内容后再试。"
        return str(file), file.read_bytes(), ""
    except OSError as error:
        return str(file), None, f"不能读取：{why(error)}。"


def what_was_read(read: Read) -> str:
    """Say which tables and texts were found, and which cells are blank."""
    tables = "、".join(f"表{NUMERALS[number]}" for number in read.tables)
    texts = "、".join(f"第{NUMERALS[number]}部分" for number in read.sections if number not in "234")
    blanks = f"，表三有{len(read.blanks)}格空白" if read.blanks else ""
    missing = f"，表三缺{len(read.missing)}行" if read.missing else ""
    return (
        f"{read.report.year or '未写年份的'}年报告，{tables}{'，' if texts else ''}{texts}{blanks}{missing}"
    )


NUMERALS = dict(zip("123456", "一二三四五六", strict=True))
