"""A report as people pass it on: copied out of a PDF, a page, a workbook, a mail; and what breaks in it."""

import re
import zipfile
from collections.abc import Callable
from copy import deepcopy
from io import BytesIO

import openpyxl
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from tests.report_forms import as_docx, as_html, as_text, as_xlsx, figures, table2, table3, table4, title

SENTENCE = "2023年本机关收到政府信息公开申请{new}件，上年结转{carried}件；结转下年度继续办理{out}件。"


def sound(**more: object) -> dict:
    """Return a whole report whose figures and text agree."""
    given = deepcopy({**figures("jinhu_county_2023"), "known_breaks": [], **more})
    given["table4"]["direct_litigation"]["total"] = 3
    table = given["table3"]
    text = SENTENCE.format(new=table["1"]["total"], carried=table["2"]["total"], out=table["4"]["total"])
    return {**given, "sections": {"1": text}}


def _more(report: dict, table: str, row: str, column: str) -> dict:
    report[table][row] = {**report[table][row], column: report[table][row][column] + 1}
    return report


BREAKS: dict[str, Callable[[dict], dict]] = {
    "row_sum": lambda report: _more(report, "table3", "3.1", "natural_person"),
    "col_balance": lambda report: _more(report, "table3", "1", "total"),
    "result_sum": lambda report: _more(report, "table3", "3.7", "total"),
    "table4_sum": lambda report: _more(report, "table4", "reconsideration", "total"),
    "section1_vs_table": lambda report: {
        **report,
        "sections": {"1": report["sections"]["1"].replace("收到政府信息公开申请", "收到政府信息公开申请9")},
    },
}


def _lines(report: dict, join: Callable[[list[str]], str]) -> str:
    lines = [title(report), "一、总体情况", report["sections"]["1"]]
    for heading, table in (
        ("二、主动公开政府信息情况", table2(report)),
        ("三、收到和处理政府信息公开申请情况", table3(report)),
        ("四、政府信息公开行政复议、行政诉讼情况", table4(report)),
    ):
        lines += [heading, *(join([words for words, _, _ in row]) for row in table)]
    return "\n".join(
        [*lines, "五、存在的主要问题及改进情况", "时效有待提高。", "六、其他需要报告的事项", "无收费。"]
    )


def by(sign: str) -> Callable[[dict], bytes]:
    return lambda report: _lines(report, sign.join).encode()


def broken_labels(report: dict) -> bytes:
    """Break every long label over three lines, its figures between the first and the second."""
    made = []
    for line in _lines(report, "   ".join).split("\n"):
        row = re.fullmatch(r"(.*[^\d\s.].{14,}?)((?:\s+\d+){7})", line)
        if row:
            words = row[1].strip()
            made += [words[:12], row[2], words[12:]]
        else:
            made.append(line)
    return "\n".join(made).encode()


def label_above(report: dict) -> bytes:
    text = _lines(report, "   ".join)
    return re.sub(
        r"(?m)^(.*\D)((?:\s+\d+){7,15})$", lambda m: f"{m[1].strip()}\n{m[2].strip()}", text
    ).encode()


def glued_to_label(report: dict) -> bytes:
    text = _lines(report, " ".join)
    return re.sub(r"(?m)^(.*[\u4e00-\u9fff）]) (\d+(?: \d+)*)$", r"\1\2", text).encode()


def with_page_numbers(report: dict) -> bytes:
    lines = _lines(report, "  ".join).split("\n")
    lines.insert(30, "— 3 —")
    lines.insert(20, "2")
    return "\n".join(lines).encode()


def one_by_one(report: dict) -> bytes:
    return _lines(report, "\n".join).encode()


def wrapped(report: dict) -> bytes:
    """Break the sentences at twenty characters, as a narrow page does."""
    text = report["sections"]["1"]
    narrow = "\n".join(text[start : start + 20] for start in range(0, len(text), 20))
    return _lines(report, "\t".join).replace(text, narrow).encode()


def bars(report: dict) -> bytes:
    return _lines(report, lambda cells: f"| {' | '.join(cells)} |").encode()


