"""The sign-off of drafts: its rounds and the opinions given in them, rows that are only ever added to."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0035"
branch_labels = None
depends_on = None

TABLES = ("sign_offs", "sign_off_opinions")
# What a row points to must be of its agency: (table, column, table pointed to).
OWN = (
    ("sign_offs", "case_id", "cases"),
    ("sign_offs", "drafted_by_id", "users"),
    ("sign_off_opinions", "sign_off_id", "sign_offs"),
    ("sign_off_opinions", "signed_by_id", "users"),
)


def upgrade():
    _tables()
    for statement in _on_sqlite() if op.get_bind().dialect.name == "sqlite" else _on_postgresql():
        op.execute(statement)


def _tables():
    op.create_table(
        "sign_offs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("matter", sa.String(length=60), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("typed", sa.JSON(), nullable=False),
        sa.Column("text", sa.JSON(), nullable=False),
        sa.Column("template_version", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("stations", sa.String(length=60), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("drafted_on", sa.Date(), nullable=False),
        sa.Column("drafted_by_id", sa.Integer(), nullable=False),
        sa.Column("drafted_by", sa.String(length=60), nullable=False),
        sa.Column("drafted_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_sign_offs_agency_id_agencies")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_sign_offs_case_id_cases")),
        sa.ForeignKeyConstraint(
            ["drafted_by_id"], ["users.id"], name=op.f("fk_sign_offs_drafted_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_offs")),
        sa.UniqueConstraint("case_id", "matter", "round", name=op.f("uq_sign_offs_case_id_matter_round")),
    )
    op.create_index(op.f("ix_sign_offs_agency_id"), "sign_offs", ["agency_id"])
    op.create_table(
        "sign_off_opinions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("sign_off_id", sa.Integer(), nullable=False),
        sa.Column("station", sa.String(length=10), nullable=False),
        sa.Column("verdict", sa.String(length=10), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("signed_by_id", sa.Integer(), nullable=False),
        sa.Column("signed_by", sa.String(length=60), nullable=False),
        sa.Column("for_id", sa.Integer(), nullable=True),
        sa.Column("for_name", sa.String(length=60), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agencies.id"], name=op.f("fk_sign_off_opinions_agency_id_agencies")
        ),
        sa.ForeignKeyConstraint(
            ["sign_off_id"], ["sign_offs.id"], name=op.f("fk_sign_off_opinions_sign_off_id_sign_offs")
        ),
        sa.ForeignKeyConstraint(
            ["signed_by_id"], ["users.id"], name=op.f("fk_sign_off_opinions_signed_by_id_users")
        ),
        sa.ForeignKeyConstraint(["for_id"], ["users.id"], name=op.f("fk_sign_off_opinions_for_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_off_opinions")),
        sa.UniqueConstraint("sign_off_id", "station", name=op.f("uq_sign_off_opinions_sign_off_id_station")),
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
