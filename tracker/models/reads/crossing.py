"""Rows of one agency that point to another agency's rows; triggers refuse new ones."""

from collections.abc import Iterator

from sqlalchemy import select

from tracker.models.base import Base, db
from tracker.models.tables import ALL

LINKS = (
    ("users", "unit_id", "units"),
    ("cases", "unit_id", "units"),
    ("applicants", "first_id", "applicants"),
    ("applicants", "acts_for_id", "applicants"),
    ("cases", "applicant_id", "applicants"),
    ("contacts", "unit_id", "units"),
    ("contacts", "case_id", "cases"),
    ("receipt_evidence", "contact_id", "contacts"),
    ("receipt_evidence", "case_id", "cases"),
    ("letters", "case_id", "cases"),
    ("case_files", "contact_id", "contacts"),
    ("case_files", "case_id", "cases"),
    ("incoming_mails", "contact_id", "contacts"),
    ("incoming_mails", "service_id", "letter_services"),
    ("case_files", "source_id", "case_files"),
    ("withdrawn_files", "file_id", "case_files"),
    ("personal_answers", "request_id", "personal_requests"),
    ("sign_offs", "case_id", "cases"),
    ("sign_offs", "drafted_by_id", "users"),
    ("sign_off_opinions", "sign_off_id", "sign_offs"),
    ("sign_off_opinions", "signed_by_id", "users"),
    ("letter_services", "case_id", "cases"),
    ("letter_services", "letter_id", "letters"),
    ("service_results", "service_id", "letter_services"),
    ("service_agreements", "case_id", "cases"),
    ("delegations", "principal_id", "users"),
    ("delegations", "deputy_id", "users"),
    ("step_asks", "case_id", "cases"),
    ("step_asks", "asked_by_id", "users"),
    ("case_notes", "case_id", "cases"),
    ("case_texts", "id", "cases"),
    ("redactions", "case_id", "cases"),
    ("redactions", "source_id", "case_files"),
    ("redactions", "output_id", "case_files"),
    ("remedies", "case_id", "cases"),
    ("remedy_steps", "remedy_id", "remedies"),
    ("reanswers", "remedy_id", "remedies"),
    ("letters", "reanswer_id", "reanswers"),
    *((noun, "case_id", "cases") for noun in ("corrections", "conversions", "refusal_reviews", "complaints")),
    *((noun, "case_id", "cases") for noun in ("archivings", "personal_requests")),
)


def crossed() -> Iterator[tuple[str, int]]:
    """Yield column and row of each link that leads into another agency."""
    assert ALL  # noqa: S101  (every table is known to the metadata)
    tables = Base.metadata.tables
    for child_name, column, parent_name in LINKS:
        child, parent = tables[child_name], tables[parent_name].alias()
        linked = select(child.c.id).join(parent, parent.c.id == child.c[column])
        for row_id in db.session.scalars(linked.where(parent.c.agency_id != child.c.agency_id)):
            yield f"{child_name}.{column}", row_id
