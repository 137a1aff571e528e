"""What the pages of a year count stands in tallies, kept by triggers; a case says what working days it took."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

COLUMNS = "agency_id, figure, year, unit_id, kind, key"
# How each dialect says the year of a day, its month, and a number in words.
WORDS = {
    "sqlite": (
        "CAST(strftime('%Y', {}) AS INTEGER)",
        "strftime('%m', {})",
        "CAST({} AS TEXT)",
    ),
    "postgresql": (
        # A day beyond all calendars, such as 'infinity', is damage: of no year, so that it can be mended.
        "CASE WHEN {0} BETWEEN '0001-01-01' AND '9999-12-31' THEN CAST(EXTRACT(year FROM {0}) AS INTEGER) END",
        "to_char({}, 'MM')",
        "CAST({} AS TEXT)",
    ),
}
RECEIVED = ("agency_id", "received_on", "applicant_kind", "channel", "unit_id")
ENDED = ("closed_on", "state", "served_on", "due_on", "days_taken")


def upgrade():
    dialect = op.get_bind().dialect.name
    op.add_column("cases", sa.Column("days_taken", sa.Integer(), nullable=True))
    if dialect == "postgresql":
        op.execute("CREATE SEQUENCE tallies_part")
    op.create_table(
        "tallies",
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("figure", sa.String(length=12), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column(
            "part",
            sa.BigInteger(),
            nullable=False,
            server_default=sa.text("nextval('tallies_part')" if dialect == "postgresql" else "0"),
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(*COLUMNS.split(", "), "part", name=op.f("pk_tallies")),
    )
    for table, figures in (("cases", of_cases(dialect)), ("contacts", of_contacts(dialect))):
        for values in figures:
            op.execute(filled(table, values))
        for statement in (on_sqlite if dialect == "sqlite" else on_postgresql)(table, figures):
            op.execute(statement)


def of_cases(dialect):
    """Return the figures that a case counts in: figure, year, unit, kind, key; none where the year is NULL."""
    year, month, words = WORDS[dialect]
    received, closed = year.format("{row}.received_on"), year.format("{row}.closed_on")
    ended = f"CASE WHEN {{row}}.received_on IS NOT NULL THEN {closed} END"
    measured = f"CASE WHEN {{row}}.received_on IS NOT NULL AND {{row}}.due_on IS NOT NULL THEN {closed} END"
    served = f"CASE WHEN {{row}}.received_on IS NOT NULL AND {{row}}.served_on IS NOT NULL THEN {closed} END"
    late = "CASE WHEN {row}.served_on > {row}.due_on THEN 'late' ELSE 'in_time' END"
    days = f"COALESCE({words.format('{row}.days_taken')}, '')"
    unit, kind = "COALESCE({row}.unit_id, 0)", "{row}.applicant_kind"
    return (
        ("'received'", received, "0", kind, "''"),
        ("'arrived'", received, unit, "''", month.format("{row}.received_on")),
        ("'channel'", received, unit, "''", "{row}.channel"),
        ("'result'", ended, "0", kind, "{row}.state"),
        ("'outcome'", ended, unit, "''", "{row}.state"),
        ("'answered'", ended, unit, "''", month.format("{row}.closed_on")),
        ("'lateness'", measured, unit, "''", late),
        ("'days'", served, unit, "''", days),
    )


def of_contacts(dialect):
    year = WORDS[dialect][0].format("{row}.arrived_on")
    return (("'contact'", year, "0", "{row}.form", "COALESCE({row}.triage, 'none')"),)


def filled(table, values):
    """Return the statement that counts one figure over the rows that are there."""
    columns = ", ".join(value.format(row=table) for value in values)
    return (
        f"INSERT INTO tallies ({COLUMNS}, number) SELECT {table}.agency_id, {columns}, count(*) FROM {table}"  # noqa: S608
        f" WHERE {values[1].format(row=table)} IS NOT NULL GROUP BY 1, 2, 3, 4, 5, 6"
    )


def changed(table):
    """Return what holds where an update moves a figure: an open case may change its state unheeded."""
    if table == "contacts":
        return _differ("agency_id", "arrived_on", "form", "triage")
    ended = f"(old.closed_on IS NOT NULL OR new.closed_on IS NOT NULL) AND ({_differ(*ENDED)})"
    return f"{_differ(*RECEIVED)} OR ({ended})"


def _differ(*columns):
    return " OR ".join(f"old.{column} IS DISTINCT FROM new.{column}" for column in columns)


# -- SQLite: one writer at a time, so a figure is one row ------------------------------------------------


def on_sqlite(table, figures):
    when = changed(table).replace("IS DISTINCT FROM", "IS NOT")
    kept = f"ON CONFLICT ({COLUMNS}, part) DO UPDATE SET number = number + excluded.number"
    for name, act, signs in (
        ("in", "INSERT", {"new": 1}),
        ("out", "DELETE", {"old": -1}),
        ("new", f"UPDATE ON {table} WHEN {when}", {"new": 1, "old": -1}),
    ):
        on = act if act.startswith("UPDATE") else f"{act} ON {table}"
        rows = " UNION ALL ".join(
            f"SELECT {row}.agency_id AS agency_id, {_named(values, row)}, {sign} AS sign"
            for row, sign in signs.items()
            for values in figures
        )
        yield (
            f"CREATE TRIGGER {table}_tally_{name} AFTER {on} BEGIN INSERT INTO tallies ({COLUMNS}, number)"  # noqa: S608
            f" SELECT {COLUMNS}, sum(sign) FROM ({rows}) WHERE year IS NOT NULL"
            f" GROUP BY {COLUMNS} HAVING sum(sign) <> 0 {kept}; END"
        )


def _named(values, row):
    names = COLUMNS.split(", ")[1:]
    return ", ".join(f"{value.format(row=row)} AS {name}" for value, name in zip(values, names, strict=True))


# -- PostgreSQL: a row more a change, so that no writer waits for another one's --------------------------


def on_postgresql(table, figures):
    lists = ", ".join(f"({', '.join(value.format(row='one') for value in values)})" for values in figures)
    for name, rows in (
        ("in", "(SELECT 1 AS sign, added.* FROM added)"),
        ("out", "(SELECT -1 AS sign, removed.* FROM removed)"),
        ("new", "(SELECT 1 AS sign, new.* UNION ALL SELECT -1, old.*)"),
    ):
        yield f"""CREATE FUNCTION tracker_{table}_tally_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            INSERT INTO tallies ({COLUMNS}, number)
            SELECT one.agency_id, figure, year, f.unit_id, f.kind, f.key, sum(sign)
            FROM {rows} AS one, LATERAL (VALUES {lists}) AS f(figure, year, unit_id, kind, key)
            WHERE year IS NOT NULL GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(sign) <> 0;
            RETURN NULL; END $$"""  # noqa: S608
    for name, event in (
        ("in", f"INSERT ON {table} REFERENCING NEW TABLE AS added FOR EACH STATEMENT"),
        ("out", f"DELETE ON {table} REFERENCING OLD TABLE AS removed FOR EACH STATEMENT"),
        ("new", f"UPDATE ON {table} FOR EACH ROW WHEN ({changed(table)})"),
    ):
        yield f"CREATE TRIGGER {table}_tally_{name} AFTER {event} EXECUTE FUNCTION tracker_{table}_tally_{name}()"
