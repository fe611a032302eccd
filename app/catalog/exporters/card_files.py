"""Many Hugging Face cards in one ZIP: a folder for each dataset, its README.md inside."""

import zipfile
from collections.abc import Iterable, Iterator, Sequence

from app.catalog.exchange.items import Item
from app.catalog.exporters.cards import write_card
from app.catalog.exporters.zip_stream import Sink, part

MEDIA_TYPE = "application/zip"
BATCH_BYTES = 256 * 1024


def write_cards(families: Iterable[tuple[Item, Sequence[Item]]]) -> Iterator[bytes]:
    """Yield the package in pieces; a folder is named by the slug, which is unique and plain."""
    sink = Sink()
    # What zipfile keeps of each part until the end is about 500 bytes.
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as package:
        for item, subsets in families:
            package.writestr(part(f"{item.record.slug}/README.md"), write_card(item, subsets))
            if sink.size >= BATCH_BYTES:
                yield sink.take()
    yield sink.take()
