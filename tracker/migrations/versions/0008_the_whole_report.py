"""The whole annual report: texts, published editions with their cases, reports sent in.

Published editions and their cases are append-only by trigger on both databases, as the ledger is.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

FROZEN = ("report_texts", "report_editions", "report_edition_cases")

SQLITE = [
    f"""CREATE TRIGGER {table}_no_{act} BEFORE {act} ON {table}
    BEGIN SELECT RAISE(ABORT, 'what is published is append-only'); END"""
    for table in FROZEN
    for act in ("UPDATE", "DELETE")
]

POSTGRESQL = [
    statement
    for table in FROZEN
    for statement in (
        f"""CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'what is published is append-only'; END $$""",
        f"""CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
        FOR EACH ROW EXECUTE FUNCTION {table}_refuse()""",
        f"""CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()""",
    )
]


def upgrade():
    op.create_table(
        "report_texts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("section", sa.String(length=2), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.Column("written_by", sa.String(length=60), nullable=False),
        _agency("report_texts"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_texts")),
        sa.UniqueConstraint(
            "agency_id", "year", "section", "version", name=op.f("uq_report_texts_agency_id")
        ),
    )
    op.create_table(
        "report_editions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.String(length=60), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("published_at", sa.DateTime(), nullable=False),
        sa.Column("published_by", sa.String(length=60), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        _agency("report_editions"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_editions")),
        sa.UniqueConstraint("agency_id", "year", "number", name=op.f("uq_report_editions_agency_id")),
    )
    op.create_table(
        "report_edition_cases",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["report_editions.id"],
            name=op.f("fk_report_edition_cases_edition_id_report_editions"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_report_edition_cases_case_id_cases")
        ),
        sa.PrimaryKeyConstraint("edition_id", "row", "kind", "case_id", name=op.f("pk_report_edition_cases")),
    )
    op.create_index("ix_report_edition_cases_case", "report_edition_cases", ["case_id"])
    op.create_table(
        "report_offices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        _agency("report_offices"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_offices")),
        sa.UniqueConstraint("agency_id", "name", name=op.f("uq_report_offices_agency_id")),
    )
    op.create_table(
        "received_reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.Column("received_by", sa.String(length=60), nullable=False),
        _agency("received_reports"),
        sa.ForeignKeyConstraint(
            ["office_id"], ["report_offices.id"], name=op.f("fk_received_reports_office_id_report_offices")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_received_reports")),
    )
    op.create_index("ix_received_reports_year", "received_reports", ["agency_id", "year"])
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    for statement in POSTGRESQL if on_postgresql else SQLITE:
        op.execute(statement)


def _agency(table):
    name = op.f(f"fk_{table}_agency_id_agencies")
    return sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=name)
