"""The seed's data files: where they are, their version, and what is in them."""

import csv
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

Entry = dict[str, Any]

DATA = Path(__file__).parent / "data"

# Raised when the code reads the same files differently, so that the next start applies them.
FORMAT = 1


def version(data: Path = DATA) -> str:
    """Return a short hash of everything that the seed would write."""
    digest = hashlib.sha256(f"format {FORMAT}".encode())
    for path in _paths(data):
        digest.update(f"\n{path.relative_to(data).as_posix()}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def read_mapping(name: str, data: Path = DATA) -> Entry:
    """Return what a YAML file says by name."""
    mapping: Entry = _parse(data / name)
    return mapping


def read_entries(name: str, data: Path = DATA) -> list[Entry]:
    """Return what a YAML file lists."""
    entries: list[Entry] = _parse(data / name)
    return entries


def read_corpora(data: Path = DATA) -> Iterator[Entry]:
    """Return each open corpus, in the order of their files."""
    for path in sorted((data / "corpora").glob("*.yaml")):
        corpus: Entry = _parse(path)
        yield corpus


def read_rates(data: Path = DATA) -> list[dict[str, str]]:
    """Return the rows of measured bytes per token, as text."""
    with (data / "bytes_per_token.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _paths(data: Path) -> list[Path]:
    return sorted(path for path in data.rglob("*") if path.suffix in {".yaml", ".csv"})


def _parse(path: Path) -> Any:  # noqa: ANN401  the callers know which file holds what
    # The C parser reads the seed in a quarter of a second, the other takes two.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    with path.open(encoding="utf-8") as file:
        return yaml.load(file, Loader=loader)  # noqa: S506  both loaders are safe ones
