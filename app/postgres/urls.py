"""Addresses of databases: as SQLAlchemy, psycopg and the programs of Postgres read them."""

import psycopg
from psycopg.conninfo import make_conninfo
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from app.errors import InvalidInput, Unavailable

DRIVER = "postgresql+psycopg"
ALIASES = ("postgres", "postgresql", DRIVER)
CONNECT_SECONDS = 5


def normalise(url: str) -> str:
    """Return the address with our driver in it; refuses one that is not of a Postgres."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = None
    if parsed is None or parsed.drivername not in ALIASES or not parsed.database:
        # The value may hold a password, so the message does not repeat it.
        raise InvalidInput(
            "DATABASE_URL must name a Postgres database, such as "
            "postgresql://user:password@host:5432/peibi"
        )
    return parsed.set(drivername=DRIVER).render_as_string(hide_password=False)


def for_socket(directory: str, *, user: str, database: str) -> str:
    """Return the address of a database behind a Unix socket."""
    return URL.create(
        DRIVER, username=user, database=database, query={"host": directory}
    ).render_as_string(hide_password=False)


def for_libpq(url: str) -> str:
    """Return the address as psycopg itself and the programs of Postgres read it."""
    parsed = make_url(url)
    # Not the URL itself: the two sides differ in which characters they want escaped.
    _, parts = parsed.get_dialect()().create_connect_args(parsed)
    parts.pop("context", None)
    return make_conninfo(**{name: str(value) for name, value in parts.items()})


def with_database(url: str, database: str) -> str:
    """Return the address of another database on the same server."""
    return make_url(url).set(database=database).render_as_string(hide_password=False)


def without_password(url: str) -> str:
    """Return the address to show to a person."""
    return make_url(url).render_as_string(hide_password=True)


def connect(url: str, *, autocommit: bool = True) -> psycopg.Connection:
    """Connect once, outside any pool; raises Unavailable where nothing answers."""
    try:
        return psycopg.connect(
            for_libpq(url), autocommit=autocommit, connect_timeout=CONNECT_SECONDS
        )
    except psycopg.OperationalError as error:
        raise Unavailable(
            "The database %(url)s does not answer: %(why)s",
            url=without_password(url),
            why=str(error).strip(),
        ) from error
