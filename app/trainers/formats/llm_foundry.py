"""
LLM-Foundry with MosaicML Streaming: streams with `proportion` or `repeat`, curriculum in tokens.

MDS samples are sequences of one length, so a proportion is a share of tokens. The curriculum is
the only schedule of any framework that counts tokens; its durations sum to `max_duration`.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from app.trainers.kit import arithmetic, common_notes, findings, placing, weights
from app.trainers.kit.findings import Finding, FindingKind, Severity
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
from app.trainers.kit.reach import PLAIN_PATHS
from app.trainers.kit.texts import Document, Path, documents, unknown_keys
from app.trainers.kit.yaml_text import Flow, dump
from app.web.i18n import later

LAYOUTS = (Layout.MDS,)
_KINDS = ("proportion", "repeat", "choose")
_STREAM_KEYS = (
    "remote",
    "local",
    "split",
    *_KINDS,
    "download_retry",
    "download_timeout",
    "validate_hash",
    "keep_zip",
)
_TOKENS = re.compile(r"([0-9_]+)tok")
# Truncation takes less than a sample off each stream, and one is given back.
ROUNDED_SAMPLES = 1.0

EPOCH_SIZE = NoteKind(
    "mosaic_epoch_size",
    later(
        "epoch_size is the phase in samples of %(length)s tokens: without it an epoch stays as "
        "long as all data together, whatever the proportions."
    ),
)
EXACT_EPOCHS = NoteKind(
    "mosaic_exact_epochs",
    later(
        "repeat counts passes: the share of a dataset holds only if its MDS has as many tokens as "
        "the catalogue says."
    ),
)
MIXED_KINDS = FindingKind(
    "mosaic_mixed_kinds",
    Severity.ERROR,
    later("%(name)s has %(key)s, others have %(others)s: proportion mixes with nothing else."),
    later("Use the same key for every stream."),
)
TWO_KINDS = FindingKind(
    "mosaic_two_kinds",
    Severity.ERROR,
    later("%(name)s has more than one of proportion, repeat and choose."),
    later("Keep one of them."),
)
NO_EPOCH_SIZE = FindingKind(
    "mosaic_no_epoch_size",
    Severity.WARNING,
    later("There are proportions but no epoch_size: an epoch is as long as all data together."),
    later("Set epoch_size to the samples that you mean to train on."),
)
EPOCH_SIZE_WITH_REPEAT = FindingKind(
    "mosaic_epoch_size_with_repeat",
    Severity.ERROR,
    later("epoch_size goes with proportion only; with repeat or choose it is refused."),
    later("Take epoch_size out."),
)
SAME_LOCAL = FindingKind(
    "mosaic_same_local",
    Severity.ERROR,
    later("%(name)s has the local folder of another stream."),
    later("Give every stream a folder of its own."),
)
NO_SHUFFLE = FindingKind(
    "mosaic_no_shuffle",
    Severity.WARNING,
    later("shuffle is off, the default: the streams then come one after another, unmixed."),
    later("Set shuffle: true."),
)
DURATION = FindingKind(
    "mosaic_duration",
    Severity.ERROR,
    later("The duration %(value)s is no count of tokens such as 1000000tok."),
    later("Write all durations in tokens; the framework wants one unit for all."),
)
DURATION_SUM = FindingKind(
    "mosaic_duration_sum",
    Severity.ERROR,
    later("The durations sum to %(sum)s tokens, max_duration is %(most)s: the trainer stops."),
    later("Make them equal."),
)


def write(plan: Plan) -> Written:
    """
    Write one YAML: the loader of the first phase, the others as a curriculum.

    Raises
    ------
    CannotWrite
        If two datasets share a location, or with `exact_epochs` a size is not known.
    """
    settings = plan.settings
    exact = settings.exact_epochs
    said = [
        *([] if exact else common_notes.no_repeat_cap(plan)),
        EXACT_EPOCHS.note() if exact else EPOCH_SIZE.note(length=settings.sequence_length),
        *placing.passed_over(plan, LAYOUTS, PLAIN_PATHS),
        *common_notes.groups(plan),
        *common_notes.dropped(plan),
    ]
    every: list[Placed] = []
    datasets = []
    for place, phase in enumerate(plan.phases):
        if exact:
            common_notes.require_sizes(phase.drawn)
        placed = placing.place(plan, phase, LAYOUTS, PLAIN_PATHS)
        every += placed
        datasets.append(_dataset(plan, place, placed))
    body: dict[str, object] = {
        "max_duration": f"{plan.tokens}tok",
        "train_loader": {
            "name": "text",
            "drop_last": True,
            "num_workers": 8,
            "dataset": datasets[0],
        },
    }
    if len(plan.phases) > 1:
        schedule = [
            {"duration": f"{phase.tokens}tok", "dataset": dataset}
            for phase, dataset in zip(plan.phases[1:], datasets[1:], strict=True)
        ]
        first = {"duration": f"{plan.phases[0].tokens}tok", "schedule": schedule}
        body["callbacks"] = {"curriculum_learning": first}
    text = comment(header(plan, said)) + dump(body)
    found = placing.missing(every, LAYOUTS)
    return Written((File("train.yaml", text, "yaml"),), tuple(said), tuple(found))


def read(files: Files) -> Reading:
    """Read the loader's streams, and those of a curriculum."""
    found: list[Finding] = []
    phases: list[ReadPhase] = []
    for _name, document in documents(files, found):
        first: Path = ("train_loader", "dataset")
        if not isinstance(document.get(*first, "streams"), dict):
            first = ("dataset",)
        if not isinstance(document.get(*first, "streams"), dict):
            found.append(findings.NOT_THIS_FORMAT.at(1, trainer=FORMAT.name, place=FORMAT.place))
            continue
        phases += _phases(document, first, found)
    return Reading(tuple(phases), findings.once(found))


