"""A PDF of pages that are one image each, and nothing else: no properties, no dates, no fonts.

Written here and not by a library: PDFium keeps every page's raw pixels until it saves (half a gigabyte for
sixty pages), others add properties or have no lossless form. Each page is compressed as it is added.
"""

import zlib
from io import BytesIO
from typing import Any

POINTS = 72  # an inch
HEAD = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"
QUALITY = 95  # of a JPEG, for pages with photographs
LARGEST_PLAIN = 1_500_000  # bytes of a page that is kept without loss
CATALOG, PAGES = 1, 2  # numbers of objects


class PixelPdf:
    """Pages are added one by one; ``content`` gives the file. dpi: of all pages."""

    def __init__(self, dpi: int) -> None:
        self._dpi = dpi
        self._parts, self._length = [HEAD], len(HEAD)
        self._places: dict[int, int] = {}
        self._pages: list[int] = []

    def add(self, sheet: Any) -> None:
        """Add an RGB image as a page."""
        width, height = sheet.size
        # A trifle less: drawn again, a side is rounded up, and must not be a pixel longer.
        across, up = ((side - 0.01) * POINTS / self._dpi for side in sheet.size)
        colours, filtered, pixels = _encoded(sheet)
        page = PAGES + 3 * len(self._pages) + 1
        self._pages.append(page)
        self._put(
            page,
            f"<</Type/Page/Parent {PAGES} 0 R/MediaBox[0 0 {across:.4f} {up:.4f}]/Contents {page + 1} 0 R"
            f"/Resources<</XObject<</I {page + 2} 0 R>>>>>>",
        )
        self._put(page + 1, "", f"q {across:.4f} 0 0 {up:.4f} 0 0 cm /I Do Q".encode())
        about = f"/Type/XObject/Subtype/Image/Width {width}/Height {height}/BitsPerComponent 8"
        self._put(page + 2, f"{about}/ColorSpace/{colours}/Filter/{filtered}", pixels)

    def _put(self, number: int, about: str, stream: bytes | None = None) -> None:
        body = about.encode()
        if stream is not None:
            body = b"<<%s/Length %d>>\nstream\n%s\nendstream" % (body, len(stream), stream)
        self._places[number] = self._length
        self._write(b"%d 0 obj\n%s\nendobj\n" % (number, body))

    def _write(self, part: bytes) -> None:
        self._parts.append(part)
        self._length += len(part)

    def content(self) -> bytes:
        """Return the file."""
        kids = " ".join(f"{page} 0 R" for page in self._pages)
        self._put(CATALOG, f"<</Type/Catalog/Pages {PAGES} 0 R>>")
        self._put(PAGES, f"<</Type/Pages/Count {len(self._pages)}/Kids[{kids}]>>")
        count, begun = len(self._places) + 1, self._length
        lines = [b"%010d 00000 n \n" % self._places[number] for number in range(1, count)]
        self._write(b"xref\n0 %d\n0000000000 65535 f \n" % count)
        self._write(b"".join(lines))
        self._write(b"trailer\n<</Size %d/Root %d 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (count, CATALOG, begun))
        return b"".join(self._parts)


def _encoded(sheet: Any) -> tuple[str, str, bytes]:
    """Return the pixels of a page: its colours, how they are packed, the bytes."""
    saturation = sheet.convert("HSV").getchannel("S")
    plain = sheet.convert("L") if saturation.getextrema()[1] == 0 else sheet
    colours = "DeviceGray" if plain.mode == "L" else "DeviceRGB"
    packed = zlib.compress(plain.tobytes())
    if len(packed) <= LARGEST_PLAIN:
        return colours, "FlateDecode", packed
    into = BytesIO()
    plain.save(into, "JPEG", quality=QUALITY, subsampling=0)
    return colours, "DCTDecode", into.getvalue()
