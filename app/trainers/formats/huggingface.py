"""
Hugging Face `datasets.interleave_datasets`: a Python file that runs.

Each step draws a source at random by its probability and takes its next row, so a weight counts
documents. The probabilities must sum to 1 within 1.49e-8, or numpy refuses them.
"""

import ast
import math
from collections.abc import Iterator, Sequence

from app.trainers.kit import (
    arithmetic,
    common_notes,
    findings,
    hub,
    placing,
    row_budgets,
    texts,
    weights,
)
from app.trainers.kit.findings import Finding, FindingKind, Severity, Unreadable
from app.trainers.kit.header import comment, header
from app.trainers.kit.notes import Note, NoteKind
from app.trainers.kit.outputs import (
    File,
    Files,
    Format,
    ReadComponent,
    Reading,
    ReadPhase,
    Shares,
    Sizes,
    WeightUnit,
    Written,
    phase_file,
)
from app.trainers.kit.placing import Placed
from app.trainers.kit.plan import Phase, Plan, Settings
from app.trainers.kit.python_calls import Script, read_script
from app.trainers.kit.texts import each
from app.web.i18n import later

LAYOUTS = hub.LAYOUTS
# numpy's Generator.choice: the square root of the distance between floats at 1.
SUM_TOLERANCE = math.sqrt(2.0**-52)
STRATEGIES = ("first_exhausted", "all_exhausted", "all_exhausted_without_replacement")
# A stream ends when its slowest source has been used up once. One that comes this near to a
# whole pass may get there by chance before the budget is reached.
NEARLY_ONE_PASS = 0.9

NEXT_START = NoteKind(
    "hf_next_start",
    later(
        "Each file is data of its own: train on it from the last phase's checkpoint, and skip "
        "none of it (ignore_data_skip=True in the Hugging Face Trainer)."
    ),
)
REPEATS = NoteKind(
    "hf_repeats",
    later(
        "Every dataset is passed about once or more, so each starts again by itself (.repeat()): "
        "the mixture would otherwise end before its budget."
    ),
)
NO_PROBABILITIES = FindingKind(
    "hf_no_probabilities",
    Severity.WARNING,
    later(
        "There are no probabilities: sources take turns, a row each, until the shortest is used up."
    ),
    later("Give one probability for every source."),
)
NO_LITERAL = FindingKind(
    "hf_no_literal",
    Severity.ERROR,
    later("%(what)s is computed by the file; it is read here, never run."),
    later("Write the values out."),
)
BAD_STRATEGY = FindingKind(
    "hf_bad_strategy",
    Severity.ERROR,
    later("There is no stopping strategy %(strategy)s."),
    later("Choose first_exhausted or all_exhausted."),
)
FIRST_EXHAUSTED = FindingKind(
    "hf_first_exhausted",
    Severity.WARNING,
    later("The mixture ends as soon as one source is used up, however small: first_exhausted."),
    later('Write stopping_strategy="all_exhausted", or be sure that this is meant.'),
)
WITHOUT_REPLACEMENT = FindingKind(
    "hf_without_replacement",
    Severity.ERROR,
    later(
        "all_exhausted_without_replacement takes every row of every source once: over the whole, "
        "the probabilities have no effect."
    ),
    later('Write stopping_strategy="all_exhausted".'),
)
_ARGUMENTS = ("datasets", "probabilities", "seed", "info", "split", "stopping_strategy")
_LOAD = ("path", "name", "data_dir", "data_files")


