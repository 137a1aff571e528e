"""Room for the numbers and units that the exchange format allows; SQLite bounds no text by its column."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

WIDER = (
    ("cases", "number", 64),
    ("outbox", "number", 64),
    ("outbox", "name", 100),
    ("remedies", "case_number", 64),
    ("units", "name", 100),
    ("pending_requests", "unit", 100),
    ("decision_counts", "unit", 100),
    ("publications", "unit", 100),
)


def upgrade():
    if op.get_bind().dialect.name != "postgresql":
        return
    for table, column, length in WIDER:
        op.alter_column(table, column, type_=sa.String(length=length))
