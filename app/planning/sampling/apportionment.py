r"""
Whole tokens that sum to the budget exactly, by largest remainder (Hamilton's method).

Everything is computed in integers: budgets to 10^18 and 5,000 components lose no token. One more
token in the budget can take one from a component (the Alabama paradox): the method keeps quotas,
not monotonicity.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app.planning import checks
from app.planning.checks import Number, Numbers
from app.planning.errors import NoWeight
from app.planning.exact import in_proportion, ratio
from app.planning.sampling import water_filling


@dataclass(frozen=True)
class Allocation:
    """
    Whole tokens per source.

    Attributes
    ----------
    tokens : (n_sources,) tuple of int
        They sum to the budget exactly, and none exceeds its cap.
    moved : (n_sources,) tuple of int
        Tokens more or less than without caps; they sum to zero.
    at_cap : tuple of int
        Sources that their cap holds below their weight.
    """

    tokens: tuple[int, ...]
    moved: tuple[int, ...]
    at_cap: tuple[int, ...]


def largest_remainder(weights: Numbers, units: int) -> tuple[int, ...]:
    r"""
    Share whole units in proportion to weights.

    Source :math:`i` gets the whole part of its quota :math:`q_i = M w_i / \sum w`; the units
    left over go one each to the largest fractions. Ties go to the earlier source.

    Parameters
    ----------
    weights : (n_sources,) numbers
        :math:`w_i \geq 0`, not all zero. Floats count as the decimals they print as.
    units : int
        :math:`M \geq 0`: tokens, sequences, or whole batches of sequences.

    Returns
    -------
    (n_sources,) tuple of int
        They sum to `units` exactly; each is its quota rounded down or up.

    Raises
    ------
    NoWeight
        If every weight is zero.
    NotFinite, Negative, OutOfRange, NoComponents, TooManyComponents
        For a weight or a number of units that makes no sense.

    References
    ----------
    Balinski and Young, "Fair Representation", chapter 2. OLMo-core hands ties to the later
    source; a tie goes to the earlier one here.

    Examples
    --------
    >>> largest_remainder([1, 1, 1], 10**15 + 1)
    (333333333333334, 333333333333334, 333333333333333)
    >>> largest_remainder([0.1, 0.2, 0.7], 5)
    (1, 1, 3)
    """
    parts = in_proportion(checks.weights("weights", weights))
    whole = sum(parts)
    if not whole:
        raise NoWeight("weights")
    total = checks.tokens("units", units)
    return hand_out([part * total for part in parts], whole, total)


def hand_out(numerators: Sequence[int], denominator: int, units: int) -> tuple[int, ...]:
    """
    Round exact amounts that sum to `units` to whole numbers that sum to `units`.

    Parameters
    ----------
    numerators : (n,) sequence of int
        Amounts times `denominator`; they sum to ``units * denominator``.
    denominator, units : int
        Positive; zero or more.

    Returns
    -------
    (n,) tuple of int
        Each amount rounded down or up, so an amount at or below a whole cap stays there.

    Examples
    --------
    >>> hand_out([7, 7, 6], 4, 5)
    (2, 2, 1)
    """
    pairs = [divmod(numerator, denominator) for numerator in numerators]
    whole = [quotient for quotient, _ in pairs]
    left = units - sum(whole)
    if left:
        # sorted() is stable, also in reverse: ties stay in the order of the sources.
        order = sorted(range(len(pairs)), key=lambda i: pairs[i][1], reverse=True)
        for i in order[:left]:
            whole[i] += 1
    return tuple(whole)


def allocate_tokens(
    available: Sequence[int | None],
    weights: Numbers,
    max_epochs: Sequence[Number | None],
    *,
    budget: int,
) -> Allocation:
    r"""
    Share a token budget over sources in proportion to their weights, up to each cap.

    Source :math:`i` gets :math:`\min(\lambda w_i, c_i)` tokens with
    :math:`c_i = \lfloor a_i e_i \rfloor` and :math:`\lambda` chosen so that the shares
    sum to the budget (water-filling). Whole tokens are then handed out by largest
    remainder, so the result sums to the budget exactly.

    Parameters
    ----------
    available : (n_sources,) sequence of int or None
        Unique tokens in each source, :math:`a_i \geq 0`. None: no estimate, no cap.
    weights : (n_sources,) numbers
        Mixture weights, :math:`w_i \geq 0`. Only their ratios matter.
    max_epochs : (n_sources,) sequence of number or None
        Most passes allowed over each source, :math:`e_i \geq 0`. None: no limit.
    budget : int
        Training tokens to draw, repeats counted; 1 to 10^18.

    Returns
    -------
    Allocation
        Tokens, what moved against the uncapped shares, and the sources at their cap.

    Raises
    ------
    BudgetInfeasible
        If `budget` exceeds the sum of the caps of the sources with a weight; carries the
        largest feasible budget.
    NoWeight, NotFinite, Negative, OutOfRange, WrongLength, NoComponents, TooManyComponents
        For input that makes no sense.

    References
    ----------
    Chung et al., "UniMax", arXiv 2304.09151, for the water level.

    Examples
    --------
    >>> allocate_tokens([100, 400, 400], [0.5, 0.3, 0.2], [1, 1, 1], budget=600)
    Allocation(tokens=(100, 300, 200), moved=(-200, 120, 80), at_cap=(0,))
    """
    parts = in_proportion(checks.weights("weights", weights))
    whole = sum(parts)
    if not whole:
        raise NoWeight("weights")
    total = checks.tokens("budget", budget, low=1)
    caps = token_caps(available, max_epochs, count=len(parts))
    filling = water_filling.fill(parts, total, caps=caps)
    tokens = hand_out(filling.numerators, filling.denominator, total)
    uncapped = hand_out([part * total for part in parts], whole, total)
    moved = tuple(new - old for new, old in zip(tokens, uncapped, strict=True))
    return Allocation(tokens, moved, filling.at_cap)


def token_caps(
    available: Sequence[int | None], max_epochs: Sequence[Number | None], *, count: int
) -> list[int | None]:
    r"""
    Return the most whole tokens that each source may give, :math:`\lfloor a_i e_i \rfloor`.

    Parameters
    ----------
    available : (count,) sequence of int or None
        Unique tokens; None is no estimate, hence no cap. A source of zero tokens gives none,
        whatever its epochs.
    max_epochs : (count,) sequence of number or None
        Most passes over each source; None or infinity is no limit.
    count : int
        Number of sources that both must have.

    Returns
    -------
    list of int or None
        None where nothing limits the source.

    Examples
    --------
    >>> token_caps([10, 10, 0, None], [2.5, None, None, 4], count=4)
    [25, None, 0, None]
    """
    unique = checks.unique_tokens("available", available, count)
    limits = checks.epoch_limits("max_epochs", max_epochs, count)
    return [_cap(tokens, limit) for tokens, limit in zip(unique, limits, strict=True)]


def _cap(unique: int | None, limit: Number | None) -> int | None:
    if unique is None:
        return None
    if unique == 0:
        return 0
    if limit is None:
        return None
    top, bottom = ratio(limit)
    return unique * top // bottom
