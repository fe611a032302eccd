"""The database engine, the declarative base of every model, and one transaction per request."""

import select
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Request
from sqlalchemy import DateTime, Engine, MetaData, create_engine, event, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

# Constraint names that services match on, and that `alembic check` can compare.
NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


# What is asked a second time is prepared. Search writes some 200 different statements; psycopg
# would forget all but the last 100.
PREPARE_AFTER, MAX_PREPARED = 1, 400


class Base(DeclarativeBase):
    """What every table shares: named constraints, UTC timestamps, JSON as JSONB."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map = {  # noqa: RUF012  SQLAlchemy reads it from the class, nobody changes it
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[dict[str, Any]]: JSONB,
    }


# `clock_timestamp()` and not `now()`: rows of one long transaction keep their order.
CreatedAt = Annotated[datetime, mapped_column(server_default=func.clock_timestamp())]


class HasTimestamps:
    """When a row was made and last changed, by the database's clock."""

    created_at: Mapped[CreatedAt]
    updated_at: Mapped[CreatedAt]


def make_engine(url: str, *, pool_size: int) -> Engine:
    """
    Return the engine of one process, with exactly as many connections as request threads.

    A connection that the database has ended is noticed before use, so that a restart costs one
    reconnect and no error. A request waits at most ten seconds for a free connection, then
    answers 503.
    """
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=10,
        connect_args={
            "application_name": "peibi",
            "connect_timeout": 5,
            # JIT compilation and parallel workers cost more than they save on short queries; a
            # runaway query must not hold a connection forever. A prepared statement is planned
            # once, not for each value: catalogue search writes its way into its statements.
            "options": "-c jit=off -c max_parallel_workers_per_gather=0"
            " -c plan_cache_mode=force_generic_plan -c work_mem=64MB"
            " -c statement_timeout=30000 -c timezone=UTC",
        },
    )
    event.listen(engine, "connect", _keep_prepared)
    event.listen(engine, "checkout", _refuse_ended)
    return engine


def _keep_prepared(connection: Any, _record: object) -> None:  # noqa: ANN401  of psycopg
    connection.prepare_threshold, connection.prepared_max = PREPARE_AFTER, MAX_PREPARED


def _refuse_ended(connection: Any, _record: object, _proxy: object) -> None:  # noqa: ANN401
    """
    Have the pool connect anew where the database has spoken unasked: it said goodbye.

    As sure as a ping, without its round trip.
    """
    unasked = select.poll()
    unasked.register(connection.fileno(), select.POLLIN)
    if unasked.poll(0):
        raise DisconnectionError


def get_session(request: Request) -> Iterator[Session]:
    """Yield the request's session; commit if the route returned, roll back if it raised."""
    with request.app.state.session_factory.begin() as session:
        yield session


# scope="function": the commit runs before the response is sent, so the page that a
# redirect leads to sees the write, and a failed commit is an error page, not a 303.
DbSession = Annotated[Session, Depends(get_session, scope="function")]
