"""What GPU-hours cost. Money is Decimal; prices are given, never assumed."""

from decimal import ROUND_HALF_EVEN, Decimal

from app.compute.errors import require_at_least

CENT = Decimal("0.01")


def gpu_cost(hours: float, price_per_hour: Decimal) -> Decimal:
    """
    Price GPU-hours.

    Parameters
    ----------
    hours : float
        Paid GPU-hours, at least 0.
    price_per_hour : Decimal
        Of one GPU, at least 0.

    Returns
    -------
    Decimal
        Rounded to a cent.

    Raises
    ------
    InvalidNumber
        A negative number.

    References
    ----------
    DeepSeek-AI 2024, arXiv 2412.19437, table 1: 2.788 M hours at 2 USD.

    Examples
    --------
    >>> gpu_cost(2_788_000, Decimal("2.00"))
    Decimal('5576000.00')
    """
    require_at_least("hours", hours, 0)
    require_at_least("price_per_hour", float(price_per_hour), 0)
    return (Decimal(repr(float(hours))) * price_per_hour).quantize(CENT, rounding=ROUND_HALF_EVEN)


def affordable_hours(budget: Decimal, price_per_hour: Decimal) -> float:
    """
    Tell the GPU-hours that a budget buys.

    Raises
    ------
    InvalidNumber
        A price that is not above 0, or a negative budget.

    Examples
    --------
    >>> affordable_hours(Decimal(1_000_000), Decimal("2.50"))
    400000.0
    """
    require_at_least("budget", float(budget), 0)
    require_at_least("price_per_hour", float(price_per_hour), 1e-9)
    return float(budget / price_per_hour)
