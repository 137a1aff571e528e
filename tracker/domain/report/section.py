"""Sections 一, 五 and 六 of the annual report: their parts, a draft, length, copied paragraphs, fees.

Contents: 条例第50条. Five parts and length of 一: 国办公开办函〔2021〕30号 and the notices that
go with it (篇幅原则上不超过一千字: practice, shown and never refused).
"""

import re
from collections.abc import Mapping

from tracker.domain import money
from tracker.domain.message import Phrase, Statutory, labels
from tracker.domain.report.figure import Figures
from tracker.domain.report.table3 import Finding

OVERVIEW, PROBLEMS, OTHER = "1", "5", "6"
WRITTEN = (OVERVIEW, PROBLEMS, OTHER)
PARTS = ("主动公开", "依申请公开", "政府信息管理", "政府信息公开平台建设", "监督保障")
NUMERALS = "一二三四五"
HEADINGS = labels({part: f"（{NUMERALS[place]}）{part}" for place, part in enumerate(PARTS)}, Statutory)
PART_OF = {heading: part for part, heading in HEADINGS.items()}
LONGEST = 1000  # characters of section 一 (原则上不超过一千字)
COPIED = 30  # characters from which an equal paragraph is no coincidence
PROMPT = re.compile(r"〔请[^〕]*〕")
FEES = re.compile(r"收费|收取|费用|信息处理费")
NO_FEES = re.compile(r"(?:未|没有|无)[^，。；]{0,16}(?:收费|收取|费用|信息处理费)")


def split(text: str) -> dict[str, str]:
    """Return section 一 by its five parts; what stands before the first heading belongs to the first."""
    lines_of: dict[str, list[str]] = {part: [] for part in PARTS}
    part = PARTS[0]
    for line in text.splitlines():
        if line.strip() in PART_OF:
            part = PART_OF[line.strip()]
        else:
            lines_of[part].append(line)
    return {part: "\n".join(lines).strip() for part, lines in lines_of.items()}


def join(parts: Mapping[str, str]) -> str:
    """Return section 一 with its five headings; empty where every part is."""
    if not any(parts.values()):
        return ""
    return "\n".join(f"{HEADINGS[part]}\n{parts.get(part, '').strip()}".strip() for part in PARTS)


def length(text: str) -> int:
    """Return the characters of a section without blanks and without the headings of its parts."""
    lines = (line.strip() for line in text.splitlines())
    return sum(len(re.sub(r"\s", "", line)) for line in lines if line not in PART_OF)


def draft(known: Figures) -> dict[str, str]:
    """Return a draft of section 一 written from the counts; what nobody counts is asked for."""
    return {
        "主动公开": _disclosed(known),
        "依申请公开": _requested(known),
        "政府信息管理": _managed(known),
        "政府信息公开平台建设": _channels(known),
        "监督保障": _supervised(known),
    }


def fee_draft(known: Figures) -> str:
    """Return what section 六 must say of fees: charged, or that there were none."""
    if known["信息处理费.元"].value in ("0", "0.00"):
        return "本年度未收取政府信息公开信息处理费。"
    return "本年度依法收取政府信息公开信息处理费{{信息处理费.元}}元。"


def _some(known: Figures, *names: str) -> bool:
    return any(known[name].value not in ("0", "") for name in names)


def _list(known: Figures, prefix: str, names: tuple[str, ...], unit: str = "件") -> str:
    """Return the words that have a figure: 予以公开3件、部分公开1件."""
    counted = [word for word in names if _some(known, f"{prefix}.{word}")]
    return "、".join(f"{word}{{{{{prefix}.{word}}}}}{unit}" for word in counted)


def _disclosed(known: Figures) -> str:
    sentences = []
    if _some(known, "主动公开.信息条数"):
        sentences.append(
            "全年主动公开政府信息{{主动公开.信息条数}}条，在{{主动公开.媒体名称}}发布{{主动公开.信息条次}}条次。"
        )
    if _some(known, "主动公开.规范性文件制发", "主动公开.规范性文件废止", "主动公开.规范性文件现行有效"):
        sentences.append(
            "本年制发行政规范性文件{{主动公开.规范性文件制发}}件，废止{{主动公开.规范性文件废止}}件，"
            "现行有效{{主动公开.规范性文件现行有效}}件。"
        )
    decisions = _list(known, "主动公开", ("行政许可", "行政处罚", "行政强制"))
    if decisions:
        sentences.append(f"作出{decisions}。")
    if _some(known, "主动公开.行政事业性收费万元"):
        sentences.append("行政事业性收费{{主动公开.行政事业性收费万元}}万元。")
    return "".join([*sentences, "〔请补充：本年度主动公开的重点领域、制度和做法〕"])


