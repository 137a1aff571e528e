"""Say why a place of a Word template may not be printed: a required fact must be seen on the page.

Word has more ways to hide text than anybody can list. So a place counts as printed only where it stands in
the plain text of the letter, in formats that are known to print: whatever else is in force there is told.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from posixpath import dirname, join, normpath
from typing import Any
from zipfile import ZipFile

from tracker.domain.message import Phrase
from tracker.rendering.letter.fill import MAIN, W, parsed

# Where text is printed as it stands: of the body, of tables, of links and controls without bound data.
PLAIN = {
    f"{W}{name}"
    for name in (
        "document",
        "body",
        "p",
        "r",
        "tbl",
        "tr",
        "tc",
        "sdt",
        "sdtContent",
        "hyperlink",
        "smartTag",
        "ins",
    )
}
KNOWN = {
    f"{W}{name}"
    for name in (
        *(
            "rStyle",
            "rFonts",
            "b",
            "bCs",
            "i",
            "iCs",
            "u",
            "color",
            "sz",
            "szCs",
            "lang",
            "kern",
            "spacing",
            "w",
        ),
        *("highlight", "shd", "em", "bdr", "caps", "smallCaps", "eastAsianLayout", "snapToGrid", "noProof"),
        *("effect", "rPrChange", "ins", "cs", "rtl"),
    )
}  # of a run; what hides (vanish, position, fitText, effects of a picture) is not among them
HIDES = ("vanish", "specVanish")  # anywhere in the chain: two that cancel each other out are not trusted
HARMLESS = (
    "ligatures",
    "numForm",
    "numSpacing",
    "cntxtAlts",
    "stylisticSets",
)  # of w14: shape of letters alone
OFF = ("0", "false", "off")
SMALLEST = 15  # half points: 六号, the smallest of the common sizes
CONTRAST = 100  # of the brightness of ink and paper: a middle grey on white is read
NARROWEST, TIGHTEST = 50, -40  # per cent of a character's width; twentieths of a point between two
FARTHEST = 6000  # twentieths of a point: a third of the page's width and more
LOWEST = 0.8  # of the size of a character: the height of a line that shows it
WHITE, BLACK = "FFFFFF", "000000"
NAMED_COLOURS = {
    "black": BLACK, "white": WHITE, "yellow": "FFFF00", "green": "00FF00", "cyan": "00FFFF",
    "lightGray": "C0C0C0", "none": "",
}  # fmt: skip
STYLES_OF = "/styles"
DARK_THEMES = ("text1", "dark1", "tx1", "dk1")


@dataclass(frozen=True, slots=True)
class Styles:
    """The styles of a file: by their ids, of each kind the one in force without a name, and the defaults."""

    by_id: dict[str, Any] = field(default_factory=dict)
    default: dict[str, str] = field(default_factory=dict)
    run: Any = None
    paragraph: Any = None

    def chain(self, style_id: str | None, kind: str) -> Iterator[Any]:
        """Yield a style and those that it rests on; a loop ends."""
        seen: set[str] = set()
        at = style_id or self.default.get(kind)
        while at and at in self.by_id and at not in seen:
            seen.add(at)
            yield self.by_id[at]
            at = value(self.by_id[at], "basedOn")


def styles_of(package: ZipFile) -> Styles:
    """Return the styles that the file's text is printed with, wherever in the package they lie."""
    rels = f"{dirname(MAIN)}/_rels/document.xml.rels"
    if rels not in package.namelist():
        return Styles()
    for relation in parsed(package.read(rels)):
        if str(relation.get("Type")).endswith(STYLES_OF):
            part = normpath(join(f"/{dirname(MAIN)}", str(relation.get("Target")))).lstrip("/")
            if part in package.namelist():
                return _read(parsed(package.read(part)))
    return Styles()


def _read(root: Any) -> Styles:
    styles = Styles(
        run=root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr"),
        paragraph=root.find(f"{W}docDefaults/{W}pPrDefault/{W}pPr"),
    )
    for style in root.iter(f"{W}style"):
        styles.by_id[str(style.get(f"{W}styleId"))] = style
        if style.get(f"{W}default") not in (None, *OFF):
            styles.default[str(style.get(f"{W}type"))] = str(style.get(f"{W}styleId"))
    return styles


