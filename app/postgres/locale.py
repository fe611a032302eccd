"""Whether a database can hold and search Chinese, and what to do if it cannot."""

import logging

import psycopg

from app.errors import Unavailable
from app.postgres import urls
from app.postgres.binaries import OLDEST_MAJOR

# One row: whether lower case, letters and punctuation are what they are, for the database's own
# collation, and whether the text parser keeps a word, a comma and two characters apart.
SANITY = r"""
SELECT lower('ÀÉЖ') = 'àéж'
   AND '数' ~ '^[[:alpha:]]$' AND '数' ~ '^\w$' AND '，' !~ '\w'
   AND cardinality(tsvector_to_array(to_tsvector('simple', 'ocr，数据'))) = 2
"""
TRIGRAMS = "SELECT show_trgm('中文') <> '{}'"
BUILTIN_LOCALE_VERSION = 170_000

logger = logging.getLogger(__name__)


def check(url: str, *, is_embedded: bool = False) -> None:
    """
    Raise Unavailable, with the remedy, unless the database can search Chinese.

    An embedded database on a system without any UTF-8 locale is let through with a warning:
    search works there, only similar Chinese names are not found.
    """
    with urls.connect(url) as connection:
        version = connection.info.server_version
        if version < OLDEST_MAJOR * 10_000:
            raise Unavailable(
                "The database server is Postgres %(found)s; Peibi needs %(oldest)s or newer.",
                found=version // 10_000,
                oldest=OLDEST_MAJOR,
            )
        encoding, collation, character_type, name = _describe(connection)
        _require_pg_trgm(connection)
        if encoding == "UTF8":
            if _is_sane(connection) and _has_chinese_trigrams(connection):
                return
            if is_embedded and character_type == "C":
                logger.warning("this system has no UTF-8 locale: similar names are not found")
                return
    raise Unavailable(
        "The database %(name)s cannot search Chinese: its encoding is %(encoding)s, its collation "
        "%(collation)s and its character type %(character_type)s. These are fixed when a database "
        "is made, so make another one and name it in DATABASE_URL:\n%(statement)s",
        name=name,
        encoding=encoding,
        collation=collation,
        character_type=character_type,
        statement=create_statement("peibi", version),
    )


def create_statement(name: str, server_version: int) -> str:
    """Return the SQL that makes a database which searches Chinese on this server."""
    provider = ""
    if server_version >= BUILTIN_LOCALE_VERSION:
        provider = " LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'"
    return (
        f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'{provider} "
        "LC_COLLATE 'C' LC_CTYPE 'C.UTF-8';"
    )


def _describe(connection: psycopg.Connection) -> tuple[str, str, str, str]:
    row = connection.execute(
        "SELECT pg_encoding_to_char(encoding), datcollate, datctype, datname"
        " FROM pg_database WHERE datname = current_database()"
    ).fetchone()
    return row or ("", "", "", "")


def _is_sane(connection: psycopg.Connection) -> bool:
    row = connection.execute(SANITY).fetchone()
    return row is not None and row[0] is True


def _require_pg_trgm(connection: psycopg.Connection) -> None:
    row = connection.execute(
        "SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'"
    ).fetchone()
    if row is None:
        raise Unavailable(
            "The database server lacks the extension pg_trgm. Install it there: it is part of "
            "Postgres, in the package postgresql-contrib of most systems."
        )


def _has_chinese_trigrams(connection: psycopg.Connection) -> bool:
    """Ask pg_trgm itself, where it is there; the migrations create it elsewhere."""
    installed = connection.execute(
        "SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'"
    ).fetchone()
    if installed is None:
        return True
    row = connection.execute(TRIGRAMS).fetchone()
    return row is not None and row[0] is True
