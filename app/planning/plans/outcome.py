"""What planning answers: tokens per component, what binds, what would help, what to know."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from app.planning.solving.problem import ConstraintKind
from app.planning.supply.repetition import EpochBand


class PlannedComponent(NamedTuple):
    """
    What one component receives.

    Attributes
    ----------
    name : str
    ratio : float
        Share of the tokens handed out.
    tokens : int
        Training tokens, repeats counted.
    epochs : float or None
        Passes in this phase; None without an estimate, infinite over an empty source.
    exposure : float or None
        Passes with the tokens already seen elsewhere.
    effective_tokens : float or None
        What the phase adds in fresh tokens; None without an estimate.
    marginal_value : float or None
        What the next token is worth, as a share of a fresh one.
    band : EpochBand or None
        The exposure in a word.
    cap_tokens : int or None
        Most tokens it may give; None where nothing limits it.
    """

    name: str
    ratio: float
    tokens: int
    epochs: float | None
    exposure: float | None
    effective_tokens: float | None
    marginal_value: float | None
    band: EpochBand | None
    cap_tokens: int | None


@dataclass(frozen=True)
class NamedMove:
    """Tokens that the re-spread takes from one component and gives to another."""

    source: str
    target: str
    tokens: int


@dataclass(frozen=True)
class Remedies:
    """
    What would make the ratios asked for fit.

    Attributes
    ----------
    largest_budget : int or None
        Largest budget that keeps the ratios; None where nothing limits it.
    max_epochs_needed : dict of str to float
        Passes that each short component would need. Empty sources are left out.
    respread : dict of str to int
        Signed change of tokens that keeps the budget; empty where it is not needed or not
        possible.
    moves : tuple of NamedMove
        The same, from where to where.
    respread_capacity : int or None
        Where re-spreading is not possible: the most tokens that could be handed out.
    more_unique_tokens : dict of str to int
        Unique tokens to buy for each short component.
    """

    largest_budget: int | None
    max_epochs_needed: dict[str, float] = field(default_factory=dict)
    respread: dict[str, int] = field(default_factory=dict)
    moves: tuple[NamedMove, ...] = ()
    respread_capacity: int | None = None
    more_unique_tokens: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Breach:
    """
    A limit that the plan does not keep.

    Attributes
    ----------
    kind : ConstraintKind
    subject : str
        Name of the component or group; empty for the whole plan.
    bound, actual : float
        Passes for max epochs, ratios for ratios and groups, currency for cost, tokens for the
        floor.
    """

    kind: ConstraintKind
    subject: str
    bound: float
    actual: float


class WarningCode(StrEnum):
    """What a planner should know although nothing is broken."""

    WEIGHTS_SUM = "weights_sum"
    NO_ESTIMATE = "no_estimate"
    EMPTY_SOURCE = "empty_source"
    NO_TOKENS = "no_tokens"
    OVER_NEARLY_FREE = "over_nearly_free"
    OVER_USUAL = "over_usual"
    SHRINK_IMPOSSIBLE = "shrink_impossible"
    RESPREAD_IMPOSSIBLE = "respread_impossible"
    UNPRICED = "unpriced"
    UNTAGGED = "untagged"


@dataclass(frozen=True)
class PlanWarning:
    """
    One thing to know.

    Attributes
    ----------
    code : WarningCode
    names : tuple of str
        The components it concerns.
    value : float or None
        The sum of the weights; None for the other codes.
    """

    code: WarningCode
    names: tuple[str, ...] = ()
    value: float | None = None


@dataclass(frozen=True)
class PlanResult:
    """
    A planned phase.

    What is said of single components is worked out when it is asked for: of the phases that
    nobody looks at, only the tokens are.

    Attributes
    ----------
    names : tuple of str
        The components, in the order of the request.
    tokens : tuple of int
        What each receives.
    feasible : bool
        Every limit is kept by the tokens given here.
    applied : str or None
        The remedy that was applied: shrink, respread or solve.
    binding : tuple of str
        What the ratios asked for run up against: components that are short, the tightest
        first, then components and groups whose share is out of its limits.
    breaches : tuple of Breach
        Limits that the tokens given here do not keep.
    remedies : Remedies
    make_components, make_warnings, add_weights : callable
        Work out `components`, `warnings` and `weights_sum`.
    """

    names: tuple[str, ...]
    tokens: tuple[int, ...]
    feasible: bool
    applied: str | None
    binding: tuple[str, ...]
    breaches: tuple[Breach, ...]
    remedies: Remedies
    make_components: Callable[[], tuple[PlannedComponent, ...]] = field(repr=False, compare=False)
    make_warnings: Callable[["PlanResult"], tuple[PlanWarning, ...]] = field(
        repr=False, compare=False
    )
    add_weights: Callable[[], float] = field(repr=False, compare=False)

    @cached_property
    def total_tokens(self) -> int:
        """Exactly the sum of the components' tokens: the budget, or less after shrinking."""
        return sum(self.tokens)

    @cached_property
    def components(self) -> tuple[PlannedComponent, ...]:
        """The components in the order of the request."""
        return self.make_components()

    @cached_property
    def warnings(self) -> tuple[PlanWarning, ...]:
        """What to know although nothing is broken."""
        return self.make_warnings(self)

    @cached_property
    def weights_sum(self) -> float:
        """The sum of the weights as typed; nothing is renormalised in silence."""
        return self.add_weights()

    @cached_property
    def effective_tokens(self) -> float:
        """Fresh tokens that all are worth, summed over the components with an estimate."""
        known = [one.effective_tokens for one in self.components]
        return math.fsum(value for value in known if value is not None)

    @cached_property
    def uncounted_tokens(self) -> int:
        """Training tokens of components without an estimate, left out of `effective_tokens`."""
        return sum(one.tokens for one in self.components if one.effective_tokens is None)
