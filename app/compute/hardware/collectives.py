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


def transfer_seconds(
    sent: Number, bytes_per_second: Number, *, latency_seconds: float = 0.0
) -> Number:
    """
    Tell how long a rank needs to send its part of a collective.

    Parameters
    ----------
    sent : float or array
        Bytes, as the functions above count them.
    bytes_per_second : float or array
        One way, what the link reaches and not what its label says.
    latency_seconds : float
        For the start of the operation.

    Examples
    --------
    BLOOM's gradients over Omni-Path at 45 % of 6.25 GB/s per GPU: 12.9 GB.

    >>> round(transfer_seconds(12.9e9, 0.45 * 6.25e9), 2)
    4.59
    """
    return sent / bytes_per_second + latency_seconds
