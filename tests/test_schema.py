"""Migrating: once, by one of several, never backwards."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from app.errors import Conflict
from app.schema import alembic_config, current_revision, known_revisions, migrate


def test_the_files_are_named_after_their_revisions() -> None:
    script = ScriptDirectory.from_config(alembic_config())
    newest_first = [revision.revision for revision in script.walk_revisions()]
    assert known_revisions() == newest_first[::-1]
    assert known_revisions()[-1] == script.get_current_head()


def test_a_migrated_database_has_nothing_to_do(new_database: Callable[[], str]) -> None:
    engine = create_engine(new_database())
    assert migrate(engine) is False
    engine.dispose()


def test_a_newer_database_is_left_alone(new_database: Callable[[], str]) -> None:
    engine = create_engine(new_database())
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Conflict, match="9999"):
        migrate(engine)
    with engine.connect() as connection:
        assert current_revision(connection) == "9999"
    engine.dispose()


@pytest.mark.race
def test_of_several_that_start_at_once_one_migrates(new_database: Callable[[], str]) -> None:
    engine = create_engine(new_database())
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    with ThreadPoolExecutor(3) as pool:
        results = list(pool.map(lambda _: migrate(engine), range(3)))
    assert sorted(results) == [False, False, True]
    engine.dispose()
