"""Registers that the law knows: corrections, conversions, reviews of refusals, complaints, updates of the guide."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

OF_REQUESTS = ("corrections", "conversions", "refusal_reviews", "complaints")


def upgrade():
    op.create_table(
        "complaints",
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("matter", sa.String(length=300), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("result", sa.String(length=20), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
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
            ["agency_id"], ["agencies.id"], name=op.f("fk_complaints_agency_id_agencies")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_complaints_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaints")),
        sa.UniqueConstraint("form_token", name=op.f("uq_complaints_form_token")),
    )
    op.create_index(op.f("ix_complaints_agency_id"), "complaints", ["agency_id"])
    op.create_index(op.f("ix_complaints_case_id"), "complaints", ["case_id"])
    op.create_index(op.f("ix_complaints_received_on"), "complaints", ["received_on"])
    op.create_table(
        "conversions",
        sa.Column("raised_on", sa.Date(), nullable=False),
        sa.Column("content", sa.String(length=300), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("assessment", sa.Text(), nullable=False),
        sa.Column("conclusion", sa.String(length=20), nullable=False),
        sa.Column("assessed_on", sa.Date(), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
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
            ["agency_id"], ["agencies.id"], name=op.f("fk_conversions_agency_id_agencies")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_conversions_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversions")),
        sa.UniqueConstraint("form_token", name=op.f("uq_conversions_form_token")),
    )
    op.create_index(op.f("ix_conversions_agency_id"), "conversions", ["agency_id"])
    op.create_index(op.f("ix_conversions_case_id"), "conversions", ["case_id"])
    op.create_index(op.f("ix_conversions_raised_on"), "conversions", ["raised_on"])
    op.create_table(
        "corrections",
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("record", sa.String(length=300), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("result", sa.String(length=20), nullable=False),
        sa.Column("organ", sa.String(length=100), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=True),
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
            ["agency_id"], ["agencies.id"], name=op.f("fk_corrections_agency_id_agencies")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_corrections_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrections")),
        sa.UniqueConstraint("form_token", name=op.f("uq_corrections_form_token")),
    )
    op.create_index(op.f("ix_corrections_agency_id"), "corrections", ["agency_id"])
    op.create_index(op.f("ix_corrections_case_id"), "corrections", ["case_id"])
    op.create_index(op.f("ix_corrections_received_on"), "corrections", ["received_on"])
    op.create_table(
        "guides",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("change", sa.String(length=300), nullable=False),
        sa.Column("changed_on", sa.Date(), nullable=False),
        sa.Column("unit", sa.String(length=60), nullable=False),
        sa.Column("updated_on", sa.Date(), nullable=True),
        sa.Column("link", sa.String(length=500), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("recorded_by", sa.String(length=60), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.Column("form_token", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_guides_agency_id_agencies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guides")),
        sa.UniqueConstraint("form_token", name=op.f("uq_guides_form_token")),
    )
    op.create_index(op.f("ix_guides_agency_id"), "guides", ["agency_id"])
    op.create_index(op.f("ix_guides_changed_on"), "guides", ["changed_on"])
    op.create_table(
        "refusal_reviews",
        sa.Column("reviewed_on", sa.Date(), nullable=False),
        sa.Column("information", sa.String(length=300), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("conclusion", sa.String(length=20), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
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
            ["agency_id"], ["agencies.id"], name=op.f("fk_refusal_reviews_agency_id_agencies")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_refusal_reviews_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refusal_reviews")),
        sa.UniqueConstraint("form_token", name=op.f("uq_refusal_reviews_form_token")),
    )
    op.create_index(op.f("ix_refusal_reviews_agency_id"), "refusal_reviews", ["agency_id"])
    op.create_index(op.f("ix_refusal_reviews_case_id"), "refusal_reviews", ["case_id"])
    op.create_index(op.f("ix_refusal_reviews_reviewed_on"), "refusal_reviews", ["reviewed_on"])
    for statement in _on_sqlite() if op.get_bind().dialect.name == "sqlite" else _on_postgresql():
        op.execute(statement)


def _on_sqlite():
    theirs = "(SELECT agency_id FROM cases WHERE id = NEW.case_id) IS NOT NEW.agency_id"
    for noun in OF_REQUESTS:
        for act, when in (("insert", "INSERT"), ("update", "UPDATE OF case_id, agency_id")):
            yield f"""CREATE TRIGGER {noun}_case_id_agency_{act} BEFORE {when} ON {noun}
            WHEN NEW.case_id IS NOT NULL AND {theirs}
            BEGIN SELECT RAISE(ABORT, '{noun}.case_id belongs to another agency'); END"""


def _on_postgresql():
    code = "USING ERRCODE = 'foreign_key_violation'"
    theirs = "(SELECT agency_id FROM cases WHERE id = NEW.case_id) IS DISTINCT FROM NEW.agency_id"
    for noun in OF_REQUESTS:
        name = f"{noun}_case_id_agency"
        yield f"""CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN IF {theirs} THEN RAISE EXCEPTION '{noun}.case_id belongs to another agency' {code}; END IF;
        RETURN NEW; END $$"""
        yield f"""CREATE TRIGGER {name} BEFORE INSERT OR UPDATE OF case_id, agency_id ON {noun}
        FOR EACH ROW WHEN (NEW.case_id IS NOT NULL) EXECUTE FUNCTION {name}()"""
