"""Make a cluster that searches Chinese, once, and refuse one of another Postgres version."""

import hashlib
import logging
import os
import shutil
from pathlib import Path

from app.errors import Conflict, Unavailable
from app.postgres import account as accounts
from app.postgres import binaries as programs
from app.postgres.account import Account
from app.postgres.binaries import Binaries
from app.postgres.home import Home

SUPERUSER = "portal"
BUILTIN_LOCALE_MAJOR = 17
# Character types that know Chinese letters. With "C", pg_trgm finds no Chinese at all and the
# text parser takes punctuation for letters; that is the last resort of a bare system.
CHARACTER_TYPES = ("C.UTF-8", "en_US.UTF-8", "UTF-8", "C")
# Root's clusters where neither another account nor a user namespace reaches the data directory.
SYSTEM_DIRECTORY = Path("/var/lib")

logger = logging.getLogger(__name__)


def ensure(home: Home, binaries: Binaries, *, sync: bool = True) -> tuple[Account, Binaries]:
    """
    Make the cluster if there is none; return the account to run it as, and the programs.

    Only for the holder of the owner lock.
    """
    if home.cluster.exists():
        refuse_other_version(home, binaries)
        account = accounts.owner_of(home.cluster)
        return account, _reachable(binaries, account, home.cluster.parent)
    account_or_none = accounts.find_for_new(binaries.program("postgres"), home.directory)
    if account_or_none is None:
        _move_to_system_directory(home)
        account = _any_lent_account(home)
    else:
        account = account_or_none
    binaries = _reachable(binaries, account, home.cluster.parent)
    _initialise(home.cluster, binaries, account, sync=sync)
    return account, binaries


def refuse_other_version(home: Home, binaries: Binaries) -> None:
    """Raise Conflict if the cluster was made by another major version of Postgres."""
    found = (home.cluster / "PG_VERSION").read_text().strip()
    if found != str(binaries.major):
        raise Conflict(
            "The database in %(cluster)s was made by Postgres %(found)s, and this is Postgres "
            "%(ours)s, which cannot read it. Name the directory of a Postgres %(found)s in "
            "PEIBI_POSTGRES_BIN, make a backup with it (peibi db backup FILE), then restore that "
            "into a new PEIBI_DATA_DIR.",
            cluster=str(home.cluster),
            found=found,
            ours=binaries.major,
        )


def _initialise(cluster: Path, binaries: Binaries, account: Account, *, sync: bool) -> None:
    """Run initdb beside the cluster's place and move the result there: all of it or nothing."""
    logger.info("making a new database cluster", extra={"directory": str(cluster)})
    new = cluster.with_name("cluster.new")
    said = ""
    for character_type in CHARACTER_TYPES:
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        account.give(new)
        answer = account.run(_initdb(new, binaries, character_type, sync=sync))
        if answer.code == 0:
            break
        said = answer.output
        if "invalid locale name" not in said:
            raise Unavailable("A new database could not be made. initdb says:\n%(said)s", said=said)
    else:
        raise Unavailable("A new database could not be made. initdb says:\n%(said)s", said=said)
    new.rename(cluster)
    if sync:
        descriptor = os.open(cluster.parent, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _initdb(directory: Path, binaries: Binaries, character_type: str, *, sync: bool) -> list[str]:
    command = [binaries.program("initdb"), "-D", str(directory), "-U", SUPERUSER]
    command += ["--auth=trust", "--encoding=UTF8"]
    if binaries.major >= BUILTIN_LOCALE_MAJOR:
        # The builtin provider sorts, folds case and matches alike on every system.
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        command += ["--locale=C", f"--lc-ctype={character_type}"]
    else:
        command += [f"--locale={character_type}"]
    return command if sync else [*command, "--no-sync"]


def _move_to_system_directory(home: Home) -> None:
    """Leave a link in the home to a directory that every account reaches."""
    name = "peibi-" + hashlib.sha256(os.fsencode(home.directory.resolve())).hexdigest()[:12]
    directory = SYSTEM_DIRECTORY / name
    try:
        directory.mkdir(mode=0o711, exist_ok=True)
        directory.chmod(0o711)
        link = home.directory / "cluster"
        link.unlink(missing_ok=True)
        link.symlink_to(directory / "cluster")
    except OSError as error:
        raise _unreachable(home, str(error)) from error
    logger.warning("the database cluster lives in %s", directory)


def _any_lent_account(home: Home) -> Account:
    accounts_of_root = accounts.lent_accounts()
    if not accounts_of_root:
        raise _unreachable(home, "the accounts postgres and nobody are missing")
    return accounts_of_root[0]


def _unreachable(home: Home, why: str) -> Unavailable:
    return Unavailable(
        "Postgres refuses to run as root, and no other account reaches %(directory)s "
        "(%(why)s). Set PEIBI_DATA_DIR to a directory that every account can enter, such as "
        "/var/lib/peibi, run Peibi as an ordinary user, or name a server in DATABASE_URL.",
        directory=str(home.directory),
        why=why,
    )


def _reachable(binaries: Binaries, account: Account, beside: Path) -> Binaries:
    """Return programs that the account can run: these, or a copy beside the cluster."""
    if account.uid is None or accounts.reaches(account, binaries.program("postgres"), beside):
        return binaries
    return programs.copy_wheel(binaries, beside / "postgres")
