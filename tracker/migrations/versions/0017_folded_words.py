"""Names, numbers and words as they are compared and searched: width, case, dashes and blanks evened out."""

import sqlalchemy as sa
from alembic import op

from tracker.domain.folding import folded_lines, folded_name

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

WINDOW = 2000
TABLES = (  # table, its columns, what is kept of them
    ("applicants", ("name",), folded_name),
    ("cases", ("number", "subject"), folded_lines),
    ("contacts", ("number", "person", "summary"), folded_lines),
)
SQLITE = (
    "DROP TRIGGER case_words_in",
    "DROP TRIGGER case_words_out",
    "DROP TRIGGER case_words_new",
    "DROP TABLE case_words",
    "CREATE VIRTUAL TABLE case_words USING fts5(folded, content='cases', content_rowid='id', tokenize='trigram')",
    "INSERT INTO case_words(case_words) VALUES ('rebuild')",
    """CREATE TRIGGER case_words_in AFTER INSERT ON cases BEGIN
    INSERT INTO case_words(rowid, folded) VALUES (new.id, new.folded); END""",
    """CREATE TRIGGER case_words_out AFTER DELETE ON cases BEGIN
    INSERT INTO case_words(case_words, rowid, folded) VALUES ('delete', old.id, old.folded); END""",
    """CREATE TRIGGER case_words_new AFTER UPDATE OF folded ON cases BEGIN
    INSERT INTO case_words(case_words, rowid, folded) VALUES ('delete', old.id, old.folded);
    INSERT INTO case_words(rowid, folded) VALUES (new.id, new.folded); END""",
)
POSTGRESQL = (
    "DROP INDEX ix_cases_words",
    "CREATE INDEX ix_cases_words ON cases USING gin (folded gin_trgm_ops)",
)


def upgrade():
    for name, columns, kept in TABLES:
        kind = sa.String(length=200) if name == "applicants" else sa.Text()
        op.add_column(name, sa.Column("folded", kind, nullable=False, server_default=""))
        _fill(name, columns, kept)
    op.create_index("ix_applicants_folded", "applicants", ["folded"])
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in SQLITE if is_sqlite else POSTGRESQL:
        op.execute(statement)


def _fill(name, columns, kept):
    """Fold what is there, some thousand rows at a time."""
    table = sa.table(name, sa.column("id"), sa.column("folded"), *map(sa.column, columns))
    connection, after = op.get_bind(), 0
    read = sa.select(table.c.id, *(table.c[column] for column in columns)).order_by(table.c.id).limit(WINDOW)
    write = table.update().where(table.c.id == sa.bindparam("row")).values(folded=sa.bindparam("words"))
    while rows := connection.execute(read.where(table.c.id > after)).all():
        connection.execute(write, [{"row": row[0], "words": kept(*row[1:])} for row in rows])
        after = rows[-1][0]
