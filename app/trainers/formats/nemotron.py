"""
Nemotron's `data_blend_raw.json`: the raw datasets that its data preparation tokenises and blends.

The preparation writes `weight prefix` pairs for Megatron, so a weight is a share of tokens. Only
weights above zero get there: zero and negative ones are dropped in silence, as is any other key.
"""

import json
from collections.abc import Iterator
from typing import Any

from app.trainers.kit import (
    arithmetic,
    common_notes,
    findings,
    header,
    hub,
    placing,
    texts,
    weights,
)
from app.trainers.kit.findings import Finding, FindingKind, Severity
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
    phase_file,
)
from app.trainers.kit.placing import Placed
from app.trainers.kit.plan import Layout, Phase, Plan, Settings
from app.trainers.kit.texts import Document
from app.web.i18n import later

LAYOUTS = hub.LAYOUTS
KEYS = ("name", "path", "weight", "split", "subset", "text_field")
SPLITS = ("train", "valid", "test")
_HUB = "hf://"
# A key that the preparation does not know, which it passes over: where the head stands.
_HEAD = "_peibi"

TRAIN_ONLY = NoteKind(
    "nemotron_train_only",
    later(
        "The file is a single blend: the pretraining recipe refuses train, valid and test apart, "
        "and splits by ratio at training time."
    ),
)
NEXT_START = NoteKind(
    "nemotron_next_start",
    later(
        "Prepare the data of each file by itself. Every phase keeps train_iters and the schedule "
        "of the whole training; a later one loads the checkpoint of the step where it starts "
        "(checkpoint.load)."
    ),
)
BOTH_FORMS = FindingKind(
    "nemotron_both_forms",
    Severity.ERROR,
    later("The key datasets stands beside train, valid or test: only one of the two is allowed."),
    later("Keep datasets for pretraining."),
)
PER_SPLIT = FindingKind(
    "nemotron_per_split",
    Severity.WARNING,
    later("The pretraining recipe refuses a blend for each split; only other recipes take it."),
    later("Put the training datasets under the key datasets."),
)
DROPPED = FindingKind(
    "nemotron_dropped",
    Severity.ERROR,
    later("%(name)s is tokenised and then left out of the blend: its weight is %(value)s."),
    later("Write a weight above zero, or take the dataset out."),
)
NO_SPLIT = FindingKind(
    "nemotron_no_split",
    Severity.ERROR,
    later("%(name)s is on the Hub and names no split, which such paths need."),
    later('Write "split": "train".'),
)


def write(plan: Plan) -> Written:
    """
    Write a JSON per phase.

    Raises
    ------
    CannotWrite
        If two datasets have the same location.
    """
    said = [
        *common_notes.no_repeat_cap(plan),
        *common_notes.phases(plan, NEXT_START.note()),
        common_notes.budget(_budget(plan)),
        TRAIN_ONLY.note(),
        *common_notes.groups(plan),
        *common_notes.dropped(plan),
    ]
    found: list[Finding] = []
    files = []
    for place, phase in enumerate(plan.phases):
        placed = placing.place(plan, phase, LAYOUTS)
        found += placing.missing(placed, LAYOUTS)
        ratios = arithmetic.exact_sum([one.ratio for one in placed])
        entries = [_entry(one, ratio) for one, ratio in zip(placed, ratios, strict=True)]
        head = json.dumps({**header.fields(plan, said), "phase": phase.name}, ensure_ascii=False)
        text = f'{{"{_HEAD}": {head},\n "datasets": [\n  {_lines(entries)}]}}\n'
        name = phase_file(plan, place, "data_blend_raw", ".json", "_")
        files.append(File(name, text, "json", place))
    return Written(tuple(files), tuple(said), findings.once(found))


def read(files: Files) -> Reading:
    """Read blends: one file is one phase."""
    found: list[Finding] = []
    phases = []
    for name, document in texts.documents(files, found, texts.read_json):
        phase = _phase(name, document, found)
        if phase is not None:
            phases.append(phase)
    if not phases and not found:
        found.append(findings.NOT_THIS_FORMAT.at(trainer=FORMAT.name, place=FORMAT.place))
    return Reading(tuple(phases), findings.once(found))


def realised_shares(files: Files, sizes: Sizes) -> tuple[Shares, ...]:
    """Return what Megatron's draw by largest deficit makes of the weights."""
    found = []
    for place, phase in enumerate(read(files).phases):
        components = weights.usable(phase.components)
        drawn = arithmetic.largest_deficit([one.weight for one in components], sizes.samples(place))
        found.append(arithmetic.gathered(components, drawn, sizes))
    return tuple(found)


