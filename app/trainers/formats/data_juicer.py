"""
Data-Juicer's `dataset:`: how many rows of each local file are taken.

Weights count only beside `max_sample_num`; they are normalised, and each dataset gets
ceil(max_sample_num x weight) rows until none are left, so the last one gets fewer.
"""

import math
import shlex
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from app.trainers.kit import (
    arithmetic,
    common_notes,
    findings,
    hub,
    placing,
    row_budgets,
    texts,
    weights,
)
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
from app.trainers.kit.plan import Layout, Location, Phase, Plan, Settings
from app.trainers.kit.problems import problem
from app.trainers.kit.reach import Reach, has_wildcard
from app.trainers.kit.texts import Document
from app.trainers.kit.yaml_text import flow, scalar
from app.web.i18n import later

# One dataset on the Hub is all that a file may have: a mixture needs files.
LAYOUTS = (Layout.JSONL, Layout.PARQUET)
KEYS = ("type", "path", "weight", "source", "split", "name", "limit", "data_files", "data_dir")

LARGEST_LAST = NoteKind(
    "data_juicer_largest_last",
    later(
        "Rows are rounded up until none are left, so the last dataset gets fewer: the largest one "
        "stands there."
    ),
)
TEXT_KEYS = NoteKind(
    "data_juicer_text_keys",
    later(
        "The text is in columns of different names (%(columns)s); Data-Juicer takes the first of "
        "text_keys for all files: give them the same column."
    ),
)
NO_LIMIT = FindingKind(
    "data_juicer_no_limit",
    Severity.ERROR,
    later("Without max_sample_num all weights are ignored, silently: every row is taken."),
    later("Write max_sample_num: how many rows to take in all."),
)
BAD_LIMIT = FindingKind(
    "data_juicer_bad_limit",
    Severity.ERROR,
    later("max_sample_num is %(value)s; it must be a whole number above zero."),
    later("Write how many rows to take in all."),
)
MIXED_TYPES = FindingKind(
    "data_juicer_mixed_types",
    Severity.ERROR,
    later("The datasets are of several types (%(types)s), which Data-Juicer refuses."),
    later("Make all of them local."),
)
SEVERAL_REMOTE = FindingKind(
    "data_juicer_several_remote",
    Severity.ERROR,
    later("There are %(count)s remote datasets; Data-Juicer takes one at most."),
    later("Download them, and make all of them local."),
)
PATH_WITHOUT_WEIGHT = FindingKind(
    "data_juicer_path_without_weight",
    Severity.ERROR,
    later("%(name)s has no weight in dataset_path while others have: it silently gets 1.0."),
    later("Write a weight before every path."),
)
CLIPPED = FindingKind(
    "data_juicer_clipped",
    Severity.ERROR,
    later("The weight of %(name)s in dataset_path is negative: it silently becomes 0."),
    later("Write a weight above zero, or take the dataset out."),
)
NO_ROWS = FindingKind(
    "data_juicer_no_rows",
    Severity.ERROR,
    later("%(name)s gets no row: rounding up the datasets before it uses all rows up."),
    later("Raise max_sample_num, or put the largest dataset last."),
)


UNREADABLE = FindingKind(
    "data_juicer_unreadable",
    Severity.ERROR,
    later(
        "Data-Juicer cannot read %(uri)s of %(name)s: it mixes local files and folders only, and "
        "expands no wildcards."
    ),
    later("Copy the files to the machine, and enter their folder as the location."),
)
REACH = Reach(
    UNREADABLE, lambda location: "://" not in location.uri and not has_wildcard(location.uri)
)


