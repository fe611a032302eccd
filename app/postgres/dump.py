"""Copy a database out and in with the programs of Postgres."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from app.errors import Unavailable
from app.postgres import urls
from app.postgres.binaries import Binaries

# pg_restore writes it for every server, and servers before 17 stop at it.
NEWER_SETTING = b"SET transaction_timeout = 0;\n"
NEWER_SETTING_VERSION = 170_000
HEADER_LINES = 40
LOCK_SECONDS = 30
CHUNK_BYTES = 2**20
COMMIT = b"COMMIT;\n"
DONE = b"peibi: restored\n"
COMMITTED = b"peibi: committed\n"

# Drops all that lies in the schema. Extensions stay, with what is theirs; what is part of a
# table goes with that.
EMPTY_SCHEMA = """
DO $$
DECLARE found record;
BEGIN
    FOR found IN
        SELECT what.type, what.identity
        FROM pg_depend AS place
        CROSS JOIN LATERAL pg_identify_object(place.classid, place.objid, 0) AS what
        WHERE place.refclassid = 'pg_namespace'::regclass
            AND place.refobjid = 'public'::regnamespace
            AND place.deptype = 'n'
            AND place.classid IN (
                'pg_class'::regclass, 'pg_proc'::regclass, 'pg_type'::regclass,
                'pg_collation'::regclass, 'pg_ts_config'::regclass, 'pg_ts_dict'::regclass)
            AND NOT EXISTS (
                SELECT FROM pg_depend AS owner
                WHERE owner.classid = place.classid AND owner.objid = place.objid
                    AND owner.deptype IN ('e', 'i'))
        ORDER BY place.classid = 'pg_class'::regclass DESC, place.objid
    LOOP
        EXECUTE format(
            'DROP %s IF EXISTS %s CASCADE',
            CASE found.type WHEN 'composite type' THEN 'type' ELSE found.type END,
            found.identity);
    END LOOP;
END $$;
"""


def target(url: str) -> tuple[str, dict[str, str]]:
    """Return an address without its password, and the environment that carries that."""
    parts = conninfo_to_dict(urls.for_libpq(url))
    environment = dict(os.environ)
    # On the command line every user of the machine could read it.
    if (password := parts.pop("password", None)) is not None:
        environment["PGPASSWORD"] = str(password)
    return make_conninfo(**{name: str(value) for name, value in parts.items()}), environment


@contextmanager
def dump(url: str, client: Binaries, *, snapshot: str) -> Iterator[IO[bytes]]:
    """Yield the stream of a dump of the database as the snapshot shows it."""
    conninfo, environment = target(url)
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [
                client.program("pg_dump"),
                *("--format=custom", "--no-owner", "--no-privileges"),
                *(f"--snapshot={snapshot}", f"--dbname={conninfo}"),
            ],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=said,
        )
        with _ending(process):
            if process.stdout is None:  # cannot be, as we asked for a pipe
                raise RuntimeError
            yield process.stdout
        if process.returncode != 0:
            raise Unavailable("The database could not be read:\n%(said)s", said=_text(said))


@contextmanager
def replace(url: str, dump_file: Path, client: Binaries, server_version: int) -> Iterator[None]:
    """
    Put the content of the dump in the place of everything in the database, in one transaction.

    The transaction is committed after the body of the context; if that raises, or anything
    before it failed, the database is as it was.
    """
    conninfo, environment = target(url)
    with tempfile.TemporaryFile() as said:
        psql = subprocess.Popen(
            [
                client.program("psql"),
                *("--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1"),
                *("--output=/dev/null", f"--dbname={conninfo}"),
            ],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
        )
        with _ending(psql):
            if _fill(psql, dump_file, client, server_version):
                yield
                if _commit(psql):
                    return
        raise Unavailable(
            "Nothing was changed, for the database refused the backup:\n%(said)s", said=_text(said)
        )


def _fill(
    psql: subprocess.Popen[bytes], dump_file: Path, client: Binaries, server_version: int
) -> bool:
    """Empty the database and fill it again within a transaction; False if psql gave up."""
    to_psql, from_psql = _pipes(psql)
    try:
        _begin(to_psql)
        with _script(dump_file, client) as script:
            copy_script(script, to_psql, server_version)
        _say(to_psql, DONE)
    except BrokenPipeError:
        return False
    return from_psql.readline() == DONE


def _commit(psql: subprocess.Popen[bytes]) -> bool:
    to_psql, from_psql = _pipes(psql)
    try:
        to_psql.write(COMMIT)
        _say(to_psql, COMMITTED)
    except BrokenPipeError:
        return False
    return from_psql.readline() == COMMITTED


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("The program was not started with pipes.")
    return process.stdin, process.stdout


def _begin(psql: IO[bytes]) -> None:
    psql.write(f"BEGIN; SET LOCAL lock_timeout = '{LOCK_SECONDS}s';\n".encode())
    psql.write(b"SET LOCAL statement_timeout = 0; SET client_min_messages = error;\n")
    psql.write(EMPTY_SCHEMA.encode())


def _say(psql: IO[bytes], line: bytes) -> None:
    psql.write(b"\\echo '" + line.rstrip() + b"'\n")
    psql.flush()


@contextmanager
def _script(dump_file: Path, client: Binaries) -> Iterator[IO[bytes]]:
    """Yield the dump as a script for psql."""
    with tempfile.TemporaryDirectory() as directory, tempfile.TemporaryFile() as said:
        # The comment of an extension is its owner's to set, and that may be an administrator.
        listing = subprocess.run(
            [client.program("pg_restore"), "--list", dump_file],
            capture_output=True,
            check=False,
        )
        chosen = Path(directory) / "list"
        lines = listing.stdout.splitlines(keepends=True)
        chosen.write_bytes(b"".join(line for line in lines if b" COMMENT - EXTENSION " not in line))
        process = subprocess.Popen(
            [
                client.program("pg_restore"),
                *("--no-owner", "--no-privileges", f"--use-list={chosen}", "--file=-"),
                str(dump_file),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=said,
        )
        with _ending(process):
            if process.stdout is None:  # cannot be, as we asked for a pipe
                raise RuntimeError
            yield process.stdout
        if process.returncode != 0:
            raise Unavailable(
                "Nothing was changed, for the backup's dump cannot be read:\n%(said)s",
                said=_text(said),
            )


def copy_script(script: IO[bytes], psql: IO[bytes], server_version: int) -> None:
    """Hand the script on, without what a server of this version does not know."""
    for _ in range(HEADER_LINES):
        line = script.readline()
        if line != NEWER_SETTING or server_version >= NEWER_SETTING_VERSION:
            psql.write(line)
    while chunk := script.read(CHUNK_BYTES):
        psql.write(chunk)


@contextmanager
def _ending(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Wait for the end of a program, or bring it about where the body failed."""
    try:
        yield
    except BaseException:
        process.kill()
        raise
    finally:
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                _close(stream)
        process.wait()


def _close(stream: IO[bytes]) -> None:
    try:
        stream.close()
    except BrokenPipeError:
        return


def _text(said: IO[bytes]) -> str:
    said.seek(0)
    return said.read().decode(errors="replace").strip()
