"""Count one piece: read its texts, tokenise them, note what cannot be read. Runs on any core."""

import hashlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

import orjson

from app.catalog.measuring import blocks
from app.catalog.measuring.sources import open_file
from app.catalog.measuring.tally import Tally
from app.catalog.measuring.units import Unit
from app.catalog.measuring.vocabularies import Vocabulary, counter

HASH_BYTES = 1024 * 1024
ROWS = 1_000
# What a batch for the tokenizer holds at most, in characters: bounds memory.
BATCH_CHARACTERS = 4_000_000
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Plan:
    """How every piece is counted: the vocabulary, and the field or column that holds the text."""

    vocabulary: Vocabulary
    field: str
    # The most bytes that a packed file is unpacked to; None where its owner is trusted.
    max_unpacked: int | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """
    A piece to count; a `block` of it where the stream is unpacked elsewhere; or a file to hash.

    `is_first`: the block begins its file, so a text's one document is counted with it.
    """

    unit: Unit
    block: bytes | None = None
    too_long: int = 0
    is_first: bool = True
    is_hash: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a task."""

    task: Task
    tally: Tally
    digest: str | None = None


def run(plan: Plan, task: Task) -> Done:
    """Do a task; whatever is wrong with the data is in the tally, never raised."""
    if task.is_hash:
        return Done(_without_block(task), Tally(), _digest(task.unit.file.url))
    tally = Tally()
    try:
        if task.block is not None:
            _count_block(plan, task.unit, task.block, tally, is_first=task.is_first)
            _note_too_long(task.unit, task.too_long, tally)
        elif task.unit.file.kind == "parquet":
            _count_rows(plan, task.unit, tally)
        else:
            _count_lines(plan, task.unit, tally)
    except (blocks.Broken, OSError) as error:
        tally.skip(f"broken: {error}"[:200], task.unit.file.url, task.unit.start)
    return Done(_without_block(task), tally)


def _without_block(task: Task) -> Task:
    return Task(task.unit, is_first=task.is_first, is_hash=task.is_hash)


def _count_lines(plan: Plan, unit: Unit, tally: Tally) -> None:
    if unit.is_stream:
        found = blocks.in_lines(blocks.unpacked(unit.file, plan.max_unpacked))
    else:
        found = blocks.of_range(unit, is_text=unit.file.kind == "text")
    is_first = unit.start == 0
    for block, too_long in found:
        _count_block(plan, unit, block, tally, is_first=is_first)
        _note_too_long(unit, too_long, tally)
        is_first = False


def _note_too_long(unit: Unit, too_long: int, tally: Tally) -> None:
    for _ in range(too_long):
        tally.skip("too_long", unit.file.url, unit.start)


def _count_block(plan: Plan, unit: Unit, block: bytes, tally: Tally, *, is_first: bool) -> None:
    if is_first:
        block = block.removeprefix(BOM)
    if unit.file.kind == "text":
        _count_texts(plan, [_decoded(unit, block, tally)], tally)
        # A file of text is one document, however many pieces it is counted in.
        tally.documents += is_first - 1
        return
    for batch in _batched(_texts_of(plan.field, unit, block, tally)):
        _count_texts(plan, batch, tally)


def _decoded(unit: Unit, block: bytes, tally: Tally) -> str:
    try:
        return block.decode()
    except UnicodeDecodeError as error:
        tally.skip("not_utf8", unit.file.url, unit.start + error.start)
        return block.decode(errors="replace")


def _texts_of(field: str, unit: Unit, block: bytes, tally: Tally) -> Iterator[str]:
    path = field.split(".")
    for number, line in enumerate(block.split(b"\n"), start=1):
        if not line or line.isspace():
            continue
        try:
            value = orjson.loads(line)
        except orjson.JSONDecodeError:
            tally.skip("not_json", unit.file.url, number)
            continue
        if field not in value if isinstance(value, dict) else True:
            for key in path:
                value = value.get(key) if isinstance(value, dict) else None
        else:
            value = value[field]
        if isinstance(value, str):
            yield value
        else:
            tally.skip("no_text", unit.file.url, number)


def _count_rows(plan: Plan, unit: Unit, tally: Tally) -> None:
    import pyarrow as pa  # noqa: PLC0415  large, and only Parquet needs it
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        with closing(open_file(unit.file.url)) as handle:
            # Buffered: a column of a row group may be larger than memory.
            file = pq.ParquetFile(handle, buffer_size=blocks.BLOCK_BYTES, pre_buffer=False)
            rows = file.iter_batches(
                ROWS, row_groups=[unit.start], columns=[plan.field], use_threads=False
            )
            row = 0
            for batch in rows:
                texts = batch.column(0).to_pylist()
                for text in texts:
                    row += 1
                    if text is None:
                        tally.skip("no_text", unit.file.url, row)
                for part in _batched(text for text in texts if text is not None):
                    _count_texts(plan, part, tally)
    except pa.ArrowException as error:
        raise blocks.Broken(str(error)) from error


def _batched(texts: Iterator[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for text in texts:
        batch.append(text)
        size += len(text)
        if size >= BATCH_CHARACTERS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _count_texts(plan: Plan, texts: list[str], tally: Tally) -> None:
    tally.tokens += sum(counter(plan.vocabulary)(texts))
    tally.documents += len(texts)
    for text in texts:
        tally.characters += len(text)
        tally.bytes += len(text) if text.isascii() else len(text.encode(errors="replace"))


def _digest(url: str) -> str:
    found = hashlib.sha256()
    with closing(open_file(url)) as handle:
        while piece := handle.read(HASH_BYTES):
            found.update(piece)
    return found.hexdigest()
