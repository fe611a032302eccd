"""
TRL's dataset mixtures (`DatasetMixtureConfig`): `fraction` is a dataset's share of the rows.

Nothing repeats: the mixture is as large as the scarcest dataset allows, and of each dataset the
first round(fraction x N) rows are kept. Fractions are normalised, negative ones too, in silence.
"""

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
from app.trainers.kit.findings import Finding, FindingKind, Severity
from app.trainers.kit.header import comment, header
from app.trainers.kit.notes import CANNOT_REPEAT, NEXT_RUN, Note, NoteKind
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
from app.trainers.kit.plan import Component, Phase, Plan, Settings
from app.trainers.kit.texts import Document
from app.trainers.kit.yaml_text import entry
from app.web.i18n import later

LAYOUTS = hub.LAYOUTS
KEYS = ("path", "name", "data_dir", "data_files", "split", "columns", "fraction")
_OLD_NAME = "weight"

SHRINKS = NoteKind(
    "trl_shrinks",
    later(
        "TRL repeats nothing: %(name)s is used up first, so one pass over this mixture has "
        "%(tokens)s tokens. With num_train_epochs %(passes)s the budget is reached, but then every "
        "dataset is passed that often, also those that the plan does not repeat."
    ),
)
FITS = NoteKind(
    "trl_fits",
    later(
        "The file holds no budget: one pass over this mixture has %(tokens)s tokens. Train with "
        "num_train_epochs %(passes)s."
    ),
)
FIRST_ROWS = NoteKind(
    "trl_first_rows",
    later("Of each dataset the first rows are kept, not a random choice: shuffle files before."),
)
SIZES_UNKNOWN = NoteKind(
    "trl_sizes_unknown",
    later(
        "TRL shrinks the mixture so that nothing repeats; by how much cannot be said, since the "
        "size of %(names)s is not known."
    ),
)
COLUMNS_DIFFER = NoteKind(
    "trl_columns_differ",
    later(
        "The text is in columns of different names (%(columns)s). TRL cannot rename them: give "
        "all files the same column, or rows will be filled with nothing."
    ),
)
SOME_FRACTIONS = FindingKind(
    "trl_some_fractions",
    Severity.ERROR,
    later("%(names)s have no fraction, others have one: TRL wants all or none."),
    later("Give every dataset a fraction."),
)
NO_FRACTIONS = FindingKind(
    "trl_no_fractions",
    Severity.WARNING,
    later("There are no fractions: the datasets are joined whole, so their sizes are the weights."),
    later("Give every dataset a fraction if that is not what you mean."),
)
STREAMING = FindingKind(
    "trl_streaming",
    Severity.ERROR,
    later("Fractions do not work with streaming: TRL stops."),
    later("Write streaming: false."),
)
OLD_NAME = FindingKind(
    "trl_old_name",
    Severity.ERROR,
    later("TRL has no key weight: it stops with a TypeError."),
    later("Write fraction: a share of the rows of the mixture."),
)
DROPPED_ROWS = FindingKind(
    "trl_negative",
    Severity.ERROR,
    later(
        "The fraction of %(name)s is negative: TRL keeps none of its rows, shrinks the others, and "
        "says nothing."
    ),
    later("Write a number above zero, or take the dataset out."),
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
        FIRST_ROWS.note(),
        *common_notes.phases(plan, NEXT_RUN.note(key="model_name_or_path")),
        *common_notes.groups(plan),
        *common_notes.dropped(plan),
    ]
    said: list[Note] = list(shared)
    found: list[Finding] = []
    files = []
    for place, phase in enumerate(plan.phases):
        placed = placing.place(plan, phase, LAYOUTS)
        fractions = arithmetic.exact_sum(common_notes.row_weights(placed))
        own = [common_notes.rows_note(placed), *_size_notes(plan, phase), *_column_notes(placed)]
        said += own
        found += placing.missing(placed, LAYOUTS)
        entries = [_entry(one, fraction) for one, fraction in zip(placed, fractions, strict=True)]
        text = comment(header(plan, [*shared, *own], place)) + "datasets:\n" + "".join(entries)
        name = phase_file(plan, place, "mixture", ".yaml")
        files.append(File(name, text + "streaming: false\n", "yaml", place))
    return Written(tuple(files), tuple(said), findings.once(found))


def read(files: Files) -> Reading:
    """Read mixtures: one file is one phase."""
    found: list[Finding] = []
    phases = []
    for name, document in texts.documents(files, found):
        if isinstance(document.get("datasets"), list):
            phases.append(ReadPhase(name, tuple(_components(document, found))))
    if not phases and not found:
        found.append(findings.NOT_THIS_FORMAT.at(trainer=FORMAT.name, place=FORMAT.place))
    return Reading(tuple(phases), findings.once(found))


def realised_shares(files: Files, sizes: Sizes) -> tuple[Shares, ...]:
    """Return the shares of tokens in the rows that are kept, rounded as TRL rounds them."""
    return tuple(_shares(phase, sizes) for phase in read(files).phases)


