"""Read Levanter's components and stages, and judge them as its blocks will draw them."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.trainers.kit import findings, placing, weights
from app.trainers.kit.findings import Finding, FindingKind, Severity, Unreadable
from app.trainers.kit.outputs import (
    Files,
    ReadComponent,
    Reading,
    ReadPhase,
)
from app.trainers.kit.plan import Layout, Location
from app.trainers.kit.reach import Reach
from app.trainers.kit.texts import Document, documents, read_yaml, unknown_keys
from app.web.i18n import later

NAME = "Levanter / Marin"
PLACE = "data.train_weights"
DEFAULT_BLOCK = 2_048
REFUSED_BLOCK = 65_536
TOKENIZER_PLACEHOLDER = "PEIBI-SET-TOKENIZER/"
_KEYS = (
    "tokenizer",
    "vocab_size",
    "cache_dir",
    "cache_options",
    "components",
    "train_weights",
    "mixture_block_size",
    "shuffle",
    "permutation_type",
    "stop_strategy",
    "max_train_batches",
    "num_validation_sequences",
    "experiment_budget",
    "target_budget",
    "prior_context_phases",
    "enforce_eos",
    "auto_build_caches",
    "chat_template",
    "block_cross_document_attention",
    "ignore_token_id",
    "validation_split_fractions",
    "configs",
)
BELOW_BLOCK = FindingKind(
    "levanter_below_block",
    Severity.ERROR,
    later(
        "The weight %(weight)s of %(name)s is below 1/%(block)s, one sequence of a block: it is "
        "never drawn, with only a warning."
    ),
    later("Raise it, or set mixture_block_size to %(needed)s."),
)
FIRST_STAGE = FindingKind(
    "levanter_first_stage",
    Severity.ERROR,
    later("The first stage starts at step %(step)s; Levanter stops unless it is 0."),
    later("Start it at 0."),
)
STAGE_ORDER = FindingKind(
    "levanter_stage_order",
    Severity.ERROR,
    later("The stage at step %(step)s does not come after the one before it."),
    later("Write the stages in the order of their steps, each step once."),
)
UNALIGNED = FindingKind(
    "levanter_unaligned",
    Severity.ERROR,
    later(
        "The stage at step %(step)s starts inside a block of %(block)s sequences (a step is "
        "%(batch)s), so Levanter stops at the start."
    ),
    later("Choose a step that is a multiple of %(every)s."),
)
BLOCK_SIZE = FindingKind(
    "levanter_block_size",
    Severity.ERROR,
    later("mixture_block_size is %(value)s; Levanter stops unless it is from 1 to %(most)s."),
    later("Write %(default)s, the default, or as much as the smallest weight needs."),
)
MAYBE_UNALIGNED = FindingKind(
    "levanter_maybe_unaligned",
    Severity.NOTE,
    later(
        "The file has no train_batch_size. The stage at step %(step)s has to start at a whole "
        "block of %(block)s sequences, else Levanter stops at the start."
    ),
    later("Choose steps that are multiples of the block divided by the batch size."),
)
UNKNOWN_COMPONENT = FindingKind(
    "levanter_unknown_component",
    Severity.ERROR,
    later("%(name)s has a weight but is no component."),
    later("Add it to components, or take the weight out."),
)
NO_WEIGHT = FindingKind(
    "levanter_no_weight",
    Severity.WARNING,
    later("The component %(name)s has no weight in any stage: it is only validated on."),
    later("Give it a weight, or take it out."),
)
OLD_FORM = FindingKind(
    "levanter_old_form",
    Severity.WARNING,
    later("configs is the older name; the field is now components."),
    later("Rename it to components."),
)
NO_TOKENIZER = FindingKind(
    "levanter_no_tokenizer",
    Severity.WARNING,
    later("No tokenizer is set, or a placeholder is: without one Levanter silently takes gpt2."),
    later("Write the tokenizer of the model."),
)


UNREADABLE = FindingKind(
    "levanter_unreadable",
    Severity.ERROR,
    later(
        "Levanter cannot read %(uri)s of %(name)s: it tells a file by its ending, and takes jsonl, "
        "json and parquet, compressed or not, but no folder."
    ),
    later("Enter the files, with a wildcard where there are several: /data/web/*.jsonl."),
)
# The ending, or the one before that of the compression.
_ENDING = re.compile(r"\.(jsonl|json|parquet)(\.[^./]*)?$")


def _is_readable(location: Location) -> bool:
    return location.layout is Layout.HUGGINGFACE or bool(_ENDING.search(location.uri))


REACH = Reach(UNREADABLE, _is_readable)


def read(files: Files) -> Reading:
    """Read a configuration, or only its part `data`."""
    found: list[Finding] = []
    phases: list[ReadPhase] = []
    for _name, document in documents(files, found):
        root: tuple[str, ...] = ("data",) if isinstance(document.get("data"), dict) else ()
        if not isinstance(document.get(*root, "train_weights"), dict | list):
            found.append(findings.NOT_THIS_FORMAT.at(1, trainer=NAME, place=PLACE))
            continue
        phases += _phases(document, root, found)
    return Reading(tuple(phases), findings.once(found))


def block_size(files: Files) -> int:
    """Return the sequences of a block, the default where a file says nothing."""
    for text in files.values():
        try:
            document = read_yaml(text)
        except Unreadable:
            continue
        for path in (("data", "mixture_block_size"), ("mixture_block_size",)):
            value = document.get(*path)
            if isinstance(value, int) and value > 0:
                return value
    return DEFAULT_BLOCK


def _phases(document: Document, root: tuple[str, ...], found: list[Finding]) -> list[ReadPhase]:
    found += unknown_keys(document, root, _KEYS, is_silent=bool(root))
    if document.get(*root, "configs") is not None:
        found.append(OLD_FORM.at(document.line(*root, "configs")))
    tokenizer = document.get(*root, "tokenizer")
    if not tokenizer or str(tokenizer).startswith(TOKENIZER_PLACEHOLDER):
        found.append(NO_TOKENIZER.at(document.line(*root, "tokenizer")))
    components = _component_map(document, root)
    value = document.get(*root, "train_weights")
    stages = list(_stages(document, root, value, found))
    block, judged = _block_of(document, root)
    found += judged
    phases = []
    for number, (start, path, stage) in enumerate(stages, start=1):
        parts = tuple(_parts(document, root, path, stage, found))
        found += weights.judge(parts, normalises=True)
        found += _below_block(parts, block)
        found += _alignment(document, path, start, block)
        phases.append(ReadPhase(f"stage {number}", parts, start_step=start))
    weighted = {one.name for phase in phases for one in phase.components}
    found += [
        NO_WEIGHT.at(document.line(*root, "components", name), name=str(name))
        for name in components
        if str(name) not in weighted
    ]
    return phases


def _block_of(document: Document, root: tuple[str, ...]) -> tuple[int, list[Finding]]:
    value = document.get(*root, "mixture_block_size")
    if value is None:
        return DEFAULT_BLOCK, []
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < REFUSED_BLOCK:
        return value, []
    line = document.line(*root, "mixture_block_size")
    shown, most = str(value)[:60], REFUSED_BLOCK - 1
    return DEFAULT_BLOCK, [BLOCK_SIZE.at(line, value=shown, most=most, default=DEFAULT_BLOCK)]


def _alignment(
    document: Document, path: tuple[str | int, ...], start: int, block: int
) -> Iterator[Finding]:
    """Yield the stage that starts inside a block, as far as the file says how long a step is."""
    line, batch = document.line(*path[:-1]), document.get("trainer", "train_batch_size")
    if isinstance(batch, int) and batch > 0:
        every = block // math.gcd(block, batch)
        if start % every:
            yield UNALIGNED.at(line, step=start, block=block, batch=batch, every=every)
    elif start % block:
        yield MAYBE_UNALIGNED.at(line, step=start, block=block)


def _component_map(document: Document, root: tuple[str, ...]) -> Mapping[Any, Any]:
    found = document.get(*root, "components") or document.get(*root, "configs")
    return found if isinstance(found, dict) else {}


def _stages(
    document: Document,
    root: tuple[str, ...],
    value: object,
    found: list[Finding],
) -> Iterator[tuple[int, tuple[str | int, ...], Mapping[Any, Any]]]:
    """Yield the start, the path and the weights of each stage."""
    path: tuple[str | int, ...] = (*root, "train_weights")
    if isinstance(value, dict):
        yield 0, path, value
        return
    last = -1
    for place, stage in enumerate(value if isinstance(value, list) else []):
        line = document.line(*path, place)
        is_pair = isinstance(stage, list) and len(stage) == 2  # noqa: PLR2004  start and weights
        if not is_pair or not isinstance(stage[0], int) or not isinstance(stage[1], dict):
            found.append(findings.NOT_THIS_FORMAT.at(line, trainer=NAME, place=PLACE))
            continue
        start = stage[0]
        if place == 0 and start != 0:
            found.append(FIRST_STAGE.at(line, step=start))
        elif start <= last:
            found.append(STAGE_ORDER.at(line, step=start))
        last = start
        yield start, (*path, place, 1), stage[1]


def _parts(
    document: Document,
    root: tuple[str, ...],
    path: tuple[str | int, ...],
    stage: Mapping[Any, Any],
    found: list[Finding],
) -> Iterator[ReadComponent]:
    components = _component_map(document, root)
    for name, weight in stage.items():
        line = document.line(*path, name)
        number = weights.number(weight)
        if number is None:
            found += weights.judge_weight(str(name), weight, line)
            continue
        if components and name not in components:
            found.append(UNKNOWN_COMPONENT.at(line, name=str(name)))
        entry = components.get(name)
        source = entry.get("source") if isinstance(entry, dict) else None
        if not isinstance(source, dict):
            source = {}
        urls = source.get("train_urls")
        for url in urls if isinstance(urls, list) else ():
            found += REACH.judge(str(name), Location(str(url), Layout.JSONL), line)
        location = str(urls[0]) if isinstance(urls, list) and urls else source.get("id")
        location = str(location) if location else None
        subset = source.get("name")
        missing = placing.name_of(location) if location else None
        yield ReadComponent(
            name=missing or str(name),
            weight=number,
            location=location,
            subset=str(subset) if subset else None,
            line=line,
        )


def _below_block(parts: Sequence[ReadComponent], block: int) -> Iterator[Finding]:
    total = sum(one.weight for one in weights.usable(parts))
    for one in weights.usable(parts):
        ratio = one.weight / total
        if ratio * block < 1:
            needed = 2 ** math.ceil(math.log2(1 / ratio))
            yield BELOW_BLOCK.at(
                one.line, weight=one.weight, name=one.name, block=block, needed=needed
            )
