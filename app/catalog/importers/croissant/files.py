"""Files of Croissant: one dataset with its record sets, or a catalogue of many datasets."""

from collections.abc import Iterable, Iterator
from typing import IO

from app.catalog.exchange.items import Context, Entry, ImportRefused, Json, Reading
from app.catalog.importers import json_ld
from app.catalog.importers.croissant import record_sets
from app.catalog.importers.croissant.document import Document
from app.catalog.importers.croissant.terms import FORMAT
from app.catalog.importers.decoding import decode
from app.catalog.importers.json_stream import JsonStream, loads
from app.catalog.importers.lists import Seen, too_many_rows

MAX_DOCUMENT = 20_000_000
DATASETS = "dataset"


def looks_like_croissant(start: bytes) -> bool:
    """Whether a JSON file begins as JSON-LD does and not as ours."""
    return b'"peibi.catalogue"' not in start and (b'"@context"' in start or b'"@type"' in start)


def looks_like_catalogue(start: bytes) -> bool:
    """Whether a JSON-LD file says of itself at once that it holds many datasets."""
    return b'"DataCatalog"' in start or b':DataCatalog"' in start


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
    return Reading(FORMAT, (), _entries([dataset], context))


def read_catalogue(handle: IO[bytes], context: Context) -> Reading:
    """
    Read a schema.org/DataCatalog, one dataset at a time.

    Raises
    ------
    ImportRefused
        If it is no JSON or has no datasets; while iterating, if it is damaged further on.
    """
    stream = JsonStream(decode(handle).open())
    head = stream.head(DATASETS)
    if DATASETS not in head:
        raise ImportRefused("This catalogue lists no dataset (schema.org/DataCatalog, dataset).")
    datasets = (
        {"@context": head.get("@context"), **node}
        for node in stream.elements()
        if isinstance(node, dict) and "Dataset" in json_ld.types(node)
    )
    return Reading(FORMAT, (), _entries(datasets, context))


def _entries(datasets: Iterable[Json], context: Context) -> Iterator[Entry]:
    """Yield each dataset and then its subsets; the row counts what the file describes."""
    seen = Seen()
    row = 0
    for dataset in datasets:
        row += 1
        if row > context.max_rows:
            raise too_many_rows(context.max_rows)
        document = Document(dataset, context, row=row)
        whole = seen.check(document.entry())
        yield whole
        if whole.item is None:
            continue
        for subset in record_sets.subsets(document.node, whole.item, row=row + 1):
            row = subset.row
            yield seen.check(subset)
