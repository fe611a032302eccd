"""
Plan one phase with every limit kept: the ratios nearest to those asked for, or what contradicts.

Where a solution exists, what each binding limit costs is asked by relaxing it a step. Where none
does, the answer names the smallest set of limits that contradict, how far each would have to give
way, and the largest budget at which all of them fit.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.planning.errors import BudgetInfeasible
from app.planning.exact import in_proportion
from app.planning.plans import constrained, judging, report
from app.planning.plans.constrained import NamedConstraint, Stated
from app.planning.plans.judging import Judged
from app.planning.plans.outcome import PlanResult
from app.planning.plans.request import PlanRequest
from app.planning.sampling import apportionment, water_filling
from app.planning.solving import conflicts, largest_budget, shadow_prices, solver
from app.planning.solving.conflicts import Conflict
from app.planning.solving.shadow_prices import ShadowPrice
from app.planning.solving.solver import Solution


@dataclass(frozen=True)
class LimitPrice:
    """
    A binding limit and what a step of room would do.

    Attributes
    ----------
    limit : NamedConstraint
    price : float
        Nats of divergence saved per unit of the bound, at the margin: per pass, per whole share,
        per token, per unit of currency.
    bound, relaxed_bound : float or None
        In the limit's own unit; None where a lock would be lifted.
    share, relaxed_share : float
        Share of the budget that the component or group gets, now and then; for the cost ceiling
        the cost, for the floor the unique share.
    moved_share, relaxed_moved_share : float
        Share of the budget that lies elsewhere than asked, now and then.
    """

    limit: NamedConstraint
    price: float
    bound: float
    relaxed_bound: float | None
    share: float
    relaxed_share: float
    moved_share: float
    relaxed_moved_share: float


@dataclass(frozen=True)
class ConflictingLimit:
    """
    A limit of a contradiction, and how far it alone would have to give way.

    Attributes
    ----------
    limit : NamedConstraint
    bound : float
    needed : float or None
        In the limit's own unit; None where it was not computed.
    """

    limit: NamedConstraint
    bound: float
    needed: float | None


@dataclass(frozen=True)
class SolvedPlan:
    """
    The answer of the solver.

    Attributes
    ----------
    plan : PlanResult
        With the optimal tokens, or those asked for where limits contradict.
    feasible : bool
    moved_share : float
        Share of the budget that lies elsewhere than asked; 0 where limits contradict.
    divergence : float
        Kullback-Leibler divergence from the ratios asked for, nats.
    shadow_prices : tuple of LimitPrice
        The limit whose relaxation helps most first.
    conflict : tuple of ConflictingLimit
        Empty where a solution exists.
    is_irreducible : bool
        Whether every limit of the conflict was found necessary.
    largest_budget : int or None
        Where limits contradict: the largest budget at which all fit; None where none does.
    """

    plan: PlanResult
    feasible: bool
    moved_share: float = 0.0
    divergence: float = 0.0
    shadow_prices: tuple[LimitPrice, ...] = ()
    conflict: tuple[ConflictingLimit, ...] = ()
    is_irreducible: bool = True
    largest_budget: int | None = None


def solve(request: PlanRequest, *, with_prices: bool = True) -> SolvedPlan:
    """
    Plan one phase within every limit.

    Parameters
    ----------
    request : PlanRequest
        Its `on_shortage` does not matter here.
    with_prices : bool
        Ask what each binding limit costs; up to twelve more solutions.

    Returns
    -------
    SolvedPlan
        Tokens sum to the budget exactly; caps are kept to the token, shares to the rounding of
        whole tokens.

    Raises
    ------
    PlanningError
        As `plan.plan`.

    Examples
    --------
    >>> from app.planning.plans.request import Component, Group
    >>> parts = (
    ...     Component("a", 100, weight=6, max_epochs=4, tags={"language": "en"}),
    ...     Component("b", 900, weight=4, tags={"language": "zh"}),
    ... )
    >>> groups = (Group("Chinese", "language", "zh", min_share=0.5),)
    >>> found = solve(PlanRequest(1000, parts, groups=groups))
    >>> [part.tokens for part in found.plan.components], found.shadow_prices[0].limit.name
    ([400, 600], 'max_epochs: a')
    """
    asked = judging.judge(request)
    stated = constrained.state(request, asked)
    found = solver.solve(stated.problem)
    if isinstance(found, Conflict):
        return _contradiction(request, asked, stated, found)
    try:
        tokens = _whole_tokens(request, asked, found)
    except BudgetInfeasible:
        # The caps miss the budget by less than the solver sees: some tokens in a billion.
        return _contradiction(request, asked, stated, conflicts.of_caps(stated.problem))
    applied = None if tokens == asked.tokens else "solve"
    prices = shadow_prices.ask(stated.problem, found) if with_prices else ()
    planned = report.result(request, asked, tokens, applied=applied)
    return SolvedPlan(
        plan=planned,
        feasible=planned.feasible,
        moved_share=found.moved_share,
        divergence=found.divergence,
        shadow_prices=tuple(_price(request, stated, item) for item in prices),
    )


def _whole_tokens(request: PlanRequest, asked: Judged, found: Solution) -> tuple[int, ...]:
    if not found.moved_share and not asked.breaches:
        return asked.tokens
    weights = in_proportion(found.ratios.tolist())
    filling = water_filling.fill(weights, request.token_budget, caps=asked.caps)
    return apportionment.hand_out(filling.numerators, filling.denominator, request.token_budget)


def _price(request: PlanRequest, stated: Stated, item: ShadowPrice) -> LimitPrice:
    at = item.constraint
    relaxed = item.relaxed_bound
    return LimitPrice(
        limit=constrained.named(request, stated, at),
        price=constrained.per_unit(request, at, item.price),
        bound=constrained.in_units(request, at, item.bound),
        relaxed_bound=None if relaxed is None else constrained.in_units(request, at, relaxed),
        share=item.share,
        relaxed_share=item.relaxed_share,
        moved_share=item.moved_share,
        relaxed_moved_share=item.relaxed_moved_share,
    )


def _contradiction(
    request: PlanRequest, asked: Judged, stated: Stated, found: Conflict
) -> SolvedPlan:
    planned = report.result(request, asked, asked.tokens)
    limits = tuple(
        ConflictingLimit(
            limit=constrained.named(request, stated, item.constraint),
            bound=constrained.in_units(request, item.constraint, item.bound),
            needed=None
            if item.needed is None
            else constrained.in_units(request, item.constraint, item.needed),
        )
        for item in found.remedies
    )
    return SolvedPlan(
        plan=replace(planned, feasible=False, binding=_subjects(limits)),
        feasible=False,
        conflict=limits,
        is_irreducible=found.is_irreducible,
        largest_budget=largest_budget.find(stated.problem, request.token_budget),
    )


def _subjects(limits: Sequence[ConflictingLimit]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item.limit.subject or item.limit.kind.value for item in limits))
