"""`peibi quotes`: list requests for quotation, and write one with what came to a file."""

import json
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from app.mixtures.cli import find_viewer, one_sentence
from app.quotes.api.answers.quotes import quote_out
from app.quotes.api.rfqs import show
from app.quotes.documents import giving
from app.quotes.documents.giving import Kind
from app.quotes.queries import quotes as quote_queries
from app.quotes.queries import rfqs as rfq_queries
from app.quotes.queries.sizes import count_parts
from app.quotes.state import RfqState
from app.web.terminal import choose_language

SessionScope = Callable[[], AbstractContextManager[Session]]

Person = Annotated[str, typer.Option("--as", envvar="PEIBI_EMAIL", help="Who asks.")]
Number = Annotated[str, typer.Argument(help="The number of the request, such as RFQ-2026-0014.")]
Output = Annotated[
    Path, typer.Option("--output", "-o", help="The file to write; - is standard output.")
]
MOST = 10_000


class Format(StrEnum):
    """What an export is."""

    JSON = "json"  # the request with the quotes that one may read
    PDF = "pdf"  # the request on paper
    COMPARISON_CSV = "comparison.csv"
    COMPARISON_XLSX = "comparison.xlsx"
    COMPARISON_PDF = "comparison.pdf"
    AWARD_PDF = "award.pdf"  # the decisions on paper


def make_quotes_app(session_scope: SessionScope) -> typer.Typer:
    """Return the commands of `peibi quotes`."""
    app = typer.Typer(help="Requests for quotation and what came.", no_args_is_help=True)

    app.callback()(choose_language)

    @app.command("list")
    def list_requests(
        person: Person = "",
        state: Annotated[RfqState | None, typer.Option(help="Only those in this state.")] = None,
        text: Annotated[str, typer.Option(help="Only those whose title or number has it.")] = "",
    ) -> None:
        """Print number, state, deadline (UTC), quotes that came, title: tab-separated."""
        with one_sentence(), session_scope() as session:
            viewer = find_viewer(session, person)
            found = rfq_queries.list_rfqs(
                session, viewer, state=state, text=text, limit=MOST, is_whole=False
            )
            sizes = count_parts(session, found) if viewer.is_team else {}
            lines = [
                "\t".join(
                    (
                        rfq.number,
                        rfq.effective_state,
                        rfq.deadline.isoformat(timespec="minutes") if rfq.deadline else "-",
                        str(sizes[rfq.id].quotes) if viewer.is_team else "-",
                        " ".join(rfq.title.split()),
                    )
                )
                for rfq in found[:MOST]
            ]
        for line in lines:
            typer.echo(line)

    @app.command()
    def export(
        number: Number,
        person: Person = "",
        form: Annotated[Format, typer.Option("--format", help="What to write.")] = Format.JSON,
        output: Output = Path("-"),
    ) -> None:
        """Write a request: with quotes as JSON, on paper, or its comparison once they are open."""
        with one_sentence(), session_scope() as session:
            content = _content(session, number, person, form)
        if str(output) == "-":
            sys.stdout.buffer.write(content)
        else:
            output.write_bytes(content)
            typer.echo(f"wrote {output}", err=True)

    return app


def _content(session: Session, number: str, person: str, form: Format) -> bytes:
    viewer = find_viewer(session, person)
    if form is Format.PDF:
        return giving.give_request(session, number, viewer).content
    if form is Format.AWARD_PDF:
        return giving.give_award(session, number, viewer).content
    if form is not Format.JSON:
        kind = Kind(form.removeprefix("comparison."))
        return giving.give_comparison(session, number, viewer, kind).content
    rfq = rfq_queries.get_rfq(session, number, viewer)
    body = show(session, rfq, viewer).model_dump(mode="json")
    quotes = quote_queries.list_quotes(session, rfq, viewer)
    body["quotes"] = [quote_out(one).model_dump(mode="json") for one in quotes]
    return (json.dumps(body, ensure_ascii=False, indent=2) + "\n").encode()
