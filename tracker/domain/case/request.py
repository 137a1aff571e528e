"""A request as it is registered: who asks (第29条), how it came in (第31条), what for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from tracker.domain.case import applicant, channel, id_document
from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.case.channel import Channel, Receipt
from tracker.domain.case.event import Entry
from tracker.domain.case.evidence import Fact
from tracker.domain.case.representative import ALL, ROLES, SCOPES, RepresentativeRole
from tracker.domain.case.wish import Wishes
from tracker.domain.errors import InvalidDetailError
from tracker.domain.message import Phrase

MOST_PEOPLE = 100  # who ask with one request: what its form holds
MOST_REPRESENTATIVES = 20


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
    """Who asks (第29条: 姓名或者名称、身份证明、联系方式), or who acts for one who asks.

    id_kind: of ``IdKind``; empty where none was chosen. id_kept: why a number is kept whose check digit
             is wrong.
    gets_letters: of several who ask together the one who gets the letters; of an agent, that the authority
             covers receiving them.
    """

    kind: ApplicantKind
    name: str
    id_number: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    id_kind: str = ""
    id_kept: str = ""
    gets_letters: bool = False

    @property
    def misread(self) -> str:
        """What the check digit of the number says against it, unless it was kept with a reason."""
        return "" if self.id_kept.strip() else id_document.fault(self.id_kind, self.id_number)


@dataclass(frozen=True, slots=True, kw_only=True)
class RepresentativeData:
    """Somebody who acts for an applicant, as typed.

    person: name, document and contact.
    place:  of the applicant acted for, from 1; ALL for everybody who asks.
    scope, from_on, to_on: of an agent's authority (委托书), as far as it says.
    """

    role: str
    person: ApplicantData
    place: int = ALL
    scope: str = ""
    from_on: date | None = None
    to_on: date | None = None

    def check(self, people: int) -> None:
        """Raise InvalidDetailError where nobody is named, or the authority contradicts itself."""
        if self.role not in ROLES or self.scope not in ("", *SCOPES):
            raise InvalidDetailError("请从列出的代理身份和授权范围中选择。")
        if not self.person.name.strip():
            raise InvalidDetailError(
                "请填写%(value)s的姓名。",
                value=ROLES[RepresentativeRole(self.role)],
            )
        if not ALL <= self.place <= people:
            raise InvalidDetailError(
                "%(name)s代理的申请人不在本件申请人中。",
                name=self.person.name,
            )
        if self.role == RepresentativeRole.GUARDIAN and self.place == ALL and people > 1:
            raise InvalidDetailError(
                "请选择%(name)s是哪一位申请人的法定代理人。",
                name=self.person.name,
            )
        if self.from_on and self.to_on and self.to_on < self.from_on:
            raise InvalidDetailError("委托期限的截止日期不能早于起始日期。")


@dataclass(frozen=True, slots=True, kw_only=True)
class AskingData:
    """Everybody who asks with a request and who acts for them, and what they ask for.

    further: those who ask together with the applicant, who is named first and whose kind is counted.
    representatives: who acts for them. wishes: what the application asks for beside the information.
    """

    applicant: ApplicantData
    further: tuple[ApplicantData, ...] = ()
    representatives: tuple[RepresentativeData, ...] = ()
    wishes: Wishes = field(default_factory=Wishes)

    def check_people(self) -> None:
        """Raise InvalidDetailError where the people are not told apart, or an authority is of nobody here.

        What a document's check digit says is left to whoever types it: a file tells what was kept.
        """
        people = (self.applicant, *self.further)
        check_people(people)
        for each in self.representatives:
            each.check(len(people))


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestData(AskingData):
    """A request as it is typed. ``unit`` is a name; ledgers name units in words.

    evidence: how the receipt is proved, beside the days that the ledger keeps.
    """

    arrival: Arrival
    subject: str
    unit: str | None = None
    evidence: tuple[Fact, ...] = ()

    def check(self) -> None:
        """Raise InvalidDetailError where nobody can tell what is asked for, or by whom of several.

        A request without a name, an identity or a way of contact is one all the same: what is missing is
        asked for by a supplement notice (第29、30条, ``channel.lacking``), not refused at the door.
        """
        if not self.subject.strip():
            raise InvalidDetailError("请填写申请内容（条例第29条）。")
        self.check_people()
        check_documents((self.applicant, *self.further), self.representatives)


def check_people(people: Sequence[ApplicantData]) -> None:
    """Raise InvalidDetailError where one of several is not named, or named twice, or two get the letters."""
    nameless = [place for place, one in enumerate(people, start=1) if not one.name.strip()]
    if len(people) > 1 and nameless:
        raise InvalidDetailError(
            "多人共同申请的，请填写第%(value)s申请人的姓名或者名称。",
            value=nameless[0],
        )
    if places := applicant.twice((one.name, one.id_number) for one in people):
        first, second = places
        raise InvalidDetailError(
            "第%(second)s申请人与第%(first)s申请人的姓名、证件号码相同，请核对；确为两人的，请填写证件号码。",
            second=second,
            first=first,
        )
    if sum(one.gets_letters for one in people) > 1:
        raise InvalidDetailError("接收文书的代表人只能是一人。")


def check_documents(
    people: Iterable[ApplicantData], representatives: Iterable[RepresentativeData] = ()
) -> None:
    """Raise InvalidDetailError where the number of somebody's document is wrong by its check digit."""
    for place, one in enumerate(people, start=1):
        _check_document(one, Phrase("第%(place)s申请人", place=place))
    for each in representatives:
        _check_document(each.person, ROLES[RepresentativeRole(each.role)])


def _check_document(person: ApplicantData, who: str) -> None:
    if person.misread:
        raise InvalidDetailError(
            "%(who)s的证件号码：%(misread)s，请核对；证件上确实如此的，请写明保留的理由。",
            who=who,
            misread=person.misread,
        )