def write(plan: Plan) -> Written:
    """
    Write a YAML per phase.

    Raises
    ------
    CannotWrite
        If the mean tokens per document of a dataset are not known.
    """
    shared = [
        LARGEST_LAST.note(),
        *common_notes.no_repeat_cap(plan),
        *common_notes.phases(plan),
        *placing.passed_over(plan, LAYOUTS, REACH),
        *common_notes.groups(plan),
        *common_notes.dropped(plan),
    ]
    said: list[Note] = list(shared)
    found: list[Finding] = []
    files = []
    for place, phase in enumerate(plan.phases):
        placed = placing.place(plan, phase, LAYOUTS, REACH)
        found += placing.missing(placed, LAYOUTS)
        rows = row_budgets.rows(placed)
        shares = arithmetic.exact_sum(common_notes.row_weights(placed))
        own = [common_notes.rows_note(placed), row_budgets.note(plan, phase, placed)]
        columns = sorted({one.location.text_field for one in placed if one.location.text_field})
        if len(columns) > 1:
            own.append(TEXT_KEYS.note(columns=tuple(columns)))
        said += own
        order = _largest_last(shares)
        found += _without_rows(
            [placed[at].name for at in order], [shares[at] for at in order], rows
        )
        entries = [
            flow({"type": "local", "path": placed[at].location.uri, "weight": shares[at]})
            for at in order
        ]
        text = (
            comment(header(plan, [*shared, *own], place))
            + f"dataset:\n  max_sample_num: {rows}\n  configs:\n"
            + "".join(f"    - {one}\n" for one in entries)
            + (f"text_keys: {scalar(columns[0])}\n" if columns else "")
        )
        files.append(File(phase_file(plan, place, "mixture", ".yaml"), text, "yaml", place))
    return Written(tuple(files), tuple(said), findings.once(found))


def read(files: Files) -> Reading:
    """Read configurations, in the form of a list or of a `dataset_path`: one file is one phase."""
    found: list[Finding] = []
    phases = []
    for name, document in texts.documents(files, found):
        if isinstance(document.get("dataset_path"), str) and document.get("dataset_path").strip():
            phases.append(ReadPhase(name, tuple(_path_components(document, found))))
        elif isinstance(document.get("dataset", "configs"), list):
            phases.append(ReadPhase(name, tuple(_components(document, found))))
    if not phases and not found:
        found.append(findings.NOT_THIS_FORMAT.at(trainer=FORMAT.name, place=FORMAT.place))
    return Reading(tuple(phases), findings.once(found))


def realised_shares(files: Files, sizes: Sizes) -> tuple[Shares, ...]:
    """Return the shares of tokens in the rows that are taken, rounded as Data-Juicer does."""
    found = []
    for text in files.values():
        for phase in read({"": text}).phases:
            components = weights.usable(phase.components)
            rows = _limit(text)
            shares = arithmetic.normalised([one.weight for one in components])
            taken: Sequence[float] = sample_numbers(shares, rows) if rows else shares
            means = [sizes.find(one).tokens_per_document or 0.0 for one in components]
            tokens = [count * mean for count, mean in zip(taken, means, strict=True)]
            found.append(arithmetic.gathered(components, arithmetic.normalised(tokens), sizes))
    return tuple(found)


def error_bound(phase: Phase, _settings: Settings) -> float:
    """Return a document of each dataset, rounded up or left out, as a share of the phase."""
    # Each may get one too many, and the last one, the largest, that many fewer.
    off = [one.tokens_per_document or 0.0 for one in phase.drawn]
    ratios = [one.ratio for one in phase.drawn]
    rows = [ratio / mean if mean else 0.0 for ratio, mean in zip(ratios, off, strict=True)]
    off[rows.index(max(rows))] *= max(len(off) - 1, 1)
    return arithmetic.rounding_bound(ratios, off, phase.tokens) + 1e-9


def sample_numbers(shares: Sequence[float], rows: int) -> list[int]:
    """
    Return the rows that each dataset gets: rounded up until none are left.

    >>> sample_numbers([1 / 3] * 3, 100)
    [34, 34, 32]
    """
    found: list[int] = []
    left = rows
    for share in shares:
        found.append(min(math.ceil(rows * share), left))
        left -= found[-1]
    return found


def _largest_last(shares: Sequence[float]) -> list[int]:
    largest = max(range(len(shares)), key=shares.__getitem__)
    return [place for place in range(len(shares)) if place != largest] + [largest]


def _without_rows(
    names: Sequence[str], shares: Sequence[float], rows: int, lines: Sequence[int | None] = ()
) -> Iterator[Finding]:
    counts = sample_numbers(shares, rows)
    for name, count, line in zip_longest(names, counts, lines):
        if count == 0:
            yield NO_ROWS.at(line, name=name)


def _limit(text: str) -> int | None:
    rows = texts.read_yaml(text).get("dataset", "max_sample_num")
    return rows if isinstance(rows, int) and rows > 0 else None


