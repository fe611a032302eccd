"""The database engine, the declarative base of every model, and one transaction per request."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Request
from sqlalchemy import DateTime, Engine, MetaData, create_engine, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

# Constraint names that services match on, and that `alembic check` can compare.
NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


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

    A connection is tested before use, so that a restarted database costs one reconnect and
    no error. A request waits at most ten seconds for a free connection, then answers 503.
    """
    return create_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=10,
        pool_pre_ping=True,
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


def get_session(request: Request) -> Iterator[Session]:
    """Yield the request's session; commit if the route returned, roll back if it raised."""
    with request.app.state.session_factory.begin() as session:
        yield session


# scope="function": the commit runs before the response is sent, so the page that a
# redirect leads to sees the write, and a failed commit is an error page, not a 303.
DbSession = Annotated[Session, Depends(get_session, scope="function")]
