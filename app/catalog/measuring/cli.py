"""`peibi catalogue measure`: count the tokens of a dataset's real files."""

import json
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from app.accounts import operators
from app.accounts.permissions import Permission
from app.catalog import queries
from app.catalog.measuring import engines, service, sources, vocabularies
from app.catalog.measuring.counting import Plan
from app.catalog.measuring.measurement import Measurement, Progress, measure
from app.catalog.measuring.report import whole_report
from app.catalog.measuring.sampling import Total

SessionScope = Callable[[], AbstractContextManager[Session]]


class EngineName(StrEnum):
    """Where pieces are counted."""

    LOCAL = "local"
    RAY = "ray"


class KindName(StrEnum):
    """What a file is, whatever its name says."""

    JSONL = "jsonl"
    TEXT = "text"
    PARQUET = "parquet"


def add_command(catalogue: typer.Typer, session_scope: SessionScope) -> None:
    """Add the command to those of the catalogue."""

    @catalogue.command("measure")
    def measure_files(  # noqa: PLR0913  the options of a command
        dataset: Annotated[str, typer.Argument(help="Its slug; a subset's is parent/child.")],
        paths: Annotated[
            list[str], typer.Argument(help="Files, folders, patterns or fsspec URLs.")
        ],
        *,
        tokenizer: Annotated[
            str,
            typer.Option(help=f"{', '.join(vocabularies.NAMED)}, or a tokenizer.json."),
        ] = vocabularies.DEFAULT,
        field: Annotated[str, typer.Option(help="The field or column of the text.")] = "text",
        sample: Annotated[
            float, typer.Option(help="The part of the pieces to count; 1 counts everything.")
        ] = 1.0,
        seed: Annotated[int, typer.Option(help="Chooses the sample.")] = 0,
        part: Annotated[
            bool, typer.Option("--part", help="The files are a part of the dataset only.")
        ] = False,
        kind: Annotated[
            KindName | None, typer.Option(help="What the files are, whatever they are called.")
        ] = None,
        engine: Annotated[EngineName, typer.Option(help="This machine, or a Ray cluster.")] = (
            EngineName.LOCAL
        ),
        ray_address: Annotated[
            str | None, typer.Option(help="The cluster's address; without it one of this machine.")
        ] = None,
        workers: Annotated[
            int | None, typer.Option(min=1, max=4_096, help="Cores to use; by default all.")
        ] = None,
        checksums: Annotated[bool, typer.Option(help="Read the files for their SHA-256.")] = True,
        report: Annotated[
            Path | None, typer.Option(help="Write everything that was found to this JSON file.")
        ] = None,
        attach: Annotated[bool, typer.Option(help="Keep the result with the dataset.")] = True,
        as_email: Annotated[
            str, typer.Option("--as", metavar="EMAIL", help="Record it for this account.")
        ] = "",
    ) -> None:
        """
        Count documents, bytes and tokens of real files, and keep the result with the dataset.

        Ctrl-C ends the counting and keeps what was counted.
        """
        with session_scope() as session:
            queries.get_dataset(session, dataset, with_team=True)
            # Hours of counting must not end with a name that is unknown.
            actor = operators.get_actor(session, as_email, Permission.EDIT_CATALOGUE)
        plan = Plan(vocabularies.find(tokenizer), field)
        files = sources.find(paths, kind=kind)
        if engine is EngineName.RAY:
            runs: engines.Engine = engines.RayCluster(ray_address, workers)
        else:
            runs = engines.LocalCores(workers)
        shown = _Progress()
        found = measure(
            files,
            plan,
            runs,
            share=sample,
            seed=seed,
            with_digests=checksums,
            on_progress=shown.show,
        )
        shown.end()
        if report is not None:
            report.write_text(json.dumps(whole_report(found), ensure_ascii=False, indent=2) + "\n")
        print("\n".join(summary(found)))
        if attach:
            with session_scope() as session:
                service.attach(session, dataset, found, is_whole=not part, actor=actor)
            print(f"kept with {dataset}")


def summary(found: Measurement) -> list[str]:
    """Return what was found, in lines."""
    tally, vocabulary = found.tally, found.plan.vocabulary
    rate = tally.bytes / found.seconds / 1e6 if found.seconds else 0.0
    lines = [
        f"tokenizer  {vocabulary.name} (sha256 {vocabulary.sha256[:12]})",
        f"counted    {tally.documents:,} documents, {tally.bytes:,} bytes, {tally.tokens:,} tokens",
        f"pieces     {found.units_counted:,} of {found.units_total:,}, {len(found.files):,} files",
        f"rate       {rate:.1f} MB/s of text",
    ]
    if found.bytes_per_token is not None:
        lines.append(f"           {float(found.bytes_per_token):.4f} bytes per token")
    if tally.skipped:
        reasons = ", ".join(f"{count:,} {reason}" for reason, count in tally.skipped.most_common())
        lines.append(f"left out   {reasons}")
        lines += [
            f"           {url}: {place}: {reason}" for url, place, reason in tally.examples[:3]
        ]
    if found.is_stopped:
        lines.append("stopped    before its end; what was counted is kept")
    if not found.is_full:
        lines += [
            f"estimate   {_total(found.tokens)} tokens",
            f"           {_total(found.documents)} documents, {_total(found.bytes)} bytes of text",
        ]
    return lines


def _total(total: Total) -> str:
    if total.low is None or total.high is None:
        return f"{total.mid:,} (no interval)"
    return f"{total.mid:,} (95 %: {total.low:,} to {total.high:,})"


class _Progress:
    """One line that is written over on a terminal; elsewhere a line now and then."""

    def __init__(self) -> None:
        self.is_terminal = sys.stderr.isatty()
        self.seconds_between = 0.2 if self.is_terminal else 10.0
        self.shown_at = 0.0

    def show(self, progress: Progress) -> None:
        """Say how far it is, not too often."""
        now = time.monotonic()
        if now - self.shown_at < self.seconds_between:
            return
        self.shown_at = now
        share = progress.done_bytes / progress.total_bytes if progress.total_bytes else 1.0
        left = progress.seconds / share * (1 - share) if share else 0.0
        line = (
            f"{share:6.1%}  {progress.tally.documents:,} documents  {progress.tally.tokens:,} "
            f"tokens  {progress.bytes_per_second / 1e6:.1f} MB/s  {left:,.0f} s left"
        )
        text = f"\r{line:<78}" if self.is_terminal else line
        print(text, end=self._end, file=sys.stderr, flush=True)

    def end(self) -> None:
        """Leave the line."""
        if self.is_terminal:
            print(file=sys.stderr)

    @property
    def _end(self) -> str:
        return "" if self.is_terminal else "\n"
