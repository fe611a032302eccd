"""The command line: `peibi serve`, `peibi db`, `peibi user`, `peibi token`, `peibi mixture`, ..."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app import schema, supervisor
from app import worker as background
from app.accounts import cli as accounts_cli
from app.accounts.first_run import ensure_first_link
from app.catalog import cli as catalog_cli
from app.catalog.seed.apply import seed
from app.db import make_engine
from app.errors import AppError
from app.logs import configure_logs
from app.mixtures import cli as mixtures_cli
from app.postgres import backup as backups
from app.postgres import embedded
from app.settings import Settings
from app.trainers import cli as trainers_cli
from app.training import cli as training_cli
from app.version import VERSION

cli = typer.Typer(
    help="Peibi 配比: plan what a language model is trained on.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
db = typer.Typer(help="Migrate, back up and restore the database.", no_args_is_help=True)


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


cli.add_typer(db, name="db")
cli.add_typer(accounts_cli.make_user_app(session_scope), name="user")
cli.add_typer(accounts_cli.make_token_app(session_scope), name="token")
cli.add_typer(catalog_cli.make_catalogue_app(session_scope), name="catalogue")
mixture = mixtures_cli.make_mixture_app(session_scope)
# Exports are the trainers', which mixtures know nothing of.
trainers_cli.add_export(mixture, session_scope)
cli.add_typer(mixture, name="mixture")
cli.add_typer(trainers_cli.make_trainer_app(), name="trainer")
cli.add_typer(training_cli.make_training_app(), name="training")


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
    settings = Settings()
    configure_logs(settings)
    with embedded.database(settings) as url:
        background.run(settings, url, concurrency=concurrency, drain=drain)


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


def main() -> None:
    """Run the command line; an error is one sentence on standard error."""
    try:
        cli()
    except AppError as error:
        print(f"peibi: {error}", file=sys.stderr)
        raise SystemExit(1) from None
