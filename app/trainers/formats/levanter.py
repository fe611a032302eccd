"""
Levanter's and Marin's `LmDataConfig`: components and staged `train_weights`.

A weight is a share of sequences, drawn in blocks: each block holds floor(w * block) sequences of
a source, the remainder goes to the largest. What is below 1/block is never drawn, with only a
warning. A stage starts at a training step; its first sequence has to be the first of a block.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.trainers.kit import arithmetic, common_notes, findings, placing, tokenizers, weights
from app.trainers.kit.findings import CannotWrite, Finding, FindingKind, Severity, Unreadable
from app.trainers.kit.header import comment, header
from app.trainers.kit.notes import NoteKind
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
)
from app.trainers.kit.placing import Placed
from app.trainers.kit.plan import Layout, Phase, Plan, Settings
from app.trainers.kit.texts import Document, read_yaml, unknown_keys
from app.trainers.kit.values import share
from app.trainers.kit.yaml_text import Flow, dump
from app.web.i18n import later

LAYOUTS = (Layout.JSONL, Layout.PARQUET, Layout.HUGGINGFACE)
DEFAULT_BLOCK = 2_048
# The framework refuses 65,536; the powers of two below are tried.
MOST_BLOCK = 32_768
TOKENIZER_PLACEHOLDER = "PEIBI-SET-TOKENIZER/"
_KEYS = (
    "tokenizer",
    "vocab_size",
    "cache_dir",
    "cache_options",
    "components",
    "train_weights",
    "mixture_block_size",
    "shuffle",
    "permutation_type",
    "stop_strategy",
    "max_train_batches",
    "num_validation_sequences",
    "experiment_budget",
    "target_budget",
    "prior_context_phases",
    "enforce_eos",
    "auto_build_caches",
    "chat_template",
    "block_cross_document_attention",
    "ignore_token_id",
    "validation_split_fractions",
    "configs",
)

BLOCKS = NoteKind(
    "levanter_blocks",
    later(
        "Sequences are drawn in blocks of %(block)s: each weight is rounded down to whole "
        "sequences of a block, and the largest dataset takes the rest, up to %(rest)s."
    ),
)
LARGER_BLOCK = NoteKind(
    "levanter_larger_block",
    later(
        "The weight %(weight)s of %(name)s is below 1/%(default)s, so it would never be drawn with "
        "the default block: mixture_block_size is %(block)s."
    ),
)
ALIGNED = NoteKind(
    "levanter_aligned",
    later(
        "Stages start at whole blocks: %(moves)s. A step is %(batch)s sequences, a block %(block)s."
    ),
)
TOKENIZER = NoteKind(
    "levanter_tokenizer",
    later(
        "Replace the tokenizer's placeholder by the model that %(tokenizer)s is of; without a "
        "tokenizer Levanter silently takes gpt2."
    ),
)
MODEL = NoteKind(
    "levanter_model",
    later(
        "The tokenizer is %(model)s, which the plan's counts are of (%(tokenizer)s): write that of "
        "your model instead, if it is another."
    ),
)
TRAINER = NoteKind(
    "levanter_trainer",
    later(
        "trainer.num_train_steps is the budget only at %(batch)s sequences a step and %(length)s "
        "tokens a sequence: train_seq_len, or the model's max_seq_len, has to say %(length)s."
    ),
)
BELOW_BLOCK = FindingKind(
    "levanter_below_block",
    Severity.ERROR,
    later(
        "The weight %(weight)s of %(name)s is below 1/%(block)s, one sequence of a block: it is "
        "never drawn, with only a warning."
    ),
    later("Raise it, or set mixture_block_size to %(needed)s."),
)
NEVER_DRAWN = FindingKind(
    "levanter_never_drawn",
    Severity.ERROR,
    later(
        "%(names)s have a share below 1/%(block)s, the largest block that Levanter takes, and "
        "would never be drawn."
    ),
    later("Raise their weights, merge them into one dataset, or leave them out."),
)
FIRST_STAGE = FindingKind(
    "levanter_first_stage",
    Severity.ERROR,
    later("The first stage starts at step %(step)s; Levanter stops unless it is 0."),
    later("Start it at 0."),
)
STAGE_ORDER = FindingKind(
    "levanter_stage_order",
    Severity.ERROR,
    later("The stage at step %(step)s does not come after the one before it."),
    later("Write the stages in the order of their steps, each step once."),
)
UNALIGNED = FindingKind(
    "levanter_unaligned",
    Severity.ERROR,
    later(
        "The stage at step %(step)s starts inside a block of %(block)s sequences (a step is "
        "%(batch)s), so Levanter stops at the start."
    ),
    later("Choose a step that is a multiple of %(every)s."),
)
MAYBE_UNALIGNED = FindingKind(
    "levanter_maybe_unaligned",
    Severity.NOTE,
    later(
        "The file has no train_batch_size. The stage at step %(step)s has to start at a whole "
        "block of %(block)s sequences, else Levanter stops at the start."
    ),
    later("Choose steps that are multiples of the block divided by the batch size."),
)
UNKNOWN_COMPONENT = FindingKind(
    "levanter_unknown_component",
    Severity.ERROR,
    later("%(name)s has a weight but is no component."),
    later("Add it to components, or take the weight out."),
)
NO_WEIGHT = FindingKind(
    "levanter_no_weight",
    Severity.WARNING,
    later("The component %(name)s has no weight in any stage: it is only validated on."),
    later("Give it a weight, or take it out."),
)
OLD_FORM = FindingKind(
    "levanter_old_form",
    Severity.WARNING,
    later("configs is the older name; the field is now components."),
    later("Rename it to components."),
)
NO_TOKENIZER = FindingKind(
    "levanter_no_tokenizer",
    Severity.WARNING,
    later("No tokenizer is set, or a placeholder is: without one Levanter silently takes gpt2."),
    later("Write the tokenizer of the model."),
)


def write(plan: Plan) -> Written:
    """
    Write one YAML with a stage per phase.

    Raises
    ------
    CannotWrite
        If a dataset would never be drawn whatever the block, or two share a location.
    """
    placed = [placing.place(plan, phase, LAYOUTS) for phase in plan.phases]
    block, said = _block(placed)
    starts, moved = _starts(plan, block)
    model = tokenizers.model_of(plan.tokenizer)
    said = [
        *common_notes.no_repeat_cap(plan),
        TRAINER.note(
            batch=plan.settings.global_batch_size, length=str(plan.settings.sequence_length)
        ),
        BLOCKS.note(block=block, rest=share((max(map(len, placed)) - 1) / block)),
        *said,
        TOKENIZER.note(tokenizer=plan.tokenizer)
        if model is None
        else MODEL.note(model=model, tokenizer=plan.tokenizer),
        *common_notes.groups(plan),
        *common_notes.dropped(plan),
    ]
    if moved:
        batch = plan.settings.global_batch_size
        said.append(ALIGNED.note(moves=moved, batch=batch, block=block))
    everything = {one.name: one for phase in placed for one in phase}
    data: dict[str, object] = {
        "tokenizer": model or TOKENIZER_PLACEHOLDER + plan.tokenizer,
        "shuffle": True,
        "mixture_block_size": block,
        "components": {name: _component(one) for name, one in everything.items()},
    }
    trainer = {
        "seed": plan.settings.seed,
        "train_batch_size": plan.settings.global_batch_size,
        "num_train_steps": starts[-1] + plan.steps(len(starts) - 1),
    }
    stages = [_weights(one) for one in placed]
    if len(stages) == 1:
        data["train_weights"] = stages[0]
        text = dump({"trainer": trainer, "data": data})
    else:
        # A list of pairs, as the framework has it; the pairs' second parts are long maps.
        lines = ["  train_weights:\n"]
        for start, stage in zip(starts, stages, strict=True):
            inner = dump(stage).splitlines(keepends=True)
            lines += [f"    - - {start}\n", f"      - {inner[0]}"]
            lines += [f"        {line}" for line in inner[1:]]
        text = dump({"trainer": trainer, "data": data}) + "".join(lines)
    found = placing.missing([one for phase in placed for one in phase], LAYOUTS)
    file = File("data.yaml", comment(header(plan, said)) + text, "yaml")
    return Written((file,), tuple(said), tuple(found))


def read(files: Files) -> Reading:
    """Read a configuration, or only its part `data`."""
    found: list[Finding] = []
    phases: list[ReadPhase] = []
    for text in files.values():
        try:
            document = read_yaml(text)
        except Unreadable as error:
            found.append(error.finding)
            continue
        found += document.findings
        root: tuple[str, ...] = ("data",) if isinstance(document.get("data"), dict) else ()
        if not isinstance(document.get(*root, "train_weights"), dict | list):
            found.append(findings.NOT_THIS_FORMAT.at(1, trainer=FORMAT.name, place=FORMAT.place))
            continue
        phases += _phases(document, root, found)
    return Reading(tuple(phases), findings.once(found))


def realised_shares(files: Files, sizes: Sizes) -> tuple[Shares, ...]:
    """Return what blocks make of the weights: floors, and the rest to the largest."""
    block = _block_size(files)
    found = []
    for phase in read(files).phases:
        components = weights.usable(phase.components)
        shares = arithmetic.normalised([one.weight for one in components])
        counts = [int(one * block) for one in shares]
        if counts:
            counts[max(range(len(shares)), key=shares.__getitem__)] += block - sum(counts)
        drawn = [count / block for count in counts]
        found.append(arithmetic.gathered(components, drawn, sizes))
    return tuple(found)


def error_bound(phase: Phase, settings: Settings) -> float:
    """Return one sequence of a block for each dataset: all of them may go to the largest."""
    del settings
    return len(phase.drawn) / DEFAULT_BLOCK


def _block(placed: Sequence[Sequence[Placed]]) -> tuple[int, list[Any]]:
    """Return the smallest block, from the default on, that draws every dataset."""
    every = [one for phase in placed for one in phase]
    smallest = min(every, key=lambda one: one.ratio)
    block = DEFAULT_BLOCK
    while smallest.ratio * block < 1 and block < MOST_BLOCK:
        block *= 2
    names = tuple(dict.fromkeys(one.name for one in every if one.ratio * block < 1))
    if names:
        raise CannotWrite([NEVER_DRAWN.at(names=names, block=block)])
    if block == DEFAULT_BLOCK:
        return block, []
    note = LARGER_BLOCK.note(
        weight=smallest.ratio, name=smallest.name, default=DEFAULT_BLOCK, block=block
    )
    return block, [note]


def _starts(plan: Plan, block: int) -> tuple[list[int], str]:
    """Return the first step of each phase at whole blocks, and what moved for it."""
    every = block // math.gcd(block, plan.settings.global_batch_size)
    starts, moved = [0], []
    for place in range(1, len(plan.phases)):
        wanted = plan.first_step(place)
        start = max(round(wanted / every) * every, starts[-1] + every)
        if start != wanted:
            moved.append(f"{plan.phases[place].name} {wanted} → {start}")
        starts.append(start)
    return starts, ", ".join(moved)


def _component(placed: Placed) -> dict[str, object]:
    location = placed.location
    if location.layout is Layout.HUGGINGFACE:
        source = Flow(type="hf", id=location.uri)
        if location.subset:
            source["name"] = location.subset
    else:
        source = Flow(type="url", train_urls=[location.uri])
    return {"source": source}


def _weights(placed: Sequence[Placed]) -> dict[str, object]:
    ratios = arithmetic.exact_sum([one.ratio for one in placed])
    return {one.name: ratio for one, ratio in zip(placed, ratios, strict=True)}


def _block_size(files: Files) -> int:
    for text in files.values():
        try:
            document = read_yaml(text)
        except Unreadable:
            continue
        for path in (("data", "mixture_block_size"), ("mixture_block_size",)):
            value = document.get(*path)
            if isinstance(value, int) and value > 0:
                return value
    return DEFAULT_BLOCK


def _phases(document: Document, root: tuple[str, ...], found: list[Finding]) -> list[ReadPhase]:
    found += unknown_keys(document, root, _KEYS, is_silent=bool(root))
    if document.get(*root, "configs") is not None:
        found.append(OLD_FORM.at(document.line(*root, "configs")))
    tokenizer = document.get(*root, "tokenizer")
    if not tokenizer or str(tokenizer).startswith(TOKENIZER_PLACEHOLDER):
        found.append(NO_TOKENIZER.at(document.line(*root, "tokenizer")))
    components = _component_map(document, root)
    value = document.get(*root, "train_weights")
    stages = list(_stages(document, root, value, found))
    block = document.get(*root, "mixture_block_size")
    block = block if isinstance(block, int) and block > 0 else DEFAULT_BLOCK
    phases = []
    for number, (start, path, stage) in enumerate(stages, start=1):
        parts = tuple(_parts(document, root, path, stage, found))
        found += weights.judge(parts)
        found += _below_block(parts, block)
        found += _alignment(document, path, start, block)
        phases.append(ReadPhase(f"stage {number}", parts, start_step=start))
    weighted = {one.name for phase in phases for one in phase.components}
    found += [
        NO_WEIGHT.at(document.line(*root, "components", name), name=str(name))
        for name in components
        if str(name) not in weighted
    ]
    return phases


def _alignment(
    document: Document, path: tuple[str | int, ...], start: int, block: int
) -> Iterator[Finding]:
    """Yield the stage that starts inside a block, as far as the file says how long a step is."""
    line, batch = document.line(*path[:-1]), document.get("trainer", "train_batch_size")
    if isinstance(batch, int) and batch > 0:
        every = block // math.gcd(block, batch)
        if start % every:
            yield UNALIGNED.at(line, step=start, block=block, batch=batch, every=every)
    elif start % block:
        yield MAYBE_UNALIGNED.at(line, step=start, block=block)


def _component_map(document: Document, root: tuple[str, ...]) -> Mapping[Any, Any]:
    found = document.get(*root, "components") or document.get(*root, "configs")
    return found if isinstance(found, dict) else {}


def _stages(
    document: Document,
    root: tuple[str, ...],
    value: object,
    found: list[Finding],
) -> Iterator[tuple[int, tuple[str | int, ...], Mapping[Any, Any]]]:
    """Yield the start, the path and the weights of each stage."""
    path: tuple[str | int, ...] = (*root, "train_weights")
    if isinstance(value, dict):
        yield 0, path, value
        return
    last = -1
    for place, stage in enumerate(value if isinstance(value, list) else []):
        line = document.line(*path, place)
        is_pair = isinstance(stage, list) and len(stage) == 2  # noqa: PLR2004  start and weights
        if not is_pair or not isinstance(stage[0], int) or not isinstance(stage[1], dict):
            found.append(findings.NOT_THIS_FORMAT.at(line, trainer=FORMAT.name, place=FORMAT.place))
            continue
        start = stage[0]
        if place == 0 and start != 0:
            found.append(FIRST_STAGE.at(line, step=start))
        elif start <= last:
            found.append(STAGE_ORDER.at(line, step=start))
        last = start
        yield start, (*path, place, 1), stage[1]


def _parts(
    document: Document,
    root: tuple[str, ...],
    path: tuple[str | int, ...],
    stage: Mapping[Any, Any],
    found: list[Finding],
) -> Iterator[ReadComponent]:
    components = _component_map(document, root)
    for name, weight in stage.items():
        line = document.line(*path, name)
        number = weights.number(weight)
        if number is None:
            found += weights.judge_weight(str(name), weight, line)
            continue
        if components and name not in components:
            found.append(UNKNOWN_COMPONENT.at(line, name=str(name)))
        source = document.get(*root, "components", name, "source") or {}
        if not isinstance(source, dict):
            source = {}
        urls = source.get("train_urls")
        location = str(urls[0]) if isinstance(urls, list) and urls else source.get("id")
        location = str(location) if location else None
        subset = source.get("name")
        missing = placing.name_of(location) if location else None
        yield ReadComponent(
            name=missing or str(name),
            weight=number,
            location=location,
            subset=str(subset) if subset else None,
            line=line,
        )


def _below_block(parts: Sequence[ReadComponent], block: int) -> Iterator[Finding]:
    total = sum(one.weight for one in weights.usable(parts))
    for one in weights.usable(parts):
        ratio = one.weight / total
        if ratio * block < 1:
            needed = 2 ** math.ceil(math.log2(1 / ratio))
            yield BELOW_BLOCK.at(
                one.line, weight=one.weight, name=one.name, block=block, needed=needed
            )


FORMAT = Format(
    id="levanter",
    name="Levanter / Marin",
    checked="marin-levanter 0.2.227.dev",
    unit=WeightUnit.TOKENS,
    layouts=LAYOUTS,
    has_phases=True,
    place="data.train_weights",
    write=write,
    read=read,
    realised_shares=realised_shares,
    error_bound=error_bound,
)
