"""
The front matter key of a card in which the portal finds its own dataset again.

The hub knows no identifiers, aliases or Chinese names, and allows keys that it does not know.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.catalog.exchange.items import Item, Json, ProviderRecord
from app.catalog.importers.identifiers import is_slug
from app.catalog.importers.texts import MAX_NAME, clean, one_line

KEY = "peibi"
_GENERATED = "generated"


@dataclass(frozen=True, slots=True)
class OwnKey:
    """
    What a card says of the dataset here that it was exported from.

    `subsets` has the identifier of each by its config. `licence` is the licence as the card had
    it, so that one sees whether somebody changed it. `is_written` says that the text and the
    keys are the portal's own and not those of an imported card.
    """

    slug: str
    name_zh: str | None = None
    aliases: tuple[str, ...] = ()
    provider: ProviderRecord | None = None
    subsets: Mapping[str, str] = field(default_factory=dict)
    licence: str | None = None
    is_written: bool = False

    @property
    def parent(self) -> str | None:
        """The dataset that this one is a part of, by its identifier."""
        return self.slug.rpartition("/")[0] or None


def write(item: Item, subsets: Mapping[str, str], *, licence: str, is_written: bool) -> Json:
    """Return the value of the key; what a dataset has not is left out."""
    record, provider = item.record, item.provider
    values: Json = {
        "slug": record.slug,
        "name_zh": record.name_zh,
        "aliases": list(record.aliases),
        "provider": {
            "slug": provider.slug,
            "name_zh": provider.name_zh,
            "name_en": provider.name_en,
        },
        "subsets": dict(subsets),
        "license": licence,
        "text": _GENERATED if is_written else None,
    }
    return {name: value for name, value in values.items() if value}


def read(value: Any) -> OwnKey | None:  # noqa: ANN401  anything that YAML holds
    """Return what the key says, or None where it names no dataset."""
    if not isinstance(value, dict):
        return None
    slug = value.get("slug")
    if not isinstance(slug, str) or not is_slug(slug):
        return None
    aliases, subsets = value.get("aliases"), value.get("subsets")
    return OwnKey(
        slug=slug,
        name_zh=_text(value.get("name_zh")),
        aliases=tuple(a for a in map(_text, aliases if isinstance(aliases, list) else []) if a),
        provider=_provider(value.get("provider")),
        subsets={
            name: slug
            for name, slug in (subsets.items() if isinstance(subsets, dict) else ())
            if isinstance(name, str) and isinstance(slug, str) and is_slug(slug)
        },
        licence=_text(value.get("license")),
        is_written=value.get("text") == _GENERATED,
    )


def _provider(value: object) -> ProviderRecord | None:
    if not isinstance(value, dict):
        return None
    slug, name_zh, name_en = (_text(value.get(name)) for name in ("slug", "name_zh", "name_en"))
    if slug is None or name_zh is None or name_en is None or not is_slug(slug) or "/" in slug:
        return None
    return ProviderRecord(slug=slug, name_zh=name_zh, name_en=name_en)


def _text(value: object) -> str | None:
    text = one_line(clean(value))[:MAX_NAME] if isinstance(value, str) else ""
    return text or None
