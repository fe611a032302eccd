"""
Megatron-LM's blends: `--data-path`, the text of `--data-args-path`, the JSON of per-split paths.

Megatron-Bridge and AutoModel take the same. A weight is a share of sequences of one length, so
of tokens. The grammar (`get_blend_from_list`): an odd number of items are prefixes without
weights; an even number are pairs of weight and prefix, unless a weight is no number: then all
items become prefixes, silently, or a bare AssertionError if a number follows in a later pair.
"""

import json
import shlex
from collections.abc import Iterator, Sequence

from app.trainers.formats.megatron_blends import (
    MAX_DATASETS,
    NAME,
    PLACE,
    REACH,
    TOO_MANY,
    read,
)
from app.trainers.kit import arithmetic, common_notes, findings, notes, placing, weights
from app.trainers.kit.findings import CannotWrite, Finding, FindingKind, Severity
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
    phase_file,
)
from app.trainers.kit.placing import Placed
from app.trainers.kit.plan import Layout, Phase, Plan, Settings, Split
from app.web.i18n import later

LAYOUTS = (Layout.MEGATRON,)
NEXT_START = NoteKind(
    "megatron_next_start",
    later(
        "Give every start the same --save and --load: Megatron-LM saves and stops by itself at "
        "each of these steps; start it again with the next phase's file."
    ),
)
BELOW_ONE_SAMPLE = FindingKind(
    "megatron_below_one_sample",
    Severity.WARNING,
    later(
        "%(names)s get less than one sequence of %(length)s tokens in this phase, so possibly none."
    ),
    later("Raise their weight or the budget, or leave them out."),
)


def write(plan: Plan) -> Written:
    """
    Write a text and a JSON per phase, and the arguments that go with them.

    Raises
    ------
    CannotWrite
        If a path has white space, two datasets share one, or there are too many.
    """
    said = [
        *common_notes.no_repeat_cap(plan),
        *common_notes.phases(plan, NEXT_START.note()),
        common_notes.budget(_budget_flags(plan)),
        *placing.passed_over(plan, LAYOUTS, REACH),
        *common_notes.groups(plan),
        *common_notes.dropped(plan),
        notes.NO_COMMENTS.note(file=f"{_stem(plan, 0)}.txt, .json", other="megatron-args.sh"),
    ]
    found: list[Finding] = []
    texts, jsons, arguments = [], [], [comment(header(plan, said))]
    for place, phase in enumerate(plan.phases):
        placed = placing.place(plan, phase, LAYOUTS, REACH)
        if len(placed) > MAX_DATASETS:
            raise CannotWrite([TOO_MANY.at(count=len(placed), most=MAX_DATASETS)])
        found += placing.missing(placed, LAYOUTS)
        found += _too_small(plan, placed, place)
        stem = _stem(plan, place)
        blend = _blend(placed)
        texts.append(File(f"{stem}.txt", _lines(blend), "text", place))
        splits = {
            "train": blend,
            "valid": _other_split(plan, phase, Split.VALID),
            "test": _other_split(plan, phase, Split.TEST),
        }
        jsons.append(File(f"{stem}.json", json.dumps(splits, indent=2) + "\n", "json", place))
        arguments.append(_arguments(plan, place, stem, blend))
    script = File("megatron-args.sh", "\n".join(arguments), "bash")
    return Written((*texts, *jsons, script), tuple(said), findings.once(found))


def realised_shares(files: Files, sizes: Sizes) -> tuple[Shares, ...]:
    """Return what the draw by largest deficit makes of the weights, for each phase's sequences."""
    found = []
    for place, phase in enumerate(read(files).phases):
        components = weights.usable(phase.components)
        asked = [arithmetic.token_weight(one, sizes) or 0.0 for one in components]
        drawn = arithmetic.largest_deficit(asked, sizes.samples(place))
        found.append(arithmetic.gathered(components, drawn, sizes))
    return tuple(found)


def error_bound(phase: Phase, settings: Settings) -> float:
    """Return two sequences as a share of the phase: no count is further from its target."""
    samples = max(phase.tokens / settings.sequence_length, 1)
    return arithmetic.DEFICIT_SAMPLES / samples + 1e-12


def _stem(plan: Plan, place: int) -> str:
    return phase_file(plan, place, "blend", "")


def _blend(placed: Sequence[Placed]) -> list[str]:
    ratios = arithmetic.exact_sum([one.ratio for one in placed])
    return [
        text
        for ratio, one in zip(ratios, placed, strict=True)
        for text in (repr(ratio), one.location.uri)
    ]


def _lines(blend: Sequence[str]) -> str:
    pairs = zip(blend[::2], blend[1::2], strict=True)
    return "".join(f"{weight} {prefix}\n" for weight, prefix in pairs)


def _other_split(plan: Plan, phase: Phase, split: Split) -> list[str] | None:
    """Return the blend of a split for which some datasets have files; null, never an empty list."""
    placed = []
    for one in phase.drawn:
        location = placing.choose(one, LAYOUTS, plan.tokenizer, split, REACH)
        if location is not None:
            placed.append((one.ratio, location.uri))
    return [text for ratio, uri in placed for text in (repr(ratio), uri)] or None


def _budget_flags(plan: Plan) -> str:
    total = -(-plan.tokens // plan.settings.sequence_length)
    flags = f"--train-samples {total} --seq-length {plan.settings.sequence_length}"
    if len(plan.phases) > 1:
        starts = ",".join(str(plan.first_step(place)) for place in range(1, len(plan.phases)))
        flags += (
            f" --global-batch-size {plan.settings.global_batch_size}"
            f" --phase-transition-iterations {starts}"
        )
    return flags


def _arguments(plan: Plan, place: int, stem: str, blend: Sequence[str]) -> str:
    number = place + 1
    pairs = zip(blend[::2], blend[1::2], strict=True)
    command = "".join(f"  {weight} {shlex.quote(prefix)}\n" for weight, prefix in pairs)
    return (
        f"# Phase {number}: one of the two. With --per-split-data-args-path {stem}.json instead, "
        "leave --split out.\n"
        f"PHASE_{number}_ARGS=(\n"
        f"  --data-args-path {stem}.txt\n  --split 100,0,0\n"
        f"  {_budget_flags(plan).replace(' --', chr(10) + '  --')}\n"
        f"  --seed {plan.settings.seed}\n)\n"
        f"PHASE_{number}_COMMAND_LINE=(\n  --data-path\n{command})\n"
    )


def _too_small(plan: Plan, placed: Sequence[Placed], place: int) -> Iterator[Finding]:
    samples = plan.samples(place)
    names = tuple(one.name for one in placed if one.ratio * samples < 1)
    if names:
        yield BELOW_ONE_SAMPLE.at(names=names, length=plan.settings.sequence_length)


FORMAT = Format(
    id="megatron",
    name=NAME,
    order=10,
    checked="megatron-core 0.19.2",
    unit=WeightUnit.TOKENS,
    layouts=LAYOUTS,
    has_phases=False,
    place=PLACE,
    write=write,
    read=read,
    realised_shares=realised_shares,
    error_bound=error_bound,
)