def error_bound(phase: Phase, settings: Settings) -> float:
    """Return two sequences as a share of the phase, as Megatron's draw has it."""
    samples = max(phase.tokens / settings.sequence_length, 1)
    return arithmetic.DEFICIT_SAMPLES / samples + 1e-12


def _budget(plan: Plan) -> str:
    length = plan.settings.sequence_length
    return (
        f"train.train_iters={plan.all_steps}"
        f" train.global_batch_size={plan.settings.global_batch_size}"
        f" model.seq_length={length} dataset.seq_length={length}"
    )


def _entry(placed: Placed, weight: float) -> dict[str, Any]:
    location = placed.location
    is_on_hub = location.layout is Layout.HUGGINGFACE
    entry: dict[str, Any] = {
        "name": placed.name,
        "path": f"{_HUB}{location.uri}" if is_on_hub else location.uri,
    }
    if is_on_hub:
        entry |= {"subset": location.subset} if location.subset else {}
        entry["split"] = "train"
    if location.text_field is not None:
        entry["text_field"] = location.text_field
    return {**entry, "weight": weight}


def _lines(entries: list[dict[str, Any]]) -> str:
    return ",\n  ".join(json.dumps(one, ensure_ascii=False) for one in entries)


def _phase(name: str, document: Document, found: list[Finding]) -> ReadPhase | None:
    value = document.value
    has_splits = isinstance(value, dict) and any(key in value for key in SPLITS)
    key = "datasets" if isinstance(value, dict) and "datasets" in value else "train"
    if has_splits and key == "datasets":
        found.append(BOTH_FORMS.at(document.line(key)))
    elif has_splits:
        found.append(PER_SPLIT.at(document.line(key)))
    if not isinstance(document.get(key), list):
        if not has_splits:
            found.append(findings.NOT_THIS_FORMAT.at(1, trainer=FORMAT.name, place=FORMAT.place))
        return None
    found += texts.unknown_keys(document, (), ("datasets", *SPLITS, _HEAD))
    components = list(_components(document, key, found))
    found += weights.judge(components, normalises=True)
    return ReadPhase(name, tuple(components))


def _components(document: Document, key: str, found: list[Finding]) -> Iterator[ReadComponent]:
    seen: set[str] = set()
    for place, entry in enumerate(document.get(key)):
        line = document.line(key, place)
        if not isinstance(entry, dict):
            found.append(findings.MISSING_VALUE.at(line, name=str(entry)[:60], key="name, path"))
            continue
        name = str(entry.get("name", ""))
        found += [
            findings.MISSING_VALUE.at(line, name=name or f"#{place + 1}", key=wanted)
            for wanted in ("name", "path")
            if not isinstance(entry.get(wanted), str) or not entry[wanted]
        ]
        if name in seen:
            found.append(findings.DUPLICATE_NAME.at(line, name=name))
        seen.add(name)
        found += texts.unknown_keys(document, (key, place), KEYS)
        path = str(entry.get("path", ""))
        if path.startswith(_HUB) and not entry.get("split"):
            found.append(NO_SPLIT.at(line, name=name))
        yield _component(document, (key, place), name, path, found)


def _component(
    document: Document,
    at: tuple[str | int, ...],
    name: str,
    path: str,
    found: list[Finding],
) -> ReadComponent:
    entry = document.get(*at)
    value = entry.get("weight", 1.0)
    line = document.line(*at, "weight")
    weight = weights.number(value)
    if weight is None:
        found += weights.judge_weight(name, value, line)
        weight = 0.0
    elif weight <= 0:
        found.append(DROPPED.at(line, name=name, value=str(value)[:60]))
    subset = entry.get("subset")
    return hub.read_component(
        path.removeprefix(_HUB),
        weight,
        WeightUnit.TOKENS,
        line,
        subset=subset if isinstance(subset, str) else None,
        name=name,
    )


FORMAT = Format(
    id="nemotron",
    name="Nemotron",
    order=90,
    checked="NVIDIA-NeMo/Nemotron e27b371",
    unit=WeightUnit.TOKENS,
    layouts=LAYOUTS,
    has_phases=False,
    place="datasets[].weight",
    write=write,
    read=read,
    realised_shares=realised_shares,
    error_bound=error_bound,
)
