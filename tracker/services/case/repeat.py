"""Check a repeated request against the earlier answer that it names (条例第36条第（六）项)."""

from collections.abc import Iterator

from sqlalchemy import select

from tracker.domain.case import basis, grounds, history
from tracker.domain.case.event import Entry
from tracker.domain.case.finding import Objection
from tracker.domain.case.outcome import BY_CODE
from tracker.domain.case.state import VOID, WORKING
from tracker.domain.message import Phrase
from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.reads.applicant import cases_of_people, people_of
from tracker.services.case import numbering

REPEAT = "not_processed_repeat"
LAW = BY_CODE[REPEAT].law


def against(case: Case, entry: Entry) -> Iterator[Objection]:
    """Object where the earlier case is none of ours, not answered, another's, or of another day.

    A number that is not in our own form, such as that of a notice, cannot be looked up and passes.
    """
    stated = basis.basis_of(entry.details)
    number = stated.get("earlier_number", "").strip()
    if entry.step != REPEAT or not number:
        return
    query = select(Case).where(Case.agency_id == case.agency_id, Case.number == number)
    earlier = db.session.scalar(query)
    if earlier is not None:
        if problem := _of_answer(case, earlier, stated.get("earlier_on", "")):
            yield Objection(f"{number}{problem}", LAW)
        if earlier.id not in {same.id for same in _of_applicant(case)}:
            yield Objection(Phrase("%(number)s不是同一申请人的申请。", number=number), LAW)
    elif numbering.is_ours(number):
        yield Objection(Phrase("没有编号为%(number)s的申请。", number=number), LAW)


def _of_answer(case: Case, earlier: Case, stated_on: str) -> str:
    """Return what the earlier request's answer lacks to be repeated; empty where it will do."""
    if earlier.id == case.id or earlier.state in WORKING:
        return Phrase("尚未答复，不能据以认定重复申请。")
    if not _was_answered(earlier):
        return Phrase("撤回、逾期结案或者作废，没有答复过，不能据以认定重复申请。")
    if earlier.served_on and case.received_on and earlier.served_on > case.received_on:
        return Phrase(
            "于%(served_on)s才答复，晚于本件收到之日（%(received_on)s）。",
            served_on=earlier.served_on,
            received_on=case.received_on,
        )
    if stated_on not in ("", *_days(earlier)):
        return Phrase("的答复日期是%(names)s，与所填的不同。", names="或者".join(_days(earlier)))
    return ""


def _was_answered(earlier: Case) -> bool:
    """Return whether the request ended in an answer: neither open nor void, lapsed or withdrawn."""
    if earlier.state in (*WORKING, VOID):
        return False
    answer = history.answer_of(earlier.entries)
    return answer is not None and grounds.needs_service(answer)


def _days(earlier: Case) -> list[str]:
    """Return the days that an answer may be named by: of the decision and of its service."""
    days = {day.isoformat() for day in (earlier.decided_on, earlier.served_on) if day}
    return sorted(days)


def _of_applicant(case: Case) -> list[Case]:
    return cases_of_people(case.agency_id, people_of(case))