def write(plan: Plan) -> Written:
    """
    Write a Python file per phase, which leaves the mixture in `train`.

    Raises
    ------
    CannotWrite
        If the mean tokens per document of a dataset are not known.
    """
    shared = [
        *common_notes.no_repeat_cap(plan),
        *common_notes.phases(plan, NEXT_START.note()),
        *common_notes.groups(plan),
        *common_notes.dropped(plan),
    ]
    said: list[Note] = list(shared)
    found: list[Finding] = []
    files = []
    for place, phase in enumerate(plan.phases):
        placed = placing.place(plan, phase, LAYOUTS)
        probabilities = arithmetic.exact_sum(common_notes.row_weights(placed))
        own = [common_notes.rows_note(placed), row_budgets.note(plan, phase, placed)]
        if repeats := _needs_repeats(phase):
            own.append(REPEATS.note())
        said += own
        found += placing.missing(placed, LAYOUTS)
        name = phase_file(plan, place, "mixture", ".py", "_")
        text = comment(header(plan, [*shared, *own], place)) + _script(
            plan, placed, probabilities, repeats=repeats
        )
        files.append(File(name, text, "python", place))
    return Written(tuple(files), tuple(said), findings.once(found))


def read(files: Files) -> Reading:
    """Read the calls of `interleave_datasets`: one file is one phase, the outermost call counts."""
    found: list[Finding] = []
    phases = []
    for name, text in each(files, found):
        try:
            script = read_script(text)
        except Unreadable as error:
            found.append(error.finding)
            continue
        call = _outermost(script)
        if call is not None:
            components = list(_components(script, call, 1.0, found))
            phases.append(ReadPhase(name, tuple(components)))
    if not phases and not found:
        found.append(findings.NOT_THIS_FORMAT.at(trainer=FORMAT.name, place=FORMAT.place))
    return Reading(tuple(phases), findings.once(found))


def realised_shares(files: Files, sizes: Sizes) -> tuple[Shares, ...]:
    """Return the shares that random draws of rows approach: probability times mean tokens."""
    found = []
    for phase in read(files).phases:
        components = weights.usable(phase.components)
        drawn = [arithmetic.token_weight(one, sizes) or 0.0 for one in components]
        found.append(arithmetic.gathered(components, arithmetic.normalised(drawn), sizes))
    return tuple(found)


def error_bound(_phase: Phase, _settings: Settings) -> float:
    """Return what rounding leaves: the draw is random, and its expectation is the plan."""
    return 1e-9


def _needs_repeats(phase: Phase) -> bool:
    return all(one.epochs is None or one.epochs > NEARLY_ONE_PASS for one in phase.drawn)


def _script(
    plan: Plan, placed: Sequence[Placed], probabilities: Sequence[float], *, repeats: bool
) -> str:
    sources = "".join(f"    {_source(one, repeats=repeats)},\n" for one in placed)
    shares = "".join(
        f"    {share!r},  # {one.name}\n" for share, one in zip(probabilities, placed, strict=True)
    )
    return (
        "from datasets import interleave_datasets, load_dataset\n\n"
        f"sources = [\n{sources}]\n"
        f"probabilities = [\n{shares}]\n"
        "train = interleave_datasets(\n"
        "    sources,\n"
        "    probabilities=probabilities,\n"
        f"    seed={plan.settings.seed},\n"
        '    stopping_strategy="all_exhausted",\n'
        f").take({row_budgets.rows(placed)})\n"
    )


def _source(placed: Placed, *, repeats: bool) -> str:
    text = hub.python_text
    given = hub.arguments(placed.location)
    parts = [text(given.pop("path"))]
    if "name" in given:
        parts.append(text(given.pop("name")))
    parts += [f"{key}={text(value)}" for key, value in given.items()]
    source = f'load_dataset({", ".join(parts)}, split="train", streaming=True)'
    # Sources are mixed by column: all but the text would be filled with nothing.
    field = placed.location.text_field
    if field is not None:
        source += f".select_columns({text(field)})"
        if field != "text":
            source += f'.rename_column({text(field)}, "text")'
    return source + (".repeat(None)" if repeats else "")


def _outermost(script: Script) -> ast.Call | None:
    """Return the last call that no other call of its kind contains."""
    calls = list(script.calls("interleave_datasets"))
    inner: set[int] = set()
    for call in calls:
        for item in script.items(script.arguments(call, ("datasets",)).get("datasets")) or ():
            nested = script.innermost(item, "interleave_datasets")
            if nested is not None and nested is not call:
                inner.add(id(nested))
    outer = [call for call in calls if id(call) not in inner]
    return outer[-1] if outer else None


