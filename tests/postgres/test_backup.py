"""A backup brings everything back, or says why not and changes nothing."""

import itertools
import json
import os
import re
import shutil
import stat
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import fsspec
import pytest
from fsspec import AbstractFileSystem
from pydantic import SecretStr

from app import schema
from app.errors import Conflict, InvalidInput, Unavailable
from app.postgres import backup, binaries, dump, embedded, urls
from app.settings import Settings

REVISION = "0001"
CASTS = re.compile(r"::(text|character varying)(\[\])?|[()]")
SCHEMA = """
CREATE EXTENSION pg_trgm;
CREATE TABLE alembic_version (version_num text PRIMARY KEY);
INSERT INTO alembic_version VALUES ('0001');
CREATE TYPE mood AS ENUM ('good', 'bad');
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'append only'; END $$;
CREATE TABLE dataset (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    parent_id bigint REFERENCES dataset DEFERRABLE INITIALLY DEFERRED,
    name text NOT NULL CHECK (name <> ''),
    mood mood,
    size numeric,
    facts jsonb,
    at timestamptz DEFAULT clock_timestamp());
COMMENT ON TABLE dataset IS '数据集';
CREATE INDEX ON dataset USING gin (name gin_trgm_ops);
CREATE SEQUENCE number START 41;
CREATE TABLE audit (id serial PRIMARY KEY, what text);
INSERT INTO dataset (parent_id, name, mood, size, facts)
    SELECT 1, '中文语料 ' || i, 'good', i * 1.5, jsonb_build_object('n', i, 's', E'a\\tb')
    FROM generate_series(1, 200) AS i;
INSERT INTO audit (what) VALUES ('made');
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION refuse();
CREATE VIEW big AS SELECT name FROM dataset WHERE size > 100;
SELECT nextval('number');
"""


@pytest.fixture(scope="module")
def template(server: str) -> str:
    """The name of a database that holds something of each kind."""
    with urls.connect(server) as connection:
        connection.execute("CREATE DATABASE template")
    with urls.connect(urls.with_database(server, "template")) as connection:
        connection.execute(SCHEMA)
    return "template"


@pytest.fixture
def make_portal(server: str, template: str, directory: Path) -> Iterator[Callable[..., Settings]]:
    """Make a portal with a database and stored files of its own; returns its settings."""
    numbers = itertools.count()
    names = []

    def make(*, empty: bool = False) -> Settings:
        name = f"portal_{next(numbers)}"
        names.append(name)
        source = "template0" if empty else template
        with urls.connect(server) as connection:
            connection.execute(
                f"CREATE DATABASE {name} TEMPLATE {source} STRATEGY file_copy".encode()
            )
        url = urls.with_database(server, name)
        settings = Settings(data_dir=directory / name, database_url=SecretStr(url))
        if not empty:
            files = settings.data_dir / "files"
            (files / "ab").mkdir(parents=True)
            (files / "ab" / "报价.pdf").write_bytes(bytes(range(256)) * 1000)
            (files / "empty").write_bytes(b"")
        return settings

    yield make
    for name in names:
        with urls.connect(server) as connection:
            connection.execute(f"DROP DATABASE {name}".encode())


def url_of(settings: Settings) -> str:
    assert settings.database_url is not None
    return settings.database_url.get_secret_value()


def contents(url: str) -> list[str]:
    """Return everything that is in a database: its structure, rows and counters."""
    client = binaries.find_client(18)
    script = subprocess.run(
        [client.program("pg_dump"), urls.for_libpq(url)], check=True, capture_output=True, text=True
    ).stdout
    # Postgres writes `x = ANY (...)` of a constraint with other casts each time it reads one.
    lines = (CASTS.sub("", line) if "CHECK" in line else line for line in script.splitlines())
    return sorted(line for line in lines if "restrict " not in line)


def stored(settings: Settings) -> dict[str, bytes]:
    files = settings.data_dir / "files"
    return {
        str(path.relative_to(files)): path.read_bytes()
        for path in files.rglob("*")
        if path.is_file()
    }


def everything(settings: Settings) -> tuple[list[str], dict[str, bytes]]:
    return contents(url_of(settings)), stored(settings)


def restore(settings: Settings, file: Path, *, force: bool = False) -> backup.Manifest:
    return backup.restore(settings, file, known_revisions={REVISION}, force=force)


