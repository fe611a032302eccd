"""The record sets of a Croissant document, which are the subsets of its dataset."""

from collections.abc import Iterator

from app.catalog.exchange.items import Entry, Item, Json
from app.catalog.exchange.record_json import Decoder
from app.catalog.importers import json_ld
from app.catalog.importers.croissant.terms import FORMAT
from app.catalog.importers.identifiers import subset_slug
from app.catalog.importers.own_json import checked
from app.catalog.importers.texts import MAX_NAME, MAX_TEXT, one_line
from app.catalog.loading.records import DatasetRecord

MAX_SUBSETS = 2_000
_READ = frozenset(("@type", "name", "description"))
_SPLITS = frozenset(("Split", "Enumeration"))


def subsets(document: Json, parent: Item, *, row: int) -> Iterator[Entry]:
    """Yield the record sets as subsets from a row on, but for those that only list splits."""
    sets = [
        (node, json_ld.by_key(node))
        for node in json_ld.as_list(document.get("recordSet"))
        if isinstance(node, dict)
    ]
    data_sets = [
        (raw, node)
        for raw, node in sets
        if not {json_ld.key(kind) for kind in json_ld.strings(node.get("dataType"))} & _SPLITS
    ]
    if len(data_sets) < 2:  # noqa: PLR2004  one record set is the dataset itself
        return
    for number, (raw, node) in enumerate(data_sets[:MAX_SUBSETS]):
        yield _subset(parent, number, raw, node, row=row + number)


def _subset(parent: Item, number: int, raw: Json, node: Json, *, row: int) -> Entry:
    checks = Decoder(row)
    chinese, english = json_ld.bilingual(node.get("name") or node.get("@id"))
    chinese, english = one_line(chinese)[:MAX_NAME], one_line(english)[:MAX_NAME]
    name = english or chinese or f"record set {number + 1}"
    description_zh, description_en = json_ld.bilingual(node.get("description"))
    whole = parent.record
    extra = checks.json(json_ld.without(raw, _READ), FORMAT)
    record = DatasetRecord(
        slug=f"{whole.slug}/{subset_slug(name)}",
        parent=whole.slug,
        position=number,
        name_zh=chinese or name,
        name_en=english or name,
        provider=whole.provider,
        category=whole.category,
        modality=whole.modality,
        modality_basis=whole.modality_basis,
        languages=whole.languages,
        description_zh=description_zh[:MAX_TEXT] or None,
        description_en=description_en[:MAX_TEXT] or None,
        licence_class=whole.licence_class,
        licence_spdx=whole.licence_spdx,
        licence_stated_zh=whole.licence_stated_zh,
        licence_stated_en=whole.licence_stated_en,
        licence_claims=whole.licence_claims,
        visibility=whole.visibility,
        extra={FORMAT: {"recordSet": extra}},
        origin={"origin": "croissant"},
    )
    item = Item(
        record=record,
        provider=parent.provider,
        given=frozenset({"name_zh", "name_en", "parent", "position", "extra"}),
    )
    return checked(row, None if checks.has_error else item, checks, name=name)
