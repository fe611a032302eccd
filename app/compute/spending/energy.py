"""Energy and carbon of a run: board power, power usage effectiveness, grid intensity."""

from app.compute.errors import require_at_least


def energy_kwh(hours: float, watts: float, *, pue: float = 1.0) -> float:
    """
    Tell the energy of GPU-hours.

    Parameters
    ----------
    hours : float
        GPU-hours, at least 0.
    watts : float
        Of one GPU, at least 0; the board power is an upper bound, not a measurement.
    pue : float
        Energy of the whole facility over that of the computers, at least 1.

    Returns
    -------
    float
        kWh.

    Raises
    ------
    InvalidNumber
        A number out of range.

    References
    ----------
    Luccioni et al. 2022, arXiv 2211.02001; Touvron et al. 2023, arXiv 2302.13971, table 15.

    Examples
    --------
    >>> energy_kwh(1_082_990, 400)
    433196.0
    >>> round(energy_kwh(809_472, 400, pue=1.1) / 1000)
    356
    """
    require_at_least("hours", hours, 0)
    require_at_least("watts", watts, 0)
    require_at_least("pue", pue, 1)
    return hours * watts / 1000 * pue


def co2_tonnes(kwh: float, grams_per_kwh: float) -> float:
    """
    Tell the carbon of energy: dynamic emissions, without manufacture and idle machines.

    Parameters
    ----------
    kwh, grams_per_kwh : float
        At least 0.

    Returns
    -------
    float
        Tonnes of CO2 equivalent.

    Raises
    ------
    InvalidNumber
        A negative number.

    Examples
    --------
    >>> round(co2_tonnes(433_196, 57), 2)
    24.69
    """
    require_at_least("kwh", kwh, 0)
    require_at_least("grams_per_kwh", grams_per_kwh, 0)
    return kwh * grams_per_kwh / 1e6
