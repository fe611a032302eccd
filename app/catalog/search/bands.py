"""Bands of token counts as terms: a short way to the rows that come next in the order of tokens."""

from app.catalog.search import terms
from app.catalog.search.orders import Window

# The least tokens of each band, finest where lists begin. The first holds what has no estimate,
# which is stored as -1.
LEAST = (-1, 0, 10**9, 10**10, 10**11, 10**12, 10**13)


def number(tokens: int) -> int:
    """
    Return the number of the band of so many tokens, -1 for none.

    >>> number(-1), number(0), number(10**12)
    (0, 1, 5)
    """
    return sum(tokens >= least for least in LEAST) - 1


def ahead(window: Window) -> list[int]:
    """Return the terms of all bands in the order of the window, from its place on."""
    found = list(range(len(LEAST)))
    key = None if window.place is None else window.place.key
    if window.is_falling:
        found.reverse()
    if isinstance(key, int):
        found = found[found.index(number(key)) :]
    return [terms.band(one) for one in found]
