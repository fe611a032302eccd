"""Look at calls in Python that anybody may have written: nothing is ever run."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.trainers.kit.texts import literal, read_python

MOST_STEPS = 50  # names that stand for names, calls on calls: further than any file goes


@dataclass(frozen=True)
class Script:
    """A parsed file: all its nodes, and the expressions that its names stand for."""

    nodes: Sequence[ast.AST]
    names: Mapping[str, ast.expr]

    def calls(self, name: str) -> Iterator[ast.Call]:
        """Yield the calls of a function or class by its last name, in the order of the lines."""
        found = [
            node
            for node in self.nodes
            if isinstance(node, ast.Call) and last_name(node.func) == name
        ]
        yield from sorted(found, key=lambda node: (node.lineno, node.col_offset))

    def resolve(self, node: ast.expr | None) -> ast.expr | None:
        """Return what a name stands for, or the expression itself."""
        for _step in range(MOST_STEPS):
            if not isinstance(node, ast.Name) or node.id not in self.names:
                break
            node = self.names[node.id]
        return node

    def items(self, node: ast.expr | None) -> list[ast.expr] | None:
        """Return the expressions of a list or tuple, None where it is neither."""
        found = self.resolve(node)
        return list(found.elts) if isinstance(found, ast.List | ast.Tuple) else None

    def value(self, node: ast.expr | None) -> Any:  # noqa: ANN401  whatever is written there
        """Return a plain value; `float("nan")` and its like are numbers."""
        found = self.resolve(node)
        if found is None:
            return None
        if (
            isinstance(found, ast.Call)
            and last_name(found.func) == "float"
            and len(found.args) == 1
            and not found.keywords
        ):
            text = literal(found.args[0])
            try:
                return float(text)
            except (TypeError, ValueError):
                return None
        if isinstance(found, ast.Attribute) and found.attr in ("nan", "inf"):
            return float(found.attr)
        return literal(found)

    def innermost(self, node: ast.expr | None, name: str) -> ast.Call | None:
        """Return the call of `name` that a chain such as `load(...).take(5)` begins with."""
        found = self.resolve(node)
        for _step in range(MOST_STEPS):
            if not isinstance(found, ast.Call):
                return None
            if last_name(found.func) == name:
                return found
            if not isinstance(found.func, ast.Attribute):
                return None
            found = self.resolve(found.func.value)
        return None

    def arguments(self, call: ast.Call, positions: tuple[str, ...] = ()) -> dict[str, ast.expr]:
        """Return the arguments of a call by name; `positions` names those without one."""
        found = dict(zip(positions, call.args, strict=False))
        found.update({one.arg: one.value for one in call.keywords if one.arg is not None})
        return found

    def values(self, call: ast.Call, positions: tuple[str, ...] = ()) -> dict[str, Any]:
        """Return the plain values of a call's arguments by name."""
        return {name: self.value(node) for name, node in self.arguments(call, positions).items()}


def read_script(text: str) -> Script:
    """
    Parse Python without running it.

    Raises
    ------
    Unreadable
        If it is none, or too large or too deep.
    """
    nodes = list(ast.walk(read_python(text)))
    names: dict[str, ast.expr] = {}
    for node in nodes:
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target: ast.expr = node.targets[0]
            value: ast.expr | None = node.value
        elif isinstance(node, ast.AnnAssign):
            target, value = node.target, node.value
        else:
            continue
        if isinstance(target, ast.Name) and value is not None:
            names[target.id] = value
    return Script(nodes, names)


def last_name(node: ast.expr) -> str:
    """
    Return the last part of a dotted name, the empty text where it is none.

    >>> last_name(ast.parse("a.b.load", mode="eval").body)
    'load'
    """
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else ""
