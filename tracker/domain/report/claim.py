"""A figure that a sentence of a report states, and what it may be called."""

import re
from dataclasses import dataclass
from decimal import Decimal

from tracker.domain.message import labels
from tracker.domain.report.sentence import Mention

# What a figure may be called, besides the codes of the rows of table 3 (sums of rows: 3.1+3.2).
RECEIVED, HANDLED, CLOSED, ANSWERED = "received", "handled", "closed", "answered"
REST, ALL, WITHDRAWN, PENDING, WAITING = "rest", "all", "withdrawn", "pending", "waiting"
REVIEW, SUIT, DISPUTE = "reconsideration", "litigation", "dispute"
# Of the requests received: from natural persons, from all others, by one way of applying.
NATURAL, LEGAL, BY_CHANNEL = "natural_person", "legal", "channel"
KINDS = labels(
    {
        "business": "商业企业",
        "research": "科研机构",
        "ngo": "社会公益组织",
        "legal_service": "法律服务机构",
    }
)
CHANGE = re.compile(r"(增加|减少|增长|下降|上升|多|少|增|减|降低)了?$")
QUALIFIED = re.compile(r"其中|本级|各|部门|街道|镇|乡|单位|下属|直属|分别|当月|季度|上半年|月份|日均|月均")


@dataclass(frozen=True, slots=True)
class Claim:
    """A figure that a sentence states.

    what:      a row of table 3, rows joined by +, or one of the words above.
    year:      the year that the sentence speaks of, where it names one as its subject.
    qualified: said of a part, so that another figure beside it is no contradiction.
    slip:      the year that the carried cases are said to go to or come from, where it fits neither.
    """

    what: str
    value: Decimal
    words: str
    sentence: str
    share: Decimal | None = None
    year: int | None = None
    qualified: bool = False
    slip: int | None = None


def stated(what: str, mention: Mention, **more: int | None) -> Claim:
    """Return the claim that a number makes."""
    clause = f"{mention.ahead[-30:]}{mention.before}"
    return Claim(
        what=what,
        value=mention.value,
        words=mention.words,
        sentence=mention.sentence,
        share=mention.share,
        qualified=bool(QUALIFIED.search(clause)),
        **more,
    )
