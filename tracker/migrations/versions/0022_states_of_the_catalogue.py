"""What a case can end in is said by the catalogue of outcomes alone; ``tracker check`` finds another state."""

import re

from alembic import op
from sqlalchemy import text

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

NAME = "ck_cases_state_known"


def upgrade():
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        op.execute(f"ALTER TABLE cases DROP CONSTRAINT IF EXISTS {NAME}")
        return
    # SQLite drops no constraint. A check touches no row, so its words are taken out of the table's own
    # (sqlite.org/lang_altertable.html, "removing CHECK"); a rebuilt table would lose its triggers.
    made = "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'cases'"
    before = connection.scalar(text(made))
    after = re.sub(rf"CONSTRAINT {NAME} CHECK \(state IN \([^)]*\)\),\s*", "", before)
    if after == before:
        return
    version = connection.scalar(text("PRAGMA schema_version"))
    connection.execute(text("PRAGMA writable_schema = ON"))
    changed = "UPDATE sqlite_master SET sql = :after WHERE type = 'table' AND name = 'cases'"
    connection.execute(text(changed), {"after": after})
    connection.execute(text(f"PRAGMA schema_version = {version + 1}"))
    connection.execute(text("PRAGMA writable_schema = OFF"))
    damage = connection.scalars(text("PRAGMA integrity_check(cases)")).all()
    if damage != ["ok"]:
        raise RuntimeError(f"the table of cases is damaged: {damage[:3]}")
