"""
LLaMA-Factory: `dataset_info.json` says where datasets lie, a training YAML mixes them.

`interleave_probs` are chances of rows, handed to Hugging Face's `interleave_datasets`: they must
sum to 1 there, but nothing checks that before all data are loaded.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.trainers.formats import llama_factory_places as places
from app.trainers.kit import (
    arithmetic,
    common_notes,
    findings,
    hub,
    placing,
    texts,
    weights,
)
from app.trainers.kit.findings import CannotWrite, Finding, FindingKind, Severity
from app.trainers.kit.header import comment, fields, header
from app.trainers.kit.notes import NEXT_RUN, Note, NoteKind
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
from app.trainers.kit.plan import Phase, Plan, Settings
from app.trainers.kit.texts import Document
from app.trainers.kit.yaml_text import scalar
from app.web.i18n import later

LAYOUTS = hub.LAYOUTS
SUM_TOLERANCE = 2.0**-26  # numpy's, by way of Hugging Face
STRATEGIES = ("concat", "interleave_under", "interleave_over", "interleave_once")
INFO = "dataset_info.json"
_HEAD = "_peibi"
# Keys about data of a training file: what resembles one of them is misspelt.
_TRAINING_KEYS = (
    *("dataset", "eval_dataset", "dataset_dir", "media_dir", "mix_strategy", "interleave_probs"),
    *("streaming", "buffer_size", "max_samples", "max_steps", "cutoff_len", "packing", "stage"),
    *("seed", "data_seed", "val_size", "template", "neat_packing", "tokenized_path"),
)
STEPS_IN_FILE = NoteKind(
    "llama_factory_steps",
    later(
        "The budget stands in max_steps, which is right for %(batch)s sequences of %(length)s "
        "tokens a step over all GPUs: per_device_train_batch_size x gradient_accumulation_steps "
        "x GPUs has to be %(batch)s."
    ),
)
BAD_NAME = FindingKind(
    "llama_factory_bad_name",
    Severity.ERROR,
    later("The name %(name)s has a comma or a space, where LLaMA-Factory ends a name."),
    later("Rename the dataset."),
)
UNDEFINED = FindingKind(
    "llama_factory_undefined",
    Severity.ERROR,
    later("dataset_info.json has no %(name)s."),
    later("Add it there, or correct the name."),
)
NO_INFO = FindingKind(
    "llama_factory_no_info",
    Severity.WARNING,
    later("Without dataset_info.json it is not known where %(names)s lie."),
    later("Read both files together."),
)
NO_TRAINING = FindingKind(
    "llama_factory_no_training",
    Severity.ERROR,
    later("dataset_info.json says where datasets lie, not how they are mixed."),
    later("Read the training YAML with it."),
)
PROBS_IGNORED = FindingKind(
    "llama_factory_concat",
    Severity.ERROR,
    later("mix_strategy is concat, with which LLaMA-Factory refuses interleave_probs."),
    later("Write mix_strategy: interleave_over."),
)
NO_PROBS = FindingKind(
    "llama_factory_no_probs",
    Severity.WARNING,
    later("There are no interleave_probs: the datasets take turns, a row each."),
    later("Write a probability for every dataset."),
)
JOINED = FindingKind(
    "llama_factory_joined",
    Severity.WARNING,
    later("The datasets are joined whole: their sizes, or num_samples, are the weights."),
    later("Write mix_strategy: interleave_over and interleave_probs if that is not what you mean."),
)
BAD_STRATEGY = FindingKind(
    "llama_factory_bad_strategy",
    Severity.ERROR,
    later("There is no mix_strategy %(strategy)s."),
    later("Choose one of concat, interleave_under, interleave_over, interleave_once."),
)
UNDER = FindingKind(
    "llama_factory_under",
    Severity.WARNING,
    later("interleave_under ends the mixture as soon as one dataset is used up, however small."),
    later("Write interleave_over, or be sure that this is meant."),
)
ONCE = FindingKind(
    "llama_factory_once",
    Severity.ERROR,
    later(
        "interleave_once takes every row of every dataset once: over the whole, the probabilities "
        "have no effect."
    ),
    later("Write interleave_over."),
)
NO_STEPS = FindingKind(
    "llama_factory_no_steps",
    Severity.ERROR,
    later("With streaming, LLaMA-Factory stops unless max_steps is given."),
    later("Write max_steps."),
)


def write(plan: Plan) -> Written:
    """
    Write a training YAML per phase and one `dataset_info.json` for all.

    Raises
    ------
    CannotWrite
        If the mean tokens per document of a dataset are not known, a name has a comma, or
        LLaMA-Factory cannot read a location.
    """
    shared = [
        *common_notes.no_repeat_cap(plan),
        *common_notes.phases(plan, NEXT_RUN.note(key="model_name_or_path")),
        STEPS_IN_FILE.note(
            batch=plan.settings.global_batch_size, length=plan.settings.sequence_length
        ),
        *placing.passed_over(plan, LAYOUTS, places.REACH),
        *common_notes.groups(plan),
        *common_notes.dropped(plan),
    ]
    said: list[Note] = list(shared)
    found: list[Finding] = []
    files = []
    info: dict[str, dict[str, Any]] = {}
    for place, phase in enumerate(plan.phases):
        placed = placing.place(plan, phase, LAYOUTS, places.REACH)
        _require_names(placed)
        shares = arithmetic.exact_sum(common_notes.row_weights(placed))
        own = [common_notes.rows_note(placed), *places.cloud_note(placed)]
        said += own
        found += placing.missing(placed, LAYOUTS)
        info |= {one.name: places.entry(one) for one in placed}
        text = comment(header(plan, [*shared, *own], place)) + _training(
            plan, place, placed, shares
        )
        files.append(File(phase_file(plan, place, "mixture", ".yaml"), text, "yaml", place))
    head = {_HEAD: fields(plan, said)}
    lines = [f" {json.dumps(name)}: {json.dumps(one)}" for name, one in {**head, **info}.items()]
    listed = File(INFO, "{\n" + ",\n".join(lines) + "\n}\n", "json")
    return Written((*files, listed), tuple(said), findings.once(found))


def read(files: Files) -> Reading:
    """Read training files, each a phase, with the `dataset_info.json` among the files."""
    found: list[Finding] = []
    documents = dict(texts.documents(files, found))
    info = next((one for one in documents.values() if _is_info(one)), None)
    phases = []
    for name, document in documents.items():
        if document is not info and document.get("dataset") is not None:
            phases.append(ReadPhase(name, tuple(_components(document, info, found))))
    if not phases and not found:
        found.append(
            NO_TRAINING.at()
            if info is not None
            else findings.NOT_THIS_FORMAT.at(trainer=FORMAT.name, place=FORMAT.place)
        )
    return Reading(tuple(phases), findings.once(found))


def realised_shares(files: Files, sizes: Sizes) -> tuple[Shares, ...]:
    """Return the shares that random draws of rows approach: probability times mean tokens."""
    found = []
    for phase in read(files).phases:
        components = weights.usable(phase.components)
        drawn = [arithmetic.token_weight(one, sizes) or 0.0 for one in components]
        found.append(arithmetic.gathered(components, arithmetic.normalised(drawn), sizes))
    return tuple(found)


def error_bound(_phase: Phase, _settings: Settings) -> float:
    """Return what rounding leaves: the draw is random, and its expectation is the plan."""
    return 1e-9


def _require_names(placed: Sequence[Placed]) -> None:
    bad = [BAD_NAME.at(name=one.name) for one in placed if not _is_name(one.name)]
    if bad:
        raise CannotWrite(bad)


def _is_name(name: str) -> bool:
    return "," not in name and name == name.strip() and name != _HEAD


def _training(plan: Plan, place: int, placed: Sequence[Placed], shares: Sequence[float]) -> str:
    return (
        "stage: pt\n"
        "dataset_dir: .\n"
        f"dataset: {scalar(','.join(one.name for one in placed))}\n"
        "mix_strategy: interleave_over\n"
        f"interleave_probs: {scalar(','.join(repr(one) for one in shares))}\n"
        f"{places.streaming(placed)}"
        f"cutoff_len: {plan.settings.sequence_length}\n"
        f"max_steps: {plan.steps(place)}\n"
        f"seed: {plan.settings.seed}\n"
    )


def _is_info(document: Document) -> bool:
    value = document.value
    entries = value.values() if isinstance(value, dict) else ()
    return any(isinstance(one, dict) and any(key in one for key in places.KEYS) for one in entries)


def _listed(value: Any) -> list[str]:  # noqa: ANN401  whatever a file has there
    """Return the items of a text with commas, or of a list."""
    if isinstance(value, list):
        return [str(one) for one in value]
    return [] if value is None else [one.strip() for one in str(value).split(",")]


def _components(
    document: Document, info: Document | None, found: list[Finding]
) -> Iterator[ReadComponent]:
    found += texts.unknown_keys(document, (), _TRAINING_KEYS, is_silent=False)
    names = _listed(document.get("dataset"))
    given = document.get("interleave_probs")
    strategy = document.get("mix_strategy") or "concat"
    unit, shares = _weights(document, names, info, found)
    if info is None:
        found.append(NO_INFO.at(document.line("dataset"), names=tuple(names)))
    line = document.line("dataset" if given is None else "interleave_probs")
    components = []
    for name, share in zip(names, shares, strict=False):
        entry = info.get(name) if info is not None else None
        if info is not None and not isinstance(entry, dict):
            found.append(UNDEFINED.at(document.line("dataset"), name=name))
        if info is not None and isinstance(entry, dict):
            found += texts.unknown_keys(info, (name,), places.INFO_KEYS)
            found += places.judge_place(info, name, entry)
            if document.get("streaming") is True:
                found += places.judge_streamed(document, name, entry)
        components.append(
            _component(name, entry if isinstance(entry, dict) else {}, share, unit, line)
        )
    is_over = strategy in ("interleave_over", "interleave_once")
    zero = findings.ZERO_NEVER_ENDS if is_over else findings.ZERO
    found += weights.judge(components, zero=zero)
    if given is not None and strategy != "concat":
        found += weights.judge_sum(components, tolerance=SUM_TOLERANCE, line=line)
    if document.get("streaming") is True and not document.get("max_steps"):
        found.append(NO_STEPS.at(document.line("streaming")))
    yield from components


def _component(
    name: str, entry: Mapping[str, Any], share: float, unit: WeightUnit, line: int | None
) -> ReadComponent:
    location = next((str(entry[key]) for key in places.KEYS if entry.get(key)), None)
    subset = entry.get("subset")
    return hub.read_component(
        location, share, unit, line, subset=None if subset is None else str(subset), name=name
    )


def _weights(
    document: Document, names: Sequence[str], info: Document | None, found: list[Finding]
) -> tuple[WeightUnit, list[float]]:
    """Return what the weights count and are, and judge how datasets are mixed."""
    strategy = document.get("mix_strategy") or "concat"
    line = document.line("mix_strategy")
    if strategy not in STRATEGIES:
        found.append(BAD_STRATEGY.at(line, strategy=str(strategy)[:60]))
    elif strategy == "interleave_under":
        found.append(UNDER.at(line))
    elif strategy == "interleave_once":
        found.append(ONCE.at(line))
    given = document.get("interleave_probs")
    if given is None:
        if strategy != "concat":
            found.append(NO_PROBS.at(line))
            return WeightUnit.ROWS, [1 / len(names)] * len(names)
        return _joined(document, names, info, found)
    line = document.line("interleave_probs")
    if strategy == "concat":
        found.append(PROBS_IGNORED.at(line))
    texts_ = _listed(given)
    if len(texts_) != len(names):
        found.append(findings.LENGTHS_DIFFER.at(line, paths=len(names), weights=len(texts_)))
    shares = []
    for name, text in zip(names, texts_, strict=False):
        number = weights.number(text)
        if number is None:
            found.append(findings.NOT_A_NUMBER.at(line, name=name, value=text[:60]))
        shares.append(0.0 if number is None else number)
    return WeightUnit.ROWS, shares


def _joined(
    document: Document, names: Sequence[str], info: Document | None, found: list[Finding]
) -> tuple[WeightUnit, list[float]]:
    """Return the weights of datasets that are joined: num_samples where all have it, or whole."""
    if len(names) > 1:
        found.append(JOINED.at(document.line("dataset")))
    samples = [weights.number(info.get(name, "num_samples")) if info else None for name in names]
    known = [one for one in samples if one is not None]
    if len(known) == len(names):
        return WeightUnit.ROWS, known
    return WeightUnit.EPOCHS, [1.0] * len(names)


FORMAT = Format(
    id="llama-factory",
    name="LLaMA-Factory",
    order=100,
    checked="llamafactory 0.9.5",
    unit=WeightUnit.ROWS,
    layouts=LAYOUTS,
    has_phases=False,
    place="dataset, interleave_probs",
    write=write,
    read=read,
    realised_shares=realised_shares,
    error_bound=error_bound,
)
