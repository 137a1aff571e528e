"""Answers that a reconsideration organ or a court ordered anew, and the letters that belong to them."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0036"
branch_labels = None
depends_on = None

LINKS = (("reanswers", "remedy_id", "remedies"), ("letters", "reanswer_id", "reanswers"))


def upgrade():
    op.create_table(
        "reanswers",
        sa.Column("remedy_number", sa.String(length=100), nullable=False),
        sa.Column("remedy_id", sa.Integer(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("ordered", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("why_same", sa.String(length=20), nullable=False),
        sa.Column("document_number", sa.String(length=100), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("served_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("recorded_by", sa.String(length=60), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.Column("form_token", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_reanswers_agency_id_agencies")),
        sa.ForeignKeyConstraint(["remedy_id"], ["remedies.id"], name=op.f("fk_reanswers_remedy_id_remedies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reanswers")),
        sa.UniqueConstraint("form_token", name=op.f("uq_reanswers_form_token")),
    )
    op.create_index(op.f("ix_reanswers_agency_id"), "reanswers", ["agency_id"])
    op.create_index(op.f("ix_reanswers_remedy_id"), "reanswers", ["remedy_id"])
    op.create_index("ix_reanswers_received", "reanswers", ["agency_id", "received_on"])
    _letters()
    for statement in _on_sqlite() if op.get_bind().dialect.name == "sqlite" else _on_postgresql():
        op.execute(statement)


def _letters():
    if (
        op.get_bind().dialect.name == "sqlite"
    ):  # which adds no foreign key to a table by ALTER but in the column
        op.execute("ALTER TABLE letters ADD COLUMN reanswer_id INTEGER REFERENCES reanswers (id)")
    else:
        op.add_column("letters", sa.Column("reanswer_id", sa.Integer(), nullable=True))
        name = op.f("fk_letters_reanswer_id_reanswers")
        op.create_foreign_key(name, "letters", "reanswers", ["reanswer_id"], ["id"])
    op.create_index(op.f("ix_letters_reanswer_id"), "letters", ["reanswer_id"])


def _on_sqlite():
    for child, column, parent in LINKS:
        theirs = f"(SELECT agency_id FROM {parent} WHERE id = NEW.{column}) IS NOT NEW.agency_id"  # noqa: S608
        for act, when in (("insert", "INSERT"), ("update", f"UPDATE OF {column}, agency_id")):
            yield f"""CREATE TRIGGER {child}_{column}_agency_{act} BEFORE {when} ON {child}
            WHEN NEW.{column} IS NOT NULL AND {theirs}
            BEGIN SELECT RAISE(ABORT, '{child}.{column} belongs to another agency'); END"""


def _on_postgresql():
    code = "USING ERRCODE = 'foreign_key_violation'"
    for child, column, parent in LINKS:
        name = f"{child}_{column}_agency"
        theirs = f"(SELECT agency_id FROM {parent} WHERE id = NEW.{column})"  # noqa: S608
        yield f"""CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN IF {theirs} IS DISTINCT FROM NEW.agency_id THEN
        RAISE EXCEPTION '{child}.{column} belongs to another agency' {code}; END IF; RETURN NEW; END $$"""
        yield f"""CREATE TRIGGER {name} BEFORE INSERT OR UPDATE OF {column}, agency_id ON {child}
        FOR EACH ROW WHEN (NEW.{column} IS NOT NULL) EXECUTE FUNCTION {name}()"""
