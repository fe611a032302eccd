"""What a person says of a file as a whole: whose it is, and what stands where it says nothing."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any

from app.catalog.editing.known import Known
from app.catalog.exchange.items import Context, ProviderRecord
from app.catalog.importers.identifiers import provider_slug
from app.catalog.importers.texts import MAX_NAME, key_of, one_line
from app.catalog.models.datasets import Visibility
from app.errors import InvalidInput

CHANGE, KEEP = "change", "keep"
DEFAULT_CATEGORY = "mixed"
MAX_ROWS = 100_000


@dataclass(frozen=True, slots=True)
class Options:
    """
    The choices that an import is read with.

    `provider` is the slug or the name of who sent the list. `existing` says whether datasets
    that are in the catalogue are changed or stay as they are. `sheet` names the one to read of a
    workbook with several; an empty one is the first that is a list.
    """

    provider: str = ""
    category: str = DEFAULT_CATEGORY
    visibility: str = Visibility.TEAM.value
    existing: str = CHANGE
    sheet: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the options as they are stored."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Options":
        """Return options that were stored."""
        return cls(**stored)


def check(options: Options, categories: Collection[str]) -> None:
    """
    Refuse options that name nothing.

    Raises
    ------
    InvalidInput
        With the field that is wrong.
    """
    if len(options.provider) > MAX_NAME:
        raise InvalidInput(
            "The name has more than %(limit)s characters.", limit=MAX_NAME, field="provider"
        )
    if len(options.sheet) > MAX_NAME:
        raise InvalidInput(
            "The name has more than %(limit)s characters.", limit=MAX_NAME, field="sheet"
        )
    if options.category not in categories:
        raise InvalidInput("Choose a category of the list.", field="category")
    if options.visibility not in set(Visibility):
        raise InvalidInput("Choose who may see the dataset.", field="visibility")
    if options.existing not in {CHANGE, KEEP}:
        raise InvalidInput("Choose what becomes of datasets that are there.", field="existing")


def context_of(options: Options, known: Known, short_names: dict[str, str]) -> Context:
    """Return what the readers are told; `short_names` gives the slug of providers by those."""
    providers: dict[str, str] = {}
    for slug, names in known.providers.items():
        for name in (slug, *names):
            providers.setdefault(name.lower(), slug)
            providers.setdefault(key_of(name), slug)
    for name, slug in short_names.items():
        providers.setdefault(name.lower(), slug)
        providers.setdefault(key_of(name), slug)
    return Context(
        providers=providers,
        categories=frozenset(known.categories),
        tokenizers=frozenset(known.tokenizers),
        default_provider=_default_provider(one_line(options.provider), providers, known),
        default_category=options.category,
        visibility=options.visibility,
        max_rows=MAX_ROWS,
        sheet=options.sheet,
    )


def _default_provider(text: str, providers: dict[str, str], known: Known) -> ProviderRecord | None:
    if not text:
        return None
    slug = providers.get(text.lower()) or providers.get(key_of(text))
    if slug is None:
        return ProviderRecord(slug=provider_slug(text), name_zh=text, name_en=text)
    name_zh, name_en = known.providers[slug]
    return ProviderRecord(slug=slug, name_zh=name_zh, name_en=name_en)
