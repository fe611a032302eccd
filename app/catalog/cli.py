"""`peibi catalogue`: bring in the facts that come with Peibi, rebuild the search."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import typer
from sqlalchemy.orm import Session

from app.catalog.importing import cli as importing_cli
from app.catalog.measuring import cli as measuring_cli
from app.catalog.search import indexing
from app.catalog.seed.apply import seed


def make_catalogue_app(
    session_scope: Callable[[], AbstractContextManager[Session]],
) -> typer.Typer:
    """Return the commands of the catalogue; `session_scope` opens a session and commits it."""
    catalogue = typer.Typer(help="The catalogue's facts and its search.", no_args_is_help=True)

    @catalogue.command("seed")
    def bring_facts() -> None:
        """Bring in the facts that come with this version; what people changed stays."""
        with session_scope() as session:
            print(seed(session))

    @catalogue.command("reindex")
    def rebuild_search() -> None:
        """Build the search of the whole catalogue anew."""
        with session_scope() as session:
            indexing.rebuild(session)
        print("rebuilt")

    measuring_cli.add_command(catalogue, session_scope)
    importing_cli.add_command(catalogue, session_scope)
    return catalogue
