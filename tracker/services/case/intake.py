"""Register a request: receipt day by the rule of its channel, number, first entry, due day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from tracker.domain.case import applicant, channel
from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.case.channel import Channel, Receipt
from tracker.domain.case.event import Entry
from tracker.domain.case.evidence import Fact
from tracker.domain.case.history import Standing
from tracker.domain.errors import InvalidDetailError
from tracker.domain.permission import Action
from tracker.models.applicant import Applicant
from tracker.models.base import db, transaction
from tracker.models.case import Case
from tracker.models.cipher import blind_index
from tracker.services.case import ledger, numbering
from tracker.services.office import office
from tracker.services.office.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """How a request came in; the legal day of receipt follows from it (第31条)."""

    channel: Channel
    arrived_on: date
    signed_on: date | None = None
    confirmed_on: date | None = None
    tracking_number: str = ""
    forwarded_on: date | None = None

    def receipt(self) -> Receipt:
        """Return the legal day; raise InvalidDetailError where its evidence is missing."""
        return channel.receipt(
            self.channel,
            arrived_on=self.arrived_on,
            signed_on=self.signed_on,
            confirmed_on=self.confirmed_on,
            forwarded_on=self.forwarded_on,
            online=office.settings().online_receipt,
        )

    @property
    def awaits_confirmation(self) -> bool:
        """Whether there is no day of receipt yet (第31条)."""
        return channel.awaits(self.channel, self.confirmed_on, office.settings().online_receipt)

    def entry(self, kind: ApplicantKind, unit: str | None = None) -> Entry:
        """Return the first entry of the ledger."""
        days = {"arrived_on": self.arrived_on, "signed_on": self.signed_on}
        days["confirmed_on"] = self.confirmed_on
        details = {key: day.isoformat() for key, day in days.items() if day}
        words = {"applicant_kind": kind.value, "channel": self.channel.value}
        if unit:
            words["unit"] = unit
        if self.tracking_number:
            words["tracking_number"] = self.tracking_number
        return Entry("receive", self.receipt().on, {**details, **words})


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
    """A request as it is registered. ``unit`` is a name; ledgers name units in words.

    further:  those who ask together with the applicant, who is named first and whose kind is counted.
    evidence: how the receipt is proved, beside the days that the ledger keeps.
    """

    applicant: ApplicantData
    arrival: Arrival
    subject: str
    unit: str | None = None
    evidence: tuple[Fact, ...] = ()
    further: tuple[ApplicantData, ...] = ()


def preview(arrival: Arrival, kind: ApplicantKind = ApplicantKind.NATURAL_PERSON) -> Standing:
    """Return where the case would stand: receipt day and due day before anything is kept."""
    standing = Standing(office.calendar(), office.rules())
    standing.take(arrival.entry(kind))
    return standing


def confirm_by(arrival: Arrival) -> date:
    """Return the day by which the office is to confirm the request with the applicant."""
    arrived_on, days = arrival.forwarded_on or arrival.arrived_on, office.settings().confirmation_days
    return channel.confirm_by(arrival.channel, arrived_on, office.calendar(), days)


def register(request: RequestData, *, actor: Actor, today: date, now: datetime) -> Case:
    """Register a request in one transaction and return its case.

    Raises InvalidDetailError, UnlawfulDayError, NotPermittedError; then nothing was kept.
    """
    actor.require(Action.REGISTER)
    with transaction():
        return add(request, actor=actor, today=today, now=now)


def check(request: RequestData) -> None:
    """Raise InvalidDetailError where nobody can tell what is asked for.

    A request without a name, an identity or a way of contact is one all the same: what is missing is
    asked for by a supplement notice (第29、30条, ``channel.lacking``), not refused at the door.
    """
    if not request.subject.strip():
        raise InvalidDetailError("请填写申请内容（条例第29条）。")
    check_people((request.applicant, *request.further))


def check_people(people: Sequence[ApplicantData]) -> None:
    """Raise InvalidDetailError where several ask together and one of them is not named, or named twice."""
    nameless = [place for place, one in enumerate(people, start=1) if not one.name.strip()]
    if len(people) > 1 and nameless:
        raise InvalidDetailError(f"多人共同申请的，请填写第{nameless[0]}申请人的姓名或者名称。")
    if found := applicant.twice((one.name, one.id_number) for one in people):
        first, second = found
        raise InvalidDetailError(
            f"第{second}申请人与第{first}申请人的姓名、证件号码相同，请核对；确为两人的，请填写证件号码。"
        )


def add(
    request: RequestData, *, actor: Actor, today: date, now: datetime, who: Applicant | None = None
) -> Case:
    """Register a request in the caller's transaction.

    who: the applicant's row where it is kept already: the request waited for its confirmation.
    """
    check(request)
    subject = request.subject
    first = request.arrival.entry(request.applicant.kind, request.unit)
    row = who or applicant_row(actor.agency_id, request.applicant, request.further)
    db.session.add(row)
    number = numbering.next_number(actor.agency_id, numbering.REQUESTS, first.on.year)
    case = Case(
        agency_id=actor.agency_id,
        number=number,
        applicant=row,
        subject=subject.strip(),
        registered_at=now,
        registered_by=actor.name,
        due_is_provisional=False,
    )
    ledger.record(case, first, actor=actor, today=today, now=now)
    return case


def data_of(row: Applicant) -> ApplicantData:
    """Return what is kept of an applicant as it is typed."""
    words = {key: getattr(row, key) or "" for key in ("name", "id_number", "phone", "email", "address")}
    return ApplicantData(kind=ApplicantKind(row.kind), **words)


def applicant_row(agency_id: int, data: ApplicantData, further: Iterable[ApplicantData] = ()) -> Applicant:
    """Return the row of an applicant, the ID number encrypted and findable, and of those who ask too."""
    return Applicant(
        agency_id=agency_id,
        kind=data.kind.value,
        name=data.name.strip(),
        id_number=data.id_number or None,
        id_index=blind_index(data.id_number) if data.id_number else None,
        phone=data.phone or None,
        email=data.email or None,
        address=data.address or None,
        further=[applicant_row(agency_id, one) for one in further],
    )
