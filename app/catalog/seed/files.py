"""The seed's data files: where they are, their version, and what is in them."""

import csv
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

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


def read(name: str, data: Path = DATA) -> Any:
    """Return what a YAML file holds."""
    return _parse(data / name)


def read_corpora(data: Path = DATA) -> Iterator[dict[str, Any]]:
    """Return each open corpus, in the order of their files."""
    for path in sorted((data / "corpora").glob("*.yaml")):
        yield _parse(path)


def read_rates(data: Path = DATA) -> list[dict[str, str]]:
    """Return the rows of measured bytes per token, as text."""
    with (data / "bytes_per_token.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _paths(data: Path) -> list[Path]:
    return sorted(path for path in data.rglob("*") if path.suffix in {".yaml", ".csv"})


def _parse(path: Path) -> Any:
    # The C parser reads the seed in a quarter of a second, the other takes two.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    with path.open(encoding="utf-8") as file:
        return yaml.load(file, Loader=loader)  # noqa: S506  both loaders are safe ones
