"""Remarks in a spreadsheet of requests: columns that no field takes, and words in them that mean an act.

An act is never read from a note: it has no day, or none that anybody vouches for. It is pointed out.
"""

import re
from collections.abc import Iterator, Mapping

from tracker.domain.message import Phrase

ACTS = (
    r"撤回|撤销申请|放弃|视为",
    r"已答复|已作?出?答复|已回复|已办结|已告知|已公开|已提供|不予公开|予以公开|部分公开|无法提供|不予处理|不存在|不掌握",
    r"延期|延长",
    r"补正|补充材料",
    r"征求|第三方",
    r"复议|诉讼|起诉|应诉",
    r"缴费|收费",
    r"作废|注销|吊销|重复申请|重复登记|并案|合并办理|合并答复|一并答复|另案",
    r"移送|转交|转送|转办至?",
    r"退回|退件|拒收|送达|寄出",
    r"信访|举报|投诉",
    r"死亡|去世|病故|终止",
)
ACT = re.compile("|".join(f"(?:{pattern})" for pattern in ACTS))
HEADING = re.compile(
    r"复议|诉讼|撤回|作废|共同申请人|其他申请人|其余申请人|予以公开|不予公开|部分公开|无法提供|不予处理|不存在|不掌握|其他处理|"
    r"补正|征求|第三方|延期|延长|收费|缴费|处理费|转办|转送|移送"
)  # over a column whose every entry tells of an act
_NOTHING = "/ \\ - -- — —— 无 否 没有 未 未发生 × ✗ ✘ ☐ □ 0 0.0 0.00 0元 免费 不涉及 不适用 空"
NOTHING = frozenset(_NOTHING.split())
YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")


def pointed_out(notes: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Yield the heading and the text of each note that tells of an act, and what is said of it."""
    for heading, note in notes.items():
        if "".join(note.split()) in NOTHING:
            continue
        acts = list(dict.fromkeys(ACT.findall(note)))
        if not acts and HEADING.search(heading):
            acts = [heading]
        if acts:
            told = "”“".join(acts[:4])
            yield (
                heading,
                note,
                Phrase(
                    "写有“%(told)s”：只作备注保留，没有据此登记任何事项，请核对是否需要补填。",
                    told=told,
                ),
            )


CLOSING = "）)]】〕"
BRACKETED = re.compile(r"[（(\[【〔]([^）)\]】〕]*)[）)\]】〕]")
OF_NAMES = re.compile(rf"代理人|委托代理|代办人?|代表人?|{ACT.pattern}")
AT_THE_END = re.compile(
    r"(?:撤回|撤销|作废|已[^（(\[【〔]{0,3}(?:答复|办结|告知|转办|转送|移送)|延期|延长|补正|重复申请|并案|另案|转办|转送|移送)"
    r"[^（(\[【〔）)\]】〕]{0,20}[）)\]】〕]\s*$|(?:已|已经|申请人)(?:撤回|作废|转办|延期|答复|办结)\s*$"
)


def marks(cells: Mapping[str, str], *, is_natural: bool) -> Iterator[tuple[str, str]]:
    """Yield the column and the words of an act that stand with a number, a name or a subject: 张三（撤回）.

    is_natural: the name is a person's; a body may bear such words (信访局), so only its brackets count.
    """
    number, name, subject = (cells.get(column) or "" for column in ("number", "name", "subject"))
    if match := ACT.search(number):
        yield "number", match[0]
    if match := OF_NAMES.search(name if is_natural else "\n".join(_in_brackets(name))):
        yield "name", match[0]
    if match := AT_THE_END.search(subject):
        yield "subject", match[0].rstrip("）)]】〕 ")


def _in_brackets(note: str) -> list[str]:
    """Return what stands in brackets; behind the last that closes every search would be in vain."""
    return BRACKETED.findall(note[: max(map(note.rfind, CLOSING)) + 1])


ANSWERED = re.compile(r"是否(?:已|已经|按时|按期|依法|如期)?(?:答复|办结|回复|办理完毕)")
DISCLOSED = re.compile(r"是否(?:予以|同意|依法|可以)?公开")


def says_answered(heading: str, note: str) -> bool:
    """Return whether a column of yes and no says that the request was answered."""
    return bool(ANSWERED.fullmatch("".join(heading.split()))) and "".join(note.split()) not in NOTHING


def says_withheld(heading: str, note: str) -> bool:
    """Return whether a column of yes and no says that nothing was disclosed."""
    return bool(DISCLOSED.fullmatch("".join(heading.split()))) and "".join(note.split()) in (
        "否",
        "不",
        "×",
        "N",
    )


def text(notes: Mapping[str, str]) -> str:
    """Return the notes of a row as the note of its case."""
    return "\n".join(f"{heading}：{note}" for heading, note in notes.items())


def year_of_sheet(name: str) -> int | None:
    """Return the one year that a sheet's name says; None where it says none or several."""
    years = set(YEAR.findall(name))
    return int(years.pop()) if len(years) == 1 else None
