"""Check whole tokens against every limit of a request, exactly."""

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction

from app.planning.exact import as_fraction
from app.planning.plans.outcome import Breach
from app.planning.plans.request import Component, Group, PlanRequest
from app.planning.solving.problem import ConstraintKind

# Whole tokens miss an exact share by less than one token per component.
_ROUNDING_TOKENS = 1


def breaches(
    request: PlanRequest, tokens: Sequence[int], caps: Sequence[int | None]
) -> tuple[Breach, ...]:
    """
    Return the limits that whole tokens do not keep.

    Parameters
    ----------
    request : PlanRequest
    tokens : (n_components,) sequence of int
    caps : (n_components,) sequence of int or None
        Most whole tokens that the passes allow, as `feasibility.remaining_caps` returns them.

    Returns
    -------
    tuple of Breach
        Caps are kept to the token; ratios, groups, floor and ceiling to the rounding of one token
        per component that counts, and to 1e-9 of the budget.

    Examples
    --------
    >>> from app.planning.plans.request import Component
    >>> request = PlanRequest(100, (Component("a", 10, max_epochs=4), Component("b", 200)))
    >>> breaches(request, (60, 40), (40, None))
    (Breach(kind=<ConstraintKind.MAX_EPOCHS: 'max_epochs'>, subject='a', bound=4.0, actual=6.0),)
    """
    total = sum(tokens)
    found: list[Breach] = []
    slack = _slack(1, total)
    for component, count, cap in zip(request.components, tokens, caps, strict=True):
        if cap is not None and count > cap:
            found.append(_over(component, count))
        if component.min_ratio or component.max_ratio < 1:
            found += _ratios(component, count, total, slack)
    for group in request.groups:
        found += _group(request, group, tokens, total)
    found += _whole(request, tokens)
    return tuple(found)


def _over(component: Component, count: int) -> Breach:
    """Return the breach of a component that draws more than its passes allow."""
    size, limit = component.unique_tokens, component.max_epochs
    bound = 0.0 if limit is None else float(limit)
    actual = (component.seen_tokens + count) / size if size else math.inf
    return Breach(ConstraintKind.MAX_EPOCHS, component.name, bound, actual)


def _ratios(component: Component, count: int, total: int, slack: Fraction) -> Iterator[Breach]:
    share = count / total if total else 0.0
    if component.min_ratio and count < as_fraction(component.min_ratio) * total - slack:
        bound = float(component.min_ratio)
        yield Breach(ConstraintKind.MIN_RATIO, component.name, bound, share)
    if component.max_ratio < 1 and count > as_fraction(component.max_ratio) * total + slack:
        bound = float(component.max_ratio)
        yield Breach(ConstraintKind.MAX_RATIO, component.name, bound, share)


def _group(
    request: PlanRequest, group: Group, tokens: Sequence[int], total: int
) -> Iterator[Breach]:
    # Whole members are summed as integers; only shares of a component need fractions.
    whole = 0
    certain, possible = Fraction(0), Fraction(0)
    members = request.members(group)
    for index, least, most in members:
        if least == 1:
            whole += tokens[index]
        else:
            certain += least * tokens[index]
            possible += most * tokens[index]
    certain += whole
    possible += whole
    slack = _slack(len(members), total)
    if group.min_share is not None and certain < as_fraction(group.min_share) * total - slack:
        yield Breach(
            ConstraintKind.GROUP_MIN, group.name, float(group.min_share), float(certain / total)
        )
    if group.max_share is not None and possible > as_fraction(group.max_share) * total + slack:
        yield Breach(
            ConstraintKind.GROUP_MAX, group.name, float(group.max_share), float(possible / total)
        )


def _whole(request: PlanRequest, tokens: Sequence[int]) -> Iterator[Breach]:
    count = len(tokens)
    if request.cost_ceiling is not None:
        prices = [as_fraction(c.price or 0) / 10**6 for c in request.components]
        cost = sum((p * t for p, t in zip(prices, tokens, strict=True)), Fraction(0))
        ceiling = as_fraction(request.cost_ceiling)
        if cost > ceiling + max(prices) * _slack(count, sum(tokens)):
            yield Breach(ConstraintKind.COST_CEILING, "", float(ceiling), float(cost))
    if request.unique_floor:
        fresh = sum(
            min(t, max((c.unique_tokens or 0) - c.seen_tokens, 0))
            for c, t in zip(request.components, tokens, strict=True)
        )
        if fresh < request.unique_floor - _slack(count, sum(tokens)):
            yield Breach(ConstraintKind.UNIQUE_FLOOR, "", request.unique_floor, fresh)


def _slack(members: int, total: int) -> Fraction:
    return _ROUNDING_TOKENS * members + Fraction(total, 10**9)
