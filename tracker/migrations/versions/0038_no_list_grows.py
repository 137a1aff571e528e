"""What the worklist, the statistics and the cells of table 3 ask is found in an index alone, whatever else is kept."""

from alembic import op

revision = "0038"
down_revision = "0030"
branch_labels = None
depends_on = None

AMONG_OPEN = "WHERE (closed_on IS NULL) = TRUE"
CELLS = "received_on, applicant_kind"
BY_CLOSED = {"sqlite": "closed_on, id", "postgresql": "closed_on DESC NULLS LAST, id DESC"}


def upgrade():
    by_closed = BY_CLOSED[op.get_bind().dialect.name]
    for name, columns, where in (
        (
            "open",
            "next_action_on, id, received_on, due_on, number, state, unit_id, handler, applicant_kind, channel,"
            " proposed_on, closed_on, next_action",
            AMONG_OPEN,
        ),
        ("open_proposed", "proposed_on, received_on, unit_id, closed_on, handler, due_on", AMONG_OPEN),
        ("by_closed", f"{by_closed}, {CELLS}", ""),
    ):
        op.execute(f"DROP INDEX ix_cases_{name}")
        op.execute(f"CREATE INDEX ix_cases_{name} ON cases (agency_id, {columns}) {where}")
    op.execute("DROP INDEX ix_cases_count")  # the tallies count what it was made for
    columns = f"agency_id, state, {by_closed}, {CELLS}"
    op.execute(f"CREATE INDEX ix_cases_result ON cases ({columns}) WHERE closed_on IS NOT NULL")
