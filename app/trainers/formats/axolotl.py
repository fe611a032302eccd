"""
Axolotl's `datasets:`: `weight` is the part of a dataset that is kept, above 0 and at most 1.

It is no share of the mixture and cannot repeat: a dataset that is passed 2.5 times is listed three
times, twice whole and once with weight 0.5. Of n documents max(1, int(n x weight)) are kept.
"""

import math
from collections.abc import Iterator, Sequence

from app.trainers.kit import (
    arithmetic,
    common_notes,
    findings,
    hub,
    placing,
    texts,
    values,
    weights,
)
from app.trainers.kit.findings import CannotWrite, Finding, FindingKind, Severity
from app.trainers.kit.header import comment, header
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
from app.trainers.kit.plan import Component, Layout, Location, Phase, Plan, Settings
from app.trainers.kit.reach import Reach, has_wildcard
from app.trainers.kit.texts import Document
from app.trainers.kit.yaml_text import entry
from app.web.i18n import later

LAYOUTS = hub.LAYOUTS
MOST_REPEATS_NAMED = 20
MOST_ENTRIES = 100  # of one dataset: each is loaded, so more would be a mistake
# What is left of a pass below this is rounding: no dataset has a billion documents too many.
_WHOLE = 1e-9
_FILE_TYPES = {Layout.JSONL: "json", Layout.PARQUET: "parquet"}
# The keys of a dataset for completion and of the others; axolotl ignores any other key.
KEYS = (
    *("path", "split", "type", "input_transform", "shards", "shards_idx", "preprocess_shards"),
    *("conversation", "chat_template", "chat_template_jinja", "data_files", "input_format"),
    *("name", "ds_type", "field", "field_human", "field_model", "field_messages", "field_tools"),
    *("field_thinking", "template_thinking_key", "message_field_role", "message_field_content"),
    *("message_property_mappings", "message_field_training", "message_field_training_detail"),
    *("split_thinking", "logprobs_field", "temperature", "roles_to_train", "train_on_eos"),
    *("train_on_eot", "roles", "drop_system_message", "trust_remote_code", "revision", "weight"),
)
_PRETRAINING = "pretraining_dataset"

REPEATED = NoteKind(
    "axolotl_repeated",
    later(
        "Axolotl cannot repeat: the %(epochs)s passes of %(name)s became %(whole)s whole entries "
        "and one with weight %(weight)s."
    ),
)
REPEATED_WHOLE = NoteKind(
    "axolotl_repeated_whole",
    later(
        "Axolotl cannot repeat: the %(epochs)s passes of %(name)s became %(whole)s whole entries."
    ),
)
REPEATED_MORE = NoteKind(
    "axolotl_repeated_more",
    later("Axolotl cannot repeat: %(count)s further datasets became several entries each."),
)
KEPT = NoteKind(
    "axolotl_kept",
    later(
        "A weight is the part of a dataset that is kept, counted in documents after shuffling, so "
        "tokens hold on average. num_epochs must stay 1, dataset_exact_deduplication off."
    ),
)
TOO_MANY_PASSES = FindingKind(
    "axolotl_too_many_passes",
    Severity.ERROR,
    later("%(name)s is passed %(epochs)s times; each pass is an entry, and %(most)s is the most."),
    later("Lower its weight, or write the dataset several times into one file."),
)
OUT_OF_RANGE = FindingKind(
    "axolotl_out_of_range",
    Severity.ERROR,
    later(
        "The weight of %(name)s is %(value)s: it is the part that is kept, above 0 and at most 1."
    ),
    later("List the dataset again for every further pass; take it out if nothing is to be kept."),
)
IGNORED_WEIGHT = FindingKind(
    "axolotl_ignored_weight",
    Severity.ERROR,
    later("A weight under pretraining_dataset is ignored, silently."),
    later("Move the dataset under datasets, with type: completion."),
)
STREAMING = FindingKind(
    "axolotl_streaming",
    Severity.ERROR,
    later("With streaming, weights are ignored but for a warning."),
    later("Write streaming: false."),
)
SAME_ROWS = FindingKind(
    "axolotl_same_rows",
    Severity.WARNING,
    later(
        "%(name)s is listed more than once with weights below 1: each time the same documents are "
        "kept, since the shuffle has the same seed."
    ),
    later("Make all but one of the entries whole."),
)
SEVERAL_EPOCHS = FindingKind(
    "axolotl_several_epochs",
    Severity.NOTE,
    later("num_epochs is %(count)s: every dataset is passed that often, on top of its entries."),
    later("Nothing is wrong if that is what you mean."),
)


