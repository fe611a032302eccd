"""What a plan can name: accelerators, prices of their hours, carbon intensities of grids."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache

from app.training import presets
from app.training.presets import AcceleratorPreset


@dataclass(frozen=True)
class Price:
    """What an accelerator costs by the hour, with its terms, its date and its source."""

    code: str
    accelerator: str
    usd_per_hour: Decimal
    terms: str
    as_of: date
    source: str


@dataclass(frozen=True)
class Grid:
    """Grams of CO2 per kWh of a grid, with their date and source."""

    code: str
    name: Mapping[str, str]
    g_per_kwh: float
    as_of: date
    source: str


@dataclass(frozen=True)
class Known:
    """
    Everything that a plan can name beside models.

    Attributes
    ----------
    accelerators, prices, grids : mapping
        By id.
    edited : frozenset of (kind, id)
        What an administrator changed or added.
    """

    accelerators: Mapping[str, AcceleratorPreset]
    prices: Mapping[str, Price]
    grids: Mapping[str, Grid]
    edited: frozenset[tuple[str, str]] = frozenset()

    def price_of(self, accelerator: str) -> Price | None:
        """Return the newest price of an accelerator, or None."""
        found = [one for one in self.prices.values() if one.accelerator == accelerator]
        return max(found, key=lambda one: one.as_of, default=None)


@cache
def shipped() -> Known:
    """
    Return what comes with the portal.

    Examples
    --------
    >>> shipped().price_of("h100-sxm").usd_per_hour
    Decimal('2.50')
    >>> shipped().grids["china"].g_per_kwh
    536.6
    """
    sources, prices = presets.read_entries("rates.yaml", "prices")
    _, grids = presets.read_entries("rates.yaml", "grids")
    return Known(
        accelerators=presets.accelerators(),
        prices={
            one["code"]: Price(
                code=one["code"],
                accelerator=one["accelerator"],
                usd_per_hour=Decimal(one["usd_per_hour"]),
                terms=one["terms"],
                as_of=one["as_of"],
                source=sources[one["source"]],
            )
            for one in prices
        },
        grids={
            one["code"]: Grid(
                code=one["code"],
                name={"zh": one["zh"], "en": one["en"]},
                g_per_kwh=one["g_per_kwh"],
                as_of=one["as_of"],
                source=sources[one["source"]],
            )
            for one in grids
        },
    )
