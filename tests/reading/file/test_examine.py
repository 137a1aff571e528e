"""What a file is by its content, and the mark of secrecy wherever it stands (保密法第31条第（三）项)."""

import io
import zlib

import pypdfium2
import pytest

from tests import case_files
from tracker.domain.case.file import BMP, DOC, DOCX, JPEG, OFD, PDF, PNG, TIFF, WEBP, XLSX
from tracker.domain.errors import UnreadableFileError
from tracker.reading import isolated
from tracker.reading.file.examine import examined

TAKEN = {
    "pdf": (case_files.pdf, PDF, 1),
    "scan": (case_files.scanned_pdf, PDF, 1),
    "png": (case_files.picture, PNG, 1),
    "jpeg": (lambda: case_files.picture("JPEG"), JPEG, 1),
    "webp": (lambda: case_files.picture("WEBP"), WEBP, 1),
    "tiff": (lambda: case_files.picture("TIFF"), TIFF, 1),
    "bmp": (lambda: case_files.picture("BMP"), BMP, 1),
    "word": (case_files.word, DOCX, 0),
    "excel": (case_files.excel, XLSX, 0),
    "ofd": (case_files.ofd, OFD, 0),
    "old word": (lambda: case_files.old("关于道路整治的通知"), DOC, 0),
}


@pytest.mark.parametrize("name", TAKEN)
def test_a_file_is_what_its_content_says(name):
    make, mime, pages = TAKEN[name]

    seen = isolated.read(examined, make())

    assert (seen.mime, seen.pages, seen.mark) == (mime, pages, "")


MARKED = {
    "text of a PDF": lambda: case_files.pdf("机密★10年\n关于某事的通知"),
    "last page of a PDF": lambda: case_files.pdf("通知\n" * 80 + "绝密★启用前"),
    "head of the pages of a PDF": lambda: case_files.pdf(more="@page{@top-right{content:'秘密 ★ 1年'}}"),
    "title of a PDF": lambda: case_files.pdf("<title>机密★5年</title>通知"),
    "text of Word": lambda: case_files.word("秘 密★5 年\n通知"),
    "first line of Word, alone": lambda: case_files.word("机密\n关于某事的通知"),
    "header of Word": lambda: case_files.word(header="机密"),
    "cell of Word": lambda: case_files.word(cell="机密★长期"),
    "cell of Excel": lambda: case_files.excel("绝密★"),
    "header of Excel": lambda: case_files.excel(header='&R&"宋体,加粗"&12机密★10年'),
    "sheet's name": lambda: case_files.excel(sheet="机密★名单"),
    "text of an OFD": lambda: case_files.ofd("机密★20年"),
    "text of old Word": lambda: case_files.old("机密★20年"),
    "field of a form": lambda: case_files.word("通知\n一\n二\n三\n四\n五\n六\n七\n密级：机密\n"),
    "Word in Word": lambda: case_files.with_part(
        case_files.word(), "word/embeddings/a.docx", case_files.word("机密★10年")
    ),
    "note of a picture": lambda: case_files.picture("JPEG", comment="秘密★3年".encode()),
}


@pytest.mark.parametrize("where", MARKED)
def test_a_mark_of_secrecy_is_seen_wherever_it_stands(where):
    assert isolated.read(examined, MARKED[where]()).mark in ("绝密", "机密", "秘密")


