"""Say what an office's own template holds: its places, where they are not printed, and what forbids it."""

import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tracker.domain.message import Phrase
from tracker.rendering.letter import visible
from tracker.rendering.letter.fill import MAIN, PARTS, PLACE, W, opened, parsed, texts_of

MARKS = ("{{", "}}", "{%", "{#")
# Parts and words of Word that run something or fetch something from elsewhere.
ACTIVE = re.compile(r"vbaProject|/embeddings/|/activeX/|afchunk|\.bin$", re.IGNORECASE)
FIELDS = frozenset({"PAGE", "NUMPAGES", "SECTIONPAGES"})
ROOT = "_rels/.rels"  # what Word takes for the letter
SHOWN = 24  # characters of a paragraph by which a person finds it
BODY_ALONE = "不在正文中：页眉、页脚、脚注不一定印出"


@dataclass(frozen=True, slots=True)
class Scan:
    """What a template holds. names: of its places, each with where it stands; problems: what forbids it.

    hidden: the names of places that may not be printed anywhere, each with where it stands and why.
    """

    names: Mapping[str, str]
    problems: tuple[str, ...]
    hidden: Mapping[str, str]


def scanned(template: bytes) -> Scan:
    """Return the places of a template and what forbids it. Raises UnreadableFileError."""
    names: dict[str, str] = {}
    hidden: dict[str, str] = {}
    shown: set[str] = set()
    with opened(template) as package:
        problems = [*_active(package), *_main_elsewhere(package)]
        styles = visible.styles_of(package)
        for part in sorted(filter(PARTS.fullmatch, package.namelist())):
            root = parsed(package.read(part))
            problems += _of_fields(root)
            for number, paragraph in enumerate(root.iter(f"{W}p"), start=1):
                joined = "".join(text.text or "" for text in texts_of(paragraph))
                where = Phrase(
                    "%(part)s第%(number)s段“%(text)s”", part=_part(part), number=number, text=joined[:SHOWN]
                )
                for place in PLACE.finditer(joined):
                    name = place[1].strip()
                    names[name] = where
                    at = _piece(paragraph, place.start())
                    if why := visible.hidden(at, styles) if part == MAIN else BODY_ALONE:
                        hidden[name] = Phrase("%(where)s：%(why)s", where=where, why=why)
                    else:
                        shown.add(name)
                if any(mark in PLACE.sub("", joined) for mark in MARKS):
                    problems.append(Phrase("%(where)s：花括号不成对，或者写了字段以外的内容", where=where))
    return Scan(names, tuple(problems), {name: why for name, why in hidden.items() if name not in shown})


def _piece(paragraph: Any, start: int) -> Any:
    """Return the piece of text in which a place begins: its fact is put in there."""
    end = 0
    for text in texts_of(paragraph):
        end += len(text.text or "")
        if end > start:
            return text
    raise AssertionError


def _main_elsewhere(package: zipfile.ZipFile) -> Iterator[str]:
    """Say it where Word reads another part as the letter than the one that is filled."""
    roots = parsed(package.read(ROOT)) if ROOT in package.namelist() else ()
    mains = [str(each.get("Target")) for each in roots if str(each.get("Type")).endswith("/officeDocument")]
    if [target.lstrip("/") for target in mains] != [MAIN]:
        yield Phrase("正文不在通常的位置（%(place)s）：请在 Word 或 WPS 中另存为 .docx 再试", place=MAIN)


def _part(name: str) -> str:
    word = PARTS.fullmatch(name)
    kinds = {"header": "页眉", "footer": "页脚", "footnotes": "脚注", "endnotes": "尾注"}
    return kinds.get(word[1].rstrip("0123456789"), "") if word else ""


def _active(package: zipfile.ZipFile) -> Iterator[str]:
    for name in package.namelist():
        if ACTIVE.search(name):
            yield Phrase("含有宏、嵌入对象等可以执行的内容（%(name)s）", name=name)
        if name.endswith(".rels"):
            for relation in parsed(package.read(name)):
                kind = str(relation.get("Type")).rpartition("/")[2]
                if relation.get("TargetMode") == "External" and kind != "hyperlink":
                    yield Phrase("引用了文件以外的内容（%(kind)s）", kind=kind)


def _of_fields(root: Any) -> Iterator[str]:
    codes = [node.get(f"{W}instr") or "" for node in root.iter(f"{W}fldSimple")]
    codes += [node.text or "" for node in root.iter(f"{W}instrText")]
    for code in filter(str.strip, codes):
        if code.split()[0].upper() not in FIELDS:
            yield Phrase("含有会执行的 Word 域“%(code)s”：只可以用页码", code=code.strip()[:SHOWN])
