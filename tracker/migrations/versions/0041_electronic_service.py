"""What leaves by mail, what an applicant agreed to, and the review of an answer ordered anew."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0034"
branch_labels = None
depends_on = None

NOUN = "service_agreements"
REVIEWED = (("reviewer", sa.String(length=60)), ("review", sa.Text()))


def upgrade():
    op.create_table(
        NOUN,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("electronic", sa.Boolean(), nullable=False),
        sa.Column("told_by", sa.String(length=10), nullable=False),
        sa.Column("known_from", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.String(length=60), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agencies.id"], name=op.f("fk_service_agreements_agency_id_agencies")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_service_agreements_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_agreements")),
    )
    op.create_index(op.f("ix_service_agreements_case_id"), NOUN, ["case_id"])
    op.add_column("letter_services", sa.Column("reviewed", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("letter_services", sa.Column("sent", sa.JSON(), nullable=False, server_default="[]"))
    for name, kind in REVIEWED:
        op.add_column("reanswers", sa.Column(name, kind, nullable=False, server_default=""))
    op.add_column("reanswers", sa.Column("reviewed_on", sa.Date(), nullable=True))
    for statement in _on_sqlite() if op.get_bind().dialect.name == "sqlite" else _on_postgresql():
        op.execute(statement)


def _on_sqlite():
    for act in ("UPDATE", "DELETE"):
        yield f"""CREATE TRIGGER {NOUN}_no_{act} BEFORE {act} ON {NOUN}
        BEGIN SELECT RAISE(ABORT, '{NOUN} is only ever added to'); END"""
    theirs = "(SELECT agency_id FROM cases WHERE id = NEW.case_id) IS NOT NEW.agency_id"
    yield f"""CREATE TRIGGER {NOUN}_case_id_agency_insert BEFORE INSERT ON {NOUN} WHEN {theirs}
    BEGIN SELECT RAISE(ABORT, '{NOUN}.case_id belongs to another agency'); END"""


def _on_postgresql():
    yield f"""CREATE FUNCTION {NOUN}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '{NOUN} is only ever added to'; END $$"""
    yield f"""CREATE TRIGGER {NOUN}_append_only BEFORE UPDATE OR DELETE ON {NOUN}
    FOR EACH ROW EXECUTE FUNCTION {NOUN}_refuse()"""
    theirs = "(SELECT agency_id FROM cases WHERE id = NEW.case_id) IS DISTINCT FROM NEW.agency_id"
    crossed = f"{NOUN}.case_id belongs to another agency"
    yield f"""CREATE FUNCTION {NOUN}_case_id_agency() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN IF {theirs} THEN RAISE EXCEPTION '{crossed}' USING ERRCODE = 'foreign_key_violation'; END IF;
    RETURN NEW; END $$"""
    yield f"""CREATE TRIGGER {NOUN}_case_id_agency BEFORE INSERT ON {NOUN}
    FOR EACH ROW EXECUTE FUNCTION {NOUN}_case_id_agency()"""
