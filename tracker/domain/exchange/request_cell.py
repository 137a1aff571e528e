"""What the cells of the list of requests hold (request_column.py)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tracker.domain.case import history, id_document
from tracker.domain.case.representative import Representative
from tracker.domain.case.standing import Standing
from tracker.domain.register.register import Field


@dataclass(frozen=True, slots=True)
class Signed:
    """An opinion of a sign-off. kind: of the letter whose draft was signed."""

    kind: str
    opinion: Any


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside the ledger of a case: rows of the registers that name it."""

    remedies: Sequence[Any] = ()
    conversions: Sequence[Any] = ()
    archivings: Sequence[Any] = ()
    opinions: Sequence[Signed] = ()
    notes: Sequence[str] = ()
    assistance: Sequence[Any] = ()
    services: Sequence[Any] = ()
    contacts: Sequence[Any] = ()


NOTHING_BESIDE = Beside()


@dataclass(frozen=True, slots=True)
class Listed:
    """A case as the list shows it.

    case: its restated columns, its applicant, its unit. standing: what its ledger says.
    gap:  working days from the receipt to the registration; None where a file brought it.
    acting: who acts for those who ask. beside: what registers say of it.
    """

    case: Any
    standing: Standing
    today: date
    gap: int | None
    acting: Sequence[Representative] = ()
    beside: Beside = NOTHING_BESIDE

    def received(self, key: str) -> date | None:
        """Return a day that the receipt names."""
        return self.standing.receipt.day(key) if self.standing.receipt else None


@dataclass(frozen=True, slots=True)
class Column(Field):
    """A column of the list of requests.

    read:  an import takes it. place: among the columns of the export, from 1; 0 where it has none.
    cell:  what the export writes: a day as a day, a number as a number, nothing as an empty cell.
    personal: documents, ways of contact, what help is needed: in an export that is asked for with them.
    """

    read: bool = True
    place: int = 0
    personal: bool = False
    cell: Callable[[Listed], Any] = lambda _row: None


def asked_on(row: Listed) -> date | None:
    """Return the day of the last notice to supplement."""
    return row.standing.supplements[-1].on if row.standing.supplements else None


def supplemented_on(row: Listed) -> date | None:
    """Return the day of the last supplement."""
    given = [e.on for e in history.in_force(row.case.entries) if e.step == "receive_supplement"]
    return given[-1] if given else None


def tracking_number(row: Listed) -> Any:
    """Return the number of the post that brought the request."""
    receipt = row.standing.receipt
    return receipt.details.get("tracking_number", "") if receipt else ""


def acting(row: Listed) -> str:
    """Return who acts for whom: 王五（委托代理人，特别授权），代李四."""
    names = [who.name for who in row.case.applicant.people]
    return "；".join(
        f"{one.words}，代{names[one.place - 1]}" if one.place else one.words for one in row.acting
    )


def of_others(row: Listed) -> str:
    """Return documents and ways of contact of everybody but the one named first."""
    told = []
    for who in (*row.case.applicant.further, *row.case.applicant.representatives):
        number = f"{id_document.label(who.id_kind)}{who.id_number}" if who.id_number else ""
        ways = "，".join(filter(None, (number, who.phone, who.email, who.address)))
        told.append(f"{who.name}：{ways}" if ways else "")
    return "；".join(filter(None, told))


def of_answer(row: Listed, key: str) -> str:
    """Return what the entry that ended the case says under a key."""
    return str(row.standing.answer.details.get(key) or "") if row.standing.answer else ""
