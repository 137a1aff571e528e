"""Redactions of files: what is being drawn, and what was made, which is only ever added to."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0031"
branch_labels = None
depends_on = None

TABLE = "redactions"
LINKS = (("case_id", "cases"), ("source_id", "case_files"), ("output_id", "case_files"))
WORDS = "belongs to another agency"


def upgrade():
    op.create_table(
        "redaction_drafts",
        sa.Column("file_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("boxes", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("drawn_by", sa.String(length=60), nullable=False),
        sa.Column("drawn_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["case_files.id"], name=op.f("fk_redaction_drafts_file_id_case_files")
        ),
        sa.PrimaryKeyConstraint("file_id", name=op.f("pk_redaction_drafts")),
    )
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("output_id", sa.Integer(), nullable=False),
        sa.Column("boxes", sa.JSON(), nullable=False),
        sa.Column("dpi", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.String(length=60), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agencies.id"], name=op.f("fk_redactions_agency_id_agencies")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_redactions_case_id_cases")),
        sa.ForeignKeyConstraint(
            ["output_id"], ["case_files.id"], name=op.f("fk_redactions_output_id_case_files")
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["case_files.id"], name=op.f("fk_redactions_source_id_case_files")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redactions")),
        sa.UniqueConstraint("output_id", name=op.f("uq_redactions_output_id")),
    )
    for column in ("case_id", "source_id"):
        op.create_index(op.f(f"ix_redactions_{column}"), TABLE, [column])
    for statement in _on_sqlite() if op.get_bind().dialect.name == "sqlite" else _on_postgresql():
        op.execute(statement)


def _on_sqlite():
    for act in ("UPDATE", "DELETE"):
        yield f"""CREATE TRIGGER {TABLE}_no_{act} BEFORE {act} ON {TABLE}
        BEGIN SELECT RAISE(ABORT, '{TABLE} is only ever added to'); END"""
    for column, parent in LINKS:
        theirs = f"(SELECT agency_id FROM {parent} WHERE id = NEW.{column}) IS NOT NEW.agency_id"  # noqa: S608 (our own names)
        yield f"""CREATE TRIGGER {TABLE}_{column}_agency_insert BEFORE INSERT ON {TABLE} WHEN {theirs}
        BEGIN SELECT RAISE(ABORT, '{TABLE}.{column} {WORDS}'); END"""


def _on_postgresql():
    yield f"""CREATE FUNCTION {TABLE}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '{TABLE} is only ever added to'; END $$"""
    yield f"""CREATE TRIGGER {TABLE}_append_only BEFORE UPDATE OR DELETE ON {TABLE}
    FOR EACH ROW EXECUTE FUNCTION {TABLE}_refuse()"""
    code = "USING ERRCODE = 'foreign_key_violation'"
    for column, parent in LINKS:
        name = f"{TABLE}_{column}_agency"
        yield f"""CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
        IF (SELECT agency_id FROM {parent} WHERE id = NEW.{column}) IS DISTINCT FROM NEW.agency_id THEN
        RAISE EXCEPTION '{TABLE}.{column} {WORDS}' {code}; END IF;
        RETURN NEW; END $$"""  # noqa: S608 (our own names)
        yield f"""CREATE TRIGGER {name} BEFORE INSERT ON {TABLE} FOR EACH ROW EXECUTE FUNCTION {name}()"""
