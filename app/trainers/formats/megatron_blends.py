"""Read Megatron-LM's blends in any of their forms, by its own grammar."""

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from app.trainers.kit import findings, placing, weights
from app.trainers.kit.findings import Finding, FindingKind, Severity, Unreadable
from app.trainers.kit.outputs import (
    Files,
    ReadComponent,
    Reading,
    ReadPhase,
    WeightUnit,
)
from app.trainers.kit.plan import Layout, Location
from app.trainers.kit.reach import Reach, has_wildcard
from app.trainers.kit.texts import Document, Path, check, each, judge_key, read_json
from app.web.i18n import later

NAME = "Megatron-LM"
PLACE = '0.7 PREFIX 0.3 PREFIX … / {"train": […]}'
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
BAD_PREFIX = FindingKind(
    "megatron_bad_prefix",
    Severity.ERROR,
    later(
        "Megatron cannot read %(uri)s of %(name)s: a prefix has no space, no quote and no "
        "wildcard, and no ending, since Megatron adds .bin and .idx itself."
    ),
    later("Write the path without its ending; rename the folder, or put a link in its place."),
)
TOO_MANY = FindingKind(
    "megatron_too_many",
    Severity.ERROR,
    later("There are %(count)s datasets; Megatron takes %(most)s at most."),
    later("Merge the smallest ones before tokenising."),
)


_UNSAFE = re.compile(r"[\s'\"\x00-\x1f\x7f]|\.(bin|idx)$")


def _is_prefix(location: Location) -> bool:
    return not _UNSAFE.search(location.uri) and not has_wildcard(location.uri)


REACH = Reach(BAD_PREFIX, _is_prefix)


class _Item(NamedTuple):
    """A word of a blend and its line."""

    text: str
    line: int | None
    is_number: bool = False  # JSON writes numbers apart from texts


def read(files: Files) -> Reading:
    """Read any of the forms; of several, the texts are the phases and the others are judged."""
    found: list[Finding] = []
    by_form: dict[str, list[ReadPhase]] = {"text": [], "json": [], "flags": []}
    for name, text in each(files, found):
        try:
            check(text)
            form, phases = _read_one(name, text, found)
        except Unreadable as error:
            found.append(error.finding)
            continue
        by_form[form] += phases
    phases = by_form["text"] or by_form["json"] or by_form["flags"]
    if not phases and not found:
        found.append(findings.NOT_THIS_FORMAT.at(trainer=NAME, place=PLACE))
    for phase in phases:
        judged = weights.judge(phase.components, zero=findings.ZERO_STOPS, normalises=True)
        found += [replace(one, file=phase.name) for one in judged]
    return Reading(tuple(phases), findings.once(found))


def _read_one(name: str, text: str, found: list[Finding]) -> tuple[str, list[ReadPhase]]:
    """Return the form of one text and the phases in it."""
    start = text.lstrip()[:1]
    if start == "{":
        return "json", _read_splits(text, found)
    if start == "[":
        document = read_json(text)
        items = _json_items(document, ())
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
    found += _judge_names(document)
    renamed = {_OTHER_SPLIT_NAMES.get(key, key): key for key in document.value}
    if not renamed.keys() & set(SPLITS):
        found.append(findings.NOT_THIS_FORMAT.at(trainer=NAME, place=PLACE))
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
            items = _json_items(document, (renamed[split],))
        if items:
            own: list[Finding] = []
            phase = _phase(split, items, own)
            # One dataset to validate on needs no weight.
            alone = split != "train" and len(items) == 1
            found += [one for one in own if not (alone and one.kind is UNWEIGHTED)]
            if split == "train":
                phases.append(phase)
            else:
                found += weights.judge(phase.components, zero=findings.ZERO_STOPS, normalises=True)
    return phases


def _judge_names(document: Document) -> Iterator[Finding]:
    """Yield the keys that are no split's, or a split's in AutoModel alone."""
    for key in document.value:
        line = document.line(key)
        if key in _OTHER_SPLIT_NAMES:
            yield SPLIT_NAME.at(line, key=key, meant=_OTHER_SPLIT_NAMES[key])
        else:
            yield from judge_key(key, line, SPLITS)


def _json_items(document: Document, path: Path) -> list[_Item]:
    value = document.get(*path)
    if not isinstance(value, list):
        return []
    return [
        _Item(
            str(one),
            document.line(*path, place),
            isinstance(one, int | float) and not isinstance(one, bool),
        )
        for place, one in enumerate(value)
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
    found += REACH.judge_all(components, Layout.MEGATRON)
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
