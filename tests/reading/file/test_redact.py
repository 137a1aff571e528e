"""What lies under a box comes back in no way (第37条): the same ways give it back from the source."""

import io
import re
import zlib
from collections.abc import Callable, Iterator

import pypdf
import pypdfium2
import pytest
from PIL import Image, ImageChops

from tests import case_files
from tests.hiding_pdf import EARLIER, NAME, PLAIN, SECRET, hiding_pdf
from tracker.domain.case.file import JPEG, PDF, TIFF
from tracker.domain.errors import UnreadableFileError
from tracker.reading import isolated
from tracker.reading.file import place, redact

CODINGS = ("utf-8", "utf-16-be", "utf-16-le", "gb18030")
SCALE = 0.6  # at which the shapes of signs are looked for
UNLIKE, FEW = 110, 0.05  # a pixel that differs; the share of them that a found shape may have


@pytest.fixture(scope="module")
def before() -> bytes:
    return hiding_pdf()


@pytest.fixture(scope="module")
def places(before) -> list[redact.Place]:
    """Return a box over each line but the one that is given, and one over the annotation."""
    boxes = [edges for text, edges in lines(before) if PLAIN not in text]
    return [around(before, edges) for edges in [*boxes, (55, 55, 305, 95)]]


@pytest.fixture(scope="module")
def after(before, places) -> bytes:
    return isolated.read(redact.redacted, before, PDF, places)


def lines(content: bytes) -> list[tuple[str, tuple[float, float, float, float]]]:
    """Return the text and the edges, in points, of each line of the first page."""
    with pypdfium2.PdfDocument(content) as document:
        reading = document[0].get_textpage()
        edges = [reading.get_rect(at) for at in range(reading.count_rects())]
        return [(reading.get_text_bounded(*each), each) for each in edges]


def around(content: bytes, edges: tuple[float, float, float, float]) -> redact.Place:
    left, bottom, right, top = edges
    with pypdfium2.PdfDocument(content) as document:
        width, height = document[0].get_size()
    across = [round(x / width * 10_000) for x in (left - 4, right + 4)]
    down = [round((height - y) / height * 10_000) for y in (top + 4, bottom - 4)]
    return (1, across[0], down[0], across[1], down[1])


# -- ways to get it back ------------------------------------------------------------------------------

WAYS: dict[str, Callable[[bytes], str]] = {}


def way(sentence: str):
    def mark(act):
        WAYS[sentence] = act
        return act

    return mark


def read(content: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(content))


@way("select all and copy")
def _(content):
    with pypdfium2.PdfDocument(content) as document:
        return document[0].get_textpage().get_text_range()


@way("the text as another reader gives it")
def _(content):
    return "".join(page.extract_text() for page in read(content).pages)


@way("every earlier version of the file")
def _(content):
    ends = [match.end() for match in re.finditer(b"%%EOF", content)][:-1]
    return "".join(page.extract_text() for end in ends for page in read(content[:end]).pages)


@way("the thumbnails of its pages")
def _(content):
    return SECRET if any("/Thumb" in page for page in read(content).pages) else ""


@way("its properties")
def _(content):
    return f"{dict(read(content).metadata or {})}{read(content).root_object.get('/Metadata', '')}"


@way("its attachments")
def _(content):
    return "".join(data.decode() for files in read(content).attachments.values() for data in files)


@way("its annotations")
def _(content):
    return "".join(f"{note.get_object()}" for page in read(content).pages for note in page.get("/Annots", ()))


@way("its layers, those that are switched off too")
def _(content):
    layers = read(content).root_object.get("/OCProperties", {}).get("/OCGs", ())
    return "".join(f"{layer.get_object()}" for layer in layers)


@way("its bookmarks")
def _(content):
    return "".join(str(item.title) for item in read(content).outline)


@way("the replacement texts of its content")
def _(content):
    return "".join(page.get_contents().get_data().decode("latin-1") for page in read(content).pages)


@way("the fonts with which its signs are read back")
def _(content):
    fonts = [
        font.get_object()
        for page in read(content).pages
        for font in page["/Resources"].get("/Font", {}).values()
    ]
    return SECRET if any("/ToUnicode" in font for font in fonts) else ""


@way("the bytes of the file and of each of its streams, in four codings")
def _(content):
    parts = [content, *streams(content)]
    coded = [word.encode(coding) for word in (SECRET, EARLIER) for coding in CODINGS]
    return SECRET if any(word in part for part in parts for word in coded) else ""


@way("the shapes of its signs among the pixels of the page")
def _(content):
    return SECRET if holds_shape(content) else ""


def streams(content: bytes) -> Iterator[bytes]:
    for start in re.finditer(rb"stream\r?\n", content):
        try:
            yield zlib.decompressobj().decompress(content[start.end() :])
        except zlib.error:
            continue


def drawn(content: bytes) -> Image.Image:
    with pypdfium2.PdfDocument(content) as document:
        return document[0].render(scale=SCALE).to_pil().convert("L")


