"""A dataset as a Hugging Face dataset card: README.md with its YAML block."""

from collections.abc import Sequence
from typing import Any

import yaml

from app.catalog.exchange.items import Item, Json
from app.catalog.importers import own_key
from app.catalog.importers.cards import FORMAT, licence_words
from app.catalog.importers.texts import one_line
from app.catalog.loading.records import DatasetRecord, EstimateRecord
from app.catalog.models.estimates import EstimateMethod
from app.catalog.words.labels import METHODS

MEDIA_TYPE = "text/markdown; charset=utf-8"

# SPDX identifiers that the hub writes in lower case, and those that it calls otherwise.
_SAME_NAMES = """
afl-3.0 apache-2.0 artistic-2.0 bsd-2-clause bsd-3-clause bsd-3-clause-clear bsl-1.0 cc-
by-2.0 cc-by-2.5 cc-by-3.0 cc-by-4.0 cc-by-nc-2.0 cc-by-nc-3.0 cc-by-nc-4.0 cc-by-nc-
nd-3.0 cc-by-nc-nd-4.0 cc-by-nc-sa-2.0 cc-by-nc-sa-3.0 cc-by-nc-sa-4.0 cc-by-nd-4.0 cc-by-
sa-3.0 cc-by-sa-4.0 cc0-1.0 cdla-permissive-1.0 cdla-permissive-2.0 cdla-sharing-1.0
ecl-2.0 epl-1.0 epl-2.0 eupl-1.1 eupl-1.2 isc lppl-1.3c mit mpl-2.0 ms-pl ncsa ofl-1.1
osl-3.0 postgresql unlicense zlib
"""
_SAME = frozenset(_SAME_NAMES.split())
_NAMED = {"PDDL-1.0": "pddl"}
_SIZES = (
    (1_000, "n<1K"),
    (10_000, "1K<n<10K"),
    (100_000, "10K<n<100K"),
    (1_000_000, "100K<n<1M"),
    (10_000_000, "1M<n<10M"),
    (100_000_000, "10M<n<100M"),
    (1_000_000_000, "100M<n<1B"),
    (10_000_000_000, "1B<n<10B"),
    (100_000_000_000, "10B<n<100B"),
    (1_000_000_000_000, "100B<n<1T"),
)
_EXAMPLES = frozenset({"row", "record", "document", "article", "question", "qa_pair", "dialogue"})


def write_card(item: Item, subsets: Sequence[Item] = ()) -> bytes:
    """Return the card of a dataset; what an import kept unread stands in it again."""
    kept = item.extra.get(FORMAT, {})
    front = _front_matter(item, subsets, kept.get("card", {}))
    text = yaml.safe_dump(front, allow_unicode=True, sort_keys=False, width=1000)
    body = kept.get("body") or _body(item, subsets)
    return f"---\n{text}---\n\n{body.strip()}\n".encode()


def _front_matter(item: Item, subsets: Sequence[Item], kept: Json) -> Json:
    record = item.record
    front: Json = {"pretty_name": one_line(record.name_en), **_licence(record)}
    if languages := _languages(record):
        front["language"] = languages
    if "size_categories" not in kept and (size := _size(record)):
        front["size_categories"] = [size]
    origins = [one.other for one in record.overlaps if one.relation == "derived_from"]
    if origins:
        stated = kept.get("source_datasets", [])
        others = stated if isinstance(stated, list) else [stated]
        known = {str(other).removeprefix("extended|") for other in others}
        front["source_datasets"] = [*others, *(o for o in origins if o not in known)]
    configs = [
        part.extra.get(FORMAT, {}).get("config") or {"config_name": part.record.name_en}
        for part in subsets
    ]
    if configs:
        front["configs"] = configs
    front |= {name: value for name, value in kept.items() if name not in front}
    front[own_key.KEY] = own_key.write(
        item,
        {
            str(config["config_name"]): part.record.slug
            for config, part in zip(configs, subsets, strict=True)
        },
        licence=licence_words(front),
        is_written=FORMAT not in item.extra,
    )
    return front


def _licence(record: DatasetRecord) -> Json:
    spdx, stated = record.licence_spdx, record.licence_stated_en or record.licence_stated_zh
    claims = [claim.stated_en or claim.stated_zh for claim in record.licence_claims]
    if spdx and (identifier := _NAMED.get(spdx) or _hub_name(spdx)):
        return {"license": identifier}
    known = [name for claim in record.licence_claims if (name := _hub_name(claim.spdx or ""))]
    if len(claims) > 1 and len(known) == len(claims):
        return {"license": known}
    if not stated:
        return {"license": "unknown"}
    evidence = next((c.evidence_url for c in record.licence_claims if c.evidence_url), None)
    found: Json = {"license": "other", "license_name": one_line(spdx or stated)}
    return found | ({"license_link": evidence} if evidence else {})


def _hub_name(spdx: str) -> str | None:
    return spdx.lower() if spdx.lower() in _SAME else None


def _languages(record: DatasetRecord) -> list[str]:
    languages = ["multilingual" if tag == "mul" else tag for tag in record.languages]
    if record.modality in {"code", "text_and_code"}:
        languages.append("code")
    return languages


def _size(record: DatasetRecord) -> str | None:
    """Return the hub's class of the number of examples, not of bytes or tokens."""
    for quantity in record.quantities:
        if quantity.unit in _EXAMPLES and quantity.value is not None and quantity.is_whole:
            return next((name for end, name in _SIZES if quantity.value < end), "n>1T")
    return None


def _body(item: Item, subsets: Sequence[Item]) -> str:
    record = item.record
    title = record.name_en
    if record.name_zh != record.name_en:
        title = f"{record.name_en} / {record.name_zh}"
    lines = [f"# {_plain(title)}", ""]
    lines += [
        part
        for text in (record.description_en, record.description_zh)
        if text
        for part in (_plain(text), "")
    ]
    facts = [*_facts(item)]
    if facts:
        lines += ["| | |", "|---|---|", *facts, ""]
    if subsets:
        lines += ["## Subsets", "", *(f"- {_plain(part.record.name_en)}" for part in subsets)]
    return "\n".join(lines)


def _facts(item: Item) -> list[str]:
    record = item.record
    rows: list[tuple[str, Any]] = [("Provider", item.provider.name_en)]
    rows += [("Homepage", record.homepage), ("Paper", record.paper), ("Released", record.released)]
    rows += [("Quantity", quantity.printed) for quantity in record.quantities]
    shown = item.main or next(iter(record.estimates), None)
    if shown is not None and shown.mid is not None:
        rows.append(("Unique tokens", _tokens(shown)))
    return [f"| {name} | {_plain(str(value))} |" for name, value in rows if value]


def _tokens(estimate: EstimateRecord) -> str:
    method = METHODS[EstimateMethod(estimate.method)].en
    tokenizer = estimate.tokenizer or estimate.tokenizer_printed or "tokenizer not stated"
    spread = (
        f", {estimate.low:,} to {estimate.high:,}"
        if estimate.low is not None and estimate.high is not None
        else ""
    )
    return f"{estimate.mid:,} ({method}, {tokenizer}{spread})"


def _plain(text: str) -> str:
    """Return a text that Markdown shows as it is, on one line."""
    flat = " ".join(text.split())
    for character in "\\`*_[]<>|#":
        flat = flat.replace(character, f"\\{character}")
    return flat
