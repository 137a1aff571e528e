"""A writing transaction begins, and comes to the end of the journal, by one statement each on PostgreSQL.

Their functions are made with the triggers of the journal, after every upgrade (``models/witness.install``).
"""

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade():
    """Change no table: the revision tells whether the functions are there."""
