"""What belongs to one agency points to nothing of another: the database itself refuses it.

Triggers and not composite keys: SQLite would have to rebuild the largest tables, and the triggers
that keep the ledger append-only and the words of requests found hang on them.
"""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

LINKS = (
    ("users", "unit_id", "units"),
    ("cases", "unit_id", "units"),
    ("cases", "applicant_id", "applicants"),
    ("contacts", "unit_id", "units"),
    ("contacts", "case_id", "cases"),
    ("receipt_evidence", "contact_id", "contacts"),
    ("receipt_evidence", "case_id", "cases"),
    ("remedies", "case_id", "cases"),
)
PARENTS = ("units", "applicants", "cases", "contacts", "users")
WORDS = "belongs to another agency"


def upgrade():
    on = _on_sqlite if op.get_bind().dialect.name == "sqlite" else _on_postgresql
    for statement in on():
        op.execute(statement)


def _on_sqlite():
    for child, column, parent in LINKS:
        theirs = f"(SELECT agency_id FROM {parent} WHERE id = NEW.{column}) IS NOT NEW.agency_id"  # noqa: S608 (our own names)
        for name, act in (("insert", "INSERT"), ("update", f"UPDATE OF {column}, agency_id")):
            yield f"""CREATE TRIGGER {child}_{column}_agency_{name} BEFORE {act} ON {child}
            WHEN NEW.{column} IS NOT NULL AND {theirs}
            BEGIN SELECT RAISE(ABORT, '{child}.{column} {WORDS}'); END"""
    for parent in PARENTS:
        yield f"""CREATE TRIGGER {parent}_agency_stays BEFORE UPDATE OF agency_id ON {parent}
        WHEN NEW.agency_id IS NOT OLD.agency_id
        BEGIN SELECT RAISE(ABORT, '{parent}.agency_id never changes'); END"""


def _on_postgresql():
    code = "USING ERRCODE = 'foreign_key_violation'"
    for child, column, parent in LINKS:
        name = f"{child}_{column}_agency"
        yield f"""CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
        IF (SELECT agency_id FROM {parent} WHERE id = NEW.{column}) IS DISTINCT FROM NEW.agency_id THEN
        RAISE EXCEPTION '{child}.{column} {WORDS}' {code}; END IF;
        RETURN NEW; END $$"""  # noqa: S608 (our own names)
        yield f"""CREATE TRIGGER {name} BEFORE INSERT OR UPDATE OF {column}, agency_id ON {child}
        FOR EACH ROW WHEN (NEW.{column} IS NOT NULL) EXECUTE FUNCTION {name}()"""
    yield f"""CREATE FUNCTION agency_stays() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '%.agency_id never changes', TG_TABLE_NAME {code}; END $$"""
    for parent in PARENTS:
        yield f"""CREATE TRIGGER {parent}_agency_stays BEFORE UPDATE OF agency_id ON {parent}
        FOR EACH ROW WHEN (NEW.agency_id IS DISTINCT FROM OLD.agency_id) EXECUTE FUNCTION agency_stays()"""
