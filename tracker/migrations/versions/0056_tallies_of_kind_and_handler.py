"""Requests by kind of applicant within a unit, and results by handler, stand in the tallies too."""

from importlib import import_module

from alembic import op

revision = "0056"
down_revision = "0050"
branch_labels = None
depends_on = None

before = import_module("tracker.migrations.versions.0026_tallies")


def upgrade():
    dialect = op.get_bind().dialect.name
    year = before.WORDS[dialect][0]
    received = year.format("{row}.received_on")
    ended = f"CASE WHEN {{row}}.received_on IS NOT NULL THEN {year.format('{row}.closed_on')} END"
    unit, handler = "COALESCE({row}.unit_id, 0)", "substr(COALESCE({row}.handler, ''), 1, 40)"
    more = (
        ("'kind'", received, unit, "''", "{row}.applicant_kind"),
        ("'handler'", ended, unit, "''", handler),
    )
    for values in more:
        op.execute(before.filled("cases", values))
    for name in ("in", "out", "new"):
        op.execute(f"DROP TRIGGER cases_tally_{name}" + (" ON cases" if dialect == "postgresql" else ""))
        if dialect == "postgresql":
            op.execute(f"DROP FUNCTION tracker_cases_tally_{name}()")
    made = before.on_sqlite if dialect == "sqlite" else before.on_postgresql
    watched, before.ENDED = before.ENDED, (*before.ENDED, "handler")
    for statement in made("cases", (*before.of_cases(dialect), *more)):
        op.execute(statement)
    before.ENDED = watched
