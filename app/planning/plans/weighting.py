"""From a request to the exact ratios that its scheme asks for, before any limit is applied."""

from app.planning.errors import BudgetInfeasible, NoWeight, SharedComponent
from app.planning.exact import in_proportion
from app.planning.plans.request import PlanRequest, SchemeName
from app.planning.sampling import groups, schemes
from app.planning.sampling.shares import Shares
from app.planning.sampling.upsampling import by_quality


def shares_of(request: PlanRequest) -> Shares:
    """
    Return the ratios that the scheme asks for.

    Locked components keep the ratio of their typed weight; the scheme shares what they leave.
    Groups with a weight are given their part first, and the typed weights count inside them.
    Where `unimax` or `capped` cannot hand out the whole budget within their passes, every source
    gets its natural share: the plan is then short everywhere alike, and says so. Under `quality`
    the typed weights say how good a source is.

    Parameters
    ----------
    request : PlanRequest

    Returns
    -------
    Shares
        One per component.

    Raises
    ------
    NoWeight
        If nothing has a weight, or nothing is left to share what locked components leave.
    MissingEstimate
        If the scheme needs unique tokens that a component does not have.
    EmptyGroup, UngroupedComponents, SharedComponent

    Examples
    --------
    >>> from app.planning.plans.request import Component, Scheme
    >>> parts = (Component("a", 10, locked=True, weight=1), Component("b", 30), Component("c", 10))
    >>> request = PlanRequest(100, parts, Scheme("proportional"))
    >>> [round(ratio, 6) for ratio in shares_of(request).ratios.tolist()]
    [0.333333, 0.5, 0.166667]
    """
    typed = _typed(request)
    if request.scheme.name is SchemeName.AS_WEIGHTED:
        return typed
    loose = [i for i, component in enumerate(request.components) if not component.locked]
    if not loose:
        return typed
    left = sum(typed.parts[i] for i in loose)
    if not left:
        return typed
    by_scheme = _by_scheme(request, loose, typed)
    whole = by_scheme.whole
    parts = [part * whole for part in typed.parts]
    for i, part in zip(loose, by_scheme.parts, strict=True):
        parts[i] = part * left
    return Shares(tuple(in_proportion(parts)))


def _typed(request: PlanRequest) -> Shares:
    weights = [component.weight for component in request.components]
    weighted = {group.name: group.weight for group in request.groups if group.weight is not None}
    if weighted:
        return groups.two_level(weighted, _membership(request), weights)
    # Under the other schemes typed weights may all be zero; only locked ones count then.
    if request.scheme.name is not SchemeName.AS_WEIGHTED and not any(weights):
        weights = [1] * len(weights)
    return schemes.as_weighted(weights)


def _membership(request: PlanRequest) -> list[str | None]:
    found: list[str | None] = [None] * len(request.components)
    for group in request.groups:
        if group.weight is None:
            continue
        for index, certain, _ in request.members(group):
            if certain and found[index] is not None:
                raise SharedComponent(index)
            if certain:
                found[index] = group.name
    return found


def _by_scheme(request: PlanRequest, loose: list[int], typed: Shares) -> Shares:
    """Share one whole over the components that are not locked."""
    scheme = request.scheme
    sizes = [request.components[i].unique_tokens for i in loose]
    match scheme.name:
        case SchemeName.PROPORTIONAL:
            return schemes.proportional(sizes)
        case SchemeName.UNIFORM:
            return schemes.uniform(sizes)
        case SchemeName.TEMPERATURE:
            return schemes.temperature(sizes, alpha=scheme.alpha or 0)
        case _:
            return _within_passes(request, loose, typed, sizes)


def _within_passes(
    request: PlanRequest, loose: list[int], typed: Shares, sizes: list[int | None]
) -> Shares:
    # What locked components leave, rounded up to a token: a whole budget for the others.
    left = sum(typed.parts[i] for i in loose)
    budget = -(-request.token_budget * left // typed.whole)
    passes = request.scheme.max_epochs or 1
    if request.scheme.name is SchemeName.QUALITY:
        quality = [request.components[i].weight for i in loose]
        return by_quality(sizes, quality, budget=budget, max_epochs=passes)
    try:
        if request.scheme.name is SchemeName.UNIMAX:
            return schemes.unimax(sizes, budget=budget, max_epochs=passes)
        weights = Shares(tuple(typed.parts[i] for i in loose))
        return schemes.cap_shares(weights, sizes, budget, passes)
    except BudgetInfeasible as error:
        if not error.capacity:
            raise NoWeight("unique_tokens") from None
        held = set(error.binding)
        return schemes.proportional([size if i in held else 0 for i, size in enumerate(sizes)])
