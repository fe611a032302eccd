"""A new cluster: its locale, its owner, and what a crash during its making leaves."""

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.errors import Conflict, Unavailable
from app.postgres import account, cluster, embedded, locale, urls
from app.postgres.account import Account
from app.postgres.embedded import Cluster
from app.postgres.home import Home
from tests.postgres.processes import postmaster_pid

IS_ROOT = os.geteuid() == 0


@pytest.fixture
def start(make_home: Callable[[str], Home]) -> Iterator[Callable[..., Cluster]]:
    """Make and start a cluster; it is stopped after the test."""
    started = []

    def start(name: str = "new") -> Cluster:
        new = Cluster(make_home(name), options={"fsync": "off"}, sync=False)
        started.append(new)
        new.start()
        return new

    yield start
    for each in started:
        each.stop()


def uid_of(pid: int) -> int:
    return Path(f"/proc/{pid}").stat().st_uid


def test_a_new_cluster_knows_chinese_and_is_private(
    start: Callable[..., Cluster], directory: Path
) -> None:
    new = start()
    url = embedded.running_url(new.home)
    assert url is not None
    locale.check(url)
    with urls.connect(url) as connection:
        row = connection.execute(
            "SELECT datlocprovider, datcollate, datctype FROM pg_database WHERE datname = 'peibi'"
        ).fetchone()
        assert row == ("b", "C", "C.UTF-8")
        listens = connection.execute("SHOW listen_addresses").fetchone()
        assert listens == ("",)
    uid = uid_of(postmaster_pid(directory / "new"))
    assert uid == new.home.cluster.stat().st_uid
    lent = account.lent_accounts()
    assert uid == (lent[0].uid if lent else os.geteuid()), "Postgres refuses to run as root"
    for path in (new.home.cluster, directory / "new/postgres/socket"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
    assert stat.S_IMODE(new.home.log.stat().st_mode) == 0o600


def test_a_data_directory_below_a_closed_home_works(
    start: Callable[..., Cluster], directory: Path
) -> None:
    directory.chmod(0o700)
    start()
    assert uid_of(postmaster_pid(directory / "new")) == os.geteuid()


def test_without_user_namespaces_root_keeps_the_cluster_where_all_can_go(
    start: Callable[..., Cluster], directory: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(account, "has_namespaces", lambda: False)
    system = tmp_path
    if IS_ROOT:
        system = embedded_directory(monkeypatch, directory)
    closed = directory / "closed"
    closed.mkdir(mode=0o700)
    new = start("closed/data")
    assert new.home.cluster.is_relative_to(system if IS_ROOT else directory)
    new.stop()
    assert new.start(), "and a second time"


def embedded_directory(monkeypatch: pytest.MonkeyPatch, directory: Path) -> Path:
    """Let a directory of the test stand for /var/lib."""
    system = directory / "var-lib"
    system.mkdir(mode=0o711)
    monkeypatch.setattr(cluster, "SYSTEM_DIRECTORY", system)
    return system


def test_where_no_account_can_work_it_says_what_to_do(
    make_home: Callable[[str], Home], directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account, "find_for_new", lambda _postgres, _directory: None)
    monkeypatch.setattr(cluster, "SYSTEM_DIRECTORY", directory / "missing")
    with pytest.raises(Unavailable, match="Set PEIBI_DATA_DIR to a directory that every account"):
        Cluster(make_home("new"), sync=False).start()


def test_a_cluster_of_another_user_is_refused(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = (data_dir / "postgres/cluster").stat().st_uid
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    with pytest.raises(Conflict, match=f"belongs to another user \\(uid {owner}\\)"):
        account.owner_of(data_dir / "postgres/cluster")


def test_another_major_version_is_refused_and_left_alone(cluster: Cluster) -> None:
    version = cluster.home.cluster / "PG_VERSION"
    ours = version.read_text()
    version.write_text("17\n")
    with pytest.raises(Conflict, match="was made by Postgres 17, and this is Postgres 18"):
        cluster.start()
    assert version.read_text() == "17\n"
    version.write_text(ours)


def test_what_a_crash_during_initdb_left_is_replaced(
    start: Callable[..., Cluster], make_home: Callable[[str], Home]
) -> None:
    half = make_home("new").directory / "cluster.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    assert start().is_running()
    assert not half.exists()


def test_a_failing_initdb_says_why_and_leaves_no_cluster(
    make_home: Callable[[str], Home], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "SUPERUSER", "pg_reserved")
    home = make_home("new")
    with pytest.raises(Unavailable, match='superuser name "pg_reserved" is disallowed'):
        Cluster(home, sync=False).start()
    assert not home.cluster.exists()


def test_a_system_without_utf8_locales_still_gets_a_cluster(
    start: Callable[..., Cluster],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(cluster, "CHARACTER_TYPES", ("xx_XX.UTF-8", "C"))
    url = embedded.running_url(start().home)
    assert url is not None
    locale.check(url, is_embedded=True)
    assert "similar names are not found" in caplog.text
    with pytest.raises(Unavailable, match="cannot search Chinese"):
        locale.check(url)


def test_an_account_that_only_has_a_number_uses_a_user_namespace(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 4_000_000)
    monkeypatch.setattr(account, "has_namespaces", lambda: True)
    assert account.find_for_new("postgres", tmp_path) == Account(prefix=account.NAMESPACE)
