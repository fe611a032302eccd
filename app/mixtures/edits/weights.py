"""
Weights as they are stored: floats that name the very number that was meant.

Ratios are computed from the shortest decimal that names a float, so a weight that is a decimal
of at most 15 digits is exact, and tokens follow from it to the last one.
"""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from app.mixtures import content as contents
from app.mixtures.content import Phase
from app.planning.exact import as_fraction, in_proportion
from app.planning.limits import MIN_WEIGHT
from app.planning.sampling.shares import Shares

# Weights that come from tokens sum to at least 10 and less than 1,000.
_DIGITS = 3
_EXACT = 10**15


def from_tokens(tokens: Sequence[int]) -> list[float]:
    """
    Return weights in the proportion of whole tokens, exactly below 10^15 tokens each.

    >>> from_tokens([95_200_000_000, 1_504_800_000_000])
    [9.52, 150.48]
    """
    shift = max(len(str(sum(tokens))) - _DIGITS, 0)
    return [float(Decimal(count).scaleb(-shift)) for count in tokens]


def settle(
    weights: Sequence[Fraction], *, budget: int, wanted: dict[int, int] | None = None
) -> list[float]:
    """
    Return exact weights as floats that give the same tokens.

    Parameters
    ----------
    weights : (n_components,) sequence of Fraction
    budget : int
    wanted : dict of int to int, optional
        Tokens that components shall receive exactly, by position.
    """
    floats = [float(weight) for weight in weights]
    # Below the least weight that plans take, nothing receives a token.
    floats = [weight if weight >= MIN_WEIGHT else 0.0 for weight in floats]
    if not wanted or not any(floats):
        return floats
    got = tokens_of(floats, budget)
    if all(got[place] == count for place, count in wanted.items()):
        return floats
    tokens = list(Shares(tuple(in_proportion(weights))).tokens(budget))
    for place, count in wanted.items():
        # Whatever largest remainder gave one token too many or too few, the largest other evens.
        others = [i for i in range(len(tokens)) if i not in wanted]
        if not others:
            return floats
        largest = max(others, key=lambda i: tokens[i])
        tokens[largest] += tokens[place] - count
        tokens[place] = count
    return floats if min(tokens) < 0 or max(tokens) >= _EXACT else from_tokens(tokens)


def tokens_of(weights: Sequence[float], budget: int) -> tuple[int, ...]:
    """Return the tokens that weights give, by largest remainder."""
    parts = in_proportion([as_fraction(contents.tidy(weight)) for weight in weights])
    return Shares(tuple(parts)).tokens(budget)


def with_weights(phase: Phase, weights: Sequence[float]) -> Phase:
    """Return the phase with other weights."""
    return phase.with_(
        components=tuple(
            one if one.weight == weight else one.with_(weight=float(weight))
            for one, weight in zip(phase.components, weights, strict=True)
        )
    )
