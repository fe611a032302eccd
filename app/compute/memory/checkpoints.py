"""Size of checkpoints, and how long one takes to save."""

from app.compute.errors import require_at_least, require_positive
from app.compute.units import GIB

FULL_BYTES = 14.0
"""Bytes per parameter: master weights 4, Adam's moments 8, 16-bit weights 2."""

WEIGHTS_BYTES = 2.0
"""Bytes per parameter of the 16-bit weights alone."""


def checkpoint_gib(parameters: float, *, bytes_per_parameter: float = FULL_BYTES) -> float:
    """
    Tell the size of a checkpoint.

    Published sizes are binary units under decimal names: "2.3T" by `du` is TiB.

    Parameters
    ----------
    parameters : float
        At least 0; a tied embedding once.
    bytes_per_parameter : float
        `FULL_BYTES` or `WEIGHTS_BYTES`.

    Returns
    -------
    float
        GiB.

    Raises
    ------
    InvalidNumber
        A negative number.

    References
    ----------
    bigscience-workshop/bigscience, train/tr11-176B-ml/README.md.

    Examples
    --------
    >>> round(checkpoint_gib(176e9), 1)
    2294.8
    """
    require_at_least("parameters", parameters, 0)
    require_at_least("bytes_per_parameter", bytes_per_parameter, 0)
    return parameters * bytes_per_parameter / GIB


def save_seconds(size_gib: float, bandwidth_gib_s: float) -> float:
    """
    Tell how long a checkpoint takes to save to storage of a given bandwidth.

    Raises
    ------
    InvalidNumber
        A bandwidth that is not above 0.

    Examples
    --------
    >>> round(save_seconds(2294.8, 57.4))
    40
    """
    require_positive("bandwidth_gib_s", bandwidth_gib_s)
    return size_gib / bandwidth_gib_s