def error_bound(phase: Phase, _settings: Settings) -> float:
    """Return half a document of each dataset as a share of the shrunken mixture."""
    scale = _scale(phase.drawn)
    if scale is None:
        return 1e-9
    halves = [(one.tokens_per_document or 0.0) / 2 for one in phase.drawn]
    ratios = [one.ratio for one in phase.drawn]
    return arithmetic.rounding_bound(ratios, halves, scale * phase.tokens) + 1e-9


def _scale(drawn: Sequence[Component]) -> float | None:
    """Return the largest part of the plan in which nothing repeats; None if a size is unknown."""
    epochs = [one.epochs for one in drawn]
    known = [one for one in epochs if one is not None]
    return 1 / max(known) if len(known) == len(epochs) and max(known) > 0 else None


def _size_notes(plan: Plan, phase: Phase) -> Iterator[Note]:
    name = phase.name if len(plan.phases) > 1 else None
    repeated = tuple(one.name for one in phase.drawn if (one.epochs or 0) > 1)
    if repeated:
        yield CANNOT_REPEAT.note(name, names=repeated)
    scale = _scale(phase.drawn)
    if scale is None:
        yield SIZES_UNKNOWN.note(
            name, names=tuple(one.name for one in phase.drawn if one.epochs is None)
        )
        return
    tokens = values.tokens(scale * phase.tokens)
    passes = f"{1 / scale:.6g}"
    if scale >= 1:
        yield FITS.note(name, tokens=tokens, passes=passes)
    else:
        scarcest = max(phase.drawn, key=lambda one: one.epochs or 0)
        yield SHRINKS.note(name, name=scarcest.name, tokens=tokens, passes=passes)


def _column_notes(placed: Sequence[Placed]) -> Iterator[Note]:
    columns = sorted({one.location.text_field for one in placed if one.location.text_field})
    if len(columns) > 1:
        yield COLUMNS_DIFFER.note(columns=tuple(columns))


def _entry(placed: Placed, fraction: float) -> str:
    columns = [placed.location.text_field] if placed.location.text_field else []
    return entry(
        {
            **hub.arguments(placed.location),
            "split": "train",
            **({"columns": columns} if columns else {}),
            "fraction": fraction,
        }
    )


def _components(document: Document, found: list[Finding]) -> Iterator[ReadComponent]:
    entries = document.get("datasets")
    found += texts.unknown_keys(
        document, (), ("datasets", "streaming", "test_split_size"), is_silent=False
    )
    components = []
    without = []
    for place, given in enumerate(entries):
        at = ("datasets", place)
        if not isinstance(given, dict) or not given.get("path"):
            found.append(
                findings.MISSING_VALUE.at(document.line(*at), name=f"#{place + 1}", key="path")
            )
            continue
        if _OLD_NAME in given:
            found.append(OLD_NAME.at(document.line(*at, _OLD_NAME)))
        found += texts.unknown_keys(document, at, (*KEYS, _OLD_NAME))
        one = _component(document, at, found)
        components.append(one)
        if given.get("fraction") is None:
            without.append(one.name)
    if not without:
        if document.get("streaming") is True:
            found.append(STREAMING.at(document.line("streaming")))
        found += weights.judge(components, normalises=True)
    elif len(without) < len(components):
        found.append(SOME_FRACTIONS.at(document.line("datasets"), names=tuple(without)))
    else:
        found.append(NO_FRACTIONS.at(document.line("datasets")))
    yield from components


def _component(
    document: Document, at: tuple[str | int, ...], found: list[Finding]
) -> ReadComponent:
    given = document.get(*at)
    value, line = given.get("fraction"), document.line(*at, "fraction")
    if value is None:
        return hub.component(given, 1.0, WeightUnit.EPOCHS, line)
    # A text is no number to TRL, whatever stands in it: 1e-05 is one to YAML.
    number = weights.number(value) if not isinstance(value, str) else None
    one = hub.component(given, number or 0.0, WeightUnit.ROWS, line)
    if number is None:
        found += [findings.NOT_A_NUMBER.at(line, name=one.name, value=str(value)[:60])]
    elif number < 0:
        found.append(DROPPED_ROWS.at(line, name=one.name))
    return one


def _shares(phase: ReadPhase, sizes: Sizes) -> Shares:
    components = weights.usable(phase.components)
    if any(one.unit is WeightUnit.EPOCHS for one in components):
        drawn = [arithmetic.token_weight(one, sizes) or 0.0 for one in components]
        return arithmetic.gathered(components, arithmetic.normalised(drawn), sizes)
    fractions = arithmetic.normalised([one.weight for one in components])
    found = [sizes.find(one) for one in components]
    documents = [one.documents for one in found]
    known = [one for one in documents if one is not None]
    if len(known) == len(components):
        total = min(count / part for count, part in zip(known, fractions, strict=True))
        rows = [float(round(part * total)) for part in fractions]
    else:
        rows = fractions
    drawn = [
        count * (one.tokens_per_document or 0.0) for count, one in zip(rows, found, strict=True)
    ]
    return arithmetic.gathered(components, arithmetic.normalised(drawn), sizes)


FORMAT = Format(
    id="trl",
    name="TRL",
    order=110,
    checked="trl 1.16.0",
    unit=WeightUnit.ROWS,
    layouts=LAYOUTS,
    has_phases=False,
    place="datasets[].fraction",
    write=write,
    read=read,
    realised_shares=realised_shares,
    error_bound=error_bound,
)
