"""Arithmetic that several frameworks share: exact sums, largest deficit, units of weights."""

import math
from collections.abc import Sequence
from decimal import Decimal

import numpy as np

from app.trainers.kit.outputs import ReadComponent, ReadPhase, Shares, Sizes, WeightUnit

# Enough for a share of one token in a quadrillion, and few enough to round noise away.
DECIMALS = 15
# From here on the draw is not followed sequence by sequence: its counts stay within
# DEFICIT_SAMPLES of their targets, which no share can show any more.
MOST_FOLLOWED = 20_000
# Largest distance of a count from its target, in sequences: 1.70 was the most over 140 random
# blends of 2 to 300 datasets and 3,000 sequences each. (Two datasets stay within 1.)
DEFICIT_SAMPLES = 2.0


def rounding_bound(ratios: Sequence[float], off: Sequence[float], total: float) -> float:
    """
    Return the most that a share is off where each part of `total` is off by at most its `off`.

    A part that is off moves its own share by what is left of it, the others' by their shares.

    >>> rounding_bound([0.75, 0.25], [1.0, 2.0], 100.0 + 3.0)
    0.0175
    """
    every = math.fsum(off)
    most = max(
        (one * (1 - ratio) + ratio * (every - one) for ratio, one in zip(ratios, off, strict=True)),
        default=0.0,
    )
    # Where all of it may be rounded away, nothing can be promised.
    return min(most / (total - every), 1.0) if total > every else 1.0


def exact_sum(ratios: Sequence[float]) -> list[float]:
    """
    Return ratios as short decimals that sum to exactly 1: the largest takes what rounding leaves.

    A sum of floats is then within a few 1e-16 of 1, whatever the order.

    >>> exact_sum([0.6699999999999999, 0.33])
    [0.67, 0.33]
    >>> sum(map(Decimal, map(repr, exact_sum([1 / 7] * 7)))) == 1
    True
    """
    found = [Decimal(f"{ratio:.{DECIMALS}f}") for ratio in ratios]
    largest = max(range(len(found)), key=ratios.__getitem__)
    found[largest] += 1 - sum(found)
    return [float(one) or ratio for one, ratio in zip(found, ratios, strict=True)]


def normalised(weights: Sequence[float]) -> list[float]:
    """Return weights divided by their sum; nothing where there is no sum above zero."""
    total = math.fsum(weights)
    return [weight / total for weight in weights] if total > 0 else []


def largest_deficit(weights: Sequence[float], samples: int) -> list[float]:
    """
    Return the shares that a draw by largest deficit makes.

    Sequence n goes to the dataset with the largest w * max(n, 1) - count, counted from 0, the
    first of equals: Megatron-LM's `build_blending_indices`. Long draws are their targets.
    """
    shares = np.asarray(normalised(weights))
    if samples > MOST_FOLLOWED or not len(shares):
        return [float(one) for one in shares]
    counts = np.zeros(len(shares))
    for n in range(samples):
        counts[np.argmax(shares * max(n, 1) - counts)] += 1
    return [float(one) for one in counts / samples]


def gathered(components: Sequence[ReadComponent], shares: Sequence[float], sizes: Sizes) -> Shares:
    """Return shares by the plan's names; entries of one dataset are added."""
    found: Shares = {}
    for component, share in zip(components, shares, strict=True):
        name = sizes.find(component).name
        found[name] = found.get(name, 0.0) + share
    return found


def token_weight(component: ReadComponent, sizes: Sizes) -> float | None:
    """
    Return what a weight means in tokens, up to a factor that its phase shares.

    None where the number that it takes, of documents or of tokens, is not known.
    """
    size = sizes.find(component)
    match component.unit:
        case WeightUnit.TOKENS:
            return component.weight
        case WeightUnit.ROWS:
            per_row = size.tokens_per_document
            return component.weight * per_row if per_row else None
        case WeightUnit.EPOCHS | WeightUnit.FRACTION:
            return component.weight * size.tokens if size.tokens else None


def token_shares(phase: ReadPhase, sizes: Sizes) -> Shares | None:
    """Return the shares of tokens that a phase of a file asks for; None where a size is missing."""
    weights = [token_weight(one, sizes) for one in phase.components]
    known = [one for one in weights if one is not None]
    if len(known) != len(weights):
        return None
    return gathered(phase.components, normalised(known), sizes) if sum(known) > 0 else None
