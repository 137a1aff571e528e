"""Labels of the report's tables and sections, told as they are printed: run together, misprinted, renumbered.

A table is found by its labels and never by its place. Labels: 国办公开办函〔2019〕60号, 〔2021〕30号.
"""

import re
import unicodedata

from tracker.domain.report.published import INVISIBLE, LONGEST_CELL

# Row of table 3 → what tells its label; tried in this order, for 不予公开 holds 公开 and 3.其他 nothing.
ROWS = (
    ("4", r"结转下|结转至?下|^四、?结转"),
    ("2", r"上年结转|上年度结转"),
    ("1", r"本年新收|新收政府信息公开申请|本年度新收"),
    ("3.3.1", r"国家秘密"),
    ("3.3.2", r"其他法律|法律行政法规|法规禁止"),
    ("3.3.3", r"三安全"),
    ("3.3.4", r"第三方"),
    ("3.3.5", r"内部事务"),
    ("3.3.6", r"过程性"),
    ("3.3.7", r"执法案卷"),
    ("3.3.8", r"行政查询"),
    ("3.4.1", r"不掌握"),
    ("3.4.2", r"现成信息|另行制作"),
    ("3.4.3", r"补正后|仍不明确"),
    ("3.5.1", r"信访"),
    ("3.5.4", r"大量反复"),
    ("3.5.2", r"重复申请"),
    ("3.5.3", r"出版物"),
    ("3.5.5", r"确认或重新|重新出具"),
    ("3.6.1", r"逾期不补正|不补正"),
    ("3.6.2", r"收费通知|缴纳费用"),
    ("3.2", r"部分公开"),
    ("3.3", r"不予公开$"),
    ("3.1", r"予以公开"),
    ("3.4", r"无法提供$"),
    ("3.5", r"不予处理$"),
    ("3.6", r"其他处理$"),
    ("3.6.3", r"(?:^|其他处理)3?其他$"),
    ("3.7", r"总计$"),
)
ROW_PATTERNS = tuple((code, re.compile(pattern)) for code, pattern in ROWS)
ANY_ROW = re.compile("|".join(pattern for _, pattern in ROWS))
COLUMNS = {
    "自然人": "natural_person",
    "商业企业": "business",
    "科研机构": "research",
    "社会公益组织": "ngo",
    "法律服务机构": "legal_service",
    "其他": "other",
    "总计": "total",
}
TABLE2_ROWS = {
    "规章": "regulations",
    "行政规范性文件": "normative_documents",
    "规范性文件": "normative_documents",
    "行政许可": "licences",
    "其他对外管理服务事项": "services",
    "行政处罚": "penalties",
    "行政强制": "coercion",
    "行政事业性收费": "fees",
    "政府集中采购": "procurement",
}
TABLE2_COLUMNS = (
    ("newly_public", r"新公开"),
    ("public_total", r"公开总数"),
    ("made", r"制发|新制作"),
    ("repealed", r"废止"),
    ("in_force", r"现行有效"),
    ("last_year", r"上一年项目|上年项目"),
    ("change", r"增/?减"),
    ("decisions", r"处理决定"),
    ("amount", r"收费金额"),
    ("projects", r"采购项目"),
    ("wan_yuan", r"采购总金额"),
)
BLOCKS4 = {
    "行政复议": "reconsideration",
    "未经复议直接起诉": "direct_litigation",
    "复议后起诉": "litigation_after_reconsideration",
}
TRIAL = re.compile(r"新制作|新公开数|对外公开总|上一年项目|政府集中采购|其他对外管理服务")
CURRENT = re.compile(r"本年制发件数|制发件数|现行有效件数|本年收费金额")
SECTIONS = (
    ("1", r"总体情况|概述|概况"),
    ("2", r"主动公开政府信息的?情况"),
    ("3", r"收到和处理政府信息公开申请的?情况"),
    (
        "4",
        r"(?:因)?政府信息公开(?:工作)?(?:被申请|引起的|引发的)?行政复议、?(?:被?提起|和|及)?行政诉讼的?情况",
    ),
    ("5", r"(?:政府信息公开工作)?存在的?(?:主要)?问题(?:及|和|与)改进(?:情况|措施)"),
    ("6", r"其他需要报告的?事项"),
)
NUMBERED = r"(?:第?[一二三四五六1-6](?:部分|章)?[、.:]?)"
SECTION_PATTERNS = tuple(
    (key, re.compile(rf"({NUMBERED})?(?:{pattern})[:。]?(.*)", re.DOTALL)) for key, pattern in SECTIONS
)
ANY_SECTION = re.compile(rf"{NUMBERED}?(?:{'|'.join(pattern for _, pattern in SECTIONS)})")

