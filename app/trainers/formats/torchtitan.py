"""
torchtitan 0.3.0's interleaved Hugging Face loader: a Python file that registers and mixes.

Each source is packed into sequences before they are mixed, so a weight is a share of tokens.
`dataset` must be a key of torchtitan's `DATASETS`, in small letters, or the loader refuses it.
"""

import ast
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.trainers.kit import (
    arithmetic,
    common_notes,
    findings,
    hub,
    placing,
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
from app.trainers.kit.python_calls import Script, last_name, read_script
from app.trainers.kit.texts import each
from app.web.i18n import later

LAYOUTS = hub.LAYOUTS
SHIPPED = ("c4", "c4_test", "c4_validation")
STRATEGIES = ("on_first_exhausted", "all_exhausted")
_SOURCE_KEYS = (
    *("dataset", "dataset_path", "infinite", "weight"),
    *("num_workers", "persistent_workers", "pin_memory", "prefetch_factor"),
)
_LOADER = "InterleavedHuggingFaceTextDataLoader"

NEXT_START = NoteKind(
    "torchtitan_next_start",
    later(
        "training.steps counts from the first start on: set lr_scheduler.total_steps to %(steps)s"
        " in every phase, checkpoint.last_save_model_only to False, so that the optimizer is "
        "kept, and dataloader in checkpoint.exclude_from_loading: its state is of the last "
        "phase's sources."
    ),
)
VERSION = NoteKind(
    "torchtitan_version",
    later(
        "The file is for torchtitan 0.3.0, which registers datasets by name; its main branch has "
        "replaced this loader."
    ),
)
UNREGISTERED = FindingKind(
    "torchtitan_unregistered",
    Severity.ERROR,
    later(
        "The dataset %(name)s is registered nowhere in the file, and torchtitan brings only "
        "c4, c4_test and c4_validation: it stops when data are loaded."
    ),
    later('Add DATASETS["%(name)s"] = DatasetConfig(...).'),
)
UPPER_CASE = FindingKind(
    "torchtitan_upper_case",
    Severity.ERROR,
    later("%(name)s is registered with capital letters; torchtitan looks for small ones."),
    later("Register it in small letters."),
)
MIXED_INFINITE = FindingKind(
    "torchtitan_mixed_infinite",
    Severity.ERROR,
    later("Some sources are infinite and others not, which torchtitan refuses."),
    later("Write infinite=True for all."),
)
FINITE_FIRST = FindingKind(
    "torchtitan_first_exhausted",
    Severity.WARNING,
    later("Sources are not infinite and the first one that is used up ends the mixture."),
    later('Write infinite=True, or stopping_strategy="all_exhausted".'),
)
BAD_STRATEGY = FindingKind(
    "torchtitan_bad_strategy",
    Severity.ERROR,
    later("There is no stopping strategy %(strategy)s."),
    later("Choose on_first_exhausted or all_exhausted."),
)
OTHER_VERSION = FindingKind(
    "torchtitan_other_version",
    Severity.ERROR,
    later("This is the loader of torchtitan's main branch, not that of 0.3.0."),
    later("Only files for 0.3.0 are read."),
)
NO_LITERAL = FindingKind(
    "torchtitan_no_literal",
    Severity.ERROR,
    later("%(what)s is computed by the file; it is read here, never run."),
    later("Write the values out."),
)

_HEAD = """from functools import partial

from datasets import load_dataset

from torchtitan.hf_datasets import DatasetConfig
from torchtitan.hf_datasets.text_datasets import (
    DATASETS,
    HFDataSource,
    InterleavedHuggingFaceTextDataLoader,
)


def load(path, **files):
    return load_dataset(path, split="train", streaming=True, **files)


def field(sample, name):
    return sample[name]


"""


def write(plan: Plan) -> Written:
    """
    Write a Python file per phase, which leaves the loader's configuration in `dataloader`.

    Raises
    ------
    CannotWrite
        If two datasets have the same location.
    """
    said: list[Note] = [
        VERSION.note(),
        *common_notes.no_repeat_cap(plan),
        *common_notes.phases(plan, NEXT_START.note(steps=str(plan.all_steps))),
        common_notes.budget(_budget(plan)),
        *common_notes.groups(plan),
        *common_notes.dropped(plan),
    ]
    found: list[Finding] = []
    files = []
    for place, phase in enumerate(plan.phases):
        placed = placing.place(plan, phase, LAYOUTS)
        found += placing.missing(placed, LAYOUTS)
        ratios = arithmetic.exact_sum([one.ratio for one in placed])
        text = comment(header(plan, said, place)) + _HEAD + _script(plan, placed, ratios)
        name = phase_file(plan, place, "mixture", ".py", "_")
        files.append(File(name, text, "python", place))
    return Written(tuple(files), tuple(said), findings.once(found))


def read(files: Files) -> Reading:
    """Read the loader's configurations: one file is one phase."""
    found: list[Finding] = []
    phases = []
    for name, text in each(files, found):
        try:
            script = read_script(text)
        except Unreadable as error:
            found.append(error.finding)
            continue
        call = _config(script)
        if call is not None:
            phases.append(ReadPhase(name, tuple(_components(script, call, found))))
        else:
            others = list(script.calls("DatasetMixConfig"))
            found += [OTHER_VERSION.at(one.lineno) for one in others[:1]]
    if not phases and not found:
        found.append(findings.NOT_THIS_FORMAT.at(trainer=FORMAT.name, place=FORMAT.place))
    return Reading(tuple(phases), findings.once(found))


def realised_shares(files: Files, sizes: Sizes) -> tuple[Shares, ...]:
    """Return the shares that random draws of packed sequences approach: the weights."""
    found = []
    for phase in read(files).phases:
        components = weights.usable(phase.components)
        drawn = arithmetic.normalised([one.weight for one in components])
        found.append(arithmetic.gathered(components, drawn, sizes))
    return tuple(found)


def error_bound(_phase: Phase, _settings: Settings) -> float:
    """Return what rounding leaves: the draw is random, and its expectation is the plan."""
    return 1e-9


def _budget(plan: Plan) -> str:
    settings = plan.settings
    return (
        f"--training.steps {plan.last_steps()} --training.seq_len {settings.sequence_length}"
        f" --training.global_batch_size {settings.global_batch_size}"
    )


def _key(name: str) -> str:
    """Return the name that torchtitan finds: it looks for small letters."""
    return name.lower()


def _script(plan: Plan, placed: Sequence[Placed], ratios: Sequence[float]) -> str:
    registered = "".join(_registered(one) for one in placed)
    sources = "".join(_source(one, ratio) for one, ratio in zip(placed, ratios, strict=True))
    return (
        f"{registered}\n"
        f"dataloader = {_LOADER}.Config(\n"
        f"    sources=[\n{sources}    ],\n"
        f"    seed={plan.settings.seed},\n"
        '    stopping_strategy="all_exhausted",\n'
        ")\n"
    )


def _source(placed: Placed, ratio: float) -> str:
    name = hub.python_text(_key(placed.name))
    return f"        HFDataSource(dataset={name}, infinite=True, weight={ratio!r}),\n"


def _registered(placed: Placed) -> str:
    text = hub.python_text
    given = hub.arguments(placed.location)
    path = given.pop("path")
    files = "".join(f", {key}={text(value)}" for key, value in given.items())
    column = placed.location.text_field or "text"
    return (
        f"DATASETS[{text(_key(placed.name))}] = DatasetConfig(\n"
        f"    path={text(path)},\n"
        f"    loader={f'partial(load{files})' if files else 'load'},\n"
        f"    sample_processor=partial(field, name={text(column)}),\n"
        ")\n"
    )


def _config(script: Script) -> ast.Call | None:
    """Return the configuration of the loader, or a call that has such sources."""
    for call in script.calls("Config"):
        if isinstance(call.func, ast.Attribute) and last_name(call.func.value) == _LOADER:
            return call
    return None


def _components(script: Script, call: ast.Call, found: list[Finding]) -> Iterator[ReadComponent]:
    given = script.arguments(call)
    items = script.items(given.get("sources"))
    if items is None:
        found.append(NO_LITERAL.at(call.lineno, what="sources"))
        return
    registered = _registrations(script, found)
    components = []
    infinite = set()
    for item in items:
        source = script.innermost(item, "HFDataSource")
        if source is None:
            found.append(NO_LITERAL.at(item.lineno, what=ast.unparse(item)[:60]))
            continue
        values = script.values(source)
        for key in values:
            found += texts.judge_key(key, source.lineno, _SOURCE_KEYS)
        infinite.add(values.get("infinite", True))
        components.append(_component(script, source, registered, found))
    if len(infinite) > 1:
        found.append(MIXED_INFINITE.at(call.lineno))
    found += _strategy(script, call, given, is_finite=infinite == {False})
    found += weights.judge(components, normalises=True)
    yield from components


def _component(
    script: Script,
    source: ast.Call,
    registered: Mapping[str, Mapping[str, Any]],
    found: list[Finding],
) -> ReadComponent:
    values = script.values(source)
    name = str(values.get("dataset", "c4_test")).lower()
    line = source.lineno
    if name not in registered and name not in SHIPPED:
        found.append(UNREGISTERED.at(line, name=name))
    loaded = dict(registered.get(name, {}))
    if values.get("dataset_path"):
        # The path of a source stands in for that of its registration.
        loaded["path"] = values["dataset_path"]
    weight = weights.number(values.get("weight", 1.0))
    if weight is None:
        node = script.arguments(source)["weight"]
        found.append(NO_LITERAL.at(line, what=ast.unparse(node)[:60]))
        weight = math.nan
    where = hub.component(loaded, weight, WeightUnit.TOKENS, line) if loaded else None
    return ReadComponent(
        name=(placing.name_of(where.location or "") if where else None) or name,
        weight=weight,
        location=where.location if where else None,
        subset=where.subset if where else None,
        line=line,
    )


def _registrations(script: Script, found: list[Finding]) -> dict[str, dict[str, Any]]:
    """Return what the file registers in DATASETS: per name, what its loader is given."""
    registered: dict[str, dict[str, Any]] = {}
    for node in script.nodes:
        if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Subscript):
            continue
        target = node.targets[0]
        name = script.value(target.slice)
        config = script.innermost(node.value, "DatasetConfig")
        if last_name(target.value) != "DATASETS" or not isinstance(name, str) or config is None:
            continue
        if re.search("[A-Z]", name):
            found.append(UPPER_CASE.at(node.lineno, name=name))
        arguments = script.arguments(config, ("path", "loader", "sample_processor"))
        loader = script.innermost(arguments.get("loader"), "partial")
        files = script.values(loader) if loader is not None else {}
        registered[name] = {**files, "path": script.value(arguments.get("path"))}
    return registered


def _strategy(
    script: Script, call: ast.Call, given: Mapping[str, ast.expr], *, is_finite: bool
) -> Iterator[Finding]:
    node = given.get("stopping_strategy")
    strategy = "on_first_exhausted" if node is None else script.value(node)
    line = call.lineno if node is None else node.lineno
    if strategy not in STRATEGIES:
        yield BAD_STRATEGY.at(line, strategy=str(strategy)[:60])
    elif is_finite and strategy == "on_first_exhausted":
        yield FINITE_FIRST.at(line)


FORMAT = Format(
    id="torchtitan",
    name="torchtitan",
    order=130,
    checked="torchtitan 0.3.0",
    unit=WeightUnit.TOKENS,
    layouts=LAYOUTS,
    has_phases=False,
    place="InterleavedHuggingFaceTextDataLoader.Config",
    write=write,
    read=read,
    realised_shares=realised_shares,
    error_bound=error_bound,
)
