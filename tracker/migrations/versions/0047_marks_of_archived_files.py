"""What an archived file holds is marked in the act, so that whatever comes after it is noticed; why its class.

A file that was archived before has no marks: it stands among those to be archived again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade():
    for name in ("held_remedies", "held_papers"):
        op.add_column("archivings", sa.Column(name, sa.BigInteger(), nullable=False, server_default="0"))
    proposed_for = sa.Column("proposed_for", sa.String(length=40), nullable=False, server_default="")
    op.add_column("archivings", proposed_for)
