"""Letters as they went out, their numbers, and the office's own templates: rows that are only ever added to."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0029"
branch_labels = None
depends_on = None

TABLES = ("letters", "voided_letters", "skipped_numbers", "letter_templates")
CROSSED = "letters.case_id belongs to another agency"


def upgrade():
    _letters()
    _beside()
    for statement in _on_sqlite() if op.get_bind().dialect.name == "sqlite" else _on_postgresql():
        op.execute(statement)


def _letters():
    op.create_table(
        "letters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("addressee", sa.Text(), nullable=False),
        sa.Column("series", sa.String(length=10), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=True),
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("template_version", sa.Integer(), nullable=False),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_by", sa.String(length=60), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_letters_agency_id_agencies")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_letters_case_id_cases")),
        sa.ForeignKeyConstraint(["corrects_id"], ["letters.id"], name=op.f("fk_letters_corrects_id_letters")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letters")),
        sa.UniqueConstraint(
            "agency_id", "series", "year", "serial", name=op.f("uq_letters_agency_id_series_year_serial")
        ),
    )
    op.create_index(op.f("ix_letters_case_id"), "letters", ["case_id"])
    op.create_index(op.f("ix_letters_corrects_id"), "letters", ["corrects_id"])


def _beside():
    op.create_table(
        "voided_letters",
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("voided_by", sa.String(length=60), nullable=False),
        sa.Column("voided_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["letters.id"], name=op.f("fk_voided_letters_letter_id_letters")
        ),
        sa.PrimaryKeyConstraint("letter_id", name=op.f("pk_voided_letters")),
    )
    op.create_table(
        "skipped_numbers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("series", sa.String(length=10), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("skipped_by", sa.String(length=60), nullable=False),
        sa.Column("skipped_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agencies.id"], name=op.f("fk_skipped_numbers_agency_id_agencies")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_skipped_numbers")),
        sa.UniqueConstraint(
            "agency_id",
            "series",
            "year",
            "first",
            name=op.f("uq_skipped_numbers_agency_id_series_year_first"),
        ),
    )
    op.create_table(
        "letter_templates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("kept_by", sa.String(length=60), nullable=False),
        sa.Column("kept_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agencies.id"], name=op.f("fk_letter_templates_agency_id_agencies")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_templates")),
        sa.UniqueConstraint(
            "agency_id", "kind", "version", name=op.f("uq_letter_templates_agency_id_kind_version")
        ),
    )


def _on_sqlite():
    for table in TABLES:
        for act in ("UPDATE", "DELETE"):
            yield f"""CREATE TRIGGER {table}_no_{act} BEFORE {act} ON {table}
            BEGIN SELECT RAISE(ABORT, '{table} is only ever added to'); END"""
    theirs = "(SELECT agency_id FROM cases WHERE id = NEW.case_id) IS NOT NEW.agency_id"
    yield f"""CREATE TRIGGER letters_case_id_agency_insert BEFORE INSERT ON letters WHEN {theirs}
    BEGIN SELECT RAISE(ABORT, '{CROSSED}'); END"""


def _on_postgresql():
    for table in TABLES:
        yield f"""CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '{table} is only ever added to'; END $$"""
        yield f"""CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
        FOR EACH ROW EXECUTE FUNCTION {table}_refuse()"""
    code = "USING ERRCODE = 'foreign_key_violation'"
    theirs = "(SELECT agency_id FROM cases WHERE id = NEW.case_id) IS DISTINCT FROM NEW.agency_id"
    yield f"""CREATE FUNCTION letters_case_id_agency() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN IF {theirs} THEN RAISE EXCEPTION '{CROSSED}' {code}; END IF; RETURN NEW; END $$"""
    yield """CREATE TRIGGER letters_case_id_agency BEFORE INSERT ON letters
    FOR EACH ROW EXECUTE FUNCTION letters_case_id_agency()"""
