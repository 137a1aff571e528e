"""How Alembic runs here: on the engine given, else the office's own, in one transaction.

SQLite: foreign keys are off while tables are rebuilt (a batch migration would otherwise delete
child rows in silence), and checked before the transaction ends.
"""

from alembic import context
from sqlalchemy import text

from tracker.models import migrate, tables, witness
from tracker.models.base import Base, db

engine = context.config.attributes.get("engine") or db.engine
is_sqlite = engine.dialect.name == "sqlite"
if is_sqlite:
    engine.dispose()  # connections that saw writes hold temporary triggers on the tables
connection = engine.connect()
if is_sqlite:
    connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")
with connection, connection.begin():
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=is_sqlite,
        compare_type=True,
        version_table_schema=context.config.attributes.get("schema"),
    )
    before = context.get_context().get_current_revision()
    if moves := before != migrate.newest():
        broken = witness.broken(connection)
    context.run_migrations()
    if moves:
        witness.adopt(connection, broken)
    if is_sqlite:
        broken = connection.execute(text("PRAGMA foreign_key_check")).all()
        if broken:
            raise RuntimeError(f"foreign keys broken by the migration: {broken[:3]}")
if is_sqlite:
    engine.dispose()

assert tables.ALL  # noqa: S101  (every table is known to the metadata)
