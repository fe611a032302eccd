"""How many statements something sends to the database."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, event


@contextmanager
def counted_statements(connection: Connection) -> Iterator[list[str]]:
    """Collect the SQL statements that are sent, without those of savepoints."""
    statements: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        if "SAVEPOINT" not in statement:
            statements.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    yield statements
    event.remove(connection, "before_cursor_execute", note)
