"""A database with committed data: a job's worker has connections of its own."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker

from app.jobs import queries, service
from app.jobs.kinds import JobKind
from app.jobs.models import Job


@dataclass
class JobDatabase:
    """A database, and what a test does with jobs in it."""

    url: str
    sessions: sessionmaker[Session]

    def enqueue(self, kind: JobKind, **arguments: object) -> str:
        with self.sessions.begin() as session:
            return service.enqueue(session, kind, arguments).public_id

    def job(self, public_id: str) -> Job:
        with self.sessions() as session:
            return queries.get_job(session, public_id)


@pytest.fixture
def jobs(new_database: Callable[[], str]) -> Iterator[JobDatabase]:
    url = new_database()
    engine = create_engine(url)
    yield JobDatabase(url, sessionmaker(engine))
    engine.dispose()
