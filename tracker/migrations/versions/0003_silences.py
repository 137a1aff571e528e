"""What a silence allows, restated on the case so that the worklist finds it."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("cases", sa.Column("proposed", sa.String(length=40), nullable=True))
    op.add_column("cases", sa.Column("proposed_on", sa.Date(), nullable=True))