def _components(
    script: Script, call: ast.Call, scale: float, found: list[Finding], depth: int = 0
) -> Iterator[ReadComponent]:
    """Yield the sources of a call; those of a call inside it with their weights multiplied."""
    given = script.arguments(call, ("datasets", "probabilities", "seed", "info", "split"))
    items = script.items(given.get("datasets"))
    if items is None or depth > 5:  # noqa: PLR2004  groups of groups, further than anyone nests
        found.append(NO_LITERAL.at(call.lineno, what="datasets"))
        return
    shares, lines = _probabilities(script, call, given.get("probabilities"), len(items), found)
    own = []
    for item, share, line in zip(items, shares, lines, strict=False):
        nested = script.innermost(item, "interleave_datasets")
        load = script.innermost(item, "load_dataset")
        if nested is not None and nested is not call:
            yield from _components(script, nested, scale * share, found, depth + 1)
            own.append(ReadComponent("interleave_datasets", share, line=line))
        elif load is not None:
            one = hub.component(script.values(load, _LOAD), share, WeightUnit.ROWS, line)
            own.append(one)
            yield hub.component(script.values(load, _LOAD), scale * share, WeightUnit.ROWS, line)
        else:
            found.append(NO_LITERAL.at(item.lineno, what=ast.unparse(item)[:60]))
    found += _judged(script, call, given, own)


def _probabilities(
    script: Script,
    call: ast.Call,
    node: ast.expr | None,
    count: int,
    found: list[Finding],
) -> tuple[list[float], list[int]]:
    resolved = script.resolve(node)
    if resolved is None or (isinstance(resolved, ast.Constant) and resolved.value is None):
        found.append(NO_PROBABILITIES.at(call.lineno))
        return [1 / max(count, 1)] * count, [call.lineno] * count
    items = script.items(resolved)
    if items is None:
        found.append(NO_LITERAL.at(call.lineno, what="probabilities"))
        return [], []
    if len(items) != count:
        found.append(findings.LENGTHS_DIFFER.at(call.lineno, paths=count, weights=len(items)))
    shares = []
    for item in items:
        value = script.value(item)
        number = weights.number(value)
        if number is None:
            found.append(NO_LITERAL.at(item.lineno, what=ast.unparse(item)[:60]))
        shares.append(math.nan if number is None else number)
    return shares, [item.lineno for item in items]


def _judged(
    script: Script, call: ast.Call, given: dict[str, ast.expr], components: Sequence[ReadComponent]
) -> Iterator[Finding]:
    strategy = script.value(given["stopping_strategy"]) if "stopping_strategy" in given else None
    ends_by_first = strategy in (None, "first_exhausted")
    zero = findings.ZERO if ends_by_first else findings.ZERO_NEVER_ENDS
    yield from weights.judge(components, zero=zero)
    for key, node in given.items():
        yield from texts.judge_key(key, node.lineno, _ARGUMENTS)
    yield from weights.judge_sum(components, tolerance=SUM_TOLERANCE)
    line = given["stopping_strategy"].lineno if "stopping_strategy" in given else call.lineno
    if ends_by_first:
        yield FIRST_EXHAUSTED.at(line)
    elif strategy not in STRATEGIES:
        yield BAD_STRATEGY.at(line, strategy=str(strategy)[:60])
    elif strategy == "all_exhausted_without_replacement":
        yield WITHOUT_REPLACEMENT.at(line)


FORMAT = Format(
    id="huggingface",
    name="Hugging Face datasets",
    order=80,
    checked="datasets 5.2.0",
    unit=WeightUnit.ROWS,
    layouts=LAYOUTS,
    has_phases=False,
    place="interleave_datasets(…)",
    write=write,
    read=read,
    realised_shares=realised_shares,
    error_bound=error_bound,
)
