"""`peibi training`: what a run takes, which layouts a cluster has, what can be named."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from pydantic import BaseModel, ValidationError

from app.errors import AppError
from app.training import presets, questions, service
from app.training.api_models import EstimateIn, LayoutsIn, QuestionsIn
from app.training.reports import answer_lines, search_lines, summary_lines
from app.web.errors import sentence
from app.web.terminal import choose_language
from app.web.validation import sentence_of

Body = TypeVar("Body", bound=BaseModel)

File = Annotated[
    Path | None,
    typer.Argument(help="JSON as the API takes it; - is standard input. Options win over it."),
]
Model = Annotated[str, typer.Option(help="A model of `peibi training presets`.")]
Accelerator = Annotated[str, typer.Option(help="An accelerator of `peibi training presets`.")]
Gpus = Annotated[int, typer.Option(help="GPUs of the run.")]
Tokens = Annotated[str, typer.Option(help="Training tokens, such as 366e9.")]
AsJson = Annotated[bool, typer.Option("--json", help="The API's answer instead of a table.")]
Size = Annotated[int | None, typer.Option()]
Number = Annotated[float | None, typer.Option()]


@contextmanager
def one_sentence() -> Iterator[None]:
    """Turn a refusal into its sentences on standard error and exit code 1."""
    try:
        yield
    except AppError as error:
        typer.echo(sentence(error), err=True)
        raise typer.Exit(1) from None
    except ValidationError as error:
        for problem in error.errors():
            place = ".".join(str(part) for part in problem["loc"])
            typer.echo(f"{place}: {sentence_of(problem)}", err=True)
        raise typer.Exit(1) from None


def make_training_app() -> typer.Typer:
    """Return the commands of `peibi training`; none of them needs the database."""
    app = typer.Typer(help="Plan a training run.", no_args_is_help=True)

    app.callback()(choose_language)

    app.command("estimate")(print_estimate)
    app.command("layouts")(print_layouts)
    app.command("questions")(print_answers)
    app.command("presets")(print_presets)
    return app


def print_estimate(  # noqa: PLR0913  one option for each value that people change
    file: File = None,
    *,
    model: Model = "",
    accelerator: Accelerator = "",
    gpus: Gpus = 0,
    tokens: Tokens = "",
    tp: Size = None,
    pp: Size = None,
    dp: Size = None,
    cp: Size = None,
    ep: Size = None,
    micro_batch: Size = None,
    global_batch: Size = None,
    interleave: Size = None,
    recompute: Annotated[str, typer.Option(help="none, selective or full")] = "",
    optimizer: Annotated[str, typer.Option(help="Such as megatron-distributed, zero-3.")] = "",
    sequence_parallel: Annotated[bool, typer.Option("--sequence-parallel")] = False,
    mfu: Number = None,
    hfu_tflops: Number = None,
    step_seconds: Number = None,
    ramp: Annotated[
        str,
        typer.Option(help="A growing batch: start, increment, sequences."),
    ] = "",
    goodput: Number = None,
    price: Annotated[str, typer.Option(help="Of a GPU-hour.")] = "",
    grid_g_per_kwh: Number = None,
    as_json: AsJson = False,
) -> None:
    """Tell what a training run takes: parameters, memory, time, GPU-hours, money, energy."""
    body = read_body(file)
    put(body, "model", preset=model or None)
    put(body, "hardware", accelerator=accelerator or None, count=gpus or None)
    put(body, "hardware", price_per_hour=price or None)
    put(body, "layout", tp=tp, pp=pp, dp=dp, cp=cp, ep=ep, interleave=interleave)
    put(body, "layout", micro_batch=micro_batch, global_batch=global_batch)
    put(body, "layout", recompute=recompute or None, optimizer=optimizer or None)
    put(body, "layout", sequence_parallel=sequence_parallel or None)
    put(body, "efficiency", mfu=mfu, hfu_tflops=hfu_tflops, step_seconds=step_seconds)
    put(body, "", tokens=as_number(tokens), goodput=goodput, grid_g_per_kwh=grid_g_per_kwh)
    put(body, "", ramp=as_ramp(ramp))
    with one_sentence():
        plan = service.plan_run(EstimateIn.model_validate(body))
        show(as_json, plan.estimate, lambda: summary_lines(plan))


def print_layouts(
    file: File = None,
    *,
    model: Model = "",
    accelerator: Accelerator = "",
    gpus: Gpus = 0,
    tokens: Tokens = "",
    global_batch: Size = None,
    rows: Annotated[int, typer.Option(help="How many layouts to print.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Search the layouts of a cluster: the fastest that fit, and why others were refused."""
    body = read_body(file)
    put(body, "model", preset=model or None)
    put(body, "hardware", accelerator=accelerator or None, count=gpus or None)
    put(body, "", tokens=as_number(tokens), global_batch=global_batch)
    put(body, "limits", max_layouts=rows, max_rejected=rows)
    with one_sentence():
        found = service.find_layouts(LayoutsIn.model_validate(body))
        show(as_json, found, lambda: search_lines(found))


