"""The state of the catalogue's list as an address: what is searched, chosen, sorted, compared."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from app.catalog.search.query import Facet


@dataclass(frozen=True)
class ListState:
    """What the address of the list holds; every link of the page is a change of it."""

    text: str = ""
    filters: Mapping[Facet, tuple[str, ...]] = field(default_factory=dict)
    parent: str | None = None
    include_subsets: bool = False
    sort: str | None = None
    cursor: str | None = None
    compared: tuple[str, ...] = ()

    def href(self, path: str = "/catalogue") -> str:
        """Return the address of this state."""
        query = urlencode(list(self.pairs()))
        return f"{path}?{query}" if query else path

    def json_href(self) -> str:
        """Return the address of the same list in the API."""
        return replace(self, compared=()).href("/api/v1/datasets")

    def export_href(self) -> str:
        """Return the address of the page that offers the whole list as files."""
        return replace(self, compared=(), cursor=None, sort=None).href("/catalogue/export")

    def at(self, cursor: str | None) -> "ListState":
        """Return the same list at another page."""
        return replace(self, cursor=cursor)

    def without(self, facet: Facet, value: str) -> "ListState":
        """Return the list with one filter less, from its first page."""
        left = tuple(chosen for chosen in self.filters.get(facet, ()) if chosen != value)
        filters = {name: chosen for name, chosen in self.filters.items() if name != facet}
        if left:
            filters[facet] = left
        return replace(self, filters=filters, cursor=None)

    def anywhere(self) -> "ListState":
        """Return the same search in the whole catalogue, from its first page."""
        return replace(self, parent=None, cursor=None)

    def without_filters(self) -> "ListState":
        """Return the same search with no filter, from its first page."""
        return replace(self, filters={}, parent=None, cursor=None)

    def could_be_wider(self) -> bool:
        """Whether subsets were left out where nothing else keeps them from being found."""
        return not (self.include_subsets or self.parent or self.cursor)

    def of_category(self, code: str, language: str | None = None) -> "ListState":
        """Return a whole category, or what of it is in a language, instead of what was searched."""
        filters = {Facet.CATEGORY: (code,)}
        if language:
            filters[Facet.LANGUAGE] = (language,)
        return replace(self, text="", filters=filters, cursor=None)

    def with_subsets(self) -> "ListState":
        """Return the same search over subsets too."""
        return replace(self, include_subsets=True, cursor=None)

    def cleared(self) -> "ListState":
        """Return the whole catalogue; what is compared stays."""
        return ListState(compared=self.compared)

    def comparing(self, slugs: Iterable[str]) -> "ListState":
        """Return the same page with other datasets in the compare tray."""
        return replace(self, compared=tuple(slugs))

    def pairs(self) -> Iterable[tuple[str, str]]:
        """Return the fields of the address, in their order."""
        if self.text:
            yield "q", self.text
        for facet in Facet:
            for value in self.filters.get(facet, ()):
                yield facet.value, value
        if self.parent:
            yield "parent", self.parent
        if self.include_subsets:
            yield "subsets", "true"
        if self.sort:
            yield "sort", self.sort
        if self.cursor:
            yield "cursor", self.cursor
        for slug in self.compared:
            yield "compare", slug