LONGEST_LABEL = 60  # three labels of one row run together; what is longer or counts is a sentence


EMPHASIS = re.compile(rf"[\s#*{INVISIBLE}]+")
REMARK = re.compile(r"\([^()]{4,}\)")
NUMBERING = re.compile(r"^(?:\(?[一二三四五六七八九十\d]+[)、.]+)+")
PUNCTUATION = re.compile(r"[、。,.:;()“”\"'《》·\s]")
ITEM, DIGIT = re.compile(r"\d+[.、]"), re.compile(r"\d")
BLOCK_WORDS = re.compile(r"^行政诉讼(?=.)|[(),:、。案件]")


def squeezed(text: str) -> str:
    """Return a label in one width without blanks and marks of emphasis."""
    return EMPHASIS.sub("", unicodedata.normalize("NFKC", text))


def bare(text: str) -> str:
    """Return a label without numbering and punctuation: （六）其他处理 → 其他处理."""
    return PUNCTUATION.sub("", NUMBERING.sub("", REMARK.sub("", squeezed(text))))


def row_of(text: str) -> str | None:
    """Return the row of table 3 that a label names; of a heading the code of its group."""
    if len(text) > LONGEST_CELL:
        return None
    label = bare(text)
    if not label or len(label) > LONGEST_LABEL or not ANY_ROW.search(label):
        return None
    if DIGIT.search(ITEM.sub("", squeezed(text))):  # it counts: a sentence
        return None
    return next((code for code, pattern in ROW_PATTERNS if pattern.search(label)), None)


def column_of(text: str) -> str | None:
    """Return the column of table 3 that a heading names."""
    return COLUMNS.get(bare(text)) if len(text) <= LONGEST_CELL else None


def block4_of(text: str) -> str | None:
    """Return the block of table 4 that a label names."""
    return BLOCKS4.get(BLOCK_WORDS.sub("", squeezed(text))) if len(text) <= LONGEST_CELL else None


def table2_row(text: str) -> str | None:
    """Return the row of table 2 that a label names."""
    return TABLE2_ROWS.get(bare(text)) if len(text) <= LONGEST_CELL else None


def table2_column(text: str) -> str | None:
    """Return the column of table 2 that a heading names."""
    label = squeezed(text)
    return next((name for name, pattern in TABLE2_COLUMNS if re.search(pattern, label)), None)


def table2_columns(line: str) -> list[str]:
    """Return the columns of table 2 that a line of headings names, in their order."""
    label = squeezed(line)
    columns = [(at.start(), name) for name, pattern in TABLE2_COLUMNS if (at := re.search(pattern, label))]
    return [name for _, name in sorted(columns)]


def table2_key(row: str, column: str) -> str:
    """Return the key of a cell of table 2, as ``format`` names it."""
    if column in ("last_year", "change"):
        return f"{'fee' if row == 'fees' else row}_items.{column}"
    if column in ("decisions", "amount"):
        return "fees_wan_yuan" if row == "fees" else row
    return f"{row}.{column}"


def section_of(line: str) -> tuple[str, str] | None:
    """Return the section that a line heads, and the text that runs on behind the heading."""
    text = squeezed(line)
    if not ANY_SECTION.match(text):
        return None
    for key, pattern in SECTION_PATTERNS:
        match = pattern.fullmatch(text)
        if match and (match[1] or not match[2]):
            return key, match[2]
    return None
