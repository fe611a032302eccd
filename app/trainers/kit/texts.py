"""
Read texts that anybody may have written: bounded, with the line of every value, never executed.

YAML is taken event by event, without anchors, aliases or tags. JSON is parsed strictly, except
that NaN and Infinity are kept, so that they can be named. Python is parsed and only looked at.
"""

import ast
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any

import yaml
from yaml.constructor import SafeConstructor
from yaml.events import (
    AliasEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from yaml.nodes import ScalarNode
from yaml.resolver import Resolver

from app.trainers.kit import findings
from app.trainers.kit.findings import Finding, Unreadable
from app.trainers.kit.problems import problem

MAX_CHARACTERS = 2_000_000
MAX_DEPTH = 40
MAX_VALUES = 200_000
_SAFE_TAG = "tag:yaml.org,2002:"
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Path = tuple[str | int, ...]
# A level of a text: its container, the path to it, the key that waits for its value.
_Level = tuple[list[Any] | dict[Any, Any], Path, list[Any]]


@dataclass(frozen=True)
class Document:
    """A parsed text: its value, and the line of every value in it by path."""

    value: Any
    lines: Mapping[Path, int] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    def line(self, *path: str | int) -> int | None:
        """Return the line of a value, or of the nearest thing around it."""
        for end in range(len(path), -1, -1):
            if path[:end] in self.lines:
                return self.lines[path[:end]]
        return None

    def get(self, *path: str | int) -> Any:  # noqa: ANN401  whatever the text has there
        """Return the value at a path, None where there is none."""
        value = self.value
        for part in path:
            is_there = (isinstance(value, dict) and part in value) or (
                isinstance(value, list) and isinstance(part, int) and part < len(value)
            )
            if not is_there:
                return None
            value = value[part]
        return value


def check(text: str) -> None:
    """
    Refuse what is no configuration: too long, or binary.

    Raises
    ------
    Unreadable
        With the finding that says which.
    """
    if len(text) > MAX_CHARACTERS:
        raise Unreadable(findings.TOO_LARGE.at(size=len(text), most=MAX_CHARACTERS))
    if "\x00" in text or "\ufffd" in text:
        raise Unreadable(findings.BINARY.at())


def read_yaml(text: str) -> Document:
    """
    Read YAML, or JSON, which is YAML as well.

    Raises
    ------
    Unreadable
        If it is neither, too large, too deep, or has aliases or tags.
    """
    check(text)
    try:
        return _Builder(yaml.parse(text, Loader=_Loader)).build()
    except Unreadable:
        raise
    except yaml.MarkedYAMLError as error:
        said = problem(str(error.problem or error.context or ""))
        line = _syntax_line(error, text.rstrip().count("\n"))
        raise Unreadable(findings.SYNTAX.at(line, language="YAML", problem=said)) from None
    except (yaml.YAMLError, ValueError, RecursionError):
        raise Unreadable(
            findings.SYNTAX.at(
                language="YAML", problem=problem("it has characters that YAML forbids")
            )
        ) from None


def _syntax_line(error: yaml.MarkedYAMLError, last: int) -> int | None:
    """Return the line to look at: of what is never closed where it opens, not the text's end."""
    found = error.problem_mark or error.context_mark
    if found is None:
        return None
    if found.line > last and error.context_mark is not None:
        found = error.context_mark
    return int(min(found.line, last)) + 1


def read_json(text: str) -> Document:
    """
    Read JSON.

    Raises
    ------
    Unreadable
        If it is none, or too large or too deep.
    """
    check(text)
    twice: list[Finding] = []

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        seen: set[str] = set()
        for key, _value in pairs:
            if key in seen:
                twice.append(findings.DUPLICATE_KEY.at(key=key[:100]))
            seen.add(key)
        return dict(pairs)

    try:
        value = json.loads(text, object_pairs_hook=once)
    except json.JSONDecodeError as error:
        raise Unreadable(
            findings.SYNTAX.at(error.lineno, language="JSON", problem=problem(error.msg))
        ) from None
    except (ValueError, RecursionError):
        raise Unreadable(findings.TOO_DEEP.at(most=MAX_DEPTH)) from None
    try:
        placed = read_yaml(text)
    except Unreadable as error:
        if error.finding.kind is findings.TOO_DEEP:
            raise
        # JSON that YAML does not take, such as tabs in odd places: only the lines are lost.
        return Document(value, {}, tuple(twice))
    return Document(value, placed.lines, placed.findings or tuple(twice))


def each(files: Mapping[str, str], found: list[Finding]) -> Iterator[tuple[str, str]]:
    """Yield the files; what is `found` while one is looked at is said to be of that one."""
    for name, text in files.items():
        before = len(found)
        yield name, text
        found[before:] = [replace(one, file=name) for one in found[before:]]


def documents(
    files: Mapping[str, str],
    found: list[Finding],
    read: Callable[[str], Document] = read_yaml,
) -> Iterator[tuple[str, Document]]:
    """Yield the files that can be read, by name; what is wrong with any of them goes to `found`."""
    for name, text in each(files, found):
        try:
            document = read(text)
        except Unreadable as error:
            found.append(error.finding)
            continue
        found += document.findings
        yield name, document


def read_python(text: str) -> ast.Module:
    """
    Parse Python without running any of it.

    Raises
    ------
    Unreadable
        If it is none, or too large or too deep.
    """
    check(text)
    try:
        return ast.parse(text)
    except SyntaxError as error:
        raise Unreadable(
            findings.SYNTAX.at(error.lineno, language="Python", problem=problem(error.msg))
        ) from None
    except (ValueError, RecursionError, MemoryError):
        raise Unreadable(findings.TOO_DEEP.at(most=MAX_DEPTH)) from None


def literal(node: ast.AST) -> Any:  # noqa: ANN401  whatever is written there
    """Return the plain value of an expression, None where it is none."""
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return None


def unknown_keys(
    document: Document, path: Path, known: Iterable[str], *, is_silent: bool = True
) -> Iterator[Finding]:
    """
    Yield a finding for every key that a framework does not know.

    Parameters
    ----------
    is_silent : bool
        Whether keys that resemble none are findings too; misspelt ones always are.
    """
    value = document.get(*path)
    if not isinstance(value, dict):
        return
    names = list(known)
    for key in value:
        yield from judge_key(key, document.line(*path, key), names, is_silent=is_silent)


def judge_key(
    key: object,
    line: int | None,
    known: Sequence[str],
    *,
    is_silent: bool = True,
    likeness: float = 0.75,
) -> Iterator[Finding]:
    """Yield a finding for a key that is none of `known`; from `likeness` on it is one misspelt."""
    if key in known:
        return
    meant = get_close_matches(str(key), known, n=1, cutoff=likeness)
    if meant:
        yield findings.MISSPELT_KEY.at(line, key=str(key)[:100], meant=meant[0])
    elif is_silent:
        yield findings.UNKNOWN_KEY.at(line, key=str(key)[:100], known=", ".join(known[:12]))


class _Builder:
    """Makes a value of YAML events, with a stack of its own instead of recursion."""

    def __init__(self, events: Iterator[Event]) -> None:
        self.events = events
        self.resolver = Resolver()
        self.constructor = SafeConstructor()
        self.lines: dict[Path, int] = {}
        self.problems: list[Finding] = []
        self.count = 0

    def build(self) -> Document:
        """Return the first document of the text."""
        root: list[Any] = []
        stack: list[_Level] = [(root, (), [])]
        for event in self.events:
            line = event.start_mark.line + 1 if event.start_mark else 1
            if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
                raise Unreadable(findings.ALIAS.at(line))
            if isinstance(event, ScalarEvent):
                self._add(stack, self._scalar(event, line), line)
            elif isinstance(event, MappingStartEvent | SequenceStartEvent):
                if event.tag is not None and not event.implicit:
                    raise Unreadable(findings.TAG.at(line, tag=str(event.tag)[:100]))
                if len(stack) > MAX_DEPTH:
                    raise Unreadable(findings.TOO_DEEP.at(line, most=MAX_DEPTH))
                made: list[Any] | dict[Any, Any] = (
                    {} if isinstance(event, MappingStartEvent) else []
                )
                path = self._add(stack, made, line)
                stack.append((made, path, []))
            elif isinstance(event, MappingEndEvent | SequenceEndEvent):
                stack.pop()
            if len(root) > 1:
                # A second document: what a configuration has, stands in the first.
                break
        return Document(root[0] if root else None, self.lines, tuple(self.problems))

    def _add(self, stack: list[_Level], value: Any, line: int) -> Path:  # noqa: ANN401  any value
        self.count += 1
        if self.count > MAX_VALUES:
            raise Unreadable(findings.TOO_DEEP.at(line, most=MAX_DEPTH))
        container, path, waiting = stack[-1]
        if isinstance(container, list):
            if len(stack) > 1:
                path = (*path, len(container))
            container.append(value)
        elif not waiting:
            if isinstance(value, list | dict):
                raise Unreadable(
                    findings.SYNTAX.at(
                        line, language="YAML", problem=problem("a key is a list or a map")
                    )
                )
            if value in container:
                self.problems.append(findings.DUPLICATE_KEY.at(line, key=str(value)[:100]))
            waiting.append(value)
            self.lines[(*path, value)] = line
            return (*path, value)
        else:
            key = waiting.pop()
            path = (*path, key)
            container[key] = value
            return path
        self.lines.setdefault(path, line)
        return path

    def _scalar(self, event: ScalarEvent, line: int) -> Any:  # noqa: ANN401  any plain value
        if event.tag is not None and not str(event.tag).startswith(_SAFE_TAG):
            raise Unreadable(findings.TAG.at(line, tag=str(event.tag)[:100]))
        tag = event.tag or self.resolver.resolve(ScalarNode, event.value, event.implicit)  # type: ignore[no-untyped-call]
        if tag == _SAFE_TAG + "timestamp":
            return event.value
        node = ScalarNode(tag, event.value)
        try:
            return self.constructor.construct_object(node)
        except (ValueError, yaml.YAMLError, OverflowError):
            return event.value
