"""The YAML at the head of a dataset card: YAML 1.2 words, no objects, no bombs."""

import re
from typing import Any

import yaml

from app.catalog.exchange.items import ImportRefused, Json

MAX_CARD = 4_000_000
MAX_YAML = 2_000_000
MAX_ALIASES = 20
MAX_DEPTH = 30
MAX_NODES = 200_000

_BLOCK = re.compile(
    r"\A---[ \t]*\r?\n(?P<yaml>.*?)^---[ \t]*(?:\r?\n|\Z)(?P<body>.*)", re.DOTALL | re.MULTILINE
)
_BASE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class CardLoader(_BASE):  # type: ignore[misc]  # the C loader where it was built
    """
    Reads scalars as YAML 1.2 does: `no` is a language here and not false, a date is a text.

    Tags for objects, sets, binary and merge keys mean nothing and are refused.
    """

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012  the library's way
    yaml_constructors = {
        f"tag:yaml.org,2002:{kind}": getattr(yaml.SafeLoader, f"construct_yaml_{kind}")
        for kind in ("null", "bool", "int", "float", "str", "seq", "map")
    } | {None: yaml.SafeLoader.construct_undefined}


for _tag, _pattern, _starts in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", r"~|null|Null|NULL|", "~nN\0"),
    ("int", r"[-+]?(?:0|[1-9][0-9]{0,40})", "-+0123456789"),
    ("float", r"[-+]?[0-9]{1,40}\.[0-9]{0,40}(?:[eE][-+]?[0-9]{1,3})?", "-+0123456789"),
):
    CardLoader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}",
        re.compile(f"(?:{_pattern})\\Z"),
        [start if start != "\0" else "" for start in _starts],
    )


def split_card(text: str, *, is_yaml: bool) -> tuple[Json | None, str]:
    """
    Return a card's metadata, None where it has none, and the text below.

    Raises
    ------
    ImportRefused
        If the metadata is no YAML that a card may have.
    """
    if is_yaml:
        return _mapping(text), ""
    match = _BLOCK.match(text)
    if match is None:
        return None, text
    return _mapping(match["yaml"]), match["body"]


def _mapping(source: str) -> Json:
    if len(source) > MAX_YAML:
        raise ImportRefused(
            "The card's metadata has more than %(limit)s characters, so it was not read.",
            limit=MAX_YAML,
        )
    try:
        _check_shape(source)
        data = yaml.load(source, CardLoader)  # noqa: S506  a safe loader of ours
    except (yaml.YAMLError, ValueError, RecursionError, OverflowError) as error:
        raise ImportRefused(
            "The card's metadata is not YAML that can be read: %(why)s",
            why=_reason(error),
        ) from None
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise ImportRefused("The card's metadata must be a list of keys with values.")
    return {str(key): value for key, value in data.items()}


def _check_shape(source: str) -> None:
    """Count before anything is built: nesting, nodes, and what refers to other nodes."""
    aliases = 0
    # The anchors of what is open: a list that holds itself has no end.
    open_anchors: list[str | None] = []
    for nodes, event in enumerate(yaml.parse(source, CardLoader)):
        is_endless = False
        if isinstance(event, yaml.AliasEvent):
            aliases += 1
            is_endless = event.anchor in open_anchors
        elif isinstance(event, yaml.CollectionStartEvent):
            open_anchors.append(event.anchor)
        elif isinstance(event, yaml.CollectionEndEvent):
            open_anchors.pop()
        depth = len(open_anchors)
        if is_endless or depth > MAX_DEPTH or nodes > MAX_NODES or aliases > MAX_ALIASES:
            raise ImportRefused(
                "The card's metadata is nested too deeply, too long or refers to itself too often."
            )


def _reason(error: BaseException) -> str:
    problem = getattr(error, "problem", None) or str(error) or type(error).__name__
    mark = getattr(error, "problem_mark", None)
    where = f" ({mark.line + 1}:{mark.column + 1})" if mark is not None else ""
    return f"{problem}{where}"[:200]
