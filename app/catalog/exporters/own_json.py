"""Our own JSON, written as it goes: a dataset a line, the same bytes for the same data."""

import json
from collections.abc import Iterable, Iterator

from app.catalog.exchange.items import Item
from app.catalog.exchange.record_json import encode_item
from app.catalog.importers.own_json import DATASETS, FORMAT, VERSION

MEDIA_TYPE = "application/json"


def write_json(items: Iterable[Item]) -> Iterator[bytes]:
    """Yield a catalogue file in pieces, one for each dataset."""
    yield f'{{"format":"{FORMAT}","version":{VERSION},"{DATASETS}":['.encode()
    separator = "\n"
    for item in items:
        line = json.dumps(encode_item(item), ensure_ascii=False, separators=(",", ":"))
        yield f"{separator}{line}".encode()
        separator = ",\n"
    yield b"\n]}\n"
