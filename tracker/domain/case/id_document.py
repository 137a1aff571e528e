"""Documents that prove who an applicant is (条例第29条: 身份证明), and the check digits of their numbers.

GB 11643 (居民身份证, ISO 7064 MOD 11-2) and GB 32100 (统一社会信用代码, MOD 31-3). The numbers of the other
documents have no check digit that was found in a published text: they are taken as they are typed.
"""

import re
from enum import StrEnum

from tracker.domain.case.personal import is_id_number
from tracker.domain.message import labels, worded


class IdKind(StrEnum):
    """Value: stored code. Order: as the form offers them."""

    RESIDENT = "resident_id"
    PASSPORT = "passport"
    HONG_KONG_MACAO = "hong_kong_macao_permit"
    TAIWAN = "taiwan_permit"
    FOREIGN = "foreign_permanent_id"
    CREDIT_CODE = "credit_code"
    OTHER = "other"


LABELS = labels(
    {
        IdKind.RESIDENT: "居民身份证",
        IdKind.PASSPORT: "护照",
        IdKind.HONG_KONG_MACAO: "港澳居民来往内地通行证",
        IdKind.TAIWAN: "台湾居民来往大陆通行证",
        IdKind.FOREIGN: "外国人永久居留身份证",
        IdKind.CREDIT_CODE: "统一社会信用代码",
        IdKind.OTHER: "其他",
    }
)

FAULTS = (
    worded("居民身份证号码应为18位，出生日期、校验码相符"),
    worded("统一社会信用代码应为18位，且校验码相符"),
)
RESIDENT_SHAPE = re.compile(r"\d{17}[\dX]")
OLD_RESIDENT_SHAPE = re.compile(r"\d{15}")  # of before 2013, without a check digit
CREDIT_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CREDIT_LENGTH = 18


def label(kind: str) -> str:
    """Return the words of a kind; what is none as it is, nothing where none was chosen."""
    return LABELS[IdKind(kind)] if kind in LABELS else kind


def fault(kind: str, number: str) -> str:
    """Return what is wrong with a number by its check digit; empty where nothing is, or nothing can be told.

    A number for which no kind was chosen is taken for what it looks like: 18 digits of a resident's ID,
    unless they are a credit code.
    """
    plain = "".join(number.split()).upper()
    if not plain:
        return ""
    if kind == IdKind.CREDIT_CODE or (not kind and is_credit_code(plain)):
        return "" if is_credit_code(plain) else FAULTS[1]
    looks_resident = RESIDENT_SHAPE.fullmatch(plain) is not None
    if kind == IdKind.RESIDENT or (not kind and looks_resident):
        is_right = is_id_number(plain) if looks_resident else OLD_RESIDENT_SHAPE.fullmatch(plain) is not None
        return "" if is_right else FAULTS[0]
    return ""


def is_credit_code(text: str) -> bool:
    """Return whether a text is a credit code: 18 of its signs and the right check sign."""
    if len(text) != CREDIT_LENGTH or any(sign not in CREDIT_SIGNS for sign in text):
        return False
    base = len(CREDIT_SIGNS)
    total = sum(CREDIT_SIGNS.index(sign) * pow(3, place, base) for place, sign in enumerate(text[:-1]))
    return CREDIT_SIGNS[-total % base] == text[-1]
