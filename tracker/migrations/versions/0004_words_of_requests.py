"""An index over the wording of requests: trigrams, by FTS5 on SQLite and pg_trgm on PostgreSQL."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SQLITE = (
    "CREATE VIRTUAL TABLE case_words USING fts5(subject, content='cases', content_rowid='id', tokenize='trigram')",
    "INSERT INTO case_words(case_words) VALUES ('rebuild')",
    """CREATE TRIGGER case_words_in AFTER INSERT ON cases BEGIN
    INSERT INTO case_words(rowid, subject) VALUES (new.id, new.subject); END""",
    """CREATE TRIGGER case_words_out AFTER DELETE ON cases BEGIN
    INSERT INTO case_words(case_words, rowid, subject) VALUES ('delete', old.id, old.subject); END""",
    """CREATE TRIGGER case_words_new AFTER UPDATE OF subject ON cases BEGIN
    INSERT INTO case_words(case_words, rowid, subject) VALUES ('delete', old.id, old.subject);
    INSERT INTO case_words(rowid, subject) VALUES (new.id, new.subject); END""",
)
POSTGRESQL = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX ix_cases_words ON cases USING gin (subject gin_trgm_ops)",
)


def upgrade():
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in SQLITE if is_sqlite else POSTGRESQL:
        op.execute(statement)
