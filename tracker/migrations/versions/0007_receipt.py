"""Requests that wait for their confirmation, evidence of receipt, the dates of contacts."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

APPEND_ONLY_SQLITE = """
CREATE TRIGGER receipt_evidence_no_{verb} BEFORE {verb} ON receipt_evidence
BEGIN SELECT RAISE(ABORT, 'receipt_evidence is only ever added to'); END
"""
APPEND_ONLY_POSTGRESQL = (
    """
CREATE FUNCTION receipt_evidence_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'receipt_evidence is only ever added to'; END $$
""",
    """
CREATE TRIGGER receipt_evidence_append_only BEFORE UPDATE OR DELETE ON receipt_evidence
FOR EACH ROW EXECUTE FUNCTION receipt_evidence_is_append_only()
""",
)
BY_A_PERSON = """
UPDATE cases SET registered_by = (
  SELECT e.actor FROM case_events e WHERE e.case_id = cases.id AND e.seq = 1 AND e.actor <> '系统'
)
"""


def upgrade():
    op.add_column("cases", sa.Column("registered_by", sa.String(length=60), nullable=True))
    op.execute(BY_A_PERSON)
    op.add_column("contacts", sa.Column("next_action", sa.String(length=30), nullable=True))
    op.add_column("contacts", sa.Column("next_action_on", sa.Date(), nullable=True))
    op.create_index("ix_contacts_next", "contacts", ["agency_id", "closed_on", "next_action_on"])
    op.create_table(
        "pending_requests",
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("applicant_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("unit", sa.String(length=60), nullable=True),
        sa.Column("tracking_number", sa.String(length=60), nullable=False),
        sa.Column("forwarded_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_pending_requests_contact_id_contacts")
        ),
        sa.ForeignKeyConstraint(
            ["applicant_id"], ["applicants.id"], name=op.f("fk_pending_requests_applicant_id_applicants")
        ),
        sa.PrimaryKeyConstraint("contact_id", name=op.f("pk_pending_requests")),
    )
    op.create_table(
        "receipt_evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=True),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("time", sa.String(length=5), nullable=False),
        sa.Column("way", sa.String(length=20), nullable=False),
        sa.Column("result", sa.String(length=20), nullable=False),
        sa.Column("person", sa.String(length=60), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("actor", sa.String(length=60), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=True),
        sa.Column("file_type", sa.String(length=40), nullable=True),
        sa.Column("file_size", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agencies.id"], name=op.f("fk_receipt_evidence_agency_id_agencies")
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_receipt_evidence_contact_id_contacts")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_receipt_evidence_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_evidence")),
    )
    for column in ("contact_id", "case_id", "sha256"):
        op.create_index(op.f(f"ix_receipt_evidence_{column}"), "receipt_evidence", [column])
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(APPEND_ONLY_SQLITE.format(verb=verb))
    else:
        for statement in APPEND_ONLY_POSTGRESQL:
            op.execute(statement)
