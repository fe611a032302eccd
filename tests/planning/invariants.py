"""What every plan must keep, checked by other arithmetic than the planner's."""

import math
from fractions import Fraction

from app.planning.checks import Number
from app.planning.plans.outcome import PlanResult
from app.planning.plans.request import OnShortage, PlanRequest
from app.planning.plans.solve import SolvedPlan
from app.planning.solving.problem import ConstraintKind


def assert_plan(request: PlanRequest, found: PlanResult) -> None:
    """Check sums, caps, bounds and exactness of one plan."""
    tokens = [component.tokens for component in found.components]
    assert sum(tokens) == found.total_tokens
    assert all(count >= 0 for count in tokens)
    assert found.total_tokens <= request.token_budget
    if found.applied != OnShortage.SHRINK:
        assert found.total_tokens == request.token_budget
    assert [c.name for c in found.components] == [c.name for c in request.components]
    assert math.isclose(sum(c.ratio for c in found.components), 1.0, rel_tol=1e-9)
    broken = {breach.subject for breach in found.breaches if breach.kind == "max_epochs"}
    for asked, got in zip(request.components, found.components, strict=True):
        over = is_over(asked.unique_tokens, asked.max_epochs, asked.seen_tokens, got.tokens)
        assert over == (got.name in broken)
        if asked.unique_tokens:
            assert got.epochs == got.tokens / asked.unique_tokens
            assert got.effective_tokens is not None
            assert got.effective_tokens <= got.tokens * (1 + 1e-9) + 1e-6
    assert found.feasible == (not found.breaches)
    assert sum(found.remedies.respread.values()) == 0
    if not found.feasible:
        assert found.binding
    if found.applied == OnShortage.RESPREAD:
        assert not broken


def assert_solved(request: PlanRequest, found: SolvedPlan) -> None:
    """Check one answer of the solver."""
    assert_plan_sums(request, found)
    if found.feasible:
        assert found.conflict == ()
        for asked, got in zip(request.components, found.plan.components, strict=True):
            assert not is_over(asked.unique_tokens, asked.max_epochs, asked.seen_tokens, got.tokens)
        assert 0 <= found.moved_share <= 1
        assert found.divergence >= 0
    else:
        assert found.conflict
        names = [item.limit.name for item in found.conflict]
        assert len(set(names)) == len(names)
        if found.largest_budget is not None:
            assert 0 < found.largest_budget <= request.token_budget
    kinds = {item.limit.kind for item in found.conflict}
    assert kinds <= set(ConstraintKind)


def assert_plan_sums(request: PlanRequest, found: SolvedPlan) -> None:
    """Check that the solver's tokens are the budget."""
    assert sum(c.tokens for c in found.plan.components) == request.token_budget


def is_over(unique: int | None, max_epochs: Number | None, seen: int, tokens: int) -> bool:
    """Say whether whole tokens exceed the passes allowed, in fractions."""
    if unique is None or not tokens:
        return False
    if not unique:
        return True
    return max_epochs is not None and Fraction(tokens + seen, unique) > Fraction(str(max_epochs))
