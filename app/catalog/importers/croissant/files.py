"""Files of Croissant: a dataset with its record sets."""

from collections.abc import Iterator
from typing import IO

from app.catalog.exchange.items import Context, Entry, ImportRefused, Reading
from app.catalog.importers import json_ld
from app.catalog.importers.croissant import record_sets
from app.catalog.importers.croissant.document import Document
from app.catalog.importers.croissant.terms import FORMAT
from app.catalog.importers.decoding import decode
from app.catalog.importers.json_stream import loads
from app.catalog.importers.lists import Seen

MAX_DOCUMENT = 20_000_000


def looks_like_croissant(start: bytes) -> bool:
    """Whether a JSON file begins as JSON-LD does and not as ours."""
    return b'"peibi.catalogue"' not in start and (b'"@context"' in start or b'"@type"' in start)


def read_croissant(handle: IO[bytes], context: Context) -> Reading:
    """
    Read a Croissant file, or the schema.org/Dataset of a page.

    Raises
    ------
    ImportRefused
        If it is no JSON, too long, or describes no dataset.
    """
    try:
        text = decode(handle).open().read(MAX_DOCUMENT + 1)
    except UnicodeError:
        raise ImportRefused("The text of this file is damaged.") from None
    if len(text) > MAX_DOCUMENT:
        raise ImportRefused(
            "The file has more than %(limit)s characters, so it was not read.", limit=MAX_DOCUMENT
        )
    dataset = json_ld.find_dataset(loads(text))
    if dataset is None:
        raise ImportRefused("This JSON-LD file describes no dataset (schema.org/Dataset).")
    return Reading(FORMAT, (), _entries(Document(dataset, context)))


def _entries(document: Document) -> Iterator[Entry]:
    seen = Seen()
    parent = seen.check(document.entry())
    yield parent
    if parent.item is not None:
        for subset in record_sets.subsets(document.node, parent.item, row=2):
            yield seen.check(subset)
