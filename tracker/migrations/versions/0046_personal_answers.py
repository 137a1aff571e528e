"""Answers to requests about one's own data, frozen by their hash as letters are."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

TABLE = "personal_answers"
WORDS = f"{TABLE}.request_id belongs to another agency"


def upgrade():
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("request_version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("made_by", sa.String(length=60), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agencies.id"], name=op.f("fk_personal_answers_agency_id_agencies")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["personal_requests.id"],
            name=op.f("fk_personal_answers_request_id_personal_requests"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personal_answers")),
    )
    for column in ("request_id", "sha256"):
        op.create_index(op.f(f"ix_{TABLE}_{column}"), TABLE, [column])
    for statement in _on_sqlite() if op.get_bind().dialect.name == "sqlite" else _on_postgresql():
        op.execute(statement)


def _on_sqlite():
    for act in ("UPDATE", "DELETE"):
        yield f"""CREATE TRIGGER {TABLE}_no_{act} BEFORE {act} ON {TABLE}
        BEGIN SELECT RAISE(ABORT, '{TABLE} is only ever added to'); END"""
    theirs = "(SELECT agency_id FROM personal_requests WHERE id = NEW.request_id) IS NOT NEW.agency_id"
    yield f"""CREATE TRIGGER {TABLE}_request_id_agency_insert BEFORE INSERT ON {TABLE} WHEN {theirs}
    BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"""


def _on_postgresql():
    yield f"""CREATE FUNCTION {TABLE}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '{TABLE} is only ever added to'; END $$"""
    yield f"""CREATE TRIGGER {TABLE}_append_only BEFORE UPDATE OR DELETE ON {TABLE}
    FOR EACH ROW EXECUTE FUNCTION {TABLE}_refuse()"""
    name, code = f"{TABLE}_request_id_agency", "USING ERRCODE = 'foreign_key_violation'"
    theirs = (
        "(SELECT agency_id FROM personal_requests WHERE id = NEW.request_id) IS DISTINCT FROM NEW.agency_id"
    )
    yield f"""CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN IF {theirs} THEN RAISE EXCEPTION '{WORDS}' {code}; END IF; RETURN NEW; END $$"""
    yield f"""CREATE TRIGGER {name} BEFORE INSERT ON {TABLE} FOR EACH ROW EXECUTE FUNCTION {name}()"""
