"""
nanotron's `data_stages`: folders and weights per stage, each from a training step on.

A weight is a share of sequences. Nanoset makes an index of as many sequences as all folders
have, by largest deficit, shuffles it and repeats it: shares hold on average over a stage.
"""

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
from app.trainers.kit.texts import Document, documents, unknown_keys
from app.trainers.kit.yaml_text import dump
from app.web.i18n import later

LAYOUTS = (Layout.NANOSET,)
_STAGE_KEYS = ("name", "start_training_step", "data", "sequence_length")
_DATA_KEYS = ("dataset", "seed", "num_loading_workers")
_DATASET_KEYS = (
    "dataset_folder",
    "dataset_weights",
    "dataset_read_path",
    "tokenizer_name",
    "vocab_size",
    "token_size_in_bytes",
    "return_positions",
    "skip_in_stream",
    "pad_samples_to_global_batch_size",
    "dataset_max_tokens",
    "shuffle_files",
    "use_old_brrr_dataloader",
)

ON_AVERAGE = NoteKind(
    "nanotron_on_average",
    later(
        "The index of sequences is shuffled and a stage takes a part of it, so its shares hold on "
        "average."
    ),
)
MAP_FORM = FindingKind(
    "nanotron_map_form",
    Severity.ERROR,
    later(
        "dataset_folder is a map of folders to weights, as the documentation shows; the code "
        "refuses it without a reason."
    ),
    later("Write dataset_folder as a list and dataset_weights as a list of the same length."),
)
NO_WEIGHTS = FindingKind(
    "nanotron_no_weights",
    Severity.WARNING,
    later("There are no dataset_weights: each folder's length is its weight."),
    later("Add dataset_weights if that is not what you mean."),
)
FIRST_STEP = FindingKind(
    "nanotron_first_step",
    Severity.ERROR,
    later("No stage starts at step 1, so nanotron stops."),
    later("Start the first stage at start_training_step: 1."),
)
BAD_STEP = FindingKind(
    "nanotron_bad_step",
    Severity.ERROR,
    later("The stage %(name)s starts at %(step)s, which is no step or that of another stage."),
    later("Give every stage a step of its own, a whole number from 1 on."),
)
SAME_STAGE = FindingKind(
    "nanotron_same_stage",
    Severity.ERROR,
    later("Two stages are called %(name)s."),
    later("Give every stage a name of its own."),
)


def write(plan: Plan) -> Written:
    """
    Write one YAML with a stage per phase.

    Raises
    ------
    CannotWrite
        If two datasets share a folder, or files are of another tokenizer.
    """
    starts = _starts(plan)
    steps = starts[-1] - 1 + plan.steps(len(starts) - 1)
    settings = plan.settings
    said = [
        *common_notes.no_repeat_cap(plan),
        common_notes.budget(
            f"tokens.train_steps {steps}, tokens.sequence_length {settings.sequence_length}, "
            f"a global batch of {settings.global_batch_size} sequences"
        ),
        *common_notes.whole_steps(plan),
        ON_AVERAGE.note(),
        *placing.passed_over(plan, LAYOUTS, PLAIN_PATHS),
        *common_notes.groups(plan),
        *common_notes.dropped(plan),
    ]
    every: list[Placed] = []
    stages = []
    for place, (phase, start) in enumerate(zip(plan.phases, starts, strict=True), start=1):
        placed = placing.place(plan, phase, LAYOUTS, PLAIN_PATHS)
        every += placed
        dataset = {
            "dataset_folder": [one.location.uri for one in placed],
            "dataset_weights": arithmetic.exact_sum([one.ratio for one in placed]),
        }
        stages.append(
            {
                "name": f"{place} {phase.name}",
                "start_training_step": start,
                "data": {"seed": settings.seed, "num_loading_workers": 1, "dataset": dataset},
            }
        )
    text = comment(header(plan, said)) + dump({"data_stages": stages})
    found = placing.missing(every, LAYOUTS)
    return Written((File("data_stages.yaml", text, "yaml"),), tuple(said), tuple(found))


def read(files: Files) -> Reading:
    """Read the stages of a configuration, in the order of their steps."""
    found: list[Finding] = []
    phases: list[ReadPhase] = []
    for _name, document in documents(files, found):
        stages = document.get("data_stages")
        if not isinstance(stages, list) or not stages:
            found.append(findings.NOT_THIS_FORMAT.at(1, trainer=FORMAT.name, place=FORMAT.place))
            continue
        here = [_stage(document, place, found) for place in range(len(stages))]
        found += _judge_steps(document, here)
        here.sort(key=lambda one: one.start_step or 0)
        for phase in here:
            found += weights.judge(phase.components, normalises=True)
            found += PLAIN_PATHS.judge_all(phase.components, LAYOUTS[0])
        phases += here
    return Reading(tuple(phases), findings.once(found))


