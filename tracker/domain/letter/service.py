"""How a letter is served (送达): the ways, the day that counts, what is refused, what is said before.

Law: 国办公开办函〔2016〕235号; 邮政法第55条 (post alone carries what state organs send). Electronic service
and serving again what came back are practice: 235号 knows hand-over, post and delegation.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from tracker.domain import misfit
from tracker.domain.case.finding import Objection
from tracker.domain.case.step_field import METHODS
from tracker.domain.errors import InvalidDetailError
from tracker.domain.message import Phrase, labels, worded

LAW = "国办公开办函〔2016〕235号"
POST_LAW = "国办公开办函〔2016〕235号第二条（邮寄经邮政企业）、邮政法第55条（快递不得寄递公文）"
POST = "post"
SIGNED = ("in_person", "delegated", "on_the_spot")  # ways whose day is that of a signature
ELECTRONIC = ("email", "online")
WAYS = labels({way: label for way, label in METHODS.items() if way != "none"})
TOLD_TO_NOBODY = ("closed_other.ended",)  # kinds that are records of the file
HANDED = "交付、交邮、发出的日期"

COURIER = "courier"
CARRIERS = labels(
    {"ems": "邮政 EMS", "registered": "邮政挂号信", COURIER: "快递企业（顺丰、京东、中通、圆通等）"}
)
# Letters with which the numbers of couriers begin; a number of the post has none of them.
COURIER_NUMBER = re.compile(r"(SF|JD[A-Z0-9]|YT|JT|ZTO|STO|YD|DPK|DBL|KY)\d{6,}", re.IGNORECASE)
POST_NUMBER = re.compile(r"[A-Z]{2}\d{9}[A-Z]{2}|[A-Z]{2}\d{11}|\d{13}", re.IGNORECASE)

RECEIVED, RETURNED, ACCEPTED, BOUNCED, VOID = "received", "returned", "accepted", "bounced", "void"
RESULTS = labels(
    {
        RECEIVED: "对方收到",
        RETURNED: "退回（退件）",
        ACCEPTED: "已发出（发件服务器接收）",
        BOUNCED: "电子送达被退回",
        VOID: "误录，作废",
    }
)
ENTERED = worded(
    "进入对方系统"  # what counts of electronic service, whenever it was opened or read (电子签名法第11条)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One act of service as a person states it.

    handed_on:   the day handed over, posted, or sent.
    received_on: the day signed for, or on which it entered the addressee's system; of post where it is known.
    carrier:     a key of CARRIERS. on_delivery: the addressee pays the postage (到付).
    through:     the organ that serves it for the office (委托).
    """

    way: str
    handed_on: date
    received_on: date | None = None
    signer: str = ""
    carrier: str = ""
    tracking: str = ""
    on_delivery: bool = False
    through: str = ""

    @property
    def counts_on(self) -> date | None:
        """The day on which the letter counts as served; None while it is not known."""
        return counts_on(self.way, self.handed_on, self.received_on)


def counts_on(way: str, handed_on: date, received_on: date | None) -> date | None:
    """Return the day that counts (235号): of post that of handing over, else that of the signature.

    Of electronic service it is the day on which the letter entered the addressee's system (practice), which
    the server that sends it does not know: a person says it.
    """
    return handed_on if way == POST else received_on


def check(attempt: Attempt, *, dated_on: date, today: date) -> None:
    """Raise InvalidDetailError where the service is none, or none that the law allows."""
    if attempt.way not in WAYS:
        raise InvalidDetailError("请选择送达方式。")
    if not dated_on <= attempt.handed_on <= today:
        raise InvalidDetailError(
            "%(handed)s应在落款日期（%(dated_on)s）与今天（%(today)s）之间。",
            handed=HANDED,
            dated_on=dated_on,
            today=today,
        )
    received = attempt.received_on
    if received is not None and not attempt.handed_on <= received <= today:
        raise InvalidDetailError(
            "签收、收到的日期应在%(handed)s（%(handed_on)s）与今天（%(today)s）之间。",
            handed=HANDED,
            handed_on=attempt.handed_on,
            today=today,
        )
    for problem in _problems(attempt):
        raise InvalidDetailError(problem)


def _problems(attempt: Attempt) -> Iterator[str]:
    if attempt.way == POST:
        yield from _of_post(attempt)
    if attempt.way in SIGNED and not (attempt.received_on and attempt.signer):
        yield Phrase(
            "%(value)s以签收之日为准：请填写签收日期和签收人（%(law)s）。",
            value=WAYS[attempt.way],
            law=LAW,
        )
    if attempt.way == "delegated" and not attempt.through:
        yield Phrase("请写明受委托代为送达的行政机关（%(law)s）。", law=LAW)
    if attempt.way == "online" and attempt.received_on is None:
        yield Phrase("网上送达以进入对方系统之日为准（实务）：请填写该日期。")


def _of_post(attempt: Attempt) -> Iterator[str]:
    if attempt.carrier not in CARRIERS:
        yield Phrase("请选择邮政企业的业务：EMS或者挂号信（%(post_law)s）。", post_law=POST_LAW)
    if attempt.carrier == COURIER or COURIER_NUMBER.fullmatch(attempt.tracking):
        yield Phrase(
            "快递企业不得寄递国家机关公文，不能以快递送达：请改用邮政 EMS 或者挂号信（%(post_law)s）。",
            post_law=POST_LAW,
        )
    if attempt.on_delivery:
        yield Phrase("邮寄不得到付，邮费不由申请人承担：请由本机关付费（国办公开办函〔2016〕235号第二条）。")
    if not attempt.tracking:
        yield Phrase(
            "请填写邮件号：以交邮之日为准，邮件号是交邮的凭证（%(law)s只定交邮之日；要求邮件号为实务）。",
            law=LAW,
        )


