"""Our own JSON: the whole catalogue or a part of it, lossless."""

import io
from collections.abc import Iterator
from typing import IO

from app.catalog.exchange.items import Context, Entry, ImportRefused, Item, Reading
from app.catalog.exchange.record_json import Decoder
from app.catalog.importers.decoding import decode
from app.catalog.importers.json_stream import JsonStream
from app.catalog.importers.lists import Seen, too_many_rows
from app.catalog.importers.problems import record_refused
from app.catalog.importers.texts import MAX_NAME, clean, one_line
from app.catalog.loading.checking import check_record
from app.errors import InvalidInput

FORMAT = "peibi.catalogue"
VERSION = 1
DATASETS = "datasets"


def read_own_json(handle: IO[bytes], context: Context) -> Reading:
    """
    Read a file that the catalogue exported, or one that was written like it.

    Raises
    ------
    ImportRefused
        If it is no such file; while iterating, if it is damaged further on.
    """
    stream = JsonStream(_text(handle))
    head = stream.head(DATASETS)
    if head.get("format") != FORMAT or DATASETS not in head:
        raise ImportRefused(
            "This JSON file is not one of ours: it must begin with %(start)s.",
            start='{"format": "peibi.catalogue", "version": 1, "datasets": [...]}',
        )
    if head.get("version") != VERSION:
        raise ImportRefused(
            "The file has version %(version)s of the format; this portal reads version %(known)s. "
            "Export it again from a portal of this version.",
            version=str(head.get("version"))[:20],
            known=VERSION,
        )
    return Reading("json", (), _entries(stream, context))


def read_item(data: object, row: int) -> Entry:
    """Return the entry of one dataset in JSON."""
    decoder = Decoder(row)
    item = decoder.item(data)
    return checked(row, item, decoder, name=_name_of(data))


def _name_of(data: object) -> str:
    """Return what something that may be a dataset calls itself."""
    name = data.get("name") if isinstance(data, dict) else None
    texts = [name.get("zh"), name.get("en")] if isinstance(name, dict) else [name]
    return next((one_line(clean(text))[:MAX_NAME] for text in texts if isinstance(text, str)), "")


def checked(row: int, item: Item | None, decoder: Decoder, *, name: str = "") -> Entry:
    """Return an entry whose record may enter the catalogue, or is refused with the reason."""
    if item is not None:
        name = item.record.name_zh
    if item is not None:
        try:
            check_record(item.record)
        except InvalidInput as error:
            decoder.findings.append(record_refused(error, row=row))
            item = None
    return Entry(row, item, tuple(decoder.findings), name)


def _entries(stream: JsonStream, context: Context) -> Iterator[Entry]:
    seen = Seen()
    for row, data in enumerate(stream.elements(), start=1):
        if row > context.max_rows:
            raise too_many_rows(context.max_rows)
        yield seen.check(read_item(data, row))


def _text(handle: IO[bytes]) -> io.TextIOWrapper:
    return decode(handle).open()
