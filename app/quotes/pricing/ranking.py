"""Which offer of a lot costs least, by how much, and because of what."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Generic, TypeVar

from app.quotes.pricing.offers import Costed, Costing

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Ranking(Generic[Key]):
    """
    The offers of one lot in order of cost.

    `lowest` names every offer that ties for the least. `above_lowest` is the share that an
    offer costs more, 0 for the lowest. What is not quoted or not comparable is in neither.
    """

    order: tuple[Key, ...]
    lowest: frozenset[Key]
    above_lowest: Mapping[Key, Fraction]
    runner_up: Key | None

    @property
    def is_tie(self) -> bool:
        """Whether more than one offer costs least."""
        return len(self.lowest) > 1


def rank(costings: Mapping[Key, Costing]) -> Ranking[Key]:
    """
    Order the comparable offers of a lot by their exact cost per accepted unit.

    Only offers that can be compared take part: a missing one is never the least.
    """
    costs = {key: item.unit_cost for key, item in costings.items() if isinstance(item, Costed)}
    order = tuple(sorted(costs, key=lambda key: costs[key]))
    if not order:
        return Ranking((), frozenset(), {}, None)
    least = costs[order[0]]
    lowest = frozenset(key for key in order if costs[key] == least)
    above = {
        key: (value / least - 1 if least else Fraction(0 if value == least else 1))
        for key, value in costs.items()
    }
    others = [key for key in order if key not in lowest]
    return Ranking(order, lowest, above, others[0] if others else None)


class Step(StrEnum):
    """What is added to a cost on the way from the bare price to the accepted unit."""

    PRICE = "price"
    FEES = "fees"
    TAX = "tax"
    ACCEPTANCE = "acceptance"


def deciding_step(best: Costed, others: Iterable[Costed]) -> Step:
    """
    Return at which step the lowest offer becomes, and stays, the lowest.

    PRICE means that it has the lowest price already; ACCEPTANCE that another one is cheaper per
    delivered unit and loses by what is refused of it.
    """
    rivals = list(others)
    decided = Step.PRICE
    for step in Step:
        if any(_up_to(step, rival) < _up_to(step, best) for rival in rivals):
            decided = _AFTER.get(step, Step.ACCEPTANCE)
    return decided


_AFTER = {Step.PRICE: Step.FEES, Step.FEES: Step.TAX, Step.TAX: Step.ACCEPTANCE}


def _up_to(step: Step, offer: Costed) -> Fraction:
    rate = Fraction(offer.rate)
    match step:
        case Step.PRICE:
            return Fraction(offer.price.amount) * rate
        case Step.FEES:
            return Fraction((offer.price + offer.fees).amount) * rate
        case Step.TAX:
            return Fraction(offer.total_base.amount)
        case Step.ACCEPTANCE:
            return offer.unit_cost


def saving(best: Costed, other: Costed) -> Fraction:
    """Return how much less the whole lot costs with `best`, in the base currency."""
    return Fraction(other.total_base.amount) - Fraction(best.total_base.amount)
