"""
Megatron-Energon's metadataset: `blend` with weights, or `blend_epochized` with repetitions.

A weight counts documents, normalised per node; nested nodes multiply. Repetitions are passes, the
two do not nest in each other.
"""

from collections.abc import Iterator, Sequence

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
    phase_file,
)
from app.trainers.kit.placing import Placed
from app.trainers.kit.plan import Layout, Location, Phase, Plan, Settings
from app.trainers.kit.reach import Reach, has_wildcard
from app.trainers.kit.texts import Document, Path, documents, unknown_keys
from app.trainers.kit.yaml_text import Flow, dump
from app.web.i18n import later

LAYOUTS = (Layout.WEBDATASET,)
# EPath's; any other is an AssertionError there.
_PROTOCOLS = ("msc://", "rclone://", "dss://", "file://")
_HEAD = {"__module__": "megatron.energon", "__class__": "MetadatasetV2"}
_KEYS = {
    "blend": (
        "weight",
        "path",
        "subset",
        "subflavors",
        "split_part",
        "shuffle_over_epochs_multiplier",
        "dataset_config",
        "split_config",
        "aux",
        "blend",
        "blend_epochized",
        "join",
        "joiner",
    ),
}
_KEYS["blend_epochized"] = ("repetitions", *_KEYS["blend"][1:])
_MODES = {"blend": "weight", "blend_epochized": "repetitions"}

NEXT_START = NoteKind(
    "energon_next_start",
    later(
        "train_iters counts from the trainer's first start on. Start each later phase without the"
        " data loader's saved state: it is of the last phase's blend."
    ),
)
NO_CLASS = FindingKind(
    "energon_no_class",
    Severity.ERROR,
    later("__class__ is %(value)s, so this is no MetadatasetV2 and is not read."),
    later("Write __module__: megatron.energon and __class__: MetadatasetV2."),
)
TEXT_WEIGHT = FindingKind(
    "energon_text_weight",
    Severity.ERROR,
    later("The weight of %(name)s is a text; Energon then speaks of a missing join."),
    later("Write a number without quotes."),
)
WRONG_KEY = FindingKind(
    "energon_wrong_key",
    Severity.ERROR,
    later(
        "%(key)s stands inside %(mode)s, which wants %(meant)s: Energon speaks of a missing join."
    ),
    later("Write %(meant)s, or change the node to the other mode."),
)
NESTED_MODES = FindingKind(
    "energon_nested_modes",
    Severity.ERROR,
    later("blend and blend_epochized stand inside each other, which Energon refuses."),
    later("Use one of them throughout."),
)
DEFAULT_WEIGHT = FindingKind(
    "energon_default_weight",
    Severity.WARNING,
    later("%(name)s has no weight, so it has 1.0, beside others that have some."),
    later("Write its weight."),
)


UNREADABLE = FindingKind(
    "energon_unreadable",
    Severity.ERROR,
    later(
        "Energon cannot read %(uri)s of %(name)s: it wants the folder of a prepared dataset, and "
        "reaches object stores by msc:// only."
    ),
    later("Enter the folder, or msc:// with the profile of the store and the path."),
)


def _is_readable(location: Location) -> bool:
    has_protocol = "://" in location.uri
    return not has_wildcard(location.uri) and (
        not has_protocol or location.uri.startswith(_PROTOCOLS)
    )


REACH = Reach(UNREADABLE, _is_readable)


def write(plan: Plan) -> Written:
    """
    Write a YAML per phase: weights of documents, or passes with `exact_epochs`.

    Raises
    ------
    CannotWrite
        If the mean tokens per document, or with `exact_epochs` a size, is not known.
    """
    exact = plan.settings.exact_epochs
    mode = "blend_epochized" if exact else "blend"
    files, found = [], []
    every = [placing.place(plan, phase, LAYOUTS, REACH) for phase in plan.phases]
    flat = list({one.name: one for placed in every for one in placed}.values())
    amounts = [_amounts(placed, exact=exact) for placed in every]
    said = [
        *([] if exact else [common_notes.rows_note(flat), *common_notes.no_repeat_cap(plan)]),
        *common_notes.phases(plan, NEXT_START.note()),
        common_notes.budget(_budget(plan)),
        *placing.passed_over(plan, LAYOUTS, REACH),
        *common_notes.dropped(plan),
    ]
    for place, (placed, given) in enumerate(zip(every, amounts, strict=True)):
        found += placing.missing(placed, LAYOUTS)
        key = _MODES[mode]
        nodes = [
            Flow({key: amount, "path": one.location.uri})
            for one, amount in zip(placed, given, strict=True)
        ]
        body = _HEAD | {"splits": {"train": {mode: nodes}}}
        name = phase_file(plan, place, "metadataset", ".yaml")
        files.append(File(name, comment(header(plan, said, place)) + dump(body), "yaml", place))
    return Written(tuple(files), tuple(said), findings.once(found))