def holds_shape(content: bytes) -> bool:
    """Return whether the picture of the number, cut out of the source, lies anywhere on the page."""
    sought, page = picture_of_number(), drawn(content)
    width, height = sought.size
    for top in range(page.height - height):
        band = page.crop((0, top, page.width, top + height))
        for left in range(page.width - width) if band.getextrema()[0] < UNLIKE else ():
            difference = ImageChops.difference(band.crop((left, 0, left + width, height)), sought)
            if sum(difference.histogram()[UNLIKE:]) < FEW * width * height:
                return True
    return False


def picture_of_number() -> Image.Image:
    source = hiding_pdf()
    left, bottom, right, top = next(edges for text, edges in lines(source) if text.strip() == SECRET)
    with pypdfium2.PdfDocument(source) as document:
        height = document[0].get_height()
    box = (left, height - top, right, height - bottom)
    return drawn(source).crop(tuple(round(edge * SCALE) for edge in box))


@pytest.mark.parametrize("how", WAYS)
def test_what_was_under_a_box_comes_back_in_no_way(before, after, how):
    back = WAYS[how](after)

    assert any(word in WAYS[how](before) for word in (SECRET, EARLIER)), "nothing even in the source"
    assert [word for word in (SECRET, EARLIER, NAME) if word in back] == []


def test_a_page_made_anew_without_boxes_still_has_the_shapes_of_its_signs(before):
    """So that the way above looks at what it should."""
    assert holds_shape(isolated.read(redact.redacted, before, PDF, []))


def test_no_image_of_the_copy_holds_more_than_the_page_shows(after):
    (page,) = read(after).pages
    (image,) = page.images

    assert image.image.size == (1654, 2339)
    assert "/SMask" not in image.indirect_reference.get_object()
    assert image.image.getcolors(256) is not None


# -- the proof ------------------------------------------------------------------------------------------


def faults(source: bytes, made: bytes, boxes, mime: str = PDF) -> list[str]:
    return isolated.read(redact.faults, source, mime, made, boxes)


def test_a_copy_is_proved_against_its_source(before, after, places):
    assert faults(before, after, places) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda before, after: before, "不只是一幅图像"),
        (lambda before, after: case_files.pdf("x\n" * 90), "页数与原文件不同"),
        (lambda before, after: after + b"\n1 0 obj<</Annots[]>>endobj", "/Annots"),
        (lambda before, after: after + SECRET.encode(), "还在文件的字节里"),
        (lambda before, after: _attached(after), "附件"),
    ],
)
def test_a_copy_with_more_than_its_pixels_is_no_proof(before, after, places, change, fault):
    assert fault in "".join(faults(before, change(before, after), places))


def _attached(content: bytes) -> bytes:
    with pypdfium2.PdfDocument(content) as document:
        document.new_attachment("a.txt").set_data(b"x")
        into = io.BytesIO()
        document.save(into)
    return into.getvalue()


def test_a_box_that_was_not_painted_and_a_page_that_was_changed_are_found(before, after, places):
    more = [*places, (1, 100, 100, 900, 900)]

    assert "没有全部涂黑" in "".join(faults(before, after, more))
    assert "框外的内容与原文件不同" in "".join(faults(before, after, places[1:]))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP", "TIFF"])
def test_pictures_are_redacted_as_pages_are(kind):
    mime = {"JPEG": JPEG, "TIFF": TIFF}.get(kind, f"image/{kind.lower()}")
    picture = case_files.picture(kind, size=(1200, 900))
    boxes = [(1, 0, 0, 3000, 2000)]

    made = isolated.read(redact.redacted, picture, mime, boxes)

    assert faults(picture, made, boxes, mime) == []
    assert read(made).pages[0].images[0].image.getpixel((30, 30)) in (0, (0, 0, 0))


def test_a_photograph_is_kept_smaller_and_still_proved():
    """Pages with many colours are JPEG: nothing of what was under a box is in the pixels that are encoded."""
    noise = Image.effect_noise((1600, 1600), 90)
    into = io.BytesIO()
    Image.merge("RGB", (noise, noise.rotate(90), noise.rotate(180))).save(into, "JPEG", quality=95)
    boxes = [(1, 2000, 2000, 5000, 4000)]

    made = isolated.read(redact.redacted, into.getvalue(), JPEG, boxes)

    assert b"/DCTDecode" in made
    assert faults(into.getvalue(), made, boxes, JPEG) == []


def test_a_turned_page_is_boxed_where_a_person_sees_it():
    with pypdfium2.PdfDocument(hiding_pdf()) as document:
        document[0].set_rotation(90)
        into = io.BytesIO()
        document.save(into)
    turned = into.getvalue()
    there = isolated.read(place.suggestions, turned, PDF, [NAME])
    boxes = [(each.page, each.left, each.top, each.right, each.bottom) for each in there]

    made = isolated.read(redact.redacted, turned, PDF, boxes)

    assert {each.kind for each in there} == {"id_number", "party"}
    assert SECRET in isolated.read(redact.words_under, turned, boxes)
    assert faults(turned, made, boxes) == []


def test_a_file_with_a_password_is_refused_in_words():
    writer = pypdf.PdfWriter(io.BytesIO(case_files.pdf()))
    writer.encrypt("x")
    into = io.BytesIO()
    writer.write(into)

    with pytest.raises(UnreadableFileError, match="密码"):
        isolated.read(redact.redacted, into.getvalue(), PDF, [])
