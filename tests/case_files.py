"""Files such as people send: PDF, pictures, Word, Excel, OFD, old formats; whole, odd and damaged."""

import struct
import zipfile
from functools import cache
from io import BytesIO

import docx
import pypdfium2
import xlsxwriter
from PIL import Image, ImageDraw
from weasyprint import HTML

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


@cache
def pdf(text: str = "关于道路整治的通知", more: str = "", **options) -> bytes:
    """Return a PDF with a text layer. more: its style."""
    body = "".join(f"<p>{line}</p>" for line in text.split("\n"))
    return HTML(string=f"<style>{more}</style><body>{body}</body>").write_pdf(**options)


def picture(kind: str = "PNG", text: str = "scan", size: tuple[int, int] = (400, 300), **options) -> bytes:
    image = Image.new("RGB", size, "white")
    ImageDraw.Draw(image).text((20, 20), text, fill="black")
    into = BytesIO()
    image.save(into, kind, **options)
    return into.getvalue()


def letter_picture(text: str, kind: str = "JPEG", tilt: float = 0) -> bytes:
    """Return a photograph of a letter: its text as pixels, in the serif letters of this machine."""
    page = "@page { size: A4; margin: 2cm } p { font: 12pt/2 'Noto Serif CJK SC', serif; margin: 0 }"
    with pypdfium2.PdfDocument(pdf(text, page)) as document:
        seen = document[0].render(scale=2).to_pil().convert("RGB")
    into = BytesIO()
    seen.rotate(tilt, fillcolor="white", expand=True).save(into, kind, quality=70)
    return into.getvalue()


def scanned_pdf(text: str = "scan") -> bytes:
    """Return a PDF that is a picture."""
    into = BytesIO()
    Image.open(BytesIO(picture(text=text, size=(1240, 1754)))).save(into, "PDF", resolution=150)
    return into.getvalue()


def word(text: str = "关于道路整治的通知", *, header: str = "", cell: str = "") -> bytes:
    document = docx.Document()
    for line in text.split("\n"):
        document.add_paragraph(line)
    if header:
        document.sections[0].header.paragraphs[0].text = header
    if cell:
        document.add_table(1, 1).cell(0, 0).text = cell
    into = BytesIO()
    document.save(into)
    return into.getvalue()


def excel(text: str = "项目", *, header: str = "", sheet: str = "表1") -> bytes:
    into = BytesIO()
    book = xlsxwriter.Workbook(into)
    page = book.add_worksheet(sheet)
    page.write(0, 0, text)
    page.write(1, 1, 3.5)
    if header:
        page.set_header(header)
    book.close()
    return into.getvalue()


def package(**parts: bytes | str) -> bytes:
    """Return a zip with parts: __ in a name stands for / and _dot_ for a full stop."""
    into = BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return into.getvalue()


def ofd(text: str = "关于道路整治的通知") -> bytes:
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    page = f"<ofd:Page {space}><ofd:TextCode>{text}</ofd:TextCode></ofd:Page>"
    return package(OFD_dot_xml=f"<ofd:OFD {space}/>", Doc_0__Pages__Page_0__Content_dot_xml=page)


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    """Return a package with one more part."""
    into = BytesIO(content)
    with zipfile.ZipFile(into, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, part)
    return into.getvalue()


def old(text: str, *streams: str, locked: bool = False) -> bytes:
    """Return what an old Word document begins with: the names of its streams, its head, its text in UTF-16."""
    names = b"".join(name.encode("utf-16-le").ljust(128, b"\x00") for name in ("WordDocument", *streams))
    head = struct.pack("<HHHHHH", 0xA5EC, 0xC1, 0, 0, 0, 0x100 if locked else 0)
    sectors = [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", head, text.encode("utf-16-le"), names]
    return (
        b"".join(sector.ljust(-(-len(sector) // 512) * 512, b"\x00") for sector in sectors) + b"\x00" * 1024
    )