def _components(document: Document, found: list[Finding]) -> Iterator[ReadComponent]:
    entries = document.get("dataset", "configs")
    found += texts.unknown_keys(document, ("dataset",), ("configs", "max_sample_num"))
    rows = document.get("dataset", "max_sample_num")
    if rows is None:
        found.append(NO_LIMIT.at(document.line("dataset")))
    elif isinstance(rows, bool) or not isinstance(rows, int) or rows <= 0:
        line = document.line("dataset", "max_sample_num")
        found.append(BAD_LIMIT.at(line, value=str(rows)[:60]))
        rows = None
    components = []
    types = []
    for place, given in enumerate(entries):
        at = ("dataset", "configs", place)
        if not isinstance(given, dict) or not given.get("path"):
            found.append(
                findings.MISSING_VALUE.at(document.line(*at), name=f"#{place + 1}", key="path")
            )
            continue
        found += texts.unknown_keys(document, at, KEYS)
        types.append(str(given.get("type")))
        components.append(_component(document, at, rows is not None, found))
    if len(set(types)) > 1:
        found.append(
            MIXED_TYPES.at(document.line("dataset", "configs"), types=tuple(sorted(set(types))))
        )
    if types.count("remote") > 1:
        found.append(
            SEVERAL_REMOTE.at(document.line("dataset", "configs"), count=types.count("remote"))
        )
    if rows is not None:
        found += weights.judge(components, normalises=True)
        good = weights.usable(components)
        shares = arithmetic.normalised([one.weight for one in good])
        lines = [one.line for one in good]
        found += _without_rows([one.name for one in good], shares, rows, lines)
    yield from components


def _component(
    document: Document, at: tuple[str | int, ...], is_weighted: bool, found: list[Finding]
) -> ReadComponent:
    given = document.get(*at)
    value, line = given.get("weight", 1.0), document.line(*at, "weight")
    location = str(given["path"])
    if given.get("type") == "local":
        name, path_line = location.rstrip("/").rpartition("/")[2], document.line(*at, "path")
        found += REACH.judge(name, Location(location, Layout.JSONL), path_line)
    if not is_weighted:
        return hub.read_component(location, 1.0, WeightUnit.EPOCHS, line)
    number = weights.number(value) if not isinstance(value, str) else None
    one = hub.read_component(location, number or 0.0, WeightUnit.ROWS, line)
    if number is None:
        found.append(findings.NOT_A_NUMBER.at(line, name=one.name, value=str(value)[:60]))
    return one


def _path_components(document: Document, found: list[Finding]) -> Iterator[ReadComponent]:
    """Yield the datasets of the one-line form: numbers are weights of the paths after them."""
    line = document.line("dataset_path")
    text = document.get("dataset_path")
    try:
        words = shlex.split(text)
    except ValueError as error:
        found.append(findings.SYNTAX.at(line, language="shell", problem=problem(str(error))))
        return
    has_weights = any(weights.number(word) is not None for word in words)
    found.append(NO_LIMIT.at(line))
    components = []
    waiting: float | None = None
    for word in words:
        number = weights.number(word)
        if number is not None:
            waiting = number
            continue
        # Weights beside a path are without effect here: nothing gives the form a limit.
        one = hub.read_component(word, 1.0, WeightUnit.EPOCHS, line)
        components.append(one)
        found += REACH.judge_all([one], Layout.JSONL)
        if has_weights and waiting is None:
            found.append(PATH_WITHOUT_WEIGHT.at(line, name=one.name))
        elif waiting is not None and waiting < 0:
            found.append(CLIPPED.at(line, name=one.name))
        elif waiting is not None and not math.isfinite(waiting):
            found.append(findings.NOT_FINITE.at(line, name=one.name, value=str(waiting)))
        waiting = None
    found += weights.judge(components)
    yield from components


FORMAT = Format(
    id="data-juicer",
    name="Data-Juicer",
    order=140,
    checked="py-data-juicer 1.6.1",
    unit=WeightUnit.ROWS,
    layouts=LAYOUTS,
    has_phases=False,
    place="dataset.configs / dataset_path",
    write=write,
    read=read,
    realised_shares=realised_shares,
    error_bound=error_bound,
)
