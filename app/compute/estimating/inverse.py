"""The questions the other way round: GPUs for a deadline, tokens for a budget, size for both."""

import math
from dataclasses import dataclass
from decimal import Decimal

from app.compute.errors import require_positive, require_share
from app.compute.spending.cost import affordable_hours
from app.compute.units import SECONDS_PER_DAY, SECONDS_PER_HOUR, TERA


@dataclass(frozen=True)
class Speed:
    """
    How fast one GPU trains.

    Attributes
    ----------
    flops_per_token : float
        Model FLOPs in the convention of the MFU.
    peak_tflops : float
        Dense peak of one GPU.
    mfu : float
        Share above 0 and at most 1.
    goodput : float
        Share of paid time that trains.
    """

    flops_per_token: float
    peak_tflops: float
    mfu: float
    goodput: float = 1.0

    def __post_init__(self) -> None:
        require_positive("flops_per_token", self.flops_per_token)
        require_positive("peak_tflops", self.peak_tflops)
        require_share("mfu", self.mfu)
        require_share("goodput", self.goodput)

    @property
    def tokens_per_hour(self) -> float:
        """Tokens that one GPU trains in a paid hour."""
        rate = self.peak_tflops * TERA * self.mfu * self.goodput
        return rate * SECONDS_PER_HOUR / self.flops_per_token


def gpus_for_days(tokens: float, days: float, speed: Speed, *, multiple: int = 1) -> int:
    """
    Tell the fewest GPUs that train `tokens` within `days`.

    Parameters
    ----------
    tokens, days : float
        Above 0.
    speed : Speed
        At that scale: utilisation falls as GPUs are added.
    multiple : int
        GPUs come in multiples of this: tensor x pipeline x context parallel, or a node.

    Returns
    -------
    int

    Raises
    ------
    InvalidNumber
        A number that is not above 0.

    Examples
    --------
    BLOOM's 366 B tokens in 118 days at its MFU of 36.1 % and goodput of 0.9, in replicas of 48.

    >>> gpus_for_days(366e9, 118, Speed(1.0821e12, 312, 0.361, 0.9), multiple=48)
    384
    """
    require_positive("tokens", tokens)
    require_positive("days", days)
    require_positive("multiple", multiple)
    hours = tokens / speed.tokens_per_hour
    needed = hours * SECONDS_PER_HOUR / (days * SECONDS_PER_DAY)
    return max(math.ceil(needed / multiple - 1e-9), 1) * multiple


def gpus_for_budget(
    budget: Decimal, price_per_hour: Decimal, days: float, *, multiple: int = 1
) -> int:
    """
    Tell the most GPUs that a budget rents for `days`.

    Returns
    -------
    int
        A multiple of `multiple`; 0 where the budget does not pay even that.

    Raises
    ------
    InvalidNumber
        A number out of range.

    Examples
    --------
    >>> gpus_for_budget(Decimal(1_000_000), Decimal(2), 30, multiple=8)
    688
    """
    require_positive("days", days)
    require_positive("multiple", multiple)
    hours_each = days * SECONDS_PER_DAY / SECONDS_PER_HOUR
    affordable = affordable_hours(budget, price_per_hour) / hours_each
    return math.floor(affordable / multiple + 1e-9) * multiple


def tokens_for_budget(budget: Decimal, price_per_hour: Decimal, speed: Speed) -> float:
    """
    Tell the tokens that a budget trains.

    Raises
    ------
    InvalidNumber
        A number out of range.

    Examples
    --------
    An 8 B model on H100 at 40 %: what 100,000 USD buy at 2.50 USD an hour.

    >>> speed = Speed(6 * 8.03e9, 989, 0.40, goodput=0.95)
    >>> round(tokens_for_budget(Decimal(100_000), Decimal("2.50"), speed) / 1e9)
    1123
    """
    return affordable_hours(budget, price_per_hour) * speed.tokens_per_hour


def flops_for_budget(budget: Decimal, price_per_hour: Decimal, speed: Speed) -> float:
    """
    Tell the model FLOPs that a budget buys, whatever the model.

    Raises
    ------
    InvalidNumber
        A number out of range.

    Examples
    --------
    >>> f"{flops_for_budget(Decimal(1_000_000), Decimal(2), Speed(1.0, 989, 0.4)):.2e}"
    '7.12e+23'
    """
    hours = affordable_hours(budget, price_per_hour)
    return hours * speed.tokens_per_hour * speed.flops_per_token


def size_for_tokens(flops: float, tokens: float) -> float:
    """
    Tell the parameters of the model that spends `flops` on `tokens`: N = C / (6 D).

    Raises
    ------
    InvalidNumber
        A number that is not above 0.

    Examples
    --------
    >>> round(size_for_tokens(3.8e25, 15.6e12) / 1e9)
    406
    """
    require_positive("flops", flops)
    require_positive("tokens", tokens)
    return flops / (6.0 * tokens)
