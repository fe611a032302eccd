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
from typing import Any, NamedTuple

from app.trainers.kit import arithmetic, common_notes, findings, notes, placing, weights
from app.trainers.kit.findings import CannotWrite, Finding, FindingKind, Severity, Unreadable
from app.trainers.kit.header import comment, header
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
from app.trainers.kit.plan import Layout, Phase, Plan, Settings, Split
from app.trainers.kit.texts import check, read_json
from app.web.i18n import later

LAYOUTS = (Layout.MEGATRON,)
MAX_DATASETS = 32_766
SPLITS = ("train", "valid", "test")
_OTHER_SPLIT_NAMES = {"validation": "valid", "val": "valid", "dev": "valid"}
_FLAGS = ("--data-path", "--train-data-path", "--valid-data-path", "--test-data-path")

ODD_COUNT = FindingKind(
    "megatron_odd_count",
    Severity.ERROR,
    later(
        "There are %(count)s items, an odd number: Megatron takes all of them for prefixes without "
        "weights, the numbers too, and says nothing."
    ),
    later("Write a weight and a prefix for every dataset."),
)
LOST_WEIGHT = FindingKind(
    "megatron_lost_weight",
    Severity.ERROR,
    later(
        "%(item)s stands where a weight should: Megatron then drops all weights and takes every "
        "item for a prefix, or stops with an AssertionError without words."
    ),
    later("Write a weight before every prefix."),
)
REVERSED = FindingKind(
    "megatron_reversed",
    Severity.ERROR,
    later("%(prefix)s stands before its weight %(weight)s: Megatron drops all weights, silently."),
    later("Write the weight first, then the prefix."),
)
NUMERIC_PREFIX = FindingKind(
    "megatron_numeric_prefix",
    Severity.ERROR,
    later("%(item)s, a number, stands where a prefix should."),
    later("Write pairs of weight and prefix; a folder that is a number needs its full path."),
)
SUFFIX = FindingKind(
    "megatron_suffix",
    Severity.ERROR,
    later("%(prefix)s has an ending; Megatron adds .bin and .idx itself."),
    later("Write the path without its ending."),
)
UNWEIGHTED = FindingKind(
    "megatron_unweighted",
    Severity.WARNING,
    later("There are no weights: every dataset is passed once, so its length is its weight."),
    later("Write a weight before every prefix if that is not what you mean."),
)
EMPTY_LIST = FindingKind(
    "megatron_empty_list",
    Severity.ERROR,
    later("The split %(split)s is an empty list: Megatron stops with “not enough values”."),
    later("Write null."),
)
MISSING_SPLIT = FindingKind(
    "megatron_missing_split",
    Severity.ERROR,
    later("The key %(split)s is missing: Megatron stops with a KeyError."),
    later("Write all of train, valid and test; null where there is none."),
)
SPLIT_NAME = FindingKind(
    "megatron_split_name",
    Severity.ERROR,
    later("The key %(key)s is that of AutoModel alone; Megatron-LM wants %(meant)s."),
    later("Rename it to %(meant)s."),
)
TOO_MANY = FindingKind(
    "megatron_too_many",
    Severity.ERROR,
    later("There are %(count)s datasets; Megatron takes %(most)s at most."),
    later("Merge the smallest ones before tokenising."),
)
BELOW_ONE_SAMPLE = FindingKind(
    "megatron_below_one_sample",
    Severity.WARNING,
    later(
        "%(names)s get less than one sequence of %(length)s tokens in this phase, so possibly none."
    ),
    later("Raise their weight or the budget, or leave them out."),
)


class _Item(NamedTuple):
    """A word of a blend and its line."""

    text: str
    line: int | None
    is_number: bool = False  # JSON writes numbers apart from texts


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
        *common_notes.phases(plan),
        common_notes.budget(_budget_flags(plan)),
        *common_notes.groups(plan),
        *common_notes.dropped(plan),
        notes.NO_COMMENTS.note(file=f"{_stem(plan, 0)}.txt, .json", other="megatron-args.sh"),
    ]
    found: list[Finding] = []
    texts, jsons, arguments = [], [], [comment(header(plan, said))]
    for place, phase in enumerate(plan.phases):
        placed = placing.place(plan, phase, LAYOUTS, has_plain_paths=True)
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


def read(files: Files) -> Reading:
    """Read any of the forms; of several, the texts are the phases and the others are judged."""
    found: list[Finding] = []
    by_form: dict[str, list[ReadPhase]] = {"text": [], "json": [], "flags": []}
    for name, text in files.items():
        try:
            check(text)
            form, phases = _read_one(name, text, found)
        except Unreadable as error:
            found.append(error.finding)
            continue
        by_form[form] += phases
    phases = by_form["text"] or by_form["json"] or by_form["flags"]
    if not phases and not found:
        found.append(findings.NOT_THIS_FORMAT.at(trainer=FORMAT.name, place=FORMAT.place))
    for phase in phases:
        found += weights.judge(phase.components)
    return Reading(tuple(phases), findings.once(found))


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
    return "blend" if len(plan.phases) == 1 else f"blend-phase-{place + 1}"


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
        location = placing.choose(one, LAYOUTS, plan.tokenizer, split)
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
        f"PHASE_{number}_ARGS=(--data-args-path {stem}.txt --split 100,0,0 "
        f"{_budget_flags(plan)} --seed {plan.settings.seed})\n"
        f"PHASE_{number}_COMMAND_LINE=(\n  --data-path\n{command})\n"
    )


def _too_small(plan: Plan, placed: Sequence[Placed], place: int) -> Iterator[Finding]:
    samples = plan.samples(place)
    names = tuple(one.name for one in placed if one.ratio * samples < 1)
    if names:
        yield BELOW_ONE_SAMPLE.at(names=names, length=plan.settings.sequence_length)


