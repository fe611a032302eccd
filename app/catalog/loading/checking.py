"""What a record must be before it may enter the catalogue."""

import re

from app.catalog.loading.records import DatasetRecord, EstimateRecord, QuantityRecord
from app.catalog.words.labels import MODALITIES
from app.catalog.words.units import UNITS
from app.errors import InvalidInput

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*(?:/[a-z0-9]+(?:-[a-z0-9]+)*)?")

# Words that follow a dataset's address and so cannot name a subset.
RESERVED = frozenset({"history", "locations", "export"})

_TOO_LARGE = 2**63


def check_record(record: DatasetRecord) -> None:
    """Raise InvalidInput at the first thing that is wrong with a record."""
    if not _SLUG.fullmatch(record.slug) or record.slug.rpartition("/")[2] in RESERVED:
        raise InvalidInput(
            "“%(slug)s” cannot be an identifier: use lower-case letters, digits and hyphens.",
            slug=record.slug,
            field="slug",
        )
    parent = record.slug.rpartition("/")[0] or None
    if parent != record.parent:
        raise InvalidInput(
            "“%(slug)s” must be named after its parent: parent/subset.",
            slug=record.slug,
            field="parent",
        )
    if record.modality not in MODALITIES:
        raise InvalidInput(
            "“%(value)s” is not a modality.", value=record.modality, field="modality"
        )
    for quantity in record.quantities:
        _check_quantity(quantity)
    for estimate in record.estimates:
        _check_estimate(estimate)


def _check_quantity(quantity: QuantityRecord) -> None:
    for unit in (quantity.unit, quantity.assumed_unit):
        if unit is not None and unit not in UNITS:
            raise InvalidInput("“%(value)s” is not a unit.", value=unit, field="unit")
    if quantity.value is not None and not 0 <= quantity.value < _TOO_LARGE:
        raise InvalidInput("A quantity is a number from 0 to 9.2 × 10¹⁸.", field="quantity")


def _check_estimate(estimate: EstimateRecord) -> None:
    bounds = (estimate.low, estimate.mid, estimate.high)
    known = [value for value in bounds if value is not None]
    if known != sorted(known) or any(not 0 <= value < _TOO_LARGE for value in known):
        raise InvalidInput(
            "Low, middle and high are whole numbers in this order, from 0 to 9.2 × 10¹⁸.",
            field="tokens",
        )
    if (estimate.low is None) != (estimate.high is None) or not known:
        raise InvalidInput("Give low and high together, or neither.", field="tokens")
