"""How Hugging Face's `load_dataset` names what lies at a location, and back."""

import json
import re
from collections.abc import Mapping
from typing import Any

from app.trainers.kit import placing
from app.trainers.kit.outputs import ReadComponent, WeightUnit
from app.trainers.kit.plan import Layout, Location

LAYOUTS = (Layout.HUGGINGFACE, Layout.JSONL, Layout.PARQUET)
_BUILDERS = {Layout.JSONL: "json", Layout.PARQUET: "parquet"}
# Readers of plain files, which stand where the name of a dataset on the Hub would.
_FILE_READERS = frozenset({"json", "parquet", "csv", "text", "arrow"})
_IS_FILE = re.compile(r"[*?\[]|\.[A-Za-z0-9]+$")


def arguments(location: Location) -> dict[str, str]:
    """
    Return what `load_dataset` is given: the Hub's name and subset, or a reader and its files.

    >>> arguments(Location("s3://b/code/*.jsonl", Layout.JSONL))
    {'path': 'json', 'data_files': 's3://b/code/*.jsonl'}
    >>> arguments(Location("/data/code", Layout.PARQUET))
    {'path': 'parquet', 'data_dir': '/data/code'}
    """
    reader = _BUILDERS.get(location.layout)
    if reader is not None:
        is_file = _IS_FILE.search(location.uri.rstrip("/").rpartition("/")[2])
        return {"path": reader, "data_files" if is_file else "data_dir": location.uri}
    subset = {"name": location.subset} if location.subset else {}
    return {"path": location.uri, **subset}


def python_text(value: str) -> str:
    """
    Return a text as Python has it, in double quotes.

    >>> print(python_text("it's"))
    "it's"
    """
    # Every text of JSON is one of Python; other letters than ASCII stay readable.
    return json.dumps(value, ensure_ascii=False)


def component(
    given: Mapping[str, Any], weight: float, unit: WeightUnit, line: int | None
) -> ReadComponent:
    """Return the dataset that arguments of `load_dataset` name, with its weight in a file."""
    path, files = given.get("path"), given.get("data_files") or given.get("data_dir")
    if isinstance(files, list):
        files = ", ".join(str(one) for one in files)
    location = files if files and path in _FILE_READERS else path
    subset = given.get("name") if location is path else None
    return read_component(
        None if location is None else str(location),
        weight,
        unit,
        line,
        subset=None if subset is None else str(subset),
    )


def read_component(
    location: str | None,
    weight: float,
    unit: WeightUnit,
    line: int | None,
    *,
    subset: str | None = None,
    name: str | None = None,
) -> ReadComponent:
    """Return a dataset of a file; without a name of its own it is called by its location."""
    stands_for = placing.name_of(location) if location is not None else None
    called = stands_for or name or (location or "").rstrip("/").rpartition("/")[2]
    return ReadComponent(
        name=called, weight=weight, unit=unit, location=location, subset=subset, line=line
    )
