"""The database of a command: a server's, a running portal's, or its own for a while."""

import os
import threading
import time
from contextlib import ExitStack
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.errors import Conflict, InvalidInput, Unavailable
from app.postgres import embedded, lock, urls
from app.postgres.lock import Holder
from app.settings import Settings
from tests.postgres.processes import command, is_alive, postmaster_pid, read_line


def test_a_command_starts_the_database_and_stops_it(settings: Settings) -> None:
    with embedded.database(settings) as url:
        pid = postmaster_pid(settings.data_dir)
        with urls.connect(url) as connection:
            assert connection.info.dbname == "peibi"
    assert not is_alive(pid)


def test_a_command_uses_the_portals_database_and_leaves_it_running(settings: Settings) -> None:
    with embedded.own(settings) as cluster:
        cluster.start()
        with command(settings.data_dir, "print(url, flush=True)") as guest:
            assert read_line(guest) == embedded.running_url(cluster.home)
            assert guest.stdin is not None
            guest.stdin.close()
            assert guest.wait(10) == 0
        assert cluster.is_running()
    assert not cluster.is_running()


def test_the_first_of_two_commands_waits_for_the_second(data_dir: Path) -> None:
    say = "print('ready', flush=True)"
    with ExitStack() as stack:
        first = stack.enter_context(command(data_dir, say))
        assert read_line(first) == "ready"
        second = stack.enter_context(command(data_dir, say))
        assert read_line(second) == "ready"
        assert first.stdin is not None
        assert second.stdin is not None
        first.stdin.close()
        pid = postmaster_pid(data_dir)
        time.sleep(0.2)
        assert is_alive(pid)
        assert first.poll() is None
        second.stdin.close()
        assert read_line(second) == "ended"
        assert read_line(first) == "ended"
    assert not is_alive(pid)


def test_a_portal_waits_for_a_command(settings: Settings) -> None:
    with command(settings.data_dir, "print('ready', flush=True)") as other:
        assert read_line(other) == "ready"
        pid = postmaster_pid(settings.data_dir)
        assert other.stdin is not None
        threading.Timer(0.3, other.stdin.close).start()
        with embedded.own(settings):
            assert not is_alive(pid)


def test_a_second_portal_is_refused_and_told_about_the_first(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "PORTAL_GRACE_SECONDS", 0.1)
    with embedded.own(settings, address="http://127.0.0.1:8109"):
        with pytest.raises(Conflict) as refusal, embedded.own(settings):
            pass
        message = str(refusal.value)
        assert f"process {os.getpid()}" in message
        assert "http://127.0.0.1:8109" in message
        assert "PEIBI_DATA_DIR" in message


def test_a_portal_that_is_just_stopping_is_waited_for(settings: Settings) -> None:
    portal = Holder(os.getpid(), "portal")
    with ExitStack() as stack:
        assert stack.enter_context(lock.own(embedded.home_of(settings).owner_lock, portal))
        threading.Timer(0.3, stack.pop_all().close).start()
        with embedded.own(settings) as cluster:
            assert not cluster.is_running()


def test_a_command_gives_up_on_a_portal_that_never_becomes_ready(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "JOIN_SECONDS", 0.1)
    with (
        embedded.own(settings),
        pytest.raises(Conflict, match="already runs"),
        embedded.database(settings),
    ):
        pass


def test_a_server_is_used_where_one_is_named(directory: Path, server: str) -> None:
    named = server.replace("postgresql+psycopg://", "postgres://")
    settings = Settings(data_dir=directory, database_url=SecretStr(named))
    with embedded.database(settings) as url:
        assert url == server
    assert list(directory.iterdir()) == []


def test_a_server_that_does_not_answer_is_named_without_its_password(directory: Path) -> None:
    settings = Settings(
        data_dir=directory,
        database_url=SecretStr("postgresql://peibi:secret@127.0.0.1:8108/peibi"),
    )
    with (
        pytest.raises(Unavailable, match="does not answer") as refusal,
        embedded.database(settings),
    ):
        pass
    assert "127.0.0.1:8108" in str(refusal.value)
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize(
    "url", ["mysql://host/peibi", "sqlite:///peibi.db", "nonsense", "postgresql://host"]
)
def test_an_address_that_is_not_a_postgres_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput, match="DATABASE_URL must name a Postgres database"):
        urls.normalise(url)


def test_connections_suffice_for_every_web_process(directory: Path) -> None:
    settings = Settings(data_dir=directory, workers=20, database_pool=10)
    assert int(embedded.server_options(settings)["max_connections"]) > 200


def test_a_directory_that_cannot_be_made_is_explained(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_path: Path, **_options: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with (
        pytest.raises(Conflict, match="belongs to another user"),
        embedded.database(Settings(data_dir=directory / "theirs")),
    ):
        pass
