"""The figures that a report's text may quote: each bound to the table or register it comes from.

A text holds ``{{依申请公开.新收}}`` and the figure is put in when it is read, so that text and
table cannot disagree. A figure typed by hand is compared with the table that its words name.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tracker.domain.message import Phrase
from tracker.domain.report.table3 import COLUMN_LABELS, TOTAL, Cells, Finding

BOUND = re.compile(r"\{\{\s*([^{}]+?)\s*\}\}")
CHECK = "section1_vs_register"

TABLE_2, TABLE_3, TABLE_4, REGISTER = "表二", "表三", "表四", "台账"

# What may be quoted: name, where it stands, its place there.
NAMES: tuple[tuple[str, str, str], ...] = (
    ("主动公开.信息条数", REGISTER, "items"),
    ("主动公开.信息条次", REGISTER, "publications"),
    ("主动公开.媒体数", REGISTER, "media"),
    ("主动公开.媒体名称", REGISTER, "media_names"),
    ("主动公开.各媒体条次", REGISTER, "by_medium"),
    ("主动公开.规章制发", TABLE_2, "regulations.made"),
    ("主动公开.规章废止", TABLE_2, "regulations.repealed"),
    ("主动公开.规章现行有效", TABLE_2, "regulations.in_force"),
    ("主动公开.规范性文件制发", TABLE_2, "normative_documents.made"),
    ("主动公开.规范性文件废止", TABLE_2, "normative_documents.repealed"),
    ("主动公开.规范性文件现行有效", TABLE_2, "normative_documents.in_force"),
    ("主动公开.行政许可", TABLE_2, "licences"),
    ("主动公开.行政处罚", TABLE_2, "penalties"),
    ("主动公开.行政强制", TABLE_2, "coercion"),
    ("主动公开.行政事业性收费万元", TABLE_2, "fees_wan_yuan"),
    ("依申请公开.新收", TABLE_3, "1"),
    ("依申请公开.上年结转", TABLE_3, "2"),
    ("依申请公开.办结", TABLE_3, "3.7"),
    ("依申请公开.予以公开", TABLE_3, "3.1"),
    ("依申请公开.部分公开", TABLE_3, "3.2"),
    ("依申请公开.不予公开", TABLE_3, "3.3"),
    ("依申请公开.无法提供", TABLE_3, "3.4"),
    ("依申请公开.不予处理", TABLE_3, "3.5"),
    ("依申请公开.其他处理", TABLE_3, "3.6"),
    ("依申请公开.结转下年度", TABLE_3, "4"),
    ("行政复议.总计", TABLE_4, "reconsideration.total"),
    ("行政复议.结果维持", TABLE_4, "reconsideration.upheld"),
    ("行政复议.结果纠正", TABLE_4, "reconsideration.corrected"),
    ("行政复议.其他结果", TABLE_4, "reconsideration.other"),
    ("行政复议.尚未审结", TABLE_4, "reconsideration.pending"),
    ("行政诉讼.未经复议直接起诉", TABLE_4, "direct_litigation.total"),
    ("行政诉讼.复议后起诉", TABLE_4, "litigation_after_reconsideration.total"),
    ("来信来访来电.来信", REGISTER, "letters"),
    ("来信来访来电.来访", REGISTER, "visits"),
    ("来信来访来电.来电", REGISTER, "calls"),
    ("来信来访来电.总计", REGISTER, "contacts"),
    ("监督保障.培训次数", REGISTER, "trainings"),
    ("监督保障.培训人次", REGISTER, "trained"),
    ("监督保障.考核次数", REGISTER, "assessments"),
    ("监督保障.责任追究", REGISTER, "accountability"),
    ("信息处理费.元", REGISTER, "request_fees_yuan"),
)

GAP, NUMBER = r"[^，。；、\d]{0,12}", r"(\d[\d,]*)"

# What a sentence says of a register with a figure of its own: the words, and what it may be. What
# the tables hold is checked by ``contradiction``, in anybody's report.
SAID: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = (
    (re.compile(rf"信息{GAP}{NUMBER}条"), ("主动公开.信息条数", "主动公开.信息条次")),
    (re.compile(rf"培训{GAP}{NUMBER}(?:次|期|场)"), ("监督保障.培训次数",)),
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that can be quoted: its name, where it stands, and how it reads today."""

    name: str
    source: str
    value: str


Figures = Mapping[str, Figure]


def figures(
    table2: Mapping[str, Any], table3: Cells, table4: Mapping[str, Any], facts: Mapping[str, Any]
) -> dict[str, Figure]:
    """Return every figure that a text may quote, by name. A register that is not kept counts 0."""
    tables = {TABLE_2: table2, TABLE_4: table4, REGISTER: facts}
    known = {}
    for name, source, place in NAMES:
        value = of_row(table3, place, TOTAL) if source == TABLE_3 else _at(tables[source], place)
        known[name] = Figure(name, source, str(value))
    for row, cells in table3.items():
        for column, number in cells.items():
            name = Phrase("表三.%(row)s.%(value)s", row=row, value=COLUMN_LABELS[column])
            known[name] = Figure(name, TABLE_3, str(number))
    return known


def of_row(table3: Cells, row: str, column: str) -> int:
    """Return a cell; of a group such as 3.3 the sum of its rows."""
    if row in table3:
        return table3[row][column]
    return sum(cells[column] for code, cells in table3.items() if code.startswith(f"{row}."))


def _at(table: Mapping[str, Any], place: str) -> Any:
    value: Any = table
    for key in place.split("."):
        value = value.get(key, 0) if isinstance(value, Mapping) else 0
    return value


def rendered(text: str, known: Figures) -> str:
    """Return the text with its figures put in; a name that nobody knows stays as it was typed."""
    return BOUND.sub(lambda match: known[match[1]].value if match[1] in known else match[0], text)


def unknown(text: str, known: Figures) -> list[str]:
    """Return the names that the text quotes and nobody knows."""
    return [name for name in BOUND.findall(text) if name not in known]


def contradictions(text: str, known: Figures, where: str) -> list[Finding]:
    """Return the figures typed by hand that differ from the register that their words name.

    A register that holds nothing is not compared: the office does not keep it here.
    """
    plain = BOUND.sub("", re.sub(r"\s", "", text))
    return [Finding(CHECK, where, message) for message in _typed(plain, known)]


def _typed(plain: str, known: Figures) -> Iterator[str]:
    for pattern, names in SAID:
        meant = [known[name] for name in names]
        if all(figure.value == "0" for figure in meant):
            continue
        for match in pattern.finditer(plain):
            if match[1].replace(",", "") not in {figure.value for figure in meant}:
                first, quote = meant[0], "{{" + meant[0].name + "}}"
                yield Phrase(
                    "文中写“%(value)s”，台账为%(value2)s。请改为引用 %(quote)s，或改正台账。",
                    value=match[0],
                    value2=first.value,
                    quote=quote,
                )
