"""What the trained tokens are made of, and what the data costs where prices are known."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from app.planning import checks
from app.planning.composition.tags import Tag, portions
from app.planning.errors import Negative, NotFinite
from app.planning.exact import as_fraction, in_proportion
from app.planning.sampling import apportionment

# Money is shown in cents; two more digits keep sums of parts right.
_PLACES = Decimal("0.0001")


@dataclass(frozen=True)
class Portion:
    """
    The tokens under one value of a tag.

    Attributes
    ----------
    values : tuple of str
        One value; several where the tokens have one of them without saying which; none where
        nothing is known.
    tokens : int
    ratio : float
        Share of all trained tokens.
    components : tuple of int
        Positions of the components that contribute, in their order.
    """

    values: tuple[str, ...]
    tokens: int
    ratio: float
    components: tuple[int, ...]


@dataclass(frozen=True)
class Cost:
    """
    What the data of a mixture costs, as far as prices are known.

    Attributes
    ----------
    amount : Decimal
        In the currency of the prices, to four places.
    bought_tokens : int
        Unique tokens that the amount pays for. Repeats are free.
    unpriced : tuple of int
        Components that are drawn from but have no price; what they cost is not in the amount.
    unpriced_tokens : int
        Training tokens drawn from those.
    """

    amount: Decimal
    bought_tokens: int
    unpriced: tuple[int, ...]
    unpriced_tokens: int


def roll_up(tokens: Sequence[int], tags: Sequence[Tag]) -> tuple[Portion, ...]:
    """
    Sum trained tokens by the values of a tag.

    Parameters
    ----------
    tokens : (n_components,) sequence of int
        Training tokens, repeats counted.
    tags : (n_components,) sequence
        A value, shares of several, several without shares, or None; see `tags.portions`.

    Returns
    -------
    tuple of Portion
        They sum to all tokens exactly; the largest first, the unknown among them.

    Raises
    ------
    WrongLength, NotFinite, Negative, OutOfRange

    Examples
    --------
    >>> for portion in roll_up([100, 60, 40], ["en", {"en": 0.5, "zh": 0.5}, None]):
    ...     print(portion.values, portion.tokens, portion.ratio)
    ('en',) 130 0.65
    () 40 0.2
    ('zh',) 30 0.15
    """
    counts = [
        checks.tokens("tokens", count, index=i) for i, count in enumerate(checks.components(tokens))
    ]
    found: dict[tuple[str, ...], int] = {}
    members: dict[tuple[str, ...], list[int]] = {}
    for index, tag in enumerate(checks.same_length("tags", tags, len(counts))):
        for values, part in _split(portions(tag), counts[index]):
            found[values] = found.get(values, 0) + part
            if part:
                members.setdefault(values, []).append(index)
    total = sum(counts)
    ordered = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    return tuple(
        Portion(values, count, count / total if total else 0.0, tuple(members.get(values, ())))
        for values, count in ordered
        if count
    )


def _split(
    shares: Mapping[tuple[str, ...], Fraction], count: int
) -> Iterable[tuple[tuple[str, ...], int]]:
    """Hand out the tokens of a component to its portions; nearly every one has only one."""
    if len(shares) == 1:
        return ((next(iter(shares)), count),)
    parts = in_proportion(list(shares.values()))
    split = apportionment.hand_out([part * count for part in parts], sum(parts), count)
    return zip(shares, split, strict=True)


def cost(
    tokens: Sequence[int],
    unique_tokens: Sequence[int | None],
    prices: Sequence[Decimal | None],
) -> Cost:
    r"""
    Price the unique tokens that a mixture uses, :math:`\sum_i p_i \min(d_i, U_i)`.

    Parameters
    ----------
    tokens : (n_components,) sequence of int
        Training tokens, repeats counted.
    unique_tokens : (n_components,) sequence of int or None
        None, no estimate: every token drawn is paid.
    prices : (n_components,) sequence of Decimal or None
        Price of one *million* unique tokens, one currency for all. None is not known; zero is
        free.

    Returns
    -------
    Cost

    Raises
    ------
    NotFinite, Negative, OutOfRange, WrongLength

    Examples
    --------
    >>> found = cost([3_000_000, 5], [2_000_000, 9], [Decimal("1.50"), None])
    >>> found.amount, found.unpriced
    (Decimal('3.0000'), (1,))
    """
    counts = checks.components(tokens)
    unique = checks.unique_tokens("unique_tokens", unique_tokens, len(counts))
    amount, bought = Fraction(0), 0
    unpriced = []
    for index, price in enumerate(checks.same_length("prices", prices, len(counts))):
        drawn = checks.tokens("tokens", counts[index], index=index)
        size = unique[index]
        used = drawn if size is None else min(drawn, size)
        if price is None:
            if drawn:
                unpriced.append(index)
            continue
        if not price.is_finite():
            raise NotFinite("prices", price, index)
        if price < 0:
            raise Negative("prices", price, index)
        amount += as_fraction(price) * used / 10**6
        bought += used
    exact = Decimal(round(amount * 10**4)).scaleb(-4)
    return Cost(
        exact.quantize(_PLACES), bought, tuple(unpriced), sum(counts[index] for index in unpriced)
    )
