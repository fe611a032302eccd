"""
GPT-NeoX's data paths and weights, drawn as Megatron draws: a weight is a share of sequences.

Keys may have dashes or underscores. Train, valid and test are given together or not at all.
`weight_by_num_documents` overrides the weights and is documented wrongly: never written.
"""

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
from app.trainers.kit.plan import Layout, Phase, Plan, Settings, Split
from app.trainers.kit.reach import PLAIN_PATHS
from app.trainers.kit.texts import Document, documents, judge_key
from app.trainers.kit.yaml_text import scalar
from app.web.i18n import later

LAYOUTS = (Layout.MEGATRON,)
# The index of a blend has a byte for each sequence.
MAX_DATASETS = 254
SPLITS = ("train", "valid", "test")
_MISSPELT = 0.94
_DATA_KEYS = (
    *(f"{split}_data_{what}" for split in SPLITS for what in ("paths", "weights")),
    *("weight_by_num_documents", "weighted_sampler_alpha", "weighted_document_limit"),
)

TRAIN_STANDS_IN = NoteKind(
    "neox_train_stands_in",
    later(
        "GPT-NeoX wants files for all of train, valid and test. None are known for %(splits)s, so "
        "those for training stand there: its loss is of text that was trained on."
    ),
)
NEXT_START = NoteKind(
    "neox_next_start",
    later(
        "train_iters and lr_decay_iters count from the first start on: with lr_decay_iters below "
        "the whole training's, the learning rate is at its end too early. A later start passes "
        "over as many sequences of its own blend as were trained on before."
    ),
)
TOO_MANY = FindingKind(
    "neox_too_many",
    Severity.ERROR,
    later("There are %(count)s datasets of a split; GPT-NeoX stops at more than %(most)s."),
    later("Join small datasets into one file, or leave some out."),
)
OVERRIDDEN = FindingKind(
    "neox_overridden",
    Severity.ERROR,
    later("weight_by_num_documents is on: it overrides the weights, by a rule documented wrongly."),
    later("Take it out, and write the weights that you mean."),
)
NOT_ALL_SPLITS = FindingKind(
    "neox_not_all_splits",
    Severity.ERROR,
    later("There are paths for %(given)s only; GPT-NeoX wants train, valid and test, or none."),
    later("Add the others."),
)
TRAIN_EPOCHS = FindingKind(
    "neox_train_epochs",
    Severity.ERROR,
    later("train_epochs is set beside weights other than 1, which GPT-NeoX refuses."),
    later("Set train_iters instead."),
)


def write(plan: Plan) -> Written:
    """
    Write a YAML per phase, to be given beside the model's own.

    Raises
    ------
    CannotWrite
        If two datasets share a path, or files are of another tokenizer.
    """
    said = [
        *common_notes.no_repeat_cap(plan),
        *common_notes.phases(plan, NEXT_START.note()),
        common_notes.budget(_budget(plan)),
        *_stand_ins(plan),
        *placing.passed_over(plan, LAYOUTS, PLAIN_PATHS),
        *common_notes.groups(plan),
        *common_notes.dropped(plan),
    ]
    found: list[Finding] = []
    files = []
    for place, phase in enumerate(plan.phases):
        placed = placing.place(plan, phase, LAYOUTS, PLAIN_PATHS)
        found += placing.missing(placed, LAYOUTS)
        found += _too_many(len(placed), None)
        lines = []
        for split in Split:
            paths, given = _split(plan, placed, split)
            lines += _list(f"{split.value}-data-paths", paths)
            lines += _list(f"{split.value}-data-weights", given)
        name = phase_file(plan, place, "data", ".yml")
        text = comment(header(plan, said, place)) + "\n".join(lines) + "\n"
        files.append(File(name, text, "yaml", place))
    return Written(tuple(files), tuple(said), findings.once(found))


def read(files: Files) -> Reading:
    """Read files that name training data; each is a phase."""
    found: list[Finding] = []
    phases: list[ReadPhase] = []
    for name, document in documents(files, found):
        keys = _keys(document)
        if "train_data_paths" not in keys:
            found.append(findings.NOT_THIS_FORMAT.at(1, trainer=FORMAT.name, place=FORMAT.place))
            continue
        found += _judge_keys(document, keys)
        for split in SPLITS:
            parts = tuple(_components(document, keys, split, found))
            found += PLAIN_PATHS.judge_all(parts, LAYOUTS[0])
            found += _too_many(len(parts), document.line(keys.get(f"{split}_data_paths", "")))
            if split == "train":
                found += weights.judge(parts, normalises=True)
                phases.append(ReadPhase(name, parts))
            else:
                found += [
                    one for one in weights.judge(parts) if one.kind is not findings.PLACEHOLDER
                ]
    return Reading(tuple(phases), findings.once(found))


def realised_shares(files: Files, sizes: Sizes) -> tuple[Shares, ...]:
    """Return what the draw by largest deficit makes of the weights."""
    found = []
    for place, phase in enumerate(read(files).phases):
        components = weights.usable(phase.components)
        asked = [one.weight for one in components]
        drawn = arithmetic.largest_deficit(asked, sizes.samples(place))
        found.append(arithmetic.gathered(components, drawn, sizes))
    return tuple(found)


