"""What the page shows that offers the catalogue as files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from app.catalog.exporting.formats import MAX_CARDS, Format
from app.catalog.models.datasets import Dataset, Visibility
from app.catalog.pages import parts
from app.catalog.pages.addresses import ListState
from app.catalog.pages.facets import Names, value_label
from app.catalog.pages.results import total_words
from app.catalog.search.query import Facet, facet_title
from app.catalog.search.service import SearchPage
from app.web import numbers
from app.web.i18n import gettext as _
from app.web.i18n import ngettext


@dataclass(frozen=True)
class FormatView:
    """A format to choose."""

    code: str
    name: str
    word: str


@dataclass(frozen=True)
class ExportPage:
    """
    Everything that templates/catalog/export.html shows.

    `hidden` are the fields of the form that say which datasets are meant. `missing` are what
    Croissant requires and one dataset lacks, None where several are exported.
    """

    title: str
    crumbs: list[tuple[str, str | None]]
    action: str
    hidden: list[tuple[str, str]]
    what: list[str]
    formats: list[FormatView]
    offers_subsets: bool
    has_subsets_ticked: bool
    missing: list[str] | None
    edit_slug: str | None
    team_only: int
    back_href: str


def one_page(dataset: Dataset, *, subset_count: int, missing: Sequence[str]) -> ExportPage:
    """Return the page for one dataset."""
    name = parts.dataset_name(dataset).text
    what = [name]
    if subset_count:
        what.append(
            ngettext(
                "with its %(n)s subset", "with its %(n)s subsets", subset_count, n=subset_count
            )
        )
    back = f"/catalogue/{dataset.slug}"
    return ExportPage(
        title=_("Export: %(name)s", name=name),
        crumbs=[(_("Catalogue"), "/catalogue"), (name, back), (_("Export"), None)],
        action=f"/api/v1/datasets/{dataset.slug}/export",
        hidden=[],
        what=what,
        formats=_formats(is_one=True, is_croissant=not missing),
        offers_subsets=False,
        has_subsets_ticked=False,
        missing=[_property(name) for name in missing],
        edit_slug=dataset.slug,
        team_only=int(dataset.visibility == Visibility.TEAM),
        back_href=back,
    )


def selection_page(datasets: Sequence[Dataset], *, back_href: str) -> ExportPage:
    """Return the page for datasets that were chosen one by one."""
    return ExportPage(
        title=_("Export the selection"),
        crumbs=[
            (_("Catalogue"), "/catalogue"),
            (_("Comparison"), back_href),
            (_("Export"), None),
        ],
        action="/api/v1/exports/datasets",
        hidden=[("dataset", dataset.slug) for dataset in datasets],
        what=[parts.dataset_name(dataset).text for dataset in datasets],
        formats=_formats(is_one=False, is_croissant=False),
        offers_subsets=True,
        has_subsets_ticked=True,
        missing=None,
        edit_slug=None,
        team_only=sum(dataset.visibility == Visibility.TEAM for dataset in datasets),
        back_href=back_href,
    )


def list_page(state: ListState, found: SearchPage, names: Names, *, team_only: int) -> ExportPage:
    """Return the page for what the list finds."""
    state = replace(state, cursor=None, sort=None, compared=())
    is_all = not (state.text or state.filters or state.parent)
    what = [_("The whole catalogue")] if is_all else _filter_words(state, names)
    return ExportPage(
        title=_("Export the catalogue") if is_all else _("Export the results"),
        crumbs=[(_("Catalogue"), state.href()), (_("Export"), None)],
        action="/api/v1/exports/datasets",
        hidden=list(replace(state, include_subsets=False).pairs()),
        what=[*what, total_words(found.total, is_capped=found.total_is_capped)],
        formats=_formats(is_one=False, is_croissant=False),
        offers_subsets=True,
        has_subsets_ticked=is_all or state.include_subsets or state.parent is not None,
        missing=None,
        edit_slug=None,
        team_only=team_only,
        back_href=state.href(),
    )


def _filter_words(state: ListState, names: Names) -> list[str]:
    words = [_("Search: %(text)s", text=state.text)] if state.text else []
    if state.parent:
        words.append(_("Subsets of %(name)s", name=names.datasets.get(state.parent, state.parent)))
    for facet in Facet:
        words += [
            _(
                "%(facet)s: %(value)s",
                facet=facet_title(facet),
                value=value_label(facet, one, names),
            )
            for one in state.filters.get(facet, ())
        ]
    return words


def _formats(*, is_one: bool, is_croissant: bool) -> list[FormatView]:
    tables = [
        FormatView(
            Format.XLSX,
            _("Excel (XLSX)"),
            _(
                "One row per dataset, to read, sort and hand on. Nothing in it computes. More than "
                "a sheet holds goes on in the next."
            ),
        ),
        FormatView(
            Format.CSV,
            "CSV",
            _("The same columns as text (UTF-8). Edit it and import it again: nothing is lost."),
        ),
        FormatView(
            Format.JSON,
            "JSON",
            _("Everything the catalogue knows, for another portal or for scripts."),
        ),
    ]
    if not is_one:
        return [
            *tables,
            FormatView(
                Format.CROISSANT,
                _("Croissant (JSON-LD)"),
                _(
                    "One catalogue file. Datasets that have all that Croissant 1.1 requires are "
                    "Croissant, the others schema.org/Dataset."
                ),
            ),
            FormatView(
                Format.HF,
                _("Hugging Face cards (ZIP)"),
                _(
                    "A folder per dataset with its README.md; subsets are configs. At most "
                    "%(most)s datasets.",
                    most=numbers.whole(MAX_CARDS),
                ),
            ),
        ]
    jsonld = FormatView(
        Format.CROISSANT,
        "Croissant 1.1" if is_croissant else "schema.org/Dataset",
        _("JSON-LD that data loaders and search engines read.")
        if is_croissant
        else _("JSON-LD that search engines read; for Croissant something is missing, see below."),
    )
    card = FormatView(
        Format.HF,
        _("Hugging Face card"),
        _("README.md with its YAML block; subsets are configs."),
    )
    return [*tables, jsonld, card]


def _property(name: str) -> str:
    words: Mapping[str, str] = {
        "name": _("a name"),
        "description": _("a description"),
        "license": _("a stated licence"),
        "url": _("an address (homepage)"),
        "creator": _("who made it"),
        "datePublished": _("a date of publication (year, month or day)"),
        "distribution": _("files: at least one with its address, as a Croissant import brings"),
    }
    return words.get(name, name)
