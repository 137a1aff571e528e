"""The law of the day of receipt: what each decree sets, one row a decree, asked through ``on``.

A request is measured by the 条例 in force on the day on which it was received (practice: no text says which
law holds for a request that was received before an amendment and answered after it). The next revision is
one more row of DECREES; no old case is counted anew.

Decree 492 is known from digests and an opening, not from its whole text: what it does not set here, no text
that was read set.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from tracker.domain.law import party
from tracker.domain.law.term import PAYMENT, Term


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """What one decree sets for the requests received under it, each with its article.

    since:               the first day of receipt that it governs.
    receipt:             the article of the day of receipt; the channels' own rules where it is empty.
    supplement_notice:   the term of the 补正告知; None where it set none.
    supplement_lapses:   whether an applicant who does not supplement has given the request up.
    opinions:            the term of each party that is asked (``party.LABELS``); one without a term never
                         falls silent.
    payment:             the applicant's term to pay; None where nothing lapses for want of payment.
    delay:               the article of a reasonable delayed term; empty where it knew none.
    """

    name: str
    title: str
    since: date
    reply: Term
    extension: Term
    receipt: str = ""
    supplement: str
    supplement_notice: Term | None = None
    supplement_lapses: bool = False
    pause: str
    opinions: Mapping[str, Term] = field(default_factory=dict)
    payment: Term | None = None
    delay: str = ""

    @property
    def terms(self) -> tuple[Term, ...]:
        """Every term that it sets, in the order in which a case meets them."""
        terms = (self.supplement_notice, self.reply, self.extension, *self.opinions.values(), self.payment)
        return tuple(dict.fromkeys(term for term in terms if term is not None))


DECREE_492 = Law(
    name="原条例",
    title="2007年《中华人民共和国政府信息公开条例》（国务院令第492号）",
    since=date(2008, 5, 1),
    reply=Term("reply", 15, "答复期限", "原条例（国务院令第492号）第24条"),
    extension=Term("extension", 15, "延长答复期限（合计最多）", "原条例（国务院令第492号）第24条"),
    receipt="原条例（国务院令第492号）第24条",
    supplement="原条例（国务院令第492号）第21条（重新计算为实务）",
    pause="原条例（国务院令第492号）第24条",
)
_CO_MAKER = Term("agency_opinion", 15, "共同制作机关意见", "条例第34条")
DECREE_711 = Law(
    name="条例",
    title="2019年《中华人民共和国政府信息公开条例》（国务院令第711号）",
    since=date(2019, 5, 15),
    reply=Term("reply", 20, "答复期限", "条例第33条第2款"),
    extension=Term("extension", 20, "延长答复期限（合计最多）", "条例第33条第2款"),
    supplement="条例第30条",
    supplement_notice=Term("supplement_notice", 7, "补正告知", "条例第30条"),
    supplement_lapses=True,
    pause="条例第33条第3款",
    opinions={
        party.THIRD_PARTY: Term("third_party_opinion", 15, "第三方意见", "条例第32条"),
        party.CO_MAKER: _CO_MAKER,
        party.UNTOLD: _CO_MAKER,
        party.OTHER: Term(
            "agency_opinion", 15, "其他机关意见", "条例第33条第3款（期限为实务）", practice=True
        ),
    },
    payment=PAYMENT,
    delay="条例第35条",  # 延迟答复的合理期限
)

# What a consultation that nobody ended leaves out where its law set no term (exchange format; practice).
UNENDED = Term("unended", 15, "没有结束记录的征求意见", "实务", practice=True)

DECREES = (DECREE_492, DECREE_711)  # in the order of their first days


def on(day: date) -> Law:
    """Return the law by which a request received on the day is measured.

    No request could be made before the first decree; such a day is refused where it comes in (bound.py),
    and a ledger that holds one is read by that decree.
    """
    for law in reversed(DECREES):
        if law.since <= day:
            return law
    return DECREES[0]


def newest() -> Law:
    """Return the law of the newest row: what is shown where no day of receipt is known."""
    return DECREES[-1]


def longest_extension() -> int:
    """Return the most working days that any decree lets a term be lengthened by."""
    return max([law.extension.days for law in DECREES])
