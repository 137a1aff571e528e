"""The office's practice as dated rows; they are append-only by trigger on both databases, as the ledger is."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

ROWS = "practices"
SQLITE = [
    f"""CREATE TRIGGER {ROWS}_no_{act} BEFORE {act} ON {ROWS}
    BEGIN SELECT RAISE(ABORT, 'the practice is append-only'); END"""
    for act in ("UPDATE", "DELETE")
]
POSTGRESQL = [
    f"""CREATE FUNCTION {ROWS}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the practice is append-only'; END $$""",
    f"""CREATE TRIGGER {ROWS}_append_only BEFORE UPDATE OR DELETE ON {ROWS}
    FOR EACH ROW EXECUTE FUNCTION {ROWS}_refuse()""",
]


def upgrade():
    op.create_table(
        ROWS,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=True),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("set_by", sa.String(length=60), nullable=False),
        sa.Column("set_at", sa.DateTime(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_practices_agency_id_agencies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practices")),
    )
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)