def rewrite(file: Path, change: Callable[[str, bytes], bytes | None]) -> None:
    """Change the parts of a backup; None drops one."""
    with zipfile.ZipFile(file) as archive:
        parts = {name: change(name, archive.read(name)) for name in archive.namelist()}
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            if content is not None:
                archive.writestr(name, content)


def with_manifest(**changes: object) -> Callable[[str, bytes], bytes]:
    def change(name: str, content: bytes) -> bytes:
        if name != "manifest.json":
            return content
        return json.dumps(json.loads(content) | changes).encode()

    return change


def test_a_restored_portal_is_equal(make_portal: Callable[..., Settings], tmp_path: Path) -> None:
    original, restored = make_portal(), make_portal(empty=True)
    manifest = backup.backup(original, tmp_path / "portal.peibi")
    assert restore(restored, tmp_path / "portal.peibi") == manifest
    assert everything(restored) == everything(original)
    assert len(stored(restored)) == 2
    with urls.connect(url_of(restored)) as connection:
        assert connection.execute("SELECT nextval('number')").fetchone() == (42,)


def test_the_seeded_portal_comes_back_row_for_row(
    new_seeded_database: Callable[[], str], directory: Path, tmp_path: Path
) -> None:
    url = new_seeded_database()
    with urls.connect(url) as connection:
        connection.execute("CREATE DATABASE restored TEMPLATE template0 STRATEGY file_copy")
    target = urls.with_database(url, "restored")
    original = Settings(data_dir=directory, database_url=SecretStr(url))
    restored = Settings(data_dir=directory, database_url=SecretStr(target))
    manifest = backup.backup(original, tmp_path / "portal.peibi")
    assert manifest.revision == schema.known_revisions()[-1]
    backup.restore(restored, tmp_path / "portal.peibi", known_revisions=schema.known_revisions())
    before = contents(url)
    assert len(before) > 1000
    assert contents(target) == before


def test_a_backup_is_one_private_file(make_portal: Callable[..., Settings], tmp_path: Path) -> None:
    file = tmp_path / "portal.peibi"
    manifest = backup.backup(make_portal(), file)
    assert list(tmp_path.iterdir()) == [file]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert manifest.revision == REVISION
    assert manifest.postgres_version.startswith("18")
    assert set(manifest.members) == {"database.dump", "files/ab/报价.pdf", "files/empty"}


def test_files_that_lie_elsewhere(make_portal: Callable[..., Settings], tmp_path: Path) -> None:
    original, restored = make_portal(), make_portal(empty=True)
    elsewhere = tmp_path / "elsewhere"
    (original.data_dir / "files").rename(elsewhere)
    moved = original.model_copy(update={"files_url": elsewhere.as_uri()})
    assert len(backup.backup(moved, tmp_path / "portal.peibi").members) == 3
    restore(restored, tmp_path / "portal.peibi")
    assert len(stored(restored)) == 2


@pytest.fixture
def store() -> Iterator[AbstractFileSystem]:
    """An object store, kept in memory."""
    file_system = fsspec.filesystem("memory")
    file_system.store.clear()
    yield file_system
    file_system.store.clear()


def in_store(store: AbstractFileSystem, bucket: str) -> dict[str, bytes]:
    paths = store.find(f"/{bucket}") if store.exists(f"/{bucket}") else []
    return {path.removeprefix(f"/{bucket}/"): store.cat_file(path) for path in paths}


def test_files_in_an_object_store_are_kept_and_brought_back(
    make_portal: Callable[..., Settings], tmp_path: Path, store: AbstractFileSystem
) -> None:
    held = {"ab/abc": bytes(range(256)) * 1000, "cd/cde": b""}
    for name, content in held.items():
        store.pipe_file(f"/bucket/files/{name}", content)
    original = make_portal().model_copy(update={"files_url": "memory://bucket/files"})
    manifest = backup.backup(original, tmp_path / "portal.peibi")
    assert set(manifest.members) == {"database.dump", "files/ab/abc", "files/cd/cde"}

    into_a_store = make_portal(empty=True).model_copy(update={"files_url": "memory://other"})
    restore(into_a_store, tmp_path / "portal.peibi")
    assert in_store(store, "other") == held
    into_a_directory = make_portal(empty=True)
    restore(into_a_directory, tmp_path / "portal.peibi")
    assert stored(into_a_directory) == held
    assert contents(url_of(into_a_store)) == contents(url_of(into_a_directory))


