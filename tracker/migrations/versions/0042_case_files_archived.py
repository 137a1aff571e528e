"""Case files that were archived, and requests of people about their own data."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0044"
branch_labels = None
depends_on = None

ACTS, REQUESTS = "archivings", "personal_requests"
CODE = "USING ERRCODE = 'foreign_key_violation'"


def upgrade():
    op.create_table(
        ACTS,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("retention", sa.String(length=20), nullable=False),
        sa.Column("receiver", sa.String(length=100), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("lacking", sa.JSON(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("papers", sa.Integer(), nullable=False),
        sa.Column("recorded_by", sa.String(length=60), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agencies.id"], name=op.f("fk_archivings_agency_id_agencies")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_archivings_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_archivings")),
    )
    op.create_table(
        REQUESTS,
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("contact_number", sa.String(length=64), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("collected_on", sa.Date(), nullable=True),
        sa.Column("result", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("document_number", sa.String(length=80), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("case_number", sa.String(length=64), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("unit", sa.String(length=60), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("recorded_by", sa.String(length=60), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.Column("form_token", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agencies.id"], name=op.f("fk_personal_requests_agency_id_agencies")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_personal_requests_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personal_requests")),
        sa.UniqueConstraint("form_token", name=op.f("uq_personal_requests_form_token")),
    )
    for column in ("agency_id", "case_id"):
        op.create_index(op.f(f"ix_{ACTS}_{column}"), ACTS, [column])
    for column in ("agency_id", "case_id", "received_on"):
        op.create_index(op.f(f"ix_{REQUESTS}_{column}"), REQUESTS, [column])
    for statement in _on_sqlite() if op.get_bind().dialect.name == "sqlite" else _on_postgresql():
        op.execute(statement)


def _on_sqlite():
    theirs = "(SELECT agency_id FROM cases WHERE id = NEW.case_id) IS NOT NEW.agency_id"
    for act in ("UPDATE", "DELETE"):
        yield f"""CREATE TRIGGER {ACTS}_no_{act} BEFORE {act} ON {ACTS}
        BEGIN SELECT RAISE(ABORT, '{ACTS} is only ever added to'); END"""
    yield f"""CREATE TRIGGER {ACTS}_case_id_agency_insert BEFORE INSERT ON {ACTS} WHEN {theirs}
    BEGIN SELECT RAISE(ABORT, '{ACTS}.case_id belongs to another agency'); END"""
    for act, when in (("insert", "INSERT"), ("update", "UPDATE OF case_id, agency_id")):
        yield f"""CREATE TRIGGER {REQUESTS}_case_id_agency_{act} BEFORE {when} ON {REQUESTS}
        WHEN NEW.case_id IS NOT NULL AND {theirs}
        BEGIN SELECT RAISE(ABORT, '{REQUESTS}.case_id belongs to another agency'); END"""


def _on_postgresql():
    theirs = "(SELECT agency_id FROM cases WHERE id = NEW.case_id) IS DISTINCT FROM NEW.agency_id"
    yield f"""CREATE FUNCTION {ACTS}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '{ACTS} is only ever added to'; END $$"""
    yield f"""CREATE TRIGGER {ACTS}_append_only BEFORE UPDATE OR DELETE ON {ACTS}
    FOR EACH ROW EXECUTE FUNCTION {ACTS}_refuse()"""
    for noun, when in ((ACTS, "INSERT"), (REQUESTS, "INSERT OR UPDATE OF case_id, agency_id")):
        name = f"{noun}_case_id_agency"
        yield f"""CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN IF {theirs} THEN RAISE EXCEPTION '{noun}.case_id belongs to another agency' {CODE}; END IF;
        RETURN NEW; END $$"""
        yield f"""CREATE TRIGGER {name} BEFORE {when} ON {noun}
        FOR EACH ROW WHEN (NEW.case_id IS NOT NULL) EXECUTE FUNCTION {name}()"""
