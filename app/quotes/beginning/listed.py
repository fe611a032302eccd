"""Turn what the catalogue lists of a vendor, a dataset or a service, into a lot to ask it for."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from app.accounts.permissions import Permission
from app.accounts.viewers import Viewer
from app.catalog import queries as catalogue
from app.catalog.models.datasets import Dataset
from app.catalog.models.providers import Provider
from app.quotes.beginning.shortages import MODALITIES, TASKS, UNIT_PAIRS
from app.quotes.delivering import CATEGORIES, UNITS
from app.quotes.vocabulary import TASKS_OF, Modality, Task, Unit
from app.web.i18n import gettext as _
from app.web.i18n import local

MAX_TITLE = 300
HEARD = {Modality.AUDIO, Modality.VIDEO}
# What vendors count in, by the catalogue's unit, and how many of its units one of theirs is.
COUNTED: dict[str, tuple[Unit, Decimal]] = {
    **{code: (unit, factor) for unit, (code, factor) in reversed(list(UNITS.items()))},
    **{code: (unit, Decimal(1)) for code, unit in UNIT_PAIRS},
}


@dataclass(frozen=True, slots=True)
class Listed:
    """Whom to ask, for what, and the facts of where that is from."""

    vendor: str
    title: str
    lot: dict[str, object]
    facts: dict[str, object]


def of_dataset(session: Session, slug: str, viewer: Viewer) -> Listed:
    """
    Return a lot like a dataset: its task, unit, quantity and languages.

    Raises
    ------
    NotFound
        If there is none, or the viewer may not know of it.
    """
    with_team = viewer.can(Permission.BROWSE_TEAM_CATALOGUE)
    dataset = catalogue.get_dataset(session, slug, with_team=with_team)
    name = local({"zh": dataset.name_zh, "en": dataset.name_en})
    modality = MODALITIES.get(dataset.modality or "", Modality.TEXT)
    unit, volume = _amount(dataset, modality)
    lot: dict[str, object] = {
        "title": name[:MAX_TITLE],
        "task": _task(dataset, modality),
        "modality": modality,
        "unit": unit,
        "volume": f"{volume:f}",
        "languages": [tag for tag in dataset.languages if tag not in {"und", "mul"}][:50],
    }
    vendor = dataset.provider
    facts: dict[str, object] = {
        "dataset": slug,
        "names": {"zh": dataset.name_zh, "en": dataset.name_en},
        "vendor_names": _names(vendor),
    }
    return Listed(vendor.slug, name[:MAX_TITLE], lot, facts)


def of_service(session: Session, provider: str, service: str) -> Listed:
    """
    Return a lot for a vendor's annotation service, or for whatever the vendor does.

    Raises
    ------
    NotFound
        If there is no such provider.
    """
    vendor = catalogue.get_provider(session, provider)
    found = next((one for one in vendor.services if one.slug == service), None)
    offered = local({"zh": found.name_zh, "en": found.name_en}) if found else _name(vendor)
    lot: dict[str, object] = {
        "title": offered[:MAX_TITLE],
        "description": local({"zh": found.description_zh, "en": found.description_en})
        if found
        else None,
        "task": Task.SFT_WRITING,
        "modality": Modality.TEXT,
        "unit": Unit.ITEM,
        "volume": "1",
    }
    title = _("%(what)s, %(provider)s", what=offered, provider=_name(vendor)) if found else offered
    facts: dict[str, object] = {
        "provider": provider,
        "service": service,
        "vendor_names": _names(vendor),
    }
    return Listed(vendor.slug, title[:MAX_TITLE], lot, facts)


def _task(dataset: Dataset, modality: Modality) -> Task:
    category = dataset.category.code if dataset.category else ""
    for task in TASKS_OF[modality]:
        if category and CATEGORIES.get(task) == category:
            return task
    return TASKS.get(modality, Task.OTHER)


def _amount(dataset: Dataset, modality: Modality) -> tuple[Unit, Decimal]:
    """Return the first quantity that vendors count in, else one item."""
    for quantity in dataset.quantities:
        code = quantity.unit or quantity.assumed_unit
        if quantity.value is None or code not in COUNTED:
            continue
        unit, factor = COUNTED[code]
        volume = (quantity.value / factor).quantize(Decimal(1))
        if volume >= 1 and (unit is not Unit.EFFECTIVE_HOUR or modality in HEARD):
            return unit, volume
    return Unit.ITEM, Decimal(1)


def _name(provider: Provider) -> str:
    return local(_names(provider))


def _names(provider: Provider) -> dict[str, str]:
    return {"zh": provider.name_zh, "en": provider.name_en}
