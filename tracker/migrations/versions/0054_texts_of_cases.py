"""Texts of ledgers and notes are searched: a row a case, indexed by pairs of characters as 0024 has them.

The rows of older cases are made by ``tracker init``, which mends what searches would miss.
"""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0046"
branch_labels = None
depends_on = None

NAME = "case_text_pairs"
TOKENS = "unicode61 remove_diacritics 0 categories ''L* M* N* P* S* Cn Co Cf Cs''"
PAIRS = """(SELECT group_concat(substr({row}.folded, key + 1, 2), ' ') FROM
    json_each('[' || rtrim(replace(hex(zeroblob(length({row}.folded))), '00', '0,'), ',') || ']'))"""


def upgrade():
    op.create_table(
        "case_texts",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agencies.id"], name=op.f("fk_case_texts_agency_id_agencies")
        ),
        sa.ForeignKeyConstraint(["id"], ["cases.id"], name=op.f("fk_case_texts_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_texts")),
    )
    for statement in _on_sqlite() if op.get_bind().dialect.name == "sqlite" else _on_postgresql():
        op.execute(statement)


def _on_sqlite():
    new, old = PAIRS.format(row="new"), PAIRS.format(row="old")
    added = f"INSERT INTO {NAME}(rowid, pairs) VALUES (new.id, {new})"  # noqa: S608 (our own names)
    removed = f"INSERT INTO {NAME}({NAME}, rowid, pairs) VALUES ('delete', old.id, {old})"  # noqa: S608
    yield (
        f"CREATE VIRTUAL TABLE {NAME} USING fts5(pairs, content='', detail=none, columnsize=0,"
        f" tokenize='{TOKENS}')"
    )
    yield f"CREATE TRIGGER {NAME}_in AFTER INSERT ON case_texts BEGIN {added}; END"
    yield f"CREATE TRIGGER {NAME}_out AFTER DELETE ON case_texts BEGIN {removed}; END"
    yield f"CREATE TRIGGER {NAME}_new AFTER UPDATE OF folded ON case_texts BEGIN {removed}; {added}; END"
    yield """CREATE TRIGGER case_texts_id_agency_insert BEFORE INSERT ON case_texts
    WHEN (SELECT agency_id FROM cases WHERE id = NEW.id) IS NOT NEW.agency_id
    BEGIN SELECT RAISE(ABORT, 'case_texts.id belongs to another agency'); END"""


def _on_postgresql():
    yield f"CREATE INDEX ix_{NAME} ON case_texts USING gin (tracker_pairs(folded))"
    yield """CREATE FUNCTION case_texts_id_agency() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN IF (SELECT agency_id FROM cases WHERE id = NEW.id) IS DISTINCT FROM NEW.agency_id THEN
    RAISE EXCEPTION 'case_texts.id belongs to another agency' USING ERRCODE = 'foreign_key_violation';
    END IF; RETURN NEW; END $$"""
    yield """CREATE TRIGGER case_texts_id_agency BEFORE INSERT ON case_texts
    FOR EACH ROW EXECUTE FUNCTION case_texts_id_agency()"""
