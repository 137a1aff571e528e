"""Letters whose facts are nasty: drawn by a seed, filled into our templates, and read by other readers."""

import random
import zipfile
from io import BytesIO
from xml.etree import ElementTree

from tests.letters import text_of
from tracker.domain.letter import index
from tracker.rendering.letter import fill, page, scan
from tracker.rendering.letter.template import shipped

NASTY = (
    "<", "<w:p>", "</w:t>", "&", "&amp;", "&#0;", "{{申请内容}}", "{{", "}}", "{% for a in b %}", "\x00", "\x0b", "\x1b", "\x85",
    "\ud800", "\udfff", "\uffff", "\u202e", "\u2028", "𠀀", "é", "e\u0301", "\t", "\n", "\r\n", "\r", "“", "'", '"', "]]>", "<!--", "<?xml", "%s",
    "\\", "&lt;script&gt;", "<script>", "=1+1", "字" * 300, " ", "　", "INCLUDETEXT", "\u200b", "مرحبا",
)  # fmt: skip


def facts(seed: int) -> tuple[str, dict[str, str]]:
    """Return a kind of letter by its key, and a nasty fact for each of its names."""
    chance = random.Random(seed)
    kind = chance.choice(index.KINDS)
    names = sorted(scan.scanned(shipped(kind.key)).names)
    told = {name: "".join(chance.choices(NASTY, k=chance.randint(1, 6))) for name in names}
    return kind.key, told


def faults(seed: int) -> list[str]:
    """Return what is wrong with the letter of a seed; nothing where it opens and says all that it was given."""
    key, told = facts(seed)
    file = fill.filled(shipped(key), told)
    with zipfile.ZipFile(BytesIO(file)) as package:
        wrong = [f"{key}: {package.testzip()} is damaged"] if package.testzip() else []
        for name in package.namelist():
            if name.endswith((".xml", ".rels")):
                ElementTree.fromstring(package.read(name))  # another parser than the one that wrote it
        if package.namelist() != zipfile.ZipFile(BytesIO(shipped(key))).namelist():
            wrong.append(f"{key}: parts were added or lost")
    text, shown = text_of(file), page.fragment(file)
    for name, value in told.items():
        lines = fill.cleaned(value).split("\n")
        wrong += [f"{key}: {name} lost {line!r}" for line in lines if line not in text]
    if "<script" in shown:
        wrong.append(f"{key}: the page runs something")
    return [
        *wrong,
        *(f"{key}: {problem}" for problem in scan.scanned(file).problems if "花括号" not in problem),
    ]
