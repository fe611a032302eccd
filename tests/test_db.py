"""The pool of connections: what the database ended is not used again."""

from collections.abc import Callable

from sqlalchemy import text

from app.db import MAX_PREPARED, make_engine

PID = text("SELECT pg_backend_pid()")


def test_an_ended_connection_is_replaced_without_an_error(new_database: Callable[[], str]) -> None:
    url = new_database()
    engine, other = make_engine(url, pool_size=1), make_engine(url, pool_size=1)
    with engine.connect() as connection:
        first = connection.scalar(PID)
    with other.connect() as connection:
        ended = connection.scalar(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": first})
        assert ended
    with engine.connect() as connection:
        assert connection.scalar(PID) != first
    engine.dispose()
    other.dispose()


def test_a_living_connection_is_used_again(new_database: Callable[[], str]) -> None:
    engine = make_engine(new_database(), pool_size=1)
    with engine.connect() as connection:
        first = connection.scalar(PID)
    with engine.connect() as connection:
        assert connection.scalar(PID) == first
        assert connection.connection.driver_connection.prepared_max == MAX_PREPARED
    engine.dispose()