def page_of_text(report: dict) -> bytes:
    inner = _lines(report, "\t".join)
    return f"<!DOCTYPE html><html><body><pre>{inner}</pre></body></html>".encode()


def page_of_paragraphs(report: dict) -> bytes:
    lines = "".join(f"<p>{line}</p>" for line in _lines(report, " ".join).split("\n"))
    return f"<!DOCTYPE html><html><body>{lines}</body></html>".encode()


def hidden_in_page(report: dict) -> bytes:
    page = as_html(report).decode("gb18030")
    ghost = '<span style="display:none">7</span><span hidden>8</span><!-- 9 -->'
    ghost += '<i style="color:red; text-decoration: line-through red">6</i>'
    return page.replace("&nbsp;", f"{ghost}&nbsp;").encode("gb18030")


def hidden_by_style(report: dict) -> bytes:
    """Put figures into the page that only its own style sheet hides, and rows that are not shown."""
    page = as_html(report).decode("gb18030")
    sheet = "<style>/* .x{} */ @media print{td{display:none}} .ghost, p.old{color:red;display : none}</style>"
    page = page.replace("<head>", f"<head>{sheet}").replace("&nbsp;", '<b class="a ghost">7</b>&nbsp;')
    row = '<tr style="visibility:collapse"><td>（一）予以公开</td>' + "<td>7</td>" * 7 + "</tr>"
    unseen = '<td style="display:none">7</td>'
    return page.replace("</tr>", f"{unseen}</tr>{row}").encode("gb18030")


def without_width(report: dict) -> bytes:
    """Put signs without width around every figure, as editors of pages do."""
    return as_html(report).decode("gb18030").replace("&nbsp;", "\u200b\ufeff&nbsp;").encode("gb18030")


def cut_anywhere(report: dict) -> bytes:
    """Break every label after each seventh sign, its figures in the middle."""
    made = []
    for line in _lines(report, " ".join).split("\n"):
        row = re.fullmatch(r"(\D.{13,}?[^\d\s.])((?: \d+){7})", line)
        made += [row[1][:7], row[1][7:14] + row[2], row[1][14:]] if row else [line]
    return "\n".join(made).encode()


def wide_digits(report: dict) -> bytes:
    made = str.maketrans("0123456789", "０１２３４５６７８９")
    return as_text(report).decode().translate(made).encode()


def of_gb18030(report: dict) -> bytes:
    return as_text(report).decode().encode("gb18030")


def with_units(report: dict) -> bytes:
    return re.sub(r"(?m)\t(\d+)(?=\t|$)", r"\t\1件", as_text(report).decode()).encode()


def raised_notes(report: dict) -> bytes:
    """Put the number of a note behind every figure of the page, raised, circled or as a sign of its own."""
    page, marks = as_html(report).decode("gb18030"), ["<sup>1</sup>", "①", "²", "<sup>[2]</sup>"]
    return re.sub(r"(?<=<p>)(\d+)(?=&nbsp;)", lambda m: f"{m[1]}{marks[m.start() % 4]}", page).encode(
        "gb18030"
    )


def raised_in_word(report: dict) -> bytes:
    """Put raised numbers of notes and changes that wait to be accepted into the cells of a document."""
    note = '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>1</w:t></w:r>'
    gone = '<w:del w:id="7" w:author="a"><w:r><w:delText>9</w:delText></w:r></w:del>'
    stream = BytesIO()
    with zipfile.ZipFile(BytesIO(as_docx(report))) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "word/document.xml":
                part = re.sub(rb"(<w:t>\d+</w:t></w:r>)(?=</w:p>)", rb"\1" + f"{note}{gone}".encode(), part)
            new.writestr(name, part)
    return stream.getvalue()


def page_in_page(report: dict) -> bytes:
    """Paste the beginning of the report, itself a whole page, into a page that goes on behind it."""
    page = as_html(report).decode("gb18030")
    at = page.index("<table><tbody>", page.index("表") if "表" in page else 0)
    return f"{page[:at]}</body></html><!DOCTYPE html><html><head><title>x</title></head><body>{page[at:]}".encode(
        "gb18030"
    )


