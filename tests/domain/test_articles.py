"""Every article that the program prints is one that we know, and speaks of what is printed beside it.

``tests/data/articles.json`` is the table: law, article (paragraph or item in brackets), words of its subject.
"""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TABLE = json.loads((ROOT / "tests/data/articles.json").read_text(encoding="utf-8"))
NAMES = {
    "原条例": "原条例（国务院令第492号）",
    "复议法": "行政复议法", "行诉法": "行政诉讼法", "行诉解释": "行政诉讼法解释", "保守国家秘密法": "保密法",
    "2015〕207号": "207号", "2020〕109号": "109号", "2016〕235号": "235号", "2017年修正的行政复议法": "行政复议法（2017年修正）",
    "1989年行政诉讼法": "行政诉讼法（1989年）",
}  # fmt: skip
LAWS = "|".join(re.escape(name) for name in sorted({*TABLE, *NAMES}, key=len, reverse=True))
NUMERALS = "一二三四五六七八九十"
CITED = re.compile(
    rf"(?:(?P<law>{LAWS})(?:（[0-9]+年修订）)?)?(?P<first>第)(?P<articles>[0-9]+(?:[、—至][0-9]+)*|[{NUMERALS}])条"
    rf"(?:第(?P<clauses>[0-9]+(?:、[0-9]+)*)款)?(?:第?(?P<items>（[{NUMERALS}]）(?:、（[{NUMERALS}]）)*)项)?"
)
JOINED = re.compile(r"[、，和]?")  # between two citations of one law
PLACES = re.compile(r"第%?[({]|第[0-9]+条记录")  # 第%(seq)s条: a place in the ledger, no article


def numbers(text: str) -> list[str]:
    if text in NUMERALS:
        return [str(NUMERALS.index(text) + 1)]
    found = re.split("、", text)
    spans = [re.split("[—至]", part) for part in found]
    return [str(n) for span in spans for n in range(int(span[0]), int(span[-1]) + 1)]


def citations(text: str) -> Iterator[tuple[str, str]]:
    """Yield (law, key) of each article that a text cites; a bare article is of the law before it, or 条例."""
    before, end = "条例", 0
    for found in CITED.finditer(text):
        if PLACES.match(text, found.start("first")) or "条记录" in text[found.end() - 1 : found.end() + 2]:
            continue
        follows = end and JOINED.fullmatch(text[end : found.start()])
        law = NAMES.get(found["law"] or "", found["law"] or (before if follows else "条例"))
        before, end = law, found.end()
        articles = numbers(found["articles"])
        items = [str(NUMERALS.index(item) + 1) for item in re.findall(rf"[{NUMERALS}]", found["items"] or "")]
        marks = found["clauses"].split("、") if found["clauses"] else items
        for article in articles[:-1]:
            yield law, article
        yield from ((law, f"{articles[-1]}({mark})") for mark in marks) if marks else [(law, articles[-1])]


