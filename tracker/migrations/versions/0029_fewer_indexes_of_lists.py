"""Lists narrowed by state, kind or channel need no index in each order; the worklist is counted from small ones."""

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

NARROWED = ("state", "applicant_kind", "channel")
ORDERS = ("number", "due", "closed")


def upgrade():
    for narrowed in NARROWED:
        for order in ORDERS:
            op.execute(f"DROP INDEX ix_cases_{narrowed}_{order}")
    op.execute("DROP INDEX ix_cases_unit_id")  # the indexes of units by day of receipt begin with it
    for name, first in (("due", "due_on"), ("state", "state"), ("proposed", "proposed_on")):
        columns = f"agency_id, {first}, received_on, unit_id, closed_on"
        op.execute(f"CREATE INDEX ix_cases_open_{name} ON cases ({columns}) WHERE (closed_on IS NULL) = TRUE")