def warnings(attempt: Attempt, *, dated_on: date, due_on: date | None) -> Iterator[Objection]:
    """Yield what is to be said before the service is kept; a person goes on with a reason.

    due_on: the last day of the answer, of an answer that is being served.
    """
    served = attempt.counts_on
    if served is not None and served.year != dated_on.year:
        yield Objection(
            Phrase(
                "落款在%(year)s年（%(dated_on)s），送达在%(year2)s年（%(served)s）：结果归入哪"
                "一年，按本机关的做法。",
                year=dated_on.year,
                dated_on=dated_on,
                year2=served.year,
                served=served,
            ),
            LAW,
        )
    if served is not None and due_on is not None and served > due_on:
        yield Objection(
            Phrase(
                "答复期限为%(due_on)s，%(served)s送达已超期。",
                due_on=due_on,
                served=served,
            ),
            LAW,
        )
    if attempt.way == POST and attempt.tracking and not POST_NUMBER.fullmatch(attempt.tracking):
        yield Objection(
            Phrase(
                "“%(tracking)s”不像邮政企业的邮件号（实务），请核对。",
                tracking=attempt.tracking,
            ),
            POST_LAW,
        )


def outdated(attempt: Attempt, corrections: Iterable[tuple[str, date]]) -> Iterator[Objection]:
    """Yield that a letter leaves although it was corrected; a person who goes on says why.

    corrections: those that stand: number, and the day of each.
    """
    for number, dated_on in corrections:
        if dated_on <= attempt.handed_on:
            yield Objection(
                Phrase(
                    "这份文书已由%(number)s（%(dated_on)s）更正：请送达更正后的文书。",
                    number=number,
                    dated_on=dated_on,
                ),
                "实务",
            )


def label(labels: Mapping[str, str], kept: str) -> str:
    """Return the words of a way, a carrier or a result; what is damaged is shown as such."""
    return misfit.label(labels, kept)


def result_label(way: str, kind: str) -> str:
    """Return the words of what came of a service: of electronic service the receipt is the system's."""
    return ENTERED if kind == RECEIVED and way in ELECTRONIC else label(RESULTS, kind)


# -- what came of it ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LaterResult:
    """What was recorded of a service afterwards: a key of RESULTS, and its day."""

    kind: str
    on: date


@dataclass(frozen=True, slots=True)
class Service:
    """A service with what came of it."""

    way: str
    handed_on: date
    received_on: date | None
    results: tuple[LaterResult, ...] = ()

    def day(self, kind: str) -> date | None:
        """Return the day of what came of it; None where it did not."""
        return next((each.on for each in self.results if each.kind == kind), None)

    @property
    def is_void(self) -> bool:
        return self.day(VOID) is not None

    @property
    def got_on(self) -> date | None:
        """The day on which the addressee got it, from which the terms of 补正、缴费、意见 run."""
        return None if self.is_void else self.received_on or self.day(RECEIVED)

    @property
    def left_on(self) -> date | None:
        """The day on which a server took a mail over: that it left, not that it entered another's system."""
        return None if self.is_void else self.day(ACCEPTED)

    @property
    def counts_on(self) -> date | None:
        """The day that counts; post that came back keeps its own (235号), electronic service does not."""
        if self.is_void or self.day(BOUNCED):
            return None
        return counts_on(self.way, self.handed_on, self.got_on)

    @property
    def returned_on(self) -> date | None:
        return None if self.is_void else self.day(RETURNED) or self.day(BOUNCED)

    def may_have(self) -> tuple[str, ...]:
        """Return the results that may be recorded of it now."""
        if self.is_void:
            return ()
        came_back = self.returned_on is not None
        may_be_told = self.way in (POST, *ELECTRONIC)
        later = {
            RECEIVED: may_be_told and self.got_on is None and not came_back,
            RETURNED: self.way == POST and self.got_on is None and not came_back,
            BOUNCED: self.way in ELECTRONIC and not came_back,
            VOID: True,
        }
        return tuple(kind for kind, may in later.items() if may)


def served_on(services: Iterable[Service]) -> date | None:
    """Return the day that counts of several services of one letter: the first; None where none does."""
    return min((each.counts_on for each in services if each.counts_on), default=None)


def again_since(services: Iterable[Service]) -> date | None:
    """Return since when a letter that came back waits to be served again (practice); None where none does."""
    standing = [each for each in services if not each.is_void]
    return standing[-1].returned_on if standing else None


def check_result(stands: Service, result: LaterResult, *, note: str, signer: str, today: date) -> None:
    """Raise InvalidDetailError where that cannot have come of the service."""
    kind = result.kind
    if kind not in stands.may_have():
        raise InvalidDetailError("这次送达现在不能登记这个结果。")
    if not stands.handed_on <= result.on <= today:
        raise InvalidDetailError(
            "日期应在%(handed)s（%(handed_on)s）与今天（%(today)s）之间。",
            handed=HANDED,
            handed_on=stands.handed_on,
            today=today,
        )
    if kind == RECEIVED and stands.left_on and result.on < stands.left_on:
        raise InvalidDetailError("收到的日期早于发出之日（%(left_on)s）。", left_on=stands.left_on)
    if kind in (RETURNED, BOUNCED, VOID) and not note:
        raise InvalidDetailError("请写明“%(value)s”的原因。", value=RESULTS[kind])
    if kind == RECEIVED and not (signer or note):
        raise InvalidDetailError("请写明签收人，或者从什么凭据得知收到日期。")
