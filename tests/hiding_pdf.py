"""A PDF that hides what it says wherever it can: white text, a layer that is off, an annotation, an attachment,
a bookmark, properties, a thumbnail, a replacement text, an earlier version."""

import io

import pypdf
from PIL import Image, ImageDraw
from pypdf.annotations import FreeText
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    TextStringObject,
)
from weasyprint import HTML

SECRET, EARLIER, NAME = "11010519491231002X", "EARLIER6222021234", "Wang Xiaoming"
PLAIN = "This line is given"
STYLE = "<style>@page { size: A4; margin: 2cm } body { font: 20pt monospace }</style>"
BODY = f"""<title>{SECRET}</title><meta name="author" content="{SECRET}">{STYLE}
<p>{SECRET}</p><p>{PLAIN}</p><p style="color: white">{SECRET}</p><p>{NAME} {SECRET}</p>"""
Page = pypdf.PageObject


def hiding_pdf() -> bytes:
    """Return it. On the page as it is shown stand the number twice, the name, what is given, and EARLIER."""
    earlier = HTML(string=f"{BODY}<p>{EARLIER}</p>").write_pdf()
    writer = pypdf.PdfWriter(io.BytesIO(earlier), incremental=True)
    page = writer.pages[0]
    _layer(writer, page)
    _thumbnail(writer, page)
    writer.add_annotation(page_number=0, annotation=FreeText(text=SECRET, rect=(60, 60, 300, 90)))
    writer.add_attachment(filename="a.txt", data=SECRET.encode())
    writer.add_outline_item(title=SECRET, page_number=0)
    writer.add_metadata({"/Subject": SECRET, "/Keywords": SECRET})
    into = io.BytesIO()
    writer.write(into)
    return into.getvalue()


def _named(**values) -> DictionaryObject:
    return DictionaryObject({NameObject(f"/{name}"): value for name, value in values.items()})


def _layer(writer: pypdf.PdfWriter, page: Page) -> None:
    """Put the number into a layer that is switched off, beside a replacement text."""
    layer = writer._add_object(_named(Type=NameObject("/OCG"), Name=TextStringObject(SECRET)))
    layers = _named(OCGs=ArrayObject([layer]), D=_named(OFF=ArrayObject([layer])))
    writer.root_object[NameObject("/OCProperties")] = layers
    page["/Resources"].get_object()[NameObject("/Properties")] = _named(Hidden=layer)
    more = DecodedStreamObject()
    more.set_data(f"/OC /Hidden BDC /Span <</ActualText ({SECRET})>> BDC EMC EMC".encode())
    whole = [page.raw_get("/Contents"), writer._add_object(more)]
    page[NameObject("/Contents")] = ArrayObject(whole)


def _thumbnail(writer: pypdf.PdfWriter, page: Page) -> None:
    picture = Image.new("L", (200, 40), 255)
    ImageDraw.Draw(picture).text((4, 10), SECRET, fill=0)
    small = DecodedStreamObject()
    small.set_data(picture.tobytes())
    shape = _named(Width=NumberObject(200), Height=NumberObject(40), BitsPerComponent=NumberObject(8))
    small.update({**shape, **_named(ColorSpace=NameObject("/DeviceGray"))})
    page[NameObject("/Thumb")] = writer._add_object(small)
