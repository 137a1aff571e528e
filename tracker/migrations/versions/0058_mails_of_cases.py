"""Mails of sign-offs and of steps that were asked for name their case: their bounces are its readers' alone."""

from alembic import op
from sqlalchemy import text

revision = "0058"
down_revision = "0056"
branch_labels = None
depends_on = None


def upgrade():
    bind = op.get_bind()
    unnamed = text("SELECT id, key FROM outbox WHERE kind = 'notice' AND subject_id IS NULL")
    rounds = text("SELECT id, case_id FROM sign_offs")
    asks = text("SELECT id, case_id FROM step_asks")
    kept = {"sign_off": dict(bind.execute(rounds).all()), "step_ask": dict(bind.execute(asks).all())}
    named = []
    for mail, key in bind.execute(unnamed).all():
        begin, number, *_rest = *key.split("|"), ""
        if begin in kept and number.isdecimal() and int(number) in kept[begin]:
            named.append({"mail": mail, "case": kept[begin][int(number)]})
    if named:
        bind.execute(text("UPDATE outbox SET subject_id = :case WHERE id = :mail"), named)
