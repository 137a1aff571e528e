"""The journal: a keyed chain that tells of every sealed row what it last held.

One entry a change of a sealed row, written as the transaction ends (``witness``). ``digest`` covers
the row's sealed columns and ``hash`` the entry with the hash before it, both HMAC-SHA-256 with a key
derived from the office's secret key: who has the database alone can write no entry that fits. The
head is sealed by itself, so that an older entry cannot be made the last one.

Rows without a journal: what another proof covers, and what proves nothing (``UNSEALED``).
"""

from typing import Any

from sqlalchemy import BigInteger, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, Json

LOCK_VERSION = ("version",)
FOLDED = ("folded",)  # made from columns that are sealed
# Columns that restate a ledger are rebuilt from it by the check, which is the stronger proof.
RESTATED = (
    "state", "channel", "applicant_kind", "handler", "received_on", "due_on", "due_is_provisional",
    "next_action", "next_action_on", "proposed", "proposed_on", "decided_on", "served_on", "closed_on",
    "days_taken", "unit_id",
)  # fmt: skip

# Every sealed table, with the columns that its seal leaves out.
SEALED: dict[str, tuple[str, ...]] = {
    "accountabilities": (*FOLDED, *LOCK_VERSION),
    "agencies": (),
    "applicants": FOLDED,
    "assessments": (*FOLDED, *LOCK_VERSION),
    "archivings": (),
    "ask_ends": (),
    "audit_entries": (),
    "book_acts": (),
    "calendar_days": (),
    "calendar_notices": (),
    "case_files": (),
    "case_notes": (),
    "cases": (*RESTATED, *FOLDED, *LOCK_VERSION),
    "chain_heads": (),
    "complaints": (*FOLDED, *LOCK_VERSION),
    "contact_acts": (),
    "contacts": ("next_action", "next_action_on", *FOLDED, *LOCK_VERSION),
    "conversions": (*FOLDED, *LOCK_VERSION),
    "corrections": (*FOLDED, *LOCK_VERSION),
    "decision_counts": (*FOLDED, *LOCK_VERSION),
    "delegation_ends": (),
    "delegations": (),
    "former_names": (),
    "former_passwords": (),
    "guides": (*FOLDED, *LOCK_VERSION),
    "imported_files": LOCK_VERSION,
    "incoming_mails": (),
    "job_runs": ("ran_at", "due_at", "seconds", "result", "runs"),  # of a job of minutes they change all day
    "letter_services": (),
    "letter_templates": (),
    "letters": (),
    "media": (*FOLDED, *LOCK_VERSION),
    "normative_documents": (*FOLDED, *LOCK_VERSION),
    "office_facts": (),
    "overdue_flags": (),
    "pending_requests": (),
    "personal_answers": (),
    "personal_requests": (*FOLDED, *LOCK_VERSION),
    "practices": (),
    "publication_media": (),
    "publications": (*FOLDED, *LOCK_VERSION),
    "receipt_evidence": (),
    "reanswers": (*FOLDED, *LOCK_VERSION),
    "received_reports": (),
    "redactions": (),
    "refusal_reviews": (*FOLDED, *LOCK_VERSION),
    "remedies": (*FOLDED, *LOCK_VERSION),
    "remedy_steps": (*FOLDED, *LOCK_VERSION),
    "report_drafts": (),
    "report_edition_cases": (),
    "report_editions": (),
    "report_offices": (),
    "report_texts": (),
    "sign_off_opinions": (),
    "sign_offs": (),
    "service_agreements": (),
    "service_results": (),
    "settings": (),
    "skipped_numbers": (),
    "step_asks": (),
    "trainings": (*FOLDED, *LOCK_VERSION),
    "units": (),
    "user_roles": (),
    "users": ("last_sign_in_at",),
    "voided_letters": (),
    "withdrawn_files": (),
}
# Why the rows of the other tables have no entries.
UNSEALED: dict[str, str] = {
    "case_events": "a keyed chain of its own",
    "case_follows": "what a person chose to be told of; nothing rests on it",
    "case_texts": "compared by the check with the ledgers and notes that they restate",
    "counters": "a number given twice is refused by the tables themselves",
    "job_troubles": "gone when the job has run well again",
    "imported_rows": "which rows a file brought; an undo holds each against its ledger and its acts",
    "list_choices": "how a person has a list shown",
    "duties": "rebuilt by the check from what they restate",
    "journal": "the chain itself",
    "journal_forms": "part of every entry's digest",
    "journal_head": "sealed by itself",
    "payments": "counted again by the check from the ledgers that they restate",
    "posted_forms": "gone within two days; that a form was sent twice, nothing else rests on it",
    "outbox": "messages on their way; what was told is in the mails themselves",
    "redaction_drafts": "boxes as they are drawn: what was made of them is sealed",
    "sign_in_limits": "gone within a day",
    "uploads": "named by the hash of their content, which the evidence tells",
    "tallies": "counted again by the check from what they count",
    "staged_files": "gone within a day; what an import waits to write opens with the key alone",
    "user_sessions": "opened by a keyed digest alone: who has the database can make none",
}
# Facts that change by the minute and prove nothing.
RESTLESS = {"office_facts": frozenset({"scheduler"})}


class JournalEntry(Base):
    """What a row held once a transaction had ended; an empty digest says that it was removed.

    columns: the id of the list of columns that the digest covers (``JournalForm``).
    altered: before this change the row was not what its last entry says: somebody wrote past the program.
    """

    __tablename__ = "journal"
    __table_args__ = (Index("ix_journal_row", "noun", "row_key", "no"),)

    no: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    noun: Mapped[str] = mapped_column(String(40))
    row_key: Mapped[str] = mapped_column(String(120))
    columns: Mapped[str] = mapped_column(String(16))
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    altered: Mapped[bool] = mapped_column(default=False)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class JournalForm(Base):
    """A list of columns that digests cover: an upgrade may add some."""

    __tablename__ = "journal_forms"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    columns: Mapped[list[str]] = mapped_column(Json(list))


class JournalHead(Base):
    """The last entry of the journal, one row.

    epochs: [from which number, the salt of the key] in their order; a rotation adds one.
    seal:   over all of the row.
    """

    __tablename__ = "journal_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    no: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    epochs: Mapped[list[Any]] = mapped_column(Json(list))
    seal: Mapped[bytes] = mapped_column(LargeBinary)
