"""The papers of a bundle as one PDF: in their order, each page numbered, what cannot be taken named."""

from io import BytesIO

import pypdfium2
import pytest
import weasyprint
from PIL import Image

from tracker.domain.register.exhibit import LETTER, Exhibit
from tracker.rendering.bundle import page, sheet


def written(*texts: str) -> bytes:
    paragraphs = "".join(f"<p style='break-after:page'>{text}</p>" for text in texts[:-1])
    return weasyprint.HTML(string=f"{paragraphs}<p>{texts[-1]}</p>").write_pdf()


def image(kind: str) -> bytes:
    out = BytesIO()
    Image.new("RGBA" if kind == "PNG" else "RGB", (900, 300), "red").save(out, kind)
    return out.getvalue()


def texts(content: bytes) -> list[str]:
    return ["".join(one.get_textpage().get_text_range().split()) for one in pypdfium2.PdfDocument(content)]


def test_papers_stand_in_their_order_and_each_page_has_its_number():
    sheets = sheet.together([("pdf", written("one", "two")), ("pdf", written("three"))])

    assert texts(sheets.pdf) == ["one1/3", "two2/3", "three3/3"]
    assert (sheets.pages, sheets.refused) == ([(1, 2), (3, 3)], [])


@pytest.mark.parametrize(("ending", "kind"), [("jpg", "JPEG"), ("png", "PNG"), ("webp", "WEBP")])
def test_a_photograph_is_a_page_of_its_own_inside_the_margins(ending, kind):
    sheets = sheet.together([(ending, image(kind))])
    (shown,) = pypdfium2.PdfDocument(sheets.pdf)
    picture = shown.render(scale=0.5).to_pil().convert("RGB")

    assert sheets.refused == []
    assert picture.getpixel((picture.width // 2, picture.height // 2))[0] > 200
    assert picture.getpixel((picture.width // 2, picture.height // 2))[1] < 60
    assert picture.getpixel((3, picture.height // 2)) == (255, 255, 255)


@pytest.mark.parametrize("damaged", [b"", b"%PDF-1.4 nothing", b"\x89PNG nothing"])
def test_what_no_program_opens_is_named_and_leaves_no_page(damaged):
    for ending in ("pdf", "png", "docx"):
        sheets = sheet.together([("pdf", written("one")), (ending, damaged), ("pdf", written("two"))])

        assert texts(sheets.pdf) == ["one1/2", "two2/2"]
        assert sheets.refused == [1]


def test_the_list_escapes_what_names_hold_and_states_pages_and_hashes():
    paper = Exhibit(LETTER, "<b>告知书</b>", "docx", b"x", "ab" * 32, "2026-03-02")
    listed = page.catalogue("证据目录", ["某案"], [paper, paper], [(1, 3), (4, 4)], [1])

    assert "<b>告知书" not in listed
    for part in (
        "&lt;b&gt;告知书&lt;/b&gt;（2026-03-02）",
        "<td>1—3</td>",
        "<td>4</td>",
        "ab" * 32,
        "（原件另附）",
        "共2份，4页",
    ):
        assert part in listed
