"""Further applicants of a joint request: rows of their own that point to the one named first."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

WORDS = "applicants.first_id belongs to another agency"


def upgrade():
    first = sa.Column("first_id", sa.Integer(), nullable=True)
    if op.get_bind().dialect.name == "sqlite":  # the table is not rebuilt: triggers hang on it
        op.execute("ALTER TABLE applicants ADD COLUMN first_id INTEGER REFERENCES applicants (id)")
    else:
        op.add_column("applicants", first)
        op.create_foreign_key(
            op.f("fk_applicants_first_id_applicants"), "applicants", "applicants", ["first_id"], ["id"]
        )
    op.create_index(op.f("ix_applicants_first_id"), "applicants", ["first_id"])
    for statement in _on_sqlite() if op.get_bind().dialect.name == "sqlite" else _on_postgresql():
        op.execute(statement)


def _on_sqlite():
    theirs = "(SELECT agency_id FROM applicants WHERE id = NEW.first_id) IS NOT NEW.agency_id"
    for name, act in (("insert", "INSERT"), ("update", "UPDATE OF first_id, agency_id")):
        yield f"""CREATE TRIGGER applicants_first_id_agency_{name} BEFORE {act} ON applicants
        WHEN NEW.first_id IS NOT NULL AND {theirs}
        BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"""


def _on_postgresql():
    yield f"""CREATE FUNCTION applicants_first_id_agency() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
    IF (SELECT agency_id FROM applicants WHERE id = NEW.first_id) IS DISTINCT FROM NEW.agency_id THEN
    RAISE EXCEPTION '{WORDS}' USING ERRCODE = 'foreign_key_violation'; END IF;
    RETURN NEW; END $$"""  # noqa: S608 (our own names)
    yield """CREATE TRIGGER applicants_first_id_agency BEFORE INSERT OR UPDATE OF first_id, agency_id
    ON applicants FOR EACH ROW WHEN (NEW.first_id IS NOT NULL)
    EXECUTE FUNCTION applicants_first_id_agency()"""
