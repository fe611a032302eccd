"""Hugging Face dataset cards: the metadata of README.md becomes a dataset, its configs subsets."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import IO, Any

from app.catalog import licences
from app.catalog.exchange.items import (
    Context,
    Entry,
    ImportRefused,
    Item,
    Json,
    ProviderRecord,
    Reading,
)
from app.catalog.exchange.record_json import Decoder
from app.catalog.importers import own_key, words
from app.catalog.importers.decoding import decode
from app.catalog.importers.front_matter import MAX_CARD, split_card
from app.catalog.importers.identifiers import dataset_slug, is_slug, subset_slug
from app.catalog.importers.lists import Seen, too_many_rows
from app.catalog.importers.own_json import checked
from app.catalog.importers.problems import finding
from app.catalog.importers.texts import MAX_NAME, clean, has_han, is_web_address, one_line
from app.catalog.loading.records import DatasetRecord, LicenceRecord, OverlapRecord, QuantityRecord

FORMAT = "hf"
MAX_BODY = 200_000
MAX_DESCRIPTION = 2_000
# Keys that become fields of the catalogue; every other key is kept and given back.
_READ = frozenset(
    ("pretty_name", "language", "license", "license_name", "license_link", "configs", own_key.KEY)
)
# What an export writes of its own: read again, it is nothing that a card stated.
_WRITTEN = _READ | {"size_categories", "source_datasets"}
_MODALITY_TAGS = {
    "text": "text",
    "image": "image",
    "audio": "audio",
    "video": "video",
    "tabular": "table",
    "3d": "structure_3d",
}
_GATED = ("extra_gated_prompt", "extra_gated_fields", "extra_gated_heading")
# What the hub writes in `source_datasets` besides the names of datasets.
_NO_ORIGINS = frozenset(("original", "extended", "other", "found", "crowdsourced", "unknown"))
_HEADING = re.compile(r"^#\s+(?P<title>.+?)\s*#*\s*$", re.MULTILINE)
_MARKUP = re.compile(r"<[^>]{0,500}>|!\[[^\]]{0,300}\]\([^)]{0,500}\)|[*_`]{1,3}")
_LINK = re.compile(r"\[(?P<text>[^\]]{0,300})\]\([^)]{0,500}\)")


def read_card(handle: IO[bytes], context: Context, *, is_yaml: bool = False) -> Reading:
    """
    Read a card: README.md with its YAML block, or the YAML alone.

    Raises
    ------
    ImportRefused
        If it is not text, too long, or its metadata is not YAML that a card may have.
    """
    try:
        text = decode(handle).open().read(MAX_CARD + 1)
    except UnicodeError:
        raise ImportRefused("The text of this file is damaged.") from None
    if len(text) > MAX_CARD:
        raise ImportRefused(
            "The card has more than %(limit)s characters, so it was not read.", limit=MAX_CARD
        )
    card, body = split_card(text, is_yaml=is_yaml)
    findings = (finding("no_card"),) if card is None else ()
    return Reading(FORMAT, findings, _entries(_Card(card or {}, body, context)))


def _entries(card: "_Card") -> Iterator[Entry]:
    seen = Seen()
    parent = seen.check(card.entry())
    yield parent
    if parent.item is None:
        return
    for row, subset in enumerate(card.subsets(parent.item), start=2):
        if row > card.context.max_rows:
            raise too_many_rows(card.context.max_rows)
        yield seen.check(subset)


class _Card:
    """The metadata and the text of one card."""

    def __init__(self, data: Json, body: str, context: Context) -> None:
        self.data = data
        self.body = body
        self.context = context
        self.checks = Decoder(row=1)
        self.own = own_key.read(data.get(own_key.KEY))

    def entry(self) -> Entry:
        """Return the card's dataset."""
        name = self._name()
        provider = (self.own and self.own.provider) or self.context.default_provider
        if not name:
            self._note("name_missing", "pretty_name")
        if provider is None:
            self._note("provider_missing", None)
        if not name or provider is None:
            return Entry(1, None, tuple(self.checks.findings), name)
        item = Item(
            record=self._record(name, provider),
            provider=provider,
            given=self._given(),
        )
        return checked(1, None if self.checks.has_error else item, self.checks, name=name)

    def _record(self, name: str, provider: ProviderRecord) -> DatasetRecord:
        languages, modality = self._languages()
        description = self._description()
        is_chinese = has_han(description)
        return DatasetRecord(
            slug=self.own.slug if self.own else dataset_slug(name, provider.slug),
            parent=self.own.parent if self.own else None,
            name_zh=(self.own and self.own.name_zh) or name,
            name_en=name,
            provider=provider.slug,
            category=self.context.default_category,
            modality=self._modality(modality),
            modality_basis="stated" if modality else "inferred",
            languages=languages,
            description_zh=description if is_chinese else None,
            description_en=description if description and not is_chinese else None,
            aliases=self.own.aliases if self.own else (),
            **self._licence(),
            **self._access(),
            visibility=self.context.visibility,
            quantities=self._quantities(None),
            overlaps=tuple(
                OverlapRecord(other=other, relation="derived_from") for other in self._origins()
            ),
            extra=self._extra(),
            origin={"origin": "card"},
        )

    def _given(self) -> frozenset[str]:
        given = {"name_zh", "name_en", "languages"}
        if self.own:
            given.add("aliases")
        if not self._is_written:
            # The portal's own text is a summary, in both languages and on one line.
            given.add("description_zh" if has_han(self._description()) else "description_en")
        if self._extra():
            given.add("extra")
        is_as_written = self.own is not None and self.own.licence == licence_words(self.data)
        if "license" in self.data and not is_as_written:
            given |= {"licence_class", "licence_spdx", "licence_stated_zh", "licence_stated_en"}
            given.add("licence_claims")
        if self._quantities(None) and not (self._is_written and "dataset_info" not in self.data):
            given.add("quantities")
        if self._origins():
            given.add("overlaps")
        if self._access():
            given |= {"access_zh", "access_en"}
        return frozenset(given)

    @property
    def _is_written(self) -> bool:
        return self.own is not None and self.own.is_written

    def _name(self) -> str:
        name = self.data.get("pretty_name")
        if not isinstance(name, str) or not clean(name):
            match = _HEADING.search(self.body)
            name = _plain(match["title"]) if match else ""
            name = re.sub(r"(?i)^dataset card for\s+", "", name)
        name = one_line(clean(name))
        if len(name) > MAX_NAME:
            self._note("name_long", "pretty_name", limit=MAX_NAME)
        return name[:MAX_NAME]

    def _languages(self) -> tuple[tuple[str, ...], str | None]:
        """Return the languages, and `code` where the card lists code among them."""
        known: list[str] = []
        modality = None
        for value in _list(self.data.get("language")):
            text = value.strip()
            if text == "code":
                modality = "code"
            elif text == "multilingual":
                known.append("mul")
            elif words.is_language_tag(text):
                known.append(words.language_tag(text))
            elif text:
                self._note("language_unknown", "language", value=text[:100])
        if modality and known:
            modality = "text_and_code"
        return tuple(dict.fromkeys(known)), modality

    def _modality(self, modality: str | None) -> str:
        if modality:
            return modality
        tags = [tag.removeprefix("modality:") for tag in _list(self.data.get("tags"))]
        found = [_MODALITY_TAGS[tag] for tag in tags if tag in _MODALITY_TAGS]
        if {"image", "text"} <= set(found):
            return "image_and_text"
        return found[0] if found else "text"

    def _licence(self) -> dict[str, Any]:
        stated = _list(self.data.get("license"))
        claims = []
        for field in stated:
            own = self.data.get("license_name") if field == "other" else None
            text = one_line(clean(own)) if isinstance(own, str) and own.strip() else field
            claim = licences.read_field(text)
            claims.append((text, claim))
            if claim.terms is licences.Terms.UNVERIFIED:
                self._note("licence_unread", "license", value=text[:100])
        if not claims or all(c.terms is licences.Terms.NOT_STATED for _, c in claims):
            self._note("licence_missing", "license")
            return {}
        link = self.data.get("license_link")
        evidence = link if isinstance(link, str) and is_web_address(link) else None
        deciding = licences.deciding_claim(claim for _, claim in claims)
        text = ", ".join(text for text, _ in claims)[:MAX_NAME]
        only = claims[0][1].spdx if len(claims) == 1 else None
        return {
            "licence_class": licences.class_of(deciding) if deciding else "unknown",
            "licence_spdx": only,
            "licence_stated_zh": text,
            "licence_stated_en": text,
            "licence_claims": tuple(
                LicenceRecord(
                    key=f"card-{number}",
                    stated_zh=text[:MAX_NAME],
                    stated_en=text[:MAX_NAME],
                    spdx=claim.spdx,
                    licence_class=licences.class_of(claim),
                    evidence_url=evidence,
                )
                for number, (text, claim) in enumerate(claims, start=1)
            ),
        }

    def _access(self) -> dict[str, Any]:
        if not any(self.data.get(key) for key in _GATED):
            return {}
        return {
            "access_zh": "需在平台上填写表单后获取",
            "access_en": "After filling in a form on the hub",
        }

    def _quantities(self, config: str | None) -> tuple[QuantityRecord, ...]:
        """Return the examples and bytes of a config, or of the whole card."""
        infos = self.data.get("dataset_info")
        infos = infos if isinstance(infos, list) else [infos]
        infos = [info for info in infos if isinstance(info, dict)]
        if config is not None:
            infos = [info for info in infos if info.get("config_name") == config]
        found: list[QuantityRecord] = []
        splits = [
            split
            for info in infos
            for split in (info.get("splits") if isinstance(info.get("splits"), list) else [])
            if isinstance(split, dict)
        ]
        if examples := _total(split.get("num_examples") for split in splits):
            found.append(_counted("examples", examples, "row"))
        if size := _total(info.get("dataset_size") for info in infos):
            found.append(_counted("dataset_size", size, "byte"))
        if size := _total(info.get("download_size") for info in infos):
            found.append(_counted("download_size", size, "byte", content="compressed"))
        category = ", ".join(_list(self.data.get("size_categories")))
        if not found and category and config is None:
            found.append(QuantityRecord(key="size_categories", printed=category[:100], unit="row"))
        return tuple(found)

    def _origins(self) -> tuple[str, ...]:
        """Return the identifiers of the datasets that this one was made from."""
        named = [text.strip() for text in _list(self.data.get("source_datasets"))]
        plain = (text.removeprefix("extended|") for text in named)
        return tuple(dict.fromkeys(t for t in plain if t not in _NO_ORIGINS and is_slug(t)))

    def _description(self) -> str:
        """Return the first paragraph that is a text."""
        for block in re.split(r"\n\s*\n", self.body):
            text = one_line(_plain(block))
            if text and not block.lstrip().startswith(("#", "|", "-", "*", "```", ">", "<")):
                return text[:MAX_DESCRIPTION]
        return ""

    def _extra(self) -> Json:
        read = _WRITTEN if self._is_written else _READ
        kept = {key: value for key, value in self.data.items() if key not in read}
        if self._is_written and not kept:
            return {}
        extra: Json = {"card": self.checks.json(kept, FORMAT)}
        if not self._is_written and (body := clean(self.body)[:MAX_BODY]):
            extra["body"] = body
        return {FORMAT: extra}

    def subsets(self, parent: Item) -> Iterator[Entry]:
        """Yield the card's configs as subsets; a single config is the dataset itself."""
        configs = self.data.get("configs")
        named = [
            config
            for config in (configs if isinstance(configs, list) else [])
            if isinstance(config, dict) and isinstance(config.get("config_name"), str)
        ]
        known = self.own.subsets if self.own else {}
        if len(named) < 2 and not known:  # noqa: PLR2004  one config is no part
            return
        for number, config in enumerate(named):
            row = number + 2
            checks = Decoder(row)
            name = one_line(clean(config["config_name"]))[:MAX_NAME] or f"config {number + 1}"
            extra = checks.json(config, FORMAT)
            record = DatasetRecord(
                slug=known.get(config["config_name"], f"{parent.record.slug}/{subset_slug(name)}"),
                parent=parent.record.slug,
                position=number,
                name_zh=name,
                name_en=name,
                provider=parent.record.provider,
                category=parent.record.category,
                modality=parent.record.modality,
                modality_basis=parent.record.modality_basis,
                languages=_language_of_config(name) or parent.record.languages,
                licence_class=parent.record.licence_class,
                licence_spdx=parent.record.licence_spdx,
                licence_stated_zh=parent.record.licence_stated_zh,
                licence_stated_en=parent.record.licence_stated_en,
                licence_claims=parent.record.licence_claims,
                visibility=self.context.visibility,
                quantities=self._quantities(config["config_name"]),
                extra={} if self._is_written and len(config) == 1 else {FORMAT: {"config": extra}},
                origin={"origin": "card"},
            )
            given = parent.given | {"parent", "position"}
            if config["config_name"] in known:
                # The rest is the dataset's, which a part of ours may have otherwise.
                given = frozenset({"name_en", "parent"})
                given |= {"quantities"} if record.quantities else frozenset()
                given |= {"extra"} if record.extra else frozenset()
            item = Item(record=record, provider=parent.provider, given=given)
            yield checked(row, None if checks.has_error else item, checks, name=name)

    def _note(self, code: str, key: str | None, /, **params: object) -> None:
        self.checks.findings.append(finding(code, row=1, column=key, **params))


