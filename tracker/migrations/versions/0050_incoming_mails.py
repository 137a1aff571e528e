"""Mails that came into the office's mailbox, and the contacts that nobody has sorted yet."""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0054"
branch_labels = None
depends_on = None

TABLE = "incoming_mails"
LINKS = (("contact_id", "contacts"), ("service_id", "letter_services"))
WORDS = "belongs to another agency"
UNSORTED = "closed_on IS NULL AND triage IS NULL"


def upgrade():
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("same", sa.String(length=64), nullable=False),
        sa.Column("mailbox", sa.String(length=300), nullable=False),
        sa.Column("places", sa.JSON(), nullable=False),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.Column("placed_at", sa.DateTime(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("message_id", sa.String(length=320), nullable=False),
        sa.Column("sender", sa.LargeBinary(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=True),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("contact_id", sa.Integer(), nullable=True),
        sa.Column("message", sa.String(length=160), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("kept_at", sa.DateTime(), nullable=False),
        sa.Column("looked_by", sa.String(length=60), nullable=False),
        sa.Column("looked_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f(f"fk_{TABLE}_agency_id_agencies")),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f(f"fk_{TABLE}_contact_id_contacts")
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["letter_services.id"], name=op.f(f"fk_{TABLE}_service_id_letter_services")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("agency_id", "same", name=op.f(f"uq_{TABLE}_agency_id")),
    )
    op.create_index(f"ix_{TABLE}_message_id", TABLE, ["agency_id", "message_id"])
    op.create_index(f"ix_{TABLE}_placed", TABLE, ["agency_id", "placed_at"])
    op.create_index(f"ix_{TABLE}_kind", TABLE, ["agency_id", "kind", "looked_at", "id"])
    for column, _parent in LINKS:
        op.execute(f"CREATE INDEX ix_{TABLE}_{column} ON {TABLE} ({column}) WHERE {column} IS NOT NULL")
    columns = "agency_id, arrived_on, id, unit_id, case_id"
    op.execute(f"CREATE INDEX ix_contacts_unsorted ON contacts ({columns}) WHERE {UNSORTED}")
    for statement in _on_sqlite() if op.get_bind().dialect.name == "sqlite" else _on_postgresql():
        op.execute(statement)


def _on_sqlite():
    for column, parent in LINKS:
        theirs = f"(SELECT agency_id FROM {parent} WHERE id = NEW.{column}) IS NOT NEW.agency_id"  # noqa: S608 (our own names)
        for act in ("INSERT", "UPDATE"):
            yield f"""CREATE TRIGGER {TABLE}_{column}_agency_{act.lower()} BEFORE {act} ON {TABLE}
            WHEN NEW.{column} IS NOT NULL AND {theirs}
            BEGIN SELECT RAISE(ABORT, '{TABLE}.{column} {WORDS}'); END"""


def _on_postgresql():
    code = "USING ERRCODE = 'foreign_key_violation'"
    for column, parent in LINKS:
        name = f"{TABLE}_{column}_agency"
        yield f"""CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
        IF (SELECT agency_id FROM {parent} WHERE id = NEW.{column}) IS DISTINCT FROM NEW.agency_id THEN
        RAISE EXCEPTION '{TABLE}.{column} {WORDS}' {code}; END IF;
        RETURN NEW; END $$"""  # noqa: S608 (our own names)
        yield f"""CREATE TRIGGER {name} BEFORE INSERT OR UPDATE ON {TABLE}
        FOR EACH ROW WHEN (NEW.{column} IS NOT NULL) EXECUTE FUNCTION {name}()"""
