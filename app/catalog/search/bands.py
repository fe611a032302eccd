"""Size bands as terms: a short way to the rows that come next in the order of tokens."""

from app.catalog.search import terms
from app.catalog.search.facets import SIZE_BANDS
from app.catalog.search.orders import Window

# The least tokens of each band; the first holds what has no estimate and is stored as -1.
LEAST = (-1, *(band.low for band in SIZE_BANDS))


def number(tokens: int) -> int:
    """
    Return the number of the band of so many tokens, -1 for none.

    >>> number(-1), number(0), number(10**12)
    (0, 1, 6)
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
