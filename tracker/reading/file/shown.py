"""The text of a Word or Excel file, to be read on a page in its place. Runs in a process with limits."""

from tracker.domain.case.file import DOCX
from tracker.reading.file import wording
from tracker.reading.spreadsheet import workbook

MOST_LINES, MOST_COLUMNS = 2000, 50


def lines(content: bytes, mime: str) -> list[str]:
    """Return the lines of a file: paragraphs, or the rows of its sheets. Raises UnreadableFileError."""
    if mime == DOCX:
        text = wording.wording(wording.opened(content))
        whole = [line for line in f"{text.body}\n{text.edges}".splitlines() if line.strip()]
        return whole[:MOST_LINES]
    listed: list[str] = []
    for sheet in workbook.sheets(content):
        listed.append(f"【{sheet.name}】")
        for row in sheet.rows:
            cells = [f"{value}".strip() if value is not None else "" for value in row[:MOST_COLUMNS]]
            listed += ["\t".join(cells).rstrip()] if any(cells) else []
            if len(listed) > MOST_LINES:
                return listed
    return listed
