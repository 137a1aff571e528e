"""What a job did is kept as a message as well, so that it is said in the reader's language."""

import sqlalchemy as sa
from alembic import op

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("job_runs", sa.Column("said", sa.JSON(), nullable=False, server_default="[]"))
