"""What the repeats of a phase cost, for the composer's panel and for the page of its own."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.mixtures import repeats
from app.mixtures.facts import DatasetFacts
from app.mixtures.phases import display_name
from app.mixtures.repeats import ComponentCost, PlanCost, Repeats
from app.mixtures.views import MixtureView
from app.planning.supply import repetition
from app.web.i18n import gettext as _
from app.web.i18n import later

PLANS = {
    "draft": later("As weighted"),
    "respread": later("Tokens moved"),
    "shrink": later("Phase shrunk"),
}
# The panel names the worst; the page of its own has all.
MOST_ROWS = 5


@dataclass(frozen=True)
class Cost:
    """A component by its name."""

    name: str
    cost: ComponentCost


@dataclass(frozen=True)
class Worth:
    """
    What the panel shows.

    `decay` is the law's R*, `more` the losing components that are not named.
    """

    plans: list[tuple[str, PlanCost]]
    rows: list[Cost]
    more: int
    lost_tokens: float
    uncounted: int
    parameters: float | None
    decay: float
    fitted_tokens: float
    fitted_parameters: float

    @property
    def has_losses(self) -> bool:
        """Whether the size of the model is known."""
        return self.parameters is not None


def worth_of(view: MixtureView, *, is_whole: bool = False) -> Worth | None:
    """Return what the repeats of the active phase cost; None where it is not planned."""
    found = repeats.of_phase(
        view.phase, view.content.model_parameters, most=None if is_whole else MOST_ROWS
    )
    if found is None:
        return None
    shown = found.components if is_whole else found.losing[:MOST_ROWS]
    return Worth(
        plans=[(_(PLANS[one.code]), one) for one in found.plans],
        rows=_named(shown, view.facts),
        more=0 if is_whole else len(found.losing) - len(shown),
        lost_tokens=_lost(found),
        uncounted=found.uncounted,
        parameters=view.content.model_parameters,
        decay=repetition.MUENNIGHOFF.decay_repeats,
        fitted_tokens=repetition.MUENNIGHOFF.fitted_tokens,
        fitted_parameters=repetition.MUENNIGHOFF.fitted_parameters,
    )


def _named(costs: tuple[ComponentCost, ...], facts: Mapping[str, DatasetFacts]) -> list[Cost]:
    return [Cost(display_name(one.dataset, facts.get(one.dataset)), one) for one in costs]


def _lost(found: Repeats) -> float:
    return sum(one.lost_tokens or 0 for one in found.components)
