"""What is searched of the registers behind the report, as it is searched."""

import sqlalchemy as sa
from alembic import op

from tracker.domain.folding import folded_lines

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

WINDOW = 2000
SEARCHED = {
    "publications": ("title", "document_number", "unit"),
    "media": ("name",),
    "normative_documents": ("title", "number", "maker"),
    "decision_counts": ("unit", "note"),
    "remedies": ("number", "case_number", "organ", "cause"),
    "trainings": ("topic", "audience"),
    "assessments": ("subject", "unit", "result"),
    "accountabilities": ("matter", "basis"),
}


def upgrade():
    for name, columns in SEARCHED.items():
        op.add_column(name, sa.Column("folded", sa.Text(), nullable=False, server_default=""))
        _fill(name, columns)


def _fill(name, columns):
    """Fold what is there, some thousand rows at a time."""
    table = sa.table(name, sa.column("id"), sa.column("folded"), *map(sa.column, columns))
    connection, after = op.get_bind(), 0
    read = sa.select(table.c.id, *(table.c[column] for column in columns)).order_by(table.c.id).limit(WINDOW)
    write = table.update().where(table.c.id == sa.bindparam("row")).values(folded=sa.bindparam("words"))
    while rows := connection.execute(read.where(table.c.id > after)).all():
        texts = [(row[0], folded_lines(*(str(value or "") for value in row[1:]))) for row in rows]
        connection.execute(write, [{"row": key, "words": words} for key, words in texts])
        after = rows[-1][0]
