"""One postal number is one parcel: a second letter under it lay in the same envelope, and that is said.

Practice: 235号 takes the day of posting, which the number proves; one that proves two journeys proves none.
"""

from collections.abc import Iterator

from tracker.domain.case.finding import Objection
from tracker.domain.errors import GuardError
from tracker.domain.folding import fold
from tracker.domain.letter.service import Attempt
from tracker.domain.message import Phrase, by_law, worded
from tracker.models.letter import Letter
from tracker.models.reads.service import with_tracking
from tracker.models.service import LetterService

TOGETHER = "同封"
PRACTICE = worded("国办公开办函〔2016〕235号（一号一件为实务）")
SAY_SO = worded("几份文书同封寄给同一人的，请在“仍要登记的理由”中写明“同封”。")


def against(letter: Letter, attempt: Attempt, receiver: str) -> Iterator[Objection]:
    """Yield what is said where another service has the number. receiver: empty, the addressee."""
    for row in with_tracking(letter.agency_id, attempt.tracking) if attempt.tracking else ():
        known = Phrase(
            "邮件号%(tracking)s已经登记在%(case)s的%(title)s（%(on)s交邮）",
            tracking=attempt.tracking,
            case=row.letter.case.number,
            title=row.letter.title,
            on=row.handed_on,
        )
        if row.letter_id == letter.id:
            message = Phrase(
                "%(known)s：同一份文书不能以同一邮件号送达两次，再次邮寄的有新的邮件号。", known=known
            )
            yield Objection(message, PRACTICE, final=True)
        elif _is_one_parcel(row, letter, attempt, receiver):
            yield Objection(Phrase("%(known)s。%(say_so)s", known=known, say_so=SAY_SO), PRACTICE)
        else:
            message = Phrase("%(known)s，不是同一天寄给同一人的：请核对邮件号。", known=known)
            yield Objection(message, PRACTICE, final=True)


def checked(letter: Letter, attempt: Attempt, receiver: str, reason: str) -> list[Objection]:
    """Return what is said of the number. Raises GuardError where it is of another parcel or lacks 同封."""
    against_it = list(against(letter, attempt, receiver))
    if final := [each for each in against_it if each.final]:
        raise GuardError(by_law(final[0].message, final[0].law))
    if against_it and reason and TOGETHER not in reason:
        raise GuardError(against_it[0].message)
    return against_it


def _is_one_parcel(row: LetterService, letter: Letter, attempt: Attempt, receiver: str) -> bool:
    same_person = fold(row.upon or row.letter.addressee) == fold(receiver or letter.addressee)
    return same_person and (row.handed_on, row.carrier) == (attempt.handed_on, attempt.carrier)
