"""
OLMo-core's source mixture: YAML for `SourceMixtureList`.

`target_ratio` is a share of tokens; the ratios sum to 1. A source gives at most its tokens times
`max_source_fraction` times `max_repetition_ratio`, checked before training: the only format that
keeps the plan's cap. Per-source `validate()` is never called, so nonsense builds silently.
"""

import math
from collections.abc import Iterator, Mapping, Sequence

from app.trainers.kit import arithmetic, common_notes, findings, placing, weights
from app.trainers.kit.findings import Finding, FindingKind, Severity
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
from app.trainers.kit.plan import Layout, Location, Phase, Plan, Settings
from app.trainers.kit.reach import Reach
from app.trainers.kit.texts import Document, documents, unknown_keys
from app.trainers.kit.values import share
from app.trainers.kit.yaml_text import dump
from app.web.i18n import later

LAYOUTS = (Layout.NPY,)
# numpy's allclose to 1: relative 1e-5 and absolute 1e-8.
SUM_TOLERANCE = 1.001e-5
# A file is off by its fraction of a sequence and by one that evens the sum out.
ROUNDED_SAMPLES = 2.0
_KEYS = ("source_name", "target_ratio", "paths", "max_repetition_ratio", "max_source_fraction")
_COOKBOOK = frozenset({"name", "repetition_factor", "max_source_ratio"})

REPEATS = NoteKind(
    "olmo_repeats",
    later(
        "The default cap is one pass. Without a cap in the plan, max_repetition_ratio is set to "
        "just what the plan draws: %(names)s."
    ),
)
NEXT_START = NoteKind(
    "olmo_next_start",
    later(
        "Start each later phase as a run of its own, with load_path at the last checkpoint and "
        "load_trainer_state=False: OLMo-core refuses the data loader's state with other data. "
        "Steps and learning rate then start afresh."
    ),
)
FILES = NoteKind(
    "olmo_files",
    later(
        "OLMo-core cuts every file to whole sequences, in each pass over it. The proof counts one "
        "file for each path: where a wildcard stands for more, every %(count)s further files can "
        "move a share by up to %(share)s for each pass."
    ),
)
UNREADABLE = FindingKind(
    "olmo_unreadable",
    Severity.ERROR,
    later(
        "OLMo-core cannot read %(uri)s of %(name)s: it wants token files, and of wildcards it "
        "knows * and ** only."
    ),
    later("Write the files, with a wildcard where there are several: /data/web/*.npy."),
)
UNKNOWN_SIZE = NoteKind(
    "olmo_unknown_size",
    later(
        "The sizes of %(names)s are not known, so their cap is the default of one pass: OLMo-core "
        "refuses to start if that is too little."
    ),
)
PERCENT = FindingKind(
    "olmo_percent",
    Severity.ERROR,
    later("The ratios sum to %(sum)s: per cent, where OLMo-core wants fractions of 1."),
    later("Divide every ratio by 100."),
)
BELOW_ONE = FindingKind(
    "olmo_repetition_below_one",
    Severity.ERROR,
    later("max_repetition_ratio of %(name)s is %(value)s; below 1 it silently shrinks the source."),
    later("Write 1 or more, and use max_source_fraction to take a part."),
)
COOKBOOK = FindingKind(
    "olmo_cookbook",
    Severity.ERROR,
    later("The key %(key)s is that of olmo-cookbook; OLMo-core refuses it."),
    later("Write source_name, max_repetition_ratio or max_source_fraction."),
)
DUPLICATE_SOURCE = FindingKind(
    "duplicate_source",
    Severity.ERROR,
    later("Two sources are called %(name)s: OLMo-core keeps the last and the other vanishes."),
    later("Give every source a name of its own, or put their paths into one."),
)
NO_PATHS = FindingKind(
    "olmo_no_paths",
    Severity.ERROR,
    later("%(name)s has no paths, so it has no tokens."),
    later("Write at least one path."),
)