def with_rules(report: dict) -> bytes:
    """Draw the line of Markdown under the headings of each table."""
    made = []
    for line in bars(report).decode().split("\n"):
        made.append(line)
        if "信息内容" in line or "商业企业" in line or line.count("结果维持") == 2:
            made.append("|" + " :---: |" * line.count("|"))
    return "\n".join(made).encode()


def end_of_label_alone(report: dict) -> bytes:
    """Break every label so that nothing but its last sign stands before the figures."""
    text = _lines(report, " ".join)
    return re.sub(r"(?m)^(.*\D{5})([）\u4e00-\u9fff])((?: \d+){7})$", r"\1\n\2\3", text).encode()


def sheet_each(report: dict) -> bytes:
    """Return a workbook with a sheet for each table, headings in rows of their own."""
    book, stream = openpyxl.Workbook(), BytesIO()
    for part in re.split(r"(?m)^(?=[二三四五]、[主收政存])", _lines(report, "\t".join)):
        sheet = book.create_sheet()
        for line in part.split("\n"):
            words = [int(cell) if cell.isdecimal() else cell for cell in line.split("\t")]
            if len(words) == 10 and str(words[1]).startswith("（"):
                sheet.append([words[1]])
            sheet.append(words[-8:] if len(words) in (9, 10) else words)
    book.remove(book.worksheets[0])
    book.save(stream)
    return stream.getvalue()


def raised_in_workbook(report: dict) -> bytes:
    """Put a struck-out figure before every figure of a workbook, and the raised number of a note behind it."""
    book, stream = openpyxl.load_workbook(BytesIO(as_xlsx(report))), BytesIO()
    gone, note = InlineFont(strike=True), InlineFont(vertAlign="superscript")
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is not None and str(cell.value).isdecimal():
                    cell.value = CellRichText(TextBlock(gone, "9"), str(cell.value), TextBlock(note, "1"))
    book.save(stream)
    return stream.getvalue()


def total_first(report: dict) -> bytes:
    """Put the column of totals before the others."""
    made = []
    for line in _lines(report, "\t".join).split("\n"):
        cells = line.split("\t")
        row = len(cells) > 7 and all(cell.isdecimal() for cell in cells[-7:]) and len(cells) < 15
        heads = "商业企业" in cells
        if heads:
            cells = ["", "总计", "自然人", *cells]
        made.append("\t".join([*cells[-8:-7], cells[-1], *cells[-7:-1]] if row else cells))
    inner = "".join(
        f"<tr>{''.join(f'<td>{cell}</td>' for cell in line.split(chr(9)))}</tr>"
        if "\t" in line
        else f"</table><p>{line}</p><table>"
        for line in made
    )
    return f"<html><head><meta charset='utf-8'></head><body><table>{inner}</table></body></html>".encode()


LAYOUTS: dict[str, Callable[[dict], bytes]] = {
    "tabs": as_text, "page": as_html, "word": as_docx, "excel": as_xlsx, "blanks": by("  "), "one blank": by(" "),
    "commas": by(","), "bars": bars, "labels broken": broken_labels, "label above": label_above,
    "glued to the label": glued_to_label, "page numbers": with_page_numbers, "cell by cell": one_by_one,
    "sentences wrapped": wrapped, "page of text": page_of_text, "page of paragraphs": page_of_paragraphs,
    "hidden by a style sheet": hidden_by_style, "signs without width": without_width, "labels cut anywhere": cut_anywhere,
    "hidden in the page": hidden_in_page, "full width": wide_digits, "GB 18030": of_gb18030, "units": with_units,
    "raised notes": raised_notes, "raised in Word": raised_in_word, "page in a page": page_in_page, "Markdown": with_rules,
    "end of the label alone": end_of_label_alone, "a sheet each": sheet_each, "raised in a workbook": raised_in_workbook, "total first": total_first,
}  # fmt: skip
