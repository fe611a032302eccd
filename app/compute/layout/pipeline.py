"""Pipeline schedules: the bubble, and the micro-batches whose activations a stage holds."""

from app.compute.errors import InvalidNumber, NoSuchChoice
from app.compute.units import Number, larger, smaller

SCHEDULES: dict[str, str] = {
    "1f1b": "one forward, one backward: bubble (p - 1) slots",
    "interleaved": "v virtual stages per GPU: bubble (p - 1) / v slots, more activations",
    "zb1p": "zero-bubble ZB1P: weight gradients fill a third of the bubble each way",
    "dualpipe": "DualPipe: two directions, two copies of the weights",
}
"""Schedules and what they trade. A slot is one micro-batch forward and backward on a stage."""


def bubble_slots(pp: Number, *, schedule: str = "1f1b", interleave: float = 1.0) -> Number:
    """
    Count the slots that each GPU idles in a step.

    Parameters
    ----------
    pp : float or array
        Pipeline stages.
    schedule : str
        Key of `SCHEDULES`.
    interleave : float
        Virtual stages per GPU, for "interleaved".

    Returns
    -------
    float or array
        Slots of one forward and backward pass, the backward taken as two forwards.

    Raises
    ------
    NoSuchChoice
        Unknown schedule.

    References
    ----------
    Narayanan et al. 2021, arXiv 2104.04473, section 2.2; Qi et al. 2023, arXiv 2401.10241;
    DeepSeek-AI 2024, arXiv 2412.19437, table 2.

    Examples
    --------
    >>> bubble_slots(12.0)
    11.0
    >>> bubble_slots(8.0, schedule="interleaved", interleave=3.0)
    2.3333333333333335
    """
    if schedule == "1f1b":
        return pp - 1.0
    if schedule == "interleaved":
        return (pp - 1.0) / interleave
    if schedule == "zb1p":
        return (pp - 1.0) / 3.0
    if schedule == "dualpipe":
        return larger(pp / 2.0 - 1.0, 0.0 * pp) * 2.0 / 3.0
    raise NoSuchChoice(schedule, list(SCHEDULES))


def bubble_fraction(slots: Number, micro_batches: Number) -> Number:
    """
    Tell which share of a step the bubble is.

    This is the share of total time, not the bubble over ideal time that papers quote.

    Parameters
    ----------
    slots : float or array
        `bubble_slots`.
    micro_batches : float or array
        Micro-batches per pipeline and step, above 0.

    Returns
    -------
    float or array
        Share from 0 to 1.

    Examples
    --------
    >>> round(bubble_fraction(11.0, 128.0), 4)
    0.0791
    """
    return slots / (slots + micro_batches)


def in_flight(
    stage: Number,
    pp: Number,
    micro_batches: Number,
    interleave: Number,
    *,
    schedule: str = "1f1b",
) -> Number:
    r"""
    Count the micro-batches whose activations a stage holds at its peak.

    1F1B holds :math:`\min(p - i, m)`. With v virtual stages a GPU holds
    :math:`\min(2(p - i - 1) + (v - 1)p + 1,\; m v)` chunks of 1/v of its layers, on the first stage
    :math:`p (1 + (p - 1)/(p v))` micro-batches' worth. ZB1P holds what 1F1B does; DualPipe holds
    :math:`p + 1` on every stage.

    Parameters
    ----------
    stage, pp, micro_batches, interleave : float or array
        Stage from 0; `interleave` 1 is 1F1B.
    schedule : str
        Key of `SCHEDULES`; only "dualpipe" makes a difference beyond `interleave`.

    Returns
    -------
    float or array
        Micro-batches' worth of all layers of the stage.

    References
    ----------
    Narayanan et al. 2021, arXiv 2104.04473; Korthikanti et al. 2022, arXiv 2205.05198, sec. 4.2.3;
    warm-up of NVIDIA/Megatron-LM, core/pipeline_parallel/schedules.py.

    Examples
    --------
    >>> float(in_flight(0.0, 12.0, 128.0, 1.0))
    12.0
    >>> float(in_flight(0.0, 8.0, 64.0, 3.0)) / 8
    1.2916666666666667
    """
    if schedule == "dualpipe":
        return smaller(pp + 1.0, micro_batches) + 0.0 * stage
    plain = smaller(pp - stage, micro_batches)
    chunks = smaller(
        2.0 * (pp - stage - 1.0) + (interleave - 1.0) * pp + 1.0, micro_batches * interleave
    )
    # Exactly one of the two weights is 1.
    is_plain = smaller(larger(2.0 - interleave, 0.0 * interleave), interleave / interleave)
    return plain * is_plain + chunks / interleave * (1.0 - is_plain)


def weight_multiplier(schedule: str) -> float:
    """
    Tell how many copies of its weights and gradients a schedule keeps.

    Examples
    --------
    >>> weight_multiplier("dualpipe")
    2.0
    """
    return 2.0 if schedule == "dualpipe" else 1.0


def fit_slot_time(
    micro_batches: list[float], step_seconds: list[float], *, pp: float
) -> tuple[float, float]:
    """
    Fit slot and fixed time to measured steps that differ only in their micro-batches.

    The model is ``step = (m + p - 1) x slot + fixed``. Two measurements are met exactly; more are
    fitted by least squares. The constants are fitted, the structure is not.

    Parameters
    ----------
    micro_batches, step_seconds : list of float
        Same length, at least 2, not all the same number of micro-batches.
    pp : float
        Pipeline stages of all measurements.

    Returns
    -------
    slot, fixed : float
        Seconds.

    Raises
    ------
    InvalidNumber
        All steps have the same number of micro-batches.

    References
    ----------
    bigscience-workshop/bigscience, chronicles-prequel.md, "Batchsize Warmup".

    Examples
    --------
    >>> slot, fixed = fit_slot_time([32, 64, 128], [35.77, 59.65, 107.12], pp=12)
    >>> round(slot, 3), round(fixed, 2)
    (0.743, 3.86)
    """
    slots = [count + pp - 1 for count in micro_batches]
    mean_slots = sum(slots) / len(slots)
    mean_seconds = sum(step_seconds) / len(step_seconds)
    spread = sum((value - mean_slots) ** 2 for value in slots)
    if spread == 0:
        raise InvalidNumber("micro_batches", micro_batches, "at least two different numbers")
    slot = (
        sum(
            (value - mean_slots) * (seconds - mean_seconds)
            for value, seconds in zip(slots, step_seconds, strict=True)
        )
        / spread
    )
    return slot, mean_seconds - slot * mean_slots