def error_bound(phase: Phase, settings: Settings) -> float:
    """Return two sequences as a share of the phase: no count is further from its target."""
    samples = max(phase.tokens / settings.sequence_length, 1)
    return arithmetic.DEFICIT_SAMPLES / samples + 1e-12


def _budget(plan: Plan) -> str:
    batch = f"(of {plan.settings.global_batch_size} sequences)"
    if len(plan.phases) == 1:
        return f"train_iters {plan.last_steps()} {batch}"
    total = plan.all_steps
    return f"train_iters {plan.last_steps()} in turn {batch}, lr_decay_iters {total}"


def _split(plan: Plan, placed: Sequence[Placed], split: Split) -> tuple[list[str], list[float]]:
    """Return the paths and weights of a split; those of training where it has none."""
    if split is not Split.TRAIN:
        known = []
        for one in placed:
            location = placing.choose(one.component, LAYOUTS, plan.tokenizer, split, PLAIN_PATHS)
            if location is not None:
                known.append((location.uri, one.ratio))
        if known:
            ratios = arithmetic.normalised([ratio for _uri, ratio in known])
            return [uri for uri, _ratio in known], arithmetic.exact_sum(ratios)
    ratios = arithmetic.exact_sum([one.ratio for one in placed])
    return [one.location.uri for one in placed], ratios


def _stand_ins(plan: Plan) -> Iterator[Note]:
    """Yield the note that some phase has no files for a split."""
    without = [
        split.value
        for split in (Split.VALID, Split.TEST)
        if any(
            not any(
                placing.choose(one, LAYOUTS, plan.tokenizer, split, PLAIN_PATHS)
                for one in phase.drawn
            )
            for phase in plan.phases
        )
    ]
    if without:
        yield TRAIN_STANDS_IN.note(splits=", ".join(without))


def _too_many(count: int, line: int | None) -> Iterator[Finding]:
    if count > MAX_DATASETS:
        yield TOO_MANY.at(line, count=count, most=MAX_DATASETS)


def _list(key: str, values: Sequence[object]) -> list[str]:
    return [f"{key}:", *(f"  - {scalar(value)}" for value in values)]


def _keys(document: Document) -> dict[str, str]:
    """Return the document's keys by their form with underscores."""
    value = document.value
    return {str(key).replace("-", "_"): key for key in value} if isinstance(value, dict) else {}


def _judge_keys(document: Document, keys: Mapping[str, str]) -> Iterator[Finding]:
    seen: set[str] = set()
    for spelt in document.value:
        key = str(spelt).replace("-", "_")
        line = document.line(spelt)
        # The rest of the file is the model's: only what all but equals a key about data is named.
        yield from judge_key(key, line, _DATA_KEYS, is_silent=False, likeness=_MISSPELT)
        if key in seen:
            yield findings.DUPLICATE_KEY.at(line, key=key[:100])
        seen.add(key)
    given = [split for split in SPLITS if f"{split}_data_paths" in keys]
    if len(given) < len(SPLITS):
        line = document.line(keys["train_data_paths"])
        yield NOT_ALL_SPLITS.at(line, given=", ".join(given))
    override = keys.get("weight_by_num_documents")
    if override is not None and document.get(override):
        yield OVERRIDDEN.at(document.line(override))
    epochs = keys.get("train_epochs")
    if epochs is not None and document.get(epochs):
        weighted = document.get(keys.get("train_data_weights", ""))
        if isinstance(weighted, list) and any(weights.number(one) != 1 for one in weighted):
            yield TRAIN_EPOCHS.at(document.line(epochs))


def _components(
    document: Document, keys: Mapping[str, str], split: str, found: list[Finding]
) -> Iterator[ReadComponent]:
    path_key = keys.get(f"{split}_data_paths")
    weight_key = keys.get(f"{split}_data_weights")
    paths = document.get(path_key) if path_key is not None else None
    if not isinstance(paths, list):
        return
    given = document.get(weight_key) if weight_key is not None else None
    if isinstance(given, list) and len(given) != len(paths):
        line = document.line(weight_key or "")
        found.append(findings.LENGTHS_DIFFER.at(line, paths=len(paths), weights=len(given)))
    listed = given if isinstance(given, list) else [1.0] * len(paths)
    for place, (path, weight) in enumerate(zip(paths, listed, strict=False)):
        line = document.line(weight_key or path_key or "", place)
        missing = placing.name_of(str(path))
        name = missing or str(path).rstrip("/").rpartition("/")[2]
        number = weights.number(weight)
        if number is None:
            found += weights.judge_weight(name, weight, line)
            continue
        yield ReadComponent(name, number, location=str(path), line=line)


FORMAT = Format(
    id="gpt-neox",
    name="GPT-NeoX",
    order=70,
    checked="gpt-neox git ea7aefd",
    unit=WeightUnit.TOKENS,
    layouts=LAYOUTS,
    has_phases=False,
    place="train-data-paths, train-data-weights",
    write=write,
    read=read,
    realised_shares=realised_shares,
    error_bound=error_bound,
)
