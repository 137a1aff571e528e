"""A request as it is registered: who asks (第29条), how it came in (第31条), what for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tracker.domain.case import applicant, channel
from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.case.channel import Channel, Receipt
from tracker.domain.case.event import Entry
from tracker.domain.case.evidence import Fact
from tracker.domain.errors import InvalidDetailError


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """How a request came in; the legal day of receipt follows from it (第31条).

    Each method takes ``online``, the office's reading of an online receipt (``channel.receipt``).
    """

    channel: Channel
    arrived_on: date
    signed_on: date | None = None
    confirmed_on: date | None = None
    tracking_number: str = ""
    forwarded_on: date | None = None

    def receipt(self, online: str) -> Receipt:
        """Return the legal day; raise InvalidDetailError where its evidence is missing."""
        return channel.receipt(
            self.channel,
            arrived_on=self.arrived_on,
            signed_on=self.signed_on,
            confirmed_on=self.confirmed_on,
            forwarded_on=self.forwarded_on,
            online=online,
        )

    def awaits_confirmation(self, online: str) -> bool:
        """Return whether there is no day of receipt yet (第31条)."""
        return channel.awaits(self.channel, self.confirmed_on, online)

    def entry(self, kind: ApplicantKind, unit: str | None, online: str) -> Entry:
        """Return the first entry of the ledger."""
        days = {"arrived_on": self.arrived_on, "signed_on": self.signed_on}
        days["confirmed_on"] = self.confirmed_on
        details = {key: day.isoformat() for key, day in days.items() if day}
        particulars = {"applicant_kind": kind.value, "channel": self.channel.value}
        if unit:
            particulars["unit"] = unit
        if self.tracking_number:
            particulars["tracking_number"] = self.tracking_number
        return Entry("receive", self.receipt(online).on, {**details, **particulars})


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicantData:
    """Who asks (第29条: 姓名或者名称、身份证明、联系方式). No purpose is ever asked."""

    kind: ApplicantKind
    name: str
    id_number: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestData:
    """A request as it is typed. ``unit`` is a name; ledgers name units in words.

    further:  those who ask together with the applicant, who is named first and whose kind is counted.
    evidence: how the receipt is proved, beside the days that the ledger keeps.
    """

    applicant: ApplicantData
    arrival: Arrival
    subject: str
    unit: str | None = None
    evidence: tuple[Fact, ...] = ()
    further: tuple[ApplicantData, ...] = ()

    def check(self) -> None:
        """Raise InvalidDetailError where nobody can tell what is asked for, or by whom of several.

        A request without a name, an identity or a way of contact is one all the same: what is missing is
        asked for by a supplement notice (第29、30条, ``channel.lacking``), not refused at the door.
        """
        if not self.subject.strip():
            raise InvalidDetailError("请填写申请内容（条例第29条）。")
        check_people((self.applicant, *self.further))


def check_people(people: Sequence[ApplicantData]) -> None:
    """Raise InvalidDetailError where several ask together and one of them is not named, or named twice."""
    nameless = [place for place, one in enumerate(people, start=1) if not one.name.strip()]
    if len(people) > 1 and nameless:
        raise InvalidDetailError(f"多人共同申请的，请填写第{nameless[0]}申请人的姓名或者名称。")
    if places := applicant.twice((one.name, one.id_number) for one in people):
        first, second = places
        raise InvalidDetailError(
            f"第{second}申请人与第{first}申请人的姓名、证件号码相同，请核对；确为两人的，请填写证件号码。"
        )