def realised_shares(files: Files, sizes: Sizes) -> tuple[Shares, ...]:
    """
    Return what whole samples make of proportions or passes.

    Proportions: int(epoch_size * share), and the samples that are missing go one each to streams
    that a seeded draw chooses; here to the first ones. Passes: int(passes * samples).
    """
    found = []
    length = sizes.settings.sequence_length
    for place, phase in enumerate(read(files).phases):
        components = weights.usable(phase.components)
        if any(one.unit is WeightUnit.EPOCHS for one in components):
            counts = [
                int(one.weight * ((sizes.find(one).tokens or 0) / length)) for one in components
            ]
        else:
            shares = arithmetic.normalised([one.weight for one in components])
            samples = sizes.samples(place)
            counts = [int(samples * one) for one in shares]
            for short in range(samples - sum(counts)):
                counts[short % len(counts)] += 1
        total = sum(counts)
        drawn = [count / total if total else 0.0 for count in counts]
        found.append(arithmetic.gathered(components, drawn, sizes))
    return tuple(found)


def error_bound(phase: Phase, settings: Settings) -> float:
    """Return a sample as a share of the phase; with passes, one of each dataset."""
    samples = max(phase.tokens / settings.sequence_length, 1)
    parts = len(phase.drawn) if settings.exact_epochs else 1
    return ROUNDED_SAMPLES * parts / max(samples - parts, 1) + 1e-12


def _dataset(plan: Plan, place: int, placed: Sequence[Placed]) -> dict[str, object]:
    settings = plan.settings
    ratios = arithmetic.exact_sum([one.ratio for one in placed])
    streams: dict[str, object] = {}
    for one, ratio in zip(placed, ratios, strict=True):
        uri = one.location.uri
        stream = Flow(local=uri) if uri.startswith("/") else Flow(remote=uri, local=_cache(one))
        if settings.exact_epochs:
            stream["repeat"] = one.component.epochs
        else:
            stream["proportion"] = ratio
        streams[one.name] = stream
    found: dict[str, object] = {
        "max_seq_len": settings.sequence_length,
        "shuffle": True,
        "shuffle_seed": settings.seed,
    }
    if not settings.exact_epochs:
        found["epoch_size"] = plan.samples(place)
    return found | {"streams": streams}


def _cache(placed: Placed) -> str:
    return f"/tmp/streaming/{placed.name}"  # noqa: S108  a cache of the trainer's machine


