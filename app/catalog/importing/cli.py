"""`peibi catalogue import`: read a file, print what it would do, and apply it when told to."""

import io
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO, Annotated

import typer
from sqlalchemy.orm import Session

from app.accounts import operators
from app.accounts.permissions import Permission
from app.catalog.editing import queries as editing_queries
from app.catalog.importing import applying, forms, queries, row_views, service
from app.catalog.importing.forms import PASTED_NAME
from app.catalog.importing.models import Import, Outcome
from app.catalog.importing.options import CHANGE, DEFAULT_CATEGORY
from app.catalog.importing.row_views import FindingView
from app.catalog.models.datasets import Visibility
from app.errors import AppError, InvalidInput
from app.jobs.work import allow_long_statements
from app.web.errors import sentence
from app.web.i18n import LOCALES, use_locale
from app.web.i18n import gettext as _

SessionScope = Callable[[], AbstractContextManager[Session]]

PAGE = 1_000
PROBLEMS = 1


def add_command(catalogue: typer.Typer, session_scope: SessionScope) -> None:
    """Add the command to those of the catalogue."""

    @catalogue.command("import")
    def import_file(  # noqa: PLR0913  the options of a command
        file: Annotated[str, typer.Argument(help="A list, card, Croissant or JSON; - is stdin.")],
        *,
        apply: Annotated[bool, typer.Option("--apply", help="Apply it after a question.")] = False,
        yes: Annotated[bool, typer.Option("--yes", help="Apply it without a question.")] = False,
        provider: Annotated[str, typer.Option(help="Who sent a list that names nobody.")] = "",
        category: Annotated[str, typer.Option(help="For rows that name none.")] = DEFAULT_CATEGORY,
        visibility: Annotated[
            str, typer.Option(help="Who may see new datasets: team or public.")
        ] = Visibility.TEAM.value,
        existing: Annotated[
            str, typer.Option(help="Datasets that are there: change or keep.")
        ] = CHANGE,
        sheet: Annotated[str, typer.Option(help="The sheet to read of a workbook.")] = "",
        as_email: Annotated[
            str, typer.Option("--as", metavar="EMAIL", help="Record it for this account.")
        ] = "",
        language: Annotated[str, typer.Option(help="Of the messages: en or zh_CN.")] = "en",
    ) -> None:
        """
        Read a file and print what it would do; exit code 1 where a row has an error.

        Nothing is changed without --apply or --yes. Rows with errors are left out.
        """
        use_locale(language if language in LOCALES else "en")
        fields = {
            "provider": provider,
            "category": category,
            "visibility": visibility,
            "existing": existing,
            "sheet": sheet,
        }
        try:
            has_errors = _run(
                session_scope, file, fields, as_email=as_email, apply=apply or yes, asks=not yes
            )
        except AppError as error:
            print(sentence(error), file=sys.stderr)
            raise typer.Exit(PROBLEMS) from None
        if has_errors:
            raise typer.Exit(PROBLEMS)


def _run(
    session_scope: SessionScope,
    file: str,
    fields: dict[str, str],
    *,
    as_email: str,
    apply: bool,
    asks: bool,
) -> bool:
    """Preview a file, and apply it if wanted; return whether a row has an error."""
    with session_scope() as session, _opened(file) as handle:
        allow_long_statements(session)
        actor = operators.get_actor(session, as_email, Permission.EDIT_CATALOGUE)
        # A command that only looks leaves nothing behind.
        attempt = session.begin_nested()
        known = editing_queries.load_known(session)
        chosen = forms.read_options(fields, known.categories)
        name = PASTED_NAME if file == "-" else Path(file).name
        found = service.read_local(session, name, handle, chosen, actor=actor)
        for line in _preview_lines(session, found):
            print(line)
        has_errors = bool(found.counts.get(Outcome.REFUSE, 0))
        is_wanted = apply and service.written_count(found) > 0
        if is_wanted and asks:
            is_wanted = typer.confirm(_("Apply this?"))
        if is_wanted:
            applying.apply(session, found, actor=actor, report=lambda _rows: None)
            attempt.commit()
            print(_("Applied."))
        else:
            attempt.rollback()
            print(_("Nothing was changed."))
    return has_errors


def _opened(file: str) -> IO[bytes]:
    if file == "-":
        return io.BytesIO(sys.stdin.buffer.read())
    try:
        return Path(file).open("rb")
    except OSError as error:
        raise InvalidInput(
            "The file %(file)s cannot be opened: %(why)s.", file=file, why=str(error.strerror)
        ) from None


def _preview_lines(session: Session, found: Import) -> Iterator[str]:
    """Yield what was noticed, each dataset that changes, and the numbers."""
    for one in found.findings:
        yield _line("", row_views.finding_view(one))
    above: int | None = 0
    while above is not None:
        page = queries.list_rows(session, found, above=above, limit=PAGE)
        for row in page.rows:
            where = _("row %(row)s", row=row.row)
            for stored in row.findings:
                yield _line(where, row_views.finding_view(stored))
            if row.outcome == Outcome.CHANGE:
                fields = ", ".join(row.after or {})
                yield _(
                    "%(where)s: %(slug)s changes: %(fields)s",
                    where=where,
                    slug=row.slug,
                    fields=fields,
                )
        session.expunge_all()
        session.add(found)
        above = page.next_above
    counts = {one.value: found.counts.get(one.value, 0) for one in Outcome}
    yield _(
        "New: %(create)s. Changed: %(change)s. Nothing to change: %(same)s. Left out: %(skip)s. "
        "With errors: %(refuse)s.",
        **counts,
    )


def _line(where: str, finding: FindingView) -> str:
    words = {"error": _("error"), "warning": _("warning"), "info": _("note")}
    place = " ".join(part for part in (where, words[finding.severity]) if part)
    column = f"{finding.column}: " if finding.column else ""
    remedy = f" {finding.remedy}" if finding.remedy else ""
    return f"{place}: {column}{finding.sentence}{remedy}"
