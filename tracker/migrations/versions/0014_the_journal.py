"""The journal of sealed rows, and keys for the chains of the ledgers.

Entries that were written before stay as they are: the first keyed entry of an agency covers them, and
until it is written the head, which is sealed. What the rows hold at this upgrade is trusted.
"""

import json
import secrets

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "journal",
        sa.Column("no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("noun", sa.String(length=40), nullable=False),
        sa.Column("row_key", sa.String(length=120), nullable=False),
        sa.Column("columns", sa.String(length=16), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("altered", sa.Boolean(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("no", name=op.f("pk_journal")),
    )
    op.create_index("ix_journal_row", "journal", ["noun", "row_key", "no"])
    op.create_table(
        "journal_forms",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_forms")),
    )
    op.create_table(
        "journal_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("no", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("epochs", sa.JSON(), nullable=False),
        sa.Column("seal", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_head")),
    )
    op.add_column("chain_heads", sa.Column("epochs", sa.JSON(), nullable=False, server_default="[]"))
    heads = sa.table("chain_heads", sa.column("agency_id"), sa.column("chain_no"))
    connection = op.get_bind()
    for agency_id, last in connection.execute(sa.select(heads.c.agency_id, heads.c.chain_no)).all():
        epochs = json.dumps([[last + 1, secrets.token_hex(8)]])
        connection.execute(
            sa.text("UPDATE chain_heads SET epochs = CAST(:epochs AS JSON) WHERE agency_id = :id")
            if connection.dialect.name == "postgresql"
            else sa.text("UPDATE chain_heads SET epochs = :epochs WHERE agency_id = :id"),
            {"epochs": epochs, "id": agency_id},
        )