def value(parent: Any, name: str) -> str | None:
    """Return the value of a property; None where it is not there."""
    node = None if parent is None else parent.find(f"{W}{name}")
    return None if node is None else node.get(f"{W}val")


def hidden(text: Any, styles: Styles) -> str:
    """Return why it is not sure that a piece of text is printed, in words; empty where it is."""
    return next(_reasons(text, styles), "")


def _reasons(text: Any, styles: Styles) -> Iterator[str]:
    above = list(text.iterancestors())
    for node in above:
        if node.tag not in PLAIN:
            yield Phrase("在文本框、批注、删除的修订或者其他不随正文印出的位置（%(name)s）", name=_name(node))
    if any(node.find(f"{W}sdtPr/{W}dataBinding") is not None for node in above):
        yield "在绑定了数据的内容控件中，打开时会被换掉"
    run, paragraph = above[0], next((node for node in above if node.tag == f"{W}p"), None)
    if paragraph is None or run.tag != f"{W}r" or _in_field(run, paragraph):
        yield "在 Word 域中，打印时会被换掉"
        return
    yield from _of_tables(above)
    tables = [node for node in above if node.tag == f"{W}tbl"]
    runs = _run_formats(run, paragraph, tables, styles)
    yield from _of_run(runs)
    shades = [each.find(f"{W}shd") for each in (*runs, *_paragraph_formats(paragraph, styles))]
    shades += [node.find(f"{W}tcPr/{W}shd") for node in above if node.tag == f"{W}tc"]
    yield from _of_ink(runs, [each for each in shades if each is not None])
    yield from _of_paragraph(_paragraph_formats(paragraph, styles), _size(runs))


def _name(node: Any) -> str:
    return str(node.tag).rpartition("}")[2]


def _in_field(run: Any, paragraph: Any) -> bool:
    """Return whether a run stands within a field, which Word fills anew."""
    depth = 0
    for each in paragraph.iter(f"{W}r"):
        if each is run:
            return depth > 0
        for sign in each.iterfind(f"{W}fldChar"):
            depth += {"begin": 1, "end": -1}.get(str(sign.get(f"{W}fldCharType")), 0)
    return depth > 0


def _of_tables(above: Sequence[Any]) -> Iterator[str]:
    for node in above:
        if node.tag == f"{W}tc":
            merged = node.find(f"{W}tcPr/{W}vMerge")
            if merged is not None and merged.get(f"{W}val") != "restart":
                yield "在被上面合并的单元格中"
        if node.tag == f"{W}tr" and (form := node.find(f"{W}trPr")) is not None:
            if form.find(f"{W}hidden") is not None or form.find(f"{W}del") is not None:
                yield "在隐藏或者删除的表格行中"
            height = form.find(f"{W}trHeight")
            if (
                height is not None
                and height.get(f"{W}hRule") == "exact"
                and _number(height, "val") < SMALLEST * 10
            ):
                yield "表格行的固定高度太小"


def _run_formats(run: Any, paragraph: Any, tables: Sequence[Any], styles: Styles) -> list[Any]:
    """Return the formats in force of a run, the nearest first."""
    own = run.find(f"{W}rPr")
    parts = [own]
    parts += [each.find(f"{W}rPr") for each in styles.chain(value(own, "rStyle"), "character")]
    of_paragraph = value(paragraph.find(f"{W}pPr"), "pStyle")
    parts += [each.find(f"{W}rPr") for each in styles.chain(of_paragraph, "paragraph")]
    for table in tables:
        for each in styles.chain(value(table.find(f"{W}tblPr"), "tblStyle"), "table"):
            parts += list(each.iter(f"{W}rPr"))
    return [each for each in (*parts, styles.run) if each is not None]


def _paragraph_formats(paragraph: Any, styles: Styles) -> list[Any]:
    own = paragraph.find(f"{W}pPr")
    chain = [each.find(f"{W}pPr") for each in styles.chain(value(own, "pStyle"), "paragraph")]
    return [each for each in (own, *chain, styles.paragraph) if each is not None]


