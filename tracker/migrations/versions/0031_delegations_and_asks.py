"""Who signs for whom, and steps that somebody asked others for: rows that are only ever added to."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0032"
branch_labels = None
depends_on = None

TABLES = ("delegations", "delegation_ends", "step_asks", "ask_ends")
# What a row points to must be of its agency: (table, column, table pointed to).
OWN = (
    ("delegations", "principal_id", "users"),
    ("delegations", "deputy_id", "users"),
    ("step_asks", "case_id", "cases"),
    ("step_asks", "asked_by_id", "users"),
)


def upgrade():
    _delegations()
    _asks()
    for statement in _on_sqlite() if op.get_bind().dialect.name == "sqlite" else _on_postgresql():
        op.execute(statement)


def _delegations():
    op.create_table(
        "delegations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("principal_id", sa.Integer(), nullable=False),
        sa.Column("deputy_id", sa.Integer(), nullable=False),
        sa.Column("stations", sa.String(length=60), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_by", sa.String(length=60), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agencies.id"], name=op.f("fk_delegations_agency_id_agencies")
        ),
        sa.ForeignKeyConstraint(
            ["principal_id"], ["users.id"], name=op.f("fk_delegations_principal_id_users")
        ),
        sa.ForeignKeyConstraint(["deputy_id"], ["users.id"], name=op.f("fk_delegations_deputy_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegations")),
    )
    op.create_index(op.f("ix_delegations_agency_id"), "delegations", ["agency_id"])
    op.create_table(
        "delegation_ends",
        sa.Column("delegation_id", sa.Integer(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=False),
        sa.Column("ended_by", sa.String(length=60), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["delegation_id"], ["delegations.id"], name=op.f("fk_delegation_ends_delegation_id_delegations")
        ),
        sa.PrimaryKeyConstraint("delegation_id", name=op.f("pk_delegation_ends")),
    )


def _asks():
    op.create_table(
        "step_asks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=60), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.String(length=60), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_step_asks_agency_id_agencies")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_step_asks_case_id_cases")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["users.id"], name=op.f("fk_step_asks_asked_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_step_asks")),
    )
    op.create_index(op.f("ix_step_asks_agency_id"), "step_asks", ["agency_id"])
    op.create_index(op.f("ix_step_asks_case_id"), "step_asks", ["case_id"])
    op.create_table(
        "ask_ends",
        sa.Column("ask_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("ended_by", sa.String(length=60), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["ask_id"], ["step_asks.id"], name=op.f("fk_ask_ends_ask_id_step_asks")),
        sa.PrimaryKeyConstraint("ask_id", name=op.f("pk_ask_ends")),
    )


def _on_sqlite():
    for table in TABLES:
        for act in ("UPDATE", "DELETE"):
            yield f"""CREATE TRIGGER {table}_no_{act} BEFORE {act} ON {table}
            BEGIN SELECT RAISE(ABORT, '{table} is only ever added to'); END"""
    for table, column, whose in OWN:
        theirs = f"(SELECT agency_id FROM {whose} WHERE id = NEW.{column}) IS NOT NEW.agency_id"  # noqa: S608  (names of this file)
        yield f"""CREATE TRIGGER {table}_{column}_agency_insert BEFORE INSERT ON {table} WHEN {theirs}
        BEGIN SELECT RAISE(ABORT, '{table}.{column} belongs to another agency'); END"""


def _on_postgresql():
    for table in TABLES:
        yield f"""CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '{table} is only ever added to'; END $$"""
        yield f"""CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
        FOR EACH ROW EXECUTE FUNCTION {table}_refuse()"""
    code = "USING ERRCODE = 'foreign_key_violation'"
    for table, column, whose in OWN:
        theirs = f"(SELECT agency_id FROM {whose} WHERE id = NEW.{column}) IS DISTINCT FROM NEW.agency_id"  # noqa: S608
        crossed = f"{table}.{column} belongs to another agency"
        yield f"""CREATE FUNCTION {table}_{column}_agency() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN IF {theirs} THEN RAISE EXCEPTION '{crossed}' {code}; END IF; RETURN NEW; END $$"""
        yield f"""CREATE TRIGGER {table}_{column}_agency BEFORE INSERT ON {table}
        FOR EACH ROW EXECUTE FUNCTION {table}_{column}_agency()"""
