"""Words of any length are found from an index: pairs of characters, by FTS5 on SQLite, by GIN on PostgreSQL."""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

TABLES = {"cases": "case_pairs", "contacts": "contact_pairs", "applicants": "applicant_pairs"}
# Every character is part of a word but blanks and the end of a line, across which no word is found.
TOKENS = "unicode61 remove_diacritics 0 categories ''L* M* N* P* S* Cn Co Cf Cs''"
PAIRS = """(SELECT group_concat(substr({row}.folded, key + 1, 2), ' ') FROM
    json_each('[' || rtrim(replace(hex(zeroblob(length({row}.folded))), '00', '0,'), ',') || ']'))"""
FUNCTION = """CREATE FUNCTION tracker_pairs(words text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(DISTINCT pair), '{}') FROM generate_series(1, length(words)) at,
      LATERAL (VALUES (substr(words, at, 1)), (substr(words, at, 2))) found(pair)
    $$"""


def upgrade():
    if op.get_bind().dialect.name == "postgresql":
        op.execute(FUNCTION)
        for table, name in TABLES.items():
            op.execute(f"CREATE INDEX ix_{name} ON {table} USING gin (tracker_pairs(folded))")
        return
    for table, name in TABLES.items():
        for statement in _on_sqlite(table, name):
            op.execute(statement)


def _on_sqlite(table, name):
    new, old = PAIRS.format(row="new"), PAIRS.format(row="old")
    added = f"INSERT INTO {name}(rowid, pairs) VALUES (new.id, {new})"  # noqa: S608 (our own names)
    removed = f"INSERT INTO {name}({name}, rowid, pairs) VALUES ('delete', old.id, {old})"  # noqa: S608
    yield (
        f"CREATE VIRTUAL TABLE {name} USING fts5(pairs, content='', detail=none, columnsize=0,"
        f" tokenize='{TOKENS}')"
    )
    yield f"INSERT INTO {name}(rowid, pairs) SELECT id, {PAIRS.format(row=table)} FROM {table}"  # noqa: S608
    yield f"CREATE TRIGGER {name}_in AFTER INSERT ON {table} BEGIN {added}; END"
    yield f"CREATE TRIGGER {name}_out AFTER DELETE ON {table} BEGIN {removed}; END"
    yield f"CREATE TRIGGER {name}_new AFTER UPDATE OF folded ON {table} BEGIN {removed}; {added}; END"
