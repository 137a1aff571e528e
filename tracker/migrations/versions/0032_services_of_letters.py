"""How letters were served and what came of it: rows that are only ever added to.

What is encrypted may be sealed anew with another key, and nothing else of a row may change.
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0037"
branch_labels = None
depends_on = None

SERVICES, RESULTS = "letter_services", "service_results"
LINKS = (
    (SERVICES, "case_id", "cases"),
    (SERVICES, "letter_id", "letters"),
    (RESULTS, "service_id", SERVICES),
)


def upgrade():
    op.create_table(
        SERVICES,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("way", sa.String(length=20), nullable=False),
        sa.Column("handed_on", sa.Date(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("carrier", sa.String(length=20), nullable=False),
        sa.Column("tracking", sa.String(length=60), nullable=False),
        sa.Column("through", sa.String(length=200), nullable=False),
        sa.Column("place", sa.LargeBinary(), nullable=True),
        sa.Column("signer", sa.String(length=100), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("message", sa.String(length=160), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        *_file(),
        sa.Column("recorded_by", sa.String(length=60), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agencies.id"], name=op.f("fk_letter_services_agency_id_agencies")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_letter_services_case_id_cases")),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["letters.id"], name=op.f("fk_letter_services_letter_id_letters")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_services")),
    )
    for column in ("case_id", "letter_id", "message"):
        op.create_index(op.f(f"ix_letter_services_{column}"), SERVICES, [column])
    op.create_table(
        RESULTS,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("signer", sa.String(length=100), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        *_file(),
        sa.Column("recorded_by", sa.String(length=60), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agencies.id"], name=op.f("fk_service_results_agency_id_agencies")
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["letter_services.id"], name=op.f("fk_service_results_service_id_letter_services")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_results")),
    )
    op.create_index(op.f("ix_service_results_service_id"), RESULTS, ["service_id"])
    for statement in _on_sqlite() if op.get_bind().dialect.name == "sqlite" else _on_postgresql():
        op.execute(statement)


def _file():
    return (
        sa.Column("file_name", sa.String(length=200), nullable=True),
        sa.Column("file_type", sa.String(length=40), nullable=True),
        sa.Column("file_size", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
    )


def _kept(table):
    """Return the columns that never change: all but what is sealed with the office's key."""
    columns = sa.inspect(op.get_bind()).get_columns(table)
    return ", ".join(f'"{column["name"]}"' for column in columns if column["name"] != "place")


def _on_sqlite():
    for table in (SERVICES, RESULTS):
        for act, when in (("UPDATE", f"UPDATE OF {_kept(table)}"), ("DELETE", "DELETE")):
            yield f"""CREATE TRIGGER {table}_no_{act} BEFORE {when} ON {table}
            BEGIN SELECT RAISE(ABORT, '{table} is only ever added to'); END"""
    for child, column, parent in LINKS:
        theirs = f"(SELECT agency_id FROM {parent} WHERE id = NEW.{column}) IS NOT NEW.agency_id"  # noqa: S608
        crossed = f"{child}.{column} belongs to another agency"
        yield f"""CREATE TRIGGER {child}_{column}_agency_insert BEFORE INSERT ON {child} WHEN {theirs}
        BEGIN SELECT RAISE(ABORT, '{crossed}'); END"""


def _on_postgresql():
    for table in (SERVICES, RESULTS):
        yield f"""CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '{table} is only ever added to'; END $$"""
        yield f"""CREATE TRIGGER {table}_append_only BEFORE UPDATE OF {_kept(table)} OR DELETE ON {table}
        FOR EACH ROW EXECUTE FUNCTION {table}_refuse()"""
    code = "USING ERRCODE = 'foreign_key_violation'"
    for child, column, parent in LINKS:
        theirs = f"(SELECT agency_id FROM {parent} WHERE id = NEW.{column}) IS DISTINCT FROM NEW.agency_id"  # noqa: S608
        crossed = f"{child}.{column} belongs to another agency"
        yield f"""CREATE FUNCTION {child}_{column}_agency() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN IF {theirs} THEN RAISE EXCEPTION '{crossed}' {code}; END IF; RETURN NEW; END $$"""
        yield f"""CREATE TRIGGER {child}_{column}_agency BEFORE INSERT ON {child}
        FOR EACH ROW EXECUTE FUNCTION {child}_{column}_agency()"""
