"""Files of cases and contacts: rows that are only ever added to, and point to nothing of another agency."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0033"
branch_labels = None
depends_on = None

TABLE = "case_files"
LINKS = (("contact_id", "contacts"), ("case_id", "cases"), ("source_id", TABLE))
WORDS = "belongs to another agency"


def upgrade():
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=True),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("type", sa.String(length=80), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("kept_by", sa.String(length=60), nullable=False),
        sa.Column("kept_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agencies.id"], name=op.f("fk_case_files_agency_id_agencies")
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_case_files_contact_id_contacts")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_files_case_id_cases")),
        sa.ForeignKeyConstraint(
            ["source_id"], ["case_files.id"], name=op.f("fk_case_files_source_id_case_files")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_files")),
    )
    for column in ("case_id", "contact_id", "sha256", "source_id"):
        op.create_index(op.f(f"ix_case_files_{column}"), TABLE, [column])
    for statement in _on_sqlite() if op.get_bind().dialect.name == "sqlite" else _on_postgresql():
        op.execute(statement)


def _on_sqlite():
    for act in ("UPDATE", "DELETE"):
        yield f"""CREATE TRIGGER {TABLE}_no_{act} BEFORE {act} ON {TABLE}
        BEGIN SELECT RAISE(ABORT, '{TABLE} is only ever added to'); END"""
    for column, parent in LINKS:
        theirs = f"(SELECT agency_id FROM {parent} WHERE id = NEW.{column}) IS NOT NEW.agency_id"  # noqa: S608 (our own names)
        yield f"""CREATE TRIGGER {TABLE}_{column}_agency_insert BEFORE INSERT ON {TABLE}
        WHEN NEW.{column} IS NOT NULL AND {theirs}
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
        yield f"""CREATE TRIGGER {name} BEFORE INSERT ON {TABLE}
        FOR EACH ROW WHEN (NEW.{column} IS NOT NULL) EXECUTE FUNCTION {name}()"""
