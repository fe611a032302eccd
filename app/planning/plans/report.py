"""Turn whole tokens into an answer: epochs, what they are worth, what binds, what to know."""

import math
from collections.abc import Sequence

import numpy as np

from app.planning import exact
from app.planning.limits import DEFAULT_MAX_EPOCHS, NEARLY_FREE_EPOCHS
from app.planning.plans import limits_kept
from app.planning.plans.judging import Judged
from app.planning.plans.outcome import (
    NamedMove,
    PlannedComponent,
    PlanResult,
    PlanWarning,
    Remedies,
    WarningCode,
)
from app.planning.plans.request import PlanRequest, SchemeName
from app.planning.solving.problem import ConstraintKind
from app.planning.supply import repetition, respreading

# Sums of weights in these ranges were meant to be 1 or 100; 3 : 2 : 1 was not.
_MEANT_AS_SHARES = ((0.75, 1.25, 1), (75, 125, 100))


def result(
    request: PlanRequest,
    asked: Judged,
    tokens: tuple[int, ...],
    *,
    applied: str | None = None,
    warnings: Sequence[PlanWarning] = (),
) -> PlanResult:
    """
    Describe the tokens that were decided on.

    Parameters
    ----------
    request : PlanRequest
    asked : Judged
        The ratios asked for, before any remedy.
    tokens : (n_components,) tuple of int
        What each component receives in the end.
    applied : str, optional
        The remedy that led there.
    warnings : sequence of PlanWarning
        Added to those found here.

    Returns
    -------
    PlanResult

    Examples
    --------
    >>> from app.planning.plans import judging
    >>> from app.planning.plans.request import Component
    >>> request = PlanRequest(60, (Component("a", 10), Component("b", 50)))
    >>> asked = judging.judge(request)
    >>> result(request, asked, asked.tokens).components[0].epochs
    3.0
    """
    breaches = asked.breaches
    if tokens != asked.tokens:
        breaches = limits_kept.breaches(request, tokens, asked.caps)
    return PlanResult(
        names=tuple(component.name for component in request.components),
        tokens=tokens,
        feasible=not breaches,
        applied=applied,
        binding=_binding(request, asked),
        breaches=breaches,
        remedies=_remedies(request, asked),
        make_components=lambda: planned(request, tokens, asked.caps),
        make_warnings=lambda found: (*warnings, *_warnings(request, found)),
        add_weights=lambda: float(exact.total([one.weight for one in request.components])),
    )


def planned(
    request: PlanRequest, tokens: Sequence[int], caps: Sequence[int | None]
) -> tuple[PlannedComponent, ...]:
    """
    Return each component with its epochs and what its tokens are worth.

    Parameters
    ----------
    request : PlanRequest
    tokens, caps : (n_components,) sequence of int
        Caps are None where nothing limits.

    Returns
    -------
    tuple of PlannedComponent

    Examples
    --------
    >>> from app.planning.plans.request import Component
    >>> request = PlanRequest(30, (Component("a", 10),))
    >>> planned(request, (30,), (None,))[0].epochs
    3.0
    """
    total = sum(tokens)
    sizes = np.array([float(c.unique_tokens or 0) for c in request.components])
    seen = np.array([float(c.seen_tokens) for c in request.components])
    drawn = np.array([float(count) for count in tokens])
    added = repetition.added_tokens(drawn, sizes, seen).tolist()
    marginal = repetition.marginal_value(drawn + seen, sizes).tolist()
    found = []
    for i, (component, count) in enumerate(zip(request.components, tokens, strict=True)):
        size = component.unique_tokens
        exposure = repetition.epochs(count + component.seen_tokens, size)
        found.append(
            PlannedComponent(
                name=component.name,
                ratio=count / total if total else 0.0,
                tokens=count,
                epochs=repetition.epochs(count, size),
                exposure=exposure,
                effective_tokens=None if size is None else added[i],
                marginal_value=None if size is None else marginal[i],
                band=None if exposure is None else repetition.band(exposure),
                cap_tokens=caps[i],
            )
        )
    return tuple(found)


def _binding(request: PlanRequest, asked: Judged) -> tuple[str, ...]:
    """Name what the ratios run up against, the tightest cap first, each once."""
    over = {b.subject for b in asked.breaches if b.kind is ConstraintKind.MAX_EPOCHS}
    tightest = [
        request.components[shortage.index].name
        for shortage in asked.found.shortages
        if request.components[shortage.index].name in over
    ]
    others = [b.subject or b.kind.value for b in asked.breaches]
    return tuple(dict.fromkeys((*tightest, *others)))


def _remedies(request: PlanRequest, asked: Judged) -> Remedies:
    names = [component.name for component in request.components]
    over = {b.subject for b in asked.breaches if b.kind is ConstraintKind.MAX_EPOCHS}
    short = [item for item in asked.found.shortages if names[item.index] in over]
    largest = asked.found.largest_budget
    if not short and largest is not None:
        # A cap that is short by a fraction of a token is kept by the whole tokens.
        largest = max(largest, request.token_budget)
    changes: tuple[int, ...] = ()
    if asked.respread is not None:
        changes = tuple(new - old for new, old in zip(asked.respread, asked.tokens, strict=True))
    return Remedies(
        largest_budget=largest,
        max_epochs_needed={
            names[item.index]: item.max_epochs_needed
            for item in short
            if item.max_epochs_needed is not None
        },
        respread={name: change for name, change in zip(names, changes, strict=False) if change},
        moves=tuple(
            NamedMove(names[move.source], names[move.target], move.tokens)
            for move in respreading.moves(changes)
        ),
        respread_capacity=asked.respread_capacity,
        more_unique_tokens={
            names[item.index]: item.more_unique_tokens for item in short if item.more_unique_tokens
        },
    )


def _warnings(request: PlanRequest, result: PlanResult) -> list[PlanWarning]:
    found = []
    components, weights = result.components, result.weights_sum
    if request.scheme.name is SchemeName.AS_WEIGHTED and any(
        low <= weights <= high and abs(weights - meant) > 1e-9 * meant
        for low, high, meant in _MEANT_AS_SHARES
    ):
        found.append(PlanWarning(WarningCode.WEIGHTS_SUM, value=weights))
    limited = {group.tag for group in request.groups}
    pairs = list(zip(request.components, components, strict=True))
    for code, names in (
        (WarningCode.NO_ESTIMATE, [p.name for c, p in pairs if c.unique_tokens is None]),
        (WarningCode.EMPTY_SOURCE, [p.name for c, p in pairs if c.unique_tokens == 0 and p.tokens]),
        (WarningCode.NO_TOKENS, [p.name for c, p in pairs if c.weight and not p.tokens]),
        (WarningCode.OVER_USUAL, _above(components, DEFAULT_MAX_EPOCHS, math.inf)),
        (
            WarningCode.OVER_NEARLY_FREE,
            _above(components, NEARLY_FREE_EPOCHS, DEFAULT_MAX_EPOCHS),
        ),
        (
            WarningCode.UNPRICED,
            [p.name for c, p in pairs if c.price is None and p.tokens]
            if request.cost_ceiling is not None
            else [],
        ),
        (
            WarningCode.UNTAGGED,
            [p.name for c, p in pairs if p.tokens and any(c.tags.get(t) is None for t in limited)],
        ),
    ):
        if names:
            found.append(PlanWarning(code, tuple(names)))
    return found


def _above(components: Sequence[PlannedComponent], low: float, high: float) -> list[str]:
    return [
        part.name
        for part in components
        if part.tokens and part.exposure is not None and low < part.exposure <= high
    ]
