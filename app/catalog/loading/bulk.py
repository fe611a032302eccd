"""Many rows at once: COPY into a table through the session's own connection and transaction."""

from collections.abc import Iterable, Sequence
from typing import Any

from psycopg import Connection, sql
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.db import Base


def next_ids(session: Session, model: type[Base], count: int) -> list[int]:
    """Take `count` ids from a table's sequence, so that children can name them before COPY."""
    if count == 0:
        return []
    sequence = f"{model.__tablename__}_id_seq"
    rows = session.execute(
        text("SELECT nextval(CAST(:sequence AS regclass)) FROM generate_series(1, :count)"),
        {"sequence": sequence, "count": count},
    )
    return [row[0] for row in rows]


def copy_rows(
    session: Session,
    model: type[Base],
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
) -> None:
    """
    Write rows with COPY; they see the table's constraints and triggers as an INSERT would.

    JSON columns take text that is JSON already. What the session holds unflushed is written
    first, since the rows may refer to it.
    """
    session.flush()
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(model.__tablename__),
        sql.SQL(", ").join(sql.Identifier(column) for column in columns),
    )
    with driver_connection(session).cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def driver_connection(session: Session) -> Connection[Any]:
    """Return the psycopg connection that the session's transaction runs on."""
    connection = session.connection().connection.driver_connection
    if not isinstance(connection, Connection):
        raise TypeError(f"not a psycopg connection: {connection!r}")
    return connection


def ids_by(session: Session, model: type[Base], column: str) -> dict[str, int]:
    """Return the ids of a small table by slug or code."""
    table = model.__table__
    return {row[0]: row[1] for row in session.execute(select(table.c[column], table.c.id))}
