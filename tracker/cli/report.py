"""The annual report, and checks of anybody's (docs/exchange.md section 2)."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from tracker import now as wall
from tracker.cli.frame import FINDINGS, REFUSED, office_open, read_lines, say, tracker
from tracker.reporting import annual, html, workbook
from tracker.services import (
    office,
    report_check,
    setup,
)


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
        compiled = annual.compile_report(
            found.id, found.name, int(what), compiled_on=wall.today(), counting=office.counting()
        )
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
