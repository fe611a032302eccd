"""
What collective operations send and how long they take on given links.

`size` is the size of the whole tensor that the group ends up with (all-gather), starts with
(reduce-scatter) or has on every rank (all-reduce), in bytes. A ring sends ``(n - 1)/n`` of it per
rank, an all-reduce twice that.
"""

from app.compute.units import Number


def all_reduce_bytes(size: Number, ranks: Number) -> Number:
    """
    Count the bytes that each rank of a ring all-reduce sends.

    Examples
    --------
    >>> all_reduce_bytes(1000.0, 8.0)
    1750.0
    """
    return 2.0 * size * (ranks - 1.0) / ranks


def all_gather_bytes(size: Number, ranks: Number) -> Number:
    """
    Count the bytes that each rank of an all-gather, or of a reduce-scatter, sends.

    Examples
    --------
    >>> all_gather_bytes(1000.0, 8.0)
    875.0
    """
    return size * (ranks - 1.0) / ranks


def all_to_all_bytes(size: Number, ranks: Number) -> Number:
    """
    Count the bytes that each rank of an all-to-all sends; `size` is what it holds.

    Examples
    --------
    >>> all_to_all_bytes(1000.0, 8.0)
    875.0
    """
    return size * (ranks - 1.0) / ranks
