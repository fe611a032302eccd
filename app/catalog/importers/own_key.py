"""
The key of a card or a Croissant file in which the portal finds its own dataset again.

Neither format knows identifiers, aliases and Chinese names as we do; both allow other keys.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.catalog.exchange.items import Item, Json, ProviderRecord
from app.catalog.importers import json_ld
from app.catalog.importers.identifiers import is_slug
from app.catalog.importers.texts import MAX_NAME, clean, one_line

KEY = "peibi"
_GENERATED = "generated"


@dataclass(frozen=True, slots=True)
class OwnKey:
    """
    What a file says of the dataset here that it was exported from.

    `subsets` has the identifier of each by its config. `licence` is the licence as the card had
    it, so that one sees whether somebody changed it. `is_written` says that the text and the
    keys are the portal's own and not those of an imported card. `properties` has a digest of each
    property as the portal wrote it: one that is still so says nothing new.
    """

    slug: str
    name_zh: str | None = None
    aliases: tuple[str, ...] = ()
    provider: ProviderRecord | None = None
    subsets: Mapping[str, str] = field(default_factory=dict)
    licence: str | None = None
    is_written: bool = False
    properties: Mapping[str, str] = field(default_factory=dict)

    @property
    def parent(self) -> str | None:
        """The dataset that this one is a part of, by its identifier."""
        return self.slug.rpartition("/")[0] or None

    def is_as_written(self, name: str, value: object) -> bool:
        """Whether a property is as the portal wrote it."""
        return self.properties.get(name) == _digest(value)


def write(item: Item, subsets: Mapping[str, str], *, licence: str, is_written: bool) -> Json:
    """Return the value of the key in a card; what a dataset has not is left out."""
    values = _names(item) | {
        "subsets": dict(subsets),
        "license": licence,
        "text": _GENERATED if is_written else None,
    }
    return {name: value for name, value in values.items() if value}


def write_digests(item: Item, document: Json) -> Json:
    """Return the value of the key in a JSON document with these properties."""
    digests = {json_ld.key(name): _digest(value) for name, value in document.items()}
    return {name: value for name, value in _names(item).items() if value} | {"as_written": digests}


def _names(item: Item) -> Json:
    record, provider = item.record, item.provider
    return {
        "slug": record.slug,
        "name_zh": record.name_zh,
        "aliases": list(record.aliases),
        "provider": {
            "slug": provider.slug,
            "name_zh": provider.name_zh,
            "name_en": provider.name_en,
        },
    }


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
        properties=_texts(value.get("as_written")),
    )


def _provider(value: object) -> ProviderRecord | None:
    if not isinstance(value, dict):
        return None
    slug, name_zh, name_en = (_text(value.get(name)) for name in ("slug", "name_zh", "name_en"))
    if slug is None or name_zh is None or name_en is None or not is_slug(slug) or "/" in slug:
        return None
    return ProviderRecord(slug=slug, name_zh=name_zh, name_en=name_en)


def _texts(value: object) -> dict[str, str]:
    pairs = value.items() if isinstance(value, dict) else ()
    return {name: text for name, text in pairs if isinstance(name, str) and isinstance(text, str)}


def _digest(value: object) -> str:
    """Return a short digest of a JSON value, whatever the order of its keys."""
    # A fraction is read as a Decimal and was written from a float.
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, default=float)
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:12]


def _text(value: object) -> str | None:
    text = one_line(clean(value))[:MAX_NAME] if isinstance(value, str) else ""
    return text or None
