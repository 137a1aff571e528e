"""From lines and tables to a report: title, sections and tables by their labels."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from tracker.domain import report_format, report_label
from tracker.domain.annual_report import COLUMNS, GROUPS, ROWS
from tracker.domain.errors import UnreadableReportError
from tracker.domain.published_report import NEWEST, OLDEST, PublishedReport
from tracker.domain.report_words import LONGEST_TEXT, plain
from tracker.reporting.reader_grid import Grid, Piece, Row, Tables, is_number

TITLE = re.compile(r"^(.*?)(\d{4})年度?(.*?)(?:政府信息公开|政务公开)(?:工作)?(?:年度|情况|的|工作)*报告")
HEADED = re.compile(r"^(.{2,40}?)(\d{4})年度?[二三四]、")
NOT_AGENCY = re.compile(r"关于|公布|发布|《|》|\(|\)|工作|[,。:]|^[#\d.、]+|\d{4}年.*$")
AGENCY = re.compile(
    r"(?:局|委|委员会|办|办公室|办公厅|政府|厅|院|会|中心|街道|乡|镇|处|队|所|站|公司|大学|部)$"
)
PERIOD = re.compile(r"(\d{4})年1月1日")
SUBJECT = re.compile(r"(?:^|[,。;\n])(\d{4})年")
LONGEST_TITLE, LONGEST_AGENCY = 80, 40
MOST_ROWS, MOST_CELLS = 20_000, 300  # of a document: what is longer is no annual report
FEWEST_ROWS = 5  # of table 3, below which a text is read again cell by cell


@dataclass(frozen=True, slots=True)
class Read:
    """A report as it was read, with what was found: tables and sections by number."""

    report: PublishedReport
    tables: tuple[str, ...]

    @property
    def sections(self) -> tuple[str, ...]:
        """The sections with a text."""
        return tuple(key for key in report_format.SECTIONS if self.report.sections.get(key))

    @property
    def blanks(self) -> tuple[tuple[str, str], ...]:
        """The cells of table 3 without a number, as (row, column), of rows that have one."""
        found = []
        for row, columns in self.report.table3.items():
            if any(cell is not None for cell in columns.values()):
                found += [(row, column) for column in COLUMNS if columns.get(column) is None]
        return tuple(found)

    @property
    def missing(self) -> tuple[str, ...]:
        """The rows of the form that were not found at all."""
        table = self.report.table3
        seen = {row for row, columns in table.items() if any(c is not None for c in columns.values())}
        whole = seen | {leaf for group in seen & set(GROUPS) for leaf in GROUPS[group]}
        return tuple(row for row in ROWS if row not in whole)


def build(pieces: Iterable[Piece], *, aligned: bool, name: str = "") -> Read:
    """Return the report of a document; raise UnreadableReportError where it holds no table 3.

    aligned: the cells of its tables stand in true columns. name: of the file, for a year not said.
    """
    parts = list(pieces)
    tables, sections = Tables(), {key: [""] for key in ("0", *report_format.SECTIONS)}
    now = "0"
    for part in parts[:MOST_ROWS]:
        rows: Grid = [[part]] if isinstance(part, str) else part
        tables.places.clear()
        for row in rows[:MOST_ROWS]:
            now = _take(
                row[:MOST_CELLS], tables, sections, now, aligned=aligned and not isinstance(part, str)
            )
    if len(tables.cells.table3) < FEWEST_ROWS:
        _again(parts, tables)
    if "3" not in tables.found:
        raise UnreadableReportError(
            "没有找到表三“收到和处理政府信息公开申请情况”：请确认文件是政府信息公开工作年度报告，表格没有做成图片。"
        )
    texts = {key: "\n".join(lines).strip() for key, lines in sections.items()}
    return Read(_report(texts, tables, name), tuple(sorted(tables.found)))


def _take(row: Row, tables: Tables, sections: dict[str, list[str]], now: str, *, aligned: bool) -> str:
    """Put a row into its table or its words into their section; return the section it leads to."""
    texts = [cell for cell in row if cell and cell.strip()]
    if len(row) > 1 and tables.feed(row, aligned=aligned):
        return now
    for text in texts:
        for line in text.split("\n"):
            head = report_label.section_of(line) if len(texts) == 1 else None
            now, words = head if head else (now, line)
            if not is_number(words):
                sections[now].append(words)
    return now


def _again(parts: list[Piece], tables: Tables) -> None:
    """Read a text whose cells stand each on its own line: a label, then its numbers."""
    row: Row = []
    for part in parts[:MOST_ROWS]:
        for line in part.split("\n") if isinstance(part, str) else []:
            token = line.strip()
            if is_number(token):
                row.append(token)
            elif token:
                _feed_again(row, tables)
                row = [token]
    _feed_again(row, tables)


def _feed_again(row: Row, tables: Tables) -> None:
    if row and row[0] and report_label.squeezed(row[0]).startswith("行政复议"):
        tables.in_table4 = True
    if row and row[0] and report_label.squeezed(row[0]).startswith("信息内容"):
        tables.heads = []
    if len(row) > 1:
        tables.feed(row)


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
    )


def _title(text: str) -> tuple[str, str, int | None]:
    """Return the title, the agency that it names and its year."""
    lines = [line for line in map(plain, text[:LONGEST_TEXT].split("\n")) if line]
    tries = [(place, line) for place, line in enumerate(lines)]
    tries += [(place, "".join(lines[place : place + 2])) for place in range(len(lines) - 1)]
    tries += [(place, "".join(lines[place : place + 3])) for place in range(len(lines) - 2)]
    for place, line in tries:
        found = TITLE.match(line[:LONGEST_TITLE])
        if found and _fits(int(found[2])):
            agency = NOT_AGENCY.sub("", found[1]) or NOT_AGENCY.sub("", found[3])
            if not agency and place and AGENCY.search(lines[place - 1][:LONGEST_AGENCY]):
                agency = NOT_AGENCY.sub("", lines[place - 1])
            return found[0].lstrip("#"), agency, int(found[2])
    return "", "", None


def _headed(texts: dict[str, str]) -> tuple[str, int | None]:
    """Return agency and year of a workbook whose sheets each begin with them: 某局2025年度 三、收到…"""
    for text in texts.values():
        found = HEADED.match(plain(text[:LONGEST_TITLE]))
        if found and _fits(int(found[2])):
            return NOT_AGENCY.sub("", found[1]), int(found[2])
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
