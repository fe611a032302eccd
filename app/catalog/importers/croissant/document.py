"""
One dataset of Croissant 1.0 or 1.1, read leniently.

What the catalogue has no field for is kept as it stands and given back on export. The words are
those of the specification (docs.mlcommons.org/croissant, versions 1.0 and 1.1).
"""

from decimal import Decimal
from typing import Any

from app.catalog import licences
from app.catalog.exchange.items import (
    Context,
    Entry,
    Item,
    Json,
    ProviderRecord,
)
from app.catalog.exchange.record_json import Decoder
from app.catalog.importers import amounts, json_ld, own_key, words
from app.catalog.importers.croissant.terms import FORMAT, ORIGINS, REQUIRED
from app.catalog.importers.dates import released
from app.catalog.importers.identifiers import dataset_slug, is_slug, provider_slug
from app.catalog.importers.licence_addresses import spdx_of_address
from app.catalog.importers.own_json import checked
from app.catalog.importers.problems import finding
from app.catalog.importers.texts import (
    MAX_NAME,
    MAX_TEXT,
    has_han,
    is_web_address,
    key_of,
    one_line,
)
from app.catalog.loading.records import (
    DatasetRecord,
    LicenceRecord,
    OverlapRecord,
    QuantityRecord,
)

# What becomes a field of the catalogue; everything else is kept.
_READ = frozenset(
    (
        "@type",
        "name",
        "alternateName",
        "description",
        "license",
        "url",
        "datePublished",
        "inLanguage",
        own_key.KEY,
    )
)
# What the portal writes of what the catalogue knows: as it was written it is nobody's own word.
_GENERATED = frozenset(("@context", "conformsTo", "citeAs", "hasPart", "variableMeasured"))
# The property that a field is read from.
_PROPERTIES = {
    "name_en": "name",
    "name_zh": "alternateName",
    "aliases": "alternateName",
    "description_zh": "description",
    "description_en": "description",
    "homepage": "url",
    "released": "datePublished",
    "paper": "citeAs",
    "languages": "inLanguage",
    "quantities": "distribution",
    "overlaps": "isBasedOn",
    "licence_class": "license",
    "licence_spdx": "license",
    "licence_stated_zh": "license",
    "licence_stated_en": "license",
    "licence_claims": "license",
}


