"""Databases that cannot search Chinese are refused, with a remedy that works."""

from collections.abc import Callable

import pytest

from app.errors import Unavailable
from app.postgres import locale, urls

BUILTIN = "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'"


@pytest.fixture
def make_database(server: str) -> Callable[[str], str]:
    """Make a database with the given options; returns its URL."""

    def make(options: str) -> str:
        with urls.connect(server) as connection:
            connection.execute("DROP DATABASE IF EXISTS other")
            connection.execute(f"CREATE DATABASE other TEMPLATE template0 {options}")  # type: ignore[arg-type]  # not from outside
        return urls.with_database(server, "other")

    return make


@pytest.mark.parametrize(
    "options",
    [
        f"ENCODING 'UTF8' {BUILTIN} LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'",
        "ENCODING 'UTF8' LOCALE_PROVIDER libc LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'",
    ],
)
def test_a_database_that_knows_chinese_passes(
    make_database: Callable[[str], str], options: str
) -> None:
    url = make_database(options)
    locale.check(url)
    with urls.connect(url) as connection:
        connection.execute("CREATE EXTENSION pg_trgm")
    locale.check(url)


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ("ENCODING 'SQL_ASCII' LOCALE_PROVIDER libc LOCALE 'C'", "SQL_ASCII"),
        ("ENCODING 'UTF8' LOCALE_PROVIDER libc LOCALE 'C'", "character type C"),
        (f"ENCODING 'UTF8' {BUILTIN} LC_COLLATE 'C' LC_CTYPE 'C'", "character type C"),
    ],
)
def test_a_database_that_breaks_chinese_search_is_refused(
    make_database: Callable[[str], str], options: str, named: str
) -> None:
    with pytest.raises(Unavailable, match="cannot search Chinese") as refusal:
        locale.check(make_database(options))
    assert named in str(refusal.value)
    assert BUILTIN in str(refusal.value)


def test_trigrams_are_asked_where_they_are_installed(
    make_database: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = make_database(f"ENCODING 'UTF8' {BUILTIN} LC_COLLATE 'C' LC_CTYPE 'C'")
    monkeypatch.setattr(locale, "SANITY", "SELECT true")
    locale.check(url)
    with urls.connect(url) as connection:
        connection.execute("CREATE EXTENSION pg_trgm")
    with pytest.raises(Unavailable, match="cannot search Chinese"):
        locale.check(url)


def test_the_statement_in_the_message_makes_a_database_that_passes(server: str) -> None:
    with urls.connect(server) as connection:
        version = connection.info.server_version
        statement = locale.create_statement("remedy", version)
        connection.execute(statement)  # type: ignore[arg-type]  # not from outside
    locale.check(urls.with_database(server, "remedy"))


def test_servers_before_17_get_a_statement_they_know() -> None:
    assert "builtin" in locale.create_statement("peibi", 170_000)
    assert "builtin" not in locale.create_statement("peibi", 160_004)


def test_a_server_that_is_too_old_is_refused(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locale, "OLDEST_MAJOR", 99)
    with pytest.raises(Unavailable, match="is Postgres 18; Peibi needs 99 or newer"):
        locale.check(server)
