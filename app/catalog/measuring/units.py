"""
The pieces that files are measured in: ranges of bytes, row groups, or whole packed files.

A piece is what is sampled and what one core works on at a time, so that no file is too large.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.catalog.measuring.errors import CannotMeasure
from app.catalog.measuring.sources import SourceFile, open_file

RANGE_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Unit:
    """
    A piece of a file: bytes from `start` to `end`, or the row group `start` of a Parquet file.

    `size` is known before anything is read, and about proportional to the text: it carries the
    estimate from the sampled pieces to all.
    """

    number: int
    file: SourceFile
    start: int
    end: int
    size: int

    @property
    def is_stream(self) -> bool:
        """Whether the piece can only be read from its beginning, as one stream."""
        return self.file.packing is not None


def cut(files: Sequence[SourceFile], field: str, *, range_bytes: int = RANGE_BYTES) -> list[Unit]:
    """
    Return the pieces of all files, in the order of the files.

    Raises
    ------
    CannotMeasure
        If a Parquet file is damaged or has no such column of text.
    """
    units: list[Unit] = []
    for file in files:
        for start, end, size in _cut_one(file, field, range_bytes):
            units.append(Unit(len(units), file, start, end, size))
    return units


def _cut_one(file: SourceFile, field: str, range_bytes: int) -> Iterator[tuple[int, int, int]]:
    if file.kind == "parquet":
        yield from _row_groups(file, field)
    elif file.packing:
        yield 0, file.size, file.size
    else:
        for start in range(0, file.size, range_bytes):
            end = min(start + range_bytes, file.size)
            yield start, end, end - start


def _row_groups(file: SourceFile, field: str) -> Iterator[tuple[int, int, int]]:
    import pyarrow as pa  # noqa: PLC0415  large, and only Parquet needs it
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        with open_file(file.url) as handle:
            footer = pq.ParquetFile(handle)
            schema, metadata = footer.schema_arrow, footer.metadata
    except (pa.ArrowException, OSError) as error:
        raise CannotMeasure(
            "%(path)s is no Parquet file that can be read: %(why)s", path=file.url, why=str(error)
        ) from error
    names = schema.names
    if field not in names:
        raise CannotMeasure(
            "%(path)s has no column “%(column)s”. Its columns are: %(names)s.",
            path=file.url,
            column=field,
            names=", ".join(names[:20]),
        )
    kind = schema.field(field).type
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
        raise CannotMeasure(
            "The column “%(column)s” of %(path)s holds %(kind)s, not text.",
            path=file.url,
            column=field,
            kind=str(kind),
        )
    paths = [metadata.schema.column(index).path for index in range(metadata.num_columns)]
    at = paths.index(field)
    for group in range(metadata.num_row_groups):
        rows = metadata.row_group(group)
        if rows.num_rows:
            yield group, group + 1, max(1, rows.column(at).total_uncompressed_size)
