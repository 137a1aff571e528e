"""Files that were withdrawn: their content is destroyed, what they were and why stays."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0053"
branch_labels = None
depends_on = None

TABLE = "withdrawn_files"
WORDS = f"{TABLE}.file_id belongs to another agency"


def upgrade():
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("withdrawn_by", sa.String(length=60), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agencies.id"], name=op.f("fk_withdrawn_files_agency_id_agencies")
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["case_files.id"], name=op.f("fk_withdrawn_files_file_id_case_files")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withdrawn_files")),
        sa.UniqueConstraint("file_id", name=op.f("uq_withdrawn_files_file_id")),
    )
    for statement in _on_sqlite() if op.get_bind().dialect.name == "sqlite" else _on_postgresql():
        op.execute(statement)


def _on_sqlite():
    for act in ("UPDATE", "DELETE"):
        yield f"""CREATE TRIGGER {TABLE}_no_{act} BEFORE {act} ON {TABLE}
        BEGIN SELECT RAISE(ABORT, '{TABLE} is only ever added to'); END"""
    theirs = "(SELECT agency_id FROM case_files WHERE id = NEW.file_id) IS NOT NEW.agency_id"
    yield f"""CREATE TRIGGER {TABLE}_file_id_agency_insert BEFORE INSERT ON {TABLE} WHEN {theirs}
    BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"""


def _on_postgresql():
    yield f"""CREATE FUNCTION {TABLE}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '{TABLE} is only ever added to'; END $$"""
    yield f"""CREATE TRIGGER {TABLE}_append_only BEFORE UPDATE OR DELETE ON {TABLE}
    FOR EACH ROW EXECUTE FUNCTION {TABLE}_refuse()"""
    name, code = f"{TABLE}_file_id_agency", "USING ERRCODE = 'foreign_key_violation'"
    theirs = "(SELECT agency_id FROM case_files WHERE id = NEW.file_id) IS DISTINCT FROM NEW.agency_id"
    yield f"""CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN IF {theirs} THEN RAISE EXCEPTION '{WORDS}' {code}; END IF; RETURN NEW; END $$"""
    yield f"""CREATE TRIGGER {name} BEFORE INSERT ON {TABLE} FOR EACH ROW EXECUTE FUNCTION {name}()"""
