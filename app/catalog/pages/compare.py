"""Up to six datasets side by side: one row per property, those that all share marked in words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from markupsafe import Markup

from app.catalog.models.datasets import Dataset
from app.catalog.pages import parts, quantities
from app.catalog.words import labels
from app.web import numbers
from app.web.i18n import gettext as _

MOST = 6


@dataclass(frozen=True)
class Column:
    """One dataset of the comparison."""

    slug: str
    name: parts.Name
    provider: str
    licence: parts.LicenceView
    remove_href: str


@dataclass(frozen=True)
class Row:
    """One property over all datasets; `is_same` says that they do not differ in it."""

    code: str
    label: str
    cells: list[str | Markup | None]
    is_same: bool


@dataclass(frozen=True)
class ComparePage:
    """Everything that templates/catalog/compare.html shows."""

    columns: list[Column]
    rows: list[Row]
    missing: list[str]
    most: int
    is_cut: bool
    add_href: str
    export_href: str
    mix_href: str
    crumbs: list[tuple[str, str | None]]


def compare_page(
    asked: Sequence[str],
    datasets: Sequence[Dataset],
    *,
    subset_counts: Mapping[int, int],
    tokenizer_names: Mapping[str, str],
) -> ComparePage:
    """Return the comparison of `datasets`; `asked` are the slugs of the address."""
    slugs = [dataset.slug for dataset in datasets]
    wanted = list(dict.fromkeys(asked))
    query = "&".join(f"compare={quote(slug)}" for slug in slugs)
    return ComparePage(
        columns=[
            Column(
                slug=dataset.slug,
                name=parts.dataset_name(dataset),
                provider=parts.text(dataset.provider.short_name_zh, dataset.provider.short_name_en)
                or "",
                licence=parts.licence_view(dataset),
                remove_href=compare_href([slug for slug in slugs if slug != dataset.slug]),
            )
            for dataset in datasets
        ],
        rows=_rows(datasets, subset_counts, tokenizer_names),
        missing=[slug for slug in wanted[:MOST] if slug not in slugs],
        most=MOST,
        is_cut=len(wanted) > MOST,
        add_href=f"/catalogue?{query}" if query else "/catalogue",
        export_href=f"/catalogue/export?{naming(slugs)}",
        mix_href=f"/mixtures/add?{naming(slugs)}",
        crumbs=[(_("Catalogue"), "/catalogue"), (_("Comparison"), None)],
    )


def compare_href(slugs: Sequence[str]) -> str:
    """Return the address of a comparison."""
    return "/compare?" + "&".join(f"d={quote(slug)}" for slug in slugs)


def naming(slugs: Sequence[str]) -> str:
    """Return the part of an address that names datasets to do something with."""
    return "&".join(f"dataset={quote(slug)}" for slug in slugs)


def _rows(
    datasets: Sequence[Dataset],
    subset_counts: Mapping[int, int],
    tokenizer_names: Mapping[str, str],
) -> list[Row]:
    def estimate(dataset: Dataset) -> parts.EstimateView | None:
        main = parts.main_estimate(dataset)
        return parts.estimate_view(main, tokenizer_names) if main else None

    def of_estimate(
        show: Callable[[parts.EstimateView], str | Markup | None],
    ) -> Callable[[Dataset], str | Markup | None]:
        def cell(dataset: Dataset) -> str | Markup | None:
            found = estimate(dataset)
            return show(found) if found else None

        return cell

    def tokens(dataset: Dataset) -> str | Markup:
        found = estimate(dataset)
        return numbers.tokens(found.mid if found else None)

    properties: list[tuple[str, str, Callable[[Dataset], str | Markup | None]]] = [
        ("quantity", _("Quantity, as published"), _quantity),
        ("tokens", _("Unique tokens, mid"), tokens),
        ("interval", _("Low to high"), of_estimate(lambda e: numbers.interval(e.low, e.high))),
        ("method", _("Method"), of_estimate(_method)),
        ("tokenizer", _("Tokenizer"), of_estimate(lambda e: e.tokenizer or _("not named"))),
        ("reason", _("Why no estimate"), lambda d: _reason(d) if not estimate(d) else None),
        ("licence", _("Stated licence"), lambda d: parts.licence_view(d).word),
        ("stated", _("In the source's words"), lambda d: parts.licence_view(d).stated),
        ("category", _("Category"), lambda d: parts.category_name(d.category)),
        ("modality", _("Modality"), lambda d: parts.modality_word(d.modality)),
        ("languages", _("Languages"), lambda d: parts.languages_in_short(d.languages) or None),
        ("subsets", _("Subsets"), lambda d: str(subset_counts.get(d.id, 0) or _("none"))),
        ("access", _("Access"), lambda d: parts.text(d.access_zh, d.access_en)),
        ("released", _("Released"), lambda d: d.released),
        ("source", _("Source"), _source),
        ("anomalies", _("Anomalies"), lambda d: str(len(d.anomalies) or _("none"))),
    ]
    rows = []
    for code, label, show in properties:
        cells = [show(dataset) for dataset in datasets]
        if any(cell is not None for cell in cells):
            rows.append(Row(code, label, cells, is_same=len({str(cell) for cell in cells}) == 1))
    return rows


def _quantity(dataset: Dataset) -> str | None:
    if not dataset.quantities:
        return None
    first = quantities.quantity_view(dataset.quantities[0])
    if first.is_unit_stated:
        return first.shown
    if first.assumed_unit_word:
        return _(
            "%(number)s, unit assumed: %(unit)s", number=first.shown, unit=first.assumed_unit_word
        )
    return _("%(number)s, unit not stated", number=first.shown)


def _method(estimate: parts.EstimateView) -> str:
    if estimate.is_assumed:
        return _("%(method)s, unit assumed", method=estimate.method_word)
    if estimate.is_scaled:
        return _("%(method)s, scaled", method=estimate.method_word)
    return estimate.method_word


def _reason(dataset: Dataset) -> str:
    return parts.no_estimate_reason(dataset)


def _source(dataset: Dataset) -> str | None:
    main = parts.main_estimate(dataset)
    source = main.source if main else None
    if source is None:
        return _("the vendor's catalogue text") if dataset.source_line else None
    grade = parts.word(labels.GRADES.get(source.grade), source.grade)
    return _("grade %(grade)s: %(word)s", grade=source.grade, word=grade)
