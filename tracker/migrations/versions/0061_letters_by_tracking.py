"""A letter's postal number is looked for, and the corrections of one case's applicants."""

from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index("ix_letter_services_tracking", "letter_services", ["agency_id", "tracking"])
    op.create_index("ix_audit_entries_of_case", "audit_entries", ["agency_id", "act", "target"])