def _requested(known: Figures) -> str:
    if not _some(known, "依申请公开.新收", "依申请公开.上年结转"):
        sentences = ["本年度未收到政府信息公开申请。"]
    else:
        sentences = [
            "本年新收政府信息公开申请{{依申请公开.新收}}件，上年结转{{依申请公开.上年结转}}件；"
            "办结{{依申请公开.办结}}件，结转下年度继续办理{{依申请公开.结转下年度}}件。"
        ]
        kinds = ("予以公开", "部分公开", "不予公开", "无法提供", "不予处理", "其他处理")
        results = _list(known, "依申请公开", kinds)
        if results:
            sentences.append(f"办理结果：{results}。")
    if _some(known, "行政复议.总计"):
        sentences.append("因政府信息公开工作被申请行政复议{{行政复议.总计}}件。")
    suits = _list(known, "行政诉讼", ("未经复议直接起诉", "复议后起诉"))
    if suits:
        sentences.append(f"被提起行政诉讼：{suits}。")
    return "".join(sentences)


def _managed(known: Figures) -> str:
    text = ""
    if _some(known, "来信来访来电.总计"):
        kinds = _list(known, "来信来访来电", ("来信", "来访", "来电"))
        listed = f"，其中{kinds}" if kinds else ""
        text = f"对来信、来访、来电逐一登记、甄别，全年登记{{{{来信来访来电.总计}}}}件{listed}。"
    return f"{text}〔请补充：审查、保密、动态管理等情况〕"


def _channels(known: Figures) -> str:
    text = "各平台发布情况：{{主动公开.各媒体条次}}。" if _some(known, "主动公开.各媒体条次") else ""
    return f"{text}〔请补充：平台建设和管理情况〕"


def _supervised(known: Figures) -> str:
    text = ""
    if _some(known, "监督保障.培训次数"):
        text = "组织政府信息公开培训{{监督保障.培训次数}}次，参加{{监督保障.培训人次}}人次。"
    if _some(known, "监督保障.考核次数"):
        text += "开展考核、社会评议{{监督保障.考核次数}}次。"
    if _some(known, "监督保障.责任追究"):
        text += "追究责任{{监督保障.责任追究}}起。"
    return f"{text}〔请补充：考核、社会评议和责任追究情况〕"


# -- what a reader would object to ---------------------------------------------------------------


def copied(text: str, before: str, where: str) -> list[Finding]:
    """Return the paragraphs that stand word for word in last year's text."""
    old = {_bare(line) for line in before.splitlines()}
    same = [line for line in map(_bare, text.splitlines()) if len(line) >= COPIED and line in old]
    message = "这一段与上年报告完全相同：“{}…”。请据实改写，不得照抄（确需相同的，发布时说明）。"
    return [Finding("copied", where, message.format(line[:COPIED])) for line in same]


def _bare(line: str) -> str:
    return re.sub(r"\s", "", line)


def fees(text: str, charged: bool, where: str) -> list[Finding]:
    """Return what section 六 lacks or gets wrong about fees (收费; 没有的也应写明)."""
    if not text.strip():
        return []
    if not FEES.search(text):
        return [Finding("fee_statement", where, "应写明本年度收取信息处理费的情况；没有收取的，也要写明。")]
    if charged and NO_FEES.search(text):
        return [Finding("fee_statement", where, "文中写没有收费，台账中本年度收取了信息处理费。")]
    return []


def processing_fees(paid_fen: int, row: str, where: str) -> list[Finding]:
    """Return that the processing fees of the ledger are not in table 2（八）, where they are not.

    The fee is an 行政事业性收费 by the notices of the treasury, so its amount belongs there where no
    other rule of the office says otherwise (practice).

    paid_fen: what the ledgers hold as paid in the year. row: the amount of table 2 in 万元.
    """
    if paid_fen <= money.fen_of_wan(row):
        return []
    message = Phrase(
        "台账中本年度收取信息处理费%(paid)s元，表二（八）行政事业性收费为%(row)s万元，没有包括在内："
        "信息处理费属于行政事业性收费，除本机关另有规定外应当计入（实务）。",
        paid=money.yuan(paid_fen),
        row=row,
    )
    return [Finding("processing_fees", where, message)]


def prompts(text: str) -> list[str]:
    """Return what a draft still asks for."""
    return PROMPT.findall(text)
