"""Runs keep the moment for which they were due; jobs that fail; which mail carried a reminder."""

from datetime import datetime, time

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

NEXT_DAY = time(16)  # UTC: the end of the office's day


def upgrade():
    op.add_column("job_runs", sa.Column("due_at", sa.DateTime(), nullable=True))
    _fill()
    with op.batch_alter_table("job_runs") as table:
        table.alter_column("due_at", existing_type=sa.DateTime(), nullable=False)
    op.create_table(
        "job_troubles",
        sa.Column("job", sa.String(length=30), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("failed_at", sa.DateTime(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("job", name=op.f("pk_job_troubles")),
    )
    op.add_column("outbox", sa.Column("carried_by", sa.String(length=160), nullable=False, server_default=""))
    outbox = sa.table("outbox", *map(sa.column, ("status", "on", "recipient", "carried_by")))
    key = sa.literal("digest|") + sa.cast(outbox.c.on, sa.String(10)) + "|" + outbox.c.recipient
    op.execute(outbox.update().where(outbox.c.status == "digest").values(carried_by=key))


def _fill():
    """Set the moments of older runs: the scheduler's were due when they ran.

    A run by hand may have come before its hour. It counts where it came after its day alone: to run
    the day once more is harmless.
    """
    runs = sa.table(
        "job_runs",
        sa.column("job", sa.String()),
        sa.column("day", sa.Date()),
        sa.column("ran_at", sa.DateTime()),
        sa.column("due_at", sa.DateTime()),
        sa.column("by_hand", sa.Boolean()),
    )
    op.execute(runs.update().values(due_at=runs.c.ran_at))
    connection = op.get_bind()
    for job, day in connection.execute(sa.select(runs.c.job, runs.c.day).where(runs.c.by_hand)).all():
        mine = (runs.c.job == job, runs.c.day == day)
        connection.execute(runs.update().where(*mine).values(due_at=datetime.combine(day, NEXT_DAY)))