UNREADABLE = FindingKind(
    "axolotl_unreadable",
    Severity.ERROR,
    later(
        "Axolotl cannot read %(uri)s of %(name)s: it expands no wildcards, and of a folder in the "
        "cloud it reads only what save_to_disk of Hugging Face datasets wrote."
    ),
    later("Enter a file, a local folder or a name on Hugging Face as the location."),
)


def _is_readable(location: Location) -> bool:
    """
    Whether Axolotl's loader finds the dataset.

    >>> _is_readable(Location("s3://b/web", Layout.JSONL))
    False
    """
    is_named = location.layout is Layout.HUGGINGFACE
    is_folder = "." not in location.uri.rstrip("/").rpartition("/")[2]
    is_lost = not is_named and is_folder and "://" in location.uri
    return not has_wildcard(location.uri) and not is_lost


REACH = Reach(UNREADABLE, _is_readable)


def write(plan: Plan) -> Written:
    """
    Write a YAML per phase.

    Raises
    ------
    CannotWrite
        If a size is not known, or a dataset is passed more often than can be listed.
    """
    shared = [
        KEPT.note(),
        *common_notes.phases(plan, NEXT_RUN.note(key="base_model")),
        *placing.passed_over(plan, LAYOUTS, REACH),
        *common_notes.groups(plan),
        *common_notes.dropped(plan),
    ]
    said: list[Note] = list(shared)
    found: list[Finding] = []
    files = []
    for place, phase in enumerate(plan.phases):
        common_notes.require_sizes(phase.drawn)
        placed = placing.place(plan, phase, LAYOUTS, REACH)
        found += placing.missing(placed, LAYOUTS)
        parts = [_parts(one.component, phase.tokens) for one in placed]
        own = list(_repeat_notes(plan, phase, parts))
        said += own
        entries = [
            entry(_entry(one, weight))
            for one, part in zip(placed, parts, strict=True)
            for weight in part
        ]
        text = (
            comment(header(plan, [*shared, *own], place))
            + "datasets:\n"
            + "".join(entries)
            + "shuffle_merged_datasets: true\n"
            + f"sequence_len: {plan.settings.sequence_length}\n"
            + f"num_epochs: 1\nseed: {plan.settings.seed}\n"
        )
        files.append(File(phase_file(plan, place, "mixture", ".yaml"), text, "yaml", place))
    return Written(tuple(files), tuple(said), findings.once(found))


def read(files: Files) -> Reading:
    """Read configurations: one file is one phase; entries of one dataset are its passes."""
    found: list[Finding] = []
    phases = []
    for name, document in texts.documents(files, found):
        found += _ignored(document)
        if isinstance(document.get("datasets"), list):
            phases.append(ReadPhase(name, tuple(_components(document, found))))
    if not phases and not found:
        found.append(findings.NOT_THIS_FORMAT.at(trainer=FORMAT.name, place=FORMAT.place))
    return Reading(tuple(phases), findings.once(found))


def realised_shares(files: Files, sizes: Sizes) -> tuple[Shares, ...]:
    """Return the shares of tokens in the documents that are kept."""
    found = []
    for phase in read(files).phases:
        components = weights.usable(phase.components)
        kept = [_kept_tokens(one, sizes) for one in components]
        found.append(arithmetic.gathered(components, arithmetic.normalised(kept), sizes))
    return tuple(found)


def error_bound(phase: Phase, _settings: Settings) -> float:
    """Return a document of each dataset, which rounding down loses, as a share of the phase."""
    lost = [one.tokens_per_document or 0.0 for one in phase.drawn]
    ratios = [one.ratio for one in phase.drawn]
    return arithmetic.rounding_bound(ratios, lost, phase.tokens) + 1e-8


def _parts(component: Component, phase_tokens: int) -> list[float]:
    """
    Return the weights of a dataset's entries.

    >>> _parts(Component("code", 0.5, 250, unique_tokens=100), 500)
    [1.0, 1.0, 0.5]
    """
    # Not the component's whole tokens: in a small plan their rounding would show.
    epochs = component.ratio * phase_tokens / (component.unique_tokens or 1)
    whole = math.floor(epochs + _WHOLE)
    if whole > MOST_ENTRIES:
        raise CannotWrite(
            [
                TOO_MANY_PASSES.at(
                    name=component.name, epochs=values.passes(epochs), most=MOST_ENTRIES
                )
            ]
        )
    rest = epochs - whole
    return [1.0] * whole + ([rest] if rest > _WHOLE or not whole else [])


