"""The rail of facts of a dataset's page."""

from dataclasses import dataclass

from app.catalog.models.datasets import Dataset
from app.catalog.pages import parts, quantities
from app.catalog.words import labels
from app.web.i18n import gettext as _

# More languages than this are behind a disclosure.
MANY_LANGUAGES = 6


@dataclass(frozen=True)
class Fact:
    """A line of the facts; without a value it is not stated, and `more` is behind a disclosure."""

    label: str
    value: str | None
    more: str | None = None


def facts_of(dataset: Dataset) -> list[Fact]:
    """Return the rail of facts."""
    modality = parts.modality_word(dataset.modality)
    if dataset.modality_basis:
        basis = parts.word(
            labels.MODALITY_BASES.get(dataset.modality_basis), dataset.modality_basis
        )
        modality = _("%(modality)s, %(basis)s", modality=modality, basis=basis)
    return [
        Fact(_("Category"), parts.category_name(dataset.category)),
        Fact(_("Unit"), _unit(dataset)),
        Fact(_("Modality"), modality),
        _languages(dataset),
        Fact(_("Access"), parts.text(dataset.access_zh, dataset.access_en)),
        Fact(_("Released"), dataset.released),
        Fact(_("Paper"), dataset.paper),
    ]


def _languages(dataset: Dataset) -> Fact:
    """Return the languages by name; behind a disclosure where they are many."""
    names = parts.language_names(dataset.languages) or None
    if len(dataset.languages) <= MANY_LANGUAGES:
        return Fact(_("Languages"), names)
    return Fact(_("Languages"), parts.languages_in_short(dataset.languages), more=names)


def _unit(dataset: Dataset) -> str | None:
    """Return the unit of the first quantity, and how it is known."""
    first = next(iter(dataset.quantities), None)
    if first is None:
        return None
    if first.unit is None:
        if first.assumed_unit is None:
            return None
        return _("%(unit)s, assumed", unit=quantities.unit_name(first.assumed_unit))
    unit = quantities.unit_name(first.unit)
    if first.unit_confirmed_by:
        return _("%(unit)s, confirmed by %(who)s", unit=unit, who=first.unit_confirmed_by)
    return _("%(unit)s, stated", unit=unit)
