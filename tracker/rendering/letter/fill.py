"""Fill a Word file's places ``{{name}}`` with facts.

A template is text with places and nothing else: no expression, no condition, no code is read in it. Two rules
make it lay itself out: a paragraph whose places are all empty is left out, and a paragraph that is one place
alone is repeated for each line of its fact.

An office's own template is a foreign file: it is read through ``reading/isolated`` alone.
"""

import re
import zipfile
from collections.abc import Mapping
from copy import deepcopy
from io import BytesIO
from typing import Any

from lxml import etree

from tracker.domain.errors import UnreadableFileError

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
SPACE = "{http://www.w3.org/XML/1998/namespace}space"
PLACE = re.compile(r"\{\{([^{}]*)\}\}")
PARTS = re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes)\.xml")
MAIN = "word/document.xml"
# What XML cannot hold, and signs that would turn the text round them (a name in reverse is another name).
UNWRITABLE = re.compile(
    "[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u202a-\u202e\u2066-\u2069\u200e\u200f\ufeff]"
)
UNKNOWN_SIGN = "\ufffd"
FIXED = (1980, 1, 1, 0, 0, 0)  # of every part: the same letter has the same bytes
LARGEST = 30 * 1024 * 1024  # bytes of a template, unpacked
NOT_WORD = "这不是 Word 文件（.docx），不能用作文书模板：请在 Word 或 WPS 中另存为 .docx 再试。"


def filled(template: bytes, facts: Mapping[str, str]) -> bytes:
    """Return the template with its places filled; a place without a fact becomes empty."""
    clean = {name: cleaned(value) for name, value in facts.items()}
    into = BytesIO()
    with opened(template) as old, zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if PARTS.fullmatch(name):
                root = parsed(content)
                for paragraph in list(root.iter(f"{W}p")):
                    _fill(paragraph, clean)
                content = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
            new.writestr(zipfile.ZipInfo(name, FIXED), content, zipfile.ZIP_DEFLATED)
    return into.getvalue()


def cleaned(value: str) -> str:
    """Return a fact as a Word file can hold it; a sign that it cannot is shown as �."""
    lines = value.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return UNWRITABLE.sub(UNKNOWN_SIGN, lines).strip()


def opened(content: bytes) -> zipfile.ZipFile:
    """Return the package. Raises UnreadableFileError where it is no Word file, or is too large unpacked."""
    try:
        package = zipfile.ZipFile(BytesIO(content))
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise UnreadableFileError(NOT_WORD) from error
    if MAIN not in package.namelist():
        raise UnreadableFileError(NOT_WORD)
    if sum(part.file_size for part in package.infolist()) > LARGEST:
        raise UnreadableFileError("模板展开后太大：请删去图片等无关内容再试。")
    return package


def parsed(content: bytes) -> Any:
    """Return the root of a part. Raises UnreadableFileError where it is no XML of a Word file."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise UnreadableFileError(f"{NOT_WORD}（{error.msg}）") from error
    if root.getroottree().docinfo.doctype:
        raise UnreadableFileError(NOT_WORD)
    return root


def texts_of(paragraph: Any) -> list[Any]:
    """Return the pieces of text of a paragraph, without those of a text box in it."""
    return [text for text in paragraph.iter(f"{W}t") if next(text.iterancestors(f"{W}p")) is paragraph]


def _fill(paragraph: Any, facts: Mapping[str, str]) -> None:
    texts = texts_of(paragraph)
    joined = "".join(text.text or "" for text in texts)
    places = list(PLACE.finditer(joined))
    values = [facts.get(place[1].strip(), "") for place in places]
    if not places:
        return
    if not any(values):
        _leave_out(paragraph, texts)
    elif len(places) == 1 and joined.strip() == places[0][0] and "\n" in values[0]:
        for line in values[0].split("\n"):
            copy = deepcopy(paragraph)
            paragraph.addprevious(copy)
            _replace(texts_of(copy), places, [line])
        paragraph.getparent().remove(paragraph)
    else:
        _replace(texts, places, values)


def _leave_out(paragraph: Any, texts: list[Any]) -> None:
    """Take the paragraph away; one that a cell or a section needs stays without text."""
    above = paragraph.getparent()
    is_last = len(above.findall(f"{W}p")) == 1 or paragraph.find(f"{W}pPr/{W}sectPr") is not None
    if above.tag != f"{W}body" and is_last:
        for text in texts:
            text.text = ""
    else:
        above.remove(paragraph)


def _replace(texts: list[Any], places: list[re.Match[str]], values: list[str]) -> None:
    """Put the values into the pieces of text, the last first; a place may be spread over several."""
    ends, end = [], 0
    for text in texts:
        end += len(text.text or "")
        ends.append(end)
    for place, value in reversed(list(zip(places, values, strict=True))):
        first = next(at for at, upto in enumerate(ends) if upto > place.start())
        for at in range(len(texts) - 1, first - 1, -1):
            begin = ends[at - 1] if at else 0
            inner = texts[at].text or ""
            cut = slice(max(place.start() - begin, 0), max(place.end() - begin, 0))
            texts[at].text = inner[: cut.start] + (value if at == first else "") + inner[cut.stop :]
        # Lengths of what stands before the place are as they were: the next one lies there.
    for text in texts:
        _break_lines(text)


def _break_lines(text: Any) -> None:
    first, *further = (text.text or "").split("\n")
    text.text = first
    text.set(SPACE, "preserve")
    after = text
    for line in further:
        for tag, content in (("br", None), ("t", line)):
            piece = etree.Element(f"{W}{tag}")
            piece.text = content
            after.addnext(piece)
            after = piece
        after.set(SPACE, "preserve")