def _repeat_notes(plan: Plan, phase: Phase, parts: Sequence[Sequence[float]]) -> Iterator[Note]:
    at = phase.name if len(plan.phases) > 1 else None
    repeated = [pair for pair in zip(phase.drawn, parts, strict=True) if len(pair[1]) > 1]
    for one, (*whole, last) in repeated[:MOST_REPEATS_NAMED]:
        epochs = values.passes(one.epochs or 0.0)
        if last == 1:
            yield REPEATED_WHOLE.note(at, name=one.name, epochs=epochs, whole=len(whole) + 1)
        else:
            yield REPEATED.note(at, name=one.name, epochs=epochs, whole=len(whole), weight=last)
    if len(repeated) > MOST_REPEATS_NAMED:
        yield REPEATED_MORE.note(at, count=len(repeated) - MOST_REPEATS_NAMED)


def _entry(placed: Placed, weight: float) -> dict[str, object]:
    location = placed.location
    file_type = _FILE_TYPES.get(location.layout)
    return {
        "path": location.uri,
        **({"name": location.subset} if location.subset else {}),
        **({"ds_type": file_type} if file_type else {}),
        "split": "train",
        "type": "completion",
        **({"field": location.text_field} if location.text_field else {}),
        "weight": weight,
    }


def _ignored(document: Document) -> Iterator[Finding]:
    value = document.get(_PRETRAINING)
    for place, one in enumerate(value if isinstance(value, list) else ()):
        if isinstance(one, dict) and "weight" in one:
            yield IGNORED_WEIGHT.at(document.line(_PRETRAINING, place, "weight"))


def _components(document: Document, found: list[Finding]) -> Iterator[ReadComponent]:
    components = []
    for place, given in enumerate(document.get("datasets")):
        at = ("datasets", place)
        if not isinstance(given, dict) or not given.get("path"):
            found.append(
                findings.MISSING_VALUE.at(document.line(*at), name=f"#{place + 1}", key="path")
            )
            continue
        found += texts.unknown_keys(document, at, KEYS)
        components.append(_component(document, at, found))
    has_weights = any(one.weight < 1 for one in components)
    if document.get("streaming") is True and has_weights:
        found.append(STREAMING.at(document.line("streaming")))
    epochs = document.get("num_epochs")
    if isinstance(epochs, int | float) and epochs > 1:
        found.append(SEVERAL_EPOCHS.at(document.line("num_epochs"), count=epochs))
    found += _same_rows(components)
    yield from components


def _component(
    document: Document, at: tuple[str | int, ...], found: list[Finding]
) -> ReadComponent:
    given = document.get(*at)
    value, line = given.get("weight"), document.line(*at, "weight")
    number = 1.0 if value is None else weights.number(value)
    one = hub.read_component(
        str(given["path"]),
        0.0 if number is None else number,
        WeightUnit.FRACTION,
        line,
        subset=None if given.get("name") is None else str(given["name"]),
    )
    if number == 0 or (number is not None and 1 < number < math.inf):
        found.append(OUT_OF_RANGE.at(line, name=one.name, value=str(value)[:60]))
    else:
        found += weights.judge_weight(one.name, 1.0 if value is None else value, line)
    if one.location is not None and placing.name_of(one.location):
        found.append(findings.PLACEHOLDER.at(document.line(*at), name=one.name))
    # Without a file type a folder in the cloud may be what save_to_disk wrote.
    layout = Layout.JSONL if given.get("ds_type") else Layout.HUGGINGFACE
    found += REACH.judge(one.name, Location(str(given["path"]), layout), document.line(*at, "path"))
    return one


def _same_rows(components: list[ReadComponent]) -> Iterator[Finding]:
    """Yield datasets that are listed again in part: unlike whole entries, that adds nothing new."""
    seen: set[str | None] = set()
    for one in components:
        if one.weight < 1:
            if one.key in seen:
                yield SAME_ROWS.at(one.line, name=one.name)
            seen.add(one.key)


def _kept_tokens(component: ReadComponent, sizes: Sizes) -> float:
    size = sizes.find(component)
    weight = min(component.weight, 1.0)
    if size.documents is None or not size.tokens_per_document:
        return weight * (size.tokens or 0)
    if weight == 1:
        return size.documents * size.tokens_per_document
    return max(1, int(size.documents * weight)) * size.tokens_per_document


FORMAT = Format(
    id="axolotl",
    name="Axolotl",
    order=120,
    checked="axolotl 0.21.0",
    unit=WeightUnit.FRACTION,
    layouts=LAYOUTS,
    has_phases=False,
    place="datasets[].weight",
    write=write,
    read=read,
    realised_shares=realised_shares,
    error_bound=error_bound,
)
