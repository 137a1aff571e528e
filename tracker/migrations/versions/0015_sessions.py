"""Sessions of their own, wrong tries that are waited for, passwords of before.

What was typed as a login that nobody has leaves the audit log: passwords were among it. A one-time
password from before the upgrade lasts a day from now.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TOMORROW = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f000', 'now', '+1 day')",
    "postgresql": "(now() AT TIME ZONE 'utc') + interval '1 day'",
}


def upgrade():
    op.create_table(
        "user_sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("address", sa.String(length=60), nullable=False),
        sa.Column("browser", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_user_sessions_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_user_sessions_token_hash")),
    )
    op.create_index(op.f("ix_user_sessions_user_id"), "user_sessions", ["user_id"])
    op.create_table(
        "sign_in_limits",
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(), nullable=False),
        sa.Column("wait_until", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sign_in_limits")),
    )
    op.create_table(
        "former_passwords",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("set_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_former_passwords_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_passwords")),
    )
    op.create_index(op.f("ix_former_passwords_user_id"), "former_passwords", ["user_id"])
    op.add_column("users", sa.Column("one_time_until", sa.DateTime(), nullable=True))
    for column in ("session_token", "failed_tries", "locked_until"):
        op.drop_column("users", column)
    tomorrow = TOMORROW[op.get_bind().dialect.name]
    op.execute(f"UPDATE users SET one_time_until = {tomorrow} WHERE must_change_password")  # noqa: S608 (ours)
    op.execute(
        "UPDATE audit_entries SET actor = '（未知用户名）' WHERE act = 'sign_in_failed' AND agency_id IS NULL"
    )