class Document:
    """The dataset that stands at `row` of a file."""

    def __init__(self, dataset: Json, context: Context, *, row: int = 1) -> None:
        self.dataset = dataset
        self.node = json_ld.by_key(dataset)
        self.context = context
        self.row = row
        self.checks = Decoder(row)
        self.own = own_key.read(self.node.get(own_key.KEY))

    def entry(self) -> Entry:
        """Return the document's dataset."""
        chinese, english = self._names()
        provider = self._provider()
        if not chinese and not english:
            self._note("name_missing", "name")
        if provider is None:
            self._note("provider_missing", "creator")
        for name in REQUIRED:
            if not self.node.get(name) and name not in {"name", "license"}:
                self._note("required_missing", name, key=name)
        if provider is None or not (chinese or english):
            return Entry(self.row, None, tuple(self.checks.findings), chinese or english)
        record = self._record(chinese or english, english or chinese, provider)
        item = Item(
            record=record,
            provider=provider,
            given=self._given(record),
        )
        return checked(
            self.row,
            None if self.checks.has_error else item,
            self.checks,
            name=chinese or english,
        )

    def _record(self, name_zh: str, name_en: str, provider: ProviderRecord) -> DatasetRecord:
        description_zh, description_en = json_ld.bilingual(self.node.get("description"))
        texts: dict[str, Any] = {
            "description_zh": description_zh[:MAX_TEXT] or None,
            "description_en": description_en[:MAX_TEXT] or None,
            "homepage": self._address("url"),
            "released": released(json_ld.first(self.node.get("datePublished"))[:50]) or None,
            "paper": json_ld.first(self.node.get("citeAs"))[:MAX_TEXT] or None,
        }
        own = self.own
        return DatasetRecord(
            slug=own.slug if own else dataset_slug(name_en, provider.slug),
            parent=own.parent if own else None,
            name_zh=name_zh,
            name_en=name_en,
            provider=provider.slug,
            category=self.context.default_category,
            modality="text",
            modality_basis="inferred",
            languages=self._languages(),
            aliases=tuple(
                one_line(name)[:MAX_NAME]
                for name in json_ld.strings(self.node.get("alternateName"))
                if one_line(name) not in {name_zh, name_en}
            ),
            visibility=self.context.visibility,
            quantities=self._sizes(),
            overlaps=tuple(
                OverlapRecord(other=other, relation="derived_from") for other in self._origins()
            ),
            extra={FORMAT: self._kept()},
            origin={"origin": "croissant"},
            **texts,
            **self._licence(),
        )

    def _given(self, record: DatasetRecord) -> frozenset[str]:
        given = {"name_zh", "name_en", "extra"}
        spoken = ("description_zh", "description_en", "homepage", "released", "paper", "languages")
        given |= {name for name in (*spoken, "aliases", "quantities") if getattr(record, name)}
        if record.overlaps:
            given.add("overlaps")
        if record.licence_claims:
            given |= {"licence_class", "licence_spdx", "licence_stated_zh", "licence_stated_en"}
            given.add("licence_claims")
        if self.own:
            given = {n for n in given if not self._is_as_written(_PROPERTIES.get(n, ""))}
            others = (name for name in self.dataset if json_ld.key(name) not in _READ)
            if all(self._is_as_written(json_ld.key(name)) for name in others):
                given.discard("extra")
        return frozenset(given)

    def _is_as_written(self, name: str) -> bool:
        """Whether the portal wrote a property so; one that it did not write is as it was, too."""
        if self.own is None:
            return False
        if name not in self.node:
            return name not in self.own.properties and name in _PROPERTIES.values()
        return self.own.is_as_written(name, self.node[name])

    def _names(self) -> tuple[str, str]:
        chinese, english = json_ld.bilingual(self.node.get("name"))
        if self.own and self._is_as_written("alternateName"):
            chinese = self.own.name_zh or chinese
        if not chinese:
            # What has one name for each language here has an alternate name there.
            others = json_ld.strings(self.node.get("alternateName"))
            chinese = next((name for name in others if has_han(name)), "")
        if max(len(chinese), len(english)) > MAX_NAME:
            self._note("name_long", "name", limit=MAX_NAME)
        return one_line(chinese)[:MAX_NAME], one_line(english)[:MAX_NAME]

    def _provider(self) -> ProviderRecord | None:
        if self.own and self.own.provider and self._is_as_written("creator"):
            return self.own.provider
        people = json_ld.names_of(self.node.get("creator"))
        people += json_ld.names_of(self.node.get("publisher"))
        for name, _ in people:
            known = self.context.providers.get(key_of(name))
            if known or (known := self.context.providers.get(name.lower())):
                return ProviderRecord(slug=known, name_zh=name, name_en=name)
        if self.context.default_provider is not None or not people:
            return self.context.default_provider
        name, address = people[0]
        name = one_line(name)[:MAX_NAME]
        self._note("provider_new", "creator", value=name)
        return ProviderRecord(
            slug=provider_slug(name),
            name_zh=name,
            name_en=name,
            homepage=address if is_web_address(address) else None,
        )

    def _origins(self) -> tuple[str, ...]:
        """Return the identifiers of the datasets that this one was made from."""
        based = [part for part in json_ld.as_list(self.node.get(ORIGINS)) if isinstance(part, dict)]
        named = (json_ld.first(json_ld.by_key(part).get("identifier")) for part in based)
        return tuple(dict.fromkeys(text for text in named if text and is_slug(text)))

    def _languages(self) -> tuple[str, ...]:
        known: list[str] = []
        for text in json_ld.strings(self.node.get("inLanguage")):
            found, unknown = words.languages_of(text[:MAX_NAME])
            known += found
            for word in unknown:
                self._note("language_unknown", "inLanguage", value=word[:100])
        return tuple(dict.fromkeys(known))

    def _licence(self) -> dict[str, Any]:
        stated = [text[:MAX_NAME] for text in json_ld.strings(self.node.get("license"))]
        if not stated:
            self._note("licence_missing", "license")
            return {}
        claims: list[tuple[str, licences.Claim]] = []
        for text in stated:
            spdx = spdx_of_address(text)
            claim = licences.read_field(spdx or text)
            claims.append((text, claim))
            if claim.terms is licences.Terms.UNVERIFIED:
                self._note("licence_unread", "license", value=text)
        deciding = licences.deciding_claim(claim for _, claim in claims)
        shown = ", ".join(claim.spdx or text for text, claim in claims)[:MAX_NAME]
        return {
            "licence_class": licences.class_of(deciding) if deciding else "unknown",
            "licence_spdx": claims[0][1].spdx if len(claims) == 1 else None,
            "licence_stated_zh": shown,
            "licence_stated_en": shown,
            "licence_claims": tuple(
                LicenceRecord(
                    key=f"croissant-{number}",
                    stated_zh=claim.spdx or text,
                    stated_en=claim.spdx or text,
                    spdx=claim.spdx,
                    licence_class=licences.class_of(claim),
                    evidence_url=text if is_web_address(text) else None,
                )
                for number, (text, claim) in enumerate(claims, start=1)
            ),
        }

    def _sizes(self) -> tuple[QuantityRecord, ...]:
        """Return the bytes of the files; they are as packed as they lie there."""
        total = Decimal(0)
        for part in json_ld.as_list(self.node.get("distribution")):
            if not isinstance(part, dict):
                continue
            node = json_ld.by_key(part)
            # What lies in another file was counted with it.
            if "containedIn" in node or not (text := json_ld.first(node.get("contentSize"))):
                continue
            try:
                total += amounts.parse_bytes(text[:100]).value
            except amounts.AmountError:
                self._note("value_unread", "contentSize", key="contentSize")
        if not 0 < total < amounts.LARGEST:
            return ()
        return (
            QuantityRecord(
                key="distribution",
                printed=f"{total.to_integral_value():f} B",
                value=total.to_integral_value(),
                unit="byte",
            ),
        )

    def _address(self, name: str) -> str | None:
        address = json_ld.first(self.node.get(name))
        if address and not is_web_address(address):
            self._note("address_refused", name, value=address[:100])
            return None
        return address or None

    def _kept(self) -> Json:
        kept = {
            name: value
            for name, value in json_ld.without(self.dataset, _READ).items()
            if json_ld.key(name) not in _GENERATED or not self._is_as_written(json_ld.key(name))
        }
        for name in kept:
            if json_ld.key(name) not in {*REQUIRED, ORIGINS} and not name.startswith("@"):
                self._note("kept_unread", name, key=name[:100])
        found = self.checks.json(kept, FORMAT)
        return found if isinstance(found, dict) else {}

    def _note(self, code: str, key: str | None, /, **params: object) -> None:
        self.checks.findings.append(finding(code, row=self.row, column=key, **params))
