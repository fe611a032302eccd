"""`peibi mixture export` and `peibi trainer`: trainers' files in a terminal or a job."""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from app.errors import InvalidInput
from app.mixtures.cli import Person, SessionScope, Slug, Url, find_viewer, one_sentence
from app.mixtures.queries import mixtures as mixture_queries
from app.mixtures.queries import versions as version_queries
from app.trainers import client, exporting, plans, reading, words
from app.trainers.kit.findings import Finding, Severity
from app.trainers.kit.outputs import Format
from app.trainers.kit.plan import Settings
from app.trainers.registry import FORMATS, get_format
from app.web.terminal import choose_language

Trainer = Annotated[str, typer.Option(help=f"One of: {', '.join(FORMATS)}.")]
Paths = Annotated[list[Path], typer.Argument(help="The files; - is standard input.")]


def add_export(app: typer.Typer, session_scope: SessionScope) -> None:
    """Add `export` to the commands of `peibi mixture`."""

    @app.command()
    def export(  # noqa: PLR0913  options of a command
        slug: Slug,
        *,
        trainer: Trainer,
        version: Annotated[
            int, typer.Option(help="By default the last one.", show_default=False)
        ] = 0,
        output: Annotated[
            Path | None, typer.Option("-o", "--output", help="A folder for the files.")
        ] = None,
        file: Annotated[str, typer.Option(help="Print this one of the files.")] = "",
        sequence_length: Annotated[int, typer.Option(min=1)] = 4096,
        global_batch_size: Annotated[int, typer.Option(min=1)] = 1024,
        seed: Annotated[int, typer.Option(min=0)] = 42,
        exact_epochs: Annotated[
            bool, typer.Option(help="Passes instead of weights, where a format has both.")
        ] = False,
        person: Person = "",
        url: Url = "",
    ) -> None:
        """Write a version for a trainer: into a folder, or its first file to standard output."""
        settings = Settings(sequence_length, global_batch_size, seed, exact_epochs)
        with one_sentence():
            if url:
                files = client.export(url, slug, version, trainer, settings)
                if trainer in FORMATS:  # The other installation may know more of them.
                    _warn(reading.lint(FORMATS[trainer], files))
            else:
                files = export_here(
                    session_scope, slug, version, get_format(trainer), settings, person=person
                )
            if output is not None:
                output.mkdir(parents=True, exist_ok=True)
                for name, text in files.items():
                    (output / name).write_text(text, encoding="utf-8")
                    print(output / name)
                return
            if file and file not in files:
                raise InvalidInput(
                    "There is no file %(name)s here. There are: %(known)s.",
                    name=file[:100],
                    known=", ".join(files),
                )
            print(files[file] if file else next(iter(files.values())), end="")


def make_trainer_app() -> typer.Typer:
    """Return the commands of `peibi trainer`."""
    app = typer.Typer(help="Files of training frameworks.", no_args_is_help=True)
    app.callback()(choose_language)

    @app.command("list")
    def list_trainers() -> None:
        """Print the trainers: id, name, what a weight counts, what it was checked against."""
        for one in FORMATS.values():
            print(f"{one.id}\t{one.name}\t{one.unit.value}\t{one.checked}")

    @app.command()
    def lint(
        paths: Paths,
        *,
        trainer: Annotated[str, typer.Option(help="By default found out.")] = "",
    ) -> None:
        """Name what is wrong with a trainer's files, by line; exit code 1 for errors."""
        with one_sentence():
            files = reading.read_files(read_all(paths))
            chosen = get_format(trainer) if trainer else reading.detect(files)
            found = reading.lint(chosen, files) if chosen else reading.why_not(files)
            if chosen is None and not found:
                raise InvalidInput("No trainer reads this. Say which it is for: --trainer.")
        for one in found:
            place = f"line {one.line}" if one.line else "-"
            place = f"{one.file} {place}" if one.file else place
            said = f"{words.message(one)} {words.remedy(one)}".strip()
            print(f"{one.severity}\t{place}\t{one.code}\t{said}\t{one.quote}".rstrip())
        if chosen and not found:
            print(f"ok: {chosen.name}")
        if any(one.severity is Severity.ERROR for one in found):
            raise typer.Exit(1)

    return app


def export_here(
    session_scope: SessionScope,
    slug: str,
    version: int,
    chosen: Format,
    settings: Settings,
    *,
    person: str,
) -> dict[str, str]:
    """Return the files of a version of this installation."""
    with session_scope() as session:
        viewer = find_viewer(session, person)
        mixture = mixture_queries.get_mixture(session, slug, viewer)
        saved = version_queries.get_version(session, mixture, version or mixture.last_version)
        plan = plans.load_plan(session, mixture, saved, settings, viewer=viewer)
        written = exporting.write(chosen, plan)
        _warn(written.findings)
        return written.texts()


def _warn(found: Iterable[Finding]) -> None:
    """Say on standard error what is to be known of files before they are used."""
    for one in found:
        print(f"{words.message(one)} {words.remedy(one)}".strip(), file=sys.stderr)


def read_all(paths: Sequence[Path]) -> dict[str, str]:
    """Return texts by name; by whole path where two files have one name."""
    names = [path.name for path in paths]
    return {
        path.name if names.count(path.name) == 1 else str(path): read_file(path) for path in paths
    }


def read_file(path: Path) -> str:
    """Return the text of a file, or of standard input."""
    if str(path) == "-":
        return typer.get_text_stream("stdin").read()
    try:
        if path.stat().st_size > reading.MAX_CHARACTERS:
            raise InvalidInput(
                "The files have %(size)s characters; at most %(most)s are read.",
                size=path.stat().st_size,
                most=reading.MAX_CHARACTERS,
            )
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(
            "%(file)s cannot be read as text: %(reason)s.", file=str(path), reason=str(error)
        ) from None
