"""
A real Postgres for every test: migrated once, then cloned or rolled back.

`session` and `client` share one connection whose outer transaction is rolled back after the
test. A test of races or of whole processes takes `new_database`: a clone with committed data
that any number of connections may use.
"""

import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, settings
from sqlalchemy import Connection, Engine, create_engine, make_url, text
from sqlalchemy.orm import Session, sessionmaker

from app.catalog.seed.apply import seed
from app.main import create_app
from app.postgres import embedded
from app.schema import migrate
from app.settings import Settings

TEMPLATE = "peibi"
SEEDED_TEMPLATE = "peibi_seeded"

# Commands speak the terminal's language: the tests' own, whoever runs them.
os.environ["LC_ALL"] = "C.UTF-8"

# A busy machine is slow, not wrong; and what a change broke fails each time, not now and then.
settings.register_profile(
    "portal",
    deadline=None,
    derandomize="CI" in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("portal")


@pytest.fixture(scope="session")
def cluster_url() -> Iterator[str]:
    """The URL of a database that is migrated and otherwise empty: the template of the others."""
    with embedded.throwaway() as url:
        engine = create_engine(url)
        migrate(engine)
        engine.dispose()
        yield url


class Databases:
    """Makes databases by cloning a template, 30 to 50 ms each."""

    def __init__(self, cluster_url: str) -> None:
        self.cluster_url = cluster_url
        self.numbers = itertools.count()

    def url(self, name: str) -> str:
        return make_url(self.cluster_url).set(database=name).render_as_string(hide_password=False)

    def clone(self, template: str, name: str | None = None) -> str:
        name = name or f"test_{next(self.numbers)}"
        engine = create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(
                text(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
            )
        engine.dispose()
        return self.url(name)


@pytest.fixture(scope="session")
def databases(cluster_url: str) -> Databases:
    return Databases(cluster_url)


@pytest.fixture(scope="session")
def seeded_template(databases: Databases) -> str:
    """The name of a template that holds the whole seeded catalogue."""
    engine = create_engine(databases.clone(TEMPLATE, SEEDED_TEMPLATE))
    with Session(engine) as session, session.begin():
        seed(session)
    engine.dispose()
    return SEEDED_TEMPLATE


@pytest.fixture
def new_database(databases: Databases) -> Callable[[], str]:
    """Make an empty migrated database with committed data of its own; returns its URL."""
    return lambda: databases.clone(TEMPLATE)


@pytest.fixture
def new_seeded_database(databases: Databases, seeded_template: str) -> Callable[[], str]:
    """Make a seeded database with committed data of its own; returns its URL."""
    return lambda: databases.clone(seeded_template)


@pytest.fixture(scope="session")
def engine(databases: Databases) -> Iterator[Engine]:
    engine = create_engine(databases.clone(TEMPLATE))
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def seeded_engine(databases: Databases, seeded_template: str) -> Iterator[Engine]:
    engine = create_engine(databases.clone(seeded_template))
    yield engine
    engine.dispose()


def in_rolled_back_transaction(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as connection:
        transaction = connection.begin()
        yield connection
        transaction.rollback()


def make_session(connection: Connection) -> Session:
    return Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False)


def session_factory_on(connection: Connection) -> sessionmaker[Session]:
    """Return a maker of sessions whose commits only release a savepoint."""
    return sessionmaker(
        connection, join_transaction_mode="create_savepoint", expire_on_commit=False
    )


def make_app(connection: Connection, settings: Settings) -> FastAPI:
    """Return the portal on the connection of one test."""
    app = create_app(settings, connection.engine.url.render_as_string(hide_password=False))
    app.state.session_factory = session_factory_on(connection)
    return app


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, jobs_in_process=False)


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    yield from in_rolled_back_transaction(engine)


@pytest.fixture
def seeded_connection(seeded_engine: Engine) -> Iterator[Connection]:
    yield from in_rolled_back_transaction(seeded_engine)


@pytest.fixture
def session(connection: Connection) -> Iterator[Session]:
    """A session on an empty catalogue; what it does is rolled back after the test."""
    with make_session(connection) as session:
        yield session


@pytest.fixture
def seeded_session(seeded_connection: Connection) -> Iterator[Session]:
    """A session on the seeded catalogue; what it does is rolled back after the test."""
    with make_session(seeded_connection) as session:
        yield session


@pytest.fixture(scope="session")
def shared_app(engine: Engine) -> FastAPI:
    """The portal, made once; each test puts its own connection and settings into it."""
    url = engine.url.render_as_string(hide_password=False)
    return create_app(Settings(jobs_in_process=False), url)


def client_on(app: FastAPI, connection: Connection, settings: Settings) -> Iterator[TestClient]:
    app.state.settings = settings
    app.state.session_factory = session_factory_on(connection)
    with TestClient(app, follow_redirects=False) as client:
        yield client


@pytest.fixture
def client(shared_app: FastAPI, connection: Connection, settings: Settings) -> Iterator[TestClient]:
    """A client of the portal that sees what `session` flushed."""
    yield from client_on(shared_app, connection, settings)


@pytest.fixture
def seeded_client(
    shared_app: FastAPI, seeded_connection: Connection, settings: Settings
) -> Iterator[TestClient]:
    """A client of the seeded portal that sees what `seeded_session` flushed."""
    yield from client_on(shared_app, seeded_connection, settings)
