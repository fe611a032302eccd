"""
The plan that trainers' files are written from: phases, components, sizes, where the data lies.

Plain numbers and texts: whoever makes a plan has read the database and the clock already.
"""

import math
from dataclasses import dataclass

from app.catalog.locations.kinds import Layout as Layout  # noqa: PLC0414  formats take it from here
from app.catalog.locations.kinds import Split as Split  # noqa: PLC0414  likewise

# Ratios of a phase are computed by one division each, so their sum is off by rounding alone.
SUM_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Location:
    """
    Where a dataset lies for training.

    `uri` is a path, an address or, for the Hugging Face layout, the name on the Hub; `subset` is
    the configuration there. `tokenizer` is that of tokenised files, None where nobody said.
    """

    uri: str
    layout: Layout
    split: Split = Split.TRAIN
    tokenizer: str | None = None
    subset: str | None = None
    text_field: str | None = None

    @property
    def key(self) -> str:
        """The text by which a file that is read back is known to mean this location."""
        return key_of(self.uri, self.subset)


@dataclass(frozen=True, slots=True)
class Component:
    """
    A dataset in a phase.

    `ratio` is its share of the phase's training tokens, `tokens` what that is, repeats counted.
    `name` is the dataset's short name, unique in the phase. `tokens_per_document` is a mean, with
    the sentence where it comes from; `max_epochs` is the cap of the plan.
    """

    name: str
    ratio: float
    tokens: int
    unique_tokens: int | None = None
    max_epochs: float | None = None
    tokens_per_document: float | None = None
    documents_source: str | None = None
    locations: tuple[Location, ...] = ()
    group: str | None = None

    @property
    def epochs(self) -> float | None:
        """Passes over the dataset in this phase; None where its size is not known."""
        return self.tokens / self.unique_tokens if self.unique_tokens else None

    @property
    def documents(self) -> float | None:
        """Documents of the dataset; None where their mean length or its size is not known."""
        if self.unique_tokens is None or not self.tokens_per_document:
            return None
        return self.unique_tokens / self.tokens_per_document


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of training; `tokens` is the sum of its components' tokens."""

    name: str
    components: tuple[Component, ...]

    def __post_init__(self) -> None:
        names = {one.name for one in self.components}
        if len(names) != len(self.components) or not names:
            raise ValueError("a phase has components, each with a name of its own")
        if not all(math.isfinite(one.ratio) and one.ratio >= 0 for one in self.components):
            raise ValueError("ratios are finite and not negative")
        if abs(math.fsum(one.ratio for one in self.components) - 1) > SUM_TOLERANCE:
            raise ValueError("the ratios of a phase sum to 1")

    @property
    def tokens(self) -> int:
        """Training tokens of the phase."""
        return sum(one.tokens for one in self.components)

    @property
    def drawn(self) -> tuple[Component, ...]:
        """The components that get anything: no trainer takes a weight of zero well."""
        return tuple(one for one in self.components if one.ratio > 0)


@dataclass(frozen=True, slots=True)
class Settings:
    """
    What a trainer needs beside the mixture; `global_batch_size` counts sequences.

    `exact_epochs` asks for passes instead of weights, where a format has both.
    """

    sequence_length: int = 4096
    global_batch_size: int = 1024
    seed: int = 42
    exact_epochs: bool = False

    @property
    def step_tokens(self) -> int:
        """Tokens of one training step."""
        return self.sequence_length * self.global_batch_size


@dataclass(frozen=True, slots=True)
class Plan:
    """
    One version of a mixture, ready to be written for a trainer.

    `date` and `peibi_version` are texts for the header; `tokenizer` is the code that all counts
    are in, `content_hash` the version's.
    """

    mixture: str
    version: int
    content_hash: str
    date: str
    peibi_version: str
    tokenizer: str
    phases: tuple[Phase, ...]
    settings: Settings = Settings()

    @property
    def tokens(self) -> int:
        """Training tokens of all phases."""
        return sum(phase.tokens for phase in self.phases)

    def samples(self, phase: int) -> int:
        """Return the sequences of a phase: its tokens in whole sequences, rounded up."""
        return -(-self.phases[phase].tokens // self.settings.sequence_length)

    def first_step(self, phase: int) -> int:
        """Return the training steps before a phase."""
        before = sum(one.tokens for one in self.phases[:phase])
        return round(before / self.settings.step_tokens)

    def last_step(self, phase: int) -> int:
        """Return the training steps from the first start to the end of a phase."""
        return self.first_step(phase) + self.steps(phase)

    @property
    def all_steps(self) -> int:
        """Training steps of all phases."""
        return self.last_step(len(self.phases) - 1)

    def last_steps(self) -> str:
        """Return the last step of every phase, as a text."""
        return ", ".join(str(self.last_step(place)) for place in range(len(self.phases)))

    def steps(self, phase: int) -> int:
        """Return the training steps of a phase, at least one."""
        end = -(-sum(one.tokens for one in self.phases[: phase + 1]) // self.settings.step_tokens)
        if phase + 1 < len(self.phases):
            end = self.first_step(phase + 1)
        return max(end - self.first_step(phase), 1)


def key_of(uri: str, subset: str | None = None) -> str:
    """
    Return the text by which a location in a file and one in the catalogue are compared.

    >>> key_of("s3://b/web/", None), key_of("org/web", "en")
    ('s3://b/web', 'org/web#en')
    """
    return uri.rstrip("/") + (f"#{subset}" if subset else "")
