"""The account that the embedded Postgres runs as, since it refuses to run as root."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from app.errors import Conflict, Unavailable

# Accounts that root can lend to Postgres, the best first. Postgres wants one with an entry
# in the passwd file.
LENT_ACCOUNTS = ("postgres", "nobody")
# Within a user namespace root is called 65534, and Postgres is content.
NAMESPACE = ("unshare", "--user", "--map-user=65534", "--map-group=65534")


@dataclass(frozen=True)
class Account:
    """Who runs Postgres, and what goes before its command line to become that."""

    uid: int | None = None
    gid: int | None = None
    prefix: tuple[str, ...] = ()

    @property
    def owner_uid(self) -> int:
        """The uid that owns the cluster's files, as this process sees it."""
        return os.geteuid() if self.uid is None else self.uid

    @property
    def extra_groups(self) -> tuple[int, ...] | None:
        """The further groups of its processes: none when root changes to another account."""
        return None if self.uid is None else ()

    def give(self, directory: Path) -> None:
        """Make the directory belong to this account, if it is another's."""
        if self.uid is not None and self.gid is not None:
            os.chown(directory, self.uid, self.gid)

    def run(self, command: list[str], *, timeout_seconds: float = 120) -> "Finished":
        """Run a program to its end as this account."""
        answer = subprocess.run(
            [*self.prefix, *command],
            user=self.uid,
            group=self.gid,
            extra_groups=self.extra_groups,
            env=ENVIRONMENT,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=timeout_seconds,
            check=False,
        )
        return Finished(answer.returncode, answer.stdout)


@dataclass(frozen=True)
class Finished:
    """What a program said and how it ended."""

    code: int
    output: str


# Nothing of the caller's environment reaches Postgres: PG* variables and locales change it.
ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
}

OURSELVES = Account()
IN_NAMESPACE = Account(prefix=NAMESPACE)


def owner_of(cluster: Path) -> Account:
    """Return the account to run an existing cluster as: the one that owns its files."""
    uid = cluster.stat().st_uid
    us = os.geteuid()
    if uid == us:
        return OURSELVES if _may_run_postgres() else require_namespace(cluster)
    if us != 0:
        raise Conflict(
            "The database in %(cluster)s belongs to another user (uid %(uid)s). Run Peibi as that "
            "user, or set PEIBI_DATA_DIR to a directory of your own.",
            cluster=str(cluster),
            uid=uid,
        )
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise Conflict(
            "The database in %(cluster)s belongs to uid %(uid)s, which this machine has no account "
            "for. Add one, or give the directory to another: chown -R nobody %(cluster)s",
            cluster=str(cluster),
            uid=uid,
        ) from None
    return Account(uid=uid, gid=entry.pw_gid)


def _may_run_postgres() -> bool:
    """Tell whether Postgres runs as us: not as root, nor as a uid without an account."""
    us = os.geteuid()
    try:
        pwd.getpwuid(us)
    except KeyError:
        return False
    return us != 0


def find_for_new(postgres: str, directory: Path) -> Account | None:
    """
    Choose the account for a new cluster in `directory`; None where no account can work there.

    Root lends Postgres an account that reaches both its programs and the directory; where
    none does (a checkout or data directory below a closed home), a user namespace helps.
    """
    if _may_run_postgres():
        return OURSELVES
    for account in lent_accounts():
        if reaches(account, postgres, directory):
            return account
    return IN_NAMESPACE if has_namespaces() else None


def lent_accounts() -> list[Account]:
    """Return the accounts that root can run Postgres as."""
    found: list[Account] = []
    if os.geteuid() != 0:
        return found
    for name in LENT_ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            found.append(Account(uid=entry.pw_uid, gid=entry.pw_gid))
    return found


def reaches(account: Account, postgres: str, directory: Path) -> bool:
    """Find out by trying whether an account can run the program and enter the directory."""
    # By trying, since access lists and mounts decide too, not mode bits alone.
    answer = account.run(["/bin/sh", "-c", 'cd "$1" && "$0" --version', postgres, str(directory)])
    return answer.code == 0


def has_namespaces() -> bool:
    """Tell whether the system lets us make a user namespace; many containers do not."""
    try:
        return IN_NAMESPACE.run(["true"]).code == 0
    except FileNotFoundError:
        return False


def require_namespace(cluster: Path) -> Account:
    """Return the way to run a cluster that belongs to root, or to a uid without a name."""
    if not has_namespaces():
        raise Unavailable(
            "The database in %(cluster)s belongs to an account that Postgres refuses to run as, "
            "but for a user namespace, which this system does not allow. Give it to another "
            "account: chown -R nobody %(cluster)s",
            cluster=str(cluster),
        )
    return IN_NAMESPACE
