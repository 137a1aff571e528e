"""Workbooks as a person makes them, for the tests of everything that reads one."""

from collections.abc import Callable
from io import BytesIO

import openpyxl


def file_of(*sheets: tuple[str, list], change: Callable = lambda book: None) -> bytes:
    """Return a workbook of sheets: a name and rows each; change: what is done to it before it is saved."""
    book, stream = openpyxl.Workbook(), BytesIO()
    book.remove(book.active)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    change(book)
    book.save(stream)
    return stream.getvalue()
