"""What a mixture's pages and its API show: everything computed, nothing left to load."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from app.errors import AppError
from app.mixtures import policies, rollups
from app.mixtures.content import Carried, Content, Phase
from app.mixtures.counting import Unique
from app.mixtures.facts import DatasetFacts
from app.mixtures.policies import PolicyResult, Rule
from app.mixtures.rollups import Drawn
from app.mixtures.tones import Tone
from app.planning.composition.licences import LicenceRollUp
from app.planning.composition.rollups import Cost, Portion
from app.planning.loss.scaling import Prediction
from app.planning.plans.outcome import PlannedComponent, PlanResult, PlanWarning
from app.planning.supply.overlap import Overlap
from app.planning.supply.repetition import epochs
from app.planning.supply.uncertainty import Spread


class Passes(NamedTuple):
    """Passes over a component; `low` and `high` are None where no spread is known."""

    low: float | None
    mid: float
    high: float | None


class ComponentView(NamedTuple):
    """
    A component with what it receives.

    `facts` is None where the catalogue has no such dataset, or the viewer may not know of it.
    `planned` is None where the phase cannot be planned. `epochs` are the passes in this phase,
    `exposure` those with earlier phases and runs; both None without an estimate. `shortage` are
    training tokens beyond its max epochs.
    """

    dataset: str
    facts: DatasetFacts | None
    unique: Unique | None
    weight: float
    locked: bool
    max_epochs: float | None
    min_ratio: float | None
    max_ratio: float | None
    synthetic: bool | None
    price: float | None
    planned: PlannedComponent | None
    epochs: Passes | None
    exposure: Passes | None
    tone: Tone
    seen_tokens: int
    shortage: int
    chance_over: float | None = None

    @property
    def ratio(self) -> float | None:
        """Share of the phase's training tokens."""
        return None if self.planned is None else self.planned.ratio

    @property
    def tokens(self) -> int | None:
        """Training tokens, repeats counted."""
        return None if self.planned is None else self.planned.tokens


@dataclass(frozen=True, slots=True)
class UniqueTotal:
    """Unique tokens of a phase; those without an estimate are counted and left out."""

    low: int
    mid: int
    high: int
    has_spread: bool
    unknown: int


@dataclass(frozen=True)
class PhaseDetail:
    """What only the phase that is looked at shows: shares, licences, overlaps, spread."""

    drawn: tuple[Drawn, ...]
    licences: LicenceRollUp | None
    overlaps: tuple[Overlap, ...]
    spread: Spread | None
    cost: Cost | None
    prediction: Prediction | None

    @cached_property
    def portions(self) -> Mapping[str, tuple[Portion, ...]]:
        """The shares of the training tokens by each tag."""
        return {tag.value: rollups.by_tag(self.drawn, tag) for tag in rollups.ROLLED_UP}


@dataclass(frozen=True)
class PhaseView:
    """
    A phase, planned.

    `components` are made when they are asked for: of phases that are not looked at, nobody does.
    `plan` is None for an empty phase, and where `problem` says why it cannot be planned.
    `detail` is there for the phase that is looked at, and for all of a version. `drawn` is what
    the portions' positions refer to.
    """

    index: int
    phase: Phase
    make_components: Callable[[], tuple[ComponentView, ...]]
    plan: PlanResult | None
    problem: AppError | None
    drawn: tuple[Drawn, ...] = ()
    empty_groups: tuple[str, ...] = ()
    detail: PhaseDetail | None = None

    @cached_property
    def components(self) -> tuple[ComponentView, ...]:
        """The components with what they receive."""
        return self.make_components()

    @cached_property
    def unique(self) -> UniqueTotal:
        """The unique tokens of the components together."""
        found = [one.unique for one in self.components if one.unique is not None]
        return UniqueTotal(
            low=sum(one.mid if one.low is None else one.low for one in found),
            mid=sum(one.mid for one in found),
            high=sum(one.mid if one.high is None else one.high for one in found),
            has_spread=any(one.low is not None for one in found),
            unknown=len(self.components) - len(found),
        )

    def tokens(self) -> dict[str, int]:
        """Return the training tokens of each component; nothing where it is not planned."""
        return dict(zip(self.plan.names, self.plan.tokens, strict=True)) if self.plan else {}

    @property
    def name(self) -> str:
        """What the phase is called."""
        return self.phase.name

    @property
    def budget(self) -> int:
        """Training tokens asked for."""
        return self.phase.token_budget

    @property
    def total_tokens(self) -> int:
        """Training tokens handed out: the budget, or less where it was shrunk."""
        return self.plan.total_tokens if self.plan else 0

    @property
    def is_feasible(self) -> bool | None:
        """Whether every limit is kept; None where nothing is planned."""
        return self.plan.feasible if self.plan else None

    @property
    def fits(self) -> bool | None:
        """As `is_feasible`; None too where no known limit is broken, but some data is unknown."""
        if self.plan is None or (self.plan.feasible and self.plan.uncounted_tokens):
            return None
        return self.plan.feasible

    @property
    def warnings(self) -> tuple[PlanWarning, ...]:
        """What to know although nothing is broken."""
        return self.plan.warnings if self.plan else ()


