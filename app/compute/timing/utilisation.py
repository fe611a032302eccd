"""Model and hardware FLOP utilisation (MFU, HFU), which are not the same number."""

from app.compute.errors import require_positive
from app.compute.units import TERA


def utilisation(
    flops_per_step: float, *, step_seconds: float, gpus: float, peak_tflops: float
) -> float:
    """
    Divide the FLOPs of a step by what the GPUs could do at their dense peak in that time.

    Parameters
    ----------
    flops_per_step : float
        Model FLOPs for the MFU, hardware FLOPs for the HFU.
    step_seconds, gpus : float
        Above 0.
    peak_tflops : float
        Dense peak of one GPU in the precision of the matrix products, TFLOP/s. Never a sparse one.

    Returns
    -------
    float
        A share; above 1 if the peak or the count is wrong.

    Raises
    ------
    InvalidNumber
        A number that is not above 0.

    Examples
    --------
    BLOOM-176B, 104.7 s on 384 A100: hardware FLOPs give the published 48 %.

    >>> round(utilisation(6.0212e18, step_seconds=104.7, gpus=384, peak_tflops=312), 3)
    0.48
    """
    require_positive("peak_tflops", peak_tflops)
    rate = tflops_per_gpu(flops_per_step, step_seconds=step_seconds, gpus=gpus)
    return rate / peak_tflops


def tflops_per_gpu(flops_per_step: float, *, step_seconds: float, gpus: float) -> float:
    """
    Tell the rate at which each GPU works.

    Parameters
    ----------
    flops_per_step, step_seconds, gpus : float
        Above 0.

    Returns
    -------
    float
        TFLOP/s per GPU, of model or hardware FLOPs as given.

    Raises
    ------
    InvalidNumber
        A number that is not above 0.

    Examples
    --------
    >>> round(tflops_per_gpu(6.0212e18, step_seconds=104.7, gpus=384), 1)
    149.8
    """
    require_positive("step_seconds", step_seconds)
    require_positive("gpus", gpus)
    return flops_per_step / (step_seconds * gpus * TERA)


def utilisation_from_throughput(
    flops_per_token: float, *, tokens_per_second: float, gpus: float, peak_tflops: float
) -> float:
    """
    Tell the utilisation of a run of which only the tokens per second are known.

    Parameters
    ----------
    flops_per_token : float
        In the convention to be quoted.
    tokens_per_second, gpus : float
        Above 0; tokens of the whole job.
    peak_tflops : float
        Dense peak of one GPU, TFLOP/s.

    Returns
    -------
    float
        A share.

    Raises
    ------
    InvalidNumber
        A number that is not above 0.

    Examples
    --------
    MPT-70b on H100, 1,007 tokens per second and GPU, published as 41.25 %.

    >>> flops = 6 * 64862437376 + 12 * 80 * 8192 * 2048
    >>> share = utilisation_from_throughput(
    ...     flops, tokens_per_second=1007, gpus=1, peak_tflops=989.5
    ... )
    >>> round(100 * share, 2)
    41.24
    """
    require_positive("tokens_per_second", tokens_per_second)
    return utilisation(
        flops_per_token * tokens_per_second, step_seconds=1.0, gpus=gpus, peak_tflops=peak_tflops
    )
