"""Files of a case: what they are there for, which types are taken, how they are named.

What a file is, is told by its content. A file that bears the mark of a state secret is never kept
(``domain.law.secrecy``). Law: 条例第17条; 保密法第31条第（三）项.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from tracker.domain.message import Spoken, labels

REDACTED = "redacted"  # made by the program alone
AUTHORITY = "authority"
PURPOSES = labels(
    {
        "application": "申请材料",
        AUTHORITY: "委托书、监护证明",
        "evidence": "证据",
        "information": "拟提供的信息",
        "draft": "草稿、底稿",
        "proof": "送达证明",
        "other": "其他",
    }
)
OURS = frozenset({"draft", REDACTED})  # what the office made itself; the rest somebody gave it
LABELS = labels({**PURPOSES, REDACTED: "区分处理后的副本"})
AT_ONCE = 20  # files of one sending
MOST = 500  # files of one case
LONGEST_NAME = 200
PAGES, TEXT, NO_PREVIEW = "pages", "text", ""  # how a type is shown on a page


@dataclass(frozen=True, slots=True)
class FileType(Spoken):
    """A type of file that is taken. endings: of its names, the first is given to a name that has none."""

    mime: str
    label: str
    endings: tuple[str, ...]
    preview: str = PAGES


JPEG, PNG, WEBP, PDF = "image/jpeg", "image/png", "image/webp", "application/pdf"
TIFF, BMP = "image/tiff", "image/bmp"
OFFICE = "application/vnd.openxmlformats-officedocument"
DOCX, XLSX = f"{OFFICE}.wordprocessingml.document", f"{OFFICE}.spreadsheetml.sheet"
DOC, XLS, OFD = "application/msword", "application/vnd.ms-excel", "application/ofd"
TYPES = {
    each.mime: each
    for each in (
        FileType(PDF, "PDF", (".pdf",)),
        FileType(JPEG, "图片（JPEG）", (".jpg", ".jpeg")),
        FileType(PNG, "图片（PNG）", (".png",)),
        FileType(WEBP, "图片（WebP）", (".webp",)),
        FileType(TIFF, "图片（TIFF）", (".tif", ".tiff")),
        FileType(BMP, "图片（BMP）", (".bmp",)),
        FileType(DOCX, "Word", (".docx",), TEXT),
        FileType(XLSX, "Excel", (".xlsx",), TEXT),
        FileType(DOC, "Word（旧格式）", (".doc", ".wps"), NO_PREVIEW),
        FileType(XLS, "Excel（旧格式）", (".xls", ".et"), TEXT),
        FileType(OFD, "OFD", (".ofd",), NO_PREVIEW),
    )
}
ENDINGS: Mapping[str, tuple[str, ...]] = MappingProxyType({mime: t.endings for mime, t in TYPES.items()})
ACCEPTED = ",".join(ending for endings in ENDINGS.values() for ending in endings)
IMAGES = (JPEG, PNG, WEBP, TIFF, BMP)


def file_name(sent: str, mime: str, otherwise: str) -> str:
    """Return the name that a file is shown and handed over under.

    No path, no sign that is not seen (a line break, a change of direction), and the ending of what it is.
    otherwise: the name of a file that was sent without one.
    """
    last = re.split(r"[/\\]", sent)[-1]
    seen = "".join(sign for sign in last if sign.isprintable()).strip(" .") or otherwise
    endings = ENDINGS[mime]
    if not seen.lower().endswith(endings):
        seen += endings[0]
    return seen[-LONGEST_NAME:]
