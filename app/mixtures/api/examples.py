"""The examples of the OpenAPI document: what may be asked, and what is answered to it."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from fastapi.openapi.models import Example

_FOLDER = Path(__file__).parent / "data"


@cache
def load(name: str) -> tuple[dict[str, Any], ...]:
    """Return the examples of one address: `name`, `summary`, `request` and `answer` of each."""
    return tuple(json.loads((_FOLDER / f"{name}.json").read_text(encoding="utf-8")))


def asked(name: str) -> dict[str, Example]:
    """Return what may be asked, for a body's `openapi_examples`."""
    return _named(name, "request")


def answered(name: str) -> dict[int | str, dict[str, Any]]:
    """Return what is answered, for the `responses` of a route."""
    return {200: {"content": {"application/json": {"examples": _named(name, "answer")}}}}


def _named(name: str, side: str) -> dict[str, Example]:
    return {one["name"]: {"summary": one["summary"], "value": one[side]} for one in load(name)}
