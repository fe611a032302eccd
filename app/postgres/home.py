"""Where things of one embedded cluster lie: the cluster itself and what belongs beside it."""

import hashlib
import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from app.errors import Unavailable
from app.postgres.account import Account

SOCKET_NAME = ".s.PGSQL.5432"
PORT = 5432
# sizeof(sockaddr_un.sun_path) less the closing NUL: 107 on Linux, 103 on macOS and the BSDs.
SOCKET_PATH_LIMIT_BYTES = 103


@dataclass(frozen=True)
class Home:
    """A directory with a cluster, its locks, its log and its socket."""

    directory: Path

    @property
    def cluster(self) -> Path:
        """The data directory of Postgres, wherever a link to another file system leads."""
        return (self.directory / "cluster").resolve()

    @property
    def owner_lock(self) -> Path:
        """Held by the one process that starts and stops the cluster."""
        return self.directory / "owner.lock"

    @property
    def guest_lock(self) -> Path:
        """Shared by the processes that use a cluster which another process started."""
        return self.directory / "guest.lock"

    @property
    def log(self) -> Path:
        """What Postgres has to say."""
        return self.directory / "postgres.log"

    def create(self) -> None:
        """Make the directory: private, but open to the account that Postgres runs as."""
        # Root may have to hand the cluster to another account, which must get there. What is
        # private inside has a mode of its own.
        mode = 0o711 if os.geteuid() == 0 else 0o700
        for directory in (self.directory.parent, self.directory):
            if not directory.exists():
                directory.mkdir(mode=mode, parents=True)
                directory.chmod(mode)


def make_socket_directory(home: Home, account: Account) -> Path:
    """
    Return a private directory for the socket, short enough for the operating system.

    Only its owner can enter it, which is why Postgres may trust whoever connects.
    """
    beside = home.cluster.with_name("socket")
    if _fits(beside):
        if not beside.exists():
            beside.mkdir(mode=0o700)
        account.give(beside)
        return beside
    name = "peibi-" + hashlib.sha256(os.fsencode(home.cluster)).hexdigest()[:12]
    short = Path(tempfile.gettempdir()) / name
    try:
        short.mkdir(mode=0o700)
    except FileExistsError:
        # Anybody may write there: what we find must be ours, and closed to all others.
        found = short.lstat()
        is_ours = found.st_uid in {os.geteuid(), account.owner_uid}
        if not (stat.S_ISDIR(found.st_mode) and is_ours and not found.st_mode & 0o077):
            short = Path(tempfile.mkdtemp(prefix="peibi-"))
    if not _fits(short):
        raise Unavailable(
            "No path is short enough for the socket of the embedded Postgres: neither %(beside)s "
            "nor %(short)s. Set PEIBI_DATA_DIR to a shorter path, or TMPDIR to one such as /tmp.",
            beside=str(beside),
            short=str(short),
        )
    account.give(short)
    return short


def _fits(directory: Path) -> bool:
    return len(os.fsencode(directory / SOCKET_NAME)) <= SOCKET_PATH_LIMIT_BYTES
