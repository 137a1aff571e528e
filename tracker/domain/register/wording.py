"""Cells of a register's spreadsheet that say more or less than their field holds: 长期有效, 拟废止."""

import re

from tracker.domain import reading
from tracker.domain.message import Phrase
from tracker.domain.register.normative import IN_FORCE

ENDLESS = re.compile(r"(长期|永久|一直|持续)(有效)?|无(固定)?期限|未规定(有效期)?|不限")
PROPOSED = re.compile(r"拟(修改|修订|失效|废止|宣布失效)|建议(修改|废止|失效)|待(修改|修订|废止)")
GOES_ON = re.compile(r"(保留|继续有效|继续执行|继续保留|现行有效)(.*)")


def read(register: str, cells: dict[str, object]) -> dict[str, str]:
    """Put the words of cells as the register's fields read them; return what a person should look at."""
    return _of_documents(cells) if register == "normative-documents" else {}


def _of_documents(cells: dict[str, object]) -> dict[str, str]:
    """Read 清理意见 and 有效期: a proposal ends nothing, a document without an end has no last day."""
    told: dict[str, str] = {}
    status, until = reading.text(cells["status"]), reading.text(cells["valid_until"])
    if ENDLESS.fullmatch(until):
        cells["valid_until"] = None
    goes_on = GOES_ON.fullmatch(status)
    if PROPOSED.fullmatch(status):
        cells["status"] = IN_FORCE
        told["status"] = Phrase(
            "清理意见“%(status)s”只是意见：尚未修改、废止，按有效登记，请核对。",
            status=status,
        )
    elif goes_on:
        cells["status"] = IN_FORCE
        rest = goes_on[2].strip("，,（）() ")
        if rest and not ENDLESS.fullmatch(rest):
            told["status"] = Phrase(
                "“%(status)s”按有效登记，其中“%(rest)s”没有读入有效期，请核对。",
                status=status,
                rest=rest,
            )
    return told