def read(files: Files) -> Reading:
    """Read metadatasets; each file is a phase, nested blends are multiplied out."""
    found: list[Finding] = []
    phases = []
    for name, document in documents(files, found):
        train = document.get("splits", "train")
        if not isinstance(train, dict):
            found.append(findings.NOT_THIS_FORMAT.at(1, trainer=FORMAT.name, place=FORMAT.place))
            continue
        if document.get("__class__") not in ("MetadatasetV2", "Metadataset"):
            value = str(document.get("__class__"))[:60]
            found.append(NO_CLASS.at(document.line("__class__"), value=value))
        parts = tuple(_node(document, ("splits", "train"), 1.0, None, found))
        found += weights.judge(parts, normalises=True)
        found += REACH.judge_all(parts, LAYOUTS[0])
        phases.append(ReadPhase(name, parts))
    return Reading(tuple(phases), findings.once(found))


def realised_shares(files: Files, sizes: Sizes) -> tuple[Shares, ...]:
    """Return what documents drawn by weight, or passes, come to in tokens, on average."""
    found = []
    for phase in read(files).phases:
        components = weights.usable(phase.components)
        tokens = []
        for one in components:
            size = sizes.find(one)
            per_weight = size.tokens if one.unit is WeightUnit.EPOCHS else size.tokens_per_document
            tokens.append(one.weight * (per_weight or 0))
        drawn = arithmetic.normalised(tokens) or [0.0] * len(components)
        found.append(arithmetic.gathered(components, drawn, sizes))
    return tuple(found)


def error_bound(phase: Phase, settings: Settings) -> float:
    """Return what rounding of floats leaves; with passes, of whole tokens too."""
    del settings
    return 1 / max(phase.tokens, 1) + 1e-9


def _amounts(placed: Sequence[Placed], *, exact: bool) -> list[float]:
    if not exact:
        return arithmetic.exact_sum(common_notes.row_weights(placed))
    common_notes.require_sizes([one.component for one in placed])
    return [one.component.epochs or 0.0 for one in placed]


def _budget(plan: Plan) -> str:
    return f"train_iters {plan.last_steps()} of {plan.settings.global_batch_size} sequences"


def _node(
    document: Document, path: Path, factor: float, mode: str | None, found: list[Finding]
) -> Iterator[ReadComponent]:
    """Yield the datasets below a node, their weights multiplied by those above."""
    node = document.get(*path)
    if not isinstance(node, dict):
        return
    inner = next((one for one in _MODES if isinstance(node.get(one), list)), None)
    if inner is None:
        location = str(node.get("path") or "") or None
        if location is None:
            found.append(
                findings.MISSING_VALUE.at(document.line(*path), name=str(path[-1]), key="path")
            )
            return
        missing = placing.name_of(location)
        name = missing or location.rstrip("/").rpartition("/")[2]
        unit = WeightUnit.EPOCHS if mode == "blend_epochized" else WeightUnit.ROWS
        yield ReadComponent(name, factor, unit, location=location, line=document.line(*path))
        return
    if mode is not None and mode != inner:
        found.append(NESTED_MODES.at(document.line(*path, inner)))
    children = node[inner]
    amounts = [
        _amount(document, (*path, inner, place), inner, found) for place in range(len(children))
    ]
    # Weights are normalised per node; repetitions multiply as they are.
    total = sum(amounts) if inner == "blend" and mode is not None else 1.0
    for place, amount in enumerate(amounts):
        share = amount / total if total else 0.0
        yield from _node(document, (*path, inner, place), factor * share, inner, found)


def _amount(document: Document, path: Path, mode: str, found: list[Finding]) -> float:
    """Return the weight or the repetitions of a child."""
    key = _MODES[mode]
    other = "weight" if key == "repetitions" else "repetitions"
    name = str(document.get(*path, "path") or path[-1])
    line = document.line(*path)
    if document.get(*path, other) is not None:
        found.append(WRONG_KEY.at(line, key=other, mode=mode, meant=key))
    else:
        found += unknown_keys(document, path, _KEYS[mode])
    value = document.get(*path, key)
    if value is None:
        siblings = document.get(*path[:-1])
        if any(isinstance(one, dict) and key in one for one in siblings):
            found.append(DEFAULT_WEIGHT.at(line, name=name))
        return 1.0
    if isinstance(value, str):
        found.append(TEXT_WEIGHT.at(document.line(*path, key), name=name))
    number = weights.number(value)
    if number is None:
        found += weights.judge_weight(name, value, document.line(*path, key))
        return 0.0
    return number


FORMAT = Format(
    id="energon",
    name="Megatron-Energon",
    order=60,
    checked="megatron-energon 7.4.1",
    unit=WeightUnit.ROWS,
    layouts=LAYOUTS,
    has_phases=False,
    place="splits.train.blend / blend_epochized",
    write=write,
    read=read,
    realised_shares=realised_shares,
    error_bound=error_bound,
)
