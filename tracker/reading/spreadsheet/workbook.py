"""Read the sheets of a file: .xlsx, .xlsm, .xls, .et, .ods, .csv, .tsv.

What a file is, is told by its content and not by its name. Runs in a process with limits (isolated.py).
"""

import re
import zipfile
from io import BytesIO

import python_calamine as calamine

from tracker.domain.errors import UnreadableFileError
from tracker.domain.message import worded
from tracker.reading.spreadsheet import biff, delimited, grid, ods, xlsx
from tracker.reading.spreadsheet.grid import PASSWORD, Fault, Merge, Sheet

OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .xls, .et, and packages with a password
BROKEN = "文件已损坏，不能打开：请用 Excel 或 WPS 打开后另存一份（.xlsx）再导入。"
NONE = "这不是电子表格：请提供 .xlsx、.xlsm、.xls、.et、.ods、.csv 或 .tsv 文件。"
BINARY = "这是二进制工作簿（.xlsb）：请用 Excel 或 WPS 打开，另存为 .xlsx 再导入。"
OTHERS = (
    (b"%PDF", worded("这是 PDF，不是电子表格：请导入原来的表格文件。")),
    (b"{\\rtf", worded("这是 RTF 文档，不是电子表格：请把表格另存为 .xlsx 再导入。")),
    (b"\xff\xd8\xff", worded("这是图片，不是电子表格。")),
    (b"\x89PNG", worded("这是图片，不是电子表格。")),
    (b"Rar!", worded("这是压缩包：请先解压，再导入其中的表格。")),
    (b"7z\xbc\xaf", worded("这是压缩包：请先解压，再导入其中的表格。")),
)
OLD_PARTS = (("EncryptedPackage", PASSWORD), ("WordDocument", NONE), ("PowerPoint Document", NONE))
PAGE = re.compile(rb"<(?:!doctype\s+html|html|table|meta|\?xml|workbook)\b|<\?xml", re.IGNORECASE)
FIRST = 2048  # bytes in which a page or an XML file shows what it is
ERROR = re.compile(r"#(N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!|FIELD!|GETTING_DATA)")
KINDS = (
    (calamine.SheetTypeEnum.ChartSheet, "图表"),
    (calamine.SheetTypeEnum.MacroSheet, "宏表"),
    (calamine.SheetTypeEnum.DialogSheet, "对话框"),
    (calamine.SheetTypeEnum.Vba, "宏"),
)


def sheets(content: bytes) -> list[Sheet]:
    """Return the sheets of a file with merged cells filled down.

    Raises UnreadableFileError with what the file is, or what is wrong with it, and what to do.
    """
    read = _sheets(content)
    for sheet in read:
        grid.fill_down(sheet)
        _find_faults(sheet)
    return read


def _sheets(content: bytes) -> list[Sheet]:
    if not content.strip(b"\x00 \t\r\n"):
        raise UnreadableFileError("文件是空的。")
    for mark, message in OTHERS:
        if content.startswith(mark):
            raise UnreadableFileError(message)
    if content.startswith(b"PK"):
        return _package(content)
    if content.startswith(OLD):
        return _old(content)
    if PAGE.search(content[:FIRST].lstrip(b"\xef\xbb\xbf")):
        raise UnreadableFileError(
            "这是网页或 XML 格式的表格（扩展名可能是 .xls）：请用 Excel 或 WPS 打开，另存为 .xlsx 再导入。"
        )
    return [delimited.sheet(content)]


def _old(content: bytes) -> list[Sheet]:
    for part, message in OLD_PARTS:
        if part.encode("utf-16-le") in content:
            raise UnreadableFileError(message)
    if biff.is_locked(content):
        raise UnreadableFileError(PASSWORD)
    read = _by_calamine(content)
    marks = biff.marks(content, [sheet.name for sheet in read])
    for sheet in read:
        xlsx.mark(sheet, marks)
    return read


def _package(content: bytes) -> list[Sheet]:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = set(archive.namelist())
            if ods.CONTENT in names and "xl/workbook.xml" not in names:
                return ods.sheets(archive)
            if "xl/workbook.bin" in names:
                raise UnreadableFileError(BINARY)
            if "xl/workbook.xml" not in names:
                raise UnreadableFileError(NONE)
            marks = xlsx.marks(archive)
    except (zipfile.BadZipFile, KeyError, EOFError, OSError, NotImplementedError) as error:
        raise UnreadableFileError(BROKEN) from error
    except RuntimeError as error:  # how zipfile says that a part is encrypted
        raise UnreadableFileError(PASSWORD) from error
    read = _by_calamine(content)
    for sheet in read:
        xlsx.mark(sheet, marks)
    return read


def _by_calamine(content: bytes) -> list[Sheet]:
    try:
        with calamine.CalamineWorkbook.from_filelike(BytesIO(content)) as book:
            return [_sheet(book, one) for one in book.sheets_metadata]
    except calamine.PasswordError as error:
        raise UnreadableFileError(PASSWORD) from error
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise UnreadableFileError(BROKEN) from error


def _sheet(book: calamine.CalamineWorkbook, about: calamine.SheetMetadata) -> Sheet:
    read = Sheet(
        about.name,
        hidden=about.visible != calamine.SheetVisibleEnum.Visible,
        kind=next((why for kind, why in KINDS if about.typ == kind), ""),
    )
    if read.kind:
        return read
    sheet = book.get_sheet_by_name(about.name)
    if sheet.start is None:
        return read
    top, left = sheet.start
    grid.check_size(about.name, top + sheet.height, left + sheet.width)
    ahead = [None] * left
    read.rows = [[] for _ in range(top)]
    read.rows += [[*ahead, *(None if cell == "" else cell for cell in row)] for row in sheet.iter_rows()]
    read.merges = grid.merges_of(
        about.name,
        (Merge(*first, *last) for first, last in sheet.merged_cell_ranges or ()),
    )
    return read


def _find_faults(sheet: Sheet) -> None:
    """Name the cells that hold an error as text, and those with more text than a cell can have."""
    for at, row in enumerate(sheet.rows):
        for place, cell in enumerate(row):
            if not isinstance(cell, str):
                continue
            if len(cell) > grid.LONGEST_CELL:
                sheet.faults[at, place] = (Fault.TOO_LONG, cell[:50])
            elif cell.startswith("#") and ERROR.fullmatch(cell.strip()):
                sheet.faults[at, place] = (Fault.ERROR, cell.strip())
            else:
                continue
            row[place] = None
