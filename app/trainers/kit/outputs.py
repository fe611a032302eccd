"""What a format gives: files with notes when it writes, components with findings when it reads."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.trainers.kit.findings import Finding, Severity
from app.trainers.kit.notes import Note
from app.trainers.kit.plan import Layout, Phase, Plan, Settings, key_of

# Name of a file to its text; a text without a file has the empty name.
Files = Mapping[str, str]


class WeightUnit(StrEnum):
    """What a weight in a file counts."""

    TOKENS = "tokens"  # sequences of one length, or tokens: the weight is a share of tokens
    ROWS = "rows"  # documents
    EPOCHS = "epochs"  # passes over the dataset
    FRACTION = "fraction"  # part of the dataset that is kept


@dataclass(frozen=True, slots=True)
class File:
    """One file to hand to the trainer; `phase` is its position where it is of one phase alone."""

    name: str
    text: str
    language: str
    phase: int | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """A plan as a trainer's files. The first file is the one that the trainer is given."""

    files: tuple[File, ...]
    notes: tuple[Note, ...] = ()
    findings: tuple[Finding, ...] = ()

    def texts(self) -> dict[str, str]:
        """Return the files by name, as `read` takes them."""
        return {file.name: file.text for file in self.files}


@dataclass(frozen=True, slots=True)
class ReadComponent:
    """
    A dataset as a file names it; `unit` is what its `weight` counts.

    `files` are the paths that stand there for it, the first of which is its `location`.
    """

    name: str
    weight: float
    unit: WeightUnit = WeightUnit.TOKENS
    location: str | None = None
    subset: str | None = None
    max_epochs: float | None = None
    line: int | None = None
    files: int = 1

    @property
    def key(self) -> str | None:
        """The text by which its location is known."""
        return key_of(self.location, self.subset) if self.location is not None else None


@dataclass(frozen=True, slots=True)
class ReadPhase:
    """A phase as a file states it: its start in steps or its tokens, where the file says so."""

    name: str
    components: tuple[ReadComponent, ...]
    start_step: int | None = None
    tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file says, and what is wrong with it."""

    phases: tuple[ReadPhase, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def is_usable(self) -> bool:
        """Whether there are components and no error."""
        has_errors = any(one.severity is Severity.ERROR for one in self.findings)
        return not has_errors and any(phase.components for phase in self.phases)


@dataclass(frozen=True, slots=True)
class Size:
    """What the arithmetic needs of a dataset: unique tokens, mean tokens per document."""

    name: str
    tokens: int | None = None
    tokens_per_document: float | None = None

    @property
    def documents(self) -> float | None:
        """Documents of the dataset; None where its mean length or its size is not known."""
        if self.tokens is None or not self.tokens_per_document:
            return None
        return self.tokens / self.tokens_per_document


@dataclass(frozen=True, slots=True)
class Sizes:
    """Sizes by the datasets' names and by the keys of their locations; tokens of each phase."""

    by_key: Mapping[str, Size]
    phase_tokens: tuple[int, ...]
    settings: Settings = field(default_factory=Settings)

    def samples(self, phase: int) -> int:
        """Return the sequences of a phase, at least one."""
        tokens = self.phase_tokens[min(phase, len(self.phase_tokens) - 1)]
        return max(-(-tokens // self.settings.sequence_length), 1)

    def find(self, component: ReadComponent) -> Size:
        """Return the size of a dataset of a file; one of unknown size under its own name."""
        found = self.by_key.get(component.key) if component.key is not None else None
        return found or self.by_key.get(component.name) or Size(component.name)


# The share of a phase's training tokens that each dataset gets, by the plan's names.
Shares = dict[str, float]


@dataclass(frozen=True, slots=True)
class Format:
    """
    A trainer: how its files are written, read and judged.

    Every format is one module in `formats/` that ends with such a constant.

    Attributes
    ----------
    order : int
        Where it stands in lists: those that more people pretrain with come first.
    checked : str
        The release or commit of the framework that the arithmetic was checked against.
    unit : WeightUnit
        What a weight counts there.
    layouts : tuple of Layout
        The layouts that it reads, the best first.
    has_phases : bool
        Whether one file holds all phases.
    place : str
        Where in its files the mixture stands, in the framework's words.
    write : callable
        The files of a plan. Raises CannotWrite where the framework would take them for something
        else, or a number is missing.
    read : callable
        What files say. Never raises: what cannot be read is a finding.
    realised_shares : callable
        The shares of tokens that the framework's own arithmetic makes of the files, per phase.
    error_bound : callable
        The most by which a realised share may differ from the plan's, for a phase.
    """

    id: str
    name: str
    order: int
    checked: str
    unit: WeightUnit
    layouts: tuple[Layout, ...]
    has_phases: bool
    place: str
    write: Callable[[Plan], Written]
    read: Callable[[Files], Reading]
    realised_shares: Callable[[Files, Sizes], tuple[Shares, ...]]
    error_bound: Callable[[Phase, Settings], float]

    def lint(self, files: Files) -> tuple[Finding, ...]:
        """Return what is wrong with files, by line."""
        return tuple(sorted(self.read(files).findings, key=lambda one: one.line or 0))


def phase_file(plan: Plan, place: int, base: str, ending: str, joint: str = "-") -> str:
    """Return the name of a phase's file; a plan of one phase needs no number."""
    if len(plan.phases) == 1:
        return f"{base}{ending}"
    return f"{base}{joint}phase{joint}{place + 1}{ending}"
