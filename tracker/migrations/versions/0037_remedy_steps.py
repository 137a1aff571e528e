"""What happens in a reconsideration or suit about disclosure, from which the organ's days are counted."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0038"
branch_labels = None
depends_on = None

CROSSED = "remedy_steps.remedy_id belongs to another agency"


def upgrade():
    op.create_table(
        "remedy_steps",
        sa.Column("remedy_number", sa.String(length=100), nullable=False),
        sa.Column("remedy_id", sa.Integer(), nullable=False),
        sa.Column("instance", sa.String(length=10), nullable=False),
        sa.Column("step", sa.String(length=20), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("procedure", sa.String(length=10), nullable=False),
        sa.Column("paper", sa.String(length=10), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("time", sa.String(length=20), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
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
            ["agency_id"], ["agencies.id"], name=op.f("fk_remedy_steps_agency_id_agencies")
        ),
        sa.ForeignKeyConstraint(
            ["remedy_id"], ["remedies.id"], name=op.f("fk_remedy_steps_remedy_id_remedies")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remedy_steps")),
        sa.UniqueConstraint("form_token", name=op.f("uq_remedy_steps_form_token")),
    )
    op.create_index(op.f("ix_remedy_steps_agency_id"), "remedy_steps", ["agency_id"])
    op.create_index(op.f("ix_remedy_steps_remedy_id"), "remedy_steps", ["remedy_id"])
    op.create_index("ix_remedy_steps_happened", "remedy_steps", ["agency_id", "happened_on"])
    for statement in _on_sqlite() if op.get_bind().dialect.name == "sqlite" else _on_postgresql():
        op.execute(statement)


def _on_sqlite():
    theirs = "(SELECT agency_id FROM remedies WHERE id = NEW.remedy_id) IS NOT NEW.agency_id"
    for act, when in (("insert", "INSERT"), ("update", "UPDATE OF remedy_id, agency_id")):
        yield f"""CREATE TRIGGER remedy_steps_remedy_id_agency_{act} BEFORE {when} ON remedy_steps WHEN {theirs}
        BEGIN SELECT RAISE(ABORT, '{CROSSED}'); END"""


def _on_postgresql():
    code = "USING ERRCODE = 'foreign_key_violation'"
    theirs = "(SELECT agency_id FROM remedies WHERE id = NEW.remedy_id) IS DISTINCT FROM NEW.agency_id"
    yield f"""CREATE FUNCTION remedy_steps_remedy_id_agency() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN IF {theirs} THEN RAISE EXCEPTION '{CROSSED}' {code}; END IF; RETURN NEW; END $$"""
    yield """CREATE TRIGGER remedy_steps_remedy_id_agency BEFORE INSERT OR UPDATE OF remedy_id, agency_id
    ON remedy_steps FOR EACH ROW EXECUTE FUNCTION remedy_steps_remedy_id_agency()"""
