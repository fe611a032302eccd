"""Every trainer that a mixture can be written for: the modules of `formats/`, in their order."""

import pkgutil
from importlib import import_module

from app.errors import NotFound
from app.trainers import formats
from app.trainers.kit.outputs import Format


def _find() -> list[Format]:
    """Return what the modules of `formats/` end with; those without a FORMAT are parts of one."""
    modules = [
        import_module(f"{formats.__name__}.{one.name}")
        for one in pkgutil.iter_modules(formats.__path__)
    ]
    found = [module.FORMAT for module in modules if hasattr(module, "FORMAT")]
    return sorted(found, key=lambda one: one.order)


FORMATS: dict[str, Format] = {one.id: one for one in _find()}


def get_format(trainer: str) -> Format:
    """
    Return a trainer by its id.

    Raises
    ------
    NotFound
        If there is none.
    """
    found = FORMATS.get(trainer)
    if found is None:
        raise NotFound(
            "There is no trainer %(trainer)s. Choose one of: %(known)s.",
            trainer=trainer[:60],
            known=", ".join(FORMATS),
        )
    return found
