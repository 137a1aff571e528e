"""Put lines and tables together to a report: title, sections and tables by their labels."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from tracker.domain.errors import UnreadableReportError
from tracker.domain.report import format as report_format
from tracker.domain.report import label
from tracker.domain.report.completeness import missing_rows
from tracker.domain.report.published import NEWEST, OLDEST, PublishedReport
from tracker.domain.report.sentence import LONGEST_TEXT, plain
from tracker.reading.report import part as report_part
from tracker.reading.report.grid import Piece, Tables, is_number
from tracker.reading.report.part import AGENCY, LONGEST_AGENCY, LONGEST_TITLE, TITLE, Passage

HEADED = re.compile(r"^(.{2,40}?)(\d{4})年度?[二三四]、")
NOT_AGENCY = re.compile(r"关于|公布|发布|《|》|\(|\)|工作|[,。:]|^[#\d.、]+|\d{4}年.*$")
PERIOD = re.compile(r"(\d{4})年1月1日")
SUBJECT = re.compile(r"(?:^|[,。;\n])(\d{4})年")


@dataclass(frozen=True, slots=True)
class Read:
    """A report as it was read.

    tables:   the tables that were found, by number; expected: those that the file should hold.
    others:   the further reports of the same file.
    """

    report: PublishedReport
    tables: tuple[str, ...]
    expected: frozenset[str] = frozenset({"3"})
    others: tuple["Read", ...] = ()

    @property
    def sections(self) -> tuple[str, ...]:
        """The sections with a text."""
        return tuple(key for key in report_format.SECTIONS if self.report.sections.get(key))

    @property
    def blanks(self) -> tuple[tuple[str, str], ...]:
        """The cells of table 3 that are printed without a figure, as (row, column)."""
        return tuple((cell.row, cell.column) for cell in self.report.blanks if cell.table == "3")

    @property
    def missing(self) -> tuple[str, ...]:
        """The rows of the form that were not found at all."""
        return missing_rows(self.report)


def build(pieces: Iterable[Piece], *, aligned: bool, name: str = "") -> Read:
    """Return the report of a document, and the others where it holds several.

    aligned: the cells of its tables stand in true columns. name: of the file, for a year not said.
    Raises UnreadableReportError where there is no table 3.
    """
    units = report_part.units(pieces, aligned=aligned)
    first, *others = (_build(part, name) for part in report_part.reports(units))
    if "3" not in first.tables:
        raise UnreadableReportError(
            "没有找到表三“收到和处理政府信息公开申请情况”：请确认文件是政府信息公开工作年度报告，表格没有做成图片。"
        )
    return replace(first, others=tuple(others))


def _build(units: list[Passage], name: str) -> Read:
    tables, sections = Tables(), {key: [""] for key in ("0", *report_format.SECTIONS)}
    now, headed = "0", set[str]()
    for unit in units:
        if unit.begins:
            tables.places.clear()
        now = _take(unit, tables, sections, now)
        headed.add(now)
        if now == "4" and "4" not in tables.found:
            tables.in_table4 = True
    tables.settle()
    texts = {key: "\n".join(lines).strip() for key, lines in sections.items()}
    expected = {"3", "4"} | ({"2"} & (headed | tables.found))
    return Read(_report(texts, tables, name), tuple(sorted(tables.found)), frozenset(expected))


def _take(unit: Passage, tables: Tables, sections: dict[str, list[str]], now: str) -> str:
    """Put a row into its table or its words into their section; return the section it leads to."""
    row = unit.row
    texts = [cell for cell in row if cell and cell.strip()]
    if len(row) > 1 and tables.feed(row, aligned=unit.aligned):
        return now
    for text in texts:
        for line in text.split("\n"):
            tables.see(line)
            head = label.section_of(line) if len(texts) == 1 else None
            now, content = head if head else (now, line)
            if not is_number(content):
                sections[now].append(content)
    return now


# -- title, agency, year ------------------------------------------------------------------------


def _report(texts: dict[str, str], tables: Tables, name: str) -> PublishedReport:
    title, agency, year = _title(texts["0"])
    if year is None:
        agency, year = _headed(texts)
    if year is None:
        year = _year(texts, name)
    form = report_format.of_year(year or NEWEST)
    if tables.trial is not None:
        form = report_format.FORMATS[0] if tables.trial else report_format.FORMATS[-1]
    return PublishedReport(
        year=year,
        table3=tables.cells.table3,
        agency=agency,
        title=title,
        form=form,
        table2=tables.cells.table2,
        table4=tables.cells.table4,
        sections={key: text for key, text in texts.items() if text},
        remarks=tuple(tables.cells.remarks),
        blanks=tuple(tables.cells.blanks.values()),
    )


def _title(text: str) -> tuple[str, str, int | None]:
    """Return the title, the agency that it names and its year."""
    lines = [line for line in map(plain, text[:LONGEST_TEXT].split("\n")) if line]
    tries = [(place, line) for place, line in enumerate(lines)]
    tries += [(place, "".join(lines[place : place + 2])) for place in range(len(lines) - 1)]
    tries += [(place, "".join(lines[place : place + 3])) for place in range(len(lines) - 2)]
    for place, line in tries:
        match = TITLE.match(line[:LONGEST_TITLE])
        if match and _fits(int(match[2])):
            agency = NOT_AGENCY.sub("", match[1]) or NOT_AGENCY.sub("", match[3])
            if not agency and place and AGENCY.search(lines[place - 1][:LONGEST_AGENCY]):
                agency = NOT_AGENCY.sub("", lines[place - 1])
            return match[0].lstrip("#"), agency, int(match[2])
    return "", "", None


def _headed(texts: dict[str, str]) -> tuple[str, int | None]:
    """Return agency and year of a workbook whose sheets each begin with them: 某局2025年度 三、收到…"""
    for text in texts.values():
        match = HEADED.match(plain(text[:LONGEST_TITLE]))
        if match and _fits(int(match[2])):
            return NOT_AGENCY.sub("", match[1]), int(match[2])
    return "", None


def _fits(year: int) -> bool:
    return OLDEST <= year <= NEWEST


def _year(texts: dict[str, str], name: str) -> int | None:
    """Return the year of a report whose title does not say it: its period, its first sentence, its file."""
    everything = plain("\n".join(text[:LONGEST_TEXT] for text in texts.values()))
    named = [
        *PERIOD.findall(everything),
        *SUBJECT.findall(plain(texts["1"][:LONGEST_TEXT])),
        *re.findall(r"20\d\d", name),
    ]
    return next((year for year in map(int, named) if _fits(year)), None)
