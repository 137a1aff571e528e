"""The registers behind the report: publications, documents, decisions, remedies, supervision.

The acts on their rows are append-only by trigger on both databases, as the ledger is.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ACTS = "book_acts"

SQLITE = [
    f"""CREATE TRIGGER {ACTS}_no_{act} BEFORE {act} ON {ACTS}
    BEGIN SELECT RAISE(ABORT, 'the acts are append-only'); END"""
    for act in ("UPDATE", "DELETE")
]

POSTGRESQL = [
    f"""CREATE FUNCTION {ACTS}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the acts are append-only'; END $$""",
    f"""CREATE TRIGGER {ACTS}_append_only BEFORE UPDATE OR DELETE ON {ACTS}
    FOR EACH ROW EXECUTE FUNCTION {ACTS}_refuse()""",
]


def upgrade():
    op.create_table(
        "accountabilities",
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("matter", sa.String(length=300), nullable=False),
        sa.Column("measure", sa.String(length=20), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("basis", sa.String(length=300), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("recorded_by", sa.String(length=60), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.Column("form_token", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agencies.id"], name=op.f("fk_accountabilities_agency_id_agencies")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accountabilities")),
        sa.UniqueConstraint("form_token", name=op.f("uq_accountabilities_form_token")),
    )
    op.create_index(op.f("ix_accountabilities_agency_id"), "accountabilities", ["agency_id"])
    op.create_table(
        "assessments",
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("unit", sa.String(length=100), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("recorded_by", sa.String(length=60), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.Column("form_token", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agencies.id"], name=op.f("fk_assessments_agency_id_agencies")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessments")),
        sa.UniqueConstraint("form_token", name=op.f("uq_assessments_form_token")),
    )
    op.create_index(op.f("ix_assessments_agency_id"), "assessments", ["agency_id"])
    op.create_table(
        "book_acts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("book", sa.String(length=30), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("actor", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_book_acts_agency_id_agencies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_book_acts")),
    )
    op.create_index("ix_book_acts_row", "book_acts", ["book", "row_id"])
    op.create_table(
        "decision_counts",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=60), nullable=False),
        sa.Column("licences", sa.Integer(), nullable=False),
        sa.Column("penalties", sa.Integer(), nullable=False),
        sa.Column("coercion", sa.Integer(), nullable=False),
        sa.Column("fees", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("recorded_by", sa.String(length=60), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.Column("form_token", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agencies.id"], name=op.f("fk_decision_counts_agency_id_agencies")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_counts")),
        sa.UniqueConstraint("form_token", name=op.f("uq_decision_counts_form_token")),
    )
    op.create_index(op.f("ix_decision_counts_agency_id"), "decision_counts", ["agency_id"])
    op.create_index("ix_decision_counts_year", "decision_counts", ["agency_id", "year"])
    op.create_table(
        "media",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("recorded_by", sa.String(length=60), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.Column("form_token", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_media_agency_id_agencies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media")),
        sa.UniqueConstraint("form_token", name=op.f("uq_media_form_token")),
    )
    op.create_index(op.f("ix_media_agency_id"), "media", ["agency_id"])
    op.create_table(
        "normative_documents",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("number", sa.String(length=100), nullable=False),
        sa.Column("maker", sa.String(length=100), nullable=False),
        sa.Column("joint", sa.String(length=200), nullable=False),
        sa.Column("leads", sa.String(length=3), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("in_force_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("legality_review", sa.String(length=200), nullable=False),
        sa.Column("filing", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("successor", sa.String(length=300), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("recorded_by", sa.String(length=60), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.Column("form_token", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agencies.id"], name=op.f("fk_normative_documents_agency_id_agencies")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_normative_documents")),
        sa.UniqueConstraint("form_token", name=op.f("uq_normative_documents_form_token")),
    )
    op.create_index(op.f("ix_normative_documents_agency_id"), "normative_documents", ["agency_id"])
    op.create_index("ix_normative_documents_made", "normative_documents", ["agency_id", "kind", "made_on"])
    op.create_table(
        "publications",
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("document_number", sa.String(length=100), nullable=False),
        sa.Column("unit", sa.String(length=60), nullable=False),
        sa.Column("category", sa.String(length=20), nullable=False),
        sa.Column("created_on", sa.Date(), nullable=True),
        sa.Column("drafted_by", sa.String(length=60), nullable=False),
        sa.Column("unit_reviewed_by", sa.String(length=60), nullable=False),
        sa.Column("unit_reviewed_on", sa.Date(), nullable=True),
        sa.Column("reviewed_by", sa.String(length=60), nullable=False),
        sa.Column("reviewed_on", sa.Date(), nullable=True),
        sa.Column("conclusion", sa.String(length=20), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.String(length=60), nullable=False),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("link", sa.String(length=500), nullable=False),
        sa.Column("taken_down_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("recorded_by", sa.String(length=60), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.Column("form_token", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agencies.id"], name=op.f("fk_publications_agency_id_agencies")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publications")),
        sa.UniqueConstraint("form_token", name=op.f("uq_publications_form_token")),
    )
    op.create_index(op.f("ix_publications_agency_id"), "publications", ["agency_id"])
    op.create_index("ix_publications_year", "publications", ["agency_id", "published_on", "id"])
    op.create_table(
        "staged_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("book", sa.String(length=30), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("staged_by", sa.String(length=60), nullable=False),
        sa.Column("staged_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agencies.id"], name=op.f("fk_staged_files_agency_id_agencies")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staged_files")),
    )
    op.create_table(
        "trainings",
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("topic", sa.String(length=200), nullable=False),
        sa.Column("form", sa.String(length=20), nullable=False),
        sa.Column("audience", sa.String(length=200), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("recorded_by", sa.String(length=60), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.Column("form_token", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_trainings_agency_id_agencies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trainings")),
        sa.UniqueConstraint("form_token", name=op.f("uq_trainings_form_token")),
    )
    op.create_index(op.f("ix_trainings_agency_id"), "trainings", ["agency_id"])
    op.create_table(
        "publication_media",
        sa.Column("publication_id", sa.Integer(), nullable=False),
        sa.Column("medium_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["medium_id"], ["media.id"], name=op.f("fk_publication_media_medium_id_media")
        ),
        sa.ForeignKeyConstraint(
            ["publication_id"],
            ["publications.id"],
            name=op.f("fk_publication_media_publication_id_publications"),
        ),
        sa.PrimaryKeyConstraint("publication_id", "medium_id", name=op.f("pk_publication_media")),
    )
    op.create_index(op.f("ix_publication_media_medium_id"), "publication_media", ["medium_id"])
    op.create_table(
        "remedies",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=100), nullable=False),
        sa.Column("case_number", sa.String(length=40), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("organ", sa.String(length=100), nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=False),
        sa.Column("result", sa.String(length=20), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("second_number", sa.String(length=100), nullable=False),
        sa.Column("second_organ", sa.String(length=100), nullable=False),
        sa.Column("second_filed_on", sa.Date(), nullable=True),
        sa.Column("second_result", sa.String(length=20), nullable=False),
        sa.Column("second_closed_on", sa.Date(), nullable=True),
        sa.Column("third_number", sa.String(length=100), nullable=False),
        sa.Column("third_organ", sa.String(length=100), nullable=False),
        sa.Column("third_filed_on", sa.Date(), nullable=True),
        sa.Column("third_result", sa.String(length=20), nullable=False),
        sa.Column("third_closed_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("recorded_by", sa.String(length=60), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.Column("form_token", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_remedies_agency_id_agencies")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_remedies_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remedies")),
        sa.UniqueConstraint("form_token", name=op.f("uq_remedies_form_token")),
    )
    op.create_index(op.f("ix_remedies_agency_id"), "remedies", ["agency_id"])
    op.create_index(op.f("ix_remedies_case_id"), "remedies", ["case_id"])
    op.create_index("ix_remedies_filed", "remedies", ["agency_id", "filed_on"])
    triggers = SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL
    for statement in triggers:
        op.execute(statement)
