"""`peibi user` and `peibi token`."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import typer
from sqlalchemy.orm import Session

SessionScope = Callable[[], AbstractContextManager[Session]]


def make_user_app(session_scope: SessionScope) -> typer.Typer:
    """Return the commands of `peibi user`."""
    app = typer.Typer(help="People who can sign in.", no_args_is_help=True)

    @app.command("list")
    def list_people() -> None:
        """List everybody."""
        with session_scope():
            pass

    return app


def make_token_app(session_scope: SessionScope) -> typer.Typer:
    """Return the commands of `peibi token`."""
    app = typer.Typer(help="API tokens for scripts.", no_args_is_help=True)

    @app.command("list")
    def list_tokens() -> None:
        """List every token."""
        with session_scope():
            pass

    return app
