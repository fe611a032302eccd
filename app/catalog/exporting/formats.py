"""The formats that the catalogue is exported in: how each is called, served and written."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from app.catalog.exchange.items import Item
from app.catalog.exporters import card_files, cards, croissant, own_csv, own_json, xlsx
from app.catalog.exporting import items, queries
from app.catalog.exporting.batches import Export
from app.errors import InvalidInput

# What zipfile keeps in memory of each part makes more of them a matter of hundreds of megabytes.
MAX_CARDS = 100_000


class Format(StrEnum):
    """A format by its name in addresses."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"
    CROISSANT = "croissant"
    HF = "hf"


@dataclass(frozen=True, slots=True)
class File:
    """A file that is written as it is sent."""

    ending: str
    media_type: str
    pieces: Iterator[bytes]


PageOf = Callable[[str], str]


def write_many(export: Export, wanted: Format, *, title: str, page_of: PageOf) -> File:
    """
    Return a file of many datasets; `page_of` gives a dataset's address in the portal.

    Raises
    ------
    InvalidInput
        If they are more than the format holds.
    """
    if wanted is Format.CROISSANT:
        pieces = croissant.write_catalogue(export.families(), name=title, page_of=page_of)
        return File(".jsonld", croissant.SCHEMA_MEDIA_TYPE, pieces)
    if wanted is Format.HF:
        if len(export.ids) > MAX_CARDS:
            raise InvalidInput(
                "These are %(count)s datasets; one file holds at most %(most)s cards. Export fewer "
                "at a time, or another format.",
                field="format",
                count=len(export.ids),
                most=MAX_CARDS,
            )
        pieces = card_files.write_cards(export.families())
        return File(".zip", card_files.MEDIA_TYPE, pieces)
    return _table(export, wanted)


def write_one(export: Export, wanted: Format, *, page_of: PageOf) -> File:
    """Return a file of one dataset, the first of `export`, with its subsets."""
    if wanted not in {Format.CROISSANT, Format.HF}:
        return _table(export, wanted)
    item, subsets = next(export.families())
    if wanted is Format.HF:
        return File(".README.md", cards.MEDIA_TYPE, iter([cards.write_card(item, subsets)]))
    described = croissant.signed(describe(item, subsets, page_of=page_of), item)
    return File(".jsonld", described.media_type, iter([described.write()]))


def describe(item: Item, subsets: Sequence[Item], *, page_of: PageOf) -> croissant.Description:
    """Return a dataset in JSON-LD, with what keeps it from being Croissant."""
    return croissant.describe(item, subsets, page=page_of(item.record.slug))


def describe_dataset(
    session: Session, dataset_id: int, *, with_team: bool, page_of: PageOf
) -> croissant.Description:
    """Return a dataset of the database in JSON-LD, in the session of a page."""
    item = items.load(session, [dataset_id], with_team=with_team)[0].item
    ids = queries.subset_ids(session, [dataset_id], with_team=with_team).get(dataset_id, [])
    subsets = [one.item for one in items.load(session, ids, with_team=with_team)]
    return describe(item, subsets, page_of=page_of)


def _table(export: Export, wanted: Format) -> File:
    if wanted is Format.CSV:
        return File(".csv", own_csv.MEDIA_TYPE, own_csv.write_csv(export.items()))
    if wanted is Format.XLSX:
        return File(".xlsx", xlsx.MEDIA_TYPE, xlsx.write_xlsx(export.items()))
    return File(".json", own_json.MEDIA_TYPE, own_json.write_json(export.items()))
