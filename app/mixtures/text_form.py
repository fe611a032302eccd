"""
The text form of a mixture: YAML, one file = one mixture, so that teams keep it in git.

The order is always the same and numbers are whole, so that a difference of two files is a
difference of two mixtures. Comments may stand anywhere; the portal does not keep them, and says
so where a text is imported. Budgets may be written as people type them: 1.5T, 3000亿.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from pydantic import ValidationError
from yaml.nodes import MappingNode, Node, ScalarNode

from app.errors import InvalidInput
from app.mixtures import content as contents
from app.mixtures import sentences
from app.mixtures.content import Content
from app.planning.errors import PlanningError
from app.planning.notation.parsing import parse_tokens
from app.web.i18n import gettext as _
from app.web.i18n import later
from app.web.validation import sentence_of, true_problems

MAX_CHARACTERS = 900_000
FORMAT = 1
HEADER = "# A mixture of Peibi, format 1. Comments are allowed; the portal does not keep them.\n"
_OF_FILE = ("format", "mixture", "name", "description", "revision")
# What PyYAML says of the mistakes that people make, by how its sentence starts.
_PROBLEMS = (
    (
        "mapping values are not allowed",
        later("a colon stands where no key can be; put a text with a colon in quotes"),
    ),
    ("found character '\\t'", later("a tab stands where spaces must be")),
    ("expected <block end>", later("the indentation does not fit the lines before")),
    ("could not find expected ':'", later("the colon after a key is missing")),
    ("expected ',' or", later("a bracket is not closed, or a comma is missing")),
    ("expected the node content", later("a value is missing, or a bracket is not closed")),
    ("found unexpected end of stream", later("a quotation mark is not closed")),
)
_OF_TOKENS = ("token_budget", "unique_floor")


@dataclass(frozen=True, slots=True)
class Document:
    """A mixture as a text says it; `revision` is the draft that the text was made of."""

    content: Content
    slug: str | None = None
    name: str | None = None
    description: str | None = None
    revision: int | None = None


def write(document: Document) -> str:
    """Return the text of a mixture; the same mixture always has the same text."""
    head = {
        "format": FORMAT,
        "mixture": document.slug,
        "name": document.name,
        "description": document.description,
        "revision": document.revision,
    }
    body = {key: value for key, value in head.items() if value is not None}
    body |= contents.to_json(document.content)
    return HEADER + yaml.dump(
        body, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10_000
    )


def read(text: str) -> Document:
    """
    Read a mixture from its text.

    Raises
    ------
    InvalidInput
        If it is no YAML, or no mixture: what is wrong, and where.
    """
    values = _parse(text)
    if values.get("format", FORMAT) != FORMAT:
        raise InvalidInput(
            "This is a text of format %(format)s; this portal reads format %(known)s.",
            field="format",
            format=str(values["format"])[:20],
            known=FORMAT,
        )
    head = {key: values.pop(key, None) for key in _OF_FILE}
    _read_tokens(values)
    try:
        content = Content.model_validate(values)
    except ValidationError as error:
        raise refused(error) from None
    return Document(
        content=content,
        slug=_text(head, "mixture"),
        name=_text(head, "name"),
        description=_text(head, "description"),
        revision=_whole(head, "revision"),
    )


def refused(error: ValidationError) -> InvalidInput:
    """Return the first things that are wrong with a content as one refusal at its field."""
    problems = true_problems(error.errors(include_url=False, include_input=False))
    shown = [f"{path_of(one['loc'])}: {sentence_of(one)}" for one in problems[:3]]
    if len(problems) > len(shown):
        shown.append(_("and %(n)s more", n=len(problems) - len(shown)))
    return InvalidInput(
        "The mixture cannot be read: %(problems)s",
        field=path_of(problems[0]["loc"]),
        problems="; ".join(shown),
    )


def path_of(place: tuple[int | str, ...]) -> str:
    """
    Return a place in a content as people count: phases.1.components.3.weight.

    >>> path_of(("phases", 0, "components", 2, "weight"))
    'phases.1.components.3.weight'
    """
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in place) or "mixture"


class _Loader(yaml.SafeLoader):
    """Reads plain values only: no aliases, no key twice."""

    def compose_node(self, parent: Node | None, index: int) -> Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]  # PyYAML has no types
            raise yaml.MarkedYAMLError(problem=_("aliases are not taken"), problem_mark=mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT002  as PyYAML has it
        seen = set()
        for key, _value in node.value:
            if not isinstance(key, ScalarNode):
                continue
            if key.value in seen:
                raise yaml.MarkedYAMLError(
                    problem=_("the key %(key)s appears twice", key=str(key.value)[:40]),
                    problem_mark=key.start_mark,
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)


class _Dumper(yaml.SafeDumper):
    """Writes a component or a group on one line, everything else below its key."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT002  as PyYAML has it
        super().increase_indent(flow, indentless=False)


