"""Rows whose encrypted fields do not decrypt: a list shows them as such, the check names them."""

from collections.abc import Iterator

from sqlalchemy import Connection, select

from tracker.models.base import Base
from tracker.models.cipher import Encrypted, Unreadable

WINDOW = 1000


def rows(connection: Connection) -> Iterator[tuple[str, int]]:
    """Yield the table and the id of each row with a field that does not decrypt."""
    for table in Base.metadata.sorted_tables:
        encrypted = [column for column in table.columns if isinstance(column.type, Encrypted)]
        after = 0
        while encrypted:
            query = select(table.c.id, *encrypted).where(table.c.id > after).order_by(table.c.id)
            window = connection.execute(query.limit(WINDOW)).all()
            if not window:
                break
            yield from (
                (table.name, row.id) for row in window if any(isinstance(value, Unreadable) for value in row)
            )
            after = window[-1].id