def printed() -> Iterator[tuple[str, str, list[str]]]:
    """Yield (place, text, contexts from the nearest on) of each text of the program that cites an article."""
    for path in sorted((ROOT / "tracker").rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        lines, tree = source.splitlines(), ast.parse(source)
        named = _named(tree)
        for node, text in _strings(tree) if "条" in source else ():
            if "条" in text and CITED.search(text):
                near = "\n".join(lines[max(0, node.lineno - 6) : (node.end_lineno or node.lineno) + 4])
                near += "".join(named.get(word, "") for word in set(re.findall(r"[A-Z][A-Z_]+", near)))
                yield f"{path.name}:{node.lineno}", text, [text, near]
    for path in sorted((ROOT / "templates").rglob("*.html")):
        for place, row in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            for words in re.findall(r'"([^"]*)"', row):
                if CITED.search(words):
                    yield f"{path.name}:{place}", words, [words]


def _named(tree: ast.Module) -> dict[str, str]:
    """Return the words that a module has names for: they stand where the name does."""
    texts = [(node, _text(node.value)) for node in tree.body if isinstance(node, ast.Assign)]
    return {
        target.id: text
        for node, text in texts
        for target in node.targets
        if text and isinstance(target, ast.Name)
    }


def _text(value: ast.expr) -> str:
    """Return a text that stands there, or the message that is made of it."""
    if isinstance(value, ast.Call) and value.args:
        value = value.args[0]
    return str(value.value) if isinstance(value, ast.Constant) else ""


def _strings(tree: ast.Module) -> Iterator[tuple[ast.expr, str]]:
    """Yield the strings of a module that are no docstrings; ``%(law)s第3条`` with the law that it names."""
    holders = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    bodies = [node.body[0] for node in ast.walk(tree) if isinstance(node, holders) and node.body]
    said = {id(first.value) for first in bodies if isinstance(first, ast.Expr)}
    joined = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
    said |= {id(part) for node in joined for part in node.values}
    for node in joined:
        yield node, "".join(_part(part) for part in node.values)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and (text := _text(node)):
            said |= {id(node.args[0])}
            for value in node.keywords:
                text = text.replace(f"%({value.arg})s", _value(value.value))
            yield node, text
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node, node.value


def _part(part: ast.expr) -> str:
    if isinstance(part, ast.Constant):
        return str(part.value)
    return _value(part.value) if isinstance(part, ast.FormattedValue) else "{}"


def _value(value: ast.expr) -> str:
    name = ast.unparse(value)
    return "109号" if name in ("LAW", "fee.LAW") else "{}"  # domain/case/fee.py's own


def faults(place: str, text: str, contexts: list[str]) -> Iterator[str]:
    for law, key in citations(text):
        subject = TABLE.get(law, {}).get(key)
        if subject is None:
            yield f"{place}: {law}第{key}条 is not in the table: {text}"
        elif not any(word in context for context in contexts for word in subject):
            yield f"{place}: {law}第{key}条 is about {subject}: {text}"


def test_every_article_that_is_printed_is_known_and_speaks_of_its_subject():
    found = list(printed())

    assert len(found) > 150
    assert [fault for row in found for fault in faults(*row)] == []


@pytest.mark.parametrize(
    ("text", "cited"),
    [
        ("条例第15、32条", [("条例", "15"), ("条例", "32")]),
        (
            "复议法第41、74条，行诉法第62条",
            [("行政复议法", "41"), ("行政复议法", "74"), ("行政诉讼法", "62")],
        ),
        ("档案法第15条第2款、条例第36条第（五）项", [("档案法", "15(2)"), ("条例", "36(5)")]),
        ("条例第36条第（一）、（二）项", [("条例", "36(1)"), ("条例", "36(2)")]),
        ("条例第14—16条", [("条例", "14"), ("条例", "15"), ("条例", "16")]),
        ("（第33条第3款、第17条）", [("条例", "33(3)"), ("条例", "17")]),
        ("第3条记录", []),
    ],
)
def test_a_citation_is_read_with_its_law_its_paragraph_and_its_items(text, cited):
    assert list(citations(text)) == cited


@pytest.mark.parametrize(
    "wrong",
    [
        "另有3个申请人申请了相似的内容，考虑主动公开（条例第44条第2款）。",  # the first paragraph
        "涉密信息不得存入非涉密系统（保密法第30条）。",  # unknown: 第31条第3款
        "逾期不答复视为同意公开（条例第32条）。",  # third parties
        "信访事项书面告知（信访工作条例第99条）。",
        "早于《条例》施行的2008年（第56条）。",  # in force 2019-05-15: not of this year
        "应当主动公开（条例第57条）。",  # there are 56
    ],
)
def test_a_wrong_or_unknown_article_is_found(wrong):
    assert len(list(faults("here", wrong, [wrong]))) == 1