def _phases(document: Document, first: Path, found: list[Finding]) -> list[ReadPhase]:
    curriculum: Path = ("callbacks", "curriculum_learning")
    later_ones = document.get(*curriculum, "schedule")
    places: list[tuple[Path, Path | None]] = [
        (first, (*curriculum, "duration") if later_ones is not None else None)
    ]
    for place in range(len(later_ones) if isinstance(later_ones, list) else 0):
        path = (*curriculum, "schedule", place)
        places.append(((*path, "dataset"), (*path, "duration")))
    phases = []
    for number, (path, duration_path) in enumerate(places, start=1):
        tokens = None
        if duration_path is not None:
            value = document.get(*duration_path)
            match = _TOKENS.fullmatch(str(value).replace(" ", ""))
            if match:
                tokens = int(match[1])
            else:
                found.append(DURATION.at(document.line(*duration_path), value=str(value)[:60]))
        parts = tuple(_components(document, path, found))
        chosen = any("choose" in one for one in _streams(document, path))
        found += weights.judge(parts, normalises=not chosen)
        found += PLAIN_PATHS.judge_all(parts, LAYOUTS[0])
        phases.append(ReadPhase(f"phase {number}", parts, tokens=tokens))
    most = _TOKENS.fullmatch(str(document.get("max_duration")).replace(" ", ""))
    durations = [phase.tokens for phase in phases if phase.tokens is not None]
    if most and len(durations) == len(phases) and sum(durations) != int(most[1]):
        line = document.line("max_duration")
        found.append(DURATION_SUM.at(line, sum=sum(durations), most=int(most[1])))
    return phases


def _streams(document: Document, path: Path) -> list[dict[str, Any]]:
    streams = document.get(*path, "streams")
    values = streams.values() if isinstance(streams, dict) else ()
    return [one for one in values if isinstance(one, dict)]


def _components(document: Document, path: Path, found: list[Finding]) -> Iterator[ReadComponent]:
    streams = document.get(*path, "streams")
    if not isinstance(streams, dict):
        line = document.line(*path)
        found.append(findings.NOT_THIS_FORMAT.at(line, trainer=FORMAT.name, place=FORMAT.place))
        return
    kinds: list[str] = []
    locals_seen: set[str] = set()
    for name, stream in streams.items():
        inside = (*path, "streams", name)
        line = document.line(*inside)
        if not isinstance(stream, dict):
            found.append(findings.MISSING_VALUE.at(line, name=str(name), key="local"))
            continue
        found += unknown_keys(document, inside, _STREAM_KEYS)
        given = [kind for kind in _KINDS if stream.get(kind) is not None]
        kind = given[0] if given else "none"
        found += _judge_kinds(str(name), given, kinds, line)
        kinds.append(kind)
        local = str(stream.get("local"))
        if local in locals_seen:
            found.append(SAME_LOCAL.at(document.line(*inside, "local"), name=str(name)))
        locals_seen.add(local)
        weight = stream[kind] if given else 1.0
        at = document.line(*inside, kind) if given else line
        number = weights.number(weight)
        if number is None:
            found += weights.judge_weight(str(name), weight, at)
            continue
        location = str(stream.get("remote") or stream.get("local") or "") or None
        unit = WeightUnit.EPOCHS if kind in ("repeat", "none") else WeightUnit.TOKENS
        missing = placing.name_of(location) if location else None
        yield ReadComponent(missing or str(name), number, unit, location=location, line=at)
    found += _judge_dataset(document, path, kinds)


def _judge_kinds(
    name: str, given: Sequence[str], before: Sequence[str], line: int | None
) -> Iterator[Finding]:
    """Yield what is wrong with the kinds of weight of a stream, beside those before it."""
    if len(given) > 1:
        yield TWO_KINDS.at(line, name=name)
    kind = given[0] if given else "none"
    if before and kind not in before and "proportion" in {kind, *before}:
        others = ", ".join(sorted(set(before)))
        yield MIXED_KINDS.at(line, name=name, key=kind, others=others)


def _judge_dataset(document: Document, path: Path, kinds: Sequence[str]) -> Iterator[Finding]:
    """Yield what is wrong beside the streams."""
    has_size = document.get(*path, "epoch_size") is not None
    if set(kinds) == {"proportion"} and not has_size:
        yield NO_EPOCH_SIZE.at(document.line(*path))
    if has_size and {"repeat", "choose"} & set(kinds):
        yield EPOCH_SIZE_WITH_REPEAT.at(document.line(*path, "epoch_size"))
    # A phase of a curriculum takes what it does not say from the loader.
    if path[0] != "callbacks" and document.get(*path, "shuffle") is not True:
        yield NO_SHUFFLE.at(document.line(*path))


FORMAT = Format(
    id="llm-foundry",
    name="LLM-Foundry",
    order=50,
    checked="mosaicml-streaming 0.13.0, llm-foundry 0.22.0",
    unit=WeightUnit.TOKENS,
    layouts=LAYOUTS,
    has_phases=True,
    place="train_loader.dataset.streams",
    write=write,
    read=read,
    realised_shares=realised_shares,
    error_bound=error_bound,
)