def licence_words(card: Json) -> str:
    """Return what a card has for a licence in one text, to see whether two have the same."""
    keys = ("license", "license_name", "license_link")
    return " | ".join(", ".join(_list(card[key])) for key in keys if key in card)


def _list(value: object) -> list[str]:
    """Return a value that may be a text or a list of texts as a list."""
    if isinstance(value, (str, int, float)) and not isinstance(value, bool):
        return [str(value)]
    if isinstance(value, list):
        return [str(part) for part in value if isinstance(part, (str, int, float))]
    return []


def _total(values: Iterator[Any]) -> int:
    return sum(value for value in values if isinstance(value, int) and not isinstance(value, bool))


def _counted(key: str, value: int, unit: str, content: str | None = None) -> QuantityRecord:
    return QuantityRecord(
        key=key, printed=str(value), value=Decimal(value), unit=unit, content=content
    )


def _language_of_config(name: str) -> tuple[str, ...]:
    """Return the language that a config is named after: `zh` or `20231101.zh`."""
    last = re.split(r"[._]", name)[-1]
    two_letters = 2
    is_tag = len(last) == two_letters and last.islower() and words.is_language_tag(last)
    return (last,) if is_tag else ()


def _plain(markdown: str) -> str:
    """Return Markdown without links, pictures, emphasis and HTML."""
    return clean(_MARKUP.sub("", _LINK.sub(lambda match: match["text"], markdown)))
