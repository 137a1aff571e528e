"""What a case may be charged: the same applicant's pieces of the month, and the tariff (109号)."""

from collections.abc import Iterator
from datetime import date

from tracker.domain.case import fee, history
from tracker.domain.case.event import Entry
from tracker.domain.case.fee import Fee, Tariff
from tracker.domain.case.finding import Objection
from tracker.domain.message import Phrase
from tracker.models.case import Case
from tracker.models.reads.applicant import earlier_in_month
from tracker.services.office import office


def pieces_before(case: Case) -> int:
    """Return the pieces that the same applicant asked for earlier in the natural month of this case."""
    return sum(_pieces(earlier) for earlier in earlier_in_month(case))


def _pieces(case: Case) -> int:
    """Return what a request counts for: as charged by piece, where it was split (一事一申请), else one."""
    charges = [entry.details for entry in history.in_force(case.entries) if entry.step == "charge"]
    counts = [charge.get("count") for charge in charges if charge.get("way") == fee.BY_PIECE]
    return int(counts[-1] or 1) if counts else 1


def day_of(case: Case) -> date:
    """Return the day whose tariff a case is charged by: that of its receipt."""
    return case.received_on or case.registered_at.date()


def _tariff(case: Case) -> Tariff:
    return office.rules(day_of(case)).tariff


def of_charge(case: Case, entry: Entry) -> Fee | None:
    """Return what the tariff gives for the way and the count of a charge; None where it names none."""
    way, count = entry.details.get("way"), entry.details.get("count")
    if entry.step != "charge" or way not in fee.WAYS or not count:
        return None
    return fee.calculated(way, count, pieces_before(case), _tariff(case))


def proposal(case: Case) -> Fee:
    """Return the fee by piece of a request that is not split: where a charge begins."""
    return fee.calculated(fee.BY_PIECE, 1, pieces_before(case), _tariff(case))


def against(case: Case, entry: Entry) -> Iterator[Objection]:
    """Object to a charge above the tariff; below it an office may always stay (可以收取)."""
    highest, amount = of_charge(case, entry), fee.yuan(entry.details.get("amount"))
    if highest is not None and amount is not None and amount > highest.amount:
        yield Objection(
            Phrase(
                "按收费标准至多%(amount)s元，不能收取%(amount2)s元。",
                amount=highest.amount,
                amount2=amount,
            ),
            highest.law,
        )