def _is_readable(location: Location) -> bool:
    """
    Whether OLMo-core finds token files there; of a folder it would take the size for its tokens.

    >>> [
    ...     _is_readable(Location(one, Layout.NPY))
    ...     for one in ("/d/*.npy", "/d/a.npy", "/d", "/?.npy")
    ... ]
    [True, True, False, False]
    """
    last = location.uri.rpartition("/")[2]
    return ("*" in location.uri or "." in last) and not any(one in location.uri for one in "?[")


REACH = Reach(UNREADABLE, _is_readable)


def write(plan: Plan) -> Written:
    """
    Write a YAML per phase, each with the call that reads it.

    Raises
    ------
    CannotWrite
        If two datasets share a path, or files are of another tokenizer.
    """
    said = [
        *common_notes.phases(plan, NEXT_START.note()),
        common_notes.budget("requested_tokens, global_batch_size and seed, see below"),
        *_repeat_notes(plan),
        *_files_note(plan),
        *placing.passed_over(plan, LAYOUTS, REACH),
        *common_notes.groups(plan),
        *common_notes.dropped(plan),
    ]
    found: list[Finding] = []
    files = []
    for place, phase in enumerate(plan.phases):
        placed = placing.place(plan, phase, LAYOUTS, REACH)
        found += placing.missing(placed, LAYOUTS)
        ratios = arithmetic.exact_sum([one.ratio for one in placed])
        requested = _requested(plan, place, placed)
        sources = [
            _source(one, ratio, requested) for one, ratio in zip(placed, ratios, strict=True)
        ]
        head = comment([*header(plan, said, place), "", *_call(plan, requested)])
        name = phase_file(plan, place, "mixture", ".yaml")
        files.append(File(name, head + dump({"sources": sources}), "yaml", place))
    return Written(tuple(files), tuple(said), findings.once(found))


def read(files: Files) -> Reading:
    """Read source lists; each file is a phase."""
    found: list[Finding] = []
    phases = []
    for name, document in documents(files, found):
        if not isinstance(document.get("sources"), list):
            found.append(findings.NOT_THIS_FORMAT.at(1, trainer=FORMAT.name, place=FORMAT.place))
            continue
        components = list(_components(document, found))
        found += weights.judge(components)
        total = sum(one.weight for one in components)
        if abs(total - 100) < 1:
            found.append(PERCENT.at(document.line("sources"), sum=f"{total:.6g}"))
        else:
            line = document.line("sources")
            found += weights.judge_sum(components, tolerance=SUM_TOLERANCE, line=line)
        phases.append(ReadPhase(name, tuple(components)))
    return Reading(tuple(phases), findings.once(found))


