"""
Write YAML by hand: fast, with short lines, and with numbers that every reader takes for numbers.

PyYAML reads `1e-05` as a text (YAML 1.1 wants a point), so floats have one.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence

_PLAIN = re.compile(r"[A-Za-z_./][A-Za-z0-9_./+-]*(:[A-Za-z0-9_./+-]+)*")
_WORDS = frozenset(
    {"true", "false", "yes", "no", "on", "off", "y", "n", "null", "none", "nan", ".nan", ".inf"}
)


class Flow(dict[str, object]):
    """A map that is written on one line."""


def dump(value: Mapping[str, object]) -> str:
    """
    Return a value as YAML.

    >>> print(dump({"a": [Flow(path="/x", weight=1e-05)], "b": {"c": None}}), end="")
    a:
      - {path: /x, weight: 1.0e-05}
    b:
      c: null
    """
    return "".join(f"{line}\n" for line in _block(value, ""))


def scalar(value: object) -> str:  # noqa: PLR0911  a form per kind of value
    """
    Return one value on one line.

    >>> scalar(0.7), scalar("no"), scalar("a b"), scalar(["x", 1]), scalar("5T")
    ('0.7', '"no"', '"a b"', '[x, 1]', '"5T"')
    """
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case float():
            text = repr(value)
            return text.replace("e", ".0e") if "e" in text and "." not in text else text
        case int():
            return str(value)
        case str():
            is_plain = _PLAIN.fullmatch(value) and value.casefold() not in _WORDS
            return value if is_plain else json.dumps(value, ensure_ascii=False)
        case Mapping():
            inner = ", ".join(f"{scalar(key)}: {scalar(one)}" for key, one in value.items())
            return f"{{{inner}}}"
        case Sequence():
            return f"[{', '.join(scalar(one) for one in value)}]"
    raise TypeError(f"no YAML for {type(value).__name__}")


def flow(pairs: Mapping[str, object]) -> str:
    """
    Return a map on one line.

    >>> flow({"path": "org/web", "columns": ["text"], "fraction": 0.5})
    '{path: org/web, columns: [text], fraction: 0.5}'
    """
    return scalar(pairs)


def entry(pairs: Mapping[str, object], indent: int = 2) -> str:
    """
    Return one map of a list, a key on each line.

    >>> print(entry({"path": "org/web", "weight": 0.5}), end="")
      - path: org/web
        weight: 0.5
    """
    lines = [f"{key}: {scalar(value)}" for key, value in pairs.items()]
    margin = " " * indent
    return f"{margin}- " + f"\n{margin}  ".join(lines) + "\n"


def _block(value: object, indent: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, one in value.items():
            if _is_leaf(one):
                yield f"{indent}{scalar(key)}: {scalar(one)}"
            else:
                yield f"{indent}{scalar(key)}:"
                yield from _block(one, indent + "  ")
    elif isinstance(value, Sequence):
        for one in value:
            if _is_leaf(one):
                yield f"{indent}- {scalar(one)}"
            else:
                lines = _block(one, indent + "  ")
                yield f"{indent}- {next(lines).lstrip()}"
                yield from lines


def _is_leaf(value: object) -> bool:
    if isinstance(value, Flow) or not value:
        return True
    if isinstance(value, str | int | float):
        return True
    return isinstance(value, Sequence) and all(isinstance(one, int | float) for one in value)