def print_answers(  # noqa: PLR0913  one option for each value that people change
    file: File = None,
    *,
    model: Model = "",
    accelerator: Accelerator = "",
    gpus: Gpus = 0,
    tokens: Tokens = "",
    mfu: Number = None,
    goodput: Number = None,
    price: Annotated[str, typer.Option(help="Of a GPU-hour.")] = "",
    days: Annotated[float | None, typer.Option(help="How many GPUs finish in so many?")] = None,
    budget: Annotated[str, typer.Option(help="What does so much money buy?")] = "",
    law: Annotated[str, typer.Option(help="Scaling law of the best size.")] = "",
    unique_tokens: Annotated[str, typer.Option(help="Of the mixture, such as 2e12.")] = "",
    as_json: AsJson = False,
) -> None:
    """Answer the other way round: GPUs for a deadline, tokens and size for a budget."""
    run = read_body(file)
    put(run, "model", preset=model or None)
    put(run, "hardware", accelerator=accelerator or None, count=gpus or None)
    put(run, "hardware", price_per_hour=price or None)
    put(run, "efficiency", mfu=mfu)
    put(run, "", tokens=as_number(tokens), goodput=goodput)
    body: dict[str, Any] = {"run": run}
    put(body, "", days=days, budget=budget or None, law=law or None)
    put(body, "", unique_tokens=as_number(unique_tokens))
    with one_sentence():
        found = questions.answer(QuestionsIn.model_validate(body))
        show(as_json, found, lambda: answer_lines(found))


def print_presets() -> None:
    """Print the models, accelerators and published runs that can be named."""
    for kind, known in (
        ("models", [(one.id, one.name) for one in presets.models().values()]),
        (
            "accelerators",
            [
                (one.id, f"{one.device.name}, {one.device.peak_tflops:g} TFLOP/s")
                for one in presets.accelerators().values()
            ],
        ),
        ("runs", [(one.id, f"{one.gpus} GPUs") for one in presets.runs().values()]),
    ):
        print(kind)
        for name, text in known:
            print(f"  {name:26} {text}")


def read_body(file: Path | None) -> dict[str, Any]:
    """Return the JSON of a file, or nothing yet."""
    if file is None:
        return {}
    try:
        text = (
            typer.get_text_stream("stdin").read()
            if str(file) == "-"
            else file.read_text(encoding="utf-8")
        )
        found = json.loads(text)
    except (OSError, UnicodeDecodeError, ValueError) as error:
        typer.echo(f"{file}: {error}", err=True)
        raise typer.Exit(1) from None
    if not isinstance(found, dict):
        typer.echo(f"{file}: a JSON object is wanted.", err=True)
        raise typer.Exit(1)
    return found


def put(body: dict[str, Any], part: str, **values: object) -> None:
    """Put the options that were given into a body, or into a part of it."""
    given = {name: value for name, value in values.items() if value is not None}
    if not given:
        return
    place = body.setdefault(part, {}) if part else body
    if isinstance(place, dict):
        place.update(given)


def as_number(text: str) -> float | str | None:
    """Return a number as JSON has it; what is none stays, for the body to refuse."""
    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        return text


def as_ramp(text: str) -> dict[str, object] | None:
    """Return a ramp as the body has it; what is no number stays, for the body to refuse."""
    if not text:
        return None
    parts = text.replace(",", " ").split()
    numbers = [int(part) if part.isdecimal() else part for part in parts]
    return dict(zip(("start", "increment", "sequences"), numbers, strict=False))


def show(as_json: bool, found: Any, lines: Callable[[], list[str]]) -> None:  # noqa: ANN401  any answer
    """Print an answer as JSON, or as lines."""
    if as_json:
        print(json.dumps(asdict(found), ensure_ascii=False, indent=2, default=as_plain))
    else:
        print("\n".join(lines()))


def as_plain(value: object) -> object:
    """Return what JSON has no type for: money as a string, mappings as objects."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    return str(value)
