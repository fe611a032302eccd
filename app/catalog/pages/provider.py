"""What the page of a provider shows: its datasets by category, and its services."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from app.catalog.models.datasets import Dataset
from app.catalog.models.providers import Provider
from app.catalog.pages import parts, quantities
from app.web.i18n import gettext as _


@dataclass(frozen=True)
class ProviderRow:
    """One dataset of a provider."""

    slug: str
    name: parts.Name
    quantities: list[quantities.QuantityView]
    estimate: parts.EstimateView | None
    reason: str
    licence: parts.LicenceView
    subset_count: int


@dataclass(frozen=True)
class ProviderCategory:
    """The datasets of one category."""

    name: str
    hue: int
    rows: list[ProviderRow]


@dataclass(frozen=True)
class ServiceView:
    """Something that the provider offers beside datasets."""

    slug: str
    kind: str
    name: parts.Name
    description: str
    source_line: str
    source_line_no: int | None
    anomalies: list[str]


@dataclass(frozen=True)
class ProviderPage:
    """Everything that templates/catalog/provider.html shows."""

    slug: str
    name: parts.Name
    description: str | None
    homepage: str | None
    crumbs: list[tuple[str, str | None]]
    categories: list[ProviderCategory]
    services: list[ServiceView]
    dataset_count: int
    estimate_count: int
    catalogue_href: str


def provider_page(
    provider: Provider,
    datasets: Sequence[Dataset],
    *,
    subset_counts: Mapping[int, int],
    tokenizer_names: Mapping[str, str],
) -> ProviderPage:
    """Return the page of a provider; `datasets` come ordered by category."""
    name = parts.name_of(provider.name_zh, provider.name_en)
    return ProviderPage(
        slug=provider.slug,
        name=name,
        description=parts.text(provider.description_zh, provider.description_en),
        homepage=provider.homepage,
        crumbs=[(_("Catalogue"), "/catalogue"), (name.text, None)],
        categories=[
            ProviderCategory(
                name=parts.category_name(category),
                hue=category.hue,
                rows=[_row(dataset, subset_counts, tokenizer_names) for dataset in group],
            )
            for category, group in groupby(datasets, key=lambda dataset: dataset.category)
        ],
        services=[
            ServiceView(
                slug=service.slug,
                kind=service.kind,
                name=parts.name_of(service.name_zh, service.name_en),
                description=parts.text(service.description_zh, service.description_en) or "",
                source_line=service.source_line,
                source_line_no=service.source_line_no,
                anomalies=[
                    parts.bilingual(anomaly, "note") or anomaly["code"]
                    for anomaly in service.anomalies
                ],
            )
            for service in provider.services
        ],
        dataset_count=len(datasets),
        estimate_count=sum(1 for dataset in datasets if parts.main_estimate(dataset)),
        catalogue_href=f"/catalogue?provider={provider.slug}",
    )


def _row(
    dataset: Dataset, subset_counts: Mapping[int, int], tokenizer_names: Mapping[str, str]
) -> ProviderRow:
    main = parts.main_estimate(dataset)
    return ProviderRow(
        slug=dataset.slug,
        name=parts.dataset_name(dataset),
        quantities=[quantities.quantity_view(quantity) for quantity in dataset.quantities],
        estimate=parts.estimate_view(main, tokenizer_names) if main else None,
        reason=parts.no_estimate_reason(dataset),
        licence=parts.licence_view(dataset),
        subset_count=subset_counts.get(dataset.id, 0),
    )