def test_an_object_store_that_holds_something_is_only_replaced_by_force(
    make_portal: Callable[..., Settings], tmp_path: Path, store: AbstractFileSystem
) -> None:
    backup.backup(make_portal(), tmp_path / "portal.peibi")
    store.pipe_file("/bucket/ef/later", b"later")
    other = make_portal(empty=True).model_copy(update={"files_url": "memory://bucket"})
    with pytest.raises(Conflict, match="stores 1 files"):
        restore(other, tmp_path / "portal.peibi")
    assert in_store(store, "bucket") == {"ef/later": b"later"}
    restore(other, tmp_path / "portal.peibi", force=True)
    assert set(in_store(store, "bucket")) == {"ab/报价.pdf", "empty"}


@pytest.mark.parametrize("failing", ["commit", "upload"])
def test_a_restore_into_an_object_store_that_fails_changes_nothing(
    make_portal: Callable[..., Settings],
    tmp_path: Path,
    store: AbstractFileSystem,
    monkeypatch: pytest.MonkeyPatch,
    failing: str,
) -> None:
    backup.backup(make_portal(), tmp_path / "portal.peibi")
    store.pipe_file("/bucket/ef/later", b"later")
    other = make_portal().model_copy(update={"files_url": "memory://bucket"})
    with urls.connect(url_of(other)) as connection:
        connection.execute("INSERT INTO audit (what) VALUES ('later')")
    before = contents(url_of(other))
    if failing == "commit":
        monkeypatch.setattr(dump, "COMMIT", b"SELECT 1/0;\n")
    else:
        open_file = type(store).open

        def refuse(self: AbstractFileSystem, path: str, mode: str = "rb", **kind: object) -> object:
            if "w" in mode and path.endswith("empty"):
                raise OSError(28, "No space left on device")
            return open_file(self, path, mode, **kind)

        monkeypatch.setattr(type(store), "open", refuse)
    with pytest.raises(Unavailable, match="Nothing was changed"):
        restore(other, tmp_path / "portal.peibi", force=True)
    monkeypatch.undo()
    assert contents(url_of(other)) == before
    assert in_store(store, "bucket") == {"ef/later": b"later"}