def _read_one(name: str, text: str, found: list[Finding]) -> tuple[str, list[ReadPhase]]:
    """Return the form of one text and the phases in it."""
    start = text.lstrip()[:1]
    if start == "{":
        return "json", _read_splits(text, found)
    if start == "[":
        document = read_json(text)
        items = _json_items(document.value, document.line())
        return "json", [_phase(name, items, found)]
    if any(flag in text for flag in _FLAGS):
        return "flags", [_phase(name, items, found) for items in _flagged(text)]
    items = [
        _Item(word, number)
        for number, line in enumerate(text.splitlines(), start=1)
        for word in line.split()
    ]
    return "text", [_phase(name, items, found)] if items else []


def _read_splits(text: str, found: list[Finding]) -> list[ReadPhase]:
    document = read_json(text)
    found += document.findings
    for key, meant in _OTHER_SPLIT_NAMES.items():
        if key in document.value:
            found.append(SPLIT_NAME.at(document.line(key), key=key, meant=meant))
    renamed = {_OTHER_SPLIT_NAMES.get(key, key): key for key in document.value}
    if not renamed.keys() & set(SPLITS):
        found.append(findings.NOT_THIS_FORMAT.at(trainer=FORMAT.name, place=FORMAT.place))
        return []
    phases = []
    for split in SPLITS:
        if split not in renamed:
            found.append(MISSING_SPLIT.at(1, split=split))
            continue
        value, line = document.value[renamed[split]], document.line(renamed[split])
        if value == []:
            found.append(EMPTY_LIST.at(line, split=split))
            continue
        if isinstance(value, str):
            items = [_Item(word, line) for word in value.split()]
        else:
            items = _json_items(value, line)
        if items:
            phase = _phase(split, items, found)
            if split == "train":
                phases.append(phase)
            else:
                found += weights.judge(phase.components)
    return phases


def _json_items(value: Any, line: int | None) -> list[_Item]:  # noqa: ANN401  whatever JSON has
    if not isinstance(value, list):
        return []
    return [
        _Item(str(one), line, isinstance(one, int | float) and not isinstance(one, bool))
        for one in value
    ]


def _flagged(text: str) -> Iterator[list[_Item]]:
    """Yield the words after each flag that names training data."""
    words: list[_Item] = []
    for number, line in enumerate(text.splitlines(), start=1):
        words += [_Item(word, number) for word in _shell_words(line)]
    for place, word in enumerate(words):
        if word.text not in ("--data-path", "--train-data-path"):
            continue
        items = []
        for item in words[place + 1 :]:
            if item.text.startswith("--") or item.text == ")":
                break
            items.append(item)
        yield items


def _shell_words(line: str) -> list[str]:
    if not any(mark in line for mark in "'\"#\\"):
        return line.split()
    try:
        return shlex.split(line.rstrip().removesuffix("\\"), comments=True)
    except ValueError:
        return line.split()


def _phase(name: str, items: Sequence[_Item], found: list[Finding]) -> ReadPhase:
    """Return the blend as Megatron takes it, with what it would not say."""
    pairs = _pairs(items, found)
    components = []
    for weight, item in pairs:
        if item.text.endswith((".bin", ".idx")):
            found.append(SUFFIX.at(item.line, prefix=item.text))
        missing = placing.name_of(item.text)
        components.append(
            ReadComponent(
                name=missing or item.text.rstrip("/").rpartition("/")[2],
                weight=1.0 if weight is None else weight,
                unit=WeightUnit.EPOCHS if weight is None else WeightUnit.TOKENS,
                location=item.text,
                line=item.line,
            )
        )
    if len(components) > MAX_DATASETS:
        found.append(TOO_MANY.at(count=len(components), most=MAX_DATASETS))
    return ReadPhase(name, tuple(components))


def _pairs(items: Sequence[_Item], found: list[Finding]) -> list[tuple[float | None, _Item]]:
    first = items[0].line if items else None
    unweighted: list[tuple[float | None, _Item]] = [(None, item) for item in items]
    numbers = [weights.number(item.text) for item in items]
    if len(items) % 2:
        if any(number is not None for number in numbers):
            found.append(ODD_COUNT.at(first, count=len(items)))
            found += _numeric(items, numbers)
        else:
            found.append(UNWEIGHTED.at(first))
        return unweighted
    if all(number is None for number in numbers):
        found.append(UNWEIGHTED.at(first))
        return unweighted
    if any(number is None for number in numbers[::2]):
        for place in range(0, len(items), 2):
            weight, prefix = items[place], items[place + 1]
            if numbers[place] is not None:
                continue
            if numbers[place + 1] is not None:
                found.append(REVERSED.at(weight.line, prefix=weight.text, weight=prefix.text))
            else:
                found.append(LOST_WEIGHT.at(weight.line, item=weight.text))
        return unweighted
    found += _numeric(items[1::2], numbers[1::2])
    return [(numbers[place], items[place + 1]) for place in range(0, len(items), 2)]


def _numeric(items: Sequence[_Item], numbers: Sequence[float | None]) -> Iterator[Finding]:
    for item, number in zip(items, numbers, strict=True):
        if number is not None:
            yield NUMERIC_PREFIX.at(item.line, item=item.text)


FORMAT = Format(
    id="megatron",
    name="Megatron-LM",
    checked="megatron-core 0.19.2",
    unit=WeightUnit.TOKENS,
    layouts=LAYOUTS,
    has_phases=False,
    place='0.7 PREFIX 0.3 PREFIX … / {"train": […]}',
    write=write,
    read=read,
    realised_shares=realised_shares,
    error_bound=error_bound,
)