def realised_shares(files: Files, sizes: Sizes) -> tuple[Shares, ...]:
    """Return what the index by largest deficit has of each folder, over all its sequences."""
    length = sizes.settings.sequence_length
    found = []
    for phase in read(files).phases:
        components = weights.usable(phase.components)
        asked = [arithmetic.token_weight(one, sizes) or 0.0 for one in components]
        lengths = [(sizes.find(one).tokens or 0) // length for one in components]
        drawn = arithmetic.largest_deficit(asked, max(sum(lengths), 1))
        found.append(arithmetic.gathered(components, drawn, sizes))
    return tuple(found)


def error_bound(phase: Phase, settings: Settings) -> float:
    """Return two sequences as a share of all sequences of the folders."""
    tokens = sum(one.unique_tokens or 0 for one in phase.drawn)
    return arithmetic.DEFICIT_SAMPLES / max(tokens // settings.sequence_length, 1) + 1e-12


def _starts(plan: Plan) -> list[int]:
    starts = [1]
    for place in range(1, len(plan.phases)):
        starts.append(max(plan.first_step(place) + 1, starts[-1] + 1))
    return starts


def _stage(document: Document, place: int, found: list[Finding]) -> ReadPhase:
    path = ("data_stages", place)
    stage = document.get(*path)
    found += unknown_keys(document, path, _STAGE_KEYS)
    found += unknown_keys(document, (*path, "data"), _DATA_KEYS)
    found += unknown_keys(document, (*path, "data", "dataset"), _DATASET_KEYS)
    name = str(stage.get("name", place + 1)) if isinstance(stage, dict) else str(place + 1)
    start = document.get(*path, "start_training_step")
    inside = (*path, "data", "dataset")
    return ReadPhase(
        name,
        tuple(_components(document, inside, found)),
        start_step=start if isinstance(start, int) else None,
    )


def _components(
    document: Document, path: tuple[str | int, ...], found: list[Finding]
) -> Iterator[ReadComponent]:
    folders: Any = document.get(*path, "dataset_folder")
    line = document.line(*path, "dataset_folder")
    if isinstance(folders, dict):
        found.append(MAP_FORM.at(line))
        pairs = [(str(folder), weight, line) for folder, weight in folders.items()]
    else:
        if isinstance(folders, str):
            folders = [folders]
        if not isinstance(folders, list) or not folders:
            found.append(findings.NOT_THIS_FORMAT.at(line, trainer=FORMAT.name, place=FORMAT.place))
            return
        given = document.get(*path, "dataset_weights")
        if given is None and len(folders) > 1:
            found.append(NO_WEIGHTS.at(line))
        if isinstance(given, list) and len(given) != len(folders):
            at = document.line(*path, "dataset_weights")
            found.append(findings.LENGTHS_DIFFER.at(at, paths=len(folders), weights=len(given)))
        listed = given if isinstance(given, list) else [None] * len(folders)
        pairs = [
            (str(folder), weight, document.line(*path, "dataset_weights", place))
            for place, (folder, weight) in enumerate(zip(folders, listed, strict=False))
        ]
    for folder, weight, at in pairs:
        number = 1.0 if weight is None else weights.number(weight)
        missing = placing.name_of(folder)
        name = missing or folder.rstrip("/").rpartition("/")[2]
        if number is None:
            found += weights.judge_weight(name, weight, at)
            continue
        unit = WeightUnit.EPOCHS if weight is None else WeightUnit.TOKENS
        yield ReadComponent(name, number, unit, location=folder, line=at)


def _judge_steps(document: Document, phases: Sequence[ReadPhase]) -> Iterator[Finding]:
    if not any(phase.start_step == 1 for phase in phases):
        yield FIRST_STEP.at(document.line("data_stages", 0))
    starts: set[int | None] = set()
    names: set[str] = set()
    for place, phase in enumerate(phases):
        line = document.line("data_stages", place, "start_training_step")
        if phase.start_step is None or phase.start_step < 1 or phase.start_step in starts:
            yield BAD_STEP.at(line, name=phase.name, step=str(phase.start_step))
        if phase.name in names:
            yield SAME_STAGE.at(document.line("data_stages", place), name=phase.name)
        starts.add(phase.start_step)
        names.add(phase.name)


FORMAT = Format(
    id="nanotron",
    name="nanotron",
    order=40,
    checked="nanotron git 2411b02",
    unit=WeightUnit.TOKENS,
    layouts=LAYOUTS,
    has_phases=True,
    place="data_stages[].data.dataset",
    write=write,
    read=read,
    realised_shares=realised_shares,
    error_bound=error_bound,
)