def test_a_full_disk_is_named(
    make_portal: Callable[..., Settings], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(InvalidInput, match="cannot be written: No space left on device"):
        backup.backup(make_portal(), tmp_path / "portal.peibi")
    assert list(tmp_path.iterdir()) == []


def test_a_portal_that_holds_something_is_only_replaced_by_force(
    make_portal: Callable[..., Settings], tmp_path: Path
) -> None:
    original, other = make_portal(), make_portal()
    backup.backup(original, tmp_path / "portal.peibi")
    with urls.connect(url_of(other)) as connection:
        connection.execute("CREATE TABLE newer (id int); DELETE FROM dataset; DROP VIEW big")
    (other.data_dir / "files" / "later").write_bytes(b"later")
    before = everything(other)
    with pytest.raises(Conflict, match=r"4 tables, and it stores 3 files.*--force"):
        restore(other, tmp_path / "portal.peibi")
    assert everything(other) == before
    restore(other, tmp_path / "portal.peibi", force=True)
    assert everything(other) == everything(original)
    assert [path.name for path in other.data_dir.iterdir()] == ["files"]


def test_stored_files_alone_make_a_portal_not_empty(
    make_portal: Callable[..., Settings], tmp_path: Path
) -> None:
    backup.backup(make_portal(), tmp_path / "portal.peibi")
    other = make_portal(empty=True)
    (other.data_dir / "files").mkdir(parents=True)
    (other.data_dir / "files" / "one").write_bytes(b"1")
    with pytest.raises(Conflict, match="stores 1 files"):
        restore(other, tmp_path / "portal.peibi")


def test_a_backup_of_a_newer_version_is_refused(
    make_portal: Callable[..., Settings], tmp_path: Path
) -> None:
    file = tmp_path / "portal.peibi"
    settings = make_portal()
    backup.backup(settings, file)
    for changes in ({"revision": "0002"}, {"peibi_version": "99.0"}, {"peibi_version": "0.10.0"}):
        rewrite(file, with_manifest(**({"revision": REVISION, "peibi_version": "0.1"} | changes)))
        with pytest.raises(Conflict, match="newer than this Peibi"):
            restore(settings, file, force=True)


def drop_a_file(name: str, content: bytes) -> bytes | None:
    return None if name == "files/empty" else content


def change_a_file(name: str, content: bytes) -> bytes:
    return content + b"x" if name == "files/empty" else content


def change_the_dump(name: str, content: bytes) -> bytes:
    return content[:-1] + bytes([content[-1] ^ 1]) if name == "database.dump" else content


def leave_the_directory(name: str, content: bytes) -> bytes:
    if name != "manifest.json":
        return content
    manifest = json.loads(content)
    manifest["members"]["files/../../evil"] = manifest["members"].pop("files/empty")
    return json.dumps(manifest).encode()


DAMAGES: list[tuple[Callable[[str, bytes], bytes | None], str]] = [
    (drop_a_file, "does not hold what its manifest lists"),
    (change_a_file, "checksum of files/empty"),
    (change_the_dump, "checksum of database.dump"),
    (leave_the_directory, "does not hold what its manifest lists"),
    (lambda name, content: None if name == "manifest.json" else content, "not a backup"),
    (with_manifest(format=2), "reads format 1"),
    (with_manifest(members="none"), "manifest is damaged"),
]


def test_a_damaged_backup_is_refused_before_anything_changes(
    make_portal: Callable[..., Settings], tmp_path: Path
) -> None:
    settings = make_portal()
    backup.backup(settings, tmp_path / "whole.peibi")
    before = everything(settings)
    for change, message in DAMAGES:
        file = shutil.copy(tmp_path / "whole.peibi", tmp_path / "damaged.peibi")
        rewrite(file, change)
        with pytest.raises(InvalidInput, match=message):
            restore(settings, file, force=True)
    assert everything(settings) == before


def test_names_that_lead_out_of_the_directory_are_refused(
    make_portal: Callable[..., Settings], tmp_path: Path
) -> None:
    file = tmp_path / "portal.peibi"
    settings = make_portal()
    backup.backup(settings, file)
    rewrite(file, leave_the_directory)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("files/../../evil", b"")
    rewrite(file, drop_a_file)
    with pytest.raises(InvalidInput, match=r"checksum of files/\.\./\.\./evil"):
        restore(settings, file, force=True)


def test_half_a_file_and_no_file_are_refused(
    make_portal: Callable[..., Settings], tmp_path: Path
) -> None:
    file = tmp_path / "portal.peibi"
    settings = make_portal()
    backup.backup(settings, file)
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(InvalidInput, match="not a backup of Peibi, or its end is missing"):
        restore(settings, file, force=True)
    with pytest.raises(InvalidInput, match="No such file"):
        restore(settings, tmp_path / "missing", force=True)
    with pytest.raises(InvalidInput, match="cannot be written"):
        backup.backup(settings, tmp_path / "missing" / "portal.peibi")


@pytest.mark.parametrize("failing", ["fill", "commit", "swap"])
def test_a_restore_that_fails_midway_changes_nothing(
    make_portal: Callable[..., Settings],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    failing: str,
) -> None:
    original, other = make_portal(), make_portal()
    backup.backup(original, tmp_path / "portal.peibi")
    with urls.connect(url_of(other)) as connection:
        connection.execute("INSERT INTO audit (what) VALUES ('later')")
    (other.data_dir / "files" / "later").write_bytes(b"later")
    before = everything(other)
    if failing == "fill":
        monkeypatch.setattr(dump, "EMPTY_SCHEMA", "SELECT 1;")  # what is there is in the way
    elif failing == "commit":
        monkeypatch.setattr(dump, "COMMIT", b"SELECT 1/0;\n")
    else:
        rename = Path.rename

        def refuse(path: Path, target: Path) -> Path:
            if path.name == "files" and "restore" in str(path):
                raise OSError(28, "No space left on device")
            return rename(path, target)

        monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(Unavailable, match="Nothing was changed"):
        restore(other, tmp_path / "portal.peibi", force=True)
    monkeypatch.undo()
    assert everything(other) == before
    assert [path.name for path in other.data_dir.iterdir()] == ["files"]


def test_a_backup_that_fails_leaves_the_former_one(
    make_portal: Callable[..., Settings], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = make_portal()
    file = tmp_path / "portal.peibi"
    backup.backup(settings, file)
    former = file.read_bytes()
    find_client = binaries.find_client

    def find_failing(*arguments: object) -> binaries.Binaries:
        found = find_client(18)
        broken = tmp_path / "bin"
        broken.mkdir()
        (broken / "pg_dump").write_text(
            "#!/bin/sh\necho 'half of it'\necho 'disk gone' >&2\nexit 1\n"
        )
        (broken / "pg_dump").chmod(0o755)
        return binaries.Binaries(broken, found.major)

    monkeypatch.setattr(binaries, "find_client", find_failing)
    with pytest.raises(Unavailable, match="could not be read:\ndisk gone"):
        backup.backup(settings, file)
    assert file.read_bytes() == former
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bin", "portal.peibi"]


def test_rows_written_during_the_backup_are_in_whole_or_not_at_all(
    make_portal: Callable[..., Settings], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original, restored = make_portal(), make_portal(empty=True)
    before = contents(url_of(original))
    pg_dump = dump.dump

    def write_first(url: str, client: binaries.Binaries, *, snapshot: str) -> object:
        with urls.connect(url) as connection:
            connection.execute("INSERT INTO audit (what) VALUES ('meanwhile')")
            connection.execute("UPDATE alembic_version SET version_num = '0002'")
        return pg_dump(url, client, snapshot=snapshot)

    monkeypatch.setattr(dump, "dump", write_first)
    manifest = backup.backup(original, tmp_path / "portal.peibi")
    assert manifest.revision == REVISION
    restore(restored, tmp_path / "portal.peibi")
    # Counters are not part of a snapshot: they never go back.
    is_row = [line for line in contents(url_of(restored)) if "setval" not in line]
    assert is_row == [line for line in before if "setval" not in line]


def test_people_may_use_the_portal_while_it_is_restored(
    make_portal: Callable[..., Settings], tmp_path: Path
) -> None:
    settings = make_portal()
    backup.backup(settings, tmp_path / "portal.peibi")
    with urls.connect(url_of(settings)) as connection:
        connection.execute("INSERT INTO audit (what) VALUES ('later')")
        restore(settings, tmp_path / "portal.peibi", force=True)
        assert connection.execute("SELECT count(*) FROM audit").fetchone() == (1,)


def test_a_busy_table_is_waited_for_only_so_long(
    make_portal: Callable[..., Settings], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dump, "LOCK_SECONDS", 0.1)
    settings = make_portal()
    backup.backup(settings, tmp_path / "portal.peibi")
    with urls.connect(url_of(settings), autocommit=False) as connection:
        connection.execute("LOCK TABLE audit IN ROW EXCLUSIVE MODE")
        with pytest.raises(Unavailable, match=r"(?s)Nothing was changed.*lock timeout"):
            restore(settings, tmp_path / "portal.peibi", force=True)


def test_passwords_are_not_on_any_command_line() -> None:
    conninfo, environment = dump.target("postgresql+psycopg://me:sec%20ret@host:5433/peibi")
    assert "sec" not in conninfo
    assert environment["PGPASSWORD"] == "sec ret"
    assert "port=5433" in conninfo


def test_servers_before_17_are_spared_a_setting_they_do_not_know(tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_bytes(b"SET statement_timeout = 0;\n" + dump.NEWER_SETTING + b"SELECT 1;\n")
    for version, expected in [
        (160_004, b"SET statement_timeout = 0;\nSELECT 1;\n"),
        (170_000, script.read_bytes()),
    ]:
        target = tmp_path / str(version)
        with script.open("rb") as source, target.open("wb") as sink:
            dump.copy_script(source, sink, version)
        assert target.read_bytes() == expected


def test_the_embedded_database_is_backed_up_and_restored(data_dir: Path, tmp_path: Path) -> None:
    settings = Settings(data_dir=data_dir)
    with embedded.database(settings) as url, urls.connect(url) as connection:
        connection.execute(SCHEMA)
        before = contents(url)
    (data_dir / "files").mkdir()
    (data_dir / "files" / "one").write_bytes(b"1")
    backup.backup(settings, tmp_path / "portal.peibi")
    with embedded.database(settings) as url, urls.connect(url) as connection:
        connection.execute("DROP TABLE dataset CASCADE")
    shutil.rmtree(data_dir / "files")
    restore(settings, tmp_path / "portal.peibi", force=True)
    assert stored(settings) == {"one": b"1"}
    with embedded.database(settings) as url:
        assert contents(url) == before
