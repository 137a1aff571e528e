"""Agents and guardians, kinds of documents, what an application asks for; upon whom a letter was served."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0040"
branch_labels = None
depends_on = None

WORDS = "applicants.acts_for_id belongs to another agency"
TEXTS = (
    ("id_kind", 30),
    ("role", 20),
    ("scope", 20),
    ("form_wanted", 20),
    ("way_wanted", 20),
    ("filled_by", 60),
)
SEALED = ("id_kept", "purpose", "help")


def upgrade():
    for name, length in TEXTS:
        op.add_column("applicants", _text(name, length))
    for name in SEALED:
        op.add_column("applicants", sa.Column(name, sa.LargeBinary(), nullable=True))
    for name in ("from_on", "to_on", "read_back_on"):
        op.add_column("applicants", sa.Column(name, sa.Date(), nullable=True))
    op.add_column(
        "applicants", sa.Column("gets_letters", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("letter_services", sa.Column("upon", sa.Text(), nullable=False, server_default=""))
    if op.get_bind().dialect.name == "sqlite":  # the table is not rebuilt: triggers hang on it
        op.execute("ALTER TABLE applicants ADD COLUMN acts_for_id INTEGER REFERENCES applicants (id)")
    else:
        op.add_column("applicants", sa.Column("acts_for_id", sa.Integer(), nullable=True))
        op.create_foreign_key(
            op.f("fk_applicants_acts_for_id_applicants"), "applicants", "applicants", ["acts_for_id"], ["id"]
        )
    where = sa.text("acts_for_id IS NOT NULL")
    op.create_index(
        "ix_applicants_acts_for_id",
        "applicants",
        ["acts_for_id"],
        sqlite_where=where,
        postgresql_where=where,
    )
    for statement in _on_sqlite() if op.get_bind().dialect.name == "sqlite" else _on_postgresql():
        op.execute(statement)


def _text(name, length):
    return sa.Column(name, sa.String(length=length), nullable=False, server_default="")


def _on_sqlite():
    theirs = "(SELECT agency_id FROM applicants WHERE id = NEW.acts_for_id) IS NOT NEW.agency_id"
    for name, act in (("insert", "INSERT"), ("update", "UPDATE OF acts_for_id, agency_id")):
        yield f"""CREATE TRIGGER applicants_acts_for_id_agency_{name} BEFORE {act} ON applicants
        WHEN NEW.acts_for_id IS NOT NULL AND {theirs}
        BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"""


def _on_postgresql():
    yield f"""CREATE FUNCTION applicants_acts_for_id_agency() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
    IF (SELECT agency_id FROM applicants WHERE id = NEW.acts_for_id) IS DISTINCT FROM NEW.agency_id THEN
    RAISE EXCEPTION '{WORDS}' USING ERRCODE = 'foreign_key_violation'; END IF;
    RETURN NEW; END $$"""  # noqa: S608 (our own names)
    yield """CREATE TRIGGER applicants_acts_for_id_agency BEFORE INSERT OR UPDATE OF acts_for_id, agency_id
    ON applicants FOR EACH ROW WHEN (NEW.acts_for_id IS NOT NULL)
    EXECUTE FUNCTION applicants_acts_for_id_agency()"""
