"""`peibi mixture`: mixtures as text files, on this installation or on another by its API."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.accounts.credentials import Credential
from app.accounts.viewers import Viewer, make_viewer
from app.errors import AppError, InvalidInput, NotFound
from app.mixtures import access, client, texts, versions
from app.mixtures.client import Report
from app.mixtures.findings import has_errors, lacks_estimates
from app.mixtures.queries import drafts as draft_queries
from app.mixtures.queries import mixtures as mixture_queries
from app.mixtures.queries import versions as version_queries
from app.web.i18n import gettext as _
from app.web.terminal import choose_language

SessionScope = Callable[[], AbstractContextManager[Session]]

Slug = Annotated[str, typer.Argument(help="The short name of the mixture.")]
File = Annotated[Path, typer.Argument(help="A text file of one mixture; - is standard input.")]
Person = Annotated[
    str,
    typer.Option("--as", envvar="PEIBI_EMAIL", help="Who does it, on this installation."),
]
Url = Annotated[
    str,
    typer.Option(
        envvar="PEIBI_URL",
        help="Another installation, by its address; the API token is read from PEIBI_TOKEN.",
    ),
]


@contextmanager
def one_sentence() -> Iterator[None]:
    """Turn a refusal into one sentence on standard error and exit code 1."""
    try:
        yield
    except AppError as error:
        typer.echo(client.sentence(error), err=True)
        raise typer.Exit(1) from None


def find_viewer(session: Session, email: str) -> Viewer:
    """
    Return a person of this installation as the one who acts.

    Raises
    ------
    InvalidInput
        If nobody is named, or there is no such active account.
    """
    if not email:
        raise InvalidInput("Say who does it: --as EMAIL, or --url with PEIBI_TOKEN.")
    account = accounts.find_account_by_email(session, email)
    if account is None or not account.is_active:
        raise NotFound("There is no active account %(email)s.", email=email)
    found = Credential(
        credential_id=0,
        scopes=[],
        is_touch_due=False,
        account_id=account.id,
        name=account.name,
        email=account.email,
        role=account.role,
        organisation_id=account.organisation_id,
        organisation_kind=account.organisation.kind,
        organisation_slug=account.organisation.slug,
    )
    return make_viewer(found, via="session", is_catalogue_public=True)


def make_mixture_app(session_scope: SessionScope) -> typer.Typer:
    """Return the commands of `peibi mixture`."""
    app = typer.Typer(help="Mixtures as text files, for git.", no_args_is_help=True)

    app.callback()(choose_language)

    @app.command("list")
    def list_mixtures(person: Person = "", url: Url = "") -> None:
        """Print the mixtures that one may see: short name, last version, name."""
        with one_sentence():
            lines = client.list_mixtures(url) if url else list_here(session_scope, person)
            print("\n".join(lines))

    @app.command()
    def pull(
        slug: Slug,
        *,
        version: Annotated[int, typer.Option(help="A version; by default the draft.")] = 0,
        person: Person = "",
        url: Url = "",
    ) -> None:
        """Print a mixture as text."""
        with one_sentence():
            found = (
                client.pull(url, slug, version)
                if url
                else pull_here(session_scope, slug, version, person)
            )
            print(found, end="")

    @app.command()
    def push(
        file: File,
        *,
        message: Annotated[str, typer.Option(help="Save a version too, with this message.")] = "",
        reason: Annotated[str, typer.Option(help="Why, where a policy does not hold.")] = "",
        force: Annotated[bool, typer.Option(help="Whatever the draft is now.")] = False,
        person: Person = "",
        url: Url = "",
    ) -> None:
        """Put a text in the place of the draft it was pulled from, or make a mixture of it."""
        text = read_file(file)
        with one_sentence():
            if url:
                print(client.push(url, text, message=message, reason=reason, force=force))
                return
            with session_scope() as session:
                viewer = find_viewer(session, person)
                print(push_here(session, text, viewer, message=message, reason=reason, force=force))

    @app.command()
    def check(file: File, *, person: Person = "", url: Url = "") -> None:
        """Check a text with the sentences of the page; exit code 1 if it does not fit."""
        text = read_file(file)
        with one_sentence():
            report = client.check(url, text) if url else check_here(session_scope, text, person)
        print(report.printed())
        if not report.ok:
            raise typer.Exit(1)

    return app


def list_here(session_scope: SessionScope, person: str) -> list[str]:
    """Return a line for each mixture of this installation that a person may see."""
    with session_scope() as session:
        viewer = find_viewer(session, person)
        found = mixture_queries.list_mixtures(session, viewer, limit=client.MOST)
        return [f"{one.slug}\t{one.last_version}\t{one.name}" for one in found]


def pull_here(session_scope: SessionScope, slug: str, version: int, person: str) -> str:
    """Return a mixture of this installation as text."""
    with session_scope() as session:
        viewer = find_viewer(session, person)
        mixture = mixture_queries.get_mixture(session, slug, viewer)
        if version:
            saved = version_queries.get_version(session, mixture, version)
            return texts.of_version(mixture, saved, with_team=access.sees_team(viewer))
        return texts.of_draft(mixture, draft_queries.get_draft(session, mixture.id))


def check_here(session_scope: SessionScope, text: str, person: str) -> Report:
    """Return what the page of this installation would say of a text."""
    with session_scope() as session:
        viewer = find_viewer(session, person)
        found = texts.check(session, texts.read(session, text), viewer)
        lines = [client.line(one.severity, one.phase, one.message) for one in found]
        return Report(not has_errors(found), not lacks_estimates(found), lines)


def push_here(
    session: Session, text: str, viewer: Viewer, *, message: str, reason: str, force: bool
) -> str:
    """Put a text into this installation; return one line about what was done."""
    document = texts.read(session, text)
    try:
        mixture = mixture_queries.get_mixture(session, document.slug or "", viewer)
    except NotFound:
        mixture = texts.create(session, document, viewer=viewer)
    else:
        now = draft_queries.get_draft(session, mixture.id).revision
        revision = now if force else document.revision
        if revision is None:
            raise InvalidInput(
                "The text does not say which revision it was pulled from. Pull first, or use "
                "--force."
            )
        texts.put(session, mixture, document, revision=revision, viewer=viewer)
    if not message:
        return client.put(mixture.slug)
    saved = versions.save_version(
        session, mixture, message=message, reason=reason or None, viewer=viewer
    )
    return client.put(mixture.slug, saved.number)


def read_file(file: Path) -> str:
    """Return the text of a file, or of standard input."""
    if str(file) == "-":
        return typer.get_text_stream("stdin").read()
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        problem = _("There is no file %(file)s.", file=str(file))
    except UnicodeDecodeError:
        problem = _("%(file)s is no text in UTF-8.", file=str(file))
    except OSError as error:
        reason = error.strerror or str(error)
        problem = _("%(file)s cannot be read: %(reason)s.", file=str(file), reason=reason)
    typer.echo(problem, err=True)
    raise typer.Exit(1)
