"""
The command line: `peibi serve`, `peibi db`, `peibi user`, `peibi token`, `peibi mixture`, ...

A group of commands is imported when it is asked for: `serve` needs none, and starts sooner.
"""
# ruff: noqa: PLC0415  see above

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app import schema, supervisor
from app.accounts.first_run import ensure_first_link
from app.catalog.seed.apply import seed
from app.db import make_engine
from app.errors import AppError
from app.logs import configure_logs
from app.postgres import backup as backups
from app.postgres import embedded
from app.settings import Settings
from app.version import VERSION


@contextmanager
def engine_scope(settings: Settings) -> Iterator[Engine]:
    """Yield an engine on the installation's database, started and migrated if need be."""
    with embedded.database(settings) as url:
        engine = make_engine(url, pool_size=2)
        try:
            schema.migrate(engine)
            yield engine
        finally:
            engine.dispose()


@contextmanager
def session_scope() -> Iterator[Session]:
    """Yield a session for one command; commit if it returned."""
    with engine_scope(Settings()) as engine, Session(engine) as session, session.begin():
        yield session


def _user() -> typer.Typer:
    from app.accounts.cli import make_user_app
    from app.quotes import naming

    return make_user_app(session_scope, naming.ensure_vendor)


def _token() -> typer.Typer:
    from app.accounts.cli import make_token_app

    return make_token_app(session_scope)


def _catalogue() -> typer.Typer:
    from app.catalog.cli import make_catalogue_app

    return make_catalogue_app(session_scope)


def _mixture() -> typer.Typer:
    from app.mixtures.cli import make_mixture_app
    from app.trainers.cli import add_export

    mixture = make_mixture_app(session_scope)
    # Exports are the trainers', which mixtures know nothing of.
    add_export(mixture, session_scope)
    return mixture


def _trainer() -> typer.Typer:
    from app.trainers.cli import make_trainer_app

    return make_trainer_app()


def _training() -> typer.Typer:
    from app.training.cli import make_training_app

    return make_training_app()


def _quotes() -> typer.Typer:
    from app.quotes.cli import make_quotes_app

    return make_quotes_app(session_scope)


GROUPS: dict[str, Callable[[], typer.Typer]] = {
    "user": _user,
    "token": _token,
    "catalogue": _catalogue,
    "mixture": _mixture,
    "trainer": _trainer,
    "training": _training,
    "quotes": _quotes,
}
# The commands that start with the portal: they wait for no other's imports.
ALONE = ("serve", "worker")


cli = typer.Typer(
    help="Peibi 配比: plan what a language model is trained on.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
db = typer.Typer(help="Migrate, back up and restore the database.", no_args_is_help=True)
cli.add_typer(db, name="db")


@cli.command()
def version() -> None:
    """Print the version."""
    print(VERSION)


@cli.command()
def serve() -> None:
    """Start the portal: the embedded Postgres unless DATABASE_URL is set, and the web processes."""
    settings = Settings()
    configure_logs(settings)
    first_links: list[str] = []

    def prepare(url: str) -> None:
        engine = make_engine(url, pool_size=2)
        try:
            schema.migrate(engine)
            with Session(engine) as session, session.begin():
                seed(session)
                if link := ensure_first_link(session, settings.base_url):
                    first_links.append(link)
        finally:
            engine.dispose()

    def tell(_url: str) -> None:
        print(f"\n  Peibi 配比 {VERSION} is ready: {settings.base_url}\n", flush=True)
        for link in first_links:
            print("  Nobody has signed in yet. Open this one-time link (valid for 24 hours):")
            print(f"  {link}\n", flush=True)

    raise typer.Exit(supervisor.serve(settings, prepare=prepare, on_ready=tell))


@cli.command("worker")
def run_worker(
    *,
    concurrency: Annotated[int, typer.Option(min=1, max=64, help="Jobs at a time.")] = 2,
    drain: Annotated[bool, typer.Option(help="Stop when no job is left.")] = False,
) -> None:
    """Run background jobs until stopped, on as many machines as wanted."""
    from app import worker

    settings = Settings()
    configure_logs(settings)
    with embedded.database(settings) as url:
        worker.run(settings, url, concurrency=concurrency, drain=drain)


@db.command("migrate")
def migrate_database() -> None:
    """Bring the database to this version's schema."""
    with embedded.database(Settings()) as url:
        engine = make_engine(url, pool_size=1)
        print("migrated" if schema.migrate(engine) else "already up to date")
        engine.dispose()


@db.command("url")
def print_url() -> None:
    """Print the address of the database, for psql and other tools."""
    with embedded.database(Settings()) as url:
        print(url)


@db.command("backup")
def back_up(file: Annotated[Path, typer.Argument(help="The file to write.")]) -> None:
    """Write everything the portal holds to one file."""
    backups.backup(Settings(), file)
    print(f"wrote {file}")


@db.command("restore")
def restore(
    file: Annotated[Path, typer.Argument(help="A file that `peibi db backup` wrote.")],
    *,
    force: Annotated[bool, typer.Option(help="Replace what the portal holds now.")] = False,
) -> None:
    """Bring back everything from a backup."""
    settings = Settings()
    backups.restore(settings, file, known_revisions=schema.known_revisions(), force=force)
    # The backup may be of an older version.
    with engine_scope(settings):
        pass
    print(f"restored {file}")


def groups_for(asked: str | None) -> tuple[str, ...]:
    """Return the groups to import where this command is asked for: it alone, or all for help."""
    if asked in ALONE:
        return ()
    return (asked,) if asked is not None and asked in GROUPS else tuple(GROUPS)


def main() -> None:
    """Run the command line; an error is one sentence on standard error."""
    try:
        for name in groups_for(next(iter(sys.argv[1:]), None)):
            cli.add_typer(GROUPS[name](), name=name)
        cli()
    except AppError as error:
        print(f"peibi: {error}", file=sys.stderr)
        raise SystemExit(1) from None