def test_a_mark_in_an_annotation_of_a_pdf_is_seen():
    document = pypdfium2.PdfDocument(case_files.pdf())
    raw = pypdfium2.raw
    note = raw.FPDFPage_CreateAnnot(document[0], raw.FPDF_ANNOT_TEXT)
    text = ("机密★10年\x00").encode("utf-16-le")
    raw.FPDFAnnot_SetStringValue(
        note, b"Contents", (raw.FPDF_WCHAR * (len(text) // 2)).from_buffer_copy(text)
    )
    raw.FPDFPage_CloseAnnot(note)
    into = io.BytesIO()
    document.save(into)

    assert isolated.read(examined, into.getvalue()).mark == "机密"


@pytest.mark.parametrize(
    "text",
    [
        "特急\n通知",
        "加急",
        "涉及商业秘密的内容",
        "商业秘密★",
        "不属于国家秘密",
        "密级：□绝密 □机密 □秘密",
        "保密期限",
    ],
)
def test_urgency_a_commercial_secret_and_an_empty_form_are_no_marks(text):
    assert isolated.read(examined, case_files.word(text)).mark == ""


REFUSED = {
    "空": lambda: b"",
    "文件是空的": lambda: b" \r\n\x00",
    "不能检查密级标志": lambda: _locked_pdf(b"00" * 32),
    "宏": lambda: case_files.with_part(case_files.word(), "word/vbaProject.bin", b"x"),
    "含有宏": lambda: case_files.old("通知", "_VBA_PROJECT"),
    "有密码": lambda: case_files.old("通知", locked=True),
    "去掉密码": lambda: case_files.old("通知", "EncryptedPackage"),
    "压缩包": lambda: case_files.package(a_dot_txt="x"),
    "解开后太大": lambda: case_files.with_part(case_files.word(), "word/media/a.bin", b"\x00" * 210_000_000),
    "解开后超过": lambda: case_files.with_part(case_files.word(), "word/a.xml", b" " * 60_000_000),
    "夹带": lambda: case_files.picture() + case_files.package(a_dot_txt="x"),
    "夹带着另一个": lambda: case_files.picture("JPEG", comment=b"%PDF-1.7 x"),
    "既是图片或者 PDF": lambda: case_files.pdf() + case_files.package(a_dot_txt="x"),
    "结尾后面": lambda: case_files.pdf() + b"<script>" * 500,
    "图片太大": lambda: _sized(60_000),
    "已损坏": lambda: case_files.picture()[:200],
    "不能打开": lambda: b"%PDF-1.7 nothing of one",
    "重新扫描": lambda: b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00" * 30,
    "程序文件": lambda: b"MZ" + b"\x00" * 200,
    "RTF": lambda: b"{\\rtf1 x}",
    "按内容检查": lambda: b"<html><script>alert(1)</script></html>",
    "XML 声明": lambda: case_files.with_part(case_files.word(), "word/x.xml", b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>"),
}  # fmt: skip


def _sized(side: int) -> bytes:
    """Return a PNG whose head, and nothing else, says that it is so large."""
    whole = bytearray(case_files.picture())
    whole[16:24] = side.to_bytes(4, "big") * 2
    whole[29:33] = zlib.crc32(whole[12:29]).to_bytes(4, "big")
    return bytes(whole)


def _locked_pdf(owner: bytes) -> bytes:
    """Return a PDF whose dictionary of security no password opens."""
    whole = case_files.pdf()
    lock = b"/Encrypt << /Filter /Standard /V 1 /R 2 /O <%s> /U <%s> /P -44 >> /ID [<00> <00>] " % (
        b"00" * 32,
        b"00" * 32,
    )
    place = whole.rfind(b"/Root")
    return whole[:place] + lock + whole[place:]


@pytest.mark.parametrize("why", REFUSED)
def test_what_cannot_be_looked_through_is_refused_with_what_to_do(why):
    with pytest.raises(UnreadableFileError, match=why):
        isolated.read(examined, REFUSED[why]())


def test_what_the_program_could_not_see_is_told():
    scan = isolated.read(examined, case_files.scanned_pdf())
    moving = isolated.read(examined, case_files.picture("JPEG") + b"\x00\x01" * 4000)
    old = isolated.read(examined, case_files.old("通知"))

    assert "扫描件" in "".join(scan.told)
    assert "不显示的数据" in "".join(moving.told)
    assert "旧格式" in "".join(old.told)


def test_an_attachment_of_a_pdf_is_told_and_looked_through():
    document = pypdfium2.PdfDocument(case_files.pdf())
    document.new_attachment("表.xlsx").set_data(case_files.excel())
    plain = io.BytesIO()
    document.save(plain)
    document.new_attachment("内部.docx").set_data(case_files.word("机密★10年"))
    marked = io.BytesIO()
    document.save(marked)

    assert "PDF 带有附件。" in isolated.read(examined, plain.getvalue()).told
    assert isolated.read(examined, marked.getvalue()).mark == "机密"