def realised_shares(files: Files, sizes: Sizes) -> tuple[Shares, ...]:
    """
    Return what whole sequences in whole batches make of the ratios.

    Each source gets int(requested * ratio) tokens, of which each pass over each of its files gives
    whole sequences; what is missing to whole batches goes to all of them evenly, within their
    capacity, then by largest remainder. The paths of a source count as files of one length.
    """
    settings = sizes.settings
    found = []
    for place, phase in enumerate(read(files).phases):
        components = weights.usable(phase.components)
        length, step = settings.sequence_length, settings.step_tokens
        known = [sizes.find(one).tokens for one in components]
        most = [
            int(tokens * (one.max_epochs or 1.0)) if tokens else math.inf
            for one, tokens in zip(components, known, strict=True)
        ]
        requested = _whole_batches(
            sizes.samples(place) * length, step, [one.weight for one in components], most
        )
        owners, wanted, room = [], [], []
        for owner, (one, tokens) in enumerate(zip(components, known, strict=True)):
            for available, given in _passes(int(requested * one.weight), tokens, one.files):
                owners.append(owner)
                wanted.append(given)
                room.append(available // length if available else math.inf)
        counts = [int(min(one // length, most)) for one, most in zip(wanted, room, strict=True)]
        rests = [one % length for one in wanted]
        _even_out(counts, rests, room, requested // length)
        total = sum(counts)
        drawn = [0.0] * len(components)
        for owner, count in zip(owners, counts, strict=True):
            drawn[owner] += count / total if total else 0.0
        found.append(arithmetic.gathered(components, drawn, sizes))
    return tuple(found)


def error_bound(phase: Phase, settings: Settings) -> float:
    """Return two sequences, and one for each whole pass, as a share of the phase."""
    return files_bound(phase, settings, {})


def files_bound(phase: Phase, settings: Settings, files: Mapping[str, int]) -> float:
    """Return the bound where datasets lie in so many files, by name; in one where none is said."""
    samples = max(phase.tokens / settings.sequence_length, 1)
    # Every pass over a file is cut to whole sequences by itself; others get what that leaves.
    passes = sum(math.floor(one.epochs or 0) * files.get(one.name, 1) for one in phase.drawn)
    most = max(files.get(one.name, 1) for one in phase.drawn)
    return (ROUNDED_SAMPLES * most + passes) / samples + 1e-9


def _passes(needed: int, available: int | None, files: int = 1) -> list[tuple[int | None, int]]:
    """
    Return what each file has and each pass over it gives: parts of it, which are rounded up.

    >>> _passes(250, 100), _passes(40, 101, 2), _passes(40, None)
    ([(100, 100), (100, 100), (100, 50)], [(51, 21), (50, 20)], [(None, 40)])
    """
    if not available:
        return [(None, needed)]
    lengths = [available // files + (place < available % files) for place in range(files)]
    passes: list[tuple[int | None, int]] = []
    # The framework's own floats: the last part may be a token more than is needed.
    left = needed / available
    while left > 0:
        part = min(1.0, left)
        passes += [(length, math.ceil(length * part)) for length in lengths]
        left -= part
    return passes or [(length, 0) for length in lengths]


def _source(placed: Placed, ratio: float, requested: int) -> dict[str, object]:
    found: dict[str, object] = {
        "source_name": placed.name,
        "target_ratio": ratio,
        "paths": [placed.location.uri],
    }
    cap = _cap(placed, int(requested * ratio))
    if cap is not None and cap >= 1:
        found["max_repetition_ratio"] = cap
    elif cap is not None:
        found["max_source_fraction"] = cap
    return found


def _cap(placed: Placed, needed: int) -> float | None:
    """Return the plan's cap, or without one the passes that are drawn, where more than one."""
    component = placed.component
    if component.max_epochs is not None:
        return float(component.max_epochs)
    if component.unique_tokens and needed > component.unique_tokens:
        # Rounded up, so that the check of capacity, which truncates, holds.
        return (int(needed / component.unique_tokens * 1000) + 1) / 1000
    return None


def _requested(plan: Plan, place: int, placed: Sequence[Placed]) -> int:
    """Return the tokens of a phase in whole batches: more, unless that breaks a cap of the plan."""
    most = [
        int(one.component.unique_tokens * one.component.max_epochs)
        if one.component.unique_tokens and one.component.max_epochs
        else math.inf
        for one in placed
    ]
    step, ratios = plan.settings.step_tokens, [one.ratio for one in placed]
    return _whole_batches(plan.phases[place].tokens, step, ratios, most)


def _whole_batches(tokens: int, step: int, ratios: Sequence[float], most: Sequence[float]) -> int:
    """Round up to whole batches; down where that needs more of a source than there may be."""
    up = -(-tokens // step) * step
    is_too_much = any(int(up * ratio) > one for ratio, one in zip(ratios, most, strict=True))
    return up - step if is_too_much and up > step else up


def _files_note(plan: Plan) -> Iterator[Note]:
    """Yield what further files behind a wildcard are to the proof, where there is a wildcard."""
    parts = [one for phase in plan.phases for one in phase.drawn]
    places = [placing.choose(one, LAYOUTS, plan.tokenizer, reach=REACH) for one in parts]
    if any(place is not None and "*" in place.uri for place in places):
        samples = min(plan.samples(place) for place in range(len(plan.phases)))
        count = max(samples // 10_000, 1)  # so many that it is some hundredth of a per cent
        yield FILES.note(count=count, share=share(ROUNDED_SAMPLES * count / samples))


def _repeat_notes(plan: Plan) -> Iterator[Note]:
    parts = [one for phase in plan.phases for one in phase.drawn]
    repeated = {
        f"{one.name} {one.epochs:.2f}": None
        for one in parts
        if one.max_epochs is None and one.epochs is not None and one.epochs > 1
    }
    if repeated:
        yield REPEATS.note(names=tuple(repeated))
    unknown = {one.name: None for one in parts if one.epochs is None and one.max_epochs is None}
    if unknown:
        yield UNKNOWN_SIZE.note(names=tuple(unknown))


def _call(plan: Plan, requested: int) -> list[str]:
    step = plan.settings.step_tokens
    return [
        "Read it with SourceMixtureDatasetConfig(source_list=SourceMixtureList.from_dict(...),",
        f"  requested_tokens={requested}, global_batch_size={step}, seed={plan.settings.seed});",
        "  both are in tokens, requested_tokens is in whole batches.",
    ]


def _components(document: Document, found: list[Finding]) -> Iterator[ReadComponent]:
    seen: set[str] = set()
    for place, source in enumerate(document.get("sources")):
        path = ("sources", place)
        line = document.line(*path)
        if not isinstance(source, dict):
            found.append(findings.NOT_THIS_FORMAT.at(line, trainer=FORMAT.name, place=FORMAT.place))
            continue
        found += [
            COOKBOOK.at(document.line(*path, key), key=key)
            for key in sorted(source.keys() & _COOKBOOK)
        ]
        found += unknown_keys(document, path, [*_KEYS, *_COOKBOOK])
        name = str(source.get("source_name") or source.get("name") or f"source-{place + 1}")
        if name in seen:
            at = document.line(*path, "source_name")
            found.append(DUPLICATE_SOURCE.at(at, name=name))
        seen.add(name)
        weight = source.get("target_ratio")
        number = weights.number(weight)
        if weight is None:
            found.append(findings.MISSING_VALUE.at(line, name=name, key="target_ratio"))
        elif number is None:
            found += weights.judge_weight(name, weight, document.line(*path, "target_ratio"))
        paths = source.get("paths")
        if not isinstance(paths, list) or not paths:
            found.append(NO_PATHS.at(line, name=name))
            paths = []
        cap = weights.number(source.get("max_repetition_ratio", 1))
        if cap is not None and cap < 1:
            at = document.line(*path, "max_repetition_ratio")
            found.append(BELOW_ONE.at(at, name=name, value=str(cap)))
        fraction = weights.number(source.get("max_source_fraction", 1))
        for item, uri in enumerate(paths):
            at = document.line(*path, "paths", item)
            found += REACH.judge(name, Location(str(uri), LAYOUTS[0]), at)
        location = str(paths[0]) if paths else None
        missing = placing.name_of(location) if location else None
        yield ReadComponent(
            name=missing or name,
            weight=number or 0.0,
            location=location,
            max_epochs=(cap or 1.0) * (fraction or 1.0),
            line=document.line(*path, "target_ratio") or line,
            files=max(len(paths), 1),
        )


def _even_out(counts: list[int], rests: Sequence[int], room: Sequence[float], wanted: int) -> None:
    """Hand out the sequences that are missing to `wanted`: evenly, then by largest remainder."""
    able = [place for place in range(len(counts)) if counts[place] < room[place]]
    missing = wanted - sum(counts)
    if missing <= 0 or not able:
        return
    each = missing // len(able)
    for place in able:
        counts[place] += int(min(each, room[place] - counts[place]))
    ranked = sorted(
        (place for place in able if counts[place] < room[place]),
        key=lambda place: (rests[place], place),
        reverse=True,
    )
    for place in ranked[: wanted - sum(counts)]:
        counts[place] += 1


FORMAT = Format(
    id="olmo-core",
    name="OLMo-core",
    order=20,
    checked="ai2-olmo-core 3.0.0",
    unit=WeightUnit.TOKENS,
    layouts=LAYOUTS,
    has_phases=False,
    place="sources[].target_ratio",
    write=write,
    read=read,
    realised_shares=realised_shares,
    error_bound=error_bound,
)
