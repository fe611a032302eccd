"""What the ratios of a request mean at its budget: tokens, caps, shortages, the way out."""

from dataclasses import dataclass

from app.planning.errors import BudgetInfeasible, FloorsExceedBudget
from app.planning.plans import limits_kept, weighting
from app.planning.plans.outcome import Breach
from app.planning.plans.request import PlanRequest
from app.planning.sampling.shares import Shares
from app.planning.supply import feasibility, respreading
from app.planning.supply.feasibility import Feasibility


@dataclass(frozen=True)
class Judged:
    """
    A request, judged before any remedy.

    Attributes
    ----------
    shares : Shares
        The ratios asked for.
    tokens : (n_components,) tuple of int
        What they ask for in whole tokens.
    caps : (n_components,) tuple of int or None
        Most whole tokens per component.
    found : Feasibility
        Of the caps alone.
    breaches : tuple of Breach
        Limits of any kind that the tokens do not keep.
    respread : tuple of int or None
        Tokens that keep the budget within the limits on single components; None where nothing
        of that kind is broken, no tokens do, or nobody asked.
    respread_capacity : int or None
        Where no tokens do: the most that could be handed out.
    """

    shares: Shares
    tokens: tuple[int, ...]
    caps: tuple[int | None, ...]
    found: Feasibility
    breaches: tuple[Breach, ...]
    respread: tuple[int, ...] | None
    respread_capacity: int | None


def judge(request: PlanRequest, *, has_respread: bool = True) -> Judged:
    """
    Judge the ratios of a request at its budget.

    Parameters
    ----------
    request : PlanRequest
    has_respread : bool
        Whether to look for tokens that keep the limits, a third of the work.

    Returns
    -------
    Judged

    Raises
    ------
    MissingEstimate, NoWeight, EmptyGroup, UngroupedComponents, SharedComponent

    Examples
    --------
    >>> from app.planning.plans.request import Component
    >>> found = judge(PlanRequest(10, (Component("a", 3, max_epochs=1), Component("b", 9))))
    >>> found.tokens, found.respread
    ((5, 5), (3, 7))
    """
    components = request.components
    budget = request.token_budget
    shares = weighting.shares_of(request)
    tokens = shares.tokens(budget)
    unique = [component.unique_tokens for component in components]
    limits = [component.max_epochs for component in components]
    seen = [component.seen_tokens for component in components]
    found = feasibility.check_budget(shares, unique, limits, budget=budget, seen_tokens=seen)
    breaches = limits_kept.breaches(request, tokens, found.caps)
    names = {component.name for component in components}
    respread, capacity = None, None
    if has_respread and any(breach.subject in names for breach in breaches):
        try:
            respread = respreading.respread(
                shares,
                found.caps,
                budget=budget,
                locked=[component.locked for component in components],
                min_ratio=[component.min_ratio for component in components],
                max_ratio=[component.max_ratio for component in components],
            ).tokens
        except BudgetInfeasible as error:
            capacity = error.capacity
        except FloorsExceedBudget:
            capacity = 0
    return Judged(shares, tokens, found.caps, found, breaches, respread, capacity)
