"""
Levanter's and Marin's `LmDataConfig`: components and staged `train_weights`.

A weight is a share of sequences, drawn in blocks: each block holds floor(w * block) sequences of
a source, the remainder goes to the largest. What is below 1/block is never drawn, with only a
warning. A stage starts at a training step; its first sequence has to be the first of a block.
"""

import math
from collections.abc import Sequence
from typing import Any

from app.trainers.formats.levanter_stages import (
    DEFAULT_BLOCK,
    NAME,
    PLACE,
    REACH,
    TOKENIZER_PLACEHOLDER,
    block_size,
    read,
)
from app.trainers.kit import arithmetic, common_notes, placing, tokenizers, weights
from app.trainers.kit.findings import CannotWrite, FindingKind, Severity
from app.trainers.kit.header import comment, header
from app.trainers.kit.notes import NoteKind
from app.trainers.kit.outputs import (
    File,
    Files,
    Format,
    Shares,
    Sizes,
    WeightUnit,
    Written,
)
from app.trainers.kit.placing import Placed
from app.trainers.kit.plan import Layout, Phase, Plan, Settings
from app.trainers.kit.values import share
from app.trainers.kit.yaml_text import Flow, dump
from app.web.i18n import later

LAYOUTS = (Layout.JSONL, Layout.PARQUET, Layout.HUGGINGFACE)
# The largest power of two below.
MOST_BLOCK = 32_768
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
NEVER_DRAWN = FindingKind(
    "levanter_never_drawn",
    Severity.ERROR,
    later(
        "%(names)s have a share below 1/%(block)s, the largest block that Levanter takes, and "
        "would never be drawn."
    ),
    later("Raise their weights, merge them into one dataset, or leave them out."),
)


def write(plan: Plan) -> Written:
    """
    Write one YAML with a stage per phase.

    Raises
    ------
    CannotWrite
        If a dataset would never be drawn whatever the block, or two share a location.
    """
    placed = [placing.place(plan, phase, LAYOUTS, REACH) for phase in plan.phases]
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
        *placing.passed_over(plan, LAYOUTS, REACH),
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


def realised_shares(files: Files, sizes: Sizes) -> tuple[Shares, ...]:
    """Return what blocks make of the weights: floors, and the rest to the largest."""
    block = block_size(files)
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
    """Return one sequence of a block for each other dataset: all of them may go to the largest."""
    del settings
    return (len(phase.drawn) - 1) / DEFAULT_BLOCK + 1e-12


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
    if (location.text_field or "text") == "text":
        return {"source": source}
    return {"source": source, "format": Flow(type="text", text_key=location.text_field)}


def _weights(placed: Sequence[Placed]) -> dict[str, object]:
    ratios = arithmetic.exact_sum([one.ratio for one in placed])
    return {one.name: ratio for one, ratio in zip(placed, ratios, strict=True)}


FORMAT = Format(
    id="levanter",
    name=NAME,
    order=30,
    checked="marin-levanter 0.2.227.dev",
    unit=WeightUnit.TOKENS,
    layouts=LAYOUTS,
    has_phases=True,
    place=PLACE,
    write=write,
    read=read,
    realised_shares=realised_shares,
    error_bound=error_bound,
)
