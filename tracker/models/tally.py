"""What the pages of a year count, kept beside the cases and contacts: no page counts them one by one."""

from sqlalchemy import BigInteger, FetchedValue, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base

# What is counted, by the key of its rows.
RECEIVED = "received"  # requests of an applicant kind, in the year of receipt
RESULT = "result"  # results of an applicant kind by outcome, in their year
ARRIVED = "arrived"  # requests by month of receipt
CHANNEL = "channel"  # requests by channel, in the year of receipt
OUTCOME = "outcome"  # results by outcome
ANSWERED = "answered"  # results by month
LATENESS = "lateness"  # results that a term measured: late or in time
DAYS = "days"  # results by working days taken; empty where no calendar reaches
KIND = "kind"  # requests by applicant kind, in the year of receipt, of each unit
HANDLER = "handler"  # results by who had the case, of each unit; the first LONGEST characters of the name
CONTACT = "contact"  # letters, visits and calls of a form by triage, in the year of arrival
LONGEST = 40
LATE, IN_TIME = "late", "in_time"  # the keys of LATENESS


class Tally(Base):
    """So many cases or contacts more, or fewer, of a figure: what it is, is the sum of its rows.

    Triggers on both tables add to it in the transaction that writes (migration 0026). On SQLite, where one
    writes at a time, a figure is one row. On PostgreSQL each write adds rows of its own, told apart by
    ``part``, so that nobody waits for another one's; ``models.reads.tally.compact`` adds them up at night.

    unit_id: the unit of a figure that a handler sees of the own unit alone; 0 for none.
    kind:    the applicant kind of table 3, the form of a contact; else empty.
    """

    __tablename__ = "tallies"

    agency_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    figure: Mapped[str] = mapped_column(String(12), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    unit_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    part: Mapped[int] = mapped_column(
        BigInteger, primary_key=True, autoincrement=False, server_default=FetchedValue()
    )
    number: Mapped[int] = mapped_column(info={"negative": True})  # below 0 on PostgreSQL alone