@dataclass(frozen=True, slots=True)
class Exposure:
    """Passes over a dataset in all phases and earlier runs, with the tokens of each phase."""

    dataset: str
    facts: DatasetFacts | None
    carried_tokens: int
    phase_tokens: tuple[int, ...]
    passes: Passes | None

    @property
    def tokens(self) -> int:
        """All training tokens drawn from it, earlier runs included."""
        return self.carried_tokens + sum(self.phase_tokens)


def passes_of(tokens: int, unique: Unique | None) -> Passes | None:
    """Return the passes that so many tokens are, with the interval of the estimate."""
    if unique is None:
        return None
    middle = epochs(tokens, unique.mid) or 0.0
    if not unique.low or not unique.high:
        return Passes(None, middle, None)
    return Passes(tokens / unique.high, middle, tokens / unique.low)


@dataclass(frozen=True)
class MixtureView:
    """
    A whole mixture, computed.

    `tokenizers` are the labels of all that can be chosen, by code. `active` is the position of
    the phase that is looked at. `missing` are datasets that the catalogue does not have, or the
    viewer may not know of.
    """

    content: Content
    tokenizers: Mapping[str, str]
    tokenizer_label: str
    is_tokenizer_known: bool
    active: int
    phases: tuple[PhaseView, ...]
    facts: Mapping[str, DatasetFacts]
    unique: Mapping[str, Unique]
    rules: Sequence[Rule]
    missing: tuple[str, ...]
    carried: Mapping[str, int] = field(default_factory=dict)
    missing_runs: tuple[Carried, ...] = ()
    # As `loading.Known` keeps it.
    derived: dict[Any, Any] = field(default_factory=dict)

    @cached_property
    def drawn(self) -> tuple[Drawn, ...]:
        """What all phases draw together; the portions of the whole refer to its positions."""
        return tuple(rollups.summed(part for phase in self.phases for part in phase.drawn))

    @cached_property
    def exposures(self) -> tuple[Exposure, ...]:
        """The passes over each dataset in all phases and earlier runs."""
        return tuple(
            Exposure(
                dataset=slug,
                facts=self.facts.get(slug),
                carried_tokens=self.carried.get(slug, 0),
                phase_tokens=counts,
                passes=passes_of(sum(counts) + self.carried.get(slug, 0), self.unique.get(slug)),
            )
            for slug, counts in self._phase_tokens().items()
        )

    def _phase_tokens(self) -> dict[str, tuple[int, ...]]:
        drawn = [phase.tokens() for phase in self.phases]
        return {slug: tuple(one.get(slug, 0) for one in drawn) for slug in self.datasets}

    @cached_property
    def policies(self) -> tuple[PolicyResult, ...]:
        """How the mixture stands to the rules of the team; nothing where it draws nothing."""
        if not self.rules or not any(one.tokens for one in self.drawn):
            return ()
        passes = {
            one.dataset: one.passes.mid if one.passes else None
            for one in self.exposures
            if one.tokens
        }
        return policies.judge(self.rules, self.drawn, passes)

    @cached_property
    def datasets(self) -> list[str]:
        """The slugs of all datasets, each once, in the order of the phases."""
        return self.content.datasets()

    @cached_property
    def licences(self) -> LicenceRollUp | None:
        """What the stated licences of all phases allow together; None where nothing is drawn."""
        return rollups.licences(self.drawn)

    @cached_property
    def portions(self) -> Mapping[str, tuple[Portion, ...]]:
        """The shares of all training tokens by each tag."""
        return {tag.value: rollups.by_tag(self.drawn, tag) for tag in rollups.ROLLED_UP}

    @property
    def phase(self) -> PhaseView:
        """The phase that is looked at."""
        return self.phases[self.active]

    @property
    def total_tokens(self) -> int:
        """Training tokens of all phases."""
        return sum(phase.total_tokens for phase in self.phases)

    @property
    def unknown(self) -> int:
        """How many datasets without an estimate it draws from: nobody knows if those suffice."""
        return sum(slug not in self.unique for slug in self.datasets)

    @property
    def is_feasible(self) -> bool:
        """Whether every phase that has components keeps every limit."""
        return all(phase.is_feasible for phase in self.phases if phase.components) and all(
            phase.problem is None for phase in self.phases
        )

    @property
    def fits(self) -> bool | None:
        """Whether it fits; None where no known limit is broken, and some data nobody counted."""
        return None if self.is_feasible and self.unknown else self.is_feasible
