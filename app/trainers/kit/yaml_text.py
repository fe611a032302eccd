"""Write YAML by hand: the words that every reader takes for the same value, and fast."""

import json
import math
import re
from collections.abc import Iterable, Mapping

# Words that no YAML reader takes for anything but text; the rest is quoted.
_PLAIN = re.compile(r"[A-Za-z/][A-Za-z0-9_./-]*")
_RESERVED = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})

Scalar = str | int | float | bool | None


def scalar(value: Scalar) -> str:
    """
    Return one value.

    >>> scalar("org/web"), scalar("no"), scalar("a: b"), scalar(1e-05), scalar(True)
    ('org/web', '"no"', '"a: b"', '1.0e-05', 'true')
    """
    if isinstance(value, str):
        is_plain = _PLAIN.fullmatch(value) and value.casefold() not in _RESERVED
        return value if is_plain else json.dumps(value, ensure_ascii=False)
    if isinstance(value, float) and math.isfinite(value):
        # YAML 1.1 takes 1e-05 for a text: a number has a point.
        mantissa, mark, exponent = repr(value).partition("e")
        return f"{mantissa}.0e{exponent}" if mark and "." not in mantissa else repr(value)
    return json.dumps(value)


def flow(pairs: Mapping[str, Scalar | list[str]]) -> str:
    """
    Return a map on one line.

    >>> flow({"path": "org/web", "columns": ["text"], "fraction": 0.5})
    '{path: org/web, columns: [text], fraction: 0.5}'
    """
    return "{" + ", ".join(f"{key}: {_value(value)}" for key, value in pairs.items()) + "}"


def entry(pairs: Mapping[str, Scalar | list[str]], indent: int = 2) -> str:
    """
    Return one map of a list, a key on each line.

    >>> print(entry({"path": "org/web", "weight": 0.5}), end="")
      - path: org/web
        weight: 0.5
    """
    lines = [f"{key}: {_value(value)}" for key, value in pairs.items()]
    margin = " " * indent
    return f"{margin}- " + f"\n{margin}  ".join(lines) + "\n"


def _value(value: Scalar | list[str]) -> str:
    return f"[{', '.join(_scalars(value))}]" if isinstance(value, list) else scalar(value)


def _scalars(values: Iterable[str]) -> list[str]:
    return [scalar(one) for one in values]