def _first(formats: Sequence[Any], name: str) -> Any:
    """Return the property that is in force: the nearest one."""
    return next((node for each in formats if (node := each.find(f"{W}{name}")) is not None), None)


def _of_format(node: Any) -> Iterator[str]:
    if node.get(f"{W}val") in OFF:
        return
    if _name(node) in HIDES:
        yield "是隐藏文字"
    if node.tag not in KNOWN and not ("wordml" in str(node.tag) and _name(node) in HARMLESS):
        yield Phrase("有不能确定是否印得出的字符格式（%(name)s）", name=_name(node))


def _of_run(formats: Sequence[Any]) -> Iterator[str]:
    for each in formats:
        for node in each:
            yield from _of_format(node)
    if _size(formats) < SMALLEST:
        yield Phrase("字号小于六号（%(points)s磅）", points=f"{_size(formats) / 2:g}")
    width, between = _first(formats, "w"), _first(formats, "spacing")
    if (width is not None and _number(width, "val") < NARROWEST) or (
        between is not None and _number(between, "val") < TIGHTEST
    ):
        yield "字符缩得太窄"


def _size(formats: Sequence[Any]) -> float:
    node = _first(formats, "sz")
    return 20 if node is None else _number(node, "val")


def _number(node: Any, name: str) -> float:
    typed = str(node.get(f"{W}{name}") or "0").removesuffix("pt").removesuffix("%")
    try:
        return float(typed)
    except ValueError:
        return 0


def _of_ink(formats: Sequence[Any], shades: Sequence[Any]) -> Iterator[str]:
    ink, marker = _ink(_first(formats, "color")), _first(formats, "highlight")
    papers = [NAMED_COLOURS.get(str(marker.get(f"{W}val")))] if marker is not None else []
    for shade in shades:
        is_plain = shade.get(f"{W}val") in ("clear", "nil", None)
        fill = shade.get(f"{W}fill")
        papers.append((WHITE if fill in ("auto", "", None) else fill) if is_plain else None)
        if shade.get(f"{W}themeFill") and fill in ("auto", "", None):
            papers.append(None)
    for paper in (*papers, WHITE):
        if ink is None or paper is None or (paper and not _is_read(ink, paper)):
            yield "字的颜色与纸、底色太接近，或者不能确定"
            return


def _ink(node: Any) -> str | None:
    """Return the colour of the text as six digits; None where it cannot be told."""
    if node is None:
        return BLACK
    typed, theme = node.get(f"{W}val"), node.get(f"{W}themeColor")
    if typed in ("auto", None):
        return BLACK if theme in (None, *DARK_THEMES) else None
    if theme in ("background1", "background2", "light1", "light2") and not node.get(f"{W}themeShade"):
        return WHITE
    return str(typed)


def _is_read(ink: str, paper: str) -> bool:
    try:
        return abs(_brightness(ink) - _brightness(paper)) >= CONTRAST
    except ValueError:
        return False


def _brightness(colour: str) -> float:
    """Return how bright a colour is, from 0 to 255 (W3C, Techniques for Accessibility Evaluation)."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (0, 2, 4))
    return (299 * red + 587 * green + 114 * blue) / 1000


def _of_paragraph(formats: Sequence[Any], size: float) -> Iterator[str]:
    if _first(formats, "framePr") is not None:
        yield "在图文框中"
    spacing = [node for each in formats if (node := each.find(f"{W}spacing")) is not None]
    line = next((node for node in spacing if node.get(f"{W}line")), None)
    rule = next((node.get(f"{W}lineRule") for node in spacing if node.get(f"{W}lineRule")), "auto")
    height = 0 if line is None else _number(line, "line")
    is_cut = rule == "exact" and height < size * 10 * LOWEST
    if line is not None and (is_cut or (rule == "auto" and height < 240 * LOWEST / 2)):
        yield "行距太小"
    indent = [node for each in formats if (node := each.find(f"{W}ind")) is not None]
    for node in indent:
        if any(abs(_number(node, name.rpartition("}")[2])) > FARTHEST for name in node.attrib):
            yield "缩进太大，印在纸外"
