"""`peibi user` and `peibi token`: what an operator does where the portal runs."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from app.accounts import forms, invitations, organisations, people, queries, tokens
from app.accounts.models import Account, Organisation, Role
from app.accounts.permissions import Scope
from app.audit import COMMAND_LINE
from app.errors import AppError, InvalidInput
from app.settings import Settings

SessionScope = Callable[[], AbstractContextManager[Session]]
EnsureVendor = Callable[..., Organisation]

Email = Annotated[str, typer.Argument(help="The e-mail address of the account.")]


@contextmanager
def one_sentence(session_scope: SessionScope) -> Iterator[Session]:
    """Yield a session; a refusal becomes one sentence on standard error and exit code 1."""
    try:
        with session_scope() as session:
            yield session
    except AppError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None


def check_identity(email: str, name: str) -> None:
    """
    Refuse what no form would take either.

    Raises
    ------
    InvalidInput
        If the e-mail address or the name cannot be one.
    """
    if not forms.is_email(email):
        raise InvalidInput("“%(email)s” is not an e-mail address.", email=email)
    if not name or not forms.is_name(name):
        raise InvalidInput(
            "A name has at most %(most)s characters, in one line.", most=forms.MAX_NAME_CHARACTERS
        )


def describe(account: Account) -> str:
    """Return one line about an account."""
    state = "active" if account.joined_at else "never signed in"
    return "\t".join(
        (
            account.email,
            account.role,
            account.organisation.slug,
            state if account.is_active else "disabled",
            account.name,
        )
    )


def make_user_app(
    session_scope: SessionScope, ensure_vendor: EnsureVendor = organisations.ensure_vendor
) -> typer.Typer:
    """Return the commands of `peibi user`; `ensure_vendor` knows what vendors are called."""
    app = typer.Typer(help="People who can sign in.", no_args_is_help=True)

    @app.command()
    def add(
        email: Email,
        *,
        role: Annotated[Role, typer.Option(help="What they may do.")],
        name: Annotated[str, typer.Option(help="What they are called.")] = "",
        vendor: Annotated[str, typer.Option(help="Short name of a vendor, made if new.")] = "",
        vendor_name_zh: Annotated[str, typer.Option(help="Name of a new vendor.")] = "",
        vendor_name_en: Annotated[str, typer.Option(help="Name of a new vendor.")] = "",
    ) -> None:
        """Make an account without a password; `peibi user link` lets its owner in."""
        with one_sentence(session_scope) as session:
            name = forms.clean_name(name) or email.partition("@")[0]
            check_identity(email, name)
            if vendor and role is not Role.VENDOR:
                raise InvalidInput("Only the role “vendor” goes with --vendor.")
            if role is Role.VENDOR and not vendor:
                raise InvalidInput("Say with --vendor which vendor this person belongs to.")
            organisation = (
                ensure_vendor(
                    session,
                    vendor,
                    actor=COMMAND_LINE,
                    name_zh=vendor_name_zh,
                    name_en=vendor_name_en,
                )
                if vendor
                else organisations.ensure_team(session)
            )
            people.add_person(
                session,
                actor=COMMAND_LINE,
                email=email,
                name=name,
                role=role,
                organisation=organisation,
            )
        typer.echo(f"added {email} as {role.value}")

    @app.command()
    def link(
        email: Email,
        *,
        hours: Annotated[int, typer.Option(min=1, max=168, help="How long it is good for.")] = 1,
    ) -> None:
        """Print a one-time sign-in link, alone on standard output."""
        with one_sentence(session_scope) as session:
            account = queries.get_account_by_email(session, email)
            address = invitations.make_sign_in_link(
                session,
                account,
                actor=COMMAND_LINE,
                base_url=Settings().base_url,
                lifetime=timedelta(hours=hours),
            )
        typer.echo(address)

    @app.command("list")
    def list_people() -> None:
        """Print everybody: e-mail address, role, organisation, state and name, tab-separated."""
        with one_sentence(session_scope) as session:
            lines = [describe(account) for account in queries.list_accounts(session)]
        for line in lines:
            typer.echo(line)

    @app.command()
    def disable(email: Email) -> None:
        """Shut somebody out: end their sessions, revoke their tokens and links."""
        with one_sentence(session_scope) as session:
            account = queries.get_account_by_email(session, email)
            people.disable(session, account, actor=COMMAND_LINE)
        typer.echo(f"disabled {email}")

    @app.command()
    def enable(email: Email) -> None:
        """Let somebody in again."""
        with one_sentence(session_scope) as session:
            account = queries.get_account_by_email(session, email)
            people.enable(session, account, actor=COMMAND_LINE)
        typer.echo(f"enabled {email}")

    @app.command()
    def role(
        email: Email, role: Annotated[Role, typer.Argument(help="What they may do from now on.")]
    ) -> None:
        """Give a member of the team another role."""
        with one_sentence(session_scope) as session:
            account = queries.get_account_by_email(session, email)
            people.change_role(
                session, account, account.organisation, actor=COMMAND_LINE, role=role
            )
        typer.echo(f"{email} is now {role.value}")

    return app


def make_token_app(session_scope: SessionScope) -> typer.Typer:
    """Return the commands of `peibi token`."""
    app = typer.Typer(help="API tokens for scripts.", no_args_is_help=True)

    @app.command()
    def create(
        email: Email,
        *,
        name: Annotated[str, typer.Option(help="What it is for.")] = "command line",
        scope: Annotated[
            list[Scope] | None, typer.Option(help="What it may do; all by default. Repeatable.")
        ] = None,
        days: Annotated[
            int, typer.Option(min=1, max=tokens.MAX_DAYS, help="How long it lives.")
        ] = tokens.DEFAULT_DAYS,
    ) -> None:
        """Print a new API token, alone on standard output: the only time that it is shown."""
        with one_sentence(session_scope) as session:
            account = queries.get_account_by_email(session, email)
            secret = tokens.create_token(
                session, account, actor=COMMAND_LINE, name=name, scopes=scope or Scope, days=days
            )
        typer.echo(secret)

    @app.command("list")
    def list_tokens() -> None:
        """Print all tokens: id, owner, start, expiry, scopes and name, tab-separated."""
        with one_sentence(session_scope) as session:
            lines = [
                "\t".join(
                    (
                        token.public_id,
                        token.account.email,
                        f"{token.hint}…",
                        f"{token.expires_at:%Y-%m-%d}",
                        ",".join(token.scopes),
                        token.name,
                    )
                )
                for token in queries.list_all_tokens(session)
            ]
        for line in lines:
            typer.echo(line)

    @app.command()
    def revoke(
        public_id: Annotated[str, typer.Argument(help="The id that `peibi token list` prints.")],
    ) -> None:
        """Make a token worthless, at once and for good."""
        with one_sentence(session_scope) as session:
            token = queries.get_token(session, public_id)
            account = queries.get_account(session, token.account_id)
            tokens.revoke_token(session, token, account, actor=COMMAND_LINE)
        typer.echo(f"revoked {public_id}")

    return app
