"""Goodput: the share of paid time that trains, given or estimated from failures and saving."""

from dataclasses import dataclass

from app.compute.errors import require_at_least, require_positive, require_share
from app.compute.units import SECONDS_PER_HOUR

HOURS_PER_MONTH = 24 * 30.4375


def with_goodput(compute_hours: float, goodput: float) -> float:
    """
    Tell the GPU-hours that are paid, from those that compute.

    Parameters
    ----------
    compute_hours : float
        Of full-speed training.
    goodput : float
        Share of paid time that trains, above 0 and at most 1.

    Raises
    ------
    InvalidNumber
        A goodput that is no share.

    Examples
    --------
    BLOOM, whose published 1,082,990 GPU-hours are where its goodput of 0.900 comes from.

    >>> round(with_goodput(974_533, 0.9))
    1082814
    """
    require_share("goodput", goodput)
    return compute_hours / goodput


@dataclass(frozen=True)
class Interruptions:
    """
    What keeps a cluster from training.

    Attributes
    ----------
    failures_per_device_month : float
        That stop the whole job.
    restart_hours : float
        To notice a failure, replace the device and load the checkpoint.
    checkpoint_hours : float
        Of training between checkpoints.
    save_seconds : float
        During which nothing trains.
    other_share : float
        Of time for evaluation and other planned stops.
    """

    failures_per_device_month: float
    restart_hours: float
    checkpoint_hours: float
    save_seconds: float = 0.0
    other_share: float = 0.0


def estimate_goodput(gpus: int, interruptions: Interruptions) -> float:
    """
    Estimate the share of paid time that trains.

    Each failure costs its restart and, on average, half of the work since the last checkpoint;
    each checkpoint costs its saving.

    Parameters
    ----------
    gpus : int
        Above 0.
    interruptions : Interruptions

    Returns
    -------
    float
        Share above 0 and at most 1.

    Raises
    ------
    InvalidNumber
        A negative number, or no checkpoint interval.

    Examples
    --------
    384 GPUs, about one failure a week, checkpoints every 3 hours of 40 s, 1.5 h to restart.

    >>> weekly = Interruptions(4.35 / 384, restart_hours=1.5, checkpoint_hours=3, save_seconds=40)
    >>> round(estimate_goodput(384, weekly), 3)
    0.979
    """
    require_positive("gpus", gpus)
    require_positive("checkpoint_hours", interruptions.checkpoint_hours)
    for name in ("failures_per_device_month", "restart_hours", "save_seconds", "other_share"):
        require_at_least(name, getattr(interruptions, name), 0)
    failures_per_hour = gpus * interruptions.failures_per_device_month / HOURS_PER_MONTH
    lost_per_failure = interruptions.restart_hours + interruptions.checkpoint_hours / 2
    saving = interruptions.save_seconds / SECONDS_PER_HOUR / interruptions.checkpoint_hours
    # Hours paid per hour of training.
    paid = 1 + failures_per_hour * lost_per_failure + saving
    return max(1 - interruptions.other_share, 0.0) / paid if interruptions.other_share < 1 else 0.0
