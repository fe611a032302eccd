"""
Plan one phase: from a scheme and a budget to tokens, epochs and what would make it fit.

scheme -> ratios -> whole tokens -> feasibility and remedies -> the remedy asked for -> epochs and
effective tokens -> warnings. The answer is always complete: an infeasible plan comes back with
the tokens its ratios ask for.
"""

from app.planning.plans import judging, report
from app.planning.plans.judging import Judged
from app.planning.plans.outcome import PlanResult, PlanWarning, WarningCode
from app.planning.plans.request import OnShortage, PlanRequest


def plan(request: PlanRequest, *, has_respread: bool = True) -> PlanResult:
    """
    Plan one phase.

    Parameters
    ----------
    request : PlanRequest
    has_respread : bool
        Without it, the remedies leave the re-spread out, where the request does not ask for it:
        for phases of which only the tokens are looked at.

    Returns
    -------
    PlanResult
        Under `report` the tokens that the ratios ask for, feasible or not. Under `shrink` the
        largest budget that keeps the ratios, where the one asked does not fit. Under `respread`
        the budget, with ratios as near to those asked for as caps and limits on single
        components allow; limits on groups, cost and unique data are for `solve.solve`.

    Raises
    ------
    PlanningError
        If a scheme cannot be computed: MissingEstimate, NoWeight, EmptyGroup,
        UngroupedComponents, SharedComponent.

    Notes
    -----
    Tokens are handed out by largest remainder, ties to the earlier component; they sum to
    `total_tokens` exactly, for budgets to 10^18 and 5,000 components.

    Examples
    --------
    >>> from app.planning.plans.request import Component
    >>> parts = (Component("a", 10, weight=5, max_epochs=4), Component("b", 100, weight=5))
    >>> found = plan(PlanRequest(100, parts))
    >>> [component.tokens for component in found.components], found.feasible, found.binding
    ([50, 50], False, ('a',))
    >>> found.remedies.largest_budget, found.remedies.max_epochs_needed, found.remedies.respread
    (80, {'a': 5.0}, {'a': -10, 'b': 10})
    >>> plan(PlanRequest(100, parts, on_shortage="shrink")).total_tokens
    80
    """
    asked = judging.judge(
        request, has_respread=has_respread or request.on_shortage is OnShortage.RESPREAD
    )
    if not asked.breaches or request.on_shortage is OnShortage.REPORT:
        return report.result(request, asked, asked.tokens)
    if request.on_shortage is OnShortage.SHRINK:
        changed, refusal = _shrunk(asked), WarningCode.SHRINK_IMPOSSIBLE
    else:
        changed, refusal = asked.respread, WarningCode.RESPREAD_IMPOSSIBLE
    if changed is None:
        return report.result(request, asked, asked.tokens, warnings=[PlanWarning(refusal)])
    return report.result(request, asked, changed, applied=request.on_shortage.value)


def _shrunk(asked: Judged) -> tuple[int, ...] | None:
    """Return the tokens at the largest budget that keeps the ratios; None where that is none."""
    largest = asked.found.largest_budget
    if not asked.found.shortages or not largest:
        return None
    return asked.shares.tokens(largest)
