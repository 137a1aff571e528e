"""Who recorded an entry is known by more than the name, so that no namesake undoes it."""

import sqlalchemy as sa
from alembic import op

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("case_events", sa.Column("user_id", sa.Integer(), nullable=True))
