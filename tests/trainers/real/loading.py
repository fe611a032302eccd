"""
Loads single files of a framework, unchanged, without what the whole framework would import.

Two ways, both on the file of the pinned wheel:

`load` imports one module. Its parent packages are empty modules, so that no `__init__` runs, and
what the file imports but the parser does not need (torch, mostly) is a stand-in. `sys.modules` is
put back afterwards: other tests never see a stand-in.

`lift` compiles only the named functions and classes of a file, for files whose imports are many.
"""

import ast
import importlib
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType, SimpleNamespace
from typing import Any

from tests.trainers.real import wheels


def load(
    wheel: str,
    name: str,
    *,
    stand_ins: Mapping[str, Mapping[str, Any]] | None = None,
    also: tuple[str, ...] = (),
) -> ModuleType:
    """
    Return module `name` of `wheel`, run from its real file.

    `stand_ins` maps the names of modules to their attributes; further attributes of a stand-in
    are `Anything`. `also` names further wheels whose modules may be imported.
    """
    with modules(wheel, name, stand_ins=stand_ins, also=also) as module:
        return module


@contextmanager
def modules(
    wheel: str,
    name: str,
    *,
    stand_ins: Mapping[str, Mapping[str, Any]] | None = None,
    also: tuple[str, ...] = (),
) -> Iterator[ModuleType]:
    """Load as `load` does, and keep everything importable until the context ends."""
    with _modules(wheel, name, stand_ins or {}, also):
        yield importlib.import_module(name)


def lift(wheel: str, path: str, *names: str, **namespace: Any) -> SimpleNamespace:
    """Return the named functions, classes and constants of a file; methods as ``Class.method``."""
    tree = ast.parse(wheels.source(wheel, path).read_text())
    wanted = set(names)
    found = [node for node in tree.body if _name(node) in wanted]
    wanted -= {_name(node) for node in found}
    for node in tree.body:
        for method in node.body if isinstance(node, ast.ClassDef) else ():
            full_name = f"{node.name}.{_name(method)}"
            if full_name in wanted:
                wanted.remove(full_name)
                found.append(method)
    if wanted:
        raise LookupError(f"{path} of {wheel} {wheels.version(wheel)} lacks {sorted(wanted)}")
    # The frameworks annotate with names that are not here; annotations are not what is tested.
    future = ast.parse("from __future__ import annotations").body
    code = compile(ast.Module([*future, *found], []), str(path), "exec")
    # A module, since dataclasses look their module up.
    module = ModuleType(f"lifted_{wheel.replace('-', '_')}")
    module.__dict__.update(namespace)
    sys.modules[module.__name__] = module
    exec(code, module.__dict__)  # noqa: S102  # the pinned wheel's own code is what is tested
    return SimpleNamespace(
        **{name.split(".")[-1]: module.__dict__[name.split(".")[-1]] for name in names}
    )


class _Anything(type):
    """Gives a stand-in whatever attribute is asked of it."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return Anything


class Anything(metaclass=_Anything):
    """A stand-in for whatever a file names and its parser never uses."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        pass

    def __init_subclass__(cls, **kwargs: Any) -> None:
        pass

    def __class_getitem__(cls, item: Any) -> type:
        return cls

    def __call__(self, function: Any = None, *_: Any, **__: Any) -> Any:
        return function


def _name(node: ast.AST) -> str | None:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return node.name
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id
    return None


def _stand_in(name: str, attributes: Mapping[str, Any]) -> ModuleType:
    def absent(attribute: str) -> Any:
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        return Anything

    module = ModuleType(name)
    module.__getattr__ = absent
    module.__dict__.update(attributes)
    return module


def _parents(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[:depth]) for depth in range(1, len(parts))]


@contextmanager
def _modules(
    wheel: str, name: str, stand_ins: Mapping[str, Mapping[str, Any]], also: tuple[str, ...]
) -> Iterator[None]:
    made: dict[str, ModuleType] = {}
    for parent in _parents(name):
        made[parent] = ModuleType(parent)
    for stand_in in stand_ins:
        for parent in _parents(stand_in):
            made.setdefault(parent, _stand_in(parent, {}))
    for stand_in, attributes in stand_ins.items():
        made[stand_in] = _stand_in(stand_in, attributes)
    for full_name, module in made.items():
        # Where the wheel has such a folder, what has no stand-in is imported from there.
        module.__path__ = [str(wheels.unpacked() / wheel / full_name.replace(".", "/"))]
        parent, _, child = full_name.rpartition(".")
        if parent:
            setattr(made[parent], child, module)

    tops = {full_name.split(".")[0] for full_name in made} | {one.replace("-", "_") for one in also}
    before = {one: module for one, module in sys.modules.items() if one.split(".")[0] in tops}
    for one in before:
        del sys.modules[one]
    sys.modules.update(made)
    folders = [str(wheels.unpacked() / one) for one in also]
    sys.path.extend(folders)
    try:
        yield
    finally:
        for one in [one for one in sys.modules if one.split(".")[0] in tops]:
            del sys.modules[one]
        sys.modules.update(before)
        for folder in folders:
            sys.path.remove(folder)
