"""A letter that belongs to no case, as a Word file in the layout of official documents."""

from collections.abc import Sequence
from datetime import date
from io import BytesIO

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH

from tracker.domain.letter import fact
from tracker.rendering import word
from tracker.rendering.dateless import dateless
from tracker.rendering.letter import fill
from tracker.rendering.letter.template import DATE_INDENT, HALF_LINE


def written(
    organ: str, title: str, number: str, addressee: str, paragraphs: Sequence[str], on: date
) -> bytes:
    """Return the letter: organ and title, number, to whom, what it says, who signs and when."""
    document = Document()
    word.paper(document, ("Normal",))
    word.properties(document, title, organ, on)
    for text in (organ, title):
        word.line(document, fill.cleaned(text), word.TITLE, word.SIZE_2, centred=True)
    under = word.line(document, fill.cleaned(number), word.BODY, word.SIZE_3, centred=True)
    under.paragraph_format.space_after = HALF_LINE
    word.line(document, f"{fill.cleaned(addressee)}：", word.BODY, word.SIZE_3)
    for paragraph in paragraphs:
        for text in fill.cleaned(paragraph).split("\n"):
            word.line(document, text, word.BODY, word.SIZE_3, indent=True)
    for text in (f"{fill.cleaned(organ)}（印章）", fact.day_of(on.isoformat())):
        signed = word.line(document, text, word.BODY, word.SIZE_3).paragraph_format
        signed.alignment, signed.right_indent = WD_ALIGN_PARAGRAPH.RIGHT, DATE_INDENT
    stream = BytesIO()
    document.save(stream)
    return dateless(stream.getvalue())
