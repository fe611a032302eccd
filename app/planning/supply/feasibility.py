r"""
Does the budget fit the data, what binds, and what would make it fit.

With ratios :math:`r_i`, whole-token caps :math:`c_i = \lfloor m_i U_i \rfloor` and tokens
already drawn elsewhere :math:`s_i`, the largest budget that keeps the ratios is

.. math:: B^* = \lfloor \min_{r_i > 0} \max(c_i - s_i, 0) / r_i \rfloor

and the sources where the minimum lies are the ones that bind. OLMo-core's
``calculate_sample_sizes`` names the source with the largest *difference* between needed and
allowed repetition instead, which need not be one of them when the limits differ.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from app.planning import checks
from app.planning.checks import Number
from app.planning.errors import BudgetInfeasible, NoWeight
from app.planning.exact import ratio
from app.planning.limits import MAX_TOKENS
from app.planning.sampling.apportionment import token_caps
from app.planning.sampling.shares import Shares


@dataclass(frozen=True)
class Shortage:
    """
    One source that cannot give what its ratio asks.

    Attributes
    ----------
    index : int
        Position of the source.
    missing_tokens : int
        Training tokens asked beyond the cap.
    largest_budget : int
        Largest budget at which this source alone would suffice, ratios kept.
    max_epochs_needed : float or None
        Passes over the source, tokens already drawn included, that would suffice; None where
        the source is empty, so that no number of passes helps.
    more_unique_tokens : int
        Unique tokens to add to the source so that the limit on its epochs suffices; 0 where the
        limit is zero passes.
    """

    index: int
    missing_tokens: int
    largest_budget: int
    max_epochs_needed: float | None
    more_unique_tokens: int


@dataclass(frozen=True)
class Feasibility:
    """
    Whether a budget fits at fixed ratios.

    Attributes
    ----------
    feasible : bool
        No source is short.
    largest_budget : int or None
        Largest budget that keeps the ratios, also above the one asked; None where nothing
        limits it.
    binding : tuple of int
        Sources that hold the largest budget where it is, all that tie.
    shortages : tuple of Shortage
        The sources that are short at the budget asked, the tightest first.
    caps : tuple of int or None
        Most whole tokens that each source may still give; None where nothing limits it.
    """

    feasible: bool
    largest_budget: int | None
    binding: tuple[int, ...]
    shortages: tuple[Shortage, ...]
    caps: tuple[int | None, ...]


def check_budget(
    shares: Shares,
    unique_tokens: Sequence[int | None],
    max_epochs: Sequence[Number | None],
    *,
    budget: int,
    seen_tokens: Sequence[int] | None = None,
) -> Feasibility:
    """
    Judge a budget at fixed ratios.

    Parameters
    ----------
    shares : Shares
        Ratios, one per source.
    unique_tokens : (n_sources,) sequence of int or None
        None, no estimate, limits nothing.
    max_epochs : (n_sources,) sequence of number or None
        Most passes, tokens already seen included; None is no limit.
    budget : int
        Training tokens, 1 to 10^18.
    seen_tokens : (n_sources,) sequence of int, optional
        Tokens drawn from each source in other phases or runs.

    Returns
    -------
    Feasibility

    Raises
    ------
    NotFinite, Negative, OutOfRange, WrongLength

    References
    ----------
    allenai/OLMo-core at fa6c5014, src/olmo_core/data/composable/utils.py (Apache-2.0).

    Examples
    --------
    >>> found = check_budget(Shares((1, 1)), [8, 16], [1, 1], budget=24)
    >>> found.largest_budget, found.binding, found.shortages[0].max_epochs_needed
    (16, (0,), 1.5)
    """
    total = checks.tokens("budget", budget, low=1)
    count = len(shares.parts)
    limits = checks.epoch_limits("max_epochs", max_epochs, count)
    caps = remaining_caps(unique_tokens, limits, count=count, seen_tokens=seen_tokens)
    seen = _seen(seen_tokens, count)
    whole = shares.whole
    limited = [
        (i, cap, part)
        for i, (cap, part) in enumerate(zip(caps, shares.parts, strict=True))
        if cap is not None and part
    ]
    if not limited:
        return Feasibility(
            feasible=True, largest_budget=None, binding=(), shortages=(), caps=tuple(caps)
        )
    # Cross-multiplied, so that ties are ties; a fraction per source would take most of the time.
    _, least_cap, least_part = limited[0]
    for _, cap, part in limited:
        if cap * least_part < least_cap * part:
            least_cap, least_part = cap, part
    # Two fractions of parts below 2^n differ by 2^-2n at least: so many more bits keep their order.
    bits = 2 * whole.bit_length()
    short = sorted(
        ((cap << bits) // part, i, cap, part)
        for i, cap, part in limited
        if cap * whole < part * total
    )
    shortages = tuple(
        _shortage(
            i,
            # Rounded up.
            asked=-(-part * total // whole),
            cap=cap,
            seen=seen[i],
            unique=unique_tokens[i] or 0,
            limit=limits[i],
            largest=cap * whole // part,
        )
        for _, i, cap, part in short
    )
    return Feasibility(
        feasible=not short,
        largest_budget=least_cap * whole // least_part,
        binding=tuple(i for i, cap, part in limited if cap * least_part == least_cap * part),
        shortages=shortages,
        caps=tuple(caps),
    )


def remaining_caps(
    unique_tokens: Sequence[int | None],
    max_epochs: Sequence[Number | None],
    *,
    count: int,
    seen_tokens: Sequence[int] | None = None,
) -> list[int | None]:
    """
    Return the most whole tokens that each source may still give.

    Parameters
    ----------
    unique_tokens : (count,) sequence of int or None
    max_epochs : (count,) sequence of number or None
        Most passes, tokens already seen included.
    count : int
    seen_tokens : (count,) sequence of int, optional
        Tokens drawn in other phases or runs.

    Returns
    -------
    list of int or None
        None where nothing limits the source.

    Raises
    ------
    NotFinite, Negative, OutOfRange, WrongLength

    Examples
    --------
    >>> remaining_caps([10, 10, None], [4, 4, 4], count=3, seen_tokens=[0, 15, 7])
    [40, 25, None]
    """
    caps = token_caps(unique_tokens, max_epochs, count=count)
    seen = _seen(seen_tokens, count)
    return [
        None if cap is None else max(cap - drawn, 0) for cap, drawn in zip(caps, seen, strict=True)
    ]


def sample_sizes(
    shares: Shares, caps: Sequence[int | None], *, budget: int | None = None
) -> tuple[int, ...]:
    """
    Return whole tokens per source at the largest feasible budget that keeps the ratios.

    OLMo-core's ``calculate_sample_sizes``, but the tokens sum to the largest feasible budget
    exactly where it rounds every source down.

    Parameters
    ----------
    shares : Shares
        Ratios, one per source.
    caps : (n_sources,) sequence of int or None
        Most whole tokens per source.
    budget : int, optional
        Tokens asked; as many as possible by default.

    Returns
    -------
    (n_sources,) tuple of int

    Raises
    ------
    BudgetInfeasible
        If the budget asked does not fit; carries the largest that does and what binds.
    NoWeight
        If no budget is asked and nothing limits it.

    Examples
    --------
    >>> sample_sizes(Shares((1, 1)), [8, 16])
    (8, 8)
    """
    found = check_budget(shares, caps, [1] * len(caps), budget=budget or 1)
    if budget is None:
        if found.largest_budget is None:
            raise NoWeight("caps")
        return shares.tokens(found.largest_budget)
    if found.shortages:
        raise BudgetInfeasible(budget, found.largest_budget or 0, found.binding)
    return shares.tokens(budget)


def _shortage(
    index: int,
    *,
    asked: int,
    cap: int,
    seen: int,
    unique: int,
    limit: Number | None,
    largest: int,
) -> Shortage:
    top, bottom = ratio(limit) if limit is not None else (0, 1)
    more = -(-(seen + asked) * bottom // top) - unique if top else 0
    return Shortage(
        index=index,
        missing_tokens=asked - cap,
        largest_budget=largest,
        max_epochs_needed=passes_for(seen + asked, unique) if unique else None,
        more_unique_tokens=max(more, 0),
    )


def passes_for(tokens: int, unique_tokens: int) -> float:
    """
    Return the smallest number of passes that yields so many whole tokens.

    Parameters
    ----------
    tokens : int
        Zero or more.
    unique_tokens : int
        Above zero.

    Returns
    -------
    float
        Rounded up where the quotient is no float, so that the cap it gives is never a token short.

    Examples
    --------
    >>> passes_for(15, 10)
    1.5
    """
    passes = tokens / unique_tokens
    # The quotient is rounded; one step up is enough where it fell below.
    top, bottom = ratio(passes)
    if top * unique_tokens < tokens * bottom:
        passes = math.nextafter(passes, math.inf)
    return passes


def _seen(seen_tokens: Sequence[int] | None, count: int) -> list[int]:
    if seen_tokens is None:
        return [0] * count
    found = checks.same_length("seen_tokens", seen_tokens, count)
    if all(type(drawn) is int and 0 <= drawn <= MAX_TOKENS for drawn in found):
        return found
    return [checks.tokens("seen_tokens", drawn, index=i) for i, drawn in enumerate(found)]
