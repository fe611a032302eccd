"""Ratios as exact fractions of one whole: what every sampling scheme answers with."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np

from app.planning.checks import Floats, Number
from app.planning.errors import NoWeight
from app.planning.exact import in_proportion
from app.planning.sampling import apportionment


@dataclass(frozen=True)
class Shares:
    """
    Ratios that sum to 1 exactly: `parts[i]` of `whole`.

    Attributes
    ----------
    parts : tuple of int
        One whole number per component, zero or more, at least one above zero.
    """

    parts: tuple[int, ...]

    @cached_property
    def whole(self) -> int:
        """The sum of the parts."""
        return sum(self.parts)

    @property
    def ratios(self) -> Floats:
        """Shares of training tokens, (n_components,) float64, each rounded once."""
        whole = self.whole
        return np.array([part / whole for part in self.parts])

    def ratio(self, index: int) -> Fraction:
        """Return one component's share of training tokens, exactly."""
        return Fraction(self.parts[index], self.whole)

    def tokens(self, budget: int) -> tuple[int, ...]:
        """Hand out the budget by largest remainder; the tokens sum to it exactly."""
        amounts = [part * budget for part in self.parts]
        return apportionment.hand_out(amounts, self.whole, budget)


def from_weights(weights: Sequence[Number], *, field: str = "weights") -> Shares:
    """
    Turn checked weights into shares of their sum.

    Parameters
    ----------
    weights : (n_components,) sequence of number
        Zero or more.
    field : str
        Name of the argument, for the error.

    Returns
    -------
    Shares

    Raises
    ------
    NoWeight
        If every weight is zero.

    Examples
    --------
    >>> from_weights([2, 0.5, 0]).ratios.tolist()
    [0.8, 0.2, 0.0]
    """
    parts = in_proportion(weights)
    if not any(parts):
        raise NoWeight(field)
    return Shares(tuple(parts))
