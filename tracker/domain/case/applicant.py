"""Kinds of applicants: the columns of table 3 (国办公开办函〔2021〕30号)."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from enum import StrEnum

from tracker.domain.folding import fold, folded_name
from tracker.domain.message import labels


class ApplicantKind(StrEnum):
    """Value: stored code. Order: the columns of table 3, left to right."""

    NATURAL_PERSON = "natural_person"
    BUSINESS = "business"
    RESEARCH = "research"
    NGO = "ngo"
    LEGAL_SERVICE = "legal_service"
    OTHER = "other"

    @property
    def label(self) -> str:
        return LABELS[self]


LABELS = labels(
    {
        ApplicantKind.NATURAL_PERSON: "自然人",
        ApplicantKind.BUSINESS: "商业企业",
        ApplicantKind.RESEARCH: "科研机构",
        ApplicantKind.NGO: "社会公益组织",
        ApplicantKind.LEGAL_SERVICE: "法律服务机构",
        ApplicantKind.OTHER: "其他",
    }
)

# No official definition was found: practice, shown as such in the handbook.
HINTS = labels(
    {
        ApplicantKind.NATURAL_PERSON: "公民，含个体工商户（民法典第54条）",
        ApplicantKind.BUSINESS: "公司、合伙企业、个人独资企业、营利性合作社",
        ApplicantKind.RESEARCH: "科研院所、高等学校",
        ApplicantKind.NGO: "基金会、慈善组织、社会团体、民办非企业单位",
        ApplicantKind.LEGAL_SERVICE: "以自己名义申请的律师事务所、法律服务所",
        ApplicantKind.OTHER: "机关、其他事业单位、村（居）委会、业主委员会、媒体",
    }
)

# -- several people in one request ------------------------------------------------------------------

HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
BETWEEN = re.compile(r"[、,;/&|\r\n]+")  # made narrow before
AND = re.compile(r"[和与及暨]")
AND_OTHERS = re.compile(r"等(?:共?(?:\d+|[一二两三四五六七八九十百]+)(?:人|位|名|户|家|个人)?|[人户]|多人)?$")
BRACKETED = re.compile(r"\([^()]*\)")
NAME = range(2, 5)  # characters of most Chinese names


def together(names: Sequence[str]) -> str:
    """Return the names of those who ask together as a letter begins with them."""
    return "、".join(names)


def is_of_several(name: str, kind: str = ApplicantKind.NATURAL_PERSON) -> bool:
    """Return whether a name looks as if it named several (张三、李四；张三等2人): a person must tell.

    A sign between words is one between names where each side has the look of a name; one between
    letters is not, where a body is named (Example Co., Ltd.).
    """
    plain = BRACKETED.sub("", unicodedata.normalize("NFKC", name)).strip()
    if AND_OTHERS.search("".join(plain.split())):
        return True
    natural = kind == ApplicantKind.NATURAL_PERSON
    sides = [side for side in map(str.strip, BETWEEN.split(plain)) if side]
    if len(sides) > 1 and all((len(side) if natural else _han(side)) >= min(NAME) for side in sides):
        return True
    parts = (AND.split("".join(plain.split())), plain.split()) if natural else ()
    return any(len(part) > 1 and all(_han(side) in NAME for side in part) for part in parts)


def _han(text: str) -> int:
    return len(HAN.findall(text))


def is_written(told: str, names: Sequence[str]) -> bool:
    """Return whether a file's name for an applicant names these people: the first, all, the first 等N人."""
    ways = {names[0], together(names), *(f"{names[0]}等{len(names)}{of}" for of in "人位名户家")}
    return fold(told) in map(fold, ways)


def twice(people: Iterable[tuple[str, str]]) -> tuple[int, int] | None:
    """Return the places of two who cannot be told apart by name and ID number, from 1; None of none."""
    seen: dict[tuple[str, str], int] = {}
    for place, (name, id_number) in enumerate(people, start=1):
        before = seen.setdefault((folded_name(name), fold(id_number)), place)
        if before != place:
            return before, place
    return None
