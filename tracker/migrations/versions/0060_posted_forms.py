"""Forms that were sent, so that the same one sent twice is one act."""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0058"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "posted_forms",
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("led_to", sa.String(length=2000), nullable=False),
        sa.Column("posted_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_posted_forms")),
    )