def _one_line(dumper: yaml.SafeDumper, values: dict[str, Any]) -> Node:
    is_leaf = not any(isinstance(value, list | dict) for value in values.values())
    is_row = (
        is_leaf and bool({"dataset", "tag", "mixture"} & set(values)) and "format" not in values
    )
    return dumper.represent_mapping("tag:yaml.org,2002:map", values.items(), flow_style=is_row)


_Dumper.add_representer(dict, _one_line)

# YAML 1.1, which PyYAML knows, takes 1e12 for a text. Nobody who writes it means one; the writer
# knows it too, so that a name of this form stays a name.
_POWER_OF_TEN = re.compile(r"[-+]?\d+(?:\.\d*)?[eE][-+]?\d+$", re.ASCII)
for kind in (_Loader, _Dumper):
    kind.add_implicit_resolver("tag:yaml.org,2002:float", _POWER_OF_TEN, list("-+0123456789"))


def _parse(text: str) -> dict[str, Any]:
    if len(text) > MAX_CHARACTERS:
        raise InvalidInput(
            "The text has more than %(most)s characters.", field="text", most=MAX_CHARACTERS
        )
    try:
        values = yaml.load(text, Loader=_Loader)  # noqa: S506  a safe loader, made stricter
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise InvalidInput(
            "Line %(line)s of the text cannot be read: %(problem)s.",
            field="text",
            line=mark.line + 1 if mark else 1,
            problem=_problem(str(error.problem or error.context or "")),
        ) from None
    except (yaml.YAMLError, ValueError, RecursionError):
        raise InvalidInput("The text is not YAML, so nothing was changed.", field="text") from None
    if not isinstance(values, dict) or not all(isinstance(key, str) for key in values):
        raise InvalidInput(
            "The text is not a mixture: it starts with keys such as tokenizer and phases.",
            field="text",
        )
    return values


def _problem(text: str) -> str:
    """Return what the parser found in the reader's words; what is rare stays as it says it."""
    return next((_(words) for start, words in _PROBLEMS if text.startswith(start)), text[:200])


def _read_tokens(values: dict[str, Any]) -> None:
    """Read budgets and the size of the model that are written as people type them."""
    _read_count(values, "model_parameters", "model_parameters")
    for index, phase in enumerate(_phases(values)):
        for key in _OF_TOKENS:
            _read_count(phase, key, f"phases.{index + 1}.{key}")


def _read_count(values: dict[str, Any], key: str, field: str) -> None:
    if isinstance(values.get(key), str):
        try:
            values[key] = parse_tokens(values[key], low=1)
        except PlanningError as error:
            raise sentences.explain(error, field=field) from None


def _phases(values: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    phases = values.get("phases")
    if isinstance(phases, list):
        for phase in phases:
            yield phase if isinstance(phase, dict) else {}


def _text(head: Mapping[str, Any], key: str) -> str | None:
    value = head[key]
    if value is None or isinstance(value, str):
        return value
    raise InvalidInput("%(key)s is a text.", field=key, key=key)


def _whole(head: Mapping[str, Any], key: str) -> int | None:
    value = head[key]
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise InvalidInput("%(key)s is a whole number.", field=key, key=key)
