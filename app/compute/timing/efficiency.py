"""What a step's time rests on: a measured step, a given MFU or rate, or a profile."""

from dataclasses import dataclass

from app.compute.errors import InvalidNumber, require_positive
from app.compute.units import TERA

_LARGEST_MFU = 1.0


@dataclass(frozen=True)
class Efficiency:
    """
    How fast the run is, one of these; nothing given means that a profile predicts.

    Attributes
    ----------
    mfu : float or None
        Share of the dense peak, of model FLOPs.
    hfu_tflops : float or None
        Hardware TFLOP/s per GPU, recomputation included.
    step_seconds : float or None
        Measured.
    """

    mfu: float | None = None
    hfu_tflops: float | None = None
    step_seconds: float | None = None

    def __post_init__(self) -> None:
        given = [
            value for value in (self.mfu, self.hfu_tflops, self.step_seconds) if value is not None
        ]
        if len(given) > 1:
            raise InvalidNumber("efficiency", given, "one of mfu, hfu_tflops and step_seconds")
        for name in ("mfu", "hfu_tflops", "step_seconds"):
            value = getattr(self, name)
            if value is not None:
                require_positive(name, value)
        if self.mfu is not None and self.mfu > _LARGEST_MFU:
            raise InvalidNumber("mfu", self.mfu, "a share above 0 and at most 1")

    @property
    def kind(self) -> str | None:
        """What the step rests on; None where a profile predicts."""
        if self.step_seconds is not None:
            return "measured"
        return "given" if self.mfu is not None or self.hfu_tflops is not None else None


def given_step_seconds(
    efficiency: Efficiency,
    *,
    model_flops: float,
    hardware_flops: float,
    gpus: int,
    peak_tflops: float,
) -> float | None:
    """
    Tell the seconds of a step from what is given about its speed.

    Parameters
    ----------
    efficiency : Efficiency
    model_flops, hardware_flops : float
        Of one step of the whole job.
    gpus : int
    peak_tflops : float
        Dense peak of one GPU.

    Returns
    -------
    float or None
        None where nothing is given.

    Examples
    --------
    BLOOM at its published 149.76 hardware TFLOP/s.

    >>> seconds = given_step_seconds(
    ...     Efficiency(hfu_tflops=149.76),
    ...     model_flops=4.5386e18,
    ...     hardware_flops=6.0212e18,
    ...     gpus=384,
    ...     peak_tflops=312,
    ... )
    >>> round(seconds, 1)
    104.7
    """
    if efficiency.step_seconds is not None:
        return efficiency.step_seconds
    if efficiency.hfu_tflops is not None:
        return hardware_flops / (gpus * efficiency.hfu_tflops * TERA)
    if efficiency.mfu is not None:
        return model_flops / (gpus * efficiency.mfu * peak_tflops * TERA)
    return None
