"""Internal notes on cases, rows that are only ever added to; and who follows which case."""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0048"
branch_labels = None
depends_on = None

OWN = (
    ("case_notes", "case_id", "cases"),
    ("case_follows", "case_id", "cases"),
    ("case_follows", "user_id", "users"),
)


def upgrade():
    op.create_table(
        "case_notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("written_by", sa.String(length=60), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agencies.id"], name=op.f("fk_case_notes_agency_id_agencies")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_notes_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_notes")),
    )
    op.create_index(op.f("ix_case_notes_case_id"), "case_notes", ["case_id"])
    op.create_table(
        "case_follows",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agencies.id"], name=op.f("fk_case_follows_agency_id_agencies")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_follows_case_id_cases")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_case_follows_user_id_users")),
        sa.PrimaryKeyConstraint("user_id", "case_id", name=op.f("pk_case_follows")),
    )
    op.create_index(op.f("ix_case_follows_case_id"), "case_follows", ["case_id"])
    for statement in _on_sqlite() if op.get_bind().dialect.name == "sqlite" else _on_postgresql():
        op.execute(statement)


def _on_sqlite():
    for act in ("UPDATE", "DELETE"):
        yield f"""CREATE TRIGGER case_notes_no_{act} BEFORE {act} ON case_notes
        BEGIN SELECT RAISE(ABORT, 'case_notes is only ever added to'); END"""
    for table, column, whose in OWN:
        theirs = f"(SELECT agency_id FROM {whose} WHERE id = NEW.{column}) IS NOT NEW.agency_id"  # noqa: S608  (names of this file)
        yield f"""CREATE TRIGGER {table}_{column}_agency_insert BEFORE INSERT ON {table} WHEN {theirs}
        BEGIN SELECT RAISE(ABORT, '{table}.{column} belongs to another agency'); END"""


def _on_postgresql():
    yield """CREATE FUNCTION case_notes_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'case_notes is only ever added to'; END $$"""
    yield """CREATE TRIGGER case_notes_append_only BEFORE UPDATE OR DELETE ON case_notes
    FOR EACH ROW EXECUTE FUNCTION case_notes_refuse()"""
    code = "USING ERRCODE = 'foreign_key_violation'"
    for table, column, whose in OWN:
        theirs = f"(SELECT agency_id FROM {whose} WHERE id = NEW.{column}) IS DISTINCT FROM NEW.agency_id"  # noqa: S608
        crossed = f"{table}.{column} belongs to another agency"
        yield f"""CREATE FUNCTION {table}_{column}_agency() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN IF {theirs} THEN RAISE EXCEPTION '{crossed}' {code}; END IF; RETURN NEW; END $$"""
        yield f"""CREATE TRIGGER {table}_{column}_agency BEFORE INSERT ON {table}
        FOR EACH ROW EXECUTE FUNCTION {table}_{column}_agency()"""
