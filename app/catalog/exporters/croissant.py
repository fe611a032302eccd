"""
Croissant 1.1 where a dataset has all that it requires, otherwise schema.org/Dataset.

A dataset that is sold by the hour has no file, so it cannot be Croissant; the caller learns what
is missing. The context is that of the specification's appendix, made valid JSON.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from app.catalog.exchange.items import Item, Json
from app.catalog.importers import json_ld, own_key
from app.catalog.importers.croissant.terms import FORMAT, ORIGINS, REQUIRED, VERSIONS
from app.catalog.importers.licence_addresses import address_of_spdx
from app.catalog.loading.records import DatasetRecord, EstimateRecord

MEDIA_TYPE = 'application/ld+json; profile="http://mlcommons.org/croissant/1.1"'
SCHEMA_MEDIA_TYPE = "application/ld+json"

_SCHEMA = "https://schema.org/"
_TERMS = (
    "annotation arrayShape citeAs column containedIn equivalentProperty excludes extract field "
    "fileProperty fileObject fileSet format includes isArray isLiveDataset jsonPath key md5 "
    "parentField recordSet references regex readLines sdVersion separator source subField "
    "transform unArchive value"
)
CONTEXT: Json = {
    # Without a language the reference reader fails.
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    **{term: f"cr:{term}" for term in _TERMS.split()},
}
_DATE = re.compile(r"(?:19|20)[0-9]{2}(?:-[01][0-9](?:-[0-3][0-9])?)?")


@dataclass(frozen=True, slots=True)
class Description:
    """A dataset in JSON-LD; `missing` names what keeps it from being Croissant."""

    document: Json
    missing: tuple[str, ...]

    @property
    def is_croissant(self) -> bool:
        """Whether the document conforms to Croissant."""
        return not self.missing

    @property
    def media_type(self) -> str:
        """How the document is served."""
        return MEDIA_TYPE if self.is_croissant else SCHEMA_MEDIA_TYPE

    def write(self) -> bytes:
        """Return the file."""
        return json.dumps(self.document, ensure_ascii=False, indent=2).encode() + b"\n"


def describe(item: Item, subsets: Sequence[Item] = (), *, page: str | None = None) -> Description:
    """
    Return a dataset in JSON-LD; `page` is its address in the portal, for one without its own.

    What an import kept unread stands in it again, unless the catalogue has a newer word for it.
    """
    kept = item.extra.get(FORMAT, {})
    document = schema_dataset(item, subsets, page=page)
    # Who made the data is told more exactly by the file it came from.
    known = document.keys() - {"creator"} | {"@context", "conformsTo"}
    if ORIGINS in document:
        document[ORIGINS] = _with_kept(document[ORIGINS], kept)
    document |= {name: value for name, value in kept.items() if json_ld.key(name) not in known}
    missing = missing_for_croissant(document)
    if missing:
        plain = {name: value for name, value in document.items() if _is_schema(name)}
        return Description({"@context": _SCHEMA, **plain}, missing)
    del document["@type"]
    return Description(
        {
            "@context": {**_kept_context(kept), **CONTEXT},
            "@type": "sc:Dataset",
            "conformsTo": _conformance(kept),
            **document,
        },
        (),
    )


def signed(described: Description, item: Item) -> Description:
    """Return a description that says which dataset of the portal it is of, as it was written."""
    context = described.document["@context"]
    if isinstance(context, dict):
        # JSON as it stands: no property that a reader of Croissant looks for.
        context = context | {own_key.KEY: {"@id": f"cr:{own_key.KEY}", "@type": "@json"}}
    document = described.document | {"@context": context}
    key = own_key.write_digests(item, document)
    return Description(document | {own_key.KEY: key}, described.missing)


def _with_kept(origins: list[Json], kept: Json) -> list[Any]:
    """Return what a dataset was made from: as its file named it, and what the catalogue adds."""
    named = next((value for name, value in kept.items() if json_ld.key(name) == ORIGINS), None)
    others = json_ld.as_list(named)
    known = {
        json_ld.first(json_ld.by_key(one).get("identifier"))
        for one in others
        if isinstance(one, dict)
    }
    return [*others, *(one for one in origins if one["identifier"] not in known)]


def missing_for_croissant(document: Json) -> tuple[str, ...]:
    """
    Return which required properties a document lacks.

    The list is that of the specification: the usual reader passes over most of them in silence.
    """
    of_the_form = {"@context", "@type", "conformsTo"}
    return tuple(name for name in REQUIRED if name not in of_the_form and not document.get(name))


def schema_dataset(item: Item, subsets: Sequence[Item] = (), *, page: str | None = None) -> Json:
    """Return what schema.org can say of a dataset, for Croissant and for the head of its page."""
    record = item.record
    names = dict.fromkeys(name for name in (record.name_zh, *record.aliases))
    names.pop(record.name_en, None)
    values: Json = {
        "@type": "Dataset",
        "name": record.name_en,
        "alternateName": list(names),
        "description": record.description_en or record.description_zh,
        "license": _licence(record),
        "url": record.homepage or page,
        "creator": _organisation(item),
        "datePublished": record.released if _DATE.fullmatch(record.released or "") else None,
        "inLanguage": list(record.languages),
        "citeAs": record.paper,
        "variableMeasured": [*_quantities(record), *_tokens(item)],
        ORIGINS: [
            {"@type": "Dataset", "identifier": one.other}
            for one in record.overlaps
            if one.relation == "derived_from"
        ],
        "hasPart": [{"@type": "Dataset", "name": part.record.name_en} for part in subsets],
    }
    return {name: value for name, value in values.items() if value}


def _licence(record: DatasetRecord) -> str | None:
    if record.licence_spdx:
        return address_of_spdx(record.licence_spdx)
    evidence = next((c.evidence_url for c in record.licence_claims if c.evidence_url), None)
    return evidence or record.licence_stated_en or record.licence_stated_zh


def _organisation(item: Item) -> Json:
    provider = item.provider
    found = {"@type": "Organization", "name": provider.name_en, "url": provider.homepage}
    return {name: value for name, value in found.items() if value}


def _quantities(record: DatasetRecord) -> Iterator[Json]:
    for quantity in record.quantities:
        if quantity.value is None or quantity.unit is None:
            continue
        whole = quantity.value == quantity.value.to_integral_value()
        yield {
            "@type": "PropertyValue",
            "propertyID": "quantity",
            "name": quantity.unit,
            "value": int(quantity.value) if whole else float(quantity.value),
            "unitText": quantity.unit,
        }


def _tokens(item: Item) -> Iterator[Json]:
    """Yield token estimates; one without its tokenizer says so rather than nothing."""
    estimates = [*([item.main] if item.main else []), *item.record.estimates]
    for estimate in estimates:
        if estimate.mid is None:
            continue
        value: dict[str, Any] = {
            "@type": "PropertyValue",
            "propertyID": "tokens",
            "name": "unique tokens",
            "value": estimate.mid,
            "minValue": estimate.low,
            "maxValue": estimate.high,
            "unitText": "token",
            "measurementTechnique": _technique(estimate),
        }
        yield {name: part for name, part in value.items() if part is not None}


def _technique(estimate: EstimateRecord) -> str:
    tokenizer = estimate.tokenizer or estimate.tokenizer_printed or "tokenizer not stated"
    return f"{estimate.method}; {tokenizer}"


def _conformance(kept: Json) -> str | list[str]:
    """Return the versions that a document conforms to: ours, and extensions that it came with."""
    own = VERSIONS[-1]
    stated = kept.get("conformsTo") or kept.get("dct:conformsTo") or []
    others = [s for s in (stated if isinstance(stated, list) else [stated]) if s not in VERSIONS]
    texts = [other for other in others if isinstance(other, str)]
    return [own, *texts] if texts else own


def _kept_context(kept: Json) -> Json:
    context = kept.get("@context")
    return context if isinstance(context, dict) else {}


def _is_schema(name: str) -> bool:
    """Whether a property means something without Croissant's context."""
    return ":" not in name and name not in {"@context", "conformsTo", "citeAs", *_TERMS.split()}


def write_catalogue(
    families: Iterable[tuple[Item, Sequence[Item]]], *, name: str, page_of: Callable[[str], str]
) -> Iterator[bytes]:
    """
    Yield a schema.org/DataCatalog of many datasets, one a line, each with its subsets.

    A dataset that has all that Croissant requires brings its own context, so that its line cut
    out is a Croissant file; each says which dataset of the portal it is of. `page_of` gives a
    slug's address in the portal.
    """
    head = {"@context": _SCHEMA, "@type": "DataCatalog", "name": name}
    yield json.dumps(head, ensure_ascii=False)[:-1].encode() + b', "dataset": ['
    separator = "\n"
    for item, subsets in families:
        described = signed(describe(item, subsets, page=page_of(item.record.slug)), item)
        document = dict(described.document)
        if document["@context"] == _SCHEMA:
            del document["@context"]
        yield f"{separator}{json.dumps(document, ensure_ascii=False)}".encode()
        separator = ",\n"
    yield b"\n]}\n"
